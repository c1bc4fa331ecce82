"""Streamlit collects garbage after every run of a page: spare it the modules, which never go.

They are hundreds of thousands of objects, and looking through them took a tenth of a second each
time, which is longer than most pages take.
"""

from __future__ import annotations

import gc
import sys

_spared = 0  # modules when they were spared last


def spare_what_stays() -> None:
    """Tell the collector to pass over all that is loaded now, whenever more has been loaded."""
    global _spared
    if len(sys.modules) > _spared:
        _spared = len(sys.modules)
        gc.collect()  # so that no garbage stays with it
        gc.freeze()
