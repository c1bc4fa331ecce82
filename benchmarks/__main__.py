"""Every benchmark, one after the other: `make bench`. Writes benchmarks/RESULTS.md.

`make bench-fast` runs those that take seconds, for daily use, and writes nothing.

Each is a program of its own that prints a Markdown table: `python -m benchmarks.NAME`.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

from fashion_model.backend import hardware

RESULTS = Path(__file__).parent / "RESULTS.md"
SUITE = {
    "throughput": "Training: the whole step against bare `fit`",
    "estimate": "The estimate of an epoch against the epoch",
    "answers": "Answers: without TensorFlow, and with",
    "preparing": "A photo of 12 megapixels, prepared",
    "opening": "The data: opened the first time, and after",
    "similar": "Similar garments: the nearest of 60,000, and scikit-learn",
    "app": "The app in Chromium",
    "load": "Fifty visitors at once, while a model is trained",
}


def main() -> int:
    chosen = sys.argv[1:] or list(SUITE)
    parts = [
        "# Measured\n\n"
        f"By `make bench` on {time.strftime('%-d %B %Y')}, {hardware()}. Each figure is a median, "
        "each comparison has both sides in the same run."
    ]
    failed = []
    for name in chosen:
        print(f"{name} …", file=sys.stderr, flush=True)
        ended = subprocess.run(
            [sys.executable, "-m", f"benchmarks.{name}"], stdout=subprocess.PIPE, text=True
        )
        print(ended.stdout, flush=True)
        if ended.returncode:
            failed.append(name)
        else:
            parts.append(f"## {SUITE[name]}\n\n{ended.stdout.strip()}")
    if failed:
        print(f"Failed, so nothing was written: {', '.join(failed)}.", file=sys.stderr)
        return 1
    if chosen == list(SUITE):
        RESULTS.write_text("\n\n".join(parts) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    sys.exit(main())
