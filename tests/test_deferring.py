import json

import numpy as np
import pytest

from fashion_model.__main__ import main
from fashion_model.deferring import kept_at, kept_by_class, percent_for, sets_at
from fashion_model.evaluation import report
from tests.making_runs import finished_run, made_up_answers


def answers(count, seed, accuracy=0.85):
    labels = np.arange(count) % 10
    return report(made_up_answers(labels, accuracy, seed), labels, 1.2)


@pytest.fixture(scope="module")
def validation():
    return answers(3000, 1)


@pytest.fixture(scope="module")
def test():
    return answers(3000, 2)


def test_what_is_kept_is_what_is_sure_enough(test):
    kept = kept_at(test, 80)
    sure = test.confidence >= 0.8
    assert (kept.of, kept.kept) == (3000, sure.sum())
    assert kept.accuracy == test.right[sure].mean()
    assert kept_at(test, 0).share == 1


def test_classes_are_those_that_the_model_names_and_add_up(test):
    by_class = kept_by_class(test, 80)
    assert sum(one.of for one in by_class.values()) == 3000
    assert sum(one.kept for one in by_class.values()) == kept_at(test, 80).kept
    called = test.predicted == 6
    assert by_class["Shirt"].of == called.sum()
    assert by_class["Shirt"].right_in_all == (called & test.right).sum()


def test_the_threshold_is_the_lowest_that_reaches_the_goal_on_validation(validation, test):
    percent = percent_for(validation, 0.95)
    assert kept_at(validation, percent).accuracy >= 0.95
    assert all(kept_at(validation, lower).accuracy < 0.95 for lower in range(percent))
    assert kept_at(test, percent).accuracy == pytest.approx(0.95, abs=0.03)


def test_a_goal_out_of_reach_has_no_threshold():
    labels = np.arange(50) % 2  # all are called 0, and equally unsurely: half are right
    unsure = report(np.full((50, 10), np.log(0.1)), labels)
    assert percent_for(unsure, 0.5) == 0
    assert percent_for(unsure, 0.6) is None


@pytest.mark.parametrize("level", [0.8, 0.9, 0.95, 0.99])
def test_sets_hold_the_true_label_as_often_as_asked(validation, test, level):
    sets = sets_at(validation, test, level)
    # The best label is always in its set, so they hold no less than the model gets right.
    asked = max(level, test.accuracy)
    assert sets.holds.mean() == pytest.approx(asked, abs=0.03)
    assert sets.sizes.min() >= 1
    assert sets.members[np.arange(3000), test.predicted].all()


def test_the_command_chooses_on_validation_and_tells_of_the_test_set(
    models_folder, small_dataset, capsys
):
    run = finished_run(small_dataset, "small")
    assert main(["trust", "small", "--right", "0.95", "--level", "0.8", "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed["validation"]["accuracy"] >= 0.95
    assert printed["test"]["pictures"] == len(small_dataset.test.labels)
    assert printed["sets"]["level"] == 0.8
    assert main(["trust", run.name, "--below", "70"]) == 0
    assert "ask a person below 70 % confidence" in capsys.readouterr().out


@pytest.mark.parametrize("wrong", [["--right", "98"], ["--below", "100"], ["--level", "0"]])
def test_a_share_out_of_range_is_one_sentence(models_folder, small_dataset, capsys, wrong):
    finished_run(small_dataset, "small")
    assert main(["trust", "small", *wrong]) == 1
    assert capsys.readouterr().err.count("\n") == 1
