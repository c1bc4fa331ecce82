import json

import numpy as np
import pytest

from fashion_model.__main__ import main
from fashion_model.mapping import FeatureMap, draw


class Averages:
    """A model whose features are the rows' means: enough to part the small data's classes."""

    def raw(self, pictures):
        middle, outer = pictures[:, :, 8:20].mean(axis=2), pictures[:, :, :8].mean(axis=2)
        return {"features": np.hstack([middle, outer]).astype("float32")}


@pytest.fixture(scope="module")
def found(small_dataset):
    told = []
    arrays = draw(Averages(), small_dataset.test, lambda *words: told.append(words))
    assert told[-1] == (1.0, "Laying out, round 500 of 500")
    return FeatureMap.from_arrays(arrays)


def test_pictures_of_a_class_lie_together(found, small_dataset):
    assert found.xy.min() == 0
    assert found.xy.max() == 100
    assert not found.pixels
    labels = small_dataset.test.labels
    apart = np.linalg.norm(found.xy[:, None] - found.xy[None], axis=2)
    np.fill_diagonal(apart, np.inf)
    assert (labels[apart.argmin(axis=1)] == labels).mean() > 0.9


def test_a_picture_beside_the_data_is_placed_amid_its_like(found, small_dataset):
    features = Averages().raw(small_dataset.validation.images)["features"]
    labels = small_dataset.validation.labels
    nearest = [found.nearest(row, 1)[0] for row in features]
    assert (small_dataset.test.labels[nearest] == labels).mean() > 0.9
    own = Averages().raw(small_dataset.test.images[:1])["features"][0]
    assert found.nearest(own, 1)[0] == 0
    x, y = found.place(own)
    assert 0 <= x <= 100
    assert 0 <= y <= 100


def test_what_lies_within_an_outline():
    xy = np.array([[50, 50], [10, 10], [50, 90], [52, 30]], float)
    found = FeatureMap(xy, xy, xy[0], xy, False)
    notched = np.array([[20, 20], [80, 20], [80, 80], [50, 40], [20, 80]], float)
    assert found.inside(notched).tolist() == [False, False, False, True]


def test_the_command_gives_the_points_and_says_that_pixels_had_to_do(
    quick_run, small_data_on_disk, capsys
):
    assert main(["map", "quick", "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed["from"] == "pixels"
    assert len(printed["points"]) == printed["pictures"] == 100
    assert main(["map", "quick"]) == 0
    assert "by their pixels" in capsys.readouterr().out
