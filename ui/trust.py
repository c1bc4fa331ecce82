"""How sure is it, and when is a person to be asked? Chosen on validation, told of the test set."""

from __future__ import annotations

import numpy as np
import streamlit as st

from fashion_model import charts
from fashion_model.classes import CLASSES
from fashion_model.deferring import Sets, kept_at, kept_by_class, percent_for, sets_at
from fashion_model.evaluation import Report
from fashion_model.runs import Run
from ui import address, figures, words
from ui.gallery import Tile, gallery
from ui.named import name_of
from ui.opened import open_picture
from ui.stored import dataset_or_none, report_of

GOALS = (0.95, 0.98, 0.99)
LEVELS = ("90", "95", "98", "99")
AT_FIRST = 80  # per cent: where the slider stands until it is moved
AT_ONCE = 40


def trust(run: Run, report: Report) -> list[str]:
    """Draw it; the answer are the names of the pictures on its wall."""
    before, after = report.calibration_before.ece, report.calibration.ece
    st.markdown(
        f"When it says it is sure, it is off by **{words.percent(after)}** on average "
        f"({words.percent(before)} before its confidence was calibrated on the validation set)."
    )
    validation = report_of(run, "validation")
    if validation is None:
        figures.show(charts.reliability(report), key="reliability", alt="Confidence and accuracy")
        st.caption(f"{words.titled(run)} has no stored answers on the validation set to choose on.")
        return []
    _ask(report, validation)
    return _sets(report, validation)


@st.fragment
def _ask(report: Report, validation: Report) -> None:
    """The threshold under which a picture goes to a person, and what it does."""
    st.subheader("When to ask a person")
    percent = _threshold(validation)
    chosen, measured = kept_at(validation, percent), kept_at(report, percent)
    handed = measured.of - measured.kept
    st.markdown(
        f"Below {percent} % confidence a person is asked: that is "
        f"**{words.percent(1 - measured.share)}** of the test pictures, {handed:,} of "
        f"{measured.of:,}. "
        + (
            f"Of the rest it gets **{words.percent(measured.accuracy)}** right; on the validation "
            f"set, where a threshold is chosen, it is {words.percent(chosen.accuracy)}."
            if measured.kept and chosen.kept
            else "It is never that sure."
        )
    )
    left, right = st.columns(2, gap="medium")
    with left:
        figures.show(
            charts.reliability(report), key="reliability", alt="Confidence against accuracy"
        )
    with right:
        figures.show(
            charts.coverage(report, measured.share),
            key="coverage",
            alt="Accuracy among the answers that are kept when the unsure ones are left out",
        )
    with st.container(horizontal=True):
        wrong = measured.kept - measured.right
        address.link(
            "browse", f"The {handed:,} for a person", "person", part="test",
            confidence=f"0-{percent}", sort="unsure",
        )  # fmt: skip
        address.link(
            "browse", f"The {wrong:,} mistakes that stay", "close", part="test", answer="wrong",
            confidence=f"{percent}-100", sort="worst",
        )  # fmt: skip
    st.dataframe(
        [
            {
                "It says": name,
                "Answers": kept.of,
                "Kept": 100 * kept.share if kept.of else None,
                "Right among the kept": 100 * kept.accuracy if kept.kept else None,
                "Right among all": 100 * kept.right_in_all / kept.of if kept.of else None,
            }
            for name, kept in kept_by_class(report, percent).items()
        ],
        hide_index=True,
        height="content",
        column_config={
            name: st.column_config.NumberColumn(name, format="%.1f %%")
            for name in ("Kept", "Right among the kept", "Right among all")
        },
        key="kept_by_class",
        alt="What is kept of the answers of each class, and how much of it is right",
    )


def _threshold(validation: Report) -> int:
    """The slider in whole per cent; it stands in the address, as `ask`, but is no step back."""
    if "ask" not in st.session_state:
        asked = st.query_params.get("ask", "")
        sound = asked.isdecimal() and len(asked) < 3
        st.session_state["ask"] = int(asked) if sound else AT_FIRST
    left, right = st.columns([3, 2], gap="medium", vertical_alignment="bottom")
    with right, st.container(horizontal=True):
        for goal in GOALS:
            percent = percent_for(validation, goal)
            st.button(
                f"{100 * goal:.0f} % right",
                key=f"goal-{goal}",
                disabled=percent is None,
                on_click=st.session_state.__setitem__,
                args=("ask", percent),
                help="The lowest confidence from which on this share of the answers on the "
                "validation set is right.",
            )
    percent = left.slider(
        "Ask a person when it is less sure than", 0, 99, format="%d %%", key="ask"
    )
    address.keep("ask", None if percent == AT_FIRST else str(percent))
    return percent


def _sets(report: Report, validation: Report) -> list[str]:
    """Sets of labels that hold the true one as often as the visitor asks."""
    st.subheader("Or let it name several")
    level = address.choice(
        st.segmented_control, "How often the right label is among them", LEVELS, "level", "95",
        format_func=lambda level: f"{level} %", required=True, clears=("set", "picture"),
    )  # fmt: skip
    sets = sets_at(validation, report, int(level) / 100)
    st.markdown(
        f"Chosen so on the validation set, its lists hold the right label of "
        f"**{words.percent(float(sets.holds.mean()))}** of the test pictures, with "
        f"**{sets.sizes.mean():.2f} labels** on average. {_worst_class(sets)}"
    )
    which = {
        "1": sets.sizes == 1,
        "2": sets.sizes == 2,
        "3": sets.sizes > 2,
        "missed": ~sets.holds,
    }
    names = {"1": "One label", "2": "Two", "3": "Three or more", "missed": "Right one missing"}
    chosen = address.choice(
        st.segmented_control, "Pictures with", list(which), "set", "2", required=True,
        format_func=lambda key: f"{names[key]} · {int(which[key].sum()):,}", clears=("picture",),
    )  # fmt: skip
    return _wall(sets, np.flatnonzero(which[chosen]), names[chosen])


def _worst_class(sets: Sets) -> str:
    """The promise is kept on average, and not for every class: say for which it is kept least."""
    held = {
        name: float(sets.holds[sets.labels == number].mean())
        for number, name in enumerate(CLASSES)
        if (sets.labels == number).any()
    }
    worst = min(held, key=held.get)
    share = words.percent(held[worst])
    return f"The promise is one on average: for the class {worst} it is kept {share} of the time."


def _wall(sets: Sets, places: np.ndarray, label: str) -> list[str]:
    data = dataset_or_none()
    if data is None or len(data.test.labels) != len(sets.labels):
        return []
    if not len(places):
        st.caption("There is no such picture.")
        return []
    shown = places[:AT_ONCE]
    if len(shown) < len(places):
        st.caption(f"The first {len(shown)} of {len(places):,}.")
    tiles = []
    for place in shown:
        name, true = name_of(data.test, int(place)), CLASSES[sets.labels[place]]
        among = ", ".join(np.array(CLASSES)[sets.members[place]])
        about = f"Picture {name}: {true}; it names {among}"
        tiles.append(Tile(name, true, about, bool(sets.holds[place]), among))
    gallery(data.test.images[shown], tiles, key="sets_wall", label=label, on_open=open_picture)
    return [tile.id for tile in tiles]
