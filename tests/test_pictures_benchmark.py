"""The benchmark of people's own pictures counts as its table says."""

import json

import numpy as np
import pytest
from PIL import Image

from benchmarks import pictures as bench
from benchmarks.other_ways import WAYS
from benchmarks.sheet import write_sheet
from fashion_model.pictures import prepare


def test_shares_carry_their_interval():
    assert bench.ratio(50, 100) == "50.0% (40.4%–59.6%, n=100)"
    assert bench.ratio(0, 0) == "–"


def test_the_area_is_one_where_all_garments_score_higher():
    assert bench.auroc([0.9, 0.8], [0.1, 0.2]).startswith("1.000")
    assert bench.auroc([0.5, 0.5], [0.5]).startswith("0.500")


def test_folders_say_what_counts_as_right(tmp_path):
    for name in ("shoes", "hat"):
        (tmp_path / "dev" / name).mkdir(parents=True)
        Image.new("RGB", (9, 9)).save(tmp_path / "dev" / name / "1.png")
    hat, shoes = bench.photos(tmp_path / "dev")
    assert (hat.group, hat.right) == ("hats", ())
    assert "Sneaker" in shoes.right
    (tmp_path / "not-clothing").mkdir()
    stroke = json.dumps({"drawing": [[[0, 255, 0], [0, 100, 255]]]})
    for name in ("dev/purse", "not-clothing/purse"):
        (tmp_path / f"{name}.ndjson").write_text(stroke + "\n")
    purse, other = bench.sketches(tmp_path)
    assert (purse.right, other.right) == (("Bag",), ())


def test_what_is_no_garment_is_right_only_when_flagged():
    hat = bench.Sample("hats", "hat", Image.new("RGB", (9, 9)), ())
    bag = bench.Sample("photos", "purse", Image.new("RGB", (9, 9)), ("Bag",))
    assert bench.Found(hat, "Bag", 0.9, 0.1, is_garment=False).good
    assert not bench.Found(hat, "Bag", 0.9, 0.9, is_garment=True).good
    assert bench.Found(bag, "Bag", 0.9, 0.9, is_garment=True).good


def test_digits_and_noise_are_pictures_of_something():
    samples = bench.digits(10) + bench.noise(6)
    assert len({sample.picture.tobytes() for sample in samples}) == 16
    prepared = [prepare(sample.picture) for sample in samples]
    assert not any(p.blank for p in prepared[:10])
    assert "drawing" in {p.kind for p in prepared[:10]}


@pytest.mark.parametrize("way", WAYS)
def test_other_preparations_fill_the_same_frame(way):
    picture = Image.new("RGB", (50, 80), "white")
    picture.paste("navy", (10, 10, 40, 70))
    image = WAYS[way](picture)
    assert image.shape == (28, 28)
    assert image.dtype == np.uint8
    assert (image[14, 14] > image[0, 0]) == (way != "grey, squashed")


def test_the_sheet_is_not_for_git(tmp_path):
    sample = bench.Sample("photos", "<b>", Image.new("RGB", (9, 9)), ("Bag",))
    found = bench.Found(sample, "Coat", 0.9, 0.9, is_garment=True)
    write_sheet(tmp_path / "sheets", [found], [prepare(sample.picture)])
    assert (tmp_path / "sheets" / ".gitignore").read_text() == "*\n"
    assert "&lt;b&gt;" in (tmp_path / "sheets" / "index.html").read_text()
