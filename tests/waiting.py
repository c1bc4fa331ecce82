"""Wait for what comes true in another process, or in the browser."""

import time
from collections.abc import Callable


def until(true: Callable[[], object], seconds: float = 120, every: float = 0.05) -> None:
    """Ask again and again; fail where it is not true after so many seconds."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, f"not within {seconds} s"
        time.sleep(every)
