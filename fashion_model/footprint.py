"""How much memory a recipe takes at the least, how much there is, and whether it ran out."""

from __future__ import annotations

import os
from pathlib import Path

from .recipes import Recipe, RecipeError

NUMBER = 4  # bytes
# A weight, its gradient, and what the optimizer keeps of it.
COPIES = {"adam": 4, "sgd": 3, "muon": 3}
# Numbers the widest layer of a backbone gives for a pixel it is shown.
BACKBONES = {"VGG16": 64, "ResNet50": 16, "MobileNetV2": 24}
CGROUP = Path("/sys/fs/cgroup")


def check_memory(recipe: Recipe) -> None:
    """Refuse what cannot be trained on this computer, whatever else runs on it."""
    needed, there = least_memory(recipe), memory_of_this_computer()
    if there and needed > there:
        raise RecipeError(
            f"This network takes {needed / 1e9:,.0f} GB of memory or more to train, and this "
            f"computer has {there / 1e9:,.0f}: choose fewer units or filters, or a smaller batch."
        )


def least_memory(recipe: Recipe) -> int:
    """Bytes that training takes at the very least: its numbers, and those of one batch."""
    if not recipe.is_network:
        return 0
    weights, outputs, width = 0, 0, 28 * 28
    if recipe.kind == "transfer":
        outputs = BACKBONES[recipe.backbone] * recipe.picture_size**2
    elif recipe.kind != "mlp":
        side, before = 28, 1
        for number, filters in enumerate(recipe.filters):
            if recipe.kind == "strided":
                side = (side + 1) // 2
            weights += 9 * before * filters
            further = {"staged": recipe.added, "strided": int(number > 0)}.get(recipe.kind, 0)
            weights += further * 9 * filters * filters
            outputs += (1 + further) * side * side * filters
            before = filters
            if recipe.kind in ("cnn", "staged") or (recipe.kind == "residual" and number > 0):
                side = max(side // 2, 1)
        width = before * side * side
    for units in recipe.dense if recipe.kind in ("mlp", "cnn", "strided") else ():
        weights, outputs, width = weights + width * units, outputs + units, units
    copies = COPIES[recipe.optimizer] + (recipe.average > 0)
    return NUMBER * (weights * copies + outputs * recipe.batch_size)


def memory_of_this_computer() -> int | None:
    """Bytes there are, or that a container may use; None where nobody says."""
    try:
        total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (OSError, ValueError):
        return None
    allowed = _text(CGROUP / "memory.max").strip()
    return min(total, int(allowed)) if allowed.isdecimal() else total


def kills_for_memory() -> int | None:
    """How often the system has ended a process because memory ran out; None where it is silent."""
    for path in (CGROUP / "memory.events", Path("/proc/vmstat")):
        for line in _text(path).splitlines():
            name, _, count = line.partition(" ")
            if name == "oom_kill":
                return int(count)
    return None


def _text(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""
