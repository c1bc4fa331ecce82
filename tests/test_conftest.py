"""Tests that are left out are named in one line, and fail the session where all must run."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[1]
TESTS = """
import pytest
def test_plain(): pass
@pytest.mark.browser
def test_page(): pass
@pytest.mark.real_data
def test_data(): pass
@pytest.mark.real_data
def test_more_data(): pass
"""


def run_pytest(folder: Path, **environment: str) -> subprocess.CompletedProcess:
    """Run the little tests above under this project's conftest, in an environment of our own."""
    (folder / "conftest.py").write_text("from tests.conftest import *")
    (folder / "test_little.py").write_text(TESTS)
    config = str(PROJECT / "pyproject.toml")
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-c", config, "--rootdir", str(folder), str(folder)],
        env={"PYTHONPATH": str(PROJECT), "HOME": str(folder), **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.fixture
def with_chromium(tmp_path) -> str:
    """A PATH on which a Chromium is found."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "chromium").write_text("#!/bin/sh\n")
    (tmp_path / "bin" / "chromium").chmod(0o755)
    return str(tmp_path / "bin")


def test_what_is_left_out_is_said_in_one_line_each(tmp_path):
    done = run_pytest(tmp_path, PATH=os.devnull)
    lines = [line for line in done.stdout.splitlines() if line.startswith("Left out")]
    assert done.returncode == 0
    assert len(lines) == 2
    assert lines[0].startswith("Left out 1 browser test (")
    assert "install Debian's or Ubuntu's `chromium`, or Google Chrome" in lines[0]
    assert lines[1].startswith("Left out 2 real-data tests (")
    assert "set FASHION_MNIST_DIR" in lines[1]


def test_a_left_out_test_fails_the_session_where_everything_must_run(tmp_path, with_chromium):
    asked = {"FITTING_ROOM_TEST_EVERYTHING": "1"}
    for missing in ({"PATH": with_chromium}, {"PATH": os.devnull, "FASHION_MNIST_DIR": "/data"}):
        done = run_pytest(tmp_path, **asked, **missing)
        assert done.returncode != 0
        assert done.stdout.count("Left out") == 1


def test_nothing_is_said_where_everything_runs(tmp_path, with_chromium):
    done = run_pytest(
        tmp_path,
        PATH=with_chromium,
        FASHION_MNIST_DIR="/data",
        FITTING_ROOM_TEST_EVERYTHING="1",
    )
    assert done.returncode == 0
    assert "4 passed" in done.stdout
    assert "Left out" not in done.stdout
