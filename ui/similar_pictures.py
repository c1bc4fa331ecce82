"""The training pictures that are most alike to the model, as a small wall."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import numpy as np
import streamlit as st

from fashion_model.data import Dataset
from fashion_model.features import features_folder, features_ready, progress_of
from fashion_model.runs import Run
from fashion_model.similar import Similar, SimilarPictures, features_of
from ui import address, classifiers, short_jobs, words
from ui.gallery import Tile, gallery
from ui.named import find
from ui.stored import dataset_or_none

SHOWN = 12


def show_similar(
    image: np.ndarray,
    run: Run,
    key: str,
    on_open: Callable[[str], None],
    without: int | None = None,
) -> None:
    """Draw them. `on_open` is given the name of the one that was clicked, such as train-12;
    `without` is the picture's own number, where it is a training picture itself."""
    data = dataset_or_none()
    if data is None:
        st.info("They are looked for among the training pictures, which are not here yet.")
        address.link("browse", "Fetch the pictures", "download")
        return
    if not features_ready(run, data):
        short_jobs.answer_of(
            ["features", run.name],
            features_folder(run, data),
            f"{words.titled(run)} looks at all training pictures, this one time…",
            lambda: progress_of(run, data),
            lasting=True,
        )
    pictures = _pictures(run, data)
    nearest = pictures.nearest(
        features_of(classifiers.classifier_of(run), image), SHOWN, without=without
    )
    st.markdown(_sentence(nearest, run))
    found = [find(f"train-{one.index}", data) for one in nearest]
    gallery(
        np.stack([one.part.images[one.index] for one in found]),
        [_tile(one) for one in nearest],
        key=key,
        label=f"Training pictures most alike to {run.title}, the nearest first",
        on_open=on_open,
    )
    by = "what its last layer sees" if run.recipe.is_network else "their pixels"
    st.caption(
        f"Of all {len(pictures):,} training pictures, compared by {by}. The numbers say how far."
    )


def _sentence(nearest: list[Similar], run: Run) -> str:
    counts = Counter(one.label for one in nearest).most_common()
    told = [f"{count} {'is' if count == 1 else 'are'} **{label}**" for label, count in counts]
    listed = told[0] if len(told) == 1 else f"{', '.join(told[:-1])} and {told[-1]}"
    return f"Of the {words.count(len(nearest), 'training picture')} most alike to it, {listed}."


def _tile(one: Similar) -> Tile:
    about = f"Training picture {one.index}: {one.label}, {one.distance:.2f} away"
    return Tile(f"train-{one.index}", one.label, about, note=f"{one.distance:.2f}")


def _pictures(run: Run, data: Dataset) -> SimilarPictures:
    return _opened(run.name, str(features_folder(run, data)), run, data)


@st.cache_resource(max_entries=3, show_spinner=False)
def _opened(name: str, folder: str, _run: Run, _data: Dataset) -> SimilarPictures:
    return SimilarPictures.open(_run, _data)
