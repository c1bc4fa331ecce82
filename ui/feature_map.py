"""The map of the test set: a point opens its picture, a lasso the pictures within."""

from __future__ import annotations

import numpy as np
import streamlit as st

from fashion_model import charts
from fashion_model.classes import CLASSES
from fashion_model.evaluation import Report
from fashion_model.mapping import FeatureMap
from fashion_model.runs import Run
from ui import address, opened, words
from ui.gallery import gallery
from ui.placing import own_pictures
from ui.plane import plane
from ui.stored import dataset_or_none
from ui.working_out import worked_out

COLOURS = {
    "true": "What it is",
    "predicted": "What it was called",
    "right": "Right or wrong",
    "confidence": "Confidence",
}
OFFER = (
    "Lay all test pictures out on a map, so that those which look alike to **{}** lie together. "
    "This takes some minutes, and is done once."
)
# Ten that are told apart on white and on near-black.
HUES = (
    "#4e79a7", "#f28e2b", "#59a14f", "#b07aa1", "#d4ac0d",
    "#3fb8ad", "#e15759", "#9c755f", "#ff9da7", "#8b919c",
)  # fmt: skip
SURE = (0.5, 0.7, 0.9, 0.99)
UNSURE = (charts.RIGHT, "#7fb58c", "#c9b458", "#e08a4c", charts.WRONG)
CORNERS = 32  # of an outline in the address
AT_ONCE = 60


def feature_map(run: Run, report: Report) -> list[str]:
    """Draw it; the answer are the names of the pictures on its wall."""
    arrays = worked_out(run, "map", OFFER.format(words.titled(run)), "Draw the map")
    if arrays is None:
        return []
    found = FeatureMap.from_arrays(arrays)
    if len(found.xy) != len(report.labels):
        st.warning("The map was drawn from other pictures than the ones the model answered.")
        return []
    outline = _outline()
    colour = address.choice(
        st.segmented_control, "Colour", list(COLOURS), "colour", "true",
        format_func=COLOURS.get, required=True,
    )  # fmt: skip
    palette, colours = _coloured(report, colour)
    _legend(palette)
    plane(
        found.xy,
        colours,
        [hue for _, hue in palette],
        report,
        key="feature_map",
        label="A map of the test pictures; those that look alike to the model lie together",
        on_open=lambda number: opened.open_picture(f"test-{number}"),
        on_around=lambda corners: address.write(around=_written(corners), picture=None),
        outline=outline,
        placed=own_pictures(run, found),
    )
    by = "pixels, since this model has no features of its own" if found.pixels else "features"
    st.caption(
        f"By the model's {by}. Click a point for its picture, draw around some for all of "
        "theirs. Near means alike; how far two groups lie apart means nothing. A star is a "
        "picture of yours from the Classify page, amid those most like it."
    )
    return [] if outline is None else _wall(report, found.inside(outline))


def _coloured(report: Report, colour: str) -> tuple[list[tuple[str, str]], np.ndarray]:
    """What each colour means, and the place in that list of every picture's."""
    if colour == "right":  # the wrong on top, being few
        return [("Right", charts.RIGHT), ("Wrong", charts.WRONG)], ~report.right
    if colour == "confidence":  # the unsure on top, being few
        sure = np.digitize(report.confidence, SURE)
        names = ["99 % or more", "90 to 99 %", "70 to 90 %", "50 to 70 %", "below 50 %"]
        return list(zip(names, UNSURE, strict=True)), len(SURE) - sure
    return list(zip(CLASSES, HUES, strict=True)), (
        report.labels if colour == "true" else report.predicted
    )


def _legend(palette: list[tuple[str, str]]) -> None:
    """Which colour means what. Both are ours: nothing that anybody typed becomes markup."""
    names = (
        f'<span style="white-space:nowrap;margin-right:1em"><span style="color:{hue}">&#9632;'
        f"</span> {name}</span> "
        for name, hue in palette
    )
    st.html(f'<div style="font-size:0.85rem">{"".join(names)}</div>')


def _written(corners: list[list[float]]) -> str:
    """A drawn outline for the address: a few corners, each of two numbers."""
    chosen = np.linspace(0, len(corners) - 1, min(CORNERS, len(corners))).round().astype(int)
    rounded = np.asarray(corners, float)[chosen].clip(-9, 109).round(1)
    return "_".join(f"{x:g},{y:g}" for x, y in rounded)


def _outline() -> np.ndarray | None:
    """The outline that the address names."""
    pairs = [pair.split(",") for pair in st.query_params.get("around", "").split("_")]
    try:
        outline = np.array([[float(x), float(y)] for x, y in pairs])
    except ValueError:
        return None
    return outline if 3 <= len(outline) <= CORNERS and np.isfinite(outline).all() else None


def _wall(report: Report, inside: np.ndarray) -> list[str]:
    """The pictures within the outline, the worst first."""
    places = np.flatnonzero(inside)
    st.subheader(f"{words.count(len(places), 'picture')} within")
    st.button(
        "Let them go",
        key="close_outline",
        icon=":material/close:",
        on_click=lambda: address.write(around=None, picture=None),
    )
    data = dataset_or_none()
    if data is None or len(data.test.labels) != len(inside) or not len(places):
        return []
    st.caption(
        f"{words.percent(report.right[places].mean())} of them are recognised; the worst first."
    )
    shown = places[np.argsort(report.likely[places], kind="stable")][:AT_ONCE]
    tiles = [opened.tile(data.test, int(place), report) for place in shown]
    gallery(
        data.test.images[shown], tiles, key="map_wall", label="Pictures within the outline",
        on_open=opened.open_picture,
    )  # fmt: skip
    return [tile.id for tile in tiles]
