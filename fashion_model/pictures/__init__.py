"""Anyone's photo or drawing → 28 × 28, stage by stage."""

from fashion_model.pictures.answering import PictureAnswer, answer_picture
from fashion_model.pictures.opening import PictureError, open_picture
from fashion_model.pictures.preparing import Choices, Prepared, Stage, prepare, prepare_drawing

__all__ = [
    "Choices",
    "PictureAnswer",
    "PictureError",
    "Prepared",
    "Stage",
    "answer_picture",
    "open_picture",
    "prepare",
    "prepare_drawing",
]
