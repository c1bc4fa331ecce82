"""A run from a stranger never executes what is in it, and what does not fit is one sentence."""

import io
import json
import zipfile

import numpy as np
import pytest
import skops.io

from fashion_model.errors import FittingRoomError
from fashion_model.finishing import finish_run
from fashion_model.recipes import Recipe
from fashion_model.sharing import export_run, import_run
from fashion_model.working import at_work
from tests.making import TINY


class Bomb:
    """Says where it went off when it is unpickled, as a stranger's object could do anything."""

    def __init__(self, mark):
        self.mark = str(mark)

    def __reduce__(self):
        return open, (self.mark, "w")


def altered(contents: bytes, **files: bytes) -> bytes:
    """A zip with some files replaced; `__` stands for a dot."""
    given = {name.replace("__", "."): content for name, content in files.items()}
    new = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(contents)) as old, zipfile.ZipFile(new, "w") as packed:
        for name in old.namelist():
            packed.writestr(name, given.get(name.rpartition("/")[2], old.read(name)))
    return new.getvalue()


def test_what_a_network_file_says_of_itself_is_never_asked(finished_run, small_dataset, tmp_path):
    mark = tmp_path / "it ran"
    code = {
        "module": "builtins",
        "class_name": "open",
        "config": {"file": str(mark), "mode": "w"},
        "registered_name": "open",
    }
    lambda_layer = {"module": "keras.layers", "class_name": "Lambda", "config": {"function": code}}
    network = altered(
        (finished_run.folder / "model.keras").read_bytes(),
        config__json=json.dumps(lambda_layer).encode(),
    )
    copy = import_run(altered(export_run(finished_run), model__keras=network))
    finish_run(copy, small_dataset)
    assert not mark.exists()
    before, after = (run.answers("test").log_probabilities for run in (finished_run, copy))
    np.testing.assert_allclose(before, after, atol=1e-5)


@pytest.mark.parametrize("weights", [b"", b"no zip", b"PK\x03\x04 torn"])
def test_weights_that_are_none_are_one_sentence(finished_run, small_dataset, weights):
    copy = import_run(altered(export_run(finished_run), model__keras=weights))
    with (
        pytest.raises(FittingRoomError, match=r"The weights of the run .* cannot be read"),
        at_work(copy),
    ):
        finish_run(copy, small_dataset)
    assert (copy.state, copy.usable) == ("failed", False)


def test_weights_of_another_recipe_are_one_sentence(finished_run, small_dataset):
    other = TINY.replaced(dense=(24,)).to_toml().encode()
    copy = import_run(altered(export_run(finished_run), recipe__toml=other))
    with pytest.raises(FittingRoomError, match="do not fit its recipe"), at_work(copy):
        finish_run(copy, small_dataset)


def test_an_estimator_is_made_of_known_types_alone(small_dataset, models_folder, tmp_path):
    mark = tmp_path / "it ran"
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr("recipe.toml", Recipe(kind="random-forest").to_toml())
        packed.writestr("estimator.skops", skops.io.dumps(Bomb(mark)))
    copy = import_run(file.getvalue())
    with pytest.raises(FittingRoomError), at_work(copy):
        finish_run(copy, small_dataset)
    assert not mark.exists()
    assert copy.state == "failed"
