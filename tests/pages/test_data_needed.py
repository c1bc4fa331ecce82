"""The download that a page offers, with a stand-in for the network."""

import threading

import pytest

from fashion_model.data import DataMissing, Progress, store_decoded
from tests.pages.reading import numbers, words_of
from ui import data_needed

pytestmark = pytest.mark.usefixtures("no_data")
HALF = Progress("train-images-idx3-ubyte.gz", 1, 4, 15_000_000, 30_000_000, "https://mirror.test/")


def test_it_downloads_beside_the_page_shows_how_far_it_is_and_then_the_pictures(
    visit, small_dataset, monkeypatch
):
    halfway, go_on = threading.Event(), threading.Event()

    def fetch(progress):
        progress(HALF)
        halfway.set()
        assert go_on.wait(20)
        store_decoded(small_dataset)

    monkeypatch.setattr(data_needed, "fetch_dataset", fetch)
    page = visit("browse")
    page.button(key="fetch_data").click().run()
    assert halfway.wait(20)
    page.run()
    assert page.progress[0].value == 50
    assert "15.0 MB of 30.0 MB" in page.progress[0].text
    other = visit("browse")  # another visitor sees the same download
    assert other.progress[0].value == 50
    go_on.set()
    data_needed.the_download()._thread.join(20)
    page.run()
    assert len(numbers(page, "browse_wall")) == 60


def test_a_download_that_fails_says_why_and_can_be_tried_again(visit, monkeypatch):
    def fetch(progress):
        raise DataMissing("No mirror answers: check the connection and try again.")

    monkeypatch.setattr(data_needed, "fetch_dataset", fetch)
    page = visit("overview")
    page.button(key="fetch_data").click().run()
    data_needed.the_download()._thread.join(20)
    page.run()
    assert "No mirror answers: check the connection and try again." in words_of(page)
    assert page.button(key="fetch_data").label == "Try again"


def test_what_nobody_foresaw_is_one_sentence_too(visit, monkeypatch):
    def fetch(progress):
        raise ZeroDivisionError("of our own making")

    monkeypatch.setattr(data_needed, "fetch_dataset", fetch)
    page = visit("overview")
    page.button(key="fetch_data").click().run()
    data_needed.the_download()._thread.join(20)
    page.run()
    assert "The download failed; the log says why." in words_of(page)
    assert "our own making" not in words_of(page)
