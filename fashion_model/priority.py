"""Visitors first: a worker takes of the processor what those who wait for an answer leave."""

import contextlib
import os
from pathlib import Path

BACK = 5  # of 19 steps; a quarter of the processor where somebody else wants all of it


def step_back() -> None:
    """Make room for others, as far as the system allows; nothing changes where nobody is there."""
    with contextlib.suppress(OSError, AttributeError):
        os.setpriority(os.PRIO_PROCESS, 0, BACK)
    # Linux may share the processor between sessions first, and a worker has one of its own.
    with contextlib.suppress(OSError):
        Path("/proc/self/autogroup").write_text(str(BACK))
