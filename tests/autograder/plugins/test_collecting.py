"""Collecting from an exchange that all learners write into: what one puts there harms neither the others nor the instructor."""

import os
import pwd

import pytest
from nbgrader.coursedir import CourseDirectory
from nbgrader.exchange import ExchangeFactory
from traitlets.config import Config, PyFileConfigLoader

from autograder.common import finding
from autograder.course import ROOT
from autograder.plugins import collecting
from autograder.plugins.collecting import CollectPlain

pytestmark = pytest.mark.skipif(
    os.name != "posix", reason="nbgrader's exchange needs a system with users as Linux has them"
)
UNIT, WHEN = "01_one", "2026-01-01 10:00:00.000000 UTC"
SECRET = "the secret of the hidden probes"


@pytest.fixture
def exchange(tmp_path):
    """Where learners hand in; ada's notebook is there. The instructor's secret lies in the course."""
    inbound = tmp_path / "exchange" / "course" / "inbound"
    (tmp_path / "course").mkdir()
    (tmp_path / "course" / "secret.txt").write_text(SECRET)
    hand_in(inbound, "ada")
    return inbound


def hand_in(inbound, student, when=WHEN, text="{}"):
    folder = inbound / f"{student}+{UNIT}+{when}+x1"
    folder.mkdir(parents=True)
    (folder / f"{UNIT}.ipynb").write_text(text)
    (folder / "timestamp.txt").write_text(when)
    return folder


def collect(inbound, check_owner=False, **settings):
    """Collect; student -> the files that came, by their path."""
    course = inbound.parents[2] / "course"
    config = Config()
    config.CourseDirectory = Config(
        root=str(course), course_id="course", assignment_id=UNIT, db_url=f"sqlite:///{course}/gradebook.db", **settings
    )
    made = CollectPlain(coursedir=CourseDirectory(config=config), config=config, check_owner=check_owner, update=True)
    made.root, made.assignment_dir = str(inbound.parents[1]), str(course)
    made.start()
    found = {}
    for folder in course.glob(f"submitted/*/{UNIT}"):
        paths = (path for path in folder.rglob("*") if not path.is_dir())
        found[folder.parent.name] = {path.relative_to(folder).as_posix(): path.read_text() for path in paths}
    assert {path.name for path in course.iterdir()} <= {"submitted", "secret.txt", "gradebook.db"}
    assert (course / "secret.txt").read_text() == SECRET
    return found


PLAIN = {f"{UNIT}.ipynb": "{}", "timestamp.txt": WHEN}


def test_plain_files_come_as_they_are(exchange):
    folder = hand_in(exchange, "bob", text='{"a": 1}')
    (folder / "data" / "more").mkdir(parents=True)
    (folder / "data" / "more" / "a.txt").write_text("1 2 3")
    (folder / "__pycache__").mkdir()
    (folder / "__pycache__" / "x.pyc").write_text("")
    found = collect(exchange)
    assert found == {"ada": PLAIN, "bob": {**PLAIN, f"{UNIT}.ipynb": '{"a": 1}', "data/more/a.txt": "1 2 3"}}


def test_the_newest_comes_and_an_older_one_stays_away(exchange):
    later = "2026-01-02 10:00:00.000000 UTC"
    hand_in(exchange, "ada", later, "later")
    assert collect(exchange)["ada"] == {f"{UNIT}.ipynb": "later", "timestamp.txt": later}
    hand_in(exchange, "ada", "2025-01-02 10:00:00.000000 UTC", "older")
    assert collect(exchange)["ada"][f"{UNIT}.ipynb"] == "later"


def links_to_the_secret(folder):
    (folder / "data.txt").symlink_to(folder.parents[3] / "course" / "secret.txt")


def links_to_the_course(folder):
    (folder / "data").symlink_to(folder.parents[3] / "course")


def links_nowhere(folder):
    (folder / "gone").symlink_to(folder / "nowhere")
    (folder / "self").symlink_to(folder)


def has_a_pipe(folder):
    os.mkfifo(folder / "pipe")


def has_a_device(folder):
    (folder / "zero").symlink_to("/dev/zero")


def is_deep(folder):
    deep = folder.joinpath(*["d"] * 60)
    deep.mkdir(parents=True)
    (deep / "a.txt").write_text("deep")


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    "odd",
    [links_to_the_secret, links_to_the_course, links_nowhere, has_a_pipe, has_a_device, is_deep],
    ids=lambda f: f.__name__,
)
def test_what_is_no_plain_file_is_left_out_and_the_rest_comes(odd, exchange):
    odd(hand_in(exchange, "bob"))
    assert collect(exchange) == {"ada": PLAIN, "bob": PLAIN}


def test_a_submission_that_is_a_link_is_not_followed(exchange):
    (exchange / f"bob+{UNIT}+{WHEN}+x1").symlink_to(exchange.parents[2] / "course")
    (exchange / f"eve+{UNIT}+{WHEN}+x1").write_text("a file")
    assert collect(exchange) == {"ada": PLAIN}


@pytest.mark.parametrize(
    "name",
    [
        f"..+{UNIT}+{WHEN}+x",
        f".+{UNIT}+{WHEN}+x",
        f"+{UNIT}+{WHEN}+x",
        f"a*+{UNIT}+{WHEN}+x",
        f"a\x1b[31m+{UNIT}+{WHEN}+x",
        f"bob+{UNIT}+soon+x",
        f"bob+{UNIT}+",
        f"bob+{UNIT}+9999999-01-01 00:00:00 UTC+x",
        f"bob+{UNIT}++++",
    ],
)
def test_a_name_that_is_none_stops_nobody_and_leads_nowhere(name, exchange):
    (exchange / name).mkdir()
    (exchange / name / f"{UNIT}.ipynb").write_text("{}")
    assert collect(exchange) == {"ada": PLAIN}


def test_nobody_hands_in_for_another(exchange, monkeypatch):
    """Else the newest that anybody puts there in her name takes the place of hers."""
    me = os.getuid()
    monkeypatch.setattr(collecting, "user_name", lambda number: "ada" if number == me else "eve")
    hand_in(exchange, "bob", text="of ada's")
    assert collect(exchange, check_owner=True) == {"ada": PLAIN}
    monkeypatch.setattr(collecting, "user_name", lambda number: "eve")
    forged = hand_in(exchange, "ada", "2026-12-01 10:00:00.000000 UTC", "forged")
    assert collect(exchange, check_owner=True) == {"ada": PLAIN}
    assert forged.is_dir()


def test_a_user_without_a_name_is_one_all_the_same():
    assert finding.user_name(os.getuid()) == pwd.getpwuid(os.getuid()).pw_name
    assert finding.user_name(4_000_000) == "user 4000000"


def test_what_a_submission_may_hold_is_bounded(exchange, monkeypatch):
    folder = hand_in(exchange, "bob")
    with (folder / "large.bin").open("wb") as file:
        file.truncate(3_000_000)
    assert collect(exchange, max_file_size=1_000)["bob"] == PLAIN
    hand_in(exchange, "bob", "2026-01-02 10:00:00.000000 UTC")
    monkeypatch.setattr(collecting, "MAX_UNPACKED_FILES", 1)
    assert len(collect(exchange)["bob"]) == 1


def test_a_whole_submission_that_is_too_large_stops_nobody(exchange):
    folder = hand_in(exchange, "bob")
    for name in ("a.bin", "b.bin"):
        with (folder / name).open("wb") as file:
            file.truncate(700_000)
    found = collect(exchange, max_dir_size=1_000)
    assert found["ada"] == PLAIN
    assert {f"{UNIT}.ipynb", "a.bin"} <= found["bob"].keys()
    assert "b.bin" not in found["bob"]


def test_this_course_collects_so():
    config = PyFileConfigLoader("nbgrader_config.py", str(ROOT)).load_config()
    assert ExchangeFactory(config=config).collect is CollectPlain
