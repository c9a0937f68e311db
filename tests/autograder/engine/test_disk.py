"""A course on a disk that is full: what fits is graded, the rest gets its reason, and later the same command ends it."""

import os
import subprocess
import sys

import pytest

from tests.autograder.engine import real_class
from tests.autograder.engine.real_class import UNIT, notebook
from tests.autograder.engine.stubbed import hand_in
from tests.autograder.engine.test_command import run


@pytest.fixture
def small_disk(tmp_path):
    """A folder on a file system of 8 MB of its own."""
    if os.geteuid() != 0 or not sys.platform.startswith("linux"):
        pytest.skip("only root can mount a small disk")
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=8m", "none", str(folder)], capture_output=True, text=True
    )
    if mounted.returncode:
        pytest.skip(f"no small disk can be mounted here: {mounted.stderr.strip()}")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(folder, leave: int) -> None:
    """Fill the disk, but for some bytes."""
    room = os.statvfs(folder)
    (folder / "filler").write_bytes(bytes(max(0, room.f_bavail * room.f_bsize - leave)))


def test_what_does_not_fit_gets_its_reason_and_the_class_goes_on(small_disk):
    root = small_disk / "course"
    real_class.make_course(root, 2)
    (hand_in(root, "has much", notebook()).parent / "pictures.bin").write_bytes(os.urandom(3 * 2**20))
    hand_in(root, "z comes after", notebook())
    fill(small_disk, 2 * 2**20)
    code, told, _, err = run(root)
    assert (code, err) == (1, "")
    assert told["failed"] == {"has much": "its result could not be written: No space left on device"}
    assert [(row["student"], row["points"]) for row in told["graded"]] == [
        *(("student00", 5), ("student01", 3), ("z comes after", 5)),
    ]
    assert not (root / "autograded" / "has much").exists()
    assert "No space left on device" in (root / "grading_logs" / UNIT / "has much.log").read_text()
    (small_disk / "filler").unlink()
    code, told, _, _ = run(root)
    assert code == 0
    assert [(row["student"], row["points"]) for row in told["graded"]] == [("has much", 5)]
    assert (root / "autograded" / "has much" / UNIT / "pictures.bin").stat().st_size == 3 * 2**20


def test_no_room_at_all_harms_nothing(small_disk):
    """Graded before, handed in anew, and not a byte left: the old result stands until there is room for the new one."""
    root = small_disk / "course"
    real_class.make_course(root, 2)
    assert run(root)[0] == 0
    path = root / "autograded" / "student00" / UNIT / f"{UNIT}.ipynb"
    before = path.read_bytes()
    hand_in(root, "student00", notebook(double=real_class.SQUARE))
    fill(small_disk, 0)
    code, told, out, err = run(root)
    assert code in (1, 2)
    assert "Traceback" not in out + err
    assert "graded" not in (told or {}) or told["graded"] == []
    assert path.read_bytes() == before
    (small_disk / "filler").unlink()
    code, told, _, _ = run(root)
    assert code == 0
    assert [(row["student"], row["points"]) for row in told["graded"]] == [("student00", 3)]
    assert told["already"] == ["student01"]
