"""Pages as a visitor meets them, driven without a browser."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

FRAME = Path(__file__).parent.parent.parent / "ui" / "frame.py"


@pytest.fixture(autouse=True)
def nothing_remembered() -> None:
    """Every test begins with a server that has read nothing yet."""
    st.cache_resource.clear()
    st.cache_data.clear()


@pytest.fixture
def no_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No Fashion-MNIST anywhere."""
    monkeypatch.setenv("FITTING_ROOM_CACHE", str(tmp_path / "empty-cache"))
    monkeypatch.delenv("FASHION_MNIST_DIR", raising=False)


@pytest.fixture
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of runs of the test's own."""
    monkeypatch.setenv("FITTING_ROOM_MODELS", str(tmp_path / "models"))
    return tmp_path / "models"


@pytest.fixture
def visit(models: Path) -> Callable[..., AppTest]:
    """Open a page: `visit("browse", true="Shirt")`."""

    def arrive(page: str = "overview", /, **address: str | list[str]) -> AppTest:
        visitor = AppTest.from_file(str(FRAME), default_timeout=30)
        if page != "overview":
            visitor.run()
            visitor.switch_page(f"../pages/{page}.py")
        for key, value in address.items():
            visitor.query_params[key] = value
        visitor.run()
        assert not visitor.exception
        return visitor

    return arrive
