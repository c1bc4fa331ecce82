"""What the weights of a run are known by in the cache, so that other weights begin afresh."""

from __future__ import annotations

import hashlib

from .errors import FittingRoomError
from .runs import Run


def fingerprint(run: Run) -> str:
    """The hash of the file that the run's answers come from, cut to the length of a folder's name.

    It stands in the run's result; before there is one, it is made from the file.
    """
    known = (run.result or {}).get("weights_hash")
    if not known and run.network_file:
        known = hashlib.sha256(run.network_file.read_bytes()).hexdigest()
    if not known:
        raise FittingRoomError(f"{run.title} has no network yet: finish its training first.")
    return str(known)[:24]
