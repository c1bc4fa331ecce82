"""What to train: a frozen, checked `Recipe`, and the presets that ship with the library.

A recipe is flat, so that it reads as a short TOML file. Each key says for itself what it means,
what it may be and which kinds of model know it; the checks, the TOML, the command line's
`--set` and the sliders of the app all come from that one table.
"""

from __future__ import annotations

import dataclasses
import difflib
import json
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .errors import FittingRoomError

PRESETS = Path(__file__).parent / "presets"

CLASSIC = ("logistic-regression", "linear-svm", "rbf-svm", "random-forest", "knn")
# Networks whose shape is in the recipe itself.
DRAWN_HERE = ("mlp", "cnn", "residual", "strided", "staged")
NETWORKS = (*DRAWN_HERE, "transfer")
KINDS = CLASSIC + NETWORKS
BACKBONES = ("MobileNetV2", "ResNet50", "VGG16")


class RecipeError(FittingRoomError):
    """A recipe that cannot be used; its text names the key, the value and what is allowed."""


def _key(default, help, *, kinds=KINDS, low=None, high=None, choices=None):
    return dataclasses.field(
        default=default,
        metadata={"help": help, "kinds": kinds, "low": low, "high": high, "choices": choices},
    )


@dataclass(frozen=True)
class Recipe:
    """Everything that decides how a model comes out. Equal recipes train equal models."""

    kind: str = _key("cnn", "what is trained", choices=KINDS)
    title: str = _key("", "a name for people")
    about: str = _key("", "what this is, in a line")
    seed: int = _key(0, "fixes every random choice", low=0, high=2**31 - 1)
    train_share: float = _key(1.0, "share of the training pictures used", low=0.001, high=1.0)
    labels: str = _key(
        "given",
        "labels that are learned: as given, or as people decided about them",
        choices=("given", "reviewed"),
    )

    epochs: int = _key(10, "times the training pictures are seen", kinds=NETWORKS, low=1, high=1000)
    batch_size: int = _key(64, "pictures a step", kinds=NETWORKS, low=1, high=8192)
    optimizer: str = _key(
        "adam", "how steps are taken", kinds=NETWORKS, choices=("adam", "sgd", "muon")
    )
    learning_rate: float = _key(
        0.001, "size of a step, at its largest", kinds=NETWORKS, low=1e-7, high=10.0
    )
    schedule: str = _key(
        "constant",
        "how the learning rate changes over the training",
        kinds=NETWORKS,
        choices=("constant", "cosine", "one-cycle"),
    )
    weight_decay: float = _key(
        0.0, "pull of the weights to zero", kinds=NETWORKS, low=0.0, high=0.5
    )
    label_smoothing: float = _key(
        0.0, "share of each label spread over all classes", kinds=NETWORKS, low=0.0, high=0.5
    )
    average: float = _key(
        0.0,
        "share an epoch leaves of the running average of the weights, which answers; 0: no average",
        kinds=DRAWN_HERE,
        low=0.0,
        high=0.999,
    )
    patience: int = _key(
        0,
        "epochs without a better validation accuracy before it stops; 0 never stops early",
        kinds=NETWORKS,
        low=0,
        high=1000,
    )
    filters: tuple[int, ...] = _key(
        (32, 64),
        "filters of each convolution block",
        kinds=("cnn", "residual", "strided", "staged"),
        low=1,
        high=1024,
    )
    coarse: bool = _key(
        False, "the first layer halves the picture, for a faster training", kinds=("residual",)
    )
    added: int = _key(
        1,
        "further convolutions at each size, each added to what is there",
        kinds=("staged",),
        low=1,
        high=8,
    )
    dense: tuple[int, ...] = _key(
        (128,),
        "units of each dense layer",
        kinds=("mlp", "cnn", "strided", "transfer"),
        low=1,
        high=8192,
    )
    dropout: float = _key(
        0.0, "share of units left out at each step", kinds=NETWORKS, low=0.0, high=0.9
    )
    batch_norm: bool = _key(False, "batch normalisation in each block", kinds=("mlp", "cnn"))
    flip: bool = _key(False, "mirror half of the pictures", kinds=NETWORKS)
    flip_in_turns: bool = _key(
        False, "the other half in every other epoch, instead of any half", kinds=NETWORKS
    )
    shift: int = _key(0, "largest shift in pixels, each way", kinds=NETWORKS, low=0, high=8)
    erase: float = _key(
        0.0, "share of the pictures with a random patch erased", kinds=NETWORKS, low=0.0, high=1.0
    )
    everyday: bool = _key(
        False,
        "also learn from pictures as people take and draw them, and from what is no garment",
        kinds=DRAWN_HERE,
    )
    stored_as: str = _key(
        "float32",
        "how the file that answers keeps its weights: float16 takes half the room",
        kinds=NETWORKS,
        choices=("float32", "float16"),
    )
    start_from: str = _key("", "a run whose weights this one starts from", kinds=DRAWN_HERE)

    backbone: str = _key(
        "MobileNetV2", "the network that is built on", kinds=("transfer",), choices=BACKBONES
    )
    weights: str = _key(
        "imagenet",
        "what the backbone already knows",
        kinds=("transfer",),
        choices=("imagenet", "none"),
    )
    picture_size: int = _key(
        64, "side the pictures are enlarged to", kinds=("transfer",), low=32, high=224
    )
    fine_tune_epochs: int = _key(
        3, "last epochs, with the backbone free to move", kinds=("transfer",), low=0, high=1000
    )

    penalty: float = _key(
        1.0,
        "C: the larger, the closer the fit",
        kinds=("logistic-regression", "linear-svm", "rbf-svm"),
        low=1e-6,
        high=1e6,
    )
    iterations: int = _key(
        200,
        "steps of the solver at most",
        kinds=("logistic-regression", "linear-svm"),
        low=1,
        high=100_000,
    )
    trees: int = _key(100, "trees in the forest", kinds=("random-forest",), low=1, high=2000)
    neighbours: int = _key(5, "pictures that vote", kinds=("knn",), low=1, high=1000)

    def __post_init__(self):
        for field in dataclasses.fields(self):
            object.__setattr__(self, field.name, _checked(field, getattr(self, field.name)))
        for name in set(FIELDS) - set(self.keys()):
            if getattr(self, name) != FIELDS[name].default:
                raise RecipeError(
                    f"`{name}` means nothing to {self.kind}: it is for "
                    f"{_listed(FIELDS[name].metadata['kinds'])}."
                )
        if self.kind in ("cnn", "strided", "staged") and len(self.filters) > 4:
            raise RecipeError(
                f"`filters` has {len(self.filters)} entries, but each of a {self.kind}'s blocks "
                "halves the 28 pixels: at most 4 are allowed."
            )
        if self.kind in ("residual", "strided", "staged") and not self.filters:
            raise RecipeError(
                f"`filters` is [], but {self.kind} needs at least 1 entry: the first."
            )
        if self.kind == "transfer" and self.fine_tune_epochs > self.epochs:
            raise RecipeError(
                f"`fine_tune_epochs` is {self.fine_tune_epochs}, but there are only {self.epochs} "
                "`epochs`: give at most as many."
            )

    @property
    def is_network(self) -> bool:
        """True for networks, which train epoch by epoch; False for scikit-learn estimators."""
        return self.kind in NETWORKS

    def keys(self) -> list[str]:
        """The keys that mean something to this kind, in the order they are written."""
        return [name for name, field in FIELDS.items() if self.kind in field.metadata["kinds"]]

    def to_dict(self) -> dict[str, Any]:
        """Every key that means something to this kind, with its value."""
        return {name: getattr(self, name) for name in self.keys()}

    def replaced(self, **changes: Any) -> Recipe:
        """The same recipe with other values, checked again."""
        return Recipe.from_dict(self.to_dict() | changes)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Recipe:
        """A recipe from plain values; refuses what it does not know."""
        for name in values:
            if name not in FIELDS:
                close = difflib.get_close_matches(name, FIELDS, n=1)
                hint = f"did you mean `{close[0]}`?" if close else f"known are {_listed(FIELDS)}."
                raise RecipeError(f"A recipe has no key `{name}`: {hint}")
        if "kind" not in values:
            raise RecipeError(f"A recipe needs the key `kind`, one of {_listed(KINDS)}.")
        return cls(**values)

    @classmethod
    def from_toml(cls, text: str) -> Recipe:
        """A recipe from TOML text."""
        try:
            return cls.from_dict(tomllib.loads(text))
        except RecipeError:
            raise
        except (ValueError, RecursionError) as error:  # also a number of 5,000 digits, or [[[[…
            raise RecipeError(f"This is not a TOML recipe: {error}.") from None

    def to_toml(self) -> str:
        """The recipe as TOML, each key with its meaning beside it."""
        lines = []
        for name, value in self.to_dict().items():
            line = f"{name} = {_toml(value)}"
            plain = name in ("kind", "title", "about")
            lines.append(line if plain else f"{line:<30} # {FIELDS[name].metadata['help']}")
        return "\n".join(lines) + "\n"


FIELDS: dict[str, dataclasses.Field] = {field.name: field for field in dataclasses.fields(Recipe)}


def preset_names() -> list[str]:
    """The recipes that ship with the library."""
    return sorted(path.stem for path in PRESETS.glob("*.toml"))


def load_recipe(name_or_path: str | Path) -> Recipe:
    """A preset by its name, or a recipe from a TOML file."""
    preset = PRESETS / f"{name_or_path}.toml"
    if str(name_or_path) in preset_names():
        return Recipe.from_toml(preset.read_text(encoding="utf-8"))
    path = Path(name_or_path)
    if path.suffix != ".toml":
        close = difflib.get_close_matches(str(name_or_path), preset_names(), n=1)
        hint = f"did you mean {close[0]}?" if close else f"presets are {_listed(preset_names())}."
        raise RecipeError(f"There is no preset `{name_or_path}`, and it is no .toml file: {hint}")
    try:
        return Recipe.from_toml(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not text"
        raise RecipeError(f"The recipe {path} cannot be read: {reason}.") from None


def parse_setting(setting: str) -> tuple[str, Any]:
    """`key=value` as typed on a command line; the value as in TOML, bare words as text."""
    name, equals, text = setting.partition("=")
    if not equals:
        raise RecipeError(f"`{setting}` is no setting: write key=value, such as epochs=5.")
    try:
        value = tomllib.loads(f"value = {text}")["value"]
    except (ValueError, RecursionError):  # no TOML, a number of 5,000 digits, or [[[[…
        value = text
    return name.strip(), value


def _checked(field: dataclasses.Field, value: Any) -> Any:
    """The value in the type its key has, or one sentence about why not."""
    limits, default = field.metadata, field.default
    wanted, good = _type_of(default), False
    if isinstance(default, bool):
        good = isinstance(value, bool)
    elif isinstance(default, str):
        good = isinstance(value, str) and value.isprintable() and len(value) <= 400
    elif isinstance(default, int):
        good = isinstance(value, int) and not isinstance(value, bool)
    elif isinstance(default, float):
        good = isinstance(value, int | float) and not isinstance(value, bool)
        good = good and abs(value) <= sys.float_info.max
        value = float(value) if good else value
    elif isinstance(default, tuple):
        good = isinstance(value, list | tuple) and all(type(item) is int for item in value)
        value = tuple(value) if good else value
        if good and len(value) > 12:
            raise RecipeError(f"`{field.name}` has {len(value)} entries: at most 12 are allowed.")
    if not good:
        raise RecipeError(f"`{field.name}` is {_shown(value)}, but must be {wanted}.")
    if limits["choices"] and value not in limits["choices"]:
        raise RecipeError(
            f"`{field.name}` is {_shown(value)}, but must be one of {_listed(limits['choices'])}."
        )
    for number in value if isinstance(value, tuple) else (value,):
        if limits["low"] is not None and not limits["low"] <= number <= limits["high"]:
            raise RecipeError(
                f"`{field.name}` is {_shown(value)}, but must be between "
                f"{limits['low']} and {limits['high']}."
            )
    return value


def _type_of(default: Any) -> str:
    names = {
        bool: "true or false",
        str: "a line of text",
        int: "a whole number",
        float: "a number",
        tuple: "a list of whole numbers",
    }
    return names[type(default)]


def _shown(value: Any) -> str:
    plain = isinstance(value, str | bool | int | float | tuple | list)
    try:
        text = _toml(value) if plain else repr(value)
    except ValueError:  # Python refuses to write thousands of digits
        text = "a number of thousands of digits"
    return text if len(text) <= 60 else text[:57] + "…"


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)  # a JSON string is a TOML basic string
    if isinstance(value, tuple | list):
        return "[" + ", ".join(_toml(item) for item in value) + "]"
    return repr(value)


def _listed(names) -> str:
    return ", ".join(names)
