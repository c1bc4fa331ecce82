"""What holds of every section that is about a whole run."""

import pytest

from fashion_model import jobs
from fashion_model.derived import Derived
from tests.pages.behind_a_run.making import robustness_of
from tests.pages.reading import wall, words_of


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


def test_an_address_that_means_nothing_is_passed_over(visit, run, small_dataset, mapped):
    robustness_of(run, small_dataset)
    assert not wall(visit("confusions", about="robustness", altered="blur-9"), "altered_wall")
    for around in ("1,2", "x", "1,2_3,4", "nan,1_2,3_4,5", "1,2_3,4_5,6,7"):
        assert not wall(visit("confusions", about="map", around=around), "map_wall")
    assert visit("confusions", about="trust", ask="1000").slider(key="ask").value == 80
