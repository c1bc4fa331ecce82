"""A run as one zip file, to give to somebody and to take from anybody.

What comes from a stranger is not believed: of the zip only the recipe, the history and the trained
weights are taken, under names known here; what the run is worth is measured anew by `finish`.
"""

from __future__ import annotations

import io
import json
import shutil
import sys
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO

from . import files
from .creating import create_run
from .errors import FittingRoomError
from .photo_settings import CALIBRATION, sound_settings
from .recipes import Recipe
from .reviewing import REVIEWED
from .runs import Run

MB = 1_000_000
NETWORK = ("model.keras",)
ESTIMATOR = ("estimator.skops", "estimator.npz")
TAKEN = {  # what is taken from a zip, and how large it may be when unpacked
    "recipe.toml": MB // 10,
    "about.json": MB // 10,
    "history.jsonl": 50 * MB,
    REVIEWED: 10 * MB,
    CALIBRATION: MB // 10,
    "model.keras": 600 * MB,
    "estimator.skops": 600 * MB,
    "estimator.npz": 600 * MB,
}
TOLD = ("recipe.toml", "about.json", "history.jsonl", REVIEWED, CALIBRATION)  # read at once
OURS = ("shipped", "owner")  # in about.json: true here, and nobody else's business
GIVEN = (*TAKEN, "model.tflite", "validation.npz", "test.npz", "result.json", "README.md")
AS_THEY_ARE = (".keras", ".skops", ".npz")  # zip files themselves: packing again gains nothing
UNREADABLE = (  # what zipfile raises for what is torn, encrypted, or packed in a way of its own
    *(zipfile.BadZipFile, zlib.error, OSError, EOFError),
    *(NotImplementedError, RuntimeError, ValueError),
)
NUMBERS = ("epoch", "loss", "accuracy", "val_loss", "val_accuracy")


def export_run(run: Run) -> bytes:
    """The run as a zip file: a folder of its name, with all that a finished run is."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        for name in GIVEN:
            path = run.folder / name
            if not path.exists():
                continue
            inside = f"{run.name}/{name}"
            if name == "about.json":
                about = {key: value for key, value in run.about.items() if key not in OURS}
                packed.writestr(inside, json.dumps(about, indent=2, ensure_ascii=False))
            else:
                how = zipfile.ZIP_STORED if path.suffix in AS_THEY_ARE else zipfile.ZIP_DEFLATED
                packed.write(path, inside, how)
    return file.getvalue()


def import_run(source: bytes | str | Path | BinaryIO, name: str | None = None) -> Run:
    """A new run from a zip file that `export_run` made, here or elsewhere.

    It has no result yet: `finish` makes its answers, its measures and its card. `name` is refused
    if it is taken; without one it gets a free name from its title.
    """
    with _opened(source) as packed:
        known = _known(packed.infolist())
        told = {key: b"".join(_pieces(packed, known[key])) for key in TOLD if key in known}
        if "recipe.toml" not in told:
            raise FittingRoomError("There is no recipe.toml in this zip file: it holds no run.")
        recipe = Recipe.from_toml(_text(told["recipe.toml"], "recipe.toml"))
        kept = NETWORK if recipe.is_network else ESTIMATOR
        weights = next((key for key in kept if key in known), None)
        if weights is None:
            raise FittingRoomError(
                f"There is no {' or '.join(kept)} in this zip file: the run was not trained."
            )
        title = _title(told.get("about.json"))
        reviewed = _text(told.get(REVIEWED, b""), REVIEWED)
        run = create_run(recipe, name=name, title=title, reviewed=reviewed)
        try:
            history = _history(told.get("history.jsonl", b""))
            files.write_text(run.folder / "history.jsonl", history)
            if trust := _trust(told.get(CALIBRATION)):
                files.write_json(run.folder / CALIBRATION, trust)
            with files.appearing(run.folder / weights) as beside, beside.open("wb") as file:
                for piece in _pieces(packed, known[weights]):
                    file.write(piece)
        except BaseException:
            shutil.rmtree(run.folder, ignore_errors=True)
            raise
    return run


def _opened(source: bytes | str | Path | BinaryIO) -> zipfile.ZipFile:
    with _said_unsound():
        try:
            return zipfile.ZipFile(io.BytesIO(source) if isinstance(source, bytes) else source)
        except FileNotFoundError:
            raise FittingRoomError(f"There is no file {source}.") from None


@contextmanager
def _said_unsound() -> Iterator[None]:
    try:
        yield
    except UNREADABLE:
        raise FittingRoomError(
            "This is no sound zip file: download or copy it once more."
        ) from None


def _known(entries: list[zipfile.ZipInfo]) -> dict[str, zipfile.ZipInfo]:
    """The entries that are taken, by name: at the top, or in the one folder that is there."""
    known: dict[str, zipfile.ZipInfo] = {}
    for entry in entries:
        path = PurePosixPath(entry.filename.replace("\\", "/"))
        if path.is_absolute() or ".." in path.parts:
            raise FittingRoomError(
                "This zip file points out of its own folder: it was not made by Fitting Room."
            )
        if entry.is_dir() or len(path.parts) > 2 or path.name not in TAKEN:
            continue
        if path.name in known:
            raise FittingRoomError(f"There are two {path.name} in this zip file: pack one run.")
        known[path.name] = entry
    return known


def _pieces(packed: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """An entry's bytes, a little at a time; what it says of its own size is not believed."""
    name = PurePosixPath(entry.filename.replace("\\", "/")).name
    taken = 0
    with _said_unsound(), packed.open(entry) as file:
        while piece := file.read(MB):
            taken += len(piece)
            if taken > TAKEN[name]:
                raise FittingRoomError(
                    f"{name} in this zip file is larger than {TAKEN[name] / MB:g} MB: no run "
                    "needs that."
                )
            yield piece


def _text(contents: bytes, name: str) -> str:
    try:
        return contents.decode("utf-8")
    except UnicodeDecodeError:
        raise FittingRoomError(f"{name} in this zip file is no text: pack the run again.") from None


def _title(about: bytes | None) -> str | None:
    try:
        title = json.loads(about or b"{}").get("title")
    except (ValueError, AttributeError, RecursionError):
        return None
    title = " ".join(title.split())[:80] if isinstance(title, str) else ""
    return title if title and title.isprintable() else None


def _trust(contents: bytes | None) -> dict[str, float]:
    """The thresholds for people's own pictures: only photos that are not here could remake them."""
    try:
        told = json.loads(contents or b"{}")
    except (ValueError, RecursionError):
        return {}
    return sound_settings(told) if isinstance(told, dict) else {}


def _history(contents: bytes) -> str:
    """The events that tell how it was trained, each of the form that the pages rely on."""
    events = [event for line in contents.splitlines() if (event := _event(line))]
    if not events or events[-1]["event"] != "end":
        events.append({"event": "end", "reason": "done", "time": 0})
    return "".join(json.dumps(event) + "\n" for event in events)


def _event(line: bytes) -> dict[str, Any] | None:
    """One event with what is known of its kind, if that is what it should be."""
    try:
        told = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(told, dict) or not isinstance(told.get("event"), str):
        return None
    form = EVENTS.get(told["event"])
    if form is None:
        return None
    event = {key: told[key] for key, sound in form.items() if key in told and sound(told[key])}
    if told["event"] == "epoch" and not all(key in event for key in NUMBERS):
        return None
    return {"event": told["event"]} | event


def _is_number(value: Any) -> bool:
    return type(value) in (int, float) and abs(value) <= sys.float_info.max


def _is_count(value: Any) -> bool:
    return type(value) is int and 0 <= value < 10**12


def _is_bool(value: Any) -> bool:
    return type(value) is bool


def _is_line(value: Any) -> bool:
    return isinstance(value, str) and value.isprintable() and len(value) <= 200


def _is_matrix(value: Any) -> bool:
    return (
        isinstance(value, list)
        and len(value) == 10
        and all(
            isinstance(row, list)
            and len(row) == 10
            and all(type(count) is int and count >= 0 for count in row)
            for row in value
        )
    )


# What is taken of each kind of event, and what it must be; not the strip, which was of pictures
# that may be others here.
EVENTS = {
    "start": dict.fromkeys(
        ("epochs", "batch_size", "train_pictures", "validation_pictures", "parameters"), _is_count
    )
    | dict.fromkeys(("backend", "precision", "hardware"), _is_line)
    | {"time": _is_number, "resumed_from": _is_count},
    "epoch": dict.fromkeys(
        ("loss", "accuracy", "val_loss", "val_accuracy", "seconds", "images_per_second"), _is_number
    )
    | {"learning_rate": _is_number, "time": _is_number, "epoch": _is_count}
    | {"best": _is_bool, "partial": _is_bool, "confusion": _is_matrix},
    "end": {"reason": ("done", "patience", "asked", "time").__contains__}
    | {"time": _is_number, "seconds": _is_number},
}
