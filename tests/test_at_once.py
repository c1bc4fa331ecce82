"""Processes that write runs at the same moment: no name is used twice, nothing is overwritten."""

import subprocess
import sys

from fashion_model.runs import list_runs

MAKE = """
import sys
from fashion_model.recipes import Recipe
from fashion_model.creating import create_run
print("ready", flush=True)
sys.stdin.readline()  # all begin at once
for number in range(25):
    run = create_run(Recipe(kind="knn"), title="Same")
    (run.folder / "mine").write_text(f"{sys.argv[1]} {number}")
"""


def test_the_app_and_the_command_line_never_use_a_name_twice(models_folder):
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", MAKE, str(number)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        for number in range(4)
    ]
    assert [writer.stdout.readline() for writer in writers] == [b"ready\n"] * 4
    for writer in writers:
        writer.stdin.write(b"\n")
        writer.stdin.close()
    assert [writer.wait() for writer in writers] == [0, 0, 0, 0]
    runs = list_runs()
    assert len(runs) == 100
    told = {(run.folder / "mine").read_text() for run in runs}
    assert len(told) == 100  # nobody wrote over what another had written
    assert all(run.recipe.kind == "knn" for run in runs)
    assert [path for path in models_folder.iterdir() if path.name.startswith(".new")] == []
