"""Preparing a photo of 12 megapixels: all our stages, against what others do with it.

python -m benchmarks.preparing

The photo is drawn: a garment on boards. Opening it (decoding the JPEG) is measured apart.
"""

from __future__ import annotations

import io
import statistics
import time

import numpy as np
from PIL import Image, ImageDraw

from benchmarks.other_ways import WAYS
from fashion_model.pictures import open_picture, prepare

SIZE = 4032, 3024
ROUNDS = 15


def photo() -> bytes:
    """A T-shirt on a wooden floor, as a JPEG."""
    random = np.random.default_rng(0)
    boards = 30 * ((np.arange(SIZE[0]) // 240) % 2)[None, :, None]
    grain = random.normal(0, 8, (SIZE[1], SIZE[0], 1))
    floor = (np.array([170, 120, 70]) + boards + grain).clip(0, 255).astype(np.uint8)
    picture = Image.fromarray(floor)
    outline = [(0.35, 0.2), (0.65, 0.2), (0.9, 0.35), (0.8, 0.48), (0.7, 0.42), (0.7, 0.85)]
    outline += [(0.3, 0.85), (0.3, 0.42), (0.2, 0.48), (0.1, 0.35)]
    ImageDraw.Draw(picture).polygon([(x * SIZE[0], y * SIZE[1]) for x, y in outline], "navy")
    file = io.BytesIO()
    picture.save(file, "JPEG")
    return file.getvalue()


def main() -> None:
    file = photo()
    opened, as_others_open = open_picture(file), Image.open(io.BytesIO(file)).convert("RGB")
    jobs = {
        "ours: opening": lambda: open_picture(file),
        "ours: all stages": lambda: prepare(opened),
        "Pillow: opening": lambda: Image.open(io.BytesIO(file)).convert("RGB"),
        **{name: lambda way=way: way(as_others_open) for name, way in WAYS.items()},
    }
    times: dict[str, list[float]] = {name: [] for name in jobs}
    for _ in range(ROUNDS):
        for name, job in jobs.items():
            begun = time.perf_counter()
            job()
            times[name].append(1000 * (time.perf_counter() - begun))
    ours = statistics.median(times["ours: all stages"])
    print(f"Median of {ROUNDS} rounds.\n")
    print("| | time | against all our stages |")
    print("|---|---|---|")
    for name, found in times.items():
        middle = statistics.median(found)
        print(f"| {name} | {middle:.0f} ms | {middle / ours:.2f} |")


if __name__ == "__main__":
    main()
