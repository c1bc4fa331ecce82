"""A worker steps back for those who wait for an answer."""

import os
import subprocess
import sys

import pytest

from fashion_model.locks import PASSED_LOCK
from fashion_model.priority import BACK

PRIORITY_AFTER = """
import contextlib, os, runpy, sys
sys.argv = ["fashion_model", "runs", "--json"]
with contextlib.suppress(SystemExit):
    runpy.run_module("fashion_model", run_name="__main__")
print(os.getpriority(os.PRIO_PROCESS, 0))
"""


@pytest.mark.parametrize(("environment", "steps"), [({PASSED_LOCK: "9"}, BACK), ({}, 0)])
def test_what_the_app_started_steps_back_and_nothing_else(environment, steps, models_folder):
    ended = subprocess.run(
        [sys.executable, "-c", PRIORITY_AFTER],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=True,
        start_new_session=True,  # as a worker has: Linux shares the processor between sessions
    )
    before = os.getpriority(os.PRIO_PROCESS, 0)
    assert int(ended.stdout.splitlines()[-1]) == max(before, steps)
