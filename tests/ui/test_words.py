import pytest

from ui import words


def test_shares_and_intervals():
    assert words.percent(0.9203) == "92.0 %"
    assert words.percent(0.5, 0) == "50 %"
    assert words.interval((0.915, 0.925)) == "91.5 – 92.5 %"


def test_counts_know_one_from_many():
    assert words.count(1, "picture") == "1 picture"
    assert words.count(1200, "picture") == "1,200 pictures"
    assert words.count(2, "class", "classes") == "2 classes"


@pytest.mark.parametrize(
    ("number", "text"),
    [(7, "7"), (950, "950"), (8300, "8.30 k"), (421_642, "422 k"), (5_200_000, "5.20 M")],
)
def test_large_numbers_are_short(number, text):
    assert words.short(number) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.2, "0 s"), (59.4, "59 s"), (97, "1 min 37 s"), (1800, "30 min"), (7500, "2 h 5 min")],
)
def test_durations(seconds, text):
    assert words.duration(seconds) == text


@pytest.mark.parametrize(
    ("passed", "text"),
    [(5, "just now"), (120, "2 minutes ago"), (7200, "2 hours ago"), (86400 * 9, "9 days ago")],
)
def test_how_long_ago(passed, text):
    assert words.ago(1_800_000_000 - passed, now=1_800_000_000) == text


def test_what_is_long_ago_has_a_date():
    assert words.ago(1_700_000_000, now=1_800_000_000).startswith("on 1")


def test_sizes():
    assert words.size(1_700_000) == "1.7 MB"
    assert words.size(4_200) == "4 kB"
