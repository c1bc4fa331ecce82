"""Pictures of the data set and their names: test-123 or train-4567, as in the official files."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fashion_model.data import Dataset, Part


@dataclass(frozen=True)
class Picture:
    """A place in a part of the data."""

    part: Part
    index: int

    @property
    def name(self) -> str:
        """Its official file and its number there: the same for every split and every model."""
        return name_of(self.part, self.index)

    @property
    def true(self) -> int:
        return int(self.part.labels[self.index])


def name_of(part: Part, index: int) -> str:
    """`test-123` or `train-4567`."""
    return f"{'test' if part.name == 'test' else 'train'}-{part.numbers[index]}"


def find(name: str, data: Dataset) -> Picture | None:
    """The picture of this name, if there is one."""
    file, _, number = name.partition("-")
    if number.isdecimal() and len(number) < 9:
        for part in (data.test,) if file == "test" else (data.validation, data.train):
            found = np.flatnonzero(part.numbers == int(number))
            if len(found) and name_of(part, int(found[0])) == name:
                return Picture(part, int(found[0]))
    return None
