"""What is about to be trained: its layers, how long it will take here, its TOML, and the start."""

from __future__ import annotations

import time
from typing import Any

import pandas as pd
import streamlit as st

from fashion_model import jobs
from fashion_model.errors import FittingRoomError
from fashion_model.recipes import Recipe
from ui import address, short_jobs, visitor, words

SETTLED = 1.0  # seconds without a change before it is measured: a moving slider asks for nothing


def start_panel(recipe: Recipe) -> None:
    """The right side of the form. Nothing in it holds back a start."""
    with st.container(border=True):
        st.button(
            "Start training",
            key="start_training",
            type="primary",
            icon=":material/play_arrow:",
            width="stretch",
            on_click=_start,
            args=(recipe,),
        )
        if recipe.is_network:
            known = _measured(recipe) is not None
            st.fragment(_description, run_every=None if known else 1.0)(recipe, known)
        else:
            st.caption("Trained in one go, without epochs; its time cannot be told beforehand.")
    with st.expander("The recipe as TOML", icon=":material/receipt_long:"):
        st.code(recipe.to_toml(), language="toml")


def _start(recipe: Recipe) -> None:
    try:
        run = visitor.guest().start_training(recipe, title=recipe.title)
    except FittingRoomError as error:
        st.session_state["_start_failed"] = words.plain(str(error))
        return
    address.write(run=run.name, start=None)


def _measured(recipe: Recipe) -> jobs.ShortJob | None:
    """The measurement of this recipe once it is over; asking for a settled recipe begins it."""
    # What changes neither the layers nor the time is left out, so that it is measured once.
    plain = recipe.replaced(title="", about="", seed=0, epochs=1, **_without_phases(recipe))
    state = st.session_state
    since, asked, waited = state.get("_measuring", (0.0, None, None))
    if asked != plain:
        if waited is not None:
            short_jobs.leave(waited)
        since, waited = time.monotonic(), None
    if waited is None and time.monotonic() - since >= SETTLED:
        waited = short_jobs.join(plain, lambda: jobs.describe(plain))
    state["_measuring"] = (since, plain, waited)
    return waited.job if waited is not None and waited.done else None


def _without_phases(recipe: Recipe) -> dict[str, Any]:
    return {"fine_tune_epochs": 0} if recipe.kind == "transfer" else {}


def _description(recipe: Recipe, known: bool) -> None:
    job = _measured(recipe)
    if job is None:
        st.caption(":material/timer: Measuring how long this takes on this computer…")
        with st.container(height=200, border=False):
            st.skeleton(height=180)
        return
    if not known:
        st.rerun()  # once: from here on nothing needs to be asked for every second
    about = job.result
    if about is None:
        st.caption(
            f":material/timer_off: The time could not be measured. {words.plain(job.error or '')}"
        )
        return
    epoch = about["seconds_per_epoch"]
    st.markdown(
        f":material/timer: About **{words.duration(epoch * recipe.epochs)}** on this computer, "
        f"{words.duration(epoch) if epoch >= 10 else f'{epoch:.1f} s'} an epoch"
        + (", unless it stops earlier." if recipe.patience else ".")
    )
    if recipe.everyday:
        st.caption(
            "Before that it draws pictures as people take and make them: some minutes, once."
        )
    st.caption(
        f"{words.count(about['parameters'], 'parameter')}, "
        f"{words.short(about['multiply_adds'])} multiplications a picture"
    )
    table = pd.DataFrame(about["layers"])
    st.dataframe(
        table[["name", "output", "parameters"]],
        hide_index=True,
        height=min(36 * len(table) + 38, 360),
        column_config={
            "name": "Layer",
            "output": "Output",
            "parameters": st.column_config.NumberColumn("Parameters", format="localized"),
        },
        alt="The layers of the network with their shapes and parameters",
    )
