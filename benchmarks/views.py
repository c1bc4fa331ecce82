"""Runs compared on ten views of the validation part: plain, shifted by a pixel, and mirrored.

python -m benchmarks.views RUN …

The accuracies of two good runs differ by less than chance can make: one standard error of 95 % of
5,000 pictures is 0.3 points. Ten views of each picture tell better which run is the better one, and
leave the test set out of it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

import numpy as np

from fashion_model.classifier import Classifier
from fashion_model.data import open_dataset
from fashion_model.errors import FittingRoomError
from fashion_model.runs import open_run

# Where the window of 28×28 lies in a picture with one row and column of black around it.
WINDOWS = ((1, 1), (0, 1), (2, 1), (1, 0), (1, 2))


def views(images: np.ndarray) -> Iterator[np.ndarray]:
    """The pictures (n, 28, 28) as they are and shifted four ways, then all of it mirrored."""
    size = images.shape[1]
    for facing in (images, images[:, :, ::-1]):
        framed = np.pad(facing, ((0, 0), (1, 1), (1, 1)))
        for down, right in WINDOWS:
            yield np.ascontiguousarray(framed[:, down : down + size, right : right + size])


def main(names: list[str]) -> None:
    part = open_dataset().validation
    print("| run | plain | mirrored | mean of ten views |")
    print("|---|---|---|---|")
    for name in names:
        classifier = Classifier.open(open_run(name))
        said = [classifier.raw(view)["log_probabilities"].argmax(1) for view in views(part.images)]
        right = [float((one == part.labels).mean()) for one in said]
        mirrored = right[len(WINDOWS)]
        print(f"| {name} | {right[0]:.2%} | {mirrored:.2%} | {sum(right) / len(right):.2%} |")


if __name__ == "__main__":
    try:
        main(sys.argv[1:] or ["champion"])
    except FittingRoomError as error:
        sys.exit(str(error))
