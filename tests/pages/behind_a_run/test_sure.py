"""How sure: whom to ask, and lists of labels."""

import numpy as np

from fashion_model.deferring import kept_at, percent_for, sets_at
from tests.pages.reading import links, wall, words_of


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
