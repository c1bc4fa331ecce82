"""How robust: curves, the pictures behind a point, two runs over each other."""

from fashion_model.robustness import STRENGTHS, alter
from tests.making_runs import finished_run
from tests.pages.behind_a_run.making import chosen, robustness_of
from tests.pages.reading import wall, words_of


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
