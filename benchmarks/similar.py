"""The nearest of 60,000 training pictures, exactly: Fitting Room against scikit-learn.

python -m benchmarks.similar [RUN …]        (default: every finished run)

Both are asked for the 12 nearest of the same pictures of the test set, one at a time, in turn, and
have to agree.
"""

from __future__ import annotations

import statistics
import sys
import time

import numpy as np
from sklearn.neighbors import NearestNeighbors

from fashion_model.classifier import Classifier
from fashion_model.data import open_dataset
from fashion_model.features import as_floats, compute_features
from fashion_model.runs import list_runs, open_run
from fashion_model.similar import SimilarPictures

ASKED, NEAREST = 100, 12


def main() -> None:
    dataset = open_dataset()
    runs = [open_run(name) for name in sys.argv[1:]] or [run for run in list_runs() if run.usable]
    print(f"The {NEAREST} nearest of all training pictures, median of {ASKED} pictures, in ms.\n")
    print("| run | features | Fitting Room | worst of 20 | scikit-learn, brute | the same |")
    print("|---|---|---|---|---|---|")
    for run in runs:
        folder = compute_features(run, dataset)
        ours = SimilarPictures.open(run, dataset)
        rows = as_floats(np.load(folder / "features.npy"))
        peer = NearestNeighbors(n_neighbors=NEAREST, algorithm="brute").fit(rows)
        asked = Classifier.open(run).raw(dataset.test.images[:ASKED])["features"]
        mine, theirs, agreed = [], [], 0
        for features in asked:
            begun = time.perf_counter()
            found = ours.nearest(features, NEAREST)
            mine.append(time.perf_counter() - begun)
            begun = time.perf_counter()
            distances, _ = peer.kneighbors(features[None])
            theirs.append(time.perf_counter() - begun)
            agreed += np.allclose(distances[0], [one.distance for one in found], rtol=1e-3)
        high = statistics.quantiles(mine, n=20)[-1]
        print(
            f"| `{run.name}` | {rows.shape[1]} | {1000 * statistics.median(mine):.1f} | "
            f"{1000 * high:.1f} | {1000 * statistics.median(theirs):.1f} | {agreed} of {ASKED} |"
        )


if __name__ == "__main__":
    main()
