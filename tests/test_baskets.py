"""Baskets: pictures in work that outlive a reload, one visitor's apart from another's."""

import os
import time

import pytest
from PIL import Image

from fashion_model import baskets
from fashion_model.baskets import Basket, new_visitor, remove_old_baskets
from fashion_model.errors import FittingRoomError


@pytest.fixture
def basket(tmp_path, monkeypatch) -> Basket:
    monkeypatch.setenv("FITTING_ROOM_CACHE", str(tmp_path))
    return Basket.of(new_visitor())


def test_pictures_stay_in_the_order_they_came(basket):
    for name in ("c.jpg", "a.jpg", "b.jpg"):
        basket.add(name, b"bytes")
    again = Basket(basket.folder)
    assert [item.name for item in again.items()] == ["c.jpg", "a.jpg", "b.jpg"]
    assert again.unopened(again.items()[0]) == b"bytes"


def test_an_opened_picture_is_kept_small_and_the_file_is_gone(basket):
    item = basket.add("a.jpg", b"the large file")
    item = basket.opened(item, Image.new("RGB", (2000, 1000)))
    assert basket.picture(item).size == (640, 320)
    assert basket.unopened(item) == b""


def test_a_transparent_picture_stays_transparent(basket):
    item = basket.opened(basket.add("a.png", b""), Image.new("RGBA", (10, 10), (0, 0, 0, 0)))
    assert basket.picture(item).mode == "RGBA"


def test_what_is_known_of_a_picture_is_written_down(basket):
    item = basket.change(basket.add("a.jpg", b""), label="Bag", answer={"label": "Shirt"})
    assert Basket(basket.folder).item(item.number) == item


def test_a_refused_file_is_not_kept(basket):
    item = basket.refused(basket.add("a.txt", b"secret"), "This is no picture.")
    assert basket.unopened(item) == b""
    assert basket.item(item.number).error == "This is no picture."


def test_one_visitor_does_not_see_another(basket):
    basket.add("a.jpg", b"")
    assert Basket.of(new_visitor()).items() == []


def test_removing_one_leaves_the_others(basket):
    first, second = basket.add("a.jpg", b""), basket.add("b.jpg", b"")
    basket.remove(first)
    assert basket.items() == [second]


def test_clearing_leaves_nothing_on_the_disk(basket):
    item = basket.add("a.jpg", b"")
    basket.clear()
    assert not basket.folder.exists()
    basket.save(item)  # an answer that comes too late brings nothing back
    assert basket.items() == []


def test_a_half_written_or_foreign_file_is_passed_over(basket):
    item = basket.add("a.jpg", b"")
    (basket.folder / f"{'0' * 20}.json").write_text('{"name": "half')
    (basket.folder / f"{'1' * 20}.json").write_text('{"another": "version"}')
    (basket.folder / "notes.json").write_text("{}")
    assert basket.items() == [item]


def test_a_full_basket_says_so(basket, monkeypatch):
    monkeypatch.setattr(baskets, "MOST_PICTURES", 1)
    basket.add("a.jpg", b"")
    with pytest.raises(FittingRoomError, match=r"holds 1 pictures.*b\.jpg"):
        basket.add("b.jpg", b"")


def test_baskets_go_after_a_day(basket, tmp_path):
    basket.add("a.jpg", b"")
    fresh = Basket.of(new_visitor())
    fresh.add("b.jpg", b"")
    yesterday = time.time() - baskets.DAY - 60
    os.utime(basket.folder, (yesterday, yesterday))
    remove_old_baskets()
    assert not basket.folder.exists()
    assert len(fresh.items()) == 1


@pytest.mark.parametrize("visitor", ["", "..", "../../etc", "Z" * 32])
def test_an_id_cannot_lead_elsewhere(visitor):
    with pytest.raises(FittingRoomError):
        Basket.of(visitor)


def test_a_number_from_an_address_cannot_lead_elsewhere(basket):
    basket.add("a.jpg", b"")
    assert basket.item("../../../etc/passwd") is None
