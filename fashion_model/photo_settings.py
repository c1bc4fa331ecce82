"""What photos and drawings are judged by: a temperature and thresholds chosen on held-out photos.

They lie in a run's folder. The frame of every page knows of them through imported runs, and it
must not load what prepares pictures: that takes a third of a second.
"""

from __future__ import annotations

from typing import Any

CALIBRATION = "pictures.json"  # in a run's folder, where there were photos to choose by
SETTINGS = {  # from the least to the most that each can be
    "temperature": (0.05, 20.0),
    "garment_threshold": (0.0, 1.0),
    "conformal_threshold": (0.0, 1.0),
}


def sound_settings(told: dict[str, Any]) -> dict[str, float]:
    """Of what a file says, the settings that an answer can be made with."""
    return {
        name: float(told[name])
        for name, (low, high) in SETTINGS.items()
        if type(told.get(name)) in (int, float) and low <= told[name] <= high
    }
