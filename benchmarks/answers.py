"""One answer and 10,000, the time to the first, and memory: Classifier against Keras itself.

python -m benchmarks.answers [RUN]          (default: the default model)

Every side is a process of its own, so that neither pays for the other's imports. Rounds alternate.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys

from fashion_model.classifier import default_run
from fashion_model.runs import open_run

ROUNDS = 3

COMMON = """
import json, resource, statistics, sys, time
begun = time.perf_counter()
import numpy as np
folder = sys.argv[1]
pictures = np.random.default_rng(0).integers(0, 256, (10000, 28, 28), np.uint8).astype("float32")
"""
MEASURE = """
if answer is None:  # only what the import costs
    print(json.dumps({
        "first": time.perf_counter() - begun,
        "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }))
    sys.exit()
answer(pictures[:1])
first = time.perf_counter() - begun
times = []
for picture in pictures[:50]:
    at = time.perf_counter()
    answer(picture[None])
    times.append(time.perf_counter() - at)
at = time.perf_counter()
many(pictures)
print(json.dumps({
    "first": first,
    "one": statistics.median(times) * 1000,
    "many": time.perf_counter() - at,
    "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
}))
"""
KERAS = """
import os
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "2"
import keras
network = keras.saving.load_model(folder + "/model.keras", compile=False)
"""
SIDES = {
    "`import tensorflow`": """
import os
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "2"
import tensorflow
answer = many = None
""",
    "`Classifier`": """
from pathlib import Path
from fashion_model.classifier import Classifier
from fashion_model.runs import Run
answer = many = Classifier.open(Run(Path(folder))).answer
""",
    "`model.predict`": KERAS + "answer = many = lambda p: network.predict(p, verbose=0)\n",
    "`model(x)`": KERAS
    + "answer = lambda p: network(p)\n"
    + "many = lambda p: [network(p[i:i + 256]) for i in range(0, len(p), 256)]\n",
}


def main() -> None:
    run = open_run(sys.argv[1]) if len(sys.argv) > 1 else default_run()
    found: dict[str, list[dict]] = {name: [] for name in SIDES}
    for _ in range(ROUNDS):
        for name, program in SIDES.items():
            ended = subprocess.run(
                [sys.executable, "-c", COMMON + program + MEASURE, str(run.folder)],
                capture_output=True,
                text=True,
                check=True,
            )
            found[name].append(json.loads(ended.stdout.splitlines()[-1]))
    print(f"The network of `{run.name}`, median of {ROUNDS} rounds.\n")
    print("| | import and first answer | one answer | 10,000 answers | memory, at most |")
    print("|---|---|---|---|---|")
    for name, rounds in found.items():
        middle = {key: statistics.median(r[key] for r in rounds) for key in rounds[0]}
        one = f"{middle['one']:.2f} ms" if "one" in middle else ""
        many = f"{middle['many']:.2f} s" if "many" in middle else ""
        print(f"| {name} | {middle['first']:.2f} s | {one} | {many} | {middle['memory']:.0f} MB |")


if __name__ == "__main__":
    main()
