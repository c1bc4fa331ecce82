"""The panel that watches a run train. It reads the run's folder about once a second."""

from __future__ import annotations

import time
from collections import deque

import numpy as np
import streamlit as st

from fashion_model import charts, jobs
from fashion_model.classes import CLASSES
from fashion_model.errors import FittingRoomError
from fashion_model.history import History
from fashion_model.runs import Run, list_runs
from ui import address, gallery, stored, visitor, words
from ui.failing import said_in_a_toast

EVERY = 1.0  # seconds; charts are rebuilt on every change, so not more often
LOG_LINES = 60


def watch(run: Run) -> None:
    """Draw the run as it is now, and keep it up to date while a worker is on it."""
    state = run.state
    panel = st.fragment(_panel, run_every=EVERY if run.working else None)
    panel(run, state)


def _panel(run: Run, drawn_as: str) -> None:
    if not run.folder.is_dir() or run.state != drawn_as:
        st.rerun()  # once: the page is another one now
    history = run.history
    _progress(run, history)
    _best(run, history)
    if not history.epochs and not history.batches:
        return
    curves(run, history)
    strip(history)
    log(run)


def _progress(run: Run, history: History) -> None:
    """What it is doing, how far it is, how long it will still take."""
    state, last = run.state, history.last or {}
    if state == "queued":
        place = jobs.place_in_queue(run) or 0
        ahead = "1 training is" if place == 1 else f"{place} trainings are"
        st.info(
            f"Waiting for its turn: {ahead} before it. It begins by itself.",
            icon=":material/hourglass_top:",
        )
        return
    if history.start is None:
        waited = time.time() - run.created
        st.progress(0.0, f"Starting: the worker is loading Keras ({waited:.0f} s).")
        return
    epochs = history.start.get("epochs") or run.recipe.epochs
    if last.get("event") in ("end", "finishing", "finish"):
        step = last.get("step") or "Measuring what it has learned"
        st.progress(1.0, f"Finishing: {step[0].lower()}{step[1:].rstrip('.')}.")
        return
    batch = history.last_batch
    done = len(history.epochs)
    if batch is None:
        st.progress(min(done / epochs, 1.0), f"Epoch {min(done + 1, epochs)} of {epochs}")
        return
    share = (batch["epoch"] - 1 + batch["batch"] / max(batch["batches"], 1)) / epochs
    st.progress(
        float(np.clip(share, 0, 1)),
        f"Epoch {batch['epoch']} of {epochs} · batch {batch['batch']:,} of {batch['batches']:,} · "
        f"{batch['images_per_second']:,.0f} images a second · "
        f"{words.duration(batch['seconds_left'])} left",
    )


def _best(run: Run, history: History) -> None:
    best = history.best
    with st.container(horizontal=True):
        if best:
            st.markdown(
                f"Best so far: **{words.percent(best['val_accuracy'])}** on the validation "
                f"pictures, in epoch {best['epoch']}."
            )
        if _asked_to_stop(run):
            st.caption("Stopping after this batch…")


def controls(run: Run) -> None:
    """Stop and discard. Outside the panel, whose redrawing would close the question."""
    if not visitor.guest().owns(run):
        st.caption("Somebody else trains it: only they can stop it.")
        return
    with st.container(horizontal=True):
        st.button(
            "Stop and keep the best",
            key="stop_training",
            icon=":material/stop_circle:",
            on_click=_stop,
            args=(run,),
            disabled=_asked_to_stop(run),
        )
        if st.button("Discard", key="discard_run", icon=":material/delete:", type="tertiary"):
            confirm_discard(run)


def _stop(run: Run) -> None:
    st.session_state["_stopping"] = run.name
    with said_in_a_toast():
        visitor.guest().stop(run)


def _asked_to_stop(run: Run) -> bool:
    return st.session_state.get("_stopping") == run.name and run.working


@st.dialog("Discard this run?")
def confirm_discard(run: Run) -> None:
    """Ask before a run is thrown away."""
    st.write(f"**{words.titled(run)}** goes to the trash, with all that it has learned so far.")
    with st.container(horizontal=True, horizontal_alignment="right"):
        if st.button("Keep it", key="keep_run"):
            st.rerun()
        if st.button("Discard", key="confirm_discard", type="primary", icon=":material/delete:"):
            try:
                visitor.guest().discard(run)
            except FittingRoomError as error:
                st.error(words.plain(str(error)))
                return
            st.toast(f"{words.titled(run)} was discarded.", icon=":material/delete:")
            address.write(run=None)
            st.rerun()


def curves(run: Run, history: History) -> None:
    """Loss and accuracy, with an earlier run under them if one is chosen."""
    others = {other.name: other for other in list_runs() if other != run and other.history.epochs}
    under = None
    if others:
        chosen = st.selectbox(
            "Lay an earlier run under the curves",
            list(others),
            index=None,
            format_func=lambda name: others[name].title,
            key="under",
            placeholder="Lay an earlier run under the curves",
            label_visibility="collapsed",
            width=360,
            persist_state="page",
        )
        under = others[chosen].history.epochs if chosen else None
    total = (history.start or {}).get("epochs")
    batches = history.batches if run.working else []
    for column, name, figure in zip(
        st.columns(2, gap="medium"),
        ("loss", "accuracy"),
        (charts.loss_curve, charts.accuracy_curve),
        strict=True,
    ):
        column.plotly_chart(
            figure(history.epochs, batches, under, total),
            key=f"{name}_curve",
            config=charts.PLOTLY_CONFIG,
            alt=f"The {name} on the training and the validation pictures, epoch by epoch",
        )


def strip(history: History) -> None:
    """Twelve validation pictures, and what it says of them now."""
    dataset = stored.dataset_or_none()
    latest = next((epoch for epoch in reversed(history.epochs) if epoch.get("strip")), None)
    numbers = (history.start or {}).get("strip") or []
    if dataset is None or latest is None or not numbers:
        return
    if max(numbers) >= len(dataset.validation.labels):
        return  # trained on other data than is here now
    answers = np.asarray(latest["strip"])
    labels = dataset.validation.labels[numbers]
    right = answers.argmax(axis=1) == labels
    tiles = [
        gallery.Tile(
            id=str(number),
            caption=CLASSES[guess],
            about=f"{CLASSES[label]}, taken for {CLASSES[guess]}, {words.percent(sure, 0)} sure",
            right=bool(guess == label),
            note=words.percent(sure, 0),
        )
        for number, label, guess, sure in zip(
            numbers, labels, answers.argmax(axis=1), answers.max(axis=1), strict=True
        )
    ]
    st.markdown(
        f"**Twelve pictures it does not learn from**, after epoch {latest['epoch']}: "
        f"{right.sum()} of {len(numbers)} right"
    )
    gallery.gallery(
        dataset.validation.images[numbers],
        tiles,
        key="strip",
        label="Twelve validation pictures with what the model says of them",
    )


def log(run: Run) -> None:
    """The end of the worker's log, on demand."""
    with st.expander("Log", icon=":material/notes:", key="log", on_change="rerun") as opened:
        if opened.open:
            st.code(log_tail(run) or "Nothing yet.", language=None, height=240)


def log_tail(run: Run, lines: int = LOG_LINES) -> str:
    """The last lines that the worker wrote."""
    try:
        with (run.folder / "worker.log").open(encoding="utf-8", errors="replace") as file:
            return "".join(deque(file, lines))
    except OSError:
        return ""
