"""The map: colours, what is drawn around, stars."""

import numpy as np
import pytest

from tests.pages.reading import wall, words_of
from ui.feature_map import _written


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
