import ast
import json
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import binom, binomtest
from sklearn.metrics import confusion_matrix, precision_recall_fscore_support, top_k_accuracy_score

from fashion_model import evaluation
from fashion_model.classes import CLASSES
from fashion_model.errors import FittingRoomError
from fashion_model.evaluation import (
    apply_temperature,
    compare,
    conformal_threshold,
    fit_temperature,
    prediction_sets,
    report,
)


def made_up_answers(n=2000, strength=2.5, seed=0):
    """Log-probabilities that are right about four times in five, and their labels."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 10, n)
    scores = rng.normal(size=(n, 10))
    scores[np.arange(n), labels] += strength
    return scores - np.log(np.exp(scores).sum(axis=1, keepdims=True)), labels


def two_classes(right):
    """A report on pictures of class a, of which `right` says whether they are answered so."""
    right = np.asarray(right, bool)
    answers = np.where(right[:, None], [0.9, 0.1], [0.2, 0.8])
    return report(answers, np.zeros(len(right), int), classes=("a", "b"))


def test_a_small_case_worked_out_by_hand():
    answers = [[0.9, 0.1], [0.6, 0.4], [0.3, 0.7], [0.2, 0.8], [0.4, 0.6]]
    made = report(answers, [0, 1, 1, 1, 0], classes=("a", "b"))
    assert made.accuracy == pytest.approx(3 / 5)
    assert made.confusion.tolist() == [[1, 1], [1, 2]]
    assert made.per_class["a"] == {"precision": 0.5, "recall": 0.5, "f1": 0.5, "support": 2}
    assert made.per_class["b"]["f1"] == pytest.approx(2 / 3)
    assert made.macro["f1"] == pytest.approx((1 / 2 + 2 / 3) / 2)
    assert made.weighted["f1"] == pytest.approx((2 * 1 / 2 + 3 * 2 / 3) / 5)
    assert made.most_confused == [("a", "b", 1, 0.5), ("b", "a", 1, pytest.approx(1 / 3))]
    assert made.top(1) == made.accuracy
    assert made.top(2) == 1


def test_the_numbers_are_those_of_scikit_learn():
    answers, labels = made_up_answers()
    made = report(answers, labels)
    assert made.confusion.tolist() == confusion_matrix(labels, made.predicted).tolist()
    assert made.top(3) == top_k_accuracy_score(labels, answers, k=3)
    theirs = precision_recall_fscore_support(labels, made.predicted)
    for i, name in enumerate(CLASSES):
        for j, key in enumerate(("precision", "recall", "f1", "support")):
            assert made.per_class[name][key] == pytest.approx(theirs[j][i])
    for ours, average in ((made.macro, "macro"), (made.weighted, "weighted")):
        theirs = precision_recall_fscore_support(labels, made.predicted, average=average)[:3]
        assert list(ours.values()) == pytest.approx(list(theirs))


def test_probabilities_and_their_logarithms_give_the_same_report():
    answers, labels = made_up_answers(300)
    from_logs, from_probabilities = report(answers, labels), report(np.exp(answers), labels)
    assert from_logs.per_class == from_probabilities.per_class
    assert from_logs.calibration.ece == pytest.approx(from_probabilities.calibration.ece)
    assert from_logs.probabilities == pytest.approx(from_probabilities.probabilities)


@pytest.mark.filterwarnings("error")
def test_labels_may_lack_classes_and_probabilities_may_be_zero():
    answers = np.zeros((4, 10))
    answers[[0, 1, 2, 3], [1, 1, 3, 4]] = 1
    made = report(answers, np.array([1, 1, 3, 3], np.uint8))
    assert made.per_class["Coat"] == {"precision": 0, "recall": 0, "f1": 0, "support": 0}
    assert made.macro["recall"] == pytest.approx((1 + 0.5) / 2)  # over Trouser and Dress alone
    assert made.confusion.sum() == 4
    assert made.confidence == pytest.approx(np.ones(4), abs=1e-5)
    assert made.likely == pytest.approx([1, 1, 1, 0], abs=1e-5)


def test_nothing_to_measure_is_said_in_a_sentence():
    with pytest.raises(FittingRoomError, match="no picture has a label"):
        report(np.zeros((0, 10)), [])


def test_answers_that_do_not_belong_to_the_labels_are_refused():
    with pytest.raises(ValueError, match=r"3 labels, but answers of shape \(2, 10\)"):
        report(np.full((2, 10), 0.1), [1, 2, 3])


def test_to_dict_is_plain_json():
    answers, labels = made_up_answers(200)
    plain = report(answers, labels).to_dict()
    assert list(plain) == ["accuracy", "macro_f1", "ece", "per_class", "confusion"]
    assert json.loads(json.dumps(plain)) == plain


def test_the_interval_of_the_accuracy_is_the_binomial_one_and_always_the_same():
    answers, labels = made_up_answers(1000)
    made = report(answers, labels)
    expected = binom.ppf([0.025, 0.975], 1000, made.accuracy) / 1000
    assert made.interval == pytest.approx(expected, abs=0.002)
    assert made.interval == report(answers, labels).interval


def test_calibration_worked_out_by_hand():
    # Two answers at 0.9 of which one is right, two at 0.7 of which both are.
    answers = [[0.9, 0.1], [0.9, 0.1], [0.7, 0.3], [0.7, 0.3]]
    calibration = report(answers, [0, 1, 0, 0], classes=("a", "b")).calibration
    assert calibration.ece == pytest.approx((2 * 0.4 + 2 * 0.3) / 4)
    assert [(b.count, b.confidence, b.accuracy) for b in calibration.bins] == [
        (2, pytest.approx(0.7), 1.0),
        (2, pytest.approx(0.9), 0.5),
    ]
    assert all(b.low < b.confidence <= b.high for b in calibration.bins)


def test_the_temperature_found_is_the_one_that_was_put_in_and_it_calibrates():
    rng = np.random.default_rng(1)
    logs, _ = made_up_answers(20_000)
    labels = (rng.random((len(logs), 1)) > np.exp(logs).cumsum(axis=1)).sum(axis=1).clip(max=9)
    found = fit_temperature(logs * 3, labels)
    assert found == pytest.approx(3, rel=0.05)
    made = report(logs * 3, labels, temperature=found)
    assert made.calibration.ece < 0.02 < made.calibration_before.ece
    assert made.accuracy == report(logs * 3, labels).accuracy


@pytest.mark.filterwarnings("error")
def test_answers_that_are_certain_and_wrong_do_not_break_the_temperature():
    votes = np.tile([1.0, 0.0, 0.0], (50, 1))
    with np.errstate(divide="ignore"):
        found = fit_temperature(np.log(votes), np.array([0] * 45 + [1] * 5))
    assert 1 < found < 20
    assert apply_temperature(np.log([0.5, 0.5]), 3.0) == pytest.approx([0.5, 0.5])


def test_coverage_keeps_the_surest_first():
    answers = [[0.99, 0.01], [0.9, 0.1], [0.7, 0.3], [0.6, 0.4]]
    coverage = report(answers, [0, 0, 1, 0], classes=("a", "b")).coverage
    assert coverage.share.tolist() == [0.25, 0.5, 0.75, 1]
    assert coverage.accuracy == pytest.approx([1, 1, 2 / 3, 3 / 4])
    assert coverage.confidence == pytest.approx([0.99, 0.9, 0.7, 0.6])
    assert len(report(*made_up_answers()).coverage.share) == 100


def test_comparison_counts_tests_and_gives_an_interval():
    rng = np.random.default_rng(2)
    a, b = rng.random(1000) < 0.9, rng.random(1000) < 0.8
    compared = compare(two_classes(a), two_classes(b))
    assert compared.difference == pytest.approx(a.mean() - b.mean())
    assert (compared.both, compared.neither) == ((a & b).sum(), (~a & ~b).sum())
    only_a, only_b = (a & ~b).sum(), (~a & b).sum()
    assert (compared.only_a, compared.only_b) == (only_a, only_b)
    discordant = only_a + only_b
    exact = binomtest(int(only_b), int(discordant)).pvalue
    assert compared.p == pytest.approx(exact - binom.pmf(only_b, discordant, 0.5))
    drawn = [(a[at].mean() - b[at].mean()) for at in rng.integers(0, 1000, (4000, 1000))]
    assert compared.interval == pytest.approx(np.quantile(drawn, [0.025, 0.975]), abs=0.004)


def test_mid_p_by_hand_and_for_equals():
    # Of four pictures that one alone gets right, a gets three: (2 (4 + 1) - 4) / 16.
    compared = compare(two_classes([1, 1, 1, 0]), two_classes([0, 0, 0, 1]))
    assert compared.p == pytest.approx(6 / 16)
    same = compare(two_classes([1, 0]), two_classes([1, 0]))
    assert (same.p, same.difference, same.interval) == (1, 0, (0, 0))


def test_reports_on_different_pictures_cannot_be_compared():
    with pytest.raises(ValueError, match="same pictures"):
        compare(two_classes([1, 0]), two_classes([1, 0, 1]))


def test_conformal_sets_hold_the_true_class_as_often_as_promised():
    logs, labels = made_up_answers(20_000)
    probabilities = np.exp(logs)
    threshold = conformal_threshold(probabilities[:1000], labels[:1000], 0.9)
    sets = prediction_sets(probabilities[1000:], threshold)
    held = sets[np.arange(len(sets)), labels[1000:]].mean()
    assert 0.88 < held < 0.93
    assert 1 < sets.sum(axis=1).mean() < 4


def test_the_conformal_threshold_by_hand():
    # Of 9 pictures, level 0.8 needs ceil(10 × 0.8) = 8 to clear it: the second lowest.
    of_the_true = np.linspace(0.1, 0.9, 9)
    probabilities = np.column_stack([of_the_true, 1 - of_the_true])
    labels = np.zeros(9, int)
    assert conformal_threshold(probabilities, labels, 0.8) == pytest.approx(0.2)
    assert conformal_threshold(probabilities, labels, 0.9) == pytest.approx(0.1)
    assert conformal_threshold(probabilities, labels, 0.95) == 0  # nine cannot promise that
    assert prediction_sets(probabilities, 0.0).all()


def test_a_set_is_never_empty():
    sets = prediction_sets(np.array([[0.4, 0.35, 0.25], [0.8, 0.15, 0.05]]), 0.9)
    assert sets.tolist() == [[True, False, False], [True, False, False]]


def test_a_report_on_ten_thousand_answers_takes_a_page_no_time():
    answers, labels = made_up_answers(10_000)
    seconds = []
    for _ in range(3):
        start = time.perf_counter()
        made = report(answers, labels, temperature=1.3)
        made.to_dict(), made.interval, made.weighted, made.most_confused, made.coverage
        made.calibration_before, made.top(2), compare(made, made)
        seconds.append(time.perf_counter() - start)
    assert min(seconds) < 0.1


def test_it_touches_no_disk_and_imports_nothing_heavy():
    tree = ast.parse(Path(evaluation.__file__).read_text())
    siblings = {
        node.module
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module.startswith("fashion_model")
    }
    assert siblings == {"fashion_model.classes", "fashion_model.errors"}
    code = (
        "import sys, numpy, fashion_model.evaluation as e; r = e.report(numpy.eye(10), range(10));"
        "r.to_dict(), r.interval, e.compare(r, r);"
        "print(sorted({'sklearn', 'scipy', 'keras', 'tensorflow', 'streamlit'} & set(sys.modules)))"
    )
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert printed.stdout.strip() == "[]", printed.stderr
