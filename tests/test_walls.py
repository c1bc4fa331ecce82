"""Which way the arrows go: pages → ui → fashion_model, and no TensorFlow on the web side."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parent.parent
LIBRARY = sorted((PROJECT / "fashion_model").rglob("*.py"))
UI = sorted((PROJECT / "ui").rglob("*.py"))
PAGES = sorted((PROJECT / "pages").glob("*.py"))
EVERYTHING = [*LIBRARY, *UI, *PAGES, PROJECT / "streamlit_app.py"]
CHARTS = [path for path in LIBRARY if path.stem == "evaluation" or path.parent.name == "charts"]

KERAS = PROJECT / "fashion_model" / "backend.py"  # what has to be settled first is settled there
# Modules that cannot be imported without Keras.
WORKER = {"networks", "training", "batches", "muon", "fusing", "recording", "averaging"}
ON_DISK = {
    *("data", "runs", "history", "files", "cache", "jobs", "lanes", "locks", "working", "kept"),
    *("classifier", "estimators", "finishing", "fetching", "verifying", "sharing", "exporting"),
    *("baskets", "everyday", "derived", "robustness", "mapping", "doubting"),
}


def _imports(path: Path, *, at_the_top: bool = False) -> set[str]:
    """The modules a file imports, by their whole names."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    package = list(path.relative_to(PROJECT).parts[:-1])
    found = set()
    for node in _run_on_import(tree) if at_the_top else ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            home = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*home, *filter(None, [node.module])])
            found |= {module, *(f"{module}.{alias.name}" for alias in node.names)}
    return found


def _run_on_import(node: ast.AST):
    """Everything in a file that runs when it is imported."""
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            yield child
            yield from _run_on_import(child)


def _packages(path: Path, **options) -> set[str]:
    return {name.partition(".")[0] for name in _imports(path, **options)}


def _siblings(path: Path) -> set[str]:
    names = (name.split(".") for name in _imports(path))
    return {parts[1] for parts in names if parts[0] == "fashion_model" and len(parts) > 1}


def _name(path: Path) -> str:
    return str(path.relative_to(PROJECT))


@pytest.mark.parametrize("path", LIBRARY, ids=_name)
def test_the_library_knows_nothing_of_the_app(path):
    assert not _packages(path) & {"streamlit", "ui", "pages"}


@pytest.mark.parametrize("path", UI, ids=_name)
def test_furniture_knows_nothing_of_the_pages(path):
    assert "pages" not in _packages(path)


@pytest.mark.parametrize("path", [*UI, *PAGES], ids=_name)
def test_a_page_ends_early_by_page_ends_alone(path):
    """ui/ending.py says why not by st.stop()."""
    calls = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
    assert not [call for call in calls if ast.unparse(call.func) == "st.stop"]


def test_keras_comes_in_by_one_door():
    assert [_name(path) for path in EVERYTHING if "keras" in _packages(path)] == [_name(KERAS)]


def test_tensorflow_is_named_at_that_door_alone():
    named = [_name(path) for path in EVERYTHING if "tensorflow" in _packages(path)]
    assert named == [_name(KERAS)]


def test_only_the_workers_modules_import_keras_as_they_are_imported():
    needing = {
        path.stem
        for path in LIBRARY
        if _imports(path, at_the_top=True)
        & {f"fashion_model.{name}" for name in (*WORKER, KERAS.stem)}
    }
    assert needing == WORKER


@pytest.mark.parametrize("path", CHARTS, ids=_name)
def test_reports_and_charts_touch_no_disk(path):
    assert not _siblings(path) & ON_DISK
    assert not _packages(path) & {"pathlib", "os", "io", "shutil"}


def test_the_web_side_comes_without_tensorflow():
    furniture = [f"ui.{path.stem}" for path in UI if path.stem not in ("__init__", "frame")]
    used = [
        "runs",
        "jobs",
        "classifier",
        "evaluation",
        "charts",
        "data",
        "pictures",
        "sharing",
        "baskets",
        "naming",
    ]
    modules = [*furniture, *(f"fashion_model.{name}" for name in used)]
    code = f"""
import importlib, sys, types
# The canvas can be imported by a running server alone; it brings nothing heavy.
sys.modules["streamlit_drawable_canvas"] = types.ModuleType("canvas")
sys.modules["streamlit_drawable_canvas"].st_canvas = None
for name in {modules!r}:
    importlib.import_module(name)
packages = {{name.partition(".")[0] for name in sys.modules}}
print(sorted(packages & {{"tensorflow", "keras", "jax", "torch"}}))
"""
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.strip() == "[]"


def test_the_first_page_waits_for_nothing_that_only_photos_need(tmp_path):
    code = f"""
import sys
from streamlit.testing.v1 import AppTest
page = AppTest.from_file({str(PROJECT / "ui" / "frame.py")!r}).run(timeout=60)
loaded = {{"scipy", "sklearn", "fashion_model.pictures"}} & set(sys.modules)
print(page.button(key="fetch_data").label, loaded)
"""
    folders = {"FITTING_ROOM_CACHE": str(tmp_path), "FASHION_MNIST_DIR": ""}
    ran = subprocess.run(
        [sys.executable, "-c", code],
        cwd=PROJECT,
        env=os.environ | folders,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.strip().endswith(" set()")
