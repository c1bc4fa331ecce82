"""What a visitor reads when something fails: one sentence, never a traceback."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st
from streamlit.errors import FragmentHandledException

from fashion_model.errors import FittingRoomError

log = logging.getLogger("fitting_room")


def sentence_of(error: Exception) -> str:
    """Our own errors speak for themselves; of any other only the log tells."""
    if isinstance(error, FittingRoomError):
        return str(error)
    return "This page could not be shown; the log says why."


@contextmanager
def one_sentence() -> Iterator[None]:
    """Show what fails inside as a sentence, and let everything outside live on."""
    try:
        yield
    except FragmentHandledException:
        return  # a fragment or dialog has said its sentence already
    except Exception as error:
        if not isinstance(error, FittingRoomError):
            log.exception("A page failed")
        st.error(sentence_of(error), icon=":material/error:")
