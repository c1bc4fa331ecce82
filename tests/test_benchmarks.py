"""What `make bench` writes down."""

import pytest

from benchmarks import __main__ as bench
from benchmarks import reaching


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
