"""The README's table of presets, read from runs that were trained with their default settings.

python -m benchmarks.presets              # prints the table, from the folder of runs
python -m benchmarks.presets --write      # and puts it into README.md

Train them first: `python -m fashion_model train NAME --name NAME` for each preset.
"""

from __future__ import annotations

import sys
from pathlib import Path

from fashion_model.errors import FittingRoomError
from fashion_model.recipes import preset_names
from fashion_model.runs import Run, open_run

README = Path(__file__).parent.parent / "README.md"
BEGIN, END = "<!-- presets: begin -->", "<!-- presets: end -->"

# The older projects that a preset reproduces, and the accuracy each claims where it names one.
CLAIMS = {
    "cnn": "1",
    "cnn-dropout": "2 (claims 88 %), 4",
    "logistic-regression": "3",
    "linear-svm": "3",
    "rbf-svm": "3",
    "mlp": "3, 5 (claims 91 %)",
}
ORDER = (
    *("logistic-regression", "linear-svm", "rbf-svm", "random-forest", "knn"),
    *("mlp", "cnn", "cnn-dropout", "cnn-augmented", "quick", "tiny", "champion"),
    *("everyday", "transfer"),
)


HEAD = (
    *("preset", "project", "validation", "test (95 % interval)", "macro F1", "worst class"),
    *("parameters", "file", "training", "an answer"),
)
EMPTY = " |" * (len(HEAD) - 3)


def table() -> str:
    """A row a preset; one that was not trained says so."""
    lines = [
        f"| {' | '.join(HEAD)} |",
        "|" + "---|" * len(HEAD),
    ]
    for name in sorted(preset_names(), key=lambda n: (ORDER.index(n) if n in ORDER else 99, n)):
        lines.append(f"| `{name}` | {CLAIMS.get(name, '')} | {_measured(name)} |")
    return "\n".join(lines)


def _measured(name: str) -> str:
    try:
        run = open_run(name)
    except FittingRoomError:
        return f"not measured here{EMPTY}"
    return _row(run) if run.result else f"not finished{EMPTY}"


def _row(run: Run) -> str:
    result = run.result
    low, high = result["test_interval"]
    # The pace of the fastest epoch: what else the machine did meanwhile counts least in it.
    epochs = run.history.epochs
    pace = min((epoch["seconds"] for epoch in epochs), default=result["train_seconds"])
    trained = f"{len(epochs)} × {pace:,.1f} s" if epochs else f"{pace:,.0f} s"
    return (
        f"{result['validation_accuracy']:.2%} | {result['test_accuracy']:.2%} "
        f"({low:.1%} to {high:.1%}) | {result['macro_f1']:.3f} | "
        f"{result['worst_class']} {result['worst_f1']:.3f} | {result['parameters']:,} | "
        f"{_megabytes(run):.2f} MB | {trained} | {result['answer_ms']:.1f} ms"
    )


def _megabytes(run: Run) -> float:
    """The size of the file that answers: of a network, or of an estimator."""
    files = [run.folder / "model.tflite", *run.folder.glob("estimator.*")]
    return next(file.stat().st_size for file in files if file.exists()) / 1e6


if __name__ == "__main__":
    made = table()
    print(made)
    if "--write" in sys.argv:
        text = README.read_text(encoding="utf-8")
        before, after = text.split(BEGIN)[0], text.split(END)[1]
        README.write_text(f"{before}{BEGIN}\n{made}\n{END}{after}", encoding="utf-8")
