import os

from fashion_model.cache import keep_newest


def test_the_oldest_make_room_and_what_was_just_made_stays(tmp_path):
    for age, name in enumerate(("made", "new", "old", "older")):
        (tmp_path / name / "inside").mkdir(parents=True)
        os.utime(tmp_path / name, (100 - age, 100 - age))
    os.utime(tmp_path / "made", (1, 1))
    keep_newest(tmp_path / "made", 2)
    assert {path.name for path in tmp_path.iterdir()} == {"made", "new"}
    keep_newest(tmp_path / "made", 1)
    assert {path.name for path in tmp_path.iterdir()} == {"made"}


def test_what_somebody_else_removes_meanwhile_is_no_surprise(tmp_path):
    (tmp_path / "made").mkdir()
    (tmp_path / "gone").symlink_to(tmp_path / "nowhere")  # listed, but not to be looked at
    keep_newest(tmp_path / "made", 1)
    assert (tmp_path / "made").exists()
