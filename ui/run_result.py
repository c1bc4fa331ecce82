"""What became of a run that is over: its result, and what to do with it."""

from __future__ import annotations

import streamlit as st

from fashion_model import charts
from fashion_model.rules import rules
from fashion_model.runs import Run, list_runs
from ui import address, live_run, stored, visitor, words
from ui.downloads import run_button
from ui.failing import said_in_a_toast


def show_result(run: Run) -> None:
    """The whole panel of a run that no worker is on."""
    message = words.plain(run.message)
    if run.state == "failed":
        st.error(message, icon=":material/error:")
    elif message:
        st.info(message, icon=":material/stop_circle:")
    if run.usable:
        _numbers(run)
        _next_steps(run)
    _ways_on(run)
    history = run.history
    if history.epochs:
        live_run.curves(run, history)
        live_run.strip(history)
    if run.usable:
        _per_class(run)
    live_run.log(run)


def _numbers(run: Run) -> None:
    result = run.result or {}
    best, epochs = result.get("best_epoch"), result.get("epochs_trained")
    low, high = result["test_interval"]
    cells = st.grid(min_column_width=170)
    cells.metric(
        "Test accuracy",
        words.percent(result["test_accuracy"]),
        border=True,
        height="stretch",
        help=f"95 % interval {words.interval((low, high))}, on pictures it never saw.",
    )
    previous = previous_best(run)
    delta = None
    if previous is not None:
        points = 100 * (result["validation_accuracy"] - previous.result["validation_accuracy"])
        delta = f"{points:+.1f} points"
    cells.metric(
        "Validation accuracy",
        words.percent(result["validation_accuracy"]),
        delta,
        border=True,
        height="stretch",
        help=f"Against {words.titled(previous)}, the best run until now." if previous else None,
    )
    cells.metric("Macro F1", f"{result['macro_f1']:.3f}", border=True, height="stretch")
    cells.metric(
        "Time to train", words.duration(result["train_seconds"]), border=True, height="stretch"
    )
    sentence = f"Hardest for it: {result['worst_class']}, with an F1 of {result['worst_f1']:.2f}."
    if best and epochs:
        sentence = f"Its best epoch was {best} of {epochs}. " + sentence
    if previous is not None:
        sentence += f" The best run until now was {words.titled(previous)}."
    st.caption(sentence)


def previous_best(run: Run) -> Run | None:
    """The best of the other runs that were there before; by validation, never by the test set."""
    others = [
        other
        for other in list_runs()
        if other != run and other.usable and other.created <= run.created
    ]
    return max(others, key=lambda other: other.result["validation_accuracy"], default=None)


def _next_steps(run: Run) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        address.link("confusions", "See its confusions", icon="grid_on", model=run.name)
        address.link("classify", "Classify with it", icon="image_search", model=run.name)
        run_button(run, key="download_run")
        if run.recipe.is_network and rules().training:
            st.button(
                "Train it longer",
                icon=":material/more_time:",
                key="train_longer",
                on_click=begin_from,
                args=(run,),
                help="A new run that begins with what this one has learned.",
            )


def _ways_on(run: Run) -> None:
    """Resume what can go on; try a failed one again."""
    if not (rules().training and visitor.guest().owns(run)):
        return
    with st.container(horizontal=True):
        if run.resumable:
            st.button(
                "Resume",
                icon=":material/resume:",
                key="resume_run",
                type="primary",
                on_click=_resume,
                args=(run,),
            )
        if run.state == "failed":
            st.button(
                "Change its recipe and try again",
                icon=":material/tune:",
                key="try_again",
                on_click=begin_from,
                args=(run,),
            )
        if (
            not run.usable
            and not run.shipped
            and st.button("Discard", icon=":material/delete:", key="discard_run", type="tertiary")
        ):
            live_run.confirm_discard(run)


def begin_from(run: Run) -> None:
    """Open the form with this run's recipe, and its weights where it has some."""
    st.session_state["keep_learned"] = run.usable
    st.session_state.pop("_form_began_with", None)
    address.write(run=None, start=run.name)


def _resume(run: Run) -> None:
    st.session_state.pop("_stopping", None)
    with said_in_a_toast():
        visitor.guest().resume(run)


def _per_class(run: Run) -> None:
    measured = stored.report_of(run)
    if measured is None:
        return
    st.subheader("Class by class")
    st.plotly_chart(
        charts.per_class_bars(measured),
        key="per_class",
        config=charts.PLOTLY_CONFIG,
        alt="F1 of each of the ten classes on the test set",
    )
