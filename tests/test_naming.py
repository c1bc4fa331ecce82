"""What names of files and folders say."""

import pytest

from fashion_model.classes import CLASSES
from fashion_model.kept import NONE, folder_name
from fashion_model.naming import classes_in_name


@pytest.mark.parametrize(
    ("name", "right"),
    [
        ("photos/t-shirt/0042.jpg", ("T-shirt/top",)),
        ("T-shirt_top/1.png", ("T-shirt/top",)),
        ("shirt/1.png", ("Shirt",)),
        ("sweatshirt/1.png", ("Pullover",)),
        ("flip flops/1.png", ("Sandal",)),
        ("shoes/1.png", ("Sandal", "Sneaker", "Ankle boot")),
        ("hat/1.png", ()),
        ("dress/coat.jpg", ("Dress",)),
        ("my-blue-dress-3.jpg", ("Dress",)),
        (r"C:\me\sneakers\a.jpg", ("Sneaker",)),
        ("ankle_boots_7.webp", ("Ankle boot",)),
        ("IMG_2041.HEIC", None),
        ("holiday/beach.jpg", None),
        ("chat.png", None),
    ],
)
def test_names_people_use(name, right):
    assert classes_in_name(name) == right


@pytest.mark.parametrize("label", CLASSES)
def test_exported_folders_are_understood(label):
    assert classes_in_name(f"{folder_name(label)}/1.png") == (label,)


def test_an_exported_folder_of_no_garments_is_understood():
    assert classes_in_name(f"{folder_name(NONE)}/1.png") == ()
