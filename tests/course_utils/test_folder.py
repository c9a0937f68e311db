"""The working directory is held as what it is: another one, one that is gone, and the way back."""

import os

import pytest

from course_utils.folder import WorkingFolder


@pytest.fixture
def folders(tmp_path, monkeypatch):
    for name in ("here", "there"):
        (tmp_path / name).mkdir()
    monkeypatch.chdir(tmp_path / "here")
    return tmp_path


def test_one_that_was_left_is_noticed_and_found_again(folders):
    with WorkingFolder() as home:
        assert not home.is_left()
        os.chdir(folders / "there")
        assert home.is_left()
        assert home.go_back()
        assert not home.is_left()
    assert os.getcwd() == str(folders / "here")


def test_one_that_is_renamed_is_still_the_same(folders):
    with WorkingFolder() as home:
        (folders / "here").rename(folders / "renamed")
        assert not home.is_left()
        os.chdir(folders / "there")
        assert home.go_back()
        assert os.getcwd() == str(folders / "renamed")


def test_one_that_is_gone_is_left_and_there_is_no_way_back(folders):
    with WorkingFolder() as home:
        (folders / "here").rmdir()
        assert home.is_left()
        os.chdir(folders / "there")
        assert not home.go_back()
        assert os.getcwd() == str(folders / "there")


def test_one_that_was_gone_before_is_not_left(folders):
    (folders / "here").rmdir()
    with WorkingFolder() as home:
        assert not home.is_left()
        assert not home.go_back()
        os.chdir(folders / "there")
        assert home.is_left()


def test_nothing_is_left_open(folders):
    before = len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else None
    for _ in range(20):
        with WorkingFolder():
            pass
    if before is not None:
        assert len(os.listdir("/proc/self/fd")) <= before
