"""The nearest of 60,000 training pictures, exactly: Fitting Room against scikit-learn.

python -m benchmarks.similar [RUN …]        (default: every finished run)

Both are asked for the 12 nearest of the same pictures of the test set, one at a time, in turn, and
have to agree. Beside the time on the clock stands the processor's, which other work on the machine
leaves alone.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from sklearn.neighbors import NearestNeighbors

from fashion_model.classifier import Classifier
from fashion_model.data import open_dataset
from fashion_model.features import as_floats, compute_features
from fashion_model.runs import list_runs, open_run
from fashion_model.similar import SimilarPictures

ASKED, NEAREST = 50, 12


def main() -> None:
    dataset = open_dataset()
    runs = [open_run(name) for name in sys.argv[1:]] or [run for run in list_runs() if run.usable]
    print(f"The {NEAREST} nearest of all training pictures, median of {ASKED} pictures, in ms.\n")
    print("| run | features | clock | processor | scikit-learn: clock | processor | the same |")
    print("|---|---|---|---|---|---|---|")
    for run in runs:
        folder = compute_features(run, dataset)
        ours = SimilarPictures.open(run, dataset)
        rows = as_floats(np.load(folder / "features.npy"))
        peer = NearestNeighbors(n_neighbors=NEAREST, algorithm="brute").fit(rows)
        asked = Classifier.open(run).raw(dataset.test.images[:ASKED])["features"]
        mine, theirs, agreed = [], [], 0
        for features in asked:
            found = timed(mine, ours.nearest, features, NEAREST)
            distances, _ = timed(theirs, peer.kneighbors, features[None])
            agreed += np.allclose(distances[0], [one.distance for one in found], rtol=1e-3)
        times = [
            1000 * statistics.median(column)
            for column in (*zip(*mine, strict=True), *zip(*theirs, strict=True))
        ]
        told = " | ".join(f"{ms:.1f}" for ms in times)
        print(f"| `{run.name}` | {rows.shape[1]} | {told} | {agreed} of {ASKED} |")


def timed(times: list[tuple[float, float]], do: Callable, *arguments: Any) -> Any:
    """Do it, and note the seconds on the clock and those of the processor."""
    clock, processor = time.perf_counter(), time.process_time()
    result = do(*arguments)
    times.append((time.perf_counter() - clock, time.process_time() - processor))
    return result


if __name__ == "__main__":
    main()
