"""Two models side by side: how their recipes differ, and the pictures they disagree about."""

from __future__ import annotations

import numpy as np

from fashion_model.classes import CLASSES
from fashion_model.data import Part
from fashion_model.evaluation import Comparison, Report
from fashion_model.recipes import FIELDS, Recipe
from fashion_model.runs import Run
from ui import words
from ui.gallery import Tile
from ui.named import name_of

WHICH = ("only_a", "only_b", "neither", "both")
NOT_COMPARED = ("title", "about")


def recipe_differences(a: Recipe, b: Recipe) -> list[dict[str, str]]:
    """The keys in which two recipes differ; a dash where a key means nothing to one of them."""
    rows = []
    for key in FIELDS:
        values = [_shown(recipe, key) for recipe in (a, b)]
        if key not in NOT_COMPARED and values[0] != values[1]:
            rows.append({"key": key, "a": values[0], "b": values[1], "help": _meaning(key)})
    return rows


def _shown(recipe: Recipe, key: str) -> str:
    value = recipe.to_dict().get(key)
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return " ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _meaning(key: str) -> str:
    return FIELDS[key].metadata["help"]


def where(a: Report, b: Report, which: str) -> np.ndarray:
    """The pictures that only one, neither or both get right, the clearest case first."""
    wanted = {
        "only_a": a.right & ~b.right,
        "only_b": ~a.right & b.right,
        "neither": ~a.right & ~b.right,
        "both": a.right & b.right,
    }[which]
    places = np.flatnonzero(wanted)
    likely = np.minimum(a.likely, b.likely)
    return places[np.argsort(likely[places], kind="stable")]


def tile(part: Part, index: int, a: Report, b: Report) -> Tile:
    """A picture with what both say of it."""
    true = CLASSES[part.labels[index]]
    said = [CLASSES[report.predicted[index]] for report in (a, b)]
    name = name_of(part, index)
    about = f"Picture {name}: {true}; A says {said[0]}, B says {said[1]}"
    return Tile(name, true, about, note=f"A {said[0]} · B {said[1]}")


def verdict(a: Run, b: Run, comparison: Comparison) -> str:
    """What the difference is, and whether it could be chance."""
    points = 100 * comparison.difference
    low, high = (100 * end for end in comparison.interval)
    if points == 0:
        return (
            f"**{words.titled(a)}** and **{words.titled(b)}** get equally many test pictures right."
        )
    better, worse = (a, b) if points > 0 else (b, a)
    if points < 0:
        low, high = -high, -low
    sentence = (
        f"**{words.titled(better)}** gets {abs(points):.1f} points more of the test pictures "
        f"right than **{words.titled(worse)}** ({low:+.1f} to {high:+.1f}, 19 times in 20). "
    )
    if comparison.p < 0.05:
        return sentence + f"That is hardly chance (McNemar p {_p(comparison.p)})."
    return sentence + f"That may well be chance (McNemar p {_p(comparison.p)})."


def _p(p: float) -> str:
    return "below 0.001" if p < 0.001 else f"= {p:.3f}"


def row(run: Run) -> dict[str, object]:
    """A run as a line of the table; empty where it is not measured yet."""
    result = run.result or {}
    interval = result.get("test_interval")
    network = run.network_file
    return {
        "Model": run.title,
        "State": run.state,
        "Test accuracy": _percent(result.get("test_accuracy")),
        "95 % interval": words.interval(interval) if interval else None,
        "Macro F1": result.get("macro_f1"),
        "Parameters": result.get("parameters"),
        "Size, MB": network.stat().st_size / 1e6 if network else None,
        "Training, s": result.get("train_seconds"),
        "Answer, ms": result.get("answer_ms"),
        "Made": np.datetime64(int(run.created), "s") if run.created else None,
    }


def _percent(share: float | None) -> float | None:
    return None if share is None else 100 * share
