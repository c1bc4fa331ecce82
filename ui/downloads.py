"""A button that gives a file away; what is in it is made only when it is pressed."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from fashion_model.runs import Run
from fashion_model.sharing import GIVEN, export_run
from ui import words

KINDS = {"csv": "text/csv", "zip": "application/zip"}


def file_button(label: str, file_name: str, data: Callable[[], Any], **options: Any) -> None:
    """Give what `data` makes, under this name; the page stays as it is."""
    st.download_button(
        label,
        data=data,
        file_name=file_name,
        mime=KINDS[file_name.rpartition(".")[2]],
        icon=":material/download:",
        on_click="ignore",
        **options,
    )


def run_button(run: Run, key: str) -> None:
    """Give a whole run as a zip file that any other Fitting Room takes in."""
    file_button(
        "Download",
        f"{run.name}.zip",
        lambda: export_run(run),
        key=key,
        help=f"About {words.size(_given(run))}: recipe, history, weights and answers.",
    )


def _given(run: Run) -> int:
    """The bytes of what is given; a checkpoint and logs lie beside that, and stay here."""
    paths = [run.folder / name for name in GIVEN]
    return sum(path.stat().st_size for path in paths if path.exists())
