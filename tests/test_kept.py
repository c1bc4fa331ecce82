"""Kept pictures: for their visitor alone, undone, exported, and none on a public server."""

import io
import zipfile

import pytest
from PIL import Image

from fashion_model.baskets import new_number, new_visitor
from fashion_model.errors import FittingRoomError
from fashion_model.kept import NONE, Kept

pytestmark = pytest.mark.usefixtures("own_cache")


@pytest.fixture
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("FITTING_ROOM_CACHE", str(tmp_path))
    monkeypatch.delenv("FITTING_ROOM_PUBLIC", raising=False)


def photo(width: int = 900, height: int = 600) -> Image.Image:
    return Image.new("RGB", (width, height), "navy")


def test_the_newest_comes_first_and_large_ones_are_made_smaller():
    kept = Kept.of(new_visitor())
    kept.keep(photo(), "T-shirt/top")
    kept.keep(photo(), NONE)
    assert [picture.label for picture in kept.pictures()] == [NONE, "T-shirt/top"]
    with Image.open(kept.pictures()[0].path) as picture:
        assert max(picture.size) == 400


def test_a_visitor_sees_only_what_is_theirs():
    mine, theirs = Kept.of(new_visitor()), Kept.of(new_visitor())
    mine.keep(photo(), "Bag")
    assert len(mine.pictures()) == 1
    assert theirs.pictures() == []


def test_undo_takes_one_away():
    kept = Kept.of(new_visitor())
    first, second = kept.keep(photo(), "Bag"), kept.keep(photo(), "Bag")
    kept.undo(second.number)
    assert kept.pictures() == [first]


def test_a_second_thought_takes_the_place_of_the_first():
    kept, number = Kept.of(new_visitor()), new_number()
    kept.keep(photo(), "Bag", number)
    kept.keep(photo(), "Coat", number)
    assert [picture.label for picture in kept.pictures()] == ["Coat"]


def test_the_export_has_a_folder_for_each_class():
    kept = Kept.of(new_visitor())
    kept.keep(photo(), "T-shirt/top")
    kept.keep(photo(), "Ankle boot")
    with zipfile.ZipFile(io.BytesIO(kept.export())) as archive:
        assert {name.split("/")[0] for name in archive.namelist()} == {"t-shirt-top", "ankle-boot"}
        assert archive.testzip() is None


def test_a_public_server_keeps_nothing(monkeypatch, tmp_path):
    monkeypatch.setenv("FITTING_ROOM_PUBLIC", "1")
    with pytest.raises(FittingRoomError, match="public"):
        Kept.of(new_visitor()).keep(photo(), "Bag")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("label", ["", "../bag", "Hat"])
def test_only_known_labels_become_folders(label):
    with pytest.raises(FittingRoomError):
        Kept.of(new_visitor()).keep(photo(), label)


@pytest.mark.parametrize("visitor", ["", "..", "../../etc", "A" * 32, "a" * 31])
def test_an_id_cannot_lead_elsewhere(visitor):
    with pytest.raises(FittingRoomError):
        Kept.of(visitor)
