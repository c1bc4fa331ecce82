"""Plain data in, Plotly `Figure` out: no disk, no Streamlit.

What can be opened carries its class numbers in `customdata`, so that a click can lead from any
number to the pictures behind it.
"""

from fashion_model.charts.bars import per_class_bars, probabilities_bar
from fashion_model.charts.curves import accuracy_curve, loss_curve, overlaid_curves
from fashion_model.charts.look import EARLIER, MODEL, PLOTLY_CONFIG, RIGHT, WRONG, percent
from fashion_model.charts.matrix import MODES, confusion_matrix
from fashion_model.charts.robust import robustness_curve
from fashion_model.charts.trust import coverage, reliability

__all__ = [
    "EARLIER",
    "MODEL",
    "MODES",
    "PLOTLY_CONFIG",
    "RIGHT",
    "WRONG",
    "accuracy_curve",
    "confusion_matrix",
    "coverage",
    "loss_curve",
    "overlaid_curves",
    "per_class_bars",
    "percent",
    "probabilities_bar",
    "reliability",
    "robustness_curve",
]
