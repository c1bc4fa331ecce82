"""The chosen model: one choice for the whole app, in the sidebar and in the address."""

from __future__ import annotations

import streamlit as st

from fashion_model.classifier import default_run
from fashion_model.runs import Run, list_runs
from ui import address, words
from ui.ending import PageEnds


def chosen_run() -> Run | None:
    """The model of this visitor; None where there is none that could be used."""
    name = st.session_state.get("model")
    return next((run for run in list_runs() if run.name == name and run.usable), None)


def needs_model() -> Run:
    """The chosen model, or a sentence and the way to one; then the page ends here."""
    run = chosen_run()
    if run is None:
        st.info("There is no trained model yet: train one, it takes a minute or two.")
        address.link("train", "Train a model", icon="model_training")
        raise PageEnds
    return run


def model_picker(page: str) -> None:
    """Draw the choice. A model is in the address only where a visitor chose it."""
    runs = {run.name: run for run in list_runs() if run.usable}
    chosen = _chosen(page, runs)
    with st.sidebar:
        if not runs:
            st.caption("No trained model yet")
            address.link("train", "Train one", icon="model_training")
            return
        default = default_run()
        st.session_state["model"] = chosen or (default.name if default else next(iter(runs)))
        name = st.selectbox(
            "Model",
            list(runs),
            format_func=lambda name: runs[name].title,
            key="model",
            on_change=_choose,
            help="Every page speaks of this model.",
        )
        _about(runs[name])
        if chosen and st.query_params.get("model") != chosen:
            address.keep("model", chosen)


def _chosen(page: str, runs: dict[str, Run]) -> str | None:
    """The model this visitor chose, by the address or before; kept for the links of all pages."""
    state = st.session_state
    asked = st.query_params.get("model")
    chosen = state.get("_model_of_the_address")
    if asked in runs:
        chosen = asked
    elif asked:
        st.warning(
            f"There is no model called {words.plain(asked[:70])}; this is the one used instead."
        )
        chosen = None
    elif state.get("_page") == page and state.get("_address_had_model"):
        chosen = None  # the visitor went back to before the choice
    state["_page"] = page
    state["_address_had_model"] = asked is not None
    state["_model_of_the_address"] = chosen if chosen in runs else None
    return state["_model_of_the_address"]


def _choose() -> None:
    st.session_state["_model_of_the_address"] = st.session_state["model"]
    address.write(model=st.session_state["model"])


def _about(run: Run) -> None:
    result = run.result or {}
    if "test_accuracy" in result:
        st.caption(f"{words.percent(result['test_accuracy'])} of the test set right")


def forget(name: str) -> None:
    """Take a model that is gone out of the choice and out of the address."""
    if st.session_state.get("_model_of_the_address") == name:
        st.session_state["_model_of_the_address"] = None
        address.write(model=None)
