"""Labels to doubt: looked through, decided about, learned from."""

import shutil

import numpy as np
import pytest

from fashion_model import reviewing
from fashion_model.classes import CLASSES
from fashion_model.creating import create_run
from fashion_model.derived import Derived
from fashion_model.doubting import Doubts
from fashion_model.files import read_arrays, write_arrays
from fashion_model.runs import Run
from tests.pages.behind_a_run.making import put
from tests.pages.reading import wall, words_of


@pytest.fixture
def doubted(models, quick_folder, small_dataset):
    """A run that answers, its doubts worked out, with the first label of all wrong."""
    models.mkdir(exist_ok=True)
    run = Run(shutil.copytree(quick_folder, models / "quick"))
    random = np.random.default_rng(0)
    arrays = {}
    labels = np.empty(500, "uint8")
    for part in (small_dataset.train, small_dataset.validation):
        labels[part.numbers] = part.labels
    for file, given in (("train", labels), ("test", small_dataset.test.labels)):
        probabilities = 0.9 * np.eye(10)[given] + random.uniform(0, 0.01, (len(given), 10))
        for place in (4, 11):
            probabilities[place] = 0.99 * np.eye(10)[(given[place] + 1) % 10]
        arrays |= {f"{file}_labels": given, f"{file}_probabilities": probabilities}
    arrays |= {"pairs": np.array([[0, 2, 1, 3]]), "differ": np.array([0.5])}
    put(run, "doubts", arrays)
    return run, labels


def test_labels_are_looked_through_one_by_one_and_decided_about(visit, doubted):
    _, labels = doubted
    page = visit("confusions", about="labels")
    assert "doubts **2** of 500 labels" in words_of(page)
    assert "**train-4** is labelled" in words_of(page)
    page.button(key="doubt_relabel").click().run()
    assert page.query_params["doubt"] == "train-11"
    made = reviewing.decided()["train-4"]
    assert made.label == CLASSES[(labels[4] + 1) % 10]
    page.button(key="doubt_drop").click().run()
    assert reviewing.decided()["train-11"].decision == "drop"
    assert "1 changed, 1 dropped" in words_of(page)
    page.button(key="doubt_undo").click().run()
    assert "train-11" not in reviewing.decided()
    assert page.query_params["doubt"] == "train-11"
    page.button(key="doubt_previous").click().run()
    assert "**train-4** is labelled" in words_of(page)
    assert f"Decided: it is a {made.label}." in words_of(page)


def test_test_labels_and_pairs_have_views_of_their_own(visit, doubted):
    assert "doubts **2** of 100 labels" in words_of(
        visit("confusions", about="labels", doubts="test")
    )
    page = visit("confusions", about="labels", doubts="twice")
    assert "**1 pair** of pictures" in words_of(page)
    assert [tile["id"] for tile in wall(page, "doubts_wall")] == ["train-2", "test-3"]


def test_doubts_are_made_ready_once_and_not_each_time_the_page_is_drawn(
    visit, doubted, monkeypatch
):
    made, of = [], Doubts.from_arrays
    monkeypatch.setattr(Doubts, "from_arrays", lambda *asked: made.append(asked) or of(*asked))
    page = visit("confusions", about="labels", doubts="twice")
    assert wall(page.run(), "doubts_wall")
    assert [file for _, file in made] == ["train", "test"]


def test_pairs_with_two_labels_come_first(visit, doubted, small_dataset):
    run, labels = doubted
    path = Derived(run, "doubts").path
    odd = next(n for n in range(500) if labels[n] != small_dataset.test.labels[3])
    alike = next(n for n in range(odd + 1, 500) if labels[n] == labels[odd])
    arrays = read_arrays(path)
    arrays |= {"pairs": np.array([[0, odd, 0, alike], [0, odd, 1, 3]]), "differ": np.array([0, 1])}
    write_arrays(path, **arrays)
    page = visit("confusions", about="labels", doubts="twice")
    assert "1 in nothing at all. 1 are of a training and a test picture, and 1 have two" in (
        words_of(page)
    )
    tiles = wall(page, "doubts_wall")
    assert [tile["id"] for tile in tiles] == [f"train-{odd}", "test-3"] + [
        f"train-{number}" for number in (odd, alike)
    ]
    assert [tile["note"] for tile in tiles] == ["1.0 greys apart"] * 2 + ["0.0 greys apart"] * 2
    assert tiles[1]["caption"] == CLASSES[small_dataset.test.labels[3]]


def test_on_a_public_server_nothing_is_decided(visit, doubted, monkeypatch):
    monkeypatch.setenv("FITTING_ROOM_PUBLIC", "1")
    page = visit("confusions", about="labels")
    assert "nothing is decided about labels here" in words_of(page)
    assert "doubt_keep" not in [button.key for button in page.button]


def test_a_training_learns_the_reviewed_labels_where_it_is_told_to(visit, run, monkeypatch):
    assert "reviewed_labels" not in [toggle.key for toggle in visit("train").toggle]
    reviewing.decide("train-4", "Shirt", "drop")
    page = visit("train")
    assert page.toggle(key="reviewed_labels").value is False
    page.toggle(key="reviewed_labels").set_value(True).run()
    assert 'labels = "reviewed"' in "".join(code.value for code in page.code)


def test_another_start_says_anew_whether_reviewed_labels_are_learned(visit, run):
    reviewing.decide("train-4", "Shirt", "drop")
    create_run(run.recipe.replaced(labels="reviewed"), name="reviewed")
    page = visit("train", start="reviewed")
    assert page.toggle(key="reviewed_labels").value is True
    page.selectbox(key="start_from").set_value(f"run:{run.name}").run()
    assert page.toggle(key="reviewed_labels").value is False
    page.selectbox(key="start_from").set_value("run:reviewed").run()
    assert page.toggle(key="reviewed_labels").value is True
    assert 'labels = "reviewed"' in "".join(code.value for code in page.code)
