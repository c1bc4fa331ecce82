"""Classifying files and folders by command."""

import csv
import io
import json
import subprocess
import sys

import pytest
from PIL import Image

from fashion_model.__main__ import main
from fashion_model.classes import CLASSES
from tests.commands.asking import a_photo


def test_classify_answers_each_file_in_order_and_goes_on_after_a_bad_one(
    at_trained, tmp_path, capsys
):
    good, bad, gone = a_photo(tmp_path / "a.png"), tmp_path / "b.jpg", tmp_path / "none.png"
    bad.write_bytes(b"\xff\xd8\xff broken")
    blank = tmp_path / "blank.png"
    Image.new("RGB", (50, 50), "white").save(blank)
    table = tmp_path / "out.csv"
    paths = [str(path) for path in (good, bad, blank, gone)]
    assert main(["classify", *paths, "--csv", str(table), "--json"]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["file"] for line in lines] == paths
    assert lines[0]["label"] in CLASSES
    assert lines[0]["error"] is None
    assert sum(lines[0]["probabilities"].values()) == pytest.approx(1, abs=1e-4)
    assert lines[0]["confidence"] == max(lines[0]["probabilities"].values())
    for line in (lines[1], lines[3]):
        assert line["error"]
        assert line["label"] is line["is_garment"] is line["probabilities"] is None
    assert lines[2]["error"] is None
    assert lines[2]["is_garment"] is False
    assert lines[2]["label"] in CLASSES
    rows = list(csv.DictReader(io.StringIO(table.read_text())))
    assert [row["file"] for row in rows] == paths
    assert rows[0]["label"] == lines[0]["label"]
    assert float(rows[0][lines[0]["label"]]) == lines[0]["confidence"]


def test_classify_a_folder_takes_the_pictures_in_it(at_trained, tmp_path, capsys):
    (tmp_path / "inner").mkdir()
    a_photo(tmp_path / "b.png")
    a_photo(tmp_path / "inner" / "a.JPG")
    (tmp_path / "notes.txt").write_text("no picture")
    assert main(["classify", str(tmp_path), "--model", "small"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(":")[0] for line in lines] == [
        str(tmp_path / "b.png"),
        str(tmp_path / "inner" / "a.JPG"),
    ]


def test_classify_says_so_where_nothing_could_be_read(at_trained, tmp_path, capsys):
    assert main(["classify", str(tmp_path / "none.png"), "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["error"]
    unwritable = str(tmp_path / "no" / "table.csv")
    assert main(["classify", str(a_photo(tmp_path / "a.png")), "--csv", unwritable]) == 1
    assert "cannot be written" in capsys.readouterr().err


def test_classify_starts_within_two_seconds_of_processor_time_and_without_tensorflow(
    at_trained, tmp_path
):
    photo = a_photo(tmp_path / "a.png")
    program = (
        "import sys, time; from fashion_model.__main__ import main; "
        f"main(['classify', {str(photo)!r}]); "
        "print(time.process_time(), {'tensorflow', 'keras', 'sklearn'} & set(sys.modules))"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    seconds, modules = ended.stdout.splitlines()[-1].split(" ", 1)
    assert modules == "set()"
    assert float(seconds) < 2
