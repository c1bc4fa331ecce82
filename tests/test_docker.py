"""The Dockerfile cannot be built in every CI, so what matters of it is read."""

import json
import re
from pathlib import Path

import pytest

PROJECT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def steps() -> list[tuple[str, str]]:
    """(instruction, its arguments), in order."""
    text = re.sub(r"\\\n", " ", (PROJECT / "Dockerfile").read_text(encoding="utf-8"))
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return [
        (line.partition(" ")[0], line.partition(" ")[2].strip())
        for line in lines
        if not line.startswith("#")
    ]


def _only(steps, name: str) -> str:
    [argument] = [argument for instruction, argument in steps if instruction == name]
    return argument


def test_it_begins_with_a_python_the_project_is_made_for(steps):
    assert steps[0] == ("FROM", f"python:{_version()}-slim")


def _version() -> str:
    wanted = re.search(r'requires-python = ">=(3\.\d+)', (PROJECT / "pyproject.toml").read_text())
    return wanted.group(1)


def test_nothing_runs_as_root_once_the_app_is_there(steps):
    names = [instruction for instruction, _ in steps]
    assert int(_only(steps, "USER")) >= 1000  # a number, so that a cluster can check it
    assert names.index("USER") < names.index("CMD")
    assert "RUN" not in names[names.index("USER") :]


def test_its_health_is_asked_of_the_address_that_tells_it(steps):
    options, _, command = _only(steps, "HEALTHCHECK").partition("CMD ")
    assert "--interval=" in options
    assert f":{_only(steps, 'EXPOSE')}/health" in json.loads(re.sub(r"\s+", " ", command))[2]


def test_signals_reach_the_server_itself(steps):
    command = json.loads(_only(steps, "CMD"))  # no shell between
    assert command[:3] == ["streamlit", "run", "streamlit_app.py"]
    assert _only(steps, "STOPSIGNAL") == "SIGTERM"


def test_it_installs_the_versions_that_were_tested_and_keeps_no_cache(steps):
    run = _only(steps, "RUN")
    assert "--no-cache-dir -r requirements.txt -c constraints.txt" in run
    assert not {"ADD", "MAINTAINER"} & {instruction for instruction, _ in steps}
    assert not re.search(r"\b(sudo|curl|wget|latest)\b", str(steps))


def test_the_image_holds_what_the_app_needs_and_no_secret():
    lines = (PROJECT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    patterns = [line for line in lines if line and not line.startswith("#")]
    assert patterns[0] == "*"
    held = {pattern[1:] for pattern in patterns if pattern.startswith("!")}
    assert held >= {"streamlit_app.py", "fashion_model", "ui", "pages", "models"}
    assert held >= {"requirements.txt", "constraints.txt", ".streamlit/config.toml"}
    assert all((PROJECT / name).exists() for name in held)
    assert "**/secrets.toml" in patterns
    assert not held & {".git", ".venv", "tests", ".streamlit"}
