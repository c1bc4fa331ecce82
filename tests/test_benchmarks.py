"""What `make bench` writes down."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from benchmarks import __main__ as bench
from benchmarks import reaching
from benchmarks.views import views

PROJECT = Path(__file__).parent.parent


def test_a_benchmark_replaces_its_own_part_alone(tmp_path, monkeypatch):
    monkeypatch.setattr(bench, "RESULTS", tmp_path / "RESULTS.md")
    for name, table in (("app", "| old |"), ("answers", "| first |"), ("app", "| new |")):
        bench.write(name, table)
    text = bench.RESULTS.read_text()
    assert text.startswith("# Measured\n")
    assert "| old |" not in text
    assert text.index(bench.SUITE["answers"]) < text.index("| first |")
    assert text.index("| first |") < text.index(bench.SUITE["app"]) < text.index("| new |")
    assert text.count("`python -m benchmarks.app`") == 1


@pytest.mark.parametrize(
    ("accuracies", "seconds"),
    [
        (([0.90, 0.92], [0.92, 0.93], [0.80, 0.91]), 2),
        (([0.90, 0.92], [0.92, 0.90], [0.80, 0.81]), 2),
        (([0.90, 0.90], [0.92, 0.90], [0.80, 0.81]), None),
    ],
)
def test_a_goal_that_half_did_not_reach_was_not_reached(accuracies, seconds):
    curves = [list(enumerate(curve, 1)) for curve in accuracies]
    assert reaching.reached(curves, 0.91) == seconds


def test_a_peer_trains_as_it_would_without_us():
    """What the project sets for TensorFlow is not handed to those it is compared with."""
    ask = "from benchmarks.__main__ import PLAIN; print({k for k in PLAIN if k.startswith('TF_')})"
    plain = {key: value for key, value in os.environ.items() if not key.startswith("TF_")}
    told = subprocess.run(
        [sys.executable, "-c", ask], env=plain, cwd=PROJECT, capture_output=True, text=True
    )
    assert told.stdout.strip() == "{'TF_CPP_MIN_LOG_LEVEL'}"


def test_the_ten_views_are_shifted_by_a_pixel_and_mirrored():
    image = np.zeros((1, 28, 28), "uint8")
    image[0, 5, 9] = 200
    seen = [tuple(int(place[0]) for place in np.nonzero(view[0])) for view in views(image)]
    assert seen[:5] == [(5, 9), (6, 9), (4, 9), (5, 10), (5, 8)]
    assert seen[5:] == [(5, 18), (6, 18), (4, 18), (5, 19), (5, 17)]
