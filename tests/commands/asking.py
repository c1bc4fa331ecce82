"""What the tests of the commands share: a training that takes a second, a photo, an answer."""

import json
from pathlib import Path

import numpy as np
from PIL import Image

FAST = ["--batch-size", "20", "--set", "dense=[16]", "--set", "learning_rate=0.01"]


def answer(capsys) -> dict | list:
    """What a command printed, which has to be JSON and nothing else."""
    return json.loads(capsys.readouterr().out)


def a_photo(path: Path) -> Path:
    picture = np.full((120, 100, 3), 240, np.uint8)
    picture[20:110, 30:70] = (40, 60, 120)
    Image.fromarray(picture).save(path)
    return path
