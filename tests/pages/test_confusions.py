import numpy as np
import pytest
from streamlit.elements.plotly_chart import PlotlyState

from fashion_model.classes import CLASSES
from fashion_model.evaluation import report
from tests.making_runs import finished_run, stopped_run
from tests.pages.reading import links, numbers, wall, words_of

pytestmark = pytest.mark.usefixtures("small_data_on_disk")
SHIRT, TOP = CLASSES.index("Shirt"), CLASSES.index("T-shirt/top")


@pytest.fixture
def run(models, small_dataset):
    return finished_run(small_dataset, accuracy=0.7)


@pytest.fixture
def answers(run):
    """The report behind the page, from the stored answers."""
    stored = run.answers("test")
    return report(stored.log_probabilities, stored.labels, run.result["temperature"])


def worst_first(answers, wanted):
    places = np.flatnonzero(wanted)
    likely = answers.probabilities[places, answers.labels[places]]
    return list(places[np.argsort(likely, kind="stable")])


def cell(answers, true, predicted):
    return worst_first(answers, (answers.labels == true) & (answers.predicted == predicted))


def clicked(customdata):
    """What Streamlit hands on when a point of a chart is clicked."""
    point = {"customdata": customdata, "point_index": 0, "curve_number": 0}
    chosen = {"points": [point], "point_indices": [0], "box": [], "lasso": []}
    return PlotlyState({"selection": chosen})


def opened(page, section):
    """The page with this of its sections open."""
    page.query_params["about"] = section
    return page.run()


def test_it_says_the_answer_before_anything_is_chosen(visit, answers):
    said = words_of(visit("confusions"))
    worst = answers.most_confused[0]
    assert f"**{100 * answers.accuracy:.1f} %** of the 100 test pictures" in said
    assert f"takes a **{worst.true}** for a **{worst.predicted}**" in said


def test_all_mistakes_are_shown_where_no_cell_is_chosen(visit, answers):
    assert numbers(visit("confusions"), "cell_wall") == worst_first(answers, ~answers.right)[:60]


def test_every_cell_shows_exactly_its_pictures(visit, answers):
    page = visit("confusions")
    for true in (SHIRT, TOP):
        for predicted in range(10):
            page.query_params["true"] = CLASSES[true]
            page.query_params["predicted"] = CLASSES[predicted]
            page.run()
            assert numbers(page, "cell_wall") == cell(answers, true, predicted)


def test_a_click_on_a_cell_opens_it_and_puts_it_in_the_address(visit, answers):
    page = visit("confusions")
    page.session_state["confusion_matrix"] = clicked([SHIRT, TOP])
    page.run()
    assert page.query_params["true"] == "Shirt"
    assert page.query_params["predicted"] == "T-shirt/top"
    assert numbers(page, "cell_wall") == cell(answers, SHIRT, TOP)
    assert "Shirt, taken for T-shirt/top" in words_of(page)


def test_a_click_on_a_bar_opens_the_pictures_of_its_class_that_were_not_recognised(visit, answers):
    page = visit("confusions")
    page.session_state["class_bars"] = clicked(SHIRT)
    page.run()
    assert dict(page.query_params) == {"true": "Shirt"}
    missed = (answers.labels == SHIRT) & ~answers.right
    assert numbers(page, "cell_wall") == worst_first(answers, missed)


def test_shirts_taken_for_tops_and_back_are_one_click_each(visit, answers):
    page = visit("confusions")
    for true, predicted in ((SHIRT, TOP), (TOP, SHIRT)):
        page.button(key=f"shortcut-{true}-{predicted}").click().run()
        assert page.query_params["true"] == CLASSES[true]
        assert numbers(page, "cell_wall") == cell(answers, true, predicted)


def test_the_way_back_to_all_mistakes(visit, answers):
    page = visit("confusions", true="Shirt", predicted="T-shirt/top")
    page.button(key="all_mistakes").click().run()
    assert not page.query_params
    assert numbers(page, "cell_wall") == worst_first(answers, ~answers.right)[:60]


def test_an_empty_cell_says_so(visit, answers):
    page = visit("confusions", true="Bag", predicted="Sandal")
    assert "There is no such picture" in words_of(page)
    assert wall(page, "cell_wall") == []


def test_the_choice_of_what_stands_in_the_cells_is_remembered_over_pages(visit, answers):
    page = visit("confusions")
    page.get("button_group")[0].set_value("share of true").run()
    page.switch_page("../pages/overview.py").run()
    page.switch_page("../pages/confusions.py").run()
    assert page.session_state["matrix_mode"] == "share of true"


def test_the_table_holds_every_class_and_its_figures(visit, answers):
    table = visit("confusions").dataframe[0].value.set_index("Class")
    for name, figures in answers.per_class.items():
        assert table.loc[name, "F1"] == pytest.approx(figures["f1"])
        assert table.loc[name, "Recall"] == pytest.approx(figures["recall"])
        assert table.loc[name, "Pictures"] == figures["support"]


def test_its_confidence_is_held_against_the_truth(visit, answers):
    page = opened(visit("confusions"), "trust")
    assert f"off by **{100 * answers.calibration.ece:.1f} %** on average" in words_of(page)


def test_the_slider_replays_what_training_recorded(visit, run):
    page = opened(visit("confusions"), "history")
    slider = page.select_slider(key="replayed_epoch")
    assert slider.options == [str(number) for number in range(1, 5)]
    slider.set_value(2).run()
    accuracy = run.history.epochs[1]["val_accuracy"]
    assert f"After epoch 2 it got **{100 * accuracy:.1f} %**" in words_of(page)


def test_a_run_without_epochs_says_so(visit, run):
    (run.folder / "history.jsonl").write_text("")
    assert "has recorded no epochs" in words_of(opened(visit("confusions"), "history"))


def test_a_stopped_run_is_shown_like_a_finished_one(visit, small_dataset):
    stopped_run(small_dataset)
    assert numbers(visit("confusions"), "cell_wall")


def test_a_run_whose_answers_are_gone_says_so(visit, run):
    (run.folder / "test.npz").unlink()
    page = visit("confusions")
    assert "has not been asked about the test set yet" in words_of(page)
    assert links(page)["See how it is getting on"] == "run=small-cnn"


def test_without_a_model_it_leads_to_training(visit):
    page = visit("confusions")
    assert "There is no trained model yet" in words_of(page)
    assert "Where does it go wrong?" in words_of(page)
    assert "Train a model" in links(page)


def test_without_data_the_numbers_are_there_and_the_pictures_are_offered(
    visit, run, tmp_path, monkeypatch
):
    monkeypatch.setenv("FITTING_ROOM_CACHE", str(tmp_path / "empty"))
    page = visit("confusions")
    assert "Most often it takes" in words_of(page)
    assert page.get("plotly_chart")
    assert page.button(key="fetch_data").label.startswith("Download")


def test_answers_on_other_pictures_than_the_ones_here_are_not_mixed_up(visit, run):
    stored = run.answers("test")
    np.savez(
        run.folder / "test.npz",
        log_probabilities=stored.log_probabilities[:90],
        labels=stored.labels[:90],
    )
    assert "measured on other pictures" in words_of(visit("confusions"))
