import resource
import subprocess
import sys
import tracemalloc

from fashion_model.files import check_room


def test_asking_for_room_takes_neither_memory_nor_a_file(tmp_path):
    tracemalloc.start()
    try:
        check_room(tmp_path, 200_000_000)
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()
    assert list(tmp_path.iterdir()) == []


def test_room_that_is_not_there_is_refused(tmp_path):
    code = "import sys; from fashion_model.files import check_room; from pathlib import Path\n"
    code += "check_room(Path(sys.argv[1]), 2_000_000)"

    def little_room() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))

    ended = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], preexec_fn=little_room, capture_output=True
    )
    assert b"OSError" in ended.stderr
