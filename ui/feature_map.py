"""The map of the test set: a point opens its picture, a lasso the pictures within."""

from __future__ import annotations

import numpy as np
import streamlit as st

from fashion_model import charts
from fashion_model.evaluation import Report
from fashion_model.mapping import FeatureMap
from fashion_model.runs import Run
from ui import address, figures, opened, words
from ui.gallery import gallery
from ui.placing import own_pictures
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
    "This takes a minute or two, and is done once."
)
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
    _take_selection()
    outline = _outline()
    colour = address.choice(
        st.segmented_control, "Colour", list(COLOURS), "colour", "true",
        format_func=COLOURS.get, required=True,
    )  # fmt: skip
    figures.show(
        charts.feature_map(found.xy, report, colour, outline, own_pictures(run, found)),
        key="feature_map",
        on_select="rerun",
        selection_mode=("points", "lasso", "box"),
        alt="A map of the test pictures; those that look alike to the model lie together",
    )
    by = "pixels, since this model has no features of its own" if found.pixels else "features"
    st.caption(
        f"By the model's {by}. Click a point for its picture, draw around some for all of "
        "theirs. Near means alike; how far two groups lie apart means nothing. A star is a "
        "picture of yours from the Classify page, amid those most like it."
    )
    return [] if outline is None else _wall(report, found.inside(outline))


def _take_selection() -> None:
    """Put what was just clicked or drawn around into the address, before anything is drawn."""
    selection = st.session_state.get("feature_map", {}).get("selection", {})
    drawn = selection.get("lasso") or selection.get("box") or []
    points = [point.get("customdata") for point in selection.get("points", [])]
    now = drawn[:1] or points[:1]
    if now and now != st.session_state.get("_feature_map_seen"):
        if drawn:
            address.write(around=_written(drawn[0]), picture=None)
        else:
            opened.open_picture(f"test-{int(np.ravel(now[0])[0])}")
    st.session_state["_feature_map_seen"] = now


def _written(drawn: dict) -> str:
    """A drawn outline for the address: a few corners, each of two whole per cents."""
    xs, ys = np.asarray(drawn["x"], float), np.asarray(drawn["y"], float)
    if len(xs) == 2:  # a box has two opposite corners
        xs, ys = xs[[0, 1, 1, 0]], ys[[0, 0, 1, 1]]
    chosen = np.linspace(0, len(xs) - 1, min(CORNERS, len(xs))).round().astype(int)
    corners = np.column_stack([xs, ys])[chosen].clip(-9, 109).round(1)
    return "_".join(f"{x:g},{y:g}" for x, y in corners)


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
    likely = report.probabilities[places, report.labels[places]]
    shown = places[np.argsort(likely, kind="stable")][:AT_ONCE]
    tiles = [opened.tile(data.test, int(place), report) for place in shown]
    gallery(
        data.test.images[shown], tiles, key="map_wall", label="Pictures within the outline",
        on_open=opened.open_picture,
    )  # fmt: skip
    return [tile.id for tile in tiles]
