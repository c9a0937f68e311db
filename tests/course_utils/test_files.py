"""Whenever a change to a file is interrupted, the old file is there or the new one, and nothing else stays."""

import errno
import os
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from course_utils import files

ENDED = 9  # by os._exit, as a killed process ends: nothing is tidied


@pytest.fixture
def path(tmp_path):
    """A file that holds b"old", alone in its folder."""
    (tmp_path / "here").mkdir()
    path = tmp_path / "here" / "whole.txt"
    path.write_bytes(b"old")
    return path


def kill_while_writing(path, alone):
    """Have a process die when half of the file is written."""
    code = (
        "import os, sys; from pathlib import Path; from course_utils import files\n"
        f"with files.replacing(Path(sys.argv[1]), alone={alone}) as file:\n"
        f"    file.write(b'half'); file.flush(); os._exit({ENDED})"
    )
    assert subprocess.run([sys.executable, "-c", code, path], check=False).returncode == ENDED


def names(path):
    return sorted(one.name for one in path.parent.iterdir())


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_disk_that_refuses_leaves_the_old_file_and_nothing_beside_it(path, monkeypatch, step):
    def full(*_):
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(files.os, step, full)
    with pytest.raises(OSError, match="full"):
        files.write(path, b"new")
    assert path.read_bytes() == b"old"
    assert names(path) == ["whole.txt"]


def test_the_bytes_are_on_the_disk_before_the_file_has_its_name(path, monkeypatch):
    order = []
    for step in ("fsync", "replace"):
        real = getattr(os, step)
        monkeypatch.setattr(files.os, step, lambda *given, real=real, step=step: (order.append(step), real(*given)))
    files.write(path, b"new")
    assert order == ["fsync", "replace"]
    assert path.read_bytes() == b"new"


def test_what_a_killed_writer_left_is_written_over_by_the_next_who_holds_the_lock(path):
    kill_while_writing(path, alone=True)
    assert path.read_bytes() == b"old"
    assert len(names(path)) == 2
    files.write(path, b"new", alone=True)
    assert path.read_bytes() == b"new"
    assert names(path) == ["whole.txt"]


def test_what_a_killed_writer_left_of_a_file_is_cleared_and_of_no_other(path):
    kill_while_writing(path, alone=False)
    kill_while_writing(path.with_name("other.txt"), alone=False)
    assert len(names(path)) == 3
    files.clear_partial(path)
    assert len(names(path)) == 2
    files.clear_partial(path.parent)
    assert names(path) == ["whole.txt"]


def test_many_who_write_one_file_at_once_leave_one_of_theirs(path):
    wanted = [bytes([65 + i]) * 100_000 for i in range(8)]
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda data: files.write(path, data), wanted * 5))
    assert path.read_bytes() in wanted
    assert names(path) == ["whole.txt"]


def test_permissions_are_those_that_are_asked_for_whatever_was_there(path):
    files.write(path, b"new", mode=0o444, alone=True)
    files.write(path, b"newer", mode=0o440, alone=True)
    assert stat.S_IMODE(path.stat().st_mode) == 0o440
    assert path.read_bytes() == b"newer"


def test_equal_bytes_are_left_alone(path):
    before = path.stat()
    assert not files.write_changed(path, b"old")
    assert path.stat().st_ino == before.st_ino
    assert files.write_changed(path, b"new")
    assert path.read_bytes() == b"new"


def test_of_many_who_create_a_file_one_is_first_and_its_bytes_stay(path):
    new = path.with_name("secret")
    with ThreadPoolExecutor(8) as threads:
        first = list(threads.map(lambda i: files.create(new, b"%d" % i, mode=0o600), range(8)))
    assert first.count(True) == 1
    assert new.read_bytes() == b"%d" % first.index(True)
    assert stat.S_IMODE(new.stat().st_mode) == 0o600
    assert names(path) == ["secret", "whole.txt"]


def test_a_name_may_be_as_long_as_the_system_takes(path):
    longest = path.with_name("ä" * 126 + ".py")  # 255 bytes
    files.write(longest, b"new")
    assert longest.read_bytes() == b"new"


def test_on_windows_a_file_that_another_program_reads_is_waited_for(tmp_path, monkeypatch):
    """A second notebook, or a virus scanner: Windows refuses to replace what is open."""
    path, refusals = tmp_path / "progress.json", [PermissionError(13, "Access is denied")] * 2
    real = os.replace

    def replace(*paths):
        if refusals:
            raise refusals.pop()
        real(*paths)

    monkeypatch.setattr(files.os, "replace", replace)
    with pytest.raises(PermissionError):  # elsewhere it means what it says
        files.write(path, b"new")
    monkeypatch.setattr(files, "ON_WINDOWS", True)
    files.write(path, b"new")
    assert (path.read_bytes(), refusals) == (b"new", [])
    monkeypatch.setattr(files, "REPLACE_SECONDS", 0.1)
    refusals[:] = [PermissionError(13, "Access is denied")] * 1000
    with pytest.raises(PermissionError):
        files.write(path, b"newer")
    assert [one.name for one in tmp_path.iterdir()] == ["progress.json"]


@pytest.mark.skipif(os.name != "posix", reason="Windows has no such files")
@pytest.mark.timeout(30)
def test_what_is_no_plain_file_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "device").symlink_to("/dev/zero")
    for name in ("pipe", "device"):
        with pytest.raises(OSError, match="it is no plain file") as error:
            files.read(tmp_path / name)
        assert error.value.filename == str(tmp_path / name)
    assert files.read(tmp_path / "none") is None
