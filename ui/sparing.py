"""Streamlit collects garbage after every run of a page: spare it the modules, which never go.

They are hundreds of thousands of objects, and looking through them took a tenth of a second each
time, which is longer than most pages take.
"""

from __future__ import annotations

import gc
import sys

from ui.sessions import how_many

_spared = 0  # modules when they were spared last


def spare_what_stays() -> None:
    """Tell the collector to pass over all that is loaded now, whenever more has been loaded.

    Only while one visitor is there: what belongs to a visitor and is passed over never goes either.
    """
    global _spared
    if len(sys.modules) > _spared and how_many() == 1:
        _spared = len(sys.modules)
        gc.collect()  # so that no garbage stays with it
        gc.freeze()
