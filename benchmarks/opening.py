"""Opening the data: the first time, and every time after, against reading it as Keras does.

python -m benchmarks.opening

`keras.datasets` unpacks the four files at every start; the peer here does the same with the same
files. Every opening is a process of its own, with an empty cache of its own before the first.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile

ROUNDS = 3
OURS = """
import time
begun = time.perf_counter()
from fashion_model.data import open_dataset
opened = open_dataset()
print(time.perf_counter() - begun, int(opened.test.labels[0]))
"""
AS_KERAS_DOES = """
import time
begun = time.perf_counter()
import gzip, os
import numpy as np
def read(name, start):
    with gzip.open(os.path.join(os.environ["FASHION_MNIST_DIR"], name), "rb") as file:
        return np.frombuffer(file.read(), np.uint8, offset=start)
for kind in ("train", "t10k"):
    labels = read(kind + "-labels-idx1-ubyte.gz", 8)
    images = read(kind + "-images-idx3-ubyte.gz", 16).reshape(len(labels), 28, 28)
print(time.perf_counter() - begun, int(labels[0]))
"""


def main() -> None:
    if "FASHION_MNIST_DIR" not in os.environ:
        sys.exit("Set FASHION_MNIST_DIR to the folder of the four official files.")
    first, second, peer = [], [], []
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory() as cache:
            first.append(_seconds(OURS, cache))
            _seconds(OURS, cache)  # learns which files it has checked already
            second.append(_seconds(OURS, cache))
            peer.append(_seconds(AS_KERAS_DOES, cache))
    print(f"In a new process each, imports included, median of {ROUNDS} rounds.\n")
    print("| | time | against the peer |")
    print("|---|---|---|")
    rows = {
        "as `keras.datasets` does, every time": peer,
        "ours, the first time: checked, decoded, split, stored": first,
        "ours, every time after": second,
    }
    for name, times in rows.items():
        ratio = statistics.median(times) / statistics.median(peer)
        print(f"| {name} | {statistics.median(times):.2f} s | {ratio:.2f} |")


def _seconds(program: str, cache: str) -> float:
    ended = subprocess.run(
        [sys.executable, "-c", program],
        env=os.environ | {"FITTING_ROOM_CACHE": cache},
        capture_output=True,
        text=True,
        check=True,
    )
    return float(ended.stdout.split()[0])


if __name__ == "__main__":
    main()
