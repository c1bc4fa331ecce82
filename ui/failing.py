"""What a visitor reads when something fails: one sentence, never a traceback."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st
from streamlit.errors import FragmentHandledException

from fashion_model.errors import FittingRoomError
from ui import words

log = logging.getLogger("fitting_room")


def show_failure(error: Exception) -> bool:
    """Our own errors speak for themselves; of any other only the log tells.

    Streamlit calls this for what fails in a fragment or a callback; True: it has been shown.
    """
    if isinstance(error, FittingRoomError):
        sentence = words.plain(str(error))
    else:
        log.error("A page failed", exc_info=error)
        sentence = "This page could not be shown; the log says why."
    st.error(sentence, icon=":material/error:")
    return True


@contextmanager
def one_sentence() -> Iterator[None]:
    """Show what fails inside as a sentence, and let everything outside live on."""
    try:
        yield
    except FragmentHandledException:
        return  # a fragment or dialog has said its sentence already
    except Exception as error:
        show_failure(error)


@contextmanager
def said_in_a_toast() -> Iterator[None]:
    """For callbacks: what the library refuses appears beside the page, which stays as it was."""
    try:
        yield
    except FittingRoomError as error:
        st.toast(words.plain(str(error)), icon=":material/error:")
