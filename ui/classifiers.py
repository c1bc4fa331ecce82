"""Runs, ready to answer; without what prepares photos, which most pages never need."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from fashion_model.classifier import Classifier
from fashion_model.runs import Run


@st.cache_resource(max_entries=3, show_spinner=False)
def _opened(folder: str, stamp: str) -> Classifier:
    return Classifier.open(Run(Path(folder)))


def classifier_of(run: Run) -> Classifier:
    """The run, ready to answer; opened once for all visitors."""
    return _opened(str(run.folder), identity(run))


def identity(run: Run) -> str:
    """What an answer came from; another network under the same name is another model."""
    return f"{run.name} {(run.result or {}).get('weights_hash', '')}"
