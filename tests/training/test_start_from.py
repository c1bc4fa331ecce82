"""Training on from the weights of an earlier run."""

import numpy as np
import pytest

from fashion_model import networks
from fashion_model.creating import create_run
from fashion_model.errors import FittingRoomError
from fashion_model.networks import build_network
from fashion_model.recipes import Recipe
from fashion_model.training import start_weights
from tests.making import TINY
from tests.training.interrupting import Killed, at, kill


def test_start_from_takes_the_weights_of_an_earlier_run(train, trained_run):
    recipe = TINY.replaced(start_from="trained", seed=5)
    network, earlier = build_network(recipe), build_network(TINY)
    start_weights(network, recipe)
    networks.load_weights(earlier, trained_run)
    for a, b in zip(network.weights, earlier.weights, strict=True):
        np.testing.assert_array_equal(a, b)
    run = train(recipe.replaced(epochs=1, learning_rate=0.001))
    assert run.history.epochs[0]["loss"] < trained_run.history.epochs[0]["loss"] / 2


@pytest.mark.parametrize("change", [{"filters": (4, 4)}, {"dense": ()}, {"everyday": True}])
def test_start_from_a_run_with_other_layers_names_what_differs(trained_run, change):
    recipe = TINY.replaced(start_from="trained", **change)
    with pytest.raises(FittingRoomError, match=f"do not fit this recipe.*`{next(iter(change))}`"):
        start_weights(build_network(recipe), recipe)


def test_start_from_wants_as_many_convolutions(train):
    staged = Recipe(kind="staged", filters=(2,), epochs=1, batch_size=100)
    other = staged.replaced(start_from=train(staged).name, added=2)
    with pytest.raises(FittingRoomError, match=r"do not fit this recipe.*`added`"):
        start_weights(build_network(other), other)


def test_start_from_is_needed_only_once(train, trained_run):
    run = create_run(TINY.replaced(start_from="trained", epochs=2))
    with at(2, 3, kill), pytest.raises(Killed):
        train(run)
    trained_run.folder.rename(trained_run.folder.with_name("elsewhere"))
    assert train(run).history.trained == 2
