"""What a page says while the pictures are missing, and a button that fetches them."""

from __future__ import annotations

import logging
import threading
import time

import streamlit as st

from fashion_model.data import Progress, data_status, fetch_dataset
from fashion_model.errors import FittingRoomError
from ui import words
from ui.ending import PageEnds
from ui.stored import dataset_or_none


class Download:
    """One fetching of the data for the whole server, whoever asked for it."""

    def __init__(self) -> None:
        self.progress: Progress | None = None
        self.failure: str | None = None
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()

    @property
    def running(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    def start(self) -> None:
        """Begin, unless it has begun already."""
        with self._starting:
            if self.running:
                return
            self.progress, self.failure = None, None
            self._thread = threading.Thread(target=self._fetch, daemon=True)
            self._thread.start()

    def _fetch(self) -> None:
        try:
            fetch_dataset(self._note)
        except FittingRoomError as error:
            self.failure = str(error)
        except Exception:
            logging.getLogger("fitting_room").exception("The download failed")
            self.failure = "The download failed; the log says why. Try again in a while."

    def _note(self, progress: Progress) -> None:
        self.progress = progress


@st.cache_resource(show_spinner=False)
def the_download() -> Download:
    """The server's one download, shared by all visitors."""
    return Download()


def or_stop(why: str) -> None:
    """Nothing where the data is there; else the offer to fetch it, and the page ends here."""
    if dataset_or_none() is None:
        offer(why)
        raise PageEnds


def offer(why: str = "") -> None:
    """Say what is missing and offer to fetch it. Nothing where it is there already."""
    status = data_status()
    if not status.ready:
        with st.container(border=True, key="data_needed"):
            st.markdown(f"**{why or 'The pictures are not here yet.'}**")
            _fetching(status.sentence)


@st.fragment(run_every=0.5)
def _fetching(sentence: str) -> None:
    download = the_download()
    if download.running:
        _bar(download.progress)
        return
    if data_status().ready:
        st.rerun()
    st.caption(words.plain(download.failure or sentence))
    label = "Try again" if download.failure else "Download Fashion-MNIST (31 MB)"
    if st.button(label, icon=":material/download:", type="primary", key="fetch_data"):
        download.start()
        time.sleep(0.05)  # so that the bar is there when this fragment is drawn again
        st.rerun(scope="fragment")


def _bar(progress: Progress | None) -> None:
    if progress is None:
        st.progress(0.0, "Asking the mirrors …")
        return
    done = progress.bytes_done / max(progress.bytes_total, 1)
    st.progress(
        min(done, 1.0),
        f"{words.size(progress.bytes_done)} of {words.size(progress.bytes_total)}: "
        f"{progress.file} (file {progress.file_number} of {progress.files})",
    )
