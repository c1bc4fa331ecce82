"""The front door: `streamlit run streamlit_app.py`.

The script that is run for a visitor is ui/frame.py; it has no folder `pages` beside it, because
there Streamlit would take an address such as /train past the frame.
"""

import logging
from pathlib import Path

import streamlit as st
from starlette.responses import JSONResponse
from starlette.routing import Route

from fashion_model.data import data_status
from fashion_model.errors import FittingRoomError


async def health(request) -> JSONResponse:
    """For those who run it: it answers, and whether the data is there."""
    return JSONResponse({"status": "ok", "data": data_status().ready})


def show_failure(error: Exception) -> bool:
    """One sentence in place of a traceback, also for what fails in a callback or a fragment."""
    if not isinstance(error, FittingRoomError):
        logging.getLogger("fitting_room").error("A page failed", exc_info=error)
    from ui.failing import sentence_of  # only now: this file is imported before Streamlit runs

    st.error(sentence_of(error), icon=":material/error:")
    return True


app = st.App(
    Path(__file__).parent / "ui" / "frame.py",
    routes=[Route("/health", health)],
    on_script_error=show_failure,
)
