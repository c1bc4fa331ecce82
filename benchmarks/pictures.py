"""How well people's own pictures are understood: `make bench-pictures PICTURES=FOLDER`.

FOLDER holds `photos/dev/<class>/*`, `sketches/dev/<class>.ndjson` and
`sketches/not-clothing/*.ndjson` (Quick, Draw! strokes). Nothing here is trained or chosen; every
figure comes with its 95 % interval. The table goes to benchmarks/PICTURES.md, a sheet of the
worst pictures to benchmarks/sheets, which is not in git because the pictures are not ours.
"""

import argparse
import json
import math
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from benchmarks.other_ways import WAYS
from benchmarks.sheet import write_sheet
from fashion_model.classes import CLASSES
from fashion_model.classifier import Classifier
from fashion_model.data import open_dataset
from fashion_model.naming import classes_in_name
from fashion_model.pictures import answer_picture, open_picture, prepare
from fashion_model.pictures.preparing import Prepared
from fashion_model.runs import open_run

HERE = Path(__file__).resolve().parent
OURS = "ours"
DIGITS = 200
NOISE = 200


@dataclass
class Sample:
    """A picture and the classes that count as right for it; none for what is no garment."""

    group: str
    name: str
    picture: Image.Image
    right: tuple[str, ...]


@dataclass
class Found:
    """What one model said of one sample."""

    sample: Sample
    label: str
    confidence: float
    score: float
    is_garment: bool

    @property
    def good(self) -> bool:
        if not self.sample.right:
            return not self.is_garment
        return self.label in self.sample.right


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("pictures", type=Path)
    arguments.add_argument("--models", nargs="+", default=["everyday", "cnn"])
    given = arguments.parse_args()
    samples = photos(given.pictures / "photos" / "dev")
    samples += sketches(given.pictures / "sketches")
    samples += digits(DIGITS) + noise(NOISE)
    print(f"{len(samples)} pictures", flush=True)
    prepared = [prepare(sample.picture) for sample in samples]
    test = open_dataset().test
    report = Report()
    for name in given.models:
        classifier = Classifier.open(open_run(name))
        for way, make in WAYS.items():
            images = np.stack([make(sample.picture) for sample in samples])
            report.add(name, way, plainly(classifier, samples, images))
        found = together(classifier, samples, prepared)
        report.add(name, OURS, found)
        answered = classifier.raw(np.asarray(test.images))["log_probabilities"].argmax(axis=1)
        report.add_test(name, int((answered == test.labels).sum()), len(test.labels))
        if name == given.models[0]:
            report.confusion(found)
            write_sheet(HERE / "sheets", found, prepared)
    text = report.text(given.models)
    (HERE / "PICTURES.md").write_text(text, encoding="utf-8")
    print(text)


def photos(folder: Path) -> list[Sample]:
    """Every photo in its class's folder."""
    found = []
    for path in sorted(folder.glob("*/*")):
        right = classes_in_name(path.parent.name + "/")
        if right is not None:
            group = "photos" if right else "hats"
            found.append(Sample(group, path.parent.name, open_picture(path), right))
    return found


def sketches(folder: Path) -> list[Sample]:
    """Strokes drawn as thin dark lines on white."""
    found = []
    for path in sorted(folder.glob("*/*.ndjson")):
        is_garment = path.parent.name != "not-clothing"
        right = classes_in_name(path.stem + "/") if is_garment else ()
        group = "sketches" if is_garment else "other sketches"
        for line in path.read_text(encoding="utf-8").splitlines():
            strokes = json.loads(line)["drawing"]
            found.append(Sample(group, path.stem, drawn(strokes), right or ()))
    return found


def drawn(strokes: list, side: int = 280, width: int = 4) -> Image.Image:
    picture = Image.new("L", (side, side), 255)
    pen = ImageDraw.Draw(picture)
    margin = (side - 255) // 2
    for xs, ys in strokes:
        pen.line([(x + margin, y + margin) for x, y in zip(xs, ys, strict=True)], 0, width, "curve")
    return picture.convert("RGB")


SEGMENTS = {  # of a pocket calculator: top, upper left and right, middle, lower ones, bottom
    0: "abcefg", 1: "cf", 2: "acdeg", 3: "acdfg", 4: "bcdf",
    5: "abdfg", 6: "abdefg", 7: "acf", 8: "abcdefg", 9: "abcdfg",
}  # fmt: skip
ENDS = {
    "a": (0, 0, 1, 0), "b": (0, 0, 0, 1), "c": (1, 0, 1, 1), "d": (0, 1, 1, 1),
    "e": (0, 1, 0, 2), "f": (1, 1, 1, 2), "g": (0, 2, 1, 2),
}  # fmt: skip


def digits(number: int) -> list[Sample]:
    """Digits with a shaky hand, drawn otherwise than those that the model was trained against."""
    random = np.random.default_rng(1)
    found = []
    for i in range(number):
        corners = random.normal(0, 0.12, (3, 2, 2))
        strokes = []
        for name in SEGMENTS[i % 10]:
            x0, y0, x1, y1 = ENDS[name]
            start, end = corners[y0, x0] + (x0, y0), corners[y1, x1] + (x1, y1)
            path = np.linspace(start, end, 6) * 90 + (80, 35) + random.normal(0, 2, (6, 2))
            strokes.append((path[:, 0].tolist(), path[:, 1].tolist()))
        picture = drawn(strokes, width=int(random.integers(4, 26)))
        found.append(Sample("digits", str(i % 10), picture, ()))
    return found


def noise(number: int) -> list[Sample]:
    random = np.random.default_rng(2)
    found = []
    for i in range(number):
        side = int(random.choice([28, 56, 200]))
        pixels = random.integers(0, 256, (side, side, 3 if i % 2 else 1), dtype=np.uint8)
        picture = Image.fromarray(np.broadcast_to(pixels, (side, side, 3)).copy())
        found.append(Sample("noise", f"{side} px", picture, ()))
    return found


def plainly(classifier: Classifier, samples: list[Sample], images: np.ndarray) -> list[Found]:
    """One image a sample, answered as it is."""
    answered = classifier.answer(images)
    best = answered.probabilities.argmax(axis=1)
    return [
        Found(
            sample,
            CLASSES[best[i]],
            float(answered.probabilities[i].max()),
            float(answered.garment[i]),
            bool(answered.garment[i] >= classifier.garment_threshold),
        )
        for i, sample in enumerate(samples)
    ]


def together(
    classifier: Classifier, samples: list[Sample], prepared: list[Prepared]
) -> list[Found]:
    """All views of a sample, joined: what the app and the command line answer."""
    found = []
    for sample, views in zip(samples, prepared, strict=True):
        answer = answer_picture(classifier, views)
        found.append(
            Found(sample, answer.label, answer.confidence, answer.garment_score, answer.is_garment)
        )
    return found


class Report:
    """Collects the figures and writes them down."""

    def __init__(self) -> None:
        self.rows: list[str] = []
        self.tests: list[str] = []
        self.noes: list[str] = []
        self.details: list[str] = []

    def add(self, model: str, way: str, found: list[Found]) -> None:
        cells = [share(of_group(found, group)) for group in ("photos", "sketches")]
        garments = [f.score for f in found if f.sample.right]
        others = [f for f in found if not f.sample.right]
        area = auroc(garments, [f.score for f in others])
        self.rows.append(f"| {model} | {way} | {' | '.join(cells)} | {area} |")
        if way != OURS:
            return
        cut = float(np.quantile(garments, 0.05))
        kept = np.mean([f.is_garment for f in found if f.sample.right])
        for group in ("hats", "other sketches", "digits", "noise"):
            part = [f for f in others if f.sample.group == group]
            caught = ratio(sum(f.score < cut for f in part), len(part))
            area = auroc(garments, [f.score for f in part])
            self.noes.append(f"| {model} | {group} | {area} | {caught} | {share(part)} |")
        self.noes.append(f"| {model} | garments kept by its own threshold: {kept:.1%} | | | |")

    def add_test(self, model: str, right: int, number: int) -> None:
        self.tests.append(f"| {model} | {ratio(right, number)} |")

    def confusion(self, found: list[Found]) -> None:
        for group in ("photos", "sketches"):
            names = sorted({f.sample.name for f in found if f.sample.group == group})
            for name in names:
                part = [f for f in of_group(found, group) if f.sample.name == name]
                labels = [f.label for f in part]
                said = sorted(set(labels), key=labels.count, reverse=True)
                told = ", ".join(f"{label} {labels.count(label)}" for label in said)
                self.details.append(f"| {group} | {name} | {share(part)} | {told} |")

    def text(self, models: list[str]) -> str:
        parts = [
            "# People's own pictures",
            f"Measured {date.today():%d %B %Y} by `make bench-pictures PICTURES=FOLDER`. "
            "In brackets: 95 % intervals (Wilson; bootstrap for the area under the curve).",
            "## Right answers",
            "The last column is how well the score tells garments from hats, other sketches, "
            "digits and noise, all together (area under the ROC curve).",
            "| model | preparation | photos | sketches | saying no |\n|---|---|---|---|---|",
            "\n".join(self.rows),
            "| model | Fashion-MNIST test set |\n|---|---|\n" + "\n".join(self.tests),
            "## Saying no",
            "Caught: the share flagged when exactly 95 % of these garments are kept; by its own "
            "threshold: the one in the run, chosen on held-out photos.",
            "| model | what | area | caught | by its own threshold |\n|---|---|---|---|---|\n"
            + "\n".join(self.noes),
            f"## What {models[0]} takes for what",
            "| kind | folder | right | answers |\n|---|---|---|---|\n" + "\n".join(self.details),
        ]
        text = "\n\n".join(parts)
        return text.replace("|---|\n\n|", "|---|\n|") + "\n"


def of_group(found: list[Found], group: str) -> list[Found]:
    return [f for f in found if f.sample.group == group]


def share(found: list[Found]) -> str:
    return ratio(sum(f.good for f in found), len(found))


def ratio(right: int, number: int, z: float = 1.96) -> str:
    """A share with its Wilson interval."""
    if number == 0:
        return "–"
    p = right / number
    middle = (p + z * z / (2 * number)) / (1 + z * z / number)
    half = z * math.sqrt(p * (1 - p) / number + z * z / (4 * number**2)) / (1 + z * z / number)
    return f"{p:.1%} ({middle - half:.1%}–{middle + half:.1%}, n={number})"


def auroc(yes: list[float], no: list[float]) -> str:
    """The chance that a garment scores above a non-garment, with a bootstrap interval."""
    random = np.random.default_rng(0)
    yes_scores, no_scores = np.array(yes), np.array(no)

    def area(a: np.ndarray, b: np.ndarray) -> float:
        b = np.sort(b)
        above = np.searchsorted(b, a, "left") + np.searchsorted(b, a, "right")
        return float(above.mean() / (2 * len(b)))

    drawn_again = [
        area(random.choice(yes_scores, len(yes_scores)), random.choice(no_scores, len(no_scores)))
        for _ in range(300)
    ]
    low, high = np.quantile(drawn_again, (0.025, 0.975))
    return f"{area(yes_scores, no_scores):.3f} ({low:.3f}–{high:.3f})"


if __name__ == "__main__":
    main()
