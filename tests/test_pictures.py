"""Photos and drawings become what a model expects, stage by stage, as the visitor chose."""

import numpy as np
import pytest
from PIL import Image, ImageDraw

from fashion_model.pictures import Choices, prepare, prepare_drawing
from fashion_model.pictures.cutting import cut_out, to_lab
from fashion_model.pictures.worn import garment_alone, larger_of_two_garments

STAGES = ["upright", "cut out", "light on dark", "levelled", "fitted"]


def scene(ground="white", garment="navy", size=(240, 320), turn=0) -> Image.Image:
    """A T-shirt shape in the middle of a ground."""
    picture = Image.new("RGB", size, ground)
    pen = ImageDraw.Draw(picture)
    pen.polygon(shirt_outline(*size), garment)
    return picture.rotate(turn, expand=True) if turn else picture


def shirt_outline(width: int, height: int) -> list[tuple[float, float]]:
    points = [(0.35, 0.2), (0.65, 0.2), (0.9, 0.35), (0.8, 0.48), (0.7, 0.42), (0.7, 0.85)]
    points += [(0.3, 0.85), (0.3, 0.42), (0.2, 0.48), (0.1, 0.35)]
    return [(x * width, y * height) for x, y in points]


def true_mask(width: int, height: int) -> np.ndarray:
    mask = Image.new("L", (width, height))
    ImageDraw.Draw(mask).polygon(shirt_outline(width, height), 255)
    return np.asarray(mask) > 127


def wooden(size=(96, 128)) -> np.ndarray:
    random = np.random.default_rng(0)
    boards = 30 * ((np.arange(size[0]) // 16) % 2)[None, :, None]
    grain = random.normal(0, 8, (size[1], size[0], 1))
    return (np.array([170, 120, 70]) + boards + grain).clip(0, 255).astype(np.uint8)


@pytest.mark.parametrize("garment", ["navy", "white", "firebrick", "black"])
def test_the_garment_is_cut_out_of_a_wooden_floor(garment):
    floor = Image.fromarray(wooden())
    ImageDraw.Draw(floor).polygon(shirt_outline(*floor.size), garment)
    found = cut_out(np.asarray(floor)).mask > 0.5
    wanted = true_mask(*floor.size)
    assert (found & wanted).sum() / (found | wanted).sum() > 0.85


@pytest.mark.parametrize(
    ("ground", "garment"), [("white", "navy"), ("white", "#e8e8e8"), ("black", "white")]
)
def test_light_on_dark_whatever_the_colours(ground, garment):
    prepared = prepare(scene(ground, garment))
    assert prepared.image[13, 13] > 120
    assert prepared.image[:, :2].mean() < 60
    assert prepared.image[27, 0] == 0


def test_the_stages_can_be_shown_in_their_order():
    prepared = prepare(scene())
    assert [stage.name for stage in prepared.stages] == STAGES
    assert all(isinstance(stage.image, Image.Image) and stage.note for stage in prepared.stages)
    assert prepared.stages[-1].image.size == (28, 28)
    assert np.array_equal(prepared.views[0], prepared.image)
    assert prepared.views.dtype == np.uint8


def test_fitted_fills_the_frame_in_one_direction_and_is_centred():
    image = prepare(scene()).image
    rows, columns = np.flatnonzero(image.any(axis=1)), np.flatnonzero(image.any(axis=0))
    assert max(len(rows), len(columns)) == 28
    assert abs((rows[0] + rows[-1]) - 27) <= 1
    assert abs((columns[0] + columns[-1]) - 27) <= 1


def test_a_clear_cut_out_is_surer_than_noise():
    noise = np.random.default_rng(0).integers(0, 256, (128, 96, 3), dtype=np.uint8)
    clear = prepare(scene()).cutout_confidence
    assert clear > 0.6
    assert prepare(Image.fromarray(noise)).cutout_confidence < clear - 0.2


def test_a_small_garment_is_looked_at_more_closely():
    picture = Image.new("RGB", (600, 600), "white")
    picture.paste(scene(size=(120, 160)), (230, 220))
    near, far = prepare(scene()).image > 90, prepare(picture).image > 90
    assert (near & far).sum() / (near | far).sum() > 0.75
    small = prepare(picture).stages[1].image  # the picture the cut-out was made in
    assert small.width > 1.5 * 128 * 120 / 600


def test_quarter_turns_come_before_the_crop():
    lying = scene(turn=90)
    straightened = prepare(lying, Choices(quarter_turns=1))
    assert np.abs(straightened.image.astype(int) - prepare(scene()).image).mean() < 8
    half = prepare(lying, Choices(quarter_turns=1, crop=(0, 0, 1, 0.5)))
    assert half.stages[0].image.size == (240, 160)


def test_polarity_and_background_are_the_visitors_to_choose():
    picture = scene("white", "#909090")
    kept = prepare(picture, Choices(background="keep", polarity="light on dark")).image
    negated = prepare(picture, Choices(background="keep", polarity="dark on light")).image
    assert kept[:, 3].mean() > kept[14, 14]
    assert negated[:, 3].mean() < negated[14, 14]
    with pytest.raises(ValueError, match="polarity"):
        Choices(polarity="sideways")


def test_a_transparent_ground_is_the_cut_out():
    picture = scene("white", "white").convert("RGBA")
    mask = Image.fromarray((true_mask(*picture.size) * 255).astype(np.uint8))
    picture.putalpha(mask)
    prepared = prepare(picture)
    assert prepared.cutout_confidence == 1
    assert prepared.image[14, 14] > 120 > prepared.image[27, 0]


def test_a_picture_of_the_data_set_itself_is_taken_as_it_is():
    garment = np.zeros((28, 28), np.uint8)
    garment[4:24, 8:20] = np.arange(100, 220, 10)
    prepared = prepare(Image.fromarray(garment))
    assert prepared.kind == "ready"
    assert np.array_equal(prepared.views, garment[None])


@pytest.mark.parametrize("size", [(1, 1), (2, 2), (1, 300), (400, 2), (5, 5)])
def test_odd_sizes_do_no_harm(size):
    random = np.random.default_rng(0)
    pixels = random.integers(0, 256, (size[1], size[0], 3), dtype=np.uint8)
    for background in ("remove", "keep"):
        prepared = prepare(Image.fromarray(pixels), Choices(background=background))
        assert prepared.image.shape == (28, 28)


def test_one_even_colour_is_blank():
    assert prepare(Image.new("RGB", (200, 100), "teal")).blank
    assert prepare_drawing(np.zeros((280, 280, 4), np.uint8)).blank
    assert prepare_drawing(np.full((280, 280, 4), 255, np.uint8)).blank
    assert not prepare(scene()).blank


def outlined(width: int, gap: bool = False, ground=255, ink=0) -> Image.Image:
    picture = Image.new("L", (256, 256), ground)
    points = shirt_outline(256, 256)
    closed = points if gap else [*points, points[0]]
    ImageDraw.Draw(picture).line(closed, ink, width)
    return picture.convert("RGB")


@pytest.mark.parametrize("width", [1, 3, 6, 12])
def test_a_line_drawing_is_recognised_and_filled(width):
    prepared = prepare(outlined(width))
    assert prepared.kind == "drawing"
    filled, lines = prepared.views[:2]
    assert 100 < filled[14, 14] < 200
    assert lines[14, 14] == 0
    assert lines.max() > 200
    assert filled[0, 0] == 0


def test_light_lines_on_a_dark_ground_are_the_same_drawing():
    dark, light = prepare(outlined(3)), prepare(outlined(3, ground=0, ink=255))
    assert np.array_equal(dark.image, light.image)


def test_an_outline_that_does_not_quite_meet_is_filled_too():
    picture = outlined(4)
    ImageDraw.Draw(picture).rectangle((112, 205, 128, 230), "white")
    assert 100 < prepare(picture).image[14, 14] < 200


def test_a_canvas_may_be_transparent_and_its_strokes_light():
    for ink in (0, 255):
        canvas = np.zeros((256, 256, 4), np.uint8)
        strokes = np.asarray(outlined(8))[..., 0] < 128
        canvas[strokes] = (ink, ink, ink, 255)
        prepared = prepare_drawing(canvas)
        assert prepared.kind == "drawing"
        assert 100 < prepared.image[14, 14] < 200


def test_a_shaded_photo_on_white_is_no_drawing():
    y, x = np.mgrid[0:1:200j, 0:1:200j]
    shaded = np.where(np.hypot(x - 0.5, y - 0.5) < 0.35, 120 + 100 * y, 255)
    assert prepare(Image.fromarray(shaded.astype(np.uint8))).kind == "photo"


def test_skin_is_left_out_where_somebody_wears_the_garment():
    picture = scene("white", "navy", (96, 128))
    pen = ImageDraw.Draw(picture)
    pen.ellipse((38, 2, 58, 26), (224, 172, 140))
    pen.rectangle((30, 108, 42, 128), (224, 172, 140))
    lab = to_lab(np.asarray(picture))
    bare = garment_alone(lab, cut_out(np.asarray(picture)).mask)
    assert bare is not None
    assert bare[10, 48] < 0.2
    assert bare[70, 48] > 0.8
    assert garment_alone(to_lab(np.asarray(scene(size=(96, 128)))), np.ones((128, 96))) is None


def test_trousers_under_a_top_are_left_out():
    lab = np.zeros((100, 60, 3), np.float32)
    lab[:70], lab[70:] = (70, 30, 10), (25, 5, -25)
    inside = np.zeros((100, 60), bool)
    inside[5:95, 10:50] = True
    kept = larger_of_two_garments(lab, inside)
    assert kept[40, 30]
    assert not kept[85, 30]
    trousers = larger_of_two_garments(lab[::-1], inside[::-1])
    assert trousers[60, 30]
    assert not trousers[15, 30]


def test_a_print_or_a_belt_parts_no_garment():
    lab = np.full((100, 60, 3), (60, 0, 30), np.float32)
    lab[40:60, 20:40] = (20, 0, -30)
    inside = np.zeros((100, 60), bool)
    inside[5:95, 10:50] = True
    assert np.array_equal(larger_of_two_garments(lab, inside), inside)
    lab[48:53] = (10, 0, 0)
    assert np.array_equal(larger_of_two_garments(lab, inside), inside)
