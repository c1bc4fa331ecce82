# The app on a server, under a user without rights. README.md, "Put it on a server", says how to
# run it and which rules to set.
FROM python:3.11-slim

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 FITTING_ROOM_CACHE=/cache

WORKDIR /app
COPY requirements.txt constraints.txt ./
RUN pip install --no-cache-dir -r requirements.txt -c constraints.txt \
    && useradd --uid 10001 --no-create-home fitting \
    && install -d -o fitting /cache
COPY --chown=10001 . .

USER 10001
VOLUME ["/app/models", "/cache"]
EXPOSE 8501
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s CMD ["python", "-c", \
    "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8501/health', timeout=4)"]
STOPSIGNAL SIGTERM
CMD ["streamlit", "run", "streamlit_app.py", "--server.address=0.0.0.0", "--server.headless=true"]
