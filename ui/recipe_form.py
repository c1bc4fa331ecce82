"""The form that says what to train: a start, then sliders and switches for what applies to it."""

from __future__ import annotations

from typing import Any

import streamlit as st

from fashion_model.errors import FittingRoomError
from fashion_model.recipes import DRAWN_HERE, FIELDS, Recipe, load_recipe, preset_names
from fashion_model.reviewing import decided
from fashion_model.runs import Run, list_runs, open_run
from ui import words

# A slider has steps a person would choose; the preset's own value is added where it is not one.
STEPS: dict[str, tuple[float, ...]] = {
    "batch_size": (16, 32, 64, 128, 256, 512, 1024),
    "learning_rate": (1e-4, 2e-4, 5e-4, 1e-3, 2e-3, 5e-3, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0),
    "train_share": (0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0),
    "penalty": (0.001, 0.01, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0, 1000.0),
    "iterations": (50, 100, 200, 500, 1000, 2000),
    "trees": (10, 20, 50, 100, 200, 500, 1000),
    "neighbours": (1, 3, 5, 7, 9, 15, 25, 51),
}
RANGES: dict[str, tuple[float, float, float]] = {  # low, high, step
    "epochs": (1, 100, 1),
    "dropout": (0.0, 0.8, 0.05),
    "shift": (0, 4, 1),
    "erase": (0.0, 1.0, 0.05),
    "patience": (0, 20, 1),
}
LABELS = {
    "epochs": "Epochs",
    "batch_size": "Batch size",
    "learning_rate": "Learning rate",
    "dropout": "Dropout",
    "flip": "Mirror",
    "shift": "Shift",
    "erase": "Erase",
    "train_share": "Share of the training set",
    "patience": "Patience",
    "seed": "Seed",
    "penalty": "Penalty (C)",
    "iterations": "Iterations",
    "trees": "Trees",
    "neighbours": "Neighbours",
}
TRAINING = ("epochs", "batch_size", "learning_rate", "dropout", "patience")
CLASSIC = ("penalty", "iterations", "trees", "neighbours")
AUGMENTATION = ("shift", "erase", "flip")
DATA = ("train_share", "seed")
FIRST_CHOICE = "quick"  # the best that about a minute gives


def recipe_form(start: str | None = None) -> Recipe:
    """Draw the form and give the recipe it says; `start` is a run to begin with."""
    left, right = st.columns([3, 2], gap="medium")
    with left:
        base, earlier = _start(start)
    title = right.text_input(
        "Name", key="run_title", max_chars=80, placeholder=base.title, persist_state="session"
    )
    if base.about and earlier is None:
        st.caption(words.plain(base.about))
    changes: dict[str, Any] = {}
    _group("Training", [name for name in (*TRAINING, *CLASSIC) if applies(base, name)], changes)
    _group(
        "Augmentation",
        [name for name in AUGMENTATION if applies(base, name)],
        changes,
        "Pictures change a little each time they are seen, so that few are learned by heart.",
    )
    _group("Data", [name for name in DATA if applies(base, name)], changes)
    changes["labels"] = _labels()
    if base.kind == "transfer":
        changes["fine_tune_epochs"] = min(base.fine_tune_epochs, changes["epochs"])
    if earlier is not None:
        changes["start_from"] = _learned(earlier)
    return base.replaced(**changes, title=" ".join(title.split()) or base.title)


def applies(recipe: Recipe, name: str) -> bool:
    """Whether this key means something to this kind of model."""
    return recipe.kind in FIELDS[name].metadata["kinds"]


def _start(start: str | None) -> tuple[Recipe, Run | None]:
    """The preset or earlier run to begin with; another choice fills the sliders anew."""
    runs = {f"run:{run.name}": run for run in list_runs()}
    presets = {name: load_recipe(name) for name in preset_names()}
    options = [*presets, *runs]
    wanted = f"run:{start}" if f"run:{start}" in runs else None
    if wanted and st.session_state.get("_form_began_with") != wanted:
        st.session_state["start_from"] = wanted
        st.session_state["_form_began_with"] = wanted
    if st.session_state.get("start_from") not in options:
        st.session_state["start_from"] = FIRST_CHOICE if FIRST_CHOICE in presets else options[0]
    chosen = st.selectbox(
        "Start from",
        options,
        key="start_from",
        persist_state="session",
        format_func=lambda option: (
            presets[option].title if option in presets else f"Earlier run: {runs[option].title}"
        ),
    )
    recipe = presets.get(chosen) or _recipe_of(runs[chosen])
    if st.session_state.get("_form_filled_for") != chosen:
        st.session_state["_form_filled_for"] = chosen
        for name in LABELS:
            if applies(recipe, name):
                st.session_state[name] = getattr(recipe, name)
        st.session_state["reviewed_labels"] = recipe.labels == "reviewed"
        st.session_state["run_title"] = ""
    return recipe, runs.get(chosen)


def _recipe_of(run: Run) -> Recipe:
    """Its recipe to begin with; whether its weights are taken over is asked anew."""
    anew = {"start_from": ""} if run.recipe.kind in DRAWN_HERE else {}
    return run.recipe.replaced(title=run.title, **anew)


def _group(title: str, names: list[str], changes: dict[str, Any], about: str = "") -> None:
    if not names:
        return
    with st.container(border=True):
        st.markdown(f"**{title}**", help=about or None)
        columns = st.columns(2, gap="medium")
        for place, name in enumerate(names):
            with columns[place % 2]:
                changes[name] = _widget(name)


def _widget(name: str) -> Any:
    """One slider or switch. Its value lives in the session, so it survives a page change."""
    field = FIELDS[name]
    common: dict[str, Any] = {
        "key": name,
        "help": f"{field.metadata['help'][0].upper()}{field.metadata['help'][1:]}.",
        "persist_state": "session",
    }
    value = st.session_state.setdefault(name, field.default)
    if name in STEPS:
        options = sorted({*STEPS[name], value})
        return st.select_slider(LABELS[name], options, format_func=_shown(name), **common)
    if name in RANGES:
        low, high, step = RANGES[name]
        return st.slider(LABELS[name], low, max(high, value), step=step, **common)
    if isinstance(field.default, bool):
        return st.toggle(LABELS[name], **common)
    return st.number_input(
        LABELS[name], field.metadata["low"], field.metadata["high"], step=1, **common
    )


def _shown(name: str):
    if name == "train_share":
        return lambda share: words.percent(share, 0 if share >= 0.01 else 2)
    return lambda number: f"{number:,.6g}"


def _labels() -> str:
    """Whether what was decided about labels is learned; asked only where something was."""
    decisions = decided()
    if not decisions:
        return "given"
    reviewed = st.toggle(
        "Learn the reviewed labels",
        key="reviewed_labels",
        help=f"What was decided about {len(decisions):,} labels on the Confusions page: changed "
        "ones are learned as changed, dropped pictures not at all.",
        persist_state="session",
    )
    return "reviewed" if reviewed else "given"


def _learned(earlier: Run) -> str:
    """Whether the weights of the earlier run are taken over, or only its recipe."""
    if not (earlier.usable and earlier.recipe.kind in DRAWN_HERE):
        return ""
    keep = st.toggle(
        "Keep what it has learned",
        key="keep_learned",
        help="Begin with the weights of the earlier run instead of with random ones.",
        persist_state="session",
    )
    return earlier.name if keep else ""


def run_or_none(name: str | None) -> Run | None:
    """The run of this name from an address, which may be mistyped or deleted."""
    try:
        return open_run(name) if name else None
    except FittingRoomError:
        return None
