"""The front door: `streamlit run streamlit_app.py`.

The script that is run for a visitor is ui/frame.py; it has no folder `pages` beside it, because
there Streamlit would take an address such as /train past the frame.
"""

from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from fashion_model.data import data_status
from fashion_model.rules import rules
from ui.failing import show_failure
from ui.headers import SecurityHeaders
from ui.picture_route import picture_file
from ui.sessions import give_memory_back


def health(request: Request) -> JSONResponse:
    """For those who run it: it answers, and whether the data is there."""
    return JSONResponse({"status": "ok", "data": data_status().ready})


give_memory_back()
rules()  # a server whose rules cannot be read does not start without them

app = st.App(
    Path(__file__).parent / "ui" / "frame.py",
    routes=[Route("/health", health), Route("/picture/{name}.png", picture_file)],
    middleware=[Middleware(SecurityHeaders)],
    on_script_error=show_failure,
)
