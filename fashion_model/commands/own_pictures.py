"""`evaluate RUN --folder DIR`: a report on one's own pictures, sorted into folders by class."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np

from ..classes import CLASSES
from ..classifier import Classifier
from ..errors import FittingRoomError
from ..evaluation import report
from ..naming import classes_in_name
from ..pictures import answer_picture, open_picture, prepare
from .asking import pictures_in, report_words
from .output import put


def evaluate_folder(classifier: Classifier, folder: Path, as_json: bool) -> int:
    """Answer every picture whose folder or name says what it is, and measure the answers.

    Where several classes count as right (`shoes`), one of them that was answered is. Pictures
    that are said to be no garment are counted apart: right is to say no.
    """
    if not folder.is_dir():
        raise FittingRoomError(f"There is no folder {folder}.")
    told, labels, mistakes, errors = [], [], [], []
    unlabelled, others, refused = 0, 0, 0
    begun = time.perf_counter()
    for path in pictures_in([folder]):
        allowed = classes_in_name(str(path.relative_to(folder)))
        if allowed is None:
            unlabelled += 1
            continue
        try:
            answer = answer_picture(classifier, prepare(open_picture(path)))
        except FittingRoomError as error:
            errors.append({"file": str(path), "error": str(error)})
            continue
        if not allowed:
            others, refused = others + 1, refused + (not answer.is_garment)
            continue
        true = answer.label if answer.label in allowed else allowed[0]
        told.append(answer.probabilities)
        labels.append(CLASSES.index(true))
        if answer.label != true:
            mistakes.append(
                {
                    "file": str(path),
                    "true": true,
                    "label": answer.label,
                    "confidence": round(float(answer.confidence), 4),
                }
            )
    if not labels:
        raise FittingRoomError(
            f"No picture in {folder} has a label: sort them into folders named by class, such as "
            f"trouser or bag (the classes are {', '.join(CLASSES)})."
        )
    seen = report(np.array(told), np.array(labels))
    speed = (len(labels) + others) / (time.perf_counter() - begun)
    answer = seen.to_dict() | {
        "images_per_second": round(speed, 1),
        "pictures": len(labels),
        "not_garments": {"pictures": others, "refused": refused},
        "unlabelled": unlabelled,
        "mistakes": mistakes,
        "errors": errors,
    }
    words = report_words(seen, classifier.run.title)
    if others:
        words += f"\n\n{refused} of {others} pictures that are no garment were refused."
    if unlabelled:
        words += f"\n\n{unlabelled} pictures were left out: no folder says what they are."
    words += "".join(f"\n{m['file']}: {m['label']}, but is {m['true']}" for m in mistakes)
    words += "".join(f"\n{e['file']}: {e['error']}" for e in errors)
    put(answer, words, as_json)
    return 0
