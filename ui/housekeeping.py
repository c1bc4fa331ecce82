"""Keeping the folder of runs: rename, delete with undo, give one away, take one in."""

from __future__ import annotations

import streamlit as st

from fashion_model import jobs
from fashion_model.errors import FittingRoomError
from fashion_model.runs import Run, delete_run, open_run, rename_run, undo_delete
from fashion_model.sharing import import_run
from ui import model
from ui.downloads import run_button

LARGEST_ZIP = 300  # MB; the largest backbone that can be built on takes 100
SAY = "_housekeeping_says"  # (sentence, whether it is a failure), shown once


def said() -> None:
    """What the last step came to, and a way back from a deletion."""
    sentence, failed = st.session_state.pop(SAY, ("", False))
    if sentence:
        (st.error if failed else st.success)(sentence)
    if deleted := st.session_state.get("_deleted"):
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{deleted[1]}** is deleted.", width="stretch")
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
    st.file_uploader(
        "Add a model from a zip file",
        type="zip",
        max_upload_size=LARGEST_ZIP,
        key=f"import_{st.session_state.get('_imported', 0)}",
        on_change=_import,
        help="What was downloaded here or on another machine. Its answers are measured anew.",
    )


def _tools(run: Run) -> None:
    with st.popover("Rename", icon=":material/edit:", disabled=run.shipped):
        st.text_input("New title", run.title, max_chars=80, key=f"title-{run.name}")
        st.button("Rename", type="primary", key="rename", on_click=_rename, args=(run.name,))
    run_button(run, key="download_run")
    why_not = "It came with Fitting Room." if run.shipped else "It is at work: stop it first."
    fixed = run.shipped or run.working
    st.button(
        "Delete",
        icon=":material/delete:",
        key="delete_run",
        on_click=_delete,
        args=(run.name,),
        disabled=fixed,
        help=why_not if fixed else "It can be undone.",
    )


def _say(sentence: str, failed: bool = False) -> None:
    st.session_state[SAY] = (sentence, failed)


def _rename(name: str) -> None:
    try:
        rename_run(open_run(name), st.session_state[f"title-{name}"])
        _say(f"It is called {open_run(name).title} now.")
    except FittingRoomError as error:
        _say(str(error), failed=True)


def _delete(name: str) -> None:
    try:
        run = open_run(name)
        title = run.title
        st.session_state["_deleted"] = (delete_run(run), title)
        model.forget(name)
    except FittingRoomError as error:
        _say(str(error), failed=True)


def _undo() -> None:
    token, title = st.session_state.pop("_deleted")
    try:
        undo_delete(token)
        _say(f"{title} is back.")
    except FittingRoomError as error:
        _say(str(error), failed=True)


def _import() -> None:
    number = st.session_state.get("_imported", 0)
    uploaded = st.session_state[f"import_{number}"]
    if uploaded is None:
        return
    st.session_state["_imported"] = number + 1  # an empty uploader in place of the full one
    try:
        run = import_run(uploaded)
        jobs.finish(run)
        _say(f"{run.title} is here as {run.name}. It is measured now, which takes a minute.")
    except FittingRoomError as error:
        _say(str(error), failed=True)
