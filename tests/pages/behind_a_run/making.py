"""What a worker leaves behind a run, and what a click hands on."""

import numpy as np
from streamlit.elements.plotly_chart import PlotlyState

from fashion_model.derived import Derived
from fashion_model.files import write_arrays
from fashion_model.robustness import STRENGTHS, Robustness, sample


def put(run, kind, arrays):
    """As a worker leaves it."""
    derived = Derived(run, kind)
    derived.folder.mkdir(parents=True)
    write_arrays(derived.path, **arrays)


def chosen(points):
    """What Streamlit hands on when a point of a chart is clicked."""
    selection = {"points": points, "point_indices": [], "box": [], "lasso": []}
    return PlotlyState({"selection": selection})


def robustness_of(run, small_dataset, seed=0):
    part = small_dataset.validation
    places = sample(part)
    random, labels = np.random.default_rng(seed), part.labels[places]
    altered = random.integers(0, 10, (len(STRENGTHS), 5, len(places))).astype("uint8")
    arrays = {"places": places, "labels": labels, "plain": labels, "altered": altered}
    put(run, "robustness", arrays)
    return Robustness.from_arrays(arrays)
