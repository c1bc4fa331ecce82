"""Recipes: what is refused, how it is said, and the way through TOML and back."""

import dataclasses

import pytest

from fashion_model.recipes import (
    KINDS,
    NETWORKS,
    Recipe,
    RecipeError,
    load_recipe,
    parse_setting,
    preset_names,
)

ASKED_FOR = {
    *("logistic-regression", "linear-svm", "rbf-svm", "random-forest", "knn"),
    *("mlp", "cnn", "cnn-dropout", "cnn-augmented", "transfer"),
}


def test_the_presets_are_there_and_each_says_what_it_is():
    assert set(preset_names()) >= ASKED_FOR
    for name in preset_names():
        recipe = load_recipe(name)
        assert recipe.title, name
        assert recipe.about, name


def test_the_mlp_preset_is_the_network_it_reproduces():
    mlp = load_recipe("mlp")
    assert (mlp.dense, mlp.optimizer, mlp.batch_size, mlp.epochs) == ((128, 64), "adam", 512, 50)


@pytest.mark.parametrize("name", [*sorted(ASKED_FOR)])
def test_toml_and_back(name):
    recipe = load_recipe(name)
    assert Recipe.from_toml(recipe.to_toml()) == recipe


def test_toml_keeps_text_that_needs_care():
    recipe = Recipe(kind="mlp", title='He said "\\n" # ü', learning_rate=1e-5)
    assert Recipe.from_toml(recipe.to_toml()) == recipe


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"kind": "cnn", "epoch": 3}, "no key `epoch`: did you mean `epochs`?"),
        ({"kind": "cnn", "zzz": 3}, "no key `zzz`: known are kind"),
        ({}, "needs the key `kind`"),
        ({"kind": "forest"}, '`kind` is "forest", but must be one of logistic-regression'),
        ({"kind": ["cnn"]}, '`kind` is ["cnn"], but must be a line of text'),
        ({"kind": "cnn", "epochs": "3"}, '`epochs` is "3", but must be a whole number'),
        ({"kind": "cnn", "epochs": True}, "`epochs` is true, but must be a whole number"),
        ({"kind": "cnn", "epochs": 3.0}, "`epochs` is 3.0, but must be a whole number"),
        ({"kind": "cnn", "epochs": 10**9}, "must be between 1 and 1000"),
        ({"kind": "cnn", "batch_size": 0}, "`batch_size` is 0, but must be between 1 and 8192"),
        ({"kind": "cnn", "dropout": float("nan")}, "`dropout` is nan, but must be a number"),
        ({"kind": "cnn", "flip": 1}, "`flip` is 1, but must be true or false"),
        ({"kind": "cnn", "title": "two\nlines"}, "must be a line of text"),
        ({"kind": "cnn", "filters": 32}, "`filters` is 32, but must be a list of whole numbers"),
        ({"kind": "cnn", "filters": [0]}, "`filters` is [0], but must be between 1 and 1024"),
        ({"kind": "mlp", "dense": [8] * 13}, "`dense` has 13 entries: at most 12"),
        ({"kind": "cnn", "filters": [8] * 5}, "at most 4 are allowed"),
        ({"kind": "residual", "filters": []}, "residual needs at least 1"),
        ({"kind": "strided", "filters": []}, "strided needs at least 1"),
        ({"kind": "staged", "filters": []}, "staged needs at least 1"),
        ({"kind": "staged", "filters": [4] * 5}, "each of a staged's blocks halves"),
        ({"kind": "strided", "filters": [4] * 5}, "each of a strided's blocks halves"),
        ({"kind": "cnn", "optimizer": "lion"}, "must be one of adam, sgd, muon"),
        ({"kind": "mlp", "filters": [8]}, "`filters` means nothing to mlp: it is for cnn, res"),
        ({"kind": "knn", "epochs": 3}, "`epochs` means nothing to knn"),
        ({"kind": "transfer", "epochs": 2, "fine_tune_epochs": 3}, "only 2 `epochs`"),
    ],
)
def test_what_is_refused_and_how(values, told):
    with pytest.raises(RecipeError) as refused:
        Recipe.from_dict(values)
    assert told in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("text", ["kind = ", "kind", "[" * 5000, "epochs = " + "9" * 5000, "\0"])
def test_what_is_no_toml_is_refused(text):
    with pytest.raises(RecipeError, match="not a TOML recipe"):
        Recipe.from_toml(text)


def test_a_recipe_cannot_be_changed_but_replaced_and_is_checked_again():
    recipe = Recipe(kind="cnn")
    with pytest.raises(dataclasses.FrozenInstanceError):
        recipe.epochs = 3
    assert recipe.replaced(epochs=3).epochs == 3
    with pytest.raises(RecipeError):
        recipe.replaced(epochs=0)


def test_each_kind_knows_its_keys():
    for kind in KINDS:
        keys = Recipe(kind=kind).keys()
        assert ("epochs" in keys) == (kind in NETWORKS)
        assert {"kind", "seed", "train_share"} <= set(keys)


def test_load_recipe_finds_presets_and_files(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text('kind = "mlp"\nepochs = 2\n')
    assert load_recipe(path).epochs == 2
    assert load_recipe("mlp").kind == "mlp"
    with pytest.raises(RecipeError, match="did you mean cnn-dropout"):
        load_recipe("cnn-dropuot")
    with pytest.raises(RecipeError, match=r"nowhere.toml cannot be read: No such file"):
        load_recipe("nowhere.toml")
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(RecipeError, match="it is not text"):
        load_recipe(path)


def test_settings_as_typed():
    assert parse_setting("epochs=5") == ("epochs", 5)
    assert parse_setting("filters=[8, 16]") == ("filters", [8, 16])
    assert parse_setting("schedule=cosine") == ("schedule", "cosine")
    with pytest.raises(RecipeError, match="write key=value"):
        parse_setting("epochs")


@pytest.mark.parametrize("value", ["9" * 5000, "0x" + "f" * 5000, "[" * 5000])
def test_settings_that_are_too_much_for_python_are_refused_in_a_sentence(value):
    name, typed = parse_setting(f"epochs={value}")
    with pytest.raises(RecipeError, match=r"`epochs` is .{1,70}must be"):
        Recipe(kind="mlp", **{name: typed})
