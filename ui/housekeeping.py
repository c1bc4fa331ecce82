"""Keeping the folder of runs: rename, delete with undo, give one away, take one in."""

from __future__ import annotations

import streamlit as st

from fashion_model.errors import FittingRoomError
from fashion_model.rules import rules
from fashion_model.runs import Run, open_run
from ui import model, words
from ui.downloads import run_button
from ui.visitor import guest

LARGEST_ZIP = 300  # MB; the largest backbone that can be built on takes 100
SAY = "_housekeeping_says"  # (sentence, whether it is a failure), shown once


def said() -> None:
    """What the last step came to, and a way back from a deletion."""
    sentence, failed = st.session_state.pop(SAY, ("", False))
    if sentence:
        (st.error if failed else st.success)(sentence)
    if deleted := st.session_state.get("_deleted"):
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{words.plain(deleted[1])}** is deleted.", width="stretch")
            st.button("Undo", icon=":material/undo:", key="undo_delete", on_click=_undo)


def keep(runs: list[Run]) -> None:
    """The tools; `runs` are all there are."""
    if runs:
        titles = {run.name: run.title for run in runs}
        with st.container(horizontal=True, vertical_alignment="bottom", key="housekeeping"):
            name = st.selectbox(
                "Model to rename, download or delete",
                list(titles),
                format_func=lambda name: f"{titles.get(name, name)} ({name})",
                key="kept_run",
                width=340,
            )
            _tools(next((run for run in runs if run.name == name), runs[0]))
    if not rules().training:
        return
    st.file_uploader(
        "Add a model from a zip file",
        type="zip",
        max_upload_size=LARGEST_ZIP,
        key=f"import_{st.session_state.get('_imported', 0)}",
        on_change=_import,
        help="What was downloaded here or on another machine. Its answers are measured anew.",
    )


def _tools(run: Run) -> None:
    mine = guest().owns(run)
    with st.popover("Rename", icon=":material/edit:", disabled=run.shipped or not mine):
        st.text_input("New title", run.title, max_chars=80, key=f"title-{run.name}")
        st.button("Rename", type="primary", key="rename", on_click=_rename, args=(run.name,))
    run_button(run, key="download_run")
    why_not = "It is at work: stop it first." if run.working else ""
    if not mine:
        why_not = "It belongs to somebody else."
    if run.shipped:
        why_not = "It came with Fitting Room."
    st.button(
        "Delete",
        icon=":material/delete:",
        key="delete_run",
        on_click=_delete,
        args=(run.name,),
        disabled=bool(why_not),
        help=why_not or "It can be undone.",
    )


def _say(sentence: str, failed: bool = False) -> None:
    st.session_state[SAY] = (sentence, failed)


def _rename(name: str) -> None:
    try:
        guest().rename(open_run(name), st.session_state[f"title-{name}"])
        _say(f"It is called {words.titled(open_run(name))} now.")
    except FittingRoomError as error:
        _say(words.plain(str(error)), failed=True)


def _delete(name: str) -> None:
    try:
        run = open_run(name)
        title = run.title
        st.session_state["_deleted"] = (guest().delete(run), title)
        model.forget(name)
    except FittingRoomError as error:
        _say(words.plain(str(error)), failed=True)


def _undo() -> None:
    token, title = st.session_state.pop("_deleted")
    try:
        guest().undo_delete(token)
        _say(f"{words.plain(title)} is back.")
    except FittingRoomError as error:
        _say(words.plain(str(error)), failed=True)


def _import() -> None:
    number = st.session_state.get("_imported", 0)
    uploaded = st.session_state[f"import_{number}"]
    if uploaded is None:
        return
    st.session_state["_imported"] = number + 1  # an empty uploader in place of the full one
    try:
        run = guest().take_in(uploaded)
        _say(
            f"{words.titled(run)} is here as {run.name}. It is measured now, which takes a minute."
        )
    except FittingRoomError as error:
        _say(words.plain(str(error)), failed=True)
