"""What a JupyterHub is given for the course, and what is said of one that cannot serve it, or would show learners answers.

A real hub is in tests/browser/test_hub.py.
"""

import ast
import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from traitlets.config import Config, PyFileConfigLoader

from autograder.common import finding
from autograder.course import COURSE, ROOT
from autograder.hub import look
from autograder.hub.settings import FILE, Hub, read_hub
from autograder.hub.write import write
from course_utils.edition.contents import LIST, Edition
from course_utils.files import digest
from course_utils.refused import Refused

pytestmark = pytest.mark.skipif(os.name != "posix", reason="a hub needs a system with users as Linux has them")


@pytest.fixture
def world(tmp_path, monkeypatch):
    """A folder that everybody can enter, whatever the folders above are: pytest's are their owner's alone."""
    above = set(tmp_path.resolve().parents)
    monkeypatch.setattr(finding, "_way_is_open", lambda path: all(map(_entered, set(path.parents) - above)))
    monkeypatch.setattr("autograder.hub.write.ROOT", tmp_path)  # where it is noted what was written
    tmp_path.chmod(0o755)
    return tmp_path


def _entered(folder):
    return folder.stat().st_mode & stat.S_IXOTH


@pytest.fixture
def hub(world):
    """A hub on which all is well, but for its programs."""
    course, shared = world / "course", world / "shared"
    course.mkdir(mode=0o700)
    made = Hub(str(shared), str(world / "exchange"), str(course), sys.executable, ["root"])
    write(made)
    lay_out(made.edition)
    return made


def lay_out(folder):
    """A small edition."""
    path, data = "notebooks/01_one/01_one.ipynb", b"{}"
    for name, text in ((path, data), (LIST, Edition({path: digest(data)}).as_json())):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(text)
    for place in (folder, *folder.rglob("*")):
        place.chmod(0o755)


def settings_of(path):
    return PyFileConfigLoader(str(path)).load_config()


def spawner(name):
    """What JupyterHub's spawner has of what the settings change."""
    return SimpleNamespace(user=SimpleNamespace(name=name), environment={"JUPYTER_CONFIG_PATH": "/etc/own"}, cmd=None)


def start(hub, name, times=1):
    """A spawner of a user, after the hook has seen it."""
    hook, one = settings_of(hub.folder / "jupyterhub_config.py").Spawner.pre_spawn_hook, spawner(name)
    for _ in range(times):
        hook(one)
    return one


# what is written


def test_a_learners_server_starts_in_an_edition_of_their_own_and_an_instructors_in_the_course(hub):
    ada, ann = start(hub, "ada"), start(hub, "root")
    assert ada.cmd[1:] == [
        "-P",
        "-m",
        "course_utils.hub",
        "--folder",
        f"~/{COURSE.slug}",
        "--edition",
        str(hub.edition),
    ]
    assert ann.cmd == [sys.executable, "-P", "-m", "course_utils.hub", "--folder", hub.course]


def test_each_reads_settings_of_their_own_before_the_hubs_however_often_a_server_starts(hub):
    assert start(hub, "ada", 3).environment["JUPYTER_CONFIG_PATH"] == f"{hub.folder}/learner:/etc/own"
    assert start(hub, "root", 3).environment["JUPYTER_CONFIG_PATH"] == f"{hub.folder}/instructor:/etc/own"


def test_nbgrader_fetches_into_the_editions_notebooks_and_hands_in_through_the_exchange(hub, monkeypatch):
    monkeypatch.setenv("HOME", "/home/ada")
    learner = settings_of(hub.folder / "learner" / "nbgrader_config.py")
    assert learner.Exchange == Config(root=hub.exchange, assignment_dir=f"/home/ada/{COURSE.slug}/notebooks")
    assert learner.CourseDirectory.course_id == COURSE.slug
    assert settings_of(hub.folder / "instructor" / "nbgrader_config.py").Exchange.root == hub.exchange


def test_the_formgrader_may_be_shown_in_a_frame_of_its_own_server_alone(hub):
    server = settings_of(hub.folder / "instructor" / "jupyter_server_config.py").ServerApp
    assert server.tornado_settings["headers"] == {"Content-Security-Policy": "frame-ancestors 'self'"}


def test_names_with_quotes_and_other_letters_stay_what_they_are(world):
    odd = Hub(str(world / "s\"h'ared"), str(world / "tausch $é"), str(world / "course"), "/usr/bin/python3", ["o'neil"])
    write(odd)
    assert start(odd, "o'neil").cmd[-1] == odd.course
    assert settings_of(odd.folder / "learner" / "nbgrader_config.py").Exchange.root == odd.exchange
    assert read_hub(Path(odd.shared)) == odd


def test_everybody_reads_the_settings_and_writes_into_the_exchange_whatever_the_umask(world):
    before = os.umask(0o077)
    try:
        write(Hub(str(world / "shared"), str(world / "exchange"), str(world / "course"), sys.executable, []))
    finally:
        os.umask(before)
    assert finding.readable_by_others(world / "shared" / "hub" / "learner" / "nbgrader_config.py")
    assert stat.S_IMODE((world / "exchange").stat().st_mode) == 0o1777


def test_an_exchange_inside_the_course_is_refused(world):
    with pytest.raises(Refused, match="lies in the course, which no learner may read: name a folder outside"):
        write(Hub(str(world), str(world / "course" / "exchange"), str(world / "course"), sys.executable, []))


# what is looked at


def findings(hub):
    return {one.name: one for one in look.look(Path(hub.shared))}


def test_a_hub_without_its_settings_is_refused(world):
    with pytest.raises(Refused, match="run autograder hub --exchange DIR first"):
        list(look.look(world))
    (world / "hub").mkdir()
    (world / "hub" / FILE).write_text("{}")
    with pytest.raises(Refused, match="cannot be read"):
        list(look.look(world))


def test_of_a_hub_that_serves_nothing_is_amiss(hub):
    found = findings(hub)
    amiss = {name for name, one in found.items() if not one.well}
    assert amiss <= {"jupyterhub", "proxy", "Python"}, found
    assert found["edition"].found.endswith(f"units 01: {hub.edition}")


def course_is_open(hub):
    Path(hub.course).chmod(0o755)


def course_can_be_entered(hub):
    Path(hub.course).chmod(0o711)


def exchange_is_closed(hub):
    Path(hub.exchange).chmod(0o755)


def exchange_lets_all_be_moved(hub):
    Path(hub.exchange).chmod(0o777)


def exchange_is_gone(hub):
    Path(hub.exchange).rmdir()


def edition_is_gone(hub):
    shutil.rmtree(hub.edition)


def edition_is_closed(hub):
    (hub.edition / "notebooks").chmod(0o700)


def edition_can_be_changed(hub):
    (hub.edition / "notebooks/01_one/01_one.ipynb").chmod(0o666)


def settings_are_gone(hub):
    (hub.folder / "learner/nbgrader_config.py").unlink()


def settings_are_closed(hub):
    (hub.folder / "learner").chmod(0o700)


def what_is_handed_in_is_listed(hub):
    (Path(hub.exchange) / COURSE.slug / "inbound").mkdir(parents=True)


@pytest.mark.parametrize(
    ("change", "name", "said", "remedy"),
    [
        (course_is_open, "course", "learners can read", "chmod o-rwx"),
        (course_can_be_entered, "course", "learners can read", "chmod o-rwx"),
        (exchange_is_closed, "exchange", "mode 755", "chmod 1777"),
        (exchange_lets_all_be_moved, "exchange", "any learner may move what is another's", "chmod +t"),
        (exchange_is_gone, "exchange", "there is no", "mkdir -p"),
        (edition_is_gone, "edition", "has no edition.json", "autograder release --folder"),
        (edition_is_closed, "edition", "learners cannot read", "chmod -R o+rX"),
        (edition_can_be_changed, "edition", "everybody can change", "chmod -R o-w"),
        (settings_are_gone, "settings", "there is no", "autograder hub --exchange"),
        (settings_are_closed, "settings", "learners cannot read", "chmod -R o+rX"),
        (what_is_handed_in_is_listed, "handing in", "mode 755", "chmod 2733"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_what_is_amiss_is_named_with_its_remedy(change, name, said, remedy, hub):
    assert findings(hub)[name].well
    change(hub)
    found = findings(hub)[name]
    assert not found.well
    assert said in found.found
    assert remedy in found.remedy


def test_settings_that_somebody_edited_are_theirs(hub):
    with (hub.folder / "jupyterhub_config.py").open("a") as file:
        file.write("# mine\n")
    assert "was edited by hand" in findings(hub)["settings"].found


def test_a_learners_python_has_the_helper_and_no_grader(hub, world, monkeypatch):
    monkeypatch.setattr(look, "allowed_to_others", lambda *_: True)
    monkeypatch.setattr(look, "_enters", lambda folder: True)
    without = look._learners(str(shutil.which("false")))
    assert (without.well, "does not start" in without.found) == (False, True)
    assert look._learners("").well
    for name in ("course_utils", "jupyterhub", "nbgrader"):
        (world / f"{name}.py").touch()
    python = world / "python"
    python.write_text(f'#!/bin/sh\nPYTHONPATH={world} exec {sys._base_executable} -S "$@"\n')
    python.chmod(0o755)
    assert look._learners(str(python)).well
    (world / "autograder.py").touch()
    monkeypatch.setattr(look, "readable_by_others", lambda path: path == world / "autograder.py")
    assert "learners can import the graders" in look._learners(str(python)).found
    (world / "jupyterhub.py").unlink()
    assert look._learners(str(python)).found == f"{python} has no jupyterhub"


def test_an_instructor_may_write_in_the_course(hub, monkeypatch):
    assert findings(hub)["instructor"].well
    stranger = SimpleNamespace(pw_uid=4_000_000, pw_gid=4_000_000)
    monkeypatch.setattr("pwd.getpwnam", lambda name: stranger)
    found = findings(hub)["instructor"]
    assert (found.well, "may not write in" in found.found, found.remedy[:14]) == (False, True, "chown -R root ")


def test_a_mirror_is_readable(world):
    assert look._mirror(str(world)).well
    assert look._mirror("https://mirror.school.example/data").well
    world.chmod(0o700)
    assert not look._mirror(str(world)).well


def everybody_writes_into_the_shared_folder(hub):
    Path(hub.shared).chmod(0o777)


def everybody_writes_into_a_folder_of_settings(hub):
    (hub.folder / "learner").chmod(0o777)


def everybody_writes_settings(hub):
    (hub.folder / "instructor/nbgrader_config.py").chmod(0o646)


def a_folder_of_the_edition_can_be_changed(hub):
    (hub.edition / "notebooks/01_one").chmod(0o757)


def a_learner_came_first(hub):
    place = Path(hub.exchange) / COURSE.slug
    place.mkdir()
    os.chown(place, 4_000_000, 4_000_000)


def a_learner_has_put_an_assignment_there(hub):
    place = Path(hub.exchange) / COURSE.slug / "outbound" / "01_one"
    place.mkdir(parents=True)
    os.chown(place, 4_000_000, 4_000_000)


def a_link_leads_elsewhere(hub):
    (Path(hub.exchange) / COURSE.slug).symlink_to(hub.course)


def everybody_writes_what_is_fetched(hub):
    (Path(hub.exchange) / COURSE.slug / "outbound").mkdir(parents=True)
    (Path(hub.exchange) / COURSE.slug / "outbound").chmod(0o777)


as_root = pytest.mark.skipif(getattr(os, "geteuid", int)() != 0, reason="root alone makes files that are another's")


@pytest.mark.parametrize(
    ("change", "name", "said", "remedy"),
    [
        (
            everybody_writes_into_the_shared_folder,
            "settings",
            "shared, and with it what all servers run",
            "chmod -R o-w",
        ),
        (everybody_writes_into_a_folder_of_settings, "settings", "hub/learner, and with it", "chmod -R o-w"),
        (everybody_writes_settings, "settings", "instructor/nbgrader_config.py, and with it", "chmod -R o-w"),
        (a_folder_of_the_edition_can_be_changed, "edition", "everybody can change", "chmod -R o-w"),
        pytest.param(
            *(a_learner_came_first, "handing out", "belongs to user 4000000, who teaches nothing here", "rm -r"),
            marks=as_root,
        ),
        pytest.param(
            *(a_learner_has_put_an_assignment_there, "handing out", "01_one belongs to user 4000000", "rm -r"),
            marks=as_root,
        ),
        (a_link_leads_elsewhere, "handing out", "is a link, and may lead to what a learner wrote", "rm -r"),
        (everybody_writes_what_is_fetched, "handing out", "everybody can change", "chmod -R o-w"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_where_a_learner_could_have_written_what_others_run_is_named(change, name, said, remedy, hub):
    test_what_is_amiss_is_named_with_its_remedy(change, name, said, remedy, hub)


def test_a_course_may_be_called_as_it_likes(world, monkeypatch):
    """Its title stands in the settings' first line, and the hub runs these, as root maybe."""
    title = 'Über """; import this; """ \\N{x} $python'
    monkeypatch.setattr("autograder.hub.write.COURSE", SimpleNamespace(title=title, slug=COURSE.slug))
    odd = Hub(
        str(world / "\udcff"), str(world / "$ex\\change\n'"), str(world / "course"), "/py\"'", ["a\nb", "\\", "😀"]
    )
    write(odd)
    for name in ("jupyterhub_config.py", "learner/nbgrader_config.py", "instructor/nbgrader_config.py"):
        tree = ast.parse((odd.folder / name).read_text())
        assert sum(isinstance(one, ast.Expr) for one in tree.body) == 1  # its first line
        assert not {alias.name for one in ast.walk(tree) if isinstance(one, ast.Import) for alias in one.names} - {
            "os",
            "sys",
        }
    assert start(odd, "😀").cmd[-1] == odd.course
    assert start(odd, "ada").cmd[-1] == str(odd.edition)
    assert settings_of(odd.folder / "learner" / "nbgrader_config.py").Exchange.root == odd.exchange
    assert read_hub(Path(odd.shared)) == odd


def test_an_exchange_that_leads_into_the_course_is_refused(world):
    (world / "course").mkdir()
    (world / "link").symlink_to(world / "course")
    for exchange in (world / "link" / "exchange", world / "other" / ".." / "course" / "exchange"):
        with pytest.raises(Refused, match="lies in the course"):
            write(Hub(str(world), str(exchange), str(world / "course"), sys.executable, []))


def test_a_file_of_a_learners_that_is_called_as_the_librarys_is_not_run(hub, world):
    """A server starts in the user's home, where learners keep a random.py of their own."""
    for name in ("random.py", "json.py", "course_utils.py"):
        (world / name).write_text("raise SystemExit('ran')")
    *command, _, _ = start(hub, "root").cmd
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([*command, "--help"], cwd=world, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "where the server starts" in done.stdout
