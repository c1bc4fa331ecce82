"""What the pages read again and again, kept in memory for all visitors while it is unchanged."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

import streamlit as st

from fashion_model.data import DataDamaged, DataMissing, Dataset, cache_folder, open_dataset
from fashion_model.evaluation import Report, report
from fashion_model.runs import Run

Measured = Literal["validation", "test"]


def dataset() -> Dataset:
    """The data set; raises DataMissing or DataDamaged, which say what to do."""
    return _dataset(os.environ.get("FASHION_MNIST_DIR"), str(cache_folder()))


def dataset_or_none() -> Dataset | None:
    """The data set, where it is there and sound."""
    try:
        return dataset()
    except (DataMissing, DataDamaged):
        return None


def report_of(run: Run, part: Measured = "test") -> Report | None:
    """What this run's stored answers on a part are worth; None where there are none."""
    answers = run.folder / f"{part}.npz"
    changed = _changed(answers), _changed(run.folder / "result.json")
    return _report(str(run.folder), part, changed) if changed[0] else None


@st.cache_resource(max_entries=1, show_spinner=False)
def _dataset(own_folder: str | None, cache: str) -> Dataset:
    return open_dataset()


@st.cache_resource(max_entries=12, show_spinner=False)
def _report(folder: str, part: Measured, changed: tuple[int, int]) -> Report | None:
    run = Run(Path(folder))
    answers = run.answers(part)
    if answers is None:
        return None
    temperature = (run.result or {}).get("temperature", 1.0)
    return report(answers.log_probabilities, answers.labels, temperature)


def _changed(path: Path) -> int:
    """When a file was last written, and 0 where there is none."""
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0
