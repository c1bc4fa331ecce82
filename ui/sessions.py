"""The visitors Streamlit holds in memory, and giving back what they leave.

Streamlit forgets a visitor two minutes after their tab was closed, but only when the next one comes
or goes; and what it frees, the C library keeps in pieces. After a class of fifty that was more than
a gigabyte, for as long as nobody else came.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import sys
import threading
import time

from streamlit import runtime

LOOK_EVERY = 20.0  # seconds
# Of glibc's mallopt: few pools, and large blocks go back to the system as soon as they are free.
POOLS, LARGE, TRIM = -8, -3, -1
SETTINGS = {POOLS: 2, LARGE: 1 << 20, TRIM: 16 << 20}


def how_many() -> int | None:
    """Visitors whose session is in memory, the lately gone as well; None where that is not known.

    What is asked are details of Streamlit's: where their names have changed, nothing is known, and
    it forgets when it will.
    """
    with contextlib.suppress(AttributeError, RuntimeError):
        return runtime.get_instance()._session_mgr.num_sessions()
    return None


def give_memory_back() -> None:
    """From now on, memory goes back to the system when visitors go."""
    libc = _glibc()
    if libc:
        for setting, value in SETTINGS.items():
            libc.mallopt(setting, value)
    threading.Thread(target=_watch, args=(libc,), daemon=True, name="give-memory-back").start()


def _watch(libc: ctypes.CDLL | None) -> None:
    visitors = 0
    while True:
        time.sleep(LOOK_EVERY)
        visitors = clear_up(visitors, libc)


def clear_up(before: int, libc: ctypes.CDLL | None = None) -> int:
    """Free what visitors left, of whom there were so many before; the answer is how many are there.

    What a page or a forgotten session leaves are circles of objects. Streamlit would look for them
    after every page, which fifty visitors feel.
    """
    forget_the_gone()
    found = how_many()
    now = found or 0
    if now or before or found is None:
        gc.collect()
    if now < before and libc:
        libc.malloc_trim(0)
    return now


def forget_the_gone() -> None:
    """Forget those who have been gone for two minutes, as Streamlit does when somebody comes."""
    with contextlib.suppress(AttributeError, RuntimeError):
        manager = runtime.get_instance()._session_mgr
        with manager._storage_lock:
            manager._session_storage._cache.expire()


def _glibc() -> ctypes.CDLL | None:
    if sys.platform != "linux":
        return None
    libc = ctypes.CDLL(None)
    return libc if hasattr(libc, "mallopt") and hasattr(libc, "malloc_trim") else None
