"""Workers that are killed: `python -m tests.crashing RUN POINT…`, a JSON line after each.

TensorFlow is imported once, and every worker is forked from there, because twenty imports would
take minutes. A point says when SIGKILL comes, in the middle of what the worker does:

    event:N     while the Nth line of the history is written, half of it
    before:N    a file has been written beside its place the Nth time
    after:N     a file has just appeared the Nth time
    ends-M:N    M is `before` or `after`, counted from the end of the training: the final files
    moment:S    S seconds after it began, wherever it is; it takes its time over every epoch, so
                that no machine is done before
    full:N      it lives, but the disk takes no file beyond N bytes: a real refusal by the system
    never:0     it lives
"""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
import threading
import time

from fashion_model import estimators, finishing, training, working  # noqa: F401 - once for all
from fashion_model.runs import Run, open_run


def main(name: str, points: list[str]) -> None:
    run = open_run(name)
    for point in points:
        child = os.fork()
        if not child:
            _work(run, point)
        _, status = os.waitpid(child, 0)
        told = {
            "point": point,
            "killed": os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL,
            "state": run.state,
            "message": run.message,
            "usable": run.usable,
            "complete": run.complete,
            "trained": run.history.trained,
        }
        print(json.dumps(told), flush=True)


def _work(run: Run, point: str) -> None:
    try:
        _arrange(run, point)
        working.work(run)
    except BaseException as error:
        print(repr(error), file=sys.stderr, flush=True)
        os._exit(1)
    os._exit(0)


def _arrange(run: Run, point: str) -> None:
    """Have this process killed at the point."""
    when, _, number = point.partition(":")
    if when == "moment":
        threading.Timer(float(number), _die).start()
    if when == "full":
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(number), int(number)))
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    left = [float(number)]
    write, replace = os.write, os.replace

    def now(what: str) -> bool:
        if what == when or (when == f"ends-{what}" and run.history.end):
            left[0] -= 1
            return left[0] == 0
        return False

    def writing(descriptor: int, data: bytes) -> int:
        if when == "moment":
            time.sleep(0.25)
        if now("event"):
            write(descriptor, data[: len(data) // 2])
            _die()
        return write(descriptor, data)

    def replacing(source, target) -> None:
        if now("before"):
            _die()
        replace(source, target)
        if now("after"):
            _die()

    os.write, os.replace = writing, replacing


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
