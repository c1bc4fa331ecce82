"""One picture, opened: what it is, what the model says of it, and an address of its own."""

from __future__ import annotations

import streamlit as st
from PIL import Image

from fashion_model import charts
from fashion_model.classes import CLASSES
from fashion_model.data import Part
from fashion_model.evaluation import Report
from fashion_model.runs import Run
from ui import address, failing, figures, questions, words
from ui.gallery import Tile
from ui.inline import crisp
from ui.named import Picture, find, name_of
from ui.questions import Asked
from ui.stepping import step_through
from ui.stored import dataset, report_of


def tile(part: Part, index: int, report: Report | None) -> Tile:
    """How a picture stands on a wall: its class, and what the model made of it."""
    true = CLASSES[part.labels[index]]
    name = name_of(part, index)
    if report is None:
        return Tile(name, true, f"Picture {name}: {true}")
    said, sure = CLASSES[report.predicted[index]], words.percent(report.confidence[index], 0)
    if report.right[index]:
        return Tile(name, true, f"Picture {name}: {true}, recognised, {sure} sure", True, sure)
    about = f"Picture {name}: {true}, taken for {said}, {sure} sure"
    return Tile(name, true, about, False, f"→ {said} {sure}")


def open_picture(name: str) -> None:
    """Put a picture in the address; the page opens it when it runs."""
    address.write(picture=name)


def close_picture() -> None:
    """Take it out again."""
    address.write(picture=None, view=None)


def show_opened(
    run: Run | None, neighbours: list[str] | None = None, other: Run | None = None
) -> None:
    """Open the picture that the address names, over the page.

    `neighbours` are the names on the wall, to step through; `other` is a second model to ask.
    """
    name = st.query_params.get("picture")
    if not name:
        return
    picture = find(name, dataset())
    if picture is None:
        asked = words.plain(name[:40])
        st.warning(f"There is no picture called {asked}: they are called test-0 or train-0.")
        return
    title = f"{CLASSES[picture.true]} · picture {picture.name}"
    st.dialog(title, width="medium", on_dismiss=close_picture)(_inside)(
        picture, [run, other] if other else [run], neighbours or []
    )


def _inside(picture: Picture, runs: list[Run | None], neighbours: list[str]) -> None:
    if st.query_params.get("picture") != picture.name:
        st.rerun()  # a click opened another
    asked = [run for run in runs if run is not None and run.usable]
    view = questions.choose("answer", "Answer") if asked else "answer"
    if view == "answer":
        _answer(picture, runs)
    else:
        for run in asked:
            if len(asked) > 1:
                st.markdown(f"**{words.titled(run)}**")
            with failing.one_sentence():
                about = Asked(
                    picture.part.images[picture.index],
                    f"picture {picture.name}",
                    None if picture.part.name == "test" else int(picture.name.split("-")[1]),
                )
                questions.show(view, about, run, open_picture, key=f"-{run.name}")
    step_through(neighbours, picture.name, open_picture, key="opened", where=" on this wall")
    link = f"?picture={picture.name}" + ("" if view == "answer" else f"&view={view}")
    st.caption(f"The address of this page opens exactly this picture ({link}).")


def _answer(picture: Picture, runs: list[Run | None]) -> None:
    left, right = st.columns([2, 3], gap="medium")
    with left:
        alt = f"A {CLASSES[picture.true]}, 28 by 28 pixels, enlarged"
        st.image(
            crisp(Image.fromarray(picture.part.images[picture.index])), width="stretch", alt=alt
        )
    with right:
        for run in runs:
            _says(picture, run, top=10 if len(runs) == 1 else 4)


def _says(picture: Picture, run: Run | None, top: int) -> None:
    report = _report(picture, run)
    if report is None or run is None:
        st.markdown(f"**True label: {CLASSES[picture.true]}**")
        st.caption(_why_nothing(picture, run))
    else:
        _verdict(picture, run, report, top)


def _report(picture: Picture, run: Run | None) -> Report | None:
    """What the run said of the picture's part, where it was asked about that part."""
    if run is None or picture.part.name == "train":
        return None
    report = report_of(run, "test" if picture.part.name == "test" else "validation")
    return report if report and len(report.labels) == len(picture.part.labels) else None


def _why_nothing(picture: Picture, run: Run | None) -> str:
    if run is None:
        return "No model has looked at it yet."
    if picture.part.name == "train":
        return f"{words.titled(run)} learned from this picture, so its answer would prove nothing."
    return f"{words.titled(run)} has no stored answers for this part of the data."


def _verdict(picture: Picture, run: Run, report: Report, top: int) -> None:
    said = CLASSES[report.predicted[picture.index]]
    sure = words.percent(report.confidence[picture.index], 0)
    if report.right[picture.index]:
        st.markdown(
            f":green-badge[:material/check: Right] {words.titled(run)}: **{said}**, {sure} sure."
        )
    else:
        st.markdown(
            f":red-badge[:material/close: Wrong] {words.titled(run)}: **{said}**, {sure} sure; "
            f"it is labelled **{CLASSES[picture.true]}**."
        )
    figures.show(
        charts.probabilities_bar(report.probabilities[picture.index], picture.true, top),
        key=f"probabilities-{run.name}",
        alt=f"How probable each class is for picture {picture.name}, says {run.title}",
    )
