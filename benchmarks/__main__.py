"""Every benchmark, one after the other: `make bench`. Writes benchmarks/RESULTS.md.

`python -m benchmarks NAME …` runs some of them; with `--write` their part of RESULTS.md is written
anew. `make bench-fast` runs those that take seconds, for daily use, and writes nothing.

Each is a program of its own that prints a Markdown table: `python -m benchmarks.NAME`.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path

PLAIN = os.environ | {"TF_CPP_MIN_LOG_LEVEL": os.environ.get("TF_CPP_MIN_LOG_LEVEL", "2")}

from fashion_model.backend import hardware  # noqa: E402  (it sets what peers must not have)

RESULTS = Path(__file__).parent / "RESULTS.md"
SUITE = {
    "reaching": "Time to 91 % and to 93 %",
    "throughput": "Training: the whole step against bare `fit`",
    "normalising": "Training: batch normalisation in one operation, and Keras's own",
    "estimate": "The estimate of an epoch against the epoch",
    "answers": "Answers: without TensorFlow, and with",
    "preparing": "A photo of 12 megapixels, prepared",
    "opening": "The data: opened the first time, and after",
    "similar": "Similar garments: the nearest of 60,000, and scikit-learn",
    "app": "The app in Chromium",
    "load": "Fifty visitors at once, while a model is trained",
}


HEAD = """# Measured

By `make bench`. Each comparison has both sides in the same run; figures are medians."""


def main() -> int:
    options = argparse.ArgumentParser(description="Measure speed against peers.")
    options.add_argument("names", nargs="*", metavar="NAME", help=", ".join(SUITE))
    options.add_argument("--write", action="store_true", help="write benchmarks/RESULTS.md")
    given = options.parse_args()
    failed = []
    for name in given.names or SUITE:
        print(f"{name} …", file=sys.stderr, flush=True)
        ended = subprocess.run(
            [sys.executable, "-m", f"benchmarks.{name}"],
            stdout=subprocess.PIPE,
            text=True,
            env=PLAIN,
        )
        print(ended.stdout, flush=True)
        if ended.returncode:
            failed.append(name)
        elif given.write or not given.names:
            write(name, ended.stdout.strip())
    if failed:
        print(f"Failed, so nothing of them was written: {', '.join(failed)}.", file=sys.stderr)
    return 1 if failed else 0


def write(name: str, table: str) -> None:
    """Put what a benchmark printed in the place of what it printed before."""
    text = RESULTS.read_text(encoding="utf-8") if RESULTS.exists() else HEAD
    parts = dict(part.split("\n", 1) for part in text.split("\n\n## ")[1:])
    when = f"{time.strftime('%-d %B %Y')}, {hardware()}, `python -m benchmarks.{name}`."
    parts[SUITE[name]] = f"\n{when}\n\n{table}"
    told = [f"## {title}\n{parts[title].rstrip()}" for title in SUITE.values() if title in parts]
    RESULTS.write_text("\n\n".join([HEAD, *told]) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
