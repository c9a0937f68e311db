"""A server on a hub: the edition is brought into the home with work as it was, and the server starts there, on the start page."""

import os
import stat
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from course_utils import hub, start_page
from course_utils.edition.contents import read_edition
from course_utils.limits import MAX_PROGRESS
from tests.course_utils.test_edition import NEW_ONE, ONE, PATHS, edition, lay_out, notebook


@pytest.fixture
def shared(tmp_path):
    """The one edition that all can read."""
    return lay_out(tmp_path / "srv" / "edition", edition())


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A user's home, in which the process stands; the server itself is only noted. Its root, its address and arguments."""
    folder, seen = tmp_path / "home", SimpleNamespace()
    folder.mkdir()
    for name in (
        "JUPYTERHUB_ROOT_DIR",
        "JUPYTERHUB_DEFAULT_URL",
        "COURSE_EDITION",
        "COURSE_PROGRESS",
        "COURSE_CONTENT",
    ):
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.setenv("PATH", os.environ["PATH"])
    monkeypatch.chdir(folder)
    monkeypatch.setattr(sys, "argv", sys.argv)

    def main():
        seen.root, seen.opens = os.environ["JUPYTERHUB_ROOT_DIR"], os.environ["JUPYTERHUB_DEFAULT_URL"]
        seen.here, seen.arguments = Path.cwd(), sys.argv[1:]

    monkeypatch.setitem(sys.modules, "jupyterhub", SimpleNamespace())
    monkeypatch.setitem(sys.modules, "jupyterhub.singleuser", SimpleNamespace(main=main))
    return SimpleNamespace(folder=folder, seen=seen)


def test_a_learner_gets_the_edition_for_themselves_alone_and_starts_in_it(shared, home):
    hub.main(["--folder", "~/course", "--edition", str(shared), "--debug"])
    mine = home.folder / "course"
    assert read_edition(mine).version == read_edition(shared).version
    assert (mine / PATHS[ONE]).read_bytes() == edition()[PATHS[ONE]]
    assert stat.S_IMODE(mine.stat().st_mode) == 0o700
    assert (home.seen.root, home.seen.here, home.seen.arguments) == (str(mine), mine, ["--debug"])
    assert home.seen.opens == f"/lab/tree/{start_page.PAGE}"
    assert (mine / start_page.PAGE).is_file()


def test_packs_are_the_shared_ones_and_progress_is_kept_at_home(shared, home):
    hub.main(["--folder", "~/course", "--edition", str(shared)])
    assert os.environ["COURSE_CONTENT"] == str(shared / "course_utils")
    assert os.environ["COURSE_PROGRESS"] == str(home.folder / "course" / "progress.json")
    assert os.environ["COURSE_EDITION"] == str(shared)
    assert os.environ["PATH"].startswith(str(Path(sys.executable).parent))


def test_a_newer_edition_is_brought_at_the_next_start_and_work_stays(shared, home):
    hub.main(["--folder", "~/course", "--edition", str(shared)])
    mine = home.folder / "course" / PATHS[ONE]
    mine.write_bytes(notebook("start('01_one')", "my work"))
    lay_out(shared, edition(one=NEW_ONE, plot=b"plot = 2\n"))
    hub.main(["--folder", "~/course", "--edition", str(shared)])
    assert b"my work" in mine.read_bytes()
    assert (home.folder / "course/course_utils/plot.py").read_bytes() == b"plot = 2\n"


def test_what_lay_there_before_is_kept(shared, home):
    mine = home.folder / "course" / PATHS[ONE]
    mine.parent.mkdir(parents=True)
    mine.write_bytes(notebook("my own, from elsewhere"))
    hub.main(["--folder", "~/course", "--edition", str(shared)])
    assert b"from elsewhere" in mine.read_bytes()


def test_a_hub_may_say_where_to_open(shared, home, monkeypatch):
    monkeypatch.setenv("JUPYTERHUB_DEFAULT_URL", "/tree")
    hub.main(["--folder", "~/course", "--edition", str(shared)])
    assert home.seen.opens == "/tree"


def test_the_server_starts_whatever_is_wrong_with_the_edition(tmp_path, home, capsys):
    hub.main(["--folder", "~/course", "--edition", str(tmp_path / "nowhere")])
    assert home.seen.root == str(home.folder / "course")
    assert "could not be brought to the edition" in capsys.readouterr().out


def test_where_no_folder_can_be_made_the_server_starts_in_the_home(shared, home, capsys):
    (home.folder / "course").write_text("a file of the learner's own")
    hub.main(["--folder", "~/course", "--edition", str(shared)])
    assert home.seen.root == str(home.folder)
    assert "could not be brought to the edition" in capsys.readouterr().out


def test_a_full_quota_is_said_and_the_server_starts(shared, home, monkeypatch, capsys):
    def full(*_, **__):
        raise OSError(122, "Disk quota exceeded", str(home.folder / "course" / "x"))

    monkeypatch.setattr("course_utils.edition.update.update", full)
    hub.main(["--folder", "~/course", "--edition", str(shared)])
    assert home.seen.root
    assert "your disk quota is used up" in capsys.readouterr().out


def test_an_instructors_course_is_left_as_it_is(shared, home):
    course = home.folder / "mine"
    course.mkdir()
    hub.main(["--folder", str(course)])
    assert list(course.iterdir()) == []
    assert (home.seen.here, home.seen.opens) == (course, "/lab")
    assert "COURSE_PROGRESS" not in os.environ


#: What stands in a learner's folder where a file of the edition, or of their own, is expected.
def pipe(place):
    os.mkfifo(place)


def folder(place):
    place.mkdir()
    (place / "inside").write_text("x")


def endless_link(place):
    place.symlink_to(place)


def device(place):
    place.symlink_to("/dev/zero")


def nested(place):
    place.write_bytes(b"[" * 200_000)


def large(place):
    with place.open("wb") as file:
        file.truncate(MAX_PROGRESS + 1)


@pytest.mark.skipif(os.name != "posix", reason="a hub needs a system with users as Linux has them")
@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    "place", [PATHS[ONE], "course_utils/plot.py", "edition.json", "progress.json", start_page.PAGE]
)
@pytest.mark.parametrize("odd", [pipe, folder, endless_link, device, nested, large], ids=lambda odd: odd.__name__)
def test_the_server_starts_whatever_stands_where_a_file_should(odd, place, shared, home, capsys):
    hub.main(["--folder", "~/course", "--edition", str(shared)])
    mine = home.folder / "course" / place
    mine.unlink(missing_ok=True)
    odd(mine)
    home.seen.root = ""
    lay_out(shared, edition(one=NEW_ONE, plot=b"plot = 2\n"))
    hub.main(["--folder", "~/course", "--edition", str(shared)])
    assert home.seen.root == str(home.folder / "course")


def test_what_a_link_leads_to_is_left_alone(shared, home):
    hub.main(["--folder", "~/course", "--edition", str(shared)])
    precious = home.folder / "precious.py"
    precious.write_bytes(b"precious")
    mine = home.folder / "course/course_utils/plot.py"
    mine.unlink()
    mine.symlink_to(precious)
    lay_out(shared, edition(plot=b"plot = 2\n"))
    hub.main(["--folder", "~/course", "--edition", str(shared)])
    assert precious.read_bytes() == b"precious"
    assert mine.read_bytes() == b"plot = 2\n"


def test_a_user_without_a_home_is_told_about(shared, home, monkeypatch):
    monkeypatch.setenv("HOME", str(home.folder / "gone" / "file"))
    (home.folder / "gone").write_text("no folder")
    with pytest.raises(SystemExit, match=r"there is no folder .*: make it, for this user"):
        hub.main(["--folder", "~/course", "--edition", str(shared)])

    def none(_):
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "expanduser", none)
    with pytest.raises(SystemExit, match="this user has no home; have the hub set HOME"):
        hub.main(["--folder", "~/course", "--edition", str(shared)])
