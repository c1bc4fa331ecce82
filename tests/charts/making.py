"""Made-up histories and answers to draw charts of, and what the tests read from a figure."""

import re

import numpy as np

from fashion_model.evaluation import report


def epochs(n, best=None):
    return [
        {
            "epoch": i,
            "loss": 1 / i,
            "val_loss": 1.1 / i,
            "accuracy": 1 - 0.3 / i,
            "val_accuracy": 1 - 0.35 / i,
            "best": i == best,
        }
        for i in range(1, n + 1)
    ]


def batches(epoch, n=4):
    return [
        {"epoch": epoch, "batch": i, "batches": n, "loss": 2.0 - i / 4, "accuracy": i / 10}
        for i in range(1, n + 1)
    ]


def made_up_report(temperature=1.0):
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 10, 1000)
    scores = rng.normal(size=(1000, 10))
    scores[np.arange(1000), labels] += 2.5
    logs = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
    return report(logs, labels, temperature)


def trace(figure, name):
    return next(one for one in figure.data if one.name == name)


def markers(figure):
    return next(one for one in figure.data if one.type == "scatter")


def plain(text):
    """The text in the page's colour, without its dress."""
    return re.fullmatch('<span style="color:currentColor">(.*)</span>', text)[1]


def rgb(colour):
    return tuple(int(colour[i : i + 2], 16) for i in (1, 3, 5))
