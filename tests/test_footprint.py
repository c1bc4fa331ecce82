"""Recipes no computer could train are refused before; a memory that ran out is said so."""

import re
from pathlib import Path

import pytest

from fashion_model import footprint
from fashion_model.creating import create_run
from fashion_model.footprint import check_memory, kills_for_memory, least_memory
from fashion_model.recipes import Recipe, RecipeError, load_recipe, preset_names
from fashion_model.runs import list_runs
from fashion_model.working import _sentence
from tests.making_runs import stopped_run

ABSURD = (
    "epochs = 1_000_000_000",
    "epochs = -1",
    "batch_size = 0",
    "batch_size = 1e99",
    "learning_rate = inf",
    f"learning_rate = {10**400}",
    f"epochs = {10**400}",
    "dropout = nan",
    "dense = [99999999999]",
    "filters = [32, 32, 32, 32, 32, 32]",
    "seed = 99999999999999999999",
)


@pytest.mark.parametrize("setting", ABSURD)
def test_an_absurd_recipe_is_one_sentence(setting):
    with pytest.raises(RecipeError, match=setting.partition(" ")[0]) as refusal:
        Recipe.from_toml(f'kind = "cnn"\n{setting}\n')
    assert "\n" not in str(refusal.value)


def test_layers_that_do_not_fit_memory_are_refused_before_there_is_a_run(
    models_folder, monkeypatch
):
    monkeypatch.setattr(footprint, "memory_of_this_computer", lambda: 8 * 10**9)
    for recipe in (
        Recipe(kind="mlp", dense=(8192,) * 12),
        Recipe(kind="cnn", filters=(1024, 1024), batch_size=8192),
        Recipe(kind="transfer", backbone="VGG16", picture_size=224, batch_size=4096),
    ):
        with pytest.raises(RecipeError, match="this computer has 8: choose fewer units"):
            create_run(recipe)
    assert list_runs() == []


@pytest.mark.parametrize("name", preset_names())
def test_every_preset_fits_a_small_computer(name, monkeypatch):
    monkeypatch.setattr(footprint, "memory_of_this_computer", lambda: 2 * 10**9)
    check_memory(load_recipe(name))


@pytest.mark.parametrize("kind", ["mlp", "cnn", "residual", "strided", "staged"])
def test_no_network_takes_less_than_was_reckoned(kind):
    from fashion_model.networks import build_network

    recipe = Recipe(kind=kind, filters=(8, 16)) if kind != "mlp" else Recipe(kind=kind)
    numbers = build_network(recipe).count_params()
    reckoned = least_memory(recipe.replaced(batch_size=1)) / 4 / 4
    assert 0.3 * numbers < reckoned < 1.0 * numbers + 28 * 28 * 16
    if kind == "staged":
        deeper = build_network(recipe.replaced(added=3)).count_params()
        more = least_memory(recipe.replaced(batch_size=1, added=3)) / 4 - 4 * reckoned
        outputs = 2 * (28 * 28 * 8 + 14 * 14 * 16)
        assert more - outputs == pytest.approx(4 * (deeper - numbers), rel=0.1)
    averaged = least_memory(recipe.replaced(batch_size=1, average=0.9))
    assert averaged > least_memory(recipe.replaced(batch_size=1))


def test_a_worker_that_the_system_ended_for_its_memory_is_reported_as_that(
    small_dataset, models_folder, monkeypatch
):
    run = stopped_run(small_dataset, finished=False)
    run.record("start", epochs=6, kills_for_memory=3)
    monkeypatch.setattr("fashion_model.runs.kills_for_memory", lambda: 3)
    assert "ended without a word" in run.message
    monkeypatch.setattr("fashion_model.runs.kills_for_memory", lambda: 4)
    assert "ran out of memory" in run.message
    assert run.resumable


def test_the_system_tells_how_often_it_did(tmp_path, monkeypatch):
    monkeypatch.setattr(footprint, "CGROUP", tmp_path)
    system = Path("/proc/vmstat")
    told = re.search(r"^oom_kill (\d+)$", system.read_text(), re.M) if system.exists() else None
    assert kills_for_memory() == (int(told[1]) if told else None)
    (tmp_path / "memory.events").write_text("low 0\noom 9\noom_kill 7\n")
    (tmp_path / "memory.max").write_text("1000000\n")
    assert kills_for_memory() == 7
    assert footprint.memory_of_this_computer() == 1_000_000


def test_memory_that_python_or_tensorflow_was_refused_is_reported_as_that():
    class ResourceExhaustedError(Exception):
        pass

    for error in (MemoryError(), ResourceExhaustedError("OOM when allocating")):
        assert _sentence(error).startswith("It ran out of memory")
