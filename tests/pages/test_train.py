"""Train, in every state a run can be in."""

import os
from pathlib import Path

import pytest

from fashion_model import jobs
from fashion_model.changing import delete_run
from fashion_model.creating import create_run
from fashion_model.errors import FittingRoomError
from fashion_model.recipes import Recipe, load_recipe
from fashion_model.runs import list_runs
from tests.making_runs import failed_run, finished_run, queued_run, stopped_run, training_run
from tests.pages.reading import links, wall, words_of

pytestmark = pytest.mark.usefixtures("nothing_is_started")

LAYERS = [{"name": "flatten", "output": [784], "parameters": 0}]
ABOUT = {"layers": LAYERS, "parameters": 1234, "multiply_adds": 5678, "seconds_per_epoch": 8.0}


class Measured:
    """A short job as far as the page knows it."""

    done, result, error = True, ABOUT, None


@pytest.fixture
def nothing_is_started(monkeypatch):
    """No test of this file waits for a worker."""
    monkeypatch.setattr(jobs, "describe", lambda recipe: Measured())
    monkeypatch.setattr("ui.start_panel.SETTLED", 0.0)


@pytest.fixture
def started(monkeypatch) -> list[Recipe]:
    """The recipes that were given to a worker."""
    recipes = []

    def start(recipe, title=None, **told):
        recipes.append(recipe)
        return create_run(recipe, title=title)

    monkeypatch.setattr(jobs, "start_training", start)
    return recipes


def code(page) -> str:
    return "\n".join(block.value for block in page.code)


@pytest.mark.usefixtures("no_data")
def test_without_data_it_says_so_and_offers_it(visit):
    page = visit("train")
    assert "Training needs the Fashion-MNIST pictures" in words_of(page)
    assert page.button(key="fetch_data")


@pytest.mark.usefixtures("small_data_on_disk")
def test_the_sliders_say_what_the_toml_says(visit):
    page = visit("train")
    page.slider(key="epochs").set_value(3)
    page.select_slider(key="batch_size").set_value(256)
    page.toggle(key="flip").set_value(True).run()
    recipe = Recipe.from_toml(code(page))
    assert (recipe.epochs, recipe.batch_size, recipe.flip) == (3, 256, True)


@pytest.mark.usefixtures("small_data_on_disk")
def test_another_preset_fills_the_sliders_anew_and_hides_what_means_nothing_to_it(visit):
    page = visit("train")
    page.slider(key="epochs").set_value(3).run()
    page.selectbox(key="start_from").set_value("mlp").run()
    assert page.slider(key="epochs").value == load_recipe("mlp").epochs
    page.selectbox(key="start_from").set_value("random-forest").run()
    assert {slider.key for slider in page.select_slider} == {"trees", "train_share"}
    assert [slider.key for slider in page.slider] == []
    assert not page.exception


@pytest.mark.usefixtures("small_data_on_disk")
@pytest.mark.parametrize(
    "preset", ["cnn", "cnn-augmented", "linear-svm", "knn", "transfer", "rbf-svm"]
)
def test_every_preset_comes_through_the_form_unchanged(visit, preset):
    page = visit("train")
    page.selectbox(key="start_from").set_value(preset).run()
    assert Recipe.from_toml(code(page)) == load_recipe(preset)


@pytest.mark.usefixtures("small_data_on_disk")
def test_fewer_epochs_than_fine_tuning_takes_are_no_dead_end(visit):
    page = visit("train")
    page.selectbox(key="start_from").set_value("transfer").run()
    page.slider(key="epochs").set_value(1).run()
    assert Recipe.from_toml(code(page)).fine_tune_epochs == 1


@pytest.mark.usefixtures("small_data_on_disk")
def test_layers_and_the_measured_time_are_shown_before_the_start(visit):
    page = visit("train")
    page.slider(key="epochs").set_value(12).run()
    page.run()  # what AppTest does not do: the fragment comes back after a second
    assert "1 min 36 s" in words_of(page)  # twelve epochs of eight seconds
    assert "1,234 parameters" in words_of(page)
    assert page.dataframe[0].value["name"].tolist() == ["flatten"]


@pytest.mark.usefixtures("small_data_on_disk")
def test_a_start_opens_the_run_at_an_address_of_its_own(visit, started):
    page = visit("train")
    page.slider(key="epochs").set_value(2)
    page.text_input(key="run_title").set_value("  My   first ").run()
    page.button(key="start_training").click().run()
    assert [(recipe.epochs, recipe.title) for recipe in started] == [(2, "My first")]
    assert page.query_params["run"] == "my-first"
    assert page.title[0].value == "My first"


@pytest.mark.usefixtures("small_data_on_disk")
def test_a_start_that_fails_is_one_sentence(visit, monkeypatch):
    def refuse(*_, **__):
        raise FittingRoomError("A run cannot be written there.")

    monkeypatch.setattr(jobs, "start_training", refuse)
    page = visit("train")
    page.button(key="start_training").click().run()
    assert page.error[0].value == "A run cannot be written there."
    assert page.button(key="start_training")


@pytest.mark.usefixtures("small_data_on_disk")
def test_an_earlier_run_is_a_start_with_or_without_what_it_learned(visit, small_dataset, started):
    finished_run(small_dataset, "small", "Small", epochs=4, dropout=0.4)
    page = visit("train", start="small")
    assert page.slider(key="epochs").value == 4
    assert page.slider(key="dropout").value == 0.4
    assert Recipe.from_toml(code(page)).start_from == ""
    page.toggle(key="keep_learned").set_value(True).run()
    page.button(key="start_training").click().run()
    assert started[0].start_from == "small"
    assert started[0].title == "Small"


@pytest.mark.usefixtures("small_data_on_disk")
def test_a_run_at_work_shows_how_far_it_is(visit, small_dataset):
    run, lock = training_run(small_dataset)
    with lock:
        page = visit("train", run=run.name)
        (bar,) = page.progress
        assert "Epoch 3 of 6 · batch 40 of 86 · 6,800 images a second · " in bar.text
        assert 0 < bar.value < 100
        assert "Best so far" in words_of(page)
        assert len(wall(page, "strip")) == 12
        assert page.button(key="stop_training")


@pytest.mark.usefixtures("small_data_on_disk")
def test_stop_is_asked_once(visit, small_dataset):
    run, lock = training_run(small_dataset)
    with lock:
        page = visit("train", run=run.name)
        page.button(key="stop_training").click().run()
        assert (run.folder / "stop").exists()
        assert page.button(key="stop_training").disabled
        assert "Stopping after this batch" in words_of(page)


@pytest.mark.usefixtures("small_data_on_disk")
def test_an_earlier_run_can_be_laid_under_the_curves(visit, small_dataset):
    finished_run(small_dataset, "small", "Small")
    run, lock = training_run(small_dataset)
    with lock:
        page = visit("train", run=run.name)
        before = page.get("plotly_chart")[0].proto.spec
        page.selectbox(key="under").set_value("small").run()
        assert not page.exception
        assert page.get("plotly_chart")[0].proto.spec != before


@pytest.mark.usefixtures("small_data_on_disk")
def test_a_queued_run_says_its_place(visit, small_dataset, monkeypatch):
    monkeypatch.setattr(jobs, "place_in_queue", lambda run: 2)
    run, lock = queued_run()
    with lock:
        assert "2 trainings are before it" in words_of(visit("train", run=run.name))


@pytest.mark.usefixtures("small_data_on_disk")
def test_finishing_says_its_step(visit, small_dataset):
    run, lock = training_run(small_dataset)
    with lock:
        run.record("end", reason="done")
        run.record("finishing", step="Answering the test set")
        page = visit("train", run=run.name)
        assert "answering the test set" in page.progress[0].text


@pytest.mark.usefixtures("small_data_on_disk")
def test_whoever_lost_the_address_finds_the_training_again(visit, small_dataset):
    run, lock = training_run(small_dataset)
    with lock:
        page = visit("train")
        page.button(key=f"watch_{run.name}").click().run()
        assert page.query_params["run"] == run.name
        assert page.progress


@pytest.mark.usefixtures("small_data_on_disk")
def test_a_finished_run_against_the_best_before_and_what_to_do_next(visit, small_dataset):
    finished_run(small_dataset, "first", "First", 0.95, created=1.0)
    run = finished_run(small_dataset, "second", "Second", 0.8, seed=1, created=2.0)
    page = visit("train", run="second")
    values = {metric.label: metric for metric in page.metric}
    assert values["Test accuracy"].value == f"{100 * run.result['test_accuracy']:.1f} %"
    assert values["Validation accuracy"].delta.startswith("-")
    assert "The best run until now was First" in words_of(page)
    assert "model=second" in links(page)["See its confusions"]
    assert "model=second" in links(page)["Classify with it"]
    assert page.get("download_button")


@pytest.mark.usefixtures("small_data_on_disk")
def test_train_it_longer_begins_with_what_it_learned(visit, small_dataset):
    finished_run(small_dataset, "small", "Small")
    page = visit("train", run="small")
    page.button(key="train_longer").click().run()
    assert page.query_params["start"] == "small"
    assert Recipe.from_toml(code(page)).start_from == "small"


@pytest.mark.usefixtures("small_data_on_disk")
def test_a_stopped_run_can_be_resumed(visit, small_dataset, monkeypatch):
    resumed = []
    monkeypatch.setattr(jobs, "resume", resumed.append)
    run = stopped_run(small_dataset)
    page = visit("train", run=run.name)
    assert "Stopped after 2 of 6 epochs" in words_of(page)
    page.button(key="resume_run").click().run()
    assert resumed == [run]


def test_a_failed_run_says_why_and_can_be_tried_again(visit, small_data_on_disk):
    run = failed_run()
    page = visit("train", run=run.name)
    assert page.error[0].value == "The memory was not enough: choose a smaller batch size."
    page.button(key="try_again").click().run()
    assert page.button(key="start_training")
    assert page.slider(key="epochs").value == 6


@pytest.mark.usefixtures("no_data")
def test_a_run_can_be_read_without_the_data(visit, small_dataset):
    finished_run(small_dataset, "small", "Small")
    assert "Test accuracy" in [metric.label for metric in visit("train", run="small").metric]


@pytest.mark.usefixtures("small_data_on_disk")
@pytest.mark.parametrize("name", ["gone", "../../etc", "Ä", ""])
def test_a_run_that_is_not_there_is_one_sentence(visit, name):
    page = visit("train", run=name)
    assert not page.error
    assert ("There is no run called" in words_of(page)) == bool(name)


@pytest.mark.usefixtures("small_data_on_disk")
def test_a_run_deleted_under_its_reader(visit):
    run = failed_run("small")
    page = visit("train", run="small")
    delete_run(run)
    page.run()
    assert "There is no run called small any more" in words_of(page)
    page.button(key="train_another").click().run()
    assert page.button(key="start_training")


@pytest.mark.usefixtures("small_data_on_disk")
def test_values_of_the_form_survive_another_page(visit):
    page = visit("train")
    page.slider(key="epochs").set_value(7).run()
    page.switch_page("../pages/overview.py").run()
    page.switch_page("../pages/train.py").run()
    assert page.slider(key="epochs").value == 7
    assert list_runs() == []


@pytest.mark.usefixtures("small_data_on_disk", "nothing_is_started")
def test_it_says_what_happens_before_the_epochs_of_everyday(visit):
    page = visit("train")
    assert "draws pictures as people take" not in words_of(page)
    page.selectbox(key="start_from").set_value("everyday").run()
    page.run()
    assert "draws pictures as people take" in words_of(page)


@pytest.fixture
def read_only(tmp_path, monkeypatch):
    """A folder of runs that cannot be written to; root may write anywhere but to the system's."""
    folder = tmp_path / "read-only"
    folder.mkdir(mode=0o555)
    if os.geteuid() == 0:
        folder = Path("/sys/kernel")
    monkeypatch.setenv("FITTING_ROOM_MODELS", str(folder))


@pytest.mark.usefixtures("small_data_on_disk")
def test_a_folder_that_cannot_be_written_is_one_sentence_and_the_app_lives(visit, read_only):
    page = visit("train")
    page.button(key="start_training").click().run()
    assert page.error[0].value.startswith("A run cannot be written to")
    assert page.button(key="start_training")
    for name in ("overview", "browse", "classify", "confusions", "compare"):
        assert not visit(name).error
