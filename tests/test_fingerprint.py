import pytest

from fashion_model.creating import create_run
from fashion_model.derived import derived_folder
from fashion_model.errors import FittingRoomError
from fashion_model.features import features_folder
from fashion_model.fingerprint import fingerprint
from fashion_model.inside import answer_folder
from fashion_model.recipes import Recipe
from tests.making_runs import finished_run

pytestmark = pytest.mark.usefixtures("small_data_on_disk", "models_folder")


def test_other_weights_are_never_answered_from_the_cache_of_the_ones_before(small_dataset):
    run = finished_run(small_dataset)

    def folders():
        return {
            derived_folder(run),
            features_folder(run, small_dataset),
            answer_folder(run, small_dataset.test.images[0]),
        }

    known = folders()
    (run.folder / "result.json").unlink()  # as while it is finished anew
    unmeasured = folders()
    (run.folder / "model.tflite").write_bytes(b"other weights")
    assert len(known | unmeasured | folders()) == 9
    assert len(fingerprint(run)) == 24


def test_a_run_without_weights_has_none():
    run = create_run(Recipe(kind="mlp"), title="Begun")
    with pytest.raises(FittingRoomError, match="Begun has no network yet"):
        fingerprint(run)
