"""What the everyday model learns from: sketches, scenes, non-garments and a folder of photos."""

import shutil

import numpy as np
import pytest
from PIL import Image, ImageDraw

from fashion_model import everyday
from fashion_model.classes import CLASSES
from fashion_model.errors import FittingRoomError
from fashion_model.everyday import calibrating
from fashion_model.everyday.doodles import doodle_picture
from fashion_model.everyday.pen import by_hand, drawn_picture
from fashion_model.everyday.photos import Photo, find_photos, photo_views, varied
from fashion_model.everyday.raw import raw_nothings
from fashion_model.everyday.scenes import scene
from fashion_model.everyday.sketches import GARMENTS
from fashion_model.pictures import prepare
from fashion_model.recipes import Recipe

RECIPE = Recipe(kind="residual", everyday=True)
FEW = everyday.Amounts(
    sketches=10, doodles=6, raw_nothings=5, scenes=4, variations=2, hat_variations=2
)


@pytest.fixture
def photos_folder(tmp_path):
    """Six photos in each of three folders, and a file that is no picture."""
    folder = tmp_path / "photos"
    for name, colour in (("dress", "navy"), ("shoes", "black"), ("hat", "red")):
        (folder / name).mkdir(parents=True)
        for number in range(6):
            picture = Image.new("RGB", (60, 80), "white")
            ImageDraw.Draw(picture).ellipse((10 + number, 15, 50, 70), colour)
            picture.save(folder / name / f"{name}-{number}.png")
    (folder / "dress" / "notes.txt").write_text("no picture")
    (folder / "dress" / "torn.jpg").write_bytes(b"torn")
    return folder


@pytest.mark.parametrize("label", range(10))
def test_every_garment_is_drawn_as_a_line_drawing(label):
    random = np.random.default_rng(label)
    kinds = []
    for _ in range(12):
        strokes = by_hand(GARMENTS[label](random), random)
        assert all(np.isfinite(stroke).all() for stroke in strokes)
        kinds.append(prepare(drawn_picture(strokes, random)).kind)
    assert kinds.count("drawing") >= 9


def test_no_two_drawings_are_alike():
    random = np.random.default_rng(0)
    drawings = [drawn_picture(by_hand(GARMENTS[8](random), random), random) for _ in range(5)]
    assert len({picture.tobytes() for picture in drawings}) == 5


def test_non_garments_come_as_pictures_and_as_arrays():
    random = np.random.default_rng(0)
    assert all(doodle_picture(random).mode == "RGB" for _ in range(40))
    raw = raw_nothings(random, 60)
    assert raw.shape == (60, 28, 28)
    assert raw.dtype == np.uint8
    assert raw_nothings(random, 0).shape == (0, 28, 28)


def test_a_scene_shows_its_garment(small_dataset):
    random = np.random.default_rng(0)
    garment = np.zeros((28, 28), np.uint8)
    garment[2:26, 6:22] = 200
    shares = []
    for label in range(10):
        picture = scene(garment, label, random)
        assert picture.mode == "RGB"
        shares.append((prepare(picture).image > 60).mean())
    assert 0.2 < np.median(shares) < 0.98


def test_folders_name_the_classes(photos_folder):
    photos = find_photos(photos_folder)
    targets = {photo.path.parent.name: photo.target for photo in photos}
    assert targets["dress"][CLASSES.index("Dress")] == 1
    assert targets["hat"][10] == 1
    shoes = [CLASSES.index(name) for name in ("Sandal", "Sneaker", "Ankle boot")]
    assert targets["shoes"][shoes] == pytest.approx([1 / 3] * 3)
    assert all(target.sum() == pytest.approx(1) for target in targets.values())


def test_folders_that_say_nothing_are_refused(tmp_path):
    with pytest.raises(FittingRoomError, match="There is no folder"):
        find_photos(tmp_path / "none")
    (tmp_path / "holiday").mkdir()
    Image.new("RGB", (5, 5)).save(tmp_path / "holiday" / "a.png")
    with pytest.raises(FittingRoomError, match="sorted by class"):
        find_photos(tmp_path)


def test_one_photo_in_eight_is_held_out_by_name(tmp_path):
    held = [Photo(tmp_path / f"{i}.jpg", ("Dress",)).held_out for i in range(800)]
    assert 60 < sum(held) < 140
    assert Photo(tmp_path / "7.jpg", ()).held_out == Photo(tmp_path / "x" / "7.jpg", ()).held_out


def test_variations_differ_and_damaged_photos_are_passed_over(photos_folder):
    photos = {photo.path.name: photo for photo in find_photos(photos_folder)}
    assert len(photo_views(photos["torn.jpg"])) == 0
    random = np.random.default_rng(0)
    one, two = (photo_views(photos["dress-0.png"], random)[0] for _ in range(2))
    assert not np.array_equal(one, two)
    assert varied(Image.new("RGB", (50, 70)), random).size == (50, 70)


def test_made_once_then_taken_from_the_cache(photos_folder, small_dataset, tmp_path, monkeypatch):
    monkeypatch.setenv("FITTING_ROOM_CACHE", str(tmp_path / "cache"))
    made = everyday.build(RECIPE, small_dataset, photos_folder, FEW)
    assert made.images.shape == (len(made.targets), 28, 28)
    assert made.images.dtype == np.uint8
    assert made.targets.shape[1] == 11
    assert made.targets.sum(axis=1) == pytest.approx(1)
    monkeypatch.setattr(everyday, "_make", None)
    again = everyday.build(RECIPE, small_dataset, photos_folder, FEW)
    assert np.array_equal(made.images, again.images)


def test_the_same_seed_makes_the_same_pictures(small_dataset, tmp_path, monkeypatch):
    made = []
    for place in ("one", "two"):
        monkeypatch.setenv("FITTING_ROOM_CACHE", str(tmp_path / place))
        made.append(everyday.build(RECIPE, small_dataset, None, FEW))
    assert np.array_equal(made[0].images, made[1].images)
    assert np.array_equal(made[0].targets, made[1].targets)


def test_held_out_photos_are_never_trained_on(photos_folder, small_dataset, tmp_path, monkeypatch):
    monkeypatch.setenv("FITTING_ROOM_CACHE", str(tmp_path / "cache"))
    seen = []
    monkeypatch.setattr(
        everyday, "_make", lambda recipe, data, photos, amounts: seen.extend(photos) or _nothing()
    )
    everyday.build(RECIPE, small_dataset, photos_folder, FEW)
    every = find_photos(photos_folder)
    assert {p.path for p in seen} == {p.path for p in every if not p.held_out}


def _nothing():
    return np.zeros((0, 28, 28), np.uint8), np.zeros((0, 11), np.float32)


class Judge:
    """Stands in for a classifier: brightness decides, and everything looks like a garment."""

    temperature, garment_threshold, conformal_threshold = 1.0, 0.5, 0.1

    def raw(self, images):
        logits = np.zeros((len(images), 10))
        logits[:, 3] = images.mean(axis=(1, 2)) / 50
        logs = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
        return {"log_probabilities": logs, "garment": np.full(len(images), 0.9)}


def test_calibration_is_chosen_on_held_out_photos(
    photos_folder, models_folder, tmp_path, monkeypatch
):
    monkeypatch.setattr(calibrating.Classifier, "open", lambda run: Judge())
    monkeypatch.setattr(calibrating, "SKETCHES", 4)
    run = type("Run", (), {"folder": tmp_path, "recipe": RECIPE})()
    with pytest.raises(FittingRoomError, match="are needed"):
        calibrating.calibrate(run, photos_folder)
    for number in range(260):
        shutil.copy(photos_folder / "dress" / "dress-0.png", photos_folder / f"dress/{number}.png")
    found = calibrating.calibrate(run, photos_folder)
    assert found["accuracy"] == 1
    assert found["garment_threshold"] == pytest.approx(0.9)
    assert (tmp_path / "pictures.json").exists()


def test_the_threshold_for_photos_gives_every_class_the_same_weight():
    dresses = [(("Dress",), 0.9 + number / 1000) for number in range(90)]
    bags = [(("Bag",), number / 10) for number in range(10)]
    # Losing one bag of ten is losing five of a hundred, however few bags there are.
    assert calibrating._keeping(0.94, dresses + bags) == 0.1
    assert calibrating._keeping(0.89, dresses + bags) == 0.2
    assert calibrating._keeping(0.0, dresses + bags) == 0.9 + 89 / 1000


def test_how_many_pictures_will_come_is_known_well_before_they_are_made(
    small_dataset, tmp_path, monkeypatch
):
    monkeypatch.setenv("FITTING_ROOM_CACHE", str(tmp_path))
    some = everyday.Amounts(sketches=40, doodles=40, raw_nothings=10, scenes=40)
    made = everyday.build(RECIPE, small_dataset, amounts=some)
    assert 0.75 < some.pictures() / len(made.images) < 1.3
