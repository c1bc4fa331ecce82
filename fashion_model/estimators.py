"""Recipe → scikit-learn estimator, kept without pickle and asked like any network.

An estimator learns from pixels between 0 and 1. Where it has no probabilities, the softmax of
its scores stands in; the temperature fitted on the validation part makes something sensible of
it. Its features are the pixels.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from . import files
from .classes import CLASSES
from .errors import FittingRoomError
from .recipes import Recipe

LEAST = 1e-4  # a forest that no tree votes for a class does not know that it is impossible
TRUSTED = {"sklearn.tree._tree.Tree"}  # plain arrays in an extension type; skops asks about it


class Estimator:
    """A fitted estimator that gives log-probabilities and features of pictures."""

    def __init__(self, model):
        self.model = model

    def raw(self, pictures: np.ndarray) -> dict[str, np.ndarray]:
        """What it makes of pictures (n, 28, 28), before calibration."""
        pixels = _pixels(pictures)
        if hasattr(self.model, "decision_function"):
            scores = self.model.decision_function(pixels)
            logs = scores - np.logaddexp.reduce(scores, axis=1, keepdims=True)
        else:
            found = self.model.predict_proba(pixels).clip(LEAST)
            logs = np.log(found / found.sum(axis=1, keepdims=True))
        return {"log_probabilities": logs.astype("float32"), "features": pixels}

    @property
    def parameters(self) -> int:
        """How many numbers were learned (or kept, where learning is remembering)."""
        model = self.model
        if hasattr(model, "coef_") and isinstance(model.coef_, np.ndarray):
            return int(model.coef_.size + model.intercept_.size)
        if hasattr(model, "support_vectors_"):
            return int(model.support_vectors_.size + model.dual_coef_.size + model.intercept_.size)
        if hasattr(model, "estimators_"):
            return int(sum(tree.tree_.node_count * 3 for tree in model.estimators_))
        return int(model._fit_X.size)

    @property
    def coefficients(self) -> np.ndarray | None:
        """A weight for each class and pixel (10, 28, 28); None where it has more than those."""
        weights = getattr(self.model, "coef_", None)
        return None if weights is None else weights.reshape(len(CLASSES), 28, 28)

    def save(self, folder: Path) -> None:
        """Keep it in a run's folder."""
        import skops.io

        if hasattr(self.model, "n_neighbors"):  # what it knows is the pictures themselves
            files.write_arrays(
                folder / "estimator.npz",
                pictures=np.round(self.model._fit_X * 255).astype("uint8"),
                labels=self.model._y.astype("uint8"),
                neighbours=np.array(self.model.n_neighbors),
            )
            return
        with files.appearing(folder / "estimator.skops") as beside:
            skops.io.dump(self.model, beside)

    @classmethod
    def load(cls, path: Path) -> Estimator:
        """Open it again; refuses a file that holds anything but the estimators known here."""
        if path.suffix == ".npz":
            kept = files.read_arrays(path)
            if not kept or not {"pictures", "labels", "neighbours"} <= set(kept):
                raise FittingRoomError(f"{path.name} cannot be read: train the run again.")
            model = _nearest(int(kept["neighbours"]))
            return cls(model.fit(kept["pictures"].astype("float32") / 255, kept["labels"]))
        import skops.io

        try:
            unknown = set(skops.io.get_untrusted_types(file=path)) - TRUSTED
            if unknown:
                raise FittingRoomError(
                    f"{path.name} holds something that is no estimator "
                    f"({', '.join(sorted(unknown))[:120]}) and was not opened."
                )
            return cls(skops.io.load(path, trusted=sorted(TRUSTED)))
        except FittingRoomError:
            raise
        except Exception as error:
            raise FittingRoomError(
                f"{path.name} cannot be read ({type(error).__name__}): train the run again."
            ) from error


def fit_estimator(recipe: Recipe, pictures: np.ndarray, labels: np.ndarray) -> Estimator:
    """Train the estimator of a recipe."""
    missing = [name for label, name in enumerate(CLASSES) if label not in labels]
    if missing:
        raise FittingRoomError(
            f"Among the {len(labels)} pictures there is none of {missing[0]}: raise `train_share`."
        )
    return Estimator(_unfitted(recipe).fit(_pixels(pictures), np.asarray(labels)))


def _unfitted(recipe: Recipe):
    """The estimator of a recipe, before it has seen anything."""
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.linear_model import LogisticRegression
    from sklearn.svm import SVC, LinearSVC

    if recipe.kind == "logistic-regression":
        return LogisticRegression(C=recipe.penalty, max_iter=recipe.iterations)
    if recipe.kind == "linear-svm":
        return LinearSVC(C=recipe.penalty, max_iter=recipe.iterations, random_state=recipe.seed)
    if recipe.kind == "rbf-svm":
        return SVC(C=recipe.penalty, cache_size=1000)
    if recipe.kind == "random-forest":
        return RandomForestClassifier(recipe.trees, n_jobs=-1, random_state=recipe.seed)
    return _nearest(recipe.neighbours)


def _nearest(neighbours: int):
    from sklearn.neighbors import KNeighborsClassifier

    return KNeighborsClassifier(neighbours, algorithm="brute", weights="distance", n_jobs=-1)


def _pixels(pictures: np.ndarray) -> np.ndarray:
    return np.asarray(pictures, "float32").reshape(len(pictures), -1) / 255
