import csv
import io
import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from fashion_model import sharing
from fashion_model.__main__ import main
from fashion_model.classes import CLASSES
from fashion_model.creating import create_run
from fashion_model.data import open_dataset
from fashion_model.errors import FittingRoomError
from fashion_model.recipes import Recipe
from fashion_model.reviewing import (
    REVIEWED,
    apply,
    as_csv,
    decide,
    decided,
    decisions_file,
    undo,
    with_reviews,
)
from fashion_model.working import work
from tests.making import same

pytestmark = pytest.mark.usefixtures("small_data_on_disk")
QUICK = Recipe(kind="logistic-regression", iterations=50, labels="reviewed")


def test_the_newest_decision_counts_and_undo_brings_the_one_before_back():
    decide("train-3", "Shirt", "keep")
    decide("train-3", "Shirt", "relabel", "Coat")
    decide("test-1", "Bag", "drop")
    assert {name: (one.decision, one.label) for name, one in decided().items()} == {
        "train-3": ("relabel", "Coat"),
        "test-1": ("drop", ""),
    }
    assert undo().picture == "test-1"
    undo()
    assert decided()["train-3"].decision == "keep"
    undo()
    assert undo() is None
    assert decided() == {}


def test_what_several_decide_at_once_is_all_kept():
    with ThreadPoolExecutor(8) as visitors:
        list(visitors.map(lambda n: decide(f"train-{n}", "Shirt", "keep"), range(80)))
    assert set(decided()) == {f"train-{n}" for n in range(80)}


@pytest.mark.parametrize("contents", [b"picture,given\n\xff\xfe", b'"' + bytes(200_000)])
def test_a_file_that_cannot_be_read_is_one_sentence(contents):
    decide("train-3", "Shirt", "keep")
    decisions_file().write_bytes(contents)
    for change in (decided, undo, lambda: decide("train-4", "Shirt", "keep")):
        with pytest.raises(FittingRoomError, match=r"decisions\.csv cannot be read"):
            change()
    assert decisions_file().read_bytes() == contents


@pytest.mark.parametrize(
    ("decision", "label"), [("relabel", ""), ("relabel", "Shirt"), ("relabel", "Hat"), ("burn", "")]
)
def test_what_is_no_decision_is_refused(decision, label):
    with pytest.raises(FittingRoomError):
        decide("train-3", "Shirt", decision, label)
    assert not decisions_file().exists()


def test_on_a_public_server_nothing_is_decided(monkeypatch):
    monkeypatch.setenv("FITTING_ROOM_PUBLIC", "1")
    with pytest.raises(FittingRoomError, match="public"):
        decide("train-3", "Shirt", "keep")


def test_the_training_part_is_learned_as_decided_and_nothing_else_is_touched(small_dataset):
    part = small_dataset.train
    first, second = part.numbers[:2]
    given = CLASSES[part.labels[0]]
    label = next(name for name in CLASSES if name != given)
    decide(f"train-{first}", given, "relabel", label)
    decide(f"train-{second}", CLASSES[part.labels[1]], "drop")
    decide(f"train-{small_dataset.validation.numbers[0]}", "Shirt", "drop")
    decide("test-0", "Shirt", "drop")
    learned = apply(small_dataset, decided())
    assert learned.train.labels[0] == CLASSES.index(label)
    assert len(learned.train.labels) == len(part.labels) - 1
    assert second not in learned.train.numbers
    assert learned.validation is small_dataset.validation
    assert learned.test is small_dataset.test
    assert CLASSES[small_dataset.train.labels[0]] == given
    assert same(open_dataset(), small_dataset)


def test_a_run_learns_from_a_copy_that_later_decisions_do_not_change(models_folder, small_dataset):
    number = small_dataset.train.numbers[0]
    decide(f"train-{number}", "Shirt", "drop")
    run = create_run(QUICK, "reviewed")
    undo()
    assert len(with_reviews(run, small_dataset).train.labels) == 399
    assert work(run)["test_accuracy"] > 0.5
    assert run.history.start["train_pictures"] == 399
    (run.folder / REVIEWED).unlink()
    with pytest.raises(FittingRoomError, match=r"labels\.csv"):
        with_reviews(run, small_dataset)


def test_by_default_the_labels_are_learned_as_given(models_folder, small_dataset):
    decide(f"train-{small_dataset.train.numbers[0]}", "Shirt", "drop")
    run = create_run(QUICK.replaced(labels="given"), "given")
    assert with_reviews(run, small_dataset) is small_dataset
    assert not (run.folder / REVIEWED).exists()


def test_without_a_decision_there_is_nothing_to_learn_from(models_folder):
    with pytest.raises(FittingRoomError, match="No label has been decided about yet"):
        create_run(QUICK)


def test_a_shared_run_brings_the_decisions_it_learned_from(models_folder, small_dataset):
    decide(f"train-{small_dataset.train.numbers[0]}", "Shirt", "drop")
    run = create_run(QUICK, "mine")
    work(run)
    undo()
    taken = sharing.import_run(sharing.export_run(run))
    assert (taken.folder / REVIEWED).read_text() == (run.folder / REVIEWED).read_text()


def test_the_command_lists_and_exports_them(tmp_path, capsys):
    decide("train-3", "Shirt", "relabel", "Coat")
    out = tmp_path / "labels.csv"
    assert main(["labels", "--csv", str(out), "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed["relabel"] == 1
    assert printed["decisions"][0]["label"] == "Coat"
    rows = list(csv.DictReader(io.StringIO(out.read_text())))
    assert rows[0]["picture"] == "train-3"
    assert out.read_text() == as_csv(decided())
