"""The model card: what a person wants to know of a run before trusting it."""

from __future__ import annotations

import json
import shlex
import time
from typing import Any

from .evaluation import Report
from .recipes import Recipe, load_recipe, preset_names
from .runs import Run


def card(run: Run, result: dict[str, Any], report: Report) -> str:
    """The card of a finished run, as Markdown."""
    low, high = result["test_interval"]
    recipe = run.recipe
    lines = [
        f"# {run.title}",
        "",
        f"{recipe.about or 'A fashion classifier'}. It tells the ten garments of Fashion-MNIST "
        f"apart: **{result['test_accuracy']:.2%}** of the test set right "
        f"(95 % interval {low:.2%} to {high:.2%}), macro F1 {result['macro_f1']:.3f}.",
        "",
        "| | |",
        "|---|---|",
        *(f"| {name} | {value} |" for name, value in _facts(run, result)),
        "",
        "## How good at what",
        "",
        "| class | precision | recall | F1 |",
        "|---|---|---|---|",
        *(
            f"| {name} | {row['precision']:.3f} | {row['recall']:.3f} | {row['f1']:.3f} |"
            for name, row in report.per_class.items()
        ),
        "",
        "## What it is bad at",
        "",
        f"Its worst class is {result['worst_class']} (F1 {result['worst_f1']:.3f}). "
        + _mistakes(report),
        "",
        "## How it was made",
        "",
        f"`{command_of(run)}`, the recipe of which is beside this card (`recipe.toml`, seed "
        f"{recipe.seed}){_beginning(recipe)}. The best weights, the temperature and the "
        "thresholds were chosen on pictures held out of the training set; the test set was "
        "answered once and chose nothing.",
        "",
        _caution(run),
        "",
    ]
    return "\n".join(lines)


def command_of(run: Run) -> str:
    """What one types to train it again."""
    recipe, preset = run.recipe, run.recipe_name
    command = "python -m fashion_model train"
    usual = load_recipe(preset) if preset in preset_names() else None
    if usual is None or usual.kind != recipe.kind:
        return f"{command} recipe.toml"
    settings = [
        f"{key}={json.dumps(value)}"
        for key, value in recipe.to_dict().items()
        if key not in ("title", "about") and value != getattr(usual, key)
    ]
    return " ".join([command, preset, *(f"--set {shlex.quote(setting)}" for setting in settings)])


def _beginning(recipe: Recipe) -> str:
    return f", from the weights of the run `{recipe.start_from}`" if recipe.start_from else ""


def _facts(run: Run, result: dict[str, Any]) -> list[tuple[str, str]]:
    day = time.strftime("%-d %B %Y", time.gmtime(run.created))
    averaged = " with the average of the weights so far" if run.recipe.average else ""
    epochs = (
        f"{result['epochs_trained']} epochs, the best was {result['best_epoch']}{averaged}; "
        if result["best_epoch"]
        else ""
    )
    work = f"{result['multiply_adds']:,} multiply-adds" if result["multiply_adds"] else ""
    share = (
        f", {run.recipe.train_share:.0%} of the training part" if run.recipe.train_share < 1 else ""
    )
    return [
        ("kind", run.recipe.kind),
        ("validation accuracy", f"{result['validation_accuracy']:.2%}"),
        ("parameters", f"{result['parameters']:,}" + (f"; {work} a picture" if work else "")),
        (
            "size of the file that answers",
            f"{run.network_file.stat().st_size / 1e6:.2f} MB{_smaller(run.recipe, result)}",
        ),
        (
            "trained",
            f"{epochs}{result['train_seconds']:.0f} s on {result['hardware']} "
            f"({result['precision']}), {day}{share}",
        ),
        (
            "answers",
            f"{result['answer_ms']:.2f} ms for one, "
            f"{result['test_images_per_second']:,.0f} a second",
        ),
        (
            "calibration",
            f"expected error {result['ece']:.3f} (before: {result['ece_before']:.3f}; temperature "
            f"{result['temperature']:.2f})",
        ),
        ("versions", ", ".join(f"{name} {number}" for name, number in result["versions"].items())),
    ]


def _smaller(recipe: Recipe, result: dict[str, Any]) -> str:
    """What a file with smaller weights changes."""
    if "same_answers" not in result:
        return ""
    same = f"{result['same_answers']:.2%} of the validation pictures"
    if result["stored_as"] == recipe.stored_as:
        return f"; its weights are kept as {recipe.stored_as}, with the same answer to {same}"
    return f"; its weights are float32: as {recipe.stored_as}, the same answer only to {same}"


def _mistakes(report: Report) -> str:
    worst = report.most_confused[:3]
    if not worst:
        return "It made no mistake on the test set."
    told = "; ".join(f"{m.true} taken for {m.predicted} ({m.count})" for m in worst)
    return f"Its most frequent mistakes on the test set: {told}."


def _caution(run: Run) -> str:
    if getattr(run.recipe, "everyday", False):
        return (
            "It was also trained on people's photos and on drawings. Garments unlike those, and "
            "what it has never seen, it may still get wrong."
        )
    return (
        "It has seen studio pictures of 28×28 grey pixels only. On photos and drawings it is far "
        "worse than these figures say, however well they are prepared."
    )
