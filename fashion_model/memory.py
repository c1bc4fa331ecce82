"""Memory that a training keeps instead of giving it back to the system at every step.

glibc returns large blocks as soon as they are free, and the tensors of a step are large blocks:
without this, nearly half of a training's processor time goes into page faults. The settings are
read when a process starts, so a training starts itself anew with them.
"""

from __future__ import annotations

import os
import sys

KEEPING = {
    "MALLOC_ARENA_MAX": "1",
    "MALLOC_TOP_PAD_": str(64 * 2**20),
    "MALLOC_TRIM_THRESHOLD_": str(8 * 2**30),
    "MALLOC_MMAP_THRESHOLD_": str(32 * 2**20),
    "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1",
}


def start_anew_keeping_memory() -> None:
    """Replace this process by the same command with the settings; nothing where they stand.

    The process keeps its number, its lock and its open files.
    """
    if sys.platform != "linux" or any(name in os.environ for name in KEEPING):
        return
    os.environ.update(KEEPING)
    os.execv(sys.executable, sys.orig_argv)
