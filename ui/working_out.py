"""What is worked out once: offered, watched while a worker is at it, and read when it is there."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from fashion_model import files
from fashion_model.derived import Arrays, Derived
from fashion_model.errors import FittingRoomError
from fashion_model.runs import Run
from ui import visitor, words
from ui.failing import said_in_a_toast


def worked_out(run: Run, kind: str, offer: str, label: str = "Work it out") -> Arrays | None:
    """What was worked out from this run, or the offer to do so with `offer` as its reason.

    Nothing heavy begins before the visitor asks; while a worker is at it, its progress is shown.
    """
    try:
        derived = Derived(run, kind)
    except FittingRoomError as error:
        st.warning(words.plain(str(error)))
        return None
    if (found := _found(derived)) is not None:
        return found
    with st.container(border=True, key=f"{kind}-{run.name}"):
        working = derived.working
        st.fragment(_panel, run_every=1.0 if working else None)(derived, offer, label, working)
    return None


def _found(derived: Derived) -> Arrays | None:
    """What is there and can be read; what cannot is as good as not there."""
    try:
        key = str(derived.path), derived.path.stat().st_mtime_ns
    except OSError:
        return None
    found = _read(*key)
    if found is None:
        _read.clear(*key)
    return found


@st.cache_resource(max_entries=12, show_spinner=False)
def _read(path: str, changed: int) -> Arrays | None:
    return files.read_arrays(Path(path))


def _panel(derived: Derived, offer: str, label: str, was_working: bool) -> None:
    working = derived.working
    if _found(derived) is not None or (was_working and not working):
        st.rerun()  # once: what comes next is the whole page's business
    if working:
        share, sentence = derived.progress
        st.progress(min(share, 1.0), f"{sentence} …")
        if visitor.guest().may_stop(derived):
            st.button(
                "Stop",
                key=f"stop-{derived.kind}-{derived.run.name}",
                icon=":material/stop:",
                on_click=_stop,
                args=(derived,),
            )
        else:
            st.caption("Somebody else asked for this: only they can stop it.")
        return
    st.markdown(offer)
    if derived.error:
        st.warning(words.plain(derived.error))
    if st.button(
        label,
        key=f"work_out-{derived.kind}-{derived.run.name}",
        type="primary",
        icon=":material/play_arrow:",
    ):
        visitor.guest().work_out(derived)
        st.rerun()


def _stop(derived: Derived) -> None:
    with said_in_a_toast():
        visitor.guest().stop_working_out(derived)
