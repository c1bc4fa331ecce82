"""Where does it go wrong? Every cell, bar and shortcut opens exactly the pictures behind it."""

from __future__ import annotations

import numpy as np
import streamlit as st

from fashion_model import charts
from fashion_model.classes import CLASSES
from fashion_model.evaluation import Confusion, Report
from fashion_model.runs import Run
from ui import (
    address,
    data_needed,
    doubts,
    feature_map,
    figures,
    opened,
    robust,
    tables,
    trust,
    words,
)
from ui.downloads import file_button
from ui.gallery import gallery
from ui.model import needs_model
from ui.stored import dataset_or_none, report_of

SHORTCUTS = 4
AT_ONCE = 60  # pictures on the wall before the visitor asks for more


def page() -> None:
    st.title("Where does it go wrong?")
    run = needs_model()
    report = report_of(run)
    if report is None:
        st.info(f"{words.titled(run)} has not been asked about the test set yet.")
        address.link("train", "See how it is getting on", "model_training", run=run.name)
        return
    _take_clicks()
    chosen = _chosen()
    the_answer(run, report)
    shortcuts(report, chosen)
    left, right = st.columns([11, 9], gap="medium")
    with left:
        matrix(report, chosen)
    with right:
        walls = [pictures(run, report, chosen)]
    about = address.choice(
        st.segmented_control,
        "More about it",
        list(SECTIONS),
        "about",
        "classes",
        format_func=lambda name: SECTIONS[name][0],
        label_visibility="collapsed",
        required=True,
        clears=("altered", "of", "set", "around", "doubt", "picture"),
    )
    walls.append(SECTIONS[about][1](run, report))
    if dataset_or_none() is not None:
        name = st.query_params.get("picture")
        opened.show_opened(run, next((wall for wall in walls if wall and name in wall), None))


def _chosen() -> tuple[int | None, int | None]:
    """The true and the predicted class that the address names."""
    names = address.read("true", CLASSES), address.read("predicted", CLASSES)
    return tuple(CLASSES.index(name) if name else None for name in names)


def _choose(true: int | None, predicted: int | None) -> None:
    address.write(
        true=None if true is None else CLASSES[true],
        predicted=None if predicted is None else CLASSES[predicted],
        picture=None,
    )


def _take_clicks() -> None:
    """Put what was just clicked in a chart into the address, before anything is drawn."""
    for chart in ("confusion_matrix", "class_bars"):
        if clicked := figures.new_click(chart):
            _choose(*clicked if len(clicked) == 2 else (clicked[0], None))


def the_answer(run: Run, report: Report) -> None:
    wrong = int((~report.right).sum())
    sentence = (
        f"{words.titled(run)} gets **{words.percent(report.accuracy)}** of the "
        f"{len(report.labels):,} test pictures right ({words.interval(report.interval)}) "
        f"and {wrong:,} wrong."
    )
    if report.most_confused:
        worst = report.most_confused[0]
        sentence += (
            f" Most often it takes a **{worst.true}** for a **{worst.predicted}**: "
            f"{words.count(worst.count, 'time')}, {words.percent(worst.share)} of them."
        )
    st.markdown(sentence)


def shortcuts(report: Report, chosen: tuple[int | None, int | None]) -> None:
    """The most confused pairs, and each of them the other way round."""
    pairs = _with_the_way_back(report.most_confused)
    with st.container(horizontal=True, gap="small", key="shortcuts"):
        for pair in pairs:
            cell = CLASSES.index(pair.true), CLASSES.index(pair.predicted)
            st.button(
                f"{pair.true} → {pair.predicted} · {pair.count}",
                key=f"shortcut-{cell[0]}-{cell[1]}",
                on_click=_choose,
                args=cell,
                type="primary" if cell == chosen else "secondary",
                help=f"{words.count(pair.count, 'picture')} of {pair.true} taken for "
                f"{pair.predicted}",
            )


def _with_the_way_back(confusions: list[Confusion]) -> list[Confusion]:
    counts = {(pair.true, pair.predicted): pair for pair in confusions}
    shown: dict[tuple[str, str], Confusion] = {}
    for pair in confusions:
        back = counts.get((pair.predicted, pair.true))
        for one in filter(None, (pair, back)):
            shown.setdefault((one.true, one.predicted), one)
        if len(shown) >= SHORTCUTS:
            break
    return list(shown.values())


def matrix(report: Report, chosen: tuple[int | None, int | None]) -> None:
    mode = st.segmented_control(
        "In each cell",
        charts.MODES,
        default=charts.MODES[0],
        format_func=lambda mode: mode[0].upper() + mode[1:],
        key="matrix_mode",
        persist_state="session",
        required=True,
        help="Rows are what the pictures are, columns what they were taken for.",
    )
    figures.show(
        charts.confusion_matrix(
            report.confusion, mode, marked=chosen if None not in chosen else None
        ),
        key="confusion_matrix",
        on_select="rerun",
        selection_mode="points",
        alt="The confusion matrix: true classes down, predicted classes across",
    )
    file_button("Matrix as CSV", "confusions.csv", lambda: tables.matrix_csv(report))


def pictures(run: Run, report: Report, chosen: tuple[int | None, int | None]) -> list[str]:
    """The pictures of the chosen cell, the worst first; of all mistakes where none is chosen."""
    places = tables.worst_first(report, *chosen)
    with st.container(key="cell_pictures"):
        st.subheader(_heading(chosen))
        st.caption(_how_many(len(places), chosen))
        if chosen != (None, None):
            st.button(
                "All mistakes",
                icon=":material/close:",
                key="all_mistakes",
                on_click=_choose,
                args=(None, None),
            )
        data = dataset_or_none()
        if data is None:
            data_needed.offer("The numbers are stored with the model, the pictures are not.")
            return []
        if len(data.test.labels) != len(report.labels):
            st.warning(
                f"{words.titled(run)} was measured on other pictures than the ones that are here."
            )
            return []
        if not len(places):
            return []
        with st.container(height=520, border=False):
            return _wall(run, report, data.test, places, chosen)


def _wall(run: Run, report: Report, part, places: np.ndarray, chosen) -> list[str]:
    many = f"more-{chosen}-{run.name}"
    shown = places[: st.session_state.get(many, 1) * AT_ONCE]
    tiles = [opened.tile(part, int(place), report) for place in shown]
    gallery(
        part.images[shown],
        tiles,
        key="cell_wall",
        label=_heading(chosen),
        on_open=opened.open_picture,
    )
    if len(shown) < len(places):

        def more() -> None:
            st.session_state[many] = st.session_state.get(many, 1) + 1

        left = len(places) - len(shown)
        st.button(f"Show {min(left, AT_ONCE)} more of {left:,}", key="more", on_click=more)
    return [tile.id for tile in tiles]


def _heading(chosen: tuple[int | None, int | None]) -> str:
    true, predicted = (None if c is None else CLASSES[c] for c in chosen)
    if true and true == predicted:
        return f"{true}, recognised"
    if true and predicted:
        return f"{true}, taken for {predicted}"
    if true:
        return f"{true}, not recognised"
    if predicted:
        return f"Wrongly taken for {predicted}"
    return "All mistakes"


def _how_many(count: int, chosen: tuple[int | None, int | None]) -> str:
    if not count:
        return "There is no such picture in the test set."
    first = (
        "the least sure first"
        if chosen[0] is not None and chosen[0] == chosen[1]
        else ("the worst first")
    )
    return f"{words.count(count, 'test picture')}, {first}."


def by_class(run: Run, report: Report) -> None:
    left, right = st.columns(2, gap="medium")
    with left:
        figures.show(
            charts.per_class_bars(report),
            key="class_bars",
            on_select="rerun",
            selection_mode="points",
            alt="F1, precision and recall of each class",
        )
        st.caption("A bar opens the pictures of its class that were not recognised.")
    with right:
        st.dataframe(
            tables.class_rows(report),
            hide_index=True,
            column_config={
                name: st.column_config.NumberColumn(name, format="%.3f")
                for name in ("Precision", "Recall", "F1")
            },
            height="content",
            alt="Precision, recall, F1 and number of pictures of each class",
        )
        file_button("Table as CSV", "classes.csv", lambda: tables.class_csv(report))


@st.fragment
def replay(run: Run, report: Report) -> None:
    """The matrix after each epoch, from what training recorded on the validation set."""
    epochs = [epoch for epoch in run.history.epochs if epoch.get("confusion")]
    if not epochs:
        st.caption(f"{words.titled(run)} has recorded no epochs: it was not trained step by step.")
        return
    numbers = [epoch["epoch"] for epoch in epochs]
    number = numbers[0]
    if len(numbers) > 1:
        number = st.select_slider("After epoch", numbers, value=numbers[-1], key="replayed_epoch")
    epoch = epochs[numbers.index(number)]
    best = " These weights were kept as the best so far." if epoch.get("best") else ""
    st.markdown(
        f"After epoch {number} it got **{words.percent(epoch['val_accuracy'])}** of the "
        f"validation pictures right.{best}"
    )
    figures.show(
        charts.confusion_matrix(np.array(epoch["confusion"]), st.session_state["matrix_mode"]),
        key="replayed_matrix",
        alt=f"The confusion matrix of the validation set after epoch {number}",
    )


SECTIONS = {
    "classes": ("Class by class", by_class),
    "trust": ("How sure is it?", trust.trust),
    "robustness": ("How robust is it?", lambda run, report: robust.robustness([run])),
    "map": ("The map", feature_map.feature_map),
    "labels": ("Labels to doubt", doubts.doubts),
    "history": ("How it came to be", replay),
}
page()
