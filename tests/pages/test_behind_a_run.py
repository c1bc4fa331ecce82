"""How sure, how robust, the map, labels to doubt: the sections that are about a whole run."""

import shutil

import numpy as np
import pytest
from streamlit.elements.plotly_chart import PlotlyState

from fashion_model import jobs, reviewing
from fashion_model.classes import CLASSES
from fashion_model.creating import create_run
from fashion_model.deferring import kept_at, percent_for, sets_at
from fashion_model.derived import Derived
from fashion_model.doubting import Doubts
from fashion_model.evaluation import report
from fashion_model.files import read_arrays, write_arrays
from fashion_model.robustness import STRENGTHS, Robustness, alter, sample
from fashion_model.runs import Run
from tests.making_runs import finished_run
from tests.pages.reading import links, wall, words_of
from ui.feature_map import _written

pytestmark = pytest.mark.usefixtures("small_data_on_disk")


@pytest.fixture
def run(models, small_dataset):
    return finished_run(small_dataset, accuracy=0.7, title="Small *CNN*")


@pytest.fixture
def answers(run):
    def of(part):
        stored = run.answers(part)
        return report(stored.log_probabilities, stored.labels, run.result["temperature"])

    return of


def put(run, kind, arrays):
    """As a worker leaves it."""
    derived = Derived(run, kind)
    derived.folder.mkdir(parents=True)
    write_arrays(derived.path, **arrays)


def chosen(points):
    """What Streamlit hands on when a point of a chart is clicked."""
    selection = {"points": points, "point_indices": [], "box": [], "lasso": []}
    return PlotlyState({"selection": selection})


def robustness_of(run, small_dataset, seed=0):
    part = small_dataset.validation
    places = sample(part)
    random, labels = np.random.default_rng(seed), part.labels[places]
    altered = random.integers(0, 10, (len(STRENGTHS), 5, len(places))).astype("uint8")
    arrays = {"places": places, "labels": labels, "plain": labels, "altered": altered}
    put(run, "robustness", arrays)
    return Robustness.from_arrays(arrays)


@pytest.fixture
def mapped(run, small_dataset):
    xy = np.random.default_rng(0).uniform(0, 100, (100, 2)).astype("float32")
    arrays = {"xy": xy, "reduced": xy, "mean": np.zeros(2), "axes": np.eye(2), "pixels": True}
    put(run, "map", {name: np.array(value) for name, value in arrays.items()})
    return xy


@pytest.mark.parametrize("about", ["robustness", "map", "labels"])
def test_nothing_heavy_begins_before_it_is_asked_for(visit, run, monkeypatch, about):
    begun = []
    monkeypatch.setattr(jobs, "work_out", lambda derived, owner: begun.append(derived))
    page = visit("confusions", about=about)
    assert not begun
    assert "Small \\*CNN\\*" in words_of(page)
    kind = {"labels": "doubts"}.get(about, about)
    page.button(key=f"work_out-{kind}-{run.name}").click().run()
    assert [(one.kind, one.run.name) for one in begun] == [(kind, run.name)]


def test_a_failure_of_the_worker_is_said_and_it_can_be_tried_again(visit, run):
    derived = Derived(run, "map")
    derived.folder.mkdir(parents=True)
    (derived.folder / "error.txt").write_text("It ran out of memory: end other programs.")
    page = visit("confusions", about="map")
    assert "It ran out of memory" in words_of(page)
    assert page.button(key=f"work_out-map-{run.name}")


def test_the_slider_tells_what_a_person_is_asked_and_what_stays(visit, run, answers):
    page = visit("confusions", about="trust", ask="60")
    kept = kept_at(answers("test"), 60)
    said = words_of(page)
    assert f"{kept.of - kept.kept:,} of 100" in said
    assert f"it gets **{100 * kept.accuracy:.1f} %** right" in said
    leads = links(page)
    assert "confidence=0-60" in leads[f"The {kept.of - kept.kept:,} for a person"]
    assert "answer=wrong" in leads[f"The {kept.kept - kept.right:,} mistakes that stay"]


def test_a_goal_sets_the_threshold_that_validation_gives(visit, answers):
    page = visit("confusions", about="trust")
    page.button(key="goal-0.95").click().run()
    percent = percent_for(answers("validation"), 0.95)
    assert page.slider(key="ask").value == percent
    assert f"Below {percent} % confidence" in words_of(page)


def test_the_lists_of_labels_open_to_their_pictures(visit, answers):
    page = visit("confusions", about="trust", level="99", set="missed")
    sets = sets_at(answers("validation"), answers("test"), 0.99)
    assert f"**{sets.sizes.mean():.2f} labels** on average" in words_of(page)
    names = [tile["id"] for tile in wall(page, "sets_wall")]
    assert names == [f"test-{place}" for place in np.flatnonzero(~sets.holds)][:40]


def test_a_point_of_a_curve_opens_the_altered_pictures_behind_it(visit, run, small_dataset):
    found = robustness_of(run, small_dataset)
    page = visit("confusions", about="robustness")
    assert len(page.get("plotly_chart")) == 1 + len(STRENGTHS)
    page.session_state["robust_blur"] = chosen([{"customdata": [0, 3]}])
    page.run()
    assert page.query_params["altered"] == "blur-3"
    assert "Blur, radius 1.5" in words_of(page)
    said = found.said("blur", 3)
    tiles = wall(page, "altered_wall")
    lost = int((said != found.labels).sum())
    assert [tile["right"] for tile in tiles[:lost]] == [False] * min(lost, 60)
    page.button(key="close_altered").click().run()
    assert "altered" not in page.query_params


def test_pictures_are_altered_once_and_not_each_time_the_page_is_drawn(
    visit, run, small_dataset, monkeypatch
):
    robustness_of(run, small_dataset)
    altered = []
    monkeypatch.setattr("ui.robust.alter", lambda *asked: altered.append(asked) or alter(*asked))
    page = visit("confusions", about="robustness", altered="noise-2")
    assert wall(page.run(), "altered_wall")
    assert len(altered) == 1


def test_two_runs_are_laid_over_each_other_on_compare(visit, run, small_dataset):
    other = finished_run(small_dataset, "other", "Other", 0.9, seed=3)
    found = [robustness_of(one, small_dataset, seed) for seed, one in enumerate((run, other))]
    page = visit("compare", a=run.name, b="other", altered="noise-2", of="1")
    assert "Which bears more?" in words_of(page)
    share = 100 * (found[1].said("noise", 2) == found[1].labels).mean()
    assert f"**Other** gets {share:.1f} % right" in words_of(page)


def test_an_address_that_means_nothing_is_passed_over(visit, run, small_dataset, mapped):
    robustness_of(run, small_dataset)
    assert not wall(visit("confusions", about="robustness", altered="blur-9"), "altered_wall")
    for around in ("1,2", "x", "1,2_3,4", "nan,1_2,3_4,5", "1,2_3,4_5,6,7"):
        assert not wall(visit("confusions", about="map", around=around), "map_wall")
    assert visit("confusions", about="trust", ask="1000").slider(key="ask").value == 80


@pytest.fixture
def drawn(monkeypatch):
    """What the map is given to draw, and to call: only a browser can draw on it."""
    given = {}

    def plane(xy, colours, palette, report, **more):
        given.update(more, xy=xy, colours=colours, palette=palette, report=report)

    monkeypatch.setattr("ui.feature_map.plane", plane)
    return given


def test_what_is_drawn_around_opens_to_its_pictures_and_stays_in_the_address(visit, mapped, drawn):
    page = visit("confusions", about="map", around="0,0_50,0_50,50_0,50")
    assert "By the model's pixels" in words_of(page)
    within = np.flatnonzero((mapped < 50).all(axis=1))
    assert f"{len(within)} pictures within" in words_of(page)
    assert {tile["id"] for tile in wall(page, "map_wall")} == {f"test-{p}" for p in within}
    assert drawn["outline"].tolist() == [[0, 0], [50, 0], [50, 50], [0, 50]]
    page.button(key="close_outline").click().run()
    assert not wall(page, "map_wall")


def test_the_browser_is_asked_who_it_is_only_for_the_map_where_stars_are(visit, mapped, drawn):
    """Asking draws a page twice."""

    def asks(page):
        return any(one.proto.id.endswith("-visitor") for one in page.get("bidi_component"))

    assert asks(visit("confusions", about="map"))
    assert not asks(visit("confusions"))
    assert not asks(visit("confusions", about="trust"))


@pytest.mark.parametrize("colour", ["true", "predicted", "right", "confidence"])
def test_each_point_has_the_colour_of_what_is_asked(visit, mapped, drawn, answers, colour):
    visit("confusions", about="map", colour=colour)
    measured = answers("test")
    expected = {
        "true": measured.labels,
        "predicted": measured.predicted,
        "right": ~measured.right,
        "confidence": sum(measured.confidence < limit for limit in (0.5, 0.7, 0.9, 0.99)),
    }[colour]
    assert np.array_equal(drawn["colours"], expected)
    assert len(drawn["palette"]) == {"right": 2, "confidence": 5}.get(colour, 10)
    assert np.array_equal(drawn["report"].predicted, measured.predicted)


def test_an_outline_is_written_with_few_corners():
    turns = np.linspace(0, 2 * np.pi, 500)
    circle = np.column_stack([50 + 20 * np.cos(turns), 50 + 20 * np.sin(turns)]).tolist()
    written = _written(circle)
    assert len(written.split("_")) == 32
    assert written.startswith("70,50_")


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
