import pytest

from fashion_model.creating import create_run
from fashion_model.errors import FittingRoomError
from fashion_model.reviewing import REVIEWED, decide, undo
from fashion_model.tuning import can_be_tuned, tuning_recipe
from tests.making_runs import finished_run

pytestmark = pytest.mark.usefixtures("small_data_on_disk", "models_folder")


def test_a_run_with_reviewed_labels_is_taught_further_whatever_is_decided_by_now(small_dataset):
    decide("train-3", "Shirt", "drop")
    run = finished_run(small_dataset, "mine", kind="cnn", everyday=True, labels="reviewed")
    undo()
    tuned = create_run(tuning_recipe(run))
    assert tuned.recipe.start_from == "mine"
    assert not (tuned.folder / REVIEWED).exists()


def test_a_model_that_does_not_learn_from_pictures_of_ones_own_says_so(small_dataset):
    run = finished_run(small_dataset, title="Plain")
    assert not can_be_tuned(run)
    with pytest.raises(FittingRoomError, match="Plain does not learn from people's own pictures"):
        tuning_recipe(run)
