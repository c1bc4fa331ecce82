"""Where the visitor's own pictures lie on the map: amid the test pictures most like them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import streamlit as st

from fashion_model.baskets import Basket
from fashion_model.errors import FittingRoomError
from fashion_model.mapping import FeatureMap
from fashion_model.runs import Run
from ui.answering import prepared_of
from ui.classifiers import classifier_of, identity
from ui.visitor import visitor

MOST = 5


def own_pictures(run: Run, found: FeatureMap) -> list[tuple[str, float, float]]:
    """Name and place of the newest pictures this visitor has on the Classify page."""
    basket = Basket.of(visitor())
    placed = []
    for item in [item for item in basket.items() if item.file and not item.error][-MOST:]:
        try:
            features = _features(
                str(basket.folder), item.number, str(item.choices), identity(run), run
            )
        except FittingRoomError:
            continue  # removed in another tab meanwhile
        placed.append((item.name, *found.place(features).tolist()))
    return placed


@st.cache_data(max_entries=100, show_spinner=False)
def _features(folder: str, number: str, choices: str, by: str, _run: Run) -> np.ndarray:
    basket = Basket(Path(folder))
    item = basket.item(number)
    if item is None:
        raise FittingRoomError("This picture is no longer in the basket.")
    return classifier_of(_run).raw(prepared_of(basket, item).image)["features"][0]
