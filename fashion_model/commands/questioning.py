"""`robustness`, `trust`, `map`, `doubts`: what is asked of a whole run."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Callable
from typing import Any

from .. import files
from ..classes import CLASSES
from ..classifier import Classifier
from ..data import Dataset, open_dataset
from ..deferring import Kept, kept_at, kept_by_class, percent_for, sets_at
from ..derived import Arrays, Derived, Tell
from ..errors import FittingRoomError
from ..evaluation import Report, report
from ..runs import Run, open_run
from .output import put, table


def _worked_out(run: Run, compute: Callable[[Dataset, Tell], Arrays], kind: str) -> Arrays:
    """What is stored, or else worked out now, with a bar where somebody watches."""

    def from_the_start(tell: Tell) -> Arrays:
        tell(0.0, "Opening the model and the pictures")
        return compute(open_dataset(), tell)

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
            run,
            lambda data, tell: measure(Classifier.open(run), data.validation, tell),
            "robustness",
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


def map(given: Namespace) -> int:
    from ..mapping import FeatureMap, draw

    run = open_run(given.run)
    found = FeatureMap.from_arrays(
        _worked_out(run, lambda data, tell: draw(Classifier.open(run), data.test, tell), "map")
    )
    answer = {
        "run": run.name,
        "part": "test",
        "pictures": len(found.xy),
        "from": "pixels" if found.pixels else "features",
        "points": [[round(float(x), 2), round(float(y), 2)] for x, y in found.xy],
    }
    words = (
        f"{run.title}: {len(found.xy):,} test pictures on a map, by their {answer['from']}. It is "
        "drawn on the Confusions page; --json gives the points, in the order of the test set."
    )
    put(answer, words, given.json)
    return 0


def trust(given: Namespace) -> int:
    if not (0 < given.right < 1 and 0 < given.level < 1):
        raise FittingRoomError("--right and --level are shares: give a number between 0 and 1.")
    if given.below is not None and not 0 <= given.below < 100:
        raise FittingRoomError("--below is a confidence: give a whole per cent from 0 to 99.")
    run = open_run(given.run)
    validation, test = (_stored(run, part) for part in ("validation", "test"))
    percent = percent_for(validation, given.right) if given.below is None else given.below
    if percent is None:
        raise FittingRoomError(
            f"No confidence of {run.title} makes {given.right:.1%} of the validation answers "
            "right: ask for less with --right."
        )
    chosen, kept = kept_at(validation, percent), kept_at(test, percent)
    sets = sets_at(validation, test, given.level)
    answer = {
        "run": run.name,
        "ask_below": percent / 100,
        "validation": _numbers(chosen),
        "test": _numbers(kept),
        "called": {name: _numbers(one) for name, one in kept_by_class(test, percent).items()},
        "ece_before": test.calibration_before.ece,
        "ece": test.calibration.ece,
        "sets": {
            "level": given.level,
            "threshold": sets.threshold,
            "holds_the_true_label": float(sets.holds.mean()),
            "mean_size": float(sets.sizes.mean()),
        },
    }
    rows = [
        (name, one.of, f"{one.share:.1%}", f"{one.accuracy:.1%}")
        for name, one in kept_by_class(test, percent).items()
    ]
    words = (
        f"{run.title}: ask a person below {percent} % confidence. It then keeps {kept.share:.1%} "
        f"of the test pictures and gets {kept.accuracy:.1%} of those right ({chosen.accuracy:.1%} "
        f"on the validation part, where the threshold was chosen).\n\n"
        + table(rows, ("it says", "answers", "kept", "right among the kept"))
        + f"\n\nLists of {sets.sizes.mean():.2f} labels on average hold the right one of "
        f"{sets.holds.mean():.1%} of the test pictures (asked for: {given.level:.0%}). Expected "
        f"calibration error {test.calibration.ece:.3f}, before calibration "
        f"{test.calibration_before.ece:.3f}."
    )
    put(answer, words, given.json)
    return 0


def _stored(run: Run, part: str) -> Report:
    answers = run.answers(part)
    if answers is None:
        raise FittingRoomError(
            f"{run.title} has no stored answers: make them with `finish {run.name}`."
        )
    temperature = (run.result or {}).get("temperature", 1.0)
    return report(answers.log_probabilities, answers.labels, temperature)


def _numbers(kept: Kept) -> dict[str, Any]:
    """Plain numbers; what nothing is kept of has no accuracy."""
    return {
        "pictures": kept.of,
        "kept": kept.kept,
        "share_kept": kept.share if kept.of else None,
        "accuracy": kept.accuracy if kept.kept else None,
    }


def doubts(given: Namespace) -> int:
    from ..doubting import FILES, Doubts, doubt

    run = open_run(given.run)
    arrays = _worked_out(run, lambda data, tell: doubt(run, data, tell), "doubts")
    answer: dict[str, Any] = {"run": run.name, "files": {}}
    rows = []
    for file in FILES:
        found = Doubts.from_arrays(arrays, file)
        suggested, likely, order = found.suggested, found.likely, found.order
        shown = order[: given.most]
        answer["files"][file] = {
            "pictures": len(found.labels),
            "doubted": len(order),
            "first": [
                {
                    "picture": f"{file}-{place}",
                    "given": CLASSES[found.labels[place]],
                    "suggested": CLASSES[suggested[place]],
                    "likely": round(float(likely[place]), 5),
                }
                for place in shown
            ],
        }
        rows += [
            (f"{file}-{place}", CLASSES[found.labels[place]], CLASSES[suggested[place]])
            for place in shown[:10]
        ]
    answer["twice"] = [
        {
            "pictures": [f"{FILES[a]}-{i}", f"{FILES[b]}-{j}"],
            "differ": round(float(differ), 3),
        }
        for (a, i, b, j), differ in zip(arrays["pairs"], arrays["differ"], strict=True)
    ]
    counts = ", ".join(
        f"{about['doubted']:,} of {about['pictures']:,} {file} labels"
        for file, about in answer["files"].items()
    )
    words = (
        f"{run.title} doubts {counts}; {len(answer['twice']):,} pairs of pictures are the same or "
        "nearly so. The least likely labels:\n\n" + table(rows, ("picture", "given", "rather"))
    )
    put(answer, words, given.json)
    return 0


def labels(given: Namespace) -> int:
    from ..reviewing import DECISIONS, as_csv, decided

    decisions = decided()
    if given.csv:
        files.write_text(given.csv, as_csv(decisions))
    kinds = [one.decision for one in decisions.values()]
    counts = {kind: kinds.count(kind) for kind in DECISIONS}
    answer = {"decisions": [vars(one) for one in decisions.values()], **counts}
    words = (
        f"{len(kinds):,} labels decided about: {counts['keep']:,} kept, {counts['relabel']:,} "
        f"changed, {counts['drop']:,} dropped. Train with them: --set labels=reviewed"
    )
    put(answer, words, given.json)
    return 0
