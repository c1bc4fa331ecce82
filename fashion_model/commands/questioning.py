"""`robustness`, `trust`, `map`, `doubts`: what is asked of a whole run, worked out once and kept."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Callable

from ..classifier import Classifier
from ..data import Dataset, open_dataset
from ..derived import Arrays, Derived, Tell
from ..runs import Run, open_run
from .output import put, table


def _worked_out(run: Run, compute: Callable[[Classifier, Dataset, Tell], Arrays], kind: str):
    """What is stored, or else worked out now, with a bar where somebody watches."""

    def from_the_start(tell: Tell) -> Arrays:
        tell(0.0, "Opening the model and the pictures")
        return compute(Classifier.open(run), open_dataset(), tell)

    watched = sys.stderr.isatty()
    try:
        return Derived(run, kind).make(from_the_start, _bar if watched else None)
    finally:
        if watched:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)


def _bar(share: float, sentence: str) -> None:
    print(f"\r\x1b[K{share:4.0%} {sentence}", end="", file=sys.stderr, flush=True)


def robustness(given: Namespace) -> int:
    from ..robustness import STRENGTHS, Robustness, measure

    run = open_run(given.run)
    found = Robustness.from_arrays(
        _worked_out(
            run, lambda model, data, tell: measure(model, data.validation, tell), "robustness"
        )
    )
    answer = {
        "run": run.name,
        "part": "validation",
        "pictures": len(found.labels),
        "accuracy": found.accuracy("shift")[0],
        "kinds": {
            kind: {"strengths": list(strengths), "accuracy": found.accuracy(kind)[1:]}
            for kind, (_, strengths) in STRENGTHS.items()
        },
    }
    rows = [
        (
            kind,
            *(
                f"{right:.1%} at {strength:g}"
                for right, strength in zip(found.accuracy(kind)[1:], strengths, strict=True)
            ),
        )
        for kind, (_, strengths) in STRENGTHS.items()
    ]
    words = (
        f"{run.title}: {answer['accuracy']:.1%} of {len(found.labels):,} validation pictures "
        "right as they are, and when altered:\n\n" + table(rows, ("", "weak", "", "", "", "strong"))
    )
    put(answer, words, given.json)
    return 0
