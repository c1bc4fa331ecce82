import io
import json
import tracemalloc
import zipfile

import pytest

from fashion_model.data import Dataset
from fashion_model.errors import FittingRoomError
from fashion_model.recipes import Recipe
from fashion_model.runs import Run, list_runs
from fashion_model.sharing import TAKEN, export_run, import_run
from tests.making_runs import finished_run

RECIPE = Recipe(kind="cnn", epochs=4, title="From afar").to_toml()
EPOCH = {"event": "epoch", "epoch": 1, "loss": 1, "accuracy": 0.5, "val_loss": 1}
EPOCH |= {"val_accuracy": 0.5}


@pytest.fixture(autouse=True)
def models(tmp_path, monkeypatch):
    monkeypatch.setenv("FITTING_ROOM_MODELS", str(tmp_path / "models"))


@pytest.fixture
def run(small_dataset: Dataset) -> Run:
    return finished_run(small_dataset, "mine", "My first network", shipped=True)


def zipped(**contents: str | bytes) -> bytes:
    """A zip file; dots in names are written `__`, and slashes `___`."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        for name, text in contents.items():
            packed.writestr(name.replace("___", "/").replace("__", "."), text)
    return file.getvalue()


def test_what_is_given_holds_the_run_in_a_folder_of_its_name(run):
    with zipfile.ZipFile(io.BytesIO(export_run(run))) as packed:
        names = packed.namelist()
        about = json.loads(packed.read("mine/about.json"))
    assert {"mine/recipe.toml", "mine/model.keras", "mine/model.tflite", "mine/test.npz"} <= set(
        names
    )
    assert not any("lock" in name or "worker.log" in name for name in names)
    assert about["title"] == "My first network"
    assert "shipped" not in about


def test_a_run_comes_back_with_its_recipe_its_history_and_its_weights(run):
    copy = import_run(export_run(run))
    assert copy.name != run.name
    assert copy.title == "My first network"
    assert copy.recipe == run.recipe
    assert [e["val_accuracy"] for e in copy.history.epochs] == [
        e["val_accuracy"] for e in run.history.epochs
    ]
    assert (copy.folder / "model.keras").read_bytes() == (run.folder / "model.keras").read_bytes()
    assert not copy.shipped


def test_what_a_stranger_says_it_is_worth_is_not_taken(run):
    copy = import_run(export_run(run))
    assert copy.result is None
    assert not copy.usable
    assert copy.state == "stopped"
    assert {path.name for path in copy.folder.iterdir()} == {
        "recipe.toml", "about.json", "history.jsonl", "model.keras",
    }  # fmt: skip


def test_an_estimator_is_taken_for_an_estimator_and_a_network_for_a_network():
    forest = Recipe(kind="random-forest", title="Forest").to_toml()
    both = {"estimator__skops": b"trees", "model__keras": b"layers"}
    copy = import_run(zipped(recipe__toml=forest, **both))
    assert (copy.folder / "estimator.skops").exists()
    assert not (copy.folder / "model.keras").exists()


def test_a_name_can_be_given_and_is_refused_where_it_is_taken():
    contents = zipped(recipe__toml=RECIPE, model__keras=b"w")
    assert import_run(contents, name="afar").name == "afar"
    with pytest.raises(FittingRoomError, match="choose another name"):
        import_run(contents, name="afar")


@pytest.mark.parametrize(
    "name", [".._slash_recipe.toml", "_slash_etc_slash_recipe.toml", "a_back_.._back_recipe.toml"]
)
def test_a_zip_that_points_out_of_its_folder_is_refused(name, tmp_path):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr(name.replace("_slash_", "/").replace("_back_", "\\"), RECIPE)
        packed.writestr("model.keras", b"w")
    with pytest.raises(FittingRoomError, match="points out of its own folder"):
        import_run(file.getvalue())
    assert list_runs() == []


@pytest.mark.parametrize(
    ("contents", "sentence"),
    [
        (b"no zip at all", "no sound zip file"),
        (b"", "no sound zip file"),
        (zipped(readme__txt="hello"), "no recipe.toml"),
        (zipped(recipe__toml=RECIPE), "no model.keras"),
        (zipped(recipe__toml="kind = 'oracle'", model__keras=b"w"), "must be one of"),
        (zipped(recipe__toml=b"\xff\xfe\xfd", model__keras=b"w"), "no text"),
        (zipped(a___recipe__toml=RECIPE, b___recipe__toml=RECIPE), "two recipe.toml"),
    ],
)
def test_what_is_no_run_is_refused_in_one_sentence(contents, sentence):
    with pytest.raises(FittingRoomError, match=sentence):
        import_run(contents)
    assert list_runs() == []


def test_a_torn_zip_is_refused(run):
    with pytest.raises(FittingRoomError):
        import_run(export_run(run)[:-2000])
    assert list_runs() == [run]


def test_a_file_that_unpacks_to_more_than_a_run_needs_is_refused(monkeypatch):
    monkeypatch.setitem(TAKEN, "model.keras", 1000)
    with pytest.raises(FittingRoomError, match=r"model.keras .* is larger"):
        import_run(zipped(recipe__toml=RECIPE, model__keras=bytes(1001)))
    assert list_runs() == []


def test_of_weights_only_those_of_the_recipe_are_unpacked_and_never_whole_in_memory(monkeypatch):
    monkeypatch.setitem(TAKEN, "estimator.npz", 1000)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed:
        packed.writestr("recipe.toml", RECIPE)
        packed.writestr("model.keras", bytes(40_000_000))
        packed.writestr("estimator.npz", bytes(1001))  # more than is taken, but nobody asks
    tracemalloc.start()
    try:
        run = import_run(file.getvalue())
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert (run.folder / "model.keras").stat().st_size == 40_000_000
    assert not (run.folder / "estimator.npz").exists()
    assert peak < 10_000_000


def test_a_zip_whose_names_have_backslashes_is_taken_too():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr("mine\\recipe.toml", RECIPE)
        packed.writestr("mine\\model.keras", b"w")
    run = import_run(file.getvalue())
    assert (run.folder / "model.keras").read_bytes() == b"w"


def test_a_history_keeps_only_events_of_the_form_that_pages_rely_on():
    lines = [
        EPOCH | {"confusion": [["a"]]},
        EPOCH | {"epoch": 2, "val_accuracy": "ninety"},
        {"event": "fail", "message": "<b>not mine</b>"},
        ["no event"],
    ]
    text = "".join(json.dumps(line) + "\n" for line in lines) + "half a li"
    run = import_run(zipped(recipe__toml=RECIPE, model__keras=b"w", history__jsonl=text))
    assert [epoch["epoch"] for epoch in run.history.epochs] == [1]
    assert "confusion" not in run.history.epochs[0]
    assert run.history.last_event == "end"


@pytest.mark.parametrize("about", ["[]", "{", '{"title": 7}', '{"title": "  "}'])
def test_a_strange_title_gives_way_to_the_recipes(about):
    run = import_run(zipped(recipe__toml=RECIPE, model__keras=b"w", about__json=about))
    assert run.title == "From afar"


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ('{"temperature": 1.4, "garment_threshold": 0.2, "x": "<b>", "photos": 7}', 2),
        ('{"temperature": 0, "garment_threshold": 1.5, "conformal_threshold": -0.1}', 0),
        ('{"temperature": NaN, "garment_threshold": true, "conformal_threshold": "0.5"}', 0),
        (f'{{"temperature": {10**400}, "garment_threshold": {10**400}}}', 0),
        ("[1]", 0),
        ("{", 0),
    ],
)
def test_of_thresholds_for_photos_only_known_and_sound_ones_come_along(told, kept):
    run = import_run(zipped(recipe__toml=RECIPE, model__keras=b"w", pictures__json=told))
    path = run.folder / "pictures.json"
    assert len(json.loads(path.read_text()) if path.exists() else {}) == kept


@pytest.mark.parametrize(
    "event",
    [
        '{"event": "epoch", "epoch": Infinity, "loss": 1}',
        json.dumps(EPOCH | {"loss": 10**400}),
        '{"event": "start", "epochs": "many", "hardware": ["<b>"], "strip": ["x"], "more": 1}',
        '{"event": ["start"]}',
        '{"event": "end", "reason": "<script>"}',
        "[" * 100_000,
    ],
)
def test_of_an_event_only_what_is_known_and_sound_is_taken(event):
    run = import_run(zipped(recipe__toml=RECIPE, model__keras=b"w", history__jsonl=event + "\n"))
    history = run.history
    assert history.epochs == []
    assert set(history.start or {"event": 0}) == {"event"}
    assert history.end["event"] == "end"
    assert history.end.get("reason", "done") == "done"
