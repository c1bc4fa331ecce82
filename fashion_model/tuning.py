"""A model taught further by the pictures a visitor has named."""

from __future__ import annotations

from .errors import FittingRoomError
from .recipes import Recipe
from .runs import Run

EPOCHS = 3
RATE = 0.1  # of the learning rate it was trained with: to correct, not to begin again
SHARE = 0.1  # of the training set, so that it does not forget what it knows


def can_be_tuned(run: Run) -> bool:
    """Whether a model learns from people's own pictures at all."""
    return run.usable and getattr(run.recipe, "everyday", False)


def tuning_recipe(run: Run) -> Recipe:
    """The recipe of a copy that goes on from this run's weights; train it with `photos`.

    It learns the photos; the share of the training set, with its labels as given, only keeps it
    from forgetting. Decisions about labels are in the weights already where it learned from them.
    """
    if not can_be_tuned(run):
        raise FittingRoomError(
            f"{run.title} does not learn from people's own pictures: choose a model that does, "
            "such as Everyday."
        )
    recipe = run.recipe
    return recipe.replaced(
        title=f"{run.title}, tuned"[:80],
        about=f"{run.title}, taught further by named pictures",
        start_from=run.name,
        epochs=EPOCHS,
        learning_rate=recipe.learning_rate * RATE,
        schedule="cosine",
        train_share=SHARE,
        labels="given",
    )
