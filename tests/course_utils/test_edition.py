"""`course.py update` brings what is new and never costs a learner their work; `course.py reset` puts one notebook back."""

import json
import os
import re
import shutil
import subprocess
import sys
import threading
import zipfile
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from course_utils import files
from course_utils.edition import __main__ as command
from course_utils.edition.contents import LIST, Edition, EditionError, find_unit, parse, read_edition
from course_utils.edition.fetch import fetch
from course_utils.edition.reset import reset
from course_utils.edition.update import update
from course_utils.files import digest

ONE, TWO = "01_one", "02_two"
PATHS = {unit: f"notebooks/{unit}/{unit}.ipynb" for unit in (ONE, TWO, "03_three")}


def notebook(*sources, outputs=()):
    """The bytes of a notebook with these code cells; `outputs` are texts that its first cell has printed."""
    printed = [{"output_type": "stream", "name": "stdout", "text": text} for text in outputs]
    cells = [
        {
            "cell_type": "code",
            "id": f"c{i}",
            "metadata": {},
            "execution_count": 1 if outputs else None,
            "outputs": printed * (i == 0),
            "source": source.splitlines(keepends=True),
        }
        for i, source in enumerate(sources)
    ]
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}, indent=1).encode()


def edition(units=(ONE, TWO), **changed):
    """The files of a small edition: path -> bytes. `changed` gives other bytes for a file named by a key of `named`."""
    found = {
        "README.md": b"read me\n",
        "requirements.lock": b"numpy==2.0\n",
        "course_utils/plot.py": b"plot = 1\n",
        "notebooks/glossary.md": b"words\n",
    }
    for unit in units:
        found[PATHS[unit]] = notebook(f"start('{unit}')", "...")
        found[f"course_utils/examples/{unit}/a.json"] = b"{}\n"
    named = {
        "readme": "README.md",
        "plot": "course_utils/plot.py",
        "glossary": "notebooks/glossary.md",
        "lock": "requirements.lock",
    }
    named |= {"one": PATHS[ONE], "two": PATHS[TWO]}
    found |= {named[key]: data for key, data in changed.items()}
    found |= {f".released/{path}": data for path, data in found.items() if path.endswith(".ipynb")}
    return found


def lay_out(folder, files, address=""):
    """Write an edition with these files into a folder; returns the folder."""
    told = Edition({path: digest(data) for path, data in files.items()}, address)
    for path, data in [*files.items(), (LIST, told.as_json())]:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    return folder


def as_zip(path, folder, top="course-main/"):
    """Zip what lies in a folder, below one folder called `top`."""
    with zipfile.ZipFile(path, "w") as archive:
        for file in sorted(folder.rglob("*")):
            if file.is_file():
                archive.write(file, top + file.relative_to(folder).as_posix())
    return path


@pytest.fixture
def mine(tmp_path):
    """A learner's folder, with the small edition in it."""
    return lay_out(tmp_path / "mine", edition())


@pytest.fixture
def bring(mine, tmp_path):
    """A function: update the learner's folder to an edition of these files; returns what was said, as one text."""

    def bring_it(files):
        shutil.rmtree(tmp_path / "new", ignore_errors=True)
        lay_out(tmp_path / "new", files)
        return "\n".join(update(mine, read_edition(mine), str(tmp_path / "new")))

    return bring_it


def everything(folder):
    """path -> bytes of every file in a folder."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


NEW_ONE = notebook("start('01_one')", "...", "print('a new cell')")
NEWEST = notebook("start('02_two')", "...", "print('newer still')")


# update


def signed(*sources):
    """A notebook as `notebook` makes it, whose first cell nbgrader has signed when it was released."""
    made = json.loads(notebook(*sources))
    made["cells"][0]["metadata"] = {"nbgrader": {"grade_id": "a", "checksum": digest(b"as released")}}
    return json.dumps(made, indent=1).encode()


def test_work_in_a_unit_that_was_fetched_before_the_edition_had_it_has_nothing_set_beside_it(mine, bring):
    three = PATHS["03_three"]
    (mine / three).parent.mkdir(parents=True)
    (mine / three).write_bytes(signed("start('03_three')", "my work"))
    files = edition((ONE, TWO, "03_three"))
    bring(
        {**files, three: signed("start('03_three')", "..."), f".released/{three}": signed("start('03_three')", "...")}
    )
    assert b"my work" in (mine / three).read_bytes()
    assert [path.name for path in (mine / three).parent.iterdir()] == [Path(three).name]


def test_what_was_never_touched_is_replaced(mine, bring):
    said = bring(edition((ONE, TWO, "03_three"), one=NEW_ONE, plot=b"plot = 2\n"))
    there = everything(mine)
    assert there[PATHS[ONE]] == there[f".released/{PATHS[ONE]}"] == NEW_ONE
    assert there["course_utils/plot.py"] == b"plot = 2\n"
    assert there[PATHS["03_three"]] == notebook("start('03_three')", "...")
    assert read_edition(mine).units == [ONE, TWO, "03_three"]
    assert "brought 2 files of the helper and its data and in notebooks/ 01_one, 03_three" in said
    assert "Reload it" in said
    assert not [path for path in there if "kept" in path or "new_version" in path]


def test_a_notebook_with_work_in_it_stays_and_its_new_version_is_set_beside_it(mine, bring):
    work = notebook("start('01_one')", "my answer")
    (mine / PATHS[ONE]).write_bytes(work)
    said = bring(edition(one=NEW_ONE))
    assert (mine / PATHS[ONE]).read_bytes() == work
    (beside,) = (mine / "notebooks" / ONE).glob("*new_version*")
    assert re.fullmatch(r"01_one_new_version_of_\d{4}-\d\d-\d\d\.ipynb", beside.name)
    assert beside.read_bytes() == NEW_ONE
    (line,) = [line for line in said.splitlines() if line.startswith("01_one.ipynb")]
    assert "your work stays as it is" in line
    assert beside.name in line


def test_a_notebook_with_work_in_it_and_nothing_new_is_left_without_a_word(mine, bring):
    (mine / PATHS[ONE]).write_bytes(notebook("start('01_one')", "my answer"))
    said = bring(edition(two=notebook("new")))
    assert "01_one" not in said
    assert not list(mine.rglob("*new_version*"))


def test_a_notebook_that_was_only_run_is_replaced_and_what_it_showed_is_kept(mine, bring):
    run = notebook("start('01_one')", "...", "", outputs=["hello"])  # JupyterLab adds an empty cell at the end
    (mine / PATHS[ONE]).write_bytes(run)
    said = bring(edition(one=NEW_ONE))
    assert (mine / PATHS[ONE]).read_bytes() == NEW_ONE
    (kept,) = (mine / "kept").rglob("*.ipynb")
    assert kept.read_bytes() == run
    assert kept.relative_to(mine).as_posix() in said


def test_a_second_update_changes_nothing(mine, bring):
    (mine / PATHS[ONE]).write_bytes(notebook("start('01_one')", "my answer"))
    (mine / PATHS[TWO]).write_bytes(notebook("start('02_two')", "...", outputs=["hello"]))
    (mine / "course_utils/plot.py").write_bytes(b"print('looking')\n")
    newer = edition(one=NEW_ONE, two=notebook("new"), plot=b"plot = 2\n")
    bring(newer)
    before = everything(mine)
    assert "You have the newest edition" in bring(newer)
    assert everything(mine) == before


def test_work_stays_over_many_editions(mine, bring):
    work = notebook("start('01_one')", "my answer")
    (mine / PATHS[ONE]).write_bytes(work)
    for number in range(3):
        bring(edition(one=notebook(f"edition {number}")))
    assert (mine / PATHS[ONE]).read_bytes() == work
    beside = {path.read_bytes() for path in mine.rglob("*new_version*")}
    assert beside == {notebook(f"edition {number}") for number in range(3)}


def test_what_the_learner_added_is_left_alone(mine, bring):
    own = {
        "notebooks/mine.ipynb": notebook("mine"),
        "notebooks/01_one/photo.png": b"\x89",
        "progress.json": b"{}",
        "notes.txt": b"n",
    }
    for path, data in own.items():
        (mine / path).write_bytes(data)
    bring(edition(one=NEW_ONE))
    assert own.items() <= everything(mine).items()


def test_a_file_of_the_learners_where_a_new_unit_comes_is_not_written_over(mine, bring):
    (mine / "notebooks/03_three").mkdir()
    (mine / PATHS["03_three"]).write_bytes(notebook("my own notebook of that name"))
    said = bring(edition((ONE, TWO, "03_three")))
    assert (mine / PATHS["03_three"]).read_bytes() == notebook("my own notebook of that name")
    assert "03_three_new_version_of_" in said


def test_a_notebook_that_was_removed_does_not_come_back_and_is_told(mine, bring):
    (mine / PATHS[ONE]).unlink()
    said = bring(edition(one=NEW_ONE))
    assert not (mine / PATHS[ONE]).exists()
    assert "01_one.ipynb: you have removed it, so it is not brought; python course.py reset 01 brings it back" in said
    assert "as it was released" in reset(mine, "1")[0]
    assert (mine / PATHS[ONE]).read_bytes() == NEW_ONE


def test_a_changed_file_of_the_helper_is_kept_and_replaced(mine, bring):
    (mine / "course_utils/plot.py").write_bytes(b"print('looking')\n")
    said = bring(edition(plot=b"plot = 2\n"))
    assert (mine / "course_utils/plot.py").read_bytes() == b"plot = 2\n"
    (kept,) = (mine / "kept" / "course_utils").iterdir()
    assert kept.read_bytes() == b"print('looking')\n"
    assert "course_utils/plot.py: the course's own is in its place again" in said


def test_a_text_beside_the_notebooks_that_was_written_in_is_set_beside_as_a_notebook_is(mine, bring):
    (mine / "notebooks/glossary.md").write_bytes(b"words and mine\n")
    bring(edition(glossary=b"more words\n"))
    assert (mine / "notebooks/glossary.md").read_bytes() == b"words and mine\n"
    (beside,) = (mine / "notebooks").glob("glossary_new_version_of_*.md")
    assert beside.read_bytes() == b"more words\n"


def test_what_is_no_longer_part_of_the_helper_goes_and_a_withdrawn_unit_still_works(mine, bring):
    newer = edition((ONE,))
    del newer["README.md"]
    said = bring(newer)
    there = everything(mine)
    assert "README.md" not in there
    assert {PATHS[TWO], f"course_utils/examples/{TWO}/a.json", f".released/{PATHS[TWO]}"} <= there.keys()
    assert "02_two.ipynb: no longer part of the course; yours stays where it is" in said
    (mine / PATHS[TWO]).write_bytes(b"spoilt")
    reset(mine, "02")
    assert (mine / PATHS[TWO]).read_bytes() == notebook("start('02_two')", "...")


def test_a_withdrawn_unit_whose_notebook_was_removed_leaves_nothing(mine, bring):
    shutil.rmtree(mine / "notebooks" / TWO)
    bring(edition((ONE,)))
    assert not [path for path in mine.rglob("*") if TWO in path.name]


def test_a_notebook_that_cannot_be_read_counts_as_work(mine, bring):
    (mine / PATHS[ONE]).write_bytes(b'{"cells": [{"cell_type": "code", "sou')
    bring(edition(one=NEW_ONE))
    assert (mine / PATHS[ONE]).read_bytes() == b'{"cells": [{"cell_type": "code", "sou'


def test_an_edition_without_an_address_leaves_the_one_that_has_served(tmp_path):
    mine = lay_out(tmp_path / "mine", edition(), "https://school.example/course.zip")
    lay_out(tmp_path / "new", edition(one=NEW_ONE))
    update(mine, read_edition(mine), str(tmp_path / "new"))
    assert read_edition(mine).address == "https://school.example/course.zip"
    said = update(mine, read_edition(mine), str(tmp_path / "new"))
    assert said[-1].startswith("You have the newest edition")


def test_new_packages_are_told(bring):
    assert "the next `python course.py lab` installs them" in bring(edition(lock=b"numpy==2.1\n"))


# from where


@pytest.mark.parametrize("packages", [True, False], ids=["in the environment", "where there is none"])
def test_it_comes_from_a_folder_a_zip_and_an_address_alike(packages, tmp_path, monkeypatch):
    if not packages:
        for name in ("pooch", "requests", "tqdm"):
            monkeypatch.setitem(sys.modules, name, None)
    new = lay_out(tmp_path / "new", edition(one=NEW_ONE))
    for folder in ("served", "mine"):
        (tmp_path / folder).mkdir()
    path = as_zip(tmp_path / "served" / "course.zip", new)

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=tmp_path / "served")) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        base = f"http://127.0.0.1:{server.server_port}"
        for address in (
            str(new),
            "../new",
            str(path),
            f"{base}/course.zip",
            str(as_zip(tmp_path / "flat.zip", new, "")),
        ):
            _, contents = fetch(address, tmp_path / "mine")
            assert contents == edition(one=NEW_ONE)
        with pytest.raises(EditionError, match=r"none\.zip: the server answered 404\. Nothing was changed"):
            fetch(f"{base}/none.zip", tmp_path)
        server.shutdown()
    with pytest.raises(EditionError, match=r"course\.zip: no connection.*Nothing was changed"):
        fetch(f"{base}/course.zip", tmp_path)
    with pytest.raises(EditionError, match="no connection"):
        fetch(f"{base}/course.zip", tmp_path)


def list_with(**changed):
    told = json.loads(Edition({"README.md": digest(b"read me\n")}).as_json())
    return {**told, **changed}


@pytest.mark.parametrize(
    "path",
    [
        "../x",
        "/etc/x",
        "a/../../x",
        "..\\x",
        "C:/x",
        "a//b",
        "",
        "./x",
        "notebooks/..",
        ".git/hooks/post-checkout",
        LIST,
        "a\nb",
    ],
)
def test_no_edition_writes_outside_the_folder(tmp_path, path):
    evil = tmp_path / "evil.zip"
    with zipfile.ZipFile(evil, "w") as archive:
        archive.writestr(LIST, Edition({path: digest(b"evil")}).as_json())
        archive.writestr("evil" if path == LIST else path or "x", b"evil")
    mine = lay_out(tmp_path / "deep" / "mine", edition())
    before = everything(tmp_path)
    with pytest.raises(EditionError, match="does not stay in the course's folder: nothing was taken"):
        update(mine, read_edition(mine), str(evil))
    assert everything(tmp_path) == before


@pytest.mark.parametrize(
    "paths",
    [
        ["README.md", "readme.MD"],
        ["Notebooks/a.txt", "notebooks/b.txt"],
        ["caf\u00e9.txt", "cafe\u0301.txt"],
        ["stra\u00dfe", "STRASSE"],
        ["a", "a/b"],
        [".GIT/hooks/post-checkout"],
        [".Venv/bin/python"],
        ["notebooks/.git/hooks/x"],
        ["GIT~1/hooks/x"],
        [".g\u200cit/hooks/x"],
        ["Edition.JSON"],
        ["a.txt."],
        ["a /b"],
        ["con"],
        ["data/NUL.txt"],
        ["COM1"],
        ["lpt\u00b9.log"],
        ["aux.tar.gz"],
        ["a.txt::$DATA"],
        ["a\u202etxt.exe"],
        ["n" * 201],
        ["a/" * 600 + "b"],
    ],
    ids=lambda paths: ascii(paths)[:40],
)
def test_what_another_system_would_write_elsewhere_is_not_taken(tmp_path, paths):
    """Learners unpack on Windows and macOS: there names have no case, no trailing dots, and some are devices."""
    text = Edition(dict.fromkeys(paths, digest(b"evil"))).as_json()
    with pytest.raises(EditionError, match="nothing was taken"):
        parse(text, "edition.json")


def test_what_a_zip_holds_besides_what_it_lists_is_not_taken(tmp_path, mine):
    path = as_zip(tmp_path / "course.zip", lay_out(tmp_path / "new", edition(one=NEW_ONE)))
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("../../outside.txt", b"evil")
        archive.writestr("course-main/notebooks/extra.ipynb", b"evil")
    update(mine, read_edition(mine), str(path))
    assert "evil" not in str(everything(tmp_path / "mine"))
    assert not (tmp_path.parent / "outside.txt").exists()


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (
            lambda new: (new / "README.md").write_bytes(b"changed on the way"),
            "README.md is not the file that edition.json lists",
        ),
        (lambda new: (new / "README.md").unlink(), "lacks README.md"),
        (lambda new: (new / LIST).write_text("{"), "is damaged: it is not JSON"),
        (lambda new: (new / LIST).write_text("[]"), "is not that of an edition"),
        (lambda new: (new / LIST).write_text(json.dumps(list_with(format=2))), "has format 2; this helper reads 1"),
        (lambda new: (new / LIST).write_text(json.dumps(list_with(files={}))), "it lists no files"),
        (
            lambda new: (new / LIST).write_text(json.dumps(list_with(files={"README.md": "abc"}))),
            "no sha256 for 'README.md'",
        ),
        (
            lambda new: (new / LIST).write_text(json.dumps(list_with(version="0"))),
            "its version does not follow from its files",
        ),
        (lambda new: (new / LIST).unlink(), "is not an edition of the course"),
    ],
)
@pytest.mark.parametrize("zipped", [False, True])
def test_what_is_no_sound_edition_changes_nothing(tmp_path, mine, spoil, words, zipped):
    new = lay_out(tmp_path / "new", edition(one=NEW_ONE))
    spoil(new)
    before = everything(mine)
    with pytest.raises(EditionError, match=words):
        update(mine, read_edition(mine), str(as_zip(tmp_path / "new.zip", new) if zipped else new))
    assert everything(mine) == before


def test_a_zip_that_was_cut_short_or_is_none_changes_nothing(tmp_path, mine):
    path = as_zip(tmp_path / "new.zip", lay_out(tmp_path / "new", edition(one=NEW_ONE)))
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(EditionError, match=r"cannot be read as a zip \(it was cut short or is something else\)"):
        update(mine, read_edition(mine), str(path))
    with pytest.raises(EditionError, match=r"there is no .*nowhere: set COURSE_EDITION"):
        update(mine, read_edition(mine), str(tmp_path / "nowhere"))
    assert everything(mine).keys() == {*edition(), LIST}


# interrupted


KILLED = """
import os, sys
from pathlib import Path
from course_utils.edition.contents import read_edition
from course_utils.edition.update import update

left = [int(sys.argv[3])]

def dying(real):
    def call(*arguments, **named):
        if left[0] == 0:
            os._exit(9)
        left[0] -= 1
        return real(*arguments, **named)
    return call

os.replace, os.fsync, Path.unlink = dying(os.replace), dying(os.fsync), dying(Path.unlink)
update(Path(sys.argv[1]), read_edition(Path(sys.argv[1])), sys.argv[2])
"""


def test_killed_at_any_moment_nothing_is_lost_and_the_next_run_goes_on(tmp_path):
    work, run = notebook("start('01_one')", "my answer"), notebook("start('02_two')", "...", outputs=["hello"])
    newer = edition((ONE, TWO, "03_three"), one=NEW_ONE, two=notebook("new"), plot=b"plot = 2\n")
    del newer["README.md"]
    new = lay_out(tmp_path / "new", newer)
    fresh = lay_out(tmp_path / "fresh", edition())
    for path, data in ((PATHS[ONE], work), (PATHS[TWO], run), ("course_utils/plot.py", b"looking\n")):
        (fresh / path).write_bytes(data)
    whole = {*edition().values(), *newer.values(), work, run, b"looking\n"}
    shutil.copytree(fresh, tmp_path / "calm")
    update(tmp_path / "calm", read_edition(fresh), str(new))
    for moment in range(100):
        mine = tmp_path / f"killed_{moment}"
        shutil.copytree(fresh, mine)
        ended = subprocess.run([sys.executable, "-c", KILLED, mine, new, str(moment)], check=False).returncode
        there = {path: data for path, data in everything(mine).items() if "partial" not in path and path != LIST}
        assert set(there.values()) <= whole
        assert {work, run, b"looking\n"} <= set(there.values())
        update(mine, read_edition(mine), str(new))
        assert everything(mine) == everything(tmp_path / "calm"), f"killed at step {moment}"
        if ended == 0:
            break
    assert ended == 0
    assert moment > 10


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["write", "run", "remove", "update", "release", "reset", "rename"]),
            st.sampled_from([ONE, TWO]),
        ),
        min_size=3,
        max_size=12,
    )
)
def test_whatever_a_learner_does_in_whatever_order_no_work_is_lost(tmp_path, actions):
    """Work is what was written in a notebook, until the learner writes over it or removes it."""
    shutil.rmtree(tmp_path, ignore_errors=True)
    mine = lay_out(tmp_path / "mine", edition())
    released = {ONE: notebook("start('01_one')", "..."), TWO: notebook("start('02_two')", "...")}
    new = lay_out(tmp_path / "new", edition())
    precious = set()
    for step, (action, unit) in enumerate(actions):
        path = mine / PATHS[unit]
        if action == "write":
            if path.exists():
                precious.discard(path.read_bytes())
            path.write_bytes(notebook(f"work {step}"))
            precious.add(path.read_bytes())
        elif action == "run" and path.exists():
            told = json.loads(path.read_bytes())
            precious.discard(path.read_bytes())
            told["cells"][0]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": f"output {step}"}]
            path.write_text(json.dumps(told))
            precious.add(path.read_bytes())
        elif action == "remove" and path.exists():
            precious.discard(path.read_bytes())
            path.unlink()
        elif action == "rename" and path.exists():
            path.rename(path.with_name(f"mine_{step}.ipynb"))
        elif action == "release":
            released[unit] = notebook(f"release {step}")
            shutil.rmtree(new)
            lay_out(new, edition(one=released[ONE], two=released[TWO]))
        elif action == "update":
            update(mine, read_edition(mine), str(new))
        elif action == "reset":
            reset(mine, unit)
        assert precious <= set(everything(mine).values()), f"{action} {unit} at step {step}"


# reset


def test_a_notebook_is_put_back_and_the_old_one_lies_beside_it(mine):
    work = notebook("start('01_one')", "my answer")
    (mine / PATHS[ONE]).write_bytes(work)
    said = reset(mine, "01")
    assert (mine / PATHS[ONE]).read_bytes() == edition()[PATHS[ONE]]
    (beside,) = (mine / "notebooks" / ONE).glob("*before_reset*")
    assert re.fullmatch(r"01_one_before_reset_of_\d{4}-\d\d-\d\d_\d{4}\.ipynb", beside.name)
    assert beside.read_bytes() == work
    assert beside.name in said[1]
    assert reset(mine, "01") == ["01_one.ipynb is as it was released: nothing to do."]


def test_two_resets_within_a_minute_keep_both(mine, monkeypatch):
    for answer in ("first", "second"):
        (mine / PATHS[ONE]).write_bytes(notebook(answer))
        reset(mine, "1")
    assert {path.read_bytes() for path in mine.rglob("*before_reset*")} == {notebook("first"), notebook("second")}


@pytest.mark.parametrize("text", ["01", "1", "01_one", "notebooks/01_one/01_one.ipynb", "01_one/", " 01 "])
def test_a_unit_is_named_as_people_name_it(text):
    assert find_unit(text, [ONE, TWO]) == ONE


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no unit named: say, for example, python course.py reset 02; there are: 01_one, 02_two"),
        ("7", "no unit '7'"),
        ("0", "no unit '0'"),
    ],
)
def test_no_unit_is_guessed(mine, text, words):
    with pytest.raises(EditionError, match=re.escape(words)):
        reset(mine, text)


def test_a_lost_or_damaged_copy_as_released_is_said_and_an_update_brings_it(mine, bring):
    kept = mine / f".released/{PATHS[ONE]}"
    (mine / PATHS[ONE]).write_bytes(notebook("work"))
    for spoil, words in ((lambda: kept.write_bytes(b"?"), "damaged"), (kept.unlink, "missing")):
        spoil()
        with pytest.raises(EditionError, match=f"is {words}: `python course.py update` brings it again"):
            reset(mine, "01")
        bring(edition())
        assert kept.read_bytes() == edition()[PATHS[ONE]]
    assert (mine / PATHS[ONE]).read_bytes() == notebook("work")


# in a clone, and elsewhere


@pytest.fixture
def clone(tmp_path):
    """A repository with a released notebook and a lesson, as an instructor has it."""
    folder = tmp_path / "clone"
    (folder / "lessons").mkdir(parents=True)
    (folder / "notebooks" / ONE).mkdir(parents=True)
    (folder / PATHS[ONE]).write_bytes(notebook("as released"))
    for arguments in (
        ["init", "-q"],
        ["add", "-A"],
        ["-c", "user.name=a", "-c", "user.email=a@b", "commit", "-q", "-m", "x"],
    ):
        subprocess.run(["git", "-C", folder, *arguments], check=True)
    return folder


def test_in_a_clone_a_notebook_is_put_back_as_git_has_it(clone):
    (clone / PATHS[ONE]).write_bytes(notebook("mine"))
    reset(clone, "1")
    assert (clone / PATHS[ONE]).read_bytes() == notebook("as released")
    assert [path.read_bytes() for path in clone.rglob("*before_reset*")] == [notebook("mine")]


def test_in_a_clone_update_tells_to_use_git(clone, monkeypatch, capsys):
    monkeypatch.setattr(command, "course_folder", lambda: clone)
    monkeypatch.setenv("COURSE_EDITION", "anything.zip")
    assert command.main(["update"]) == 1
    (line,) = capsys.readouterr().out.splitlines()
    assert "`git pull` brings what is new" in line


def test_without_git_or_its_history_a_line_says_what_to_do(clone, monkeypatch):
    shutil.rmtree(clone / ".git")
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(clone.parent))
    with pytest.raises(
        EditionError, match=r"git cannot give the released notebook \(fatal: not a git repository.*fresh copy"
    ):
        reset(clone, "1")
    monkeypatch.setenv("PATH", "")
    with pytest.raises(EditionError, match="install git"):
        reset(clone, "1")


def run_in(folder, monkeypatch, *arguments, **environment):
    monkeypatch.setattr(command, "course_folder", lambda: folder)
    monkeypatch.delenv("COURSE_EDITION", raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return command.main(list(arguments))


def test_the_command_takes_the_address_of_the_edition_or_of_the_environment(tmp_path, monkeypatch, capsys):
    mine = lay_out(tmp_path / "mine", edition(), "../stored")
    lay_out(tmp_path / "stored", edition(one=NEW_ONE), "../stored")
    lay_out(tmp_path / "other", edition(two=NEW_ONE), "../stored")
    assert run_in(mine, monkeypatch, "update") == 0
    assert (mine / PATHS[ONE]).read_bytes() == NEW_ONE
    assert run_in(mine, monkeypatch, "update", COURSE_EDITION=str(tmp_path / "other")) == 0
    assert (mine / PATHS[TWO]).read_bytes() == NEW_ONE
    assert len(capsys.readouterr().out.splitlines()) == 4
    lay_out(tmp_path / "named", edition(two=NEWEST), "../stored")
    assert run_in(mine, monkeypatch, "update", str(tmp_path / "named"), COURSE_EDITION=str(tmp_path / "other")) == 0
    assert (mine / PATHS[TWO]).read_bytes() == NEWEST


def test_an_edition_that_knows_no_address_says_what_to_do(mine, monkeypatch, capsys):
    assert run_in(mine, monkeypatch, "update") == 1
    assert "python course.py update ... (a folder" in capsys.readouterr().out


def test_a_folder_that_is_no_edition_is_told_so(tmp_path, monkeypatch, capsys):
    for arguments in (["update"], ["reset", "01"]):
        assert run_in(tmp_path, monkeypatch, *arguments) == 1
        assert "is not an edition of the course" in capsys.readouterr().out


def test_a_disk_that_refuses_is_one_line(mine, monkeypatch, capsys, tmp_path):
    lay_out(tmp_path / "new", edition(one=NEW_ONE))

    def full(*_):
        raise OSError(28, "No space left on device", str(mine / PATHS[ONE]))

    monkeypatch.setattr(files.os, "replace", full)
    assert run_in(mine, monkeypatch, "update", COURSE_EDITION=str(tmp_path / "new")) == 1
    (line,) = capsys.readouterr().out.splitlines()
    assert "the disk is full. Nothing is lost" in line
    assert everything(mine) == {**edition(), LIST: (mine / LIST).read_bytes()}


def test_stopped_by_hand_it_says_that_the_same_command_goes_on(mine, monkeypatch, capsys):
    def stop(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(files.os, "replace", stop)
    (mine / PATHS[ONE]).write_bytes(notebook("work"))
    assert run_in(mine, monkeypatch, "reset", "01") == 130
    assert "the same command goes on" in capsys.readouterr().out
    assert (mine / PATHS[ONE]).read_bytes() == notebook("work")


def test_it_needs_nothing_but_the_standard_library():
    """An environment that is broken, or made for an older edition, can be brought up to date all the same."""
    code = (
        "import sys; import course_utils.edition.__main__; print(*sorted({m.partition('.')[0] for m in sys.modules}))"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(files.__file__).parents[2])}
    done = subprocess.run(
        [sys.executable, "-S", "-c", code], capture_output=True, text=True, check=True, env=environment
    )
    assert set(done.stdout.split()) <= {*sys.stdlib_module_names, "course_utils", "__main__"}


def test_the_list_says_what_it_is():
    told = parse(Edition({"README.md": digest(b"")}, "a.zip").as_json(), "here")
    assert (told.files, told.address) == ({"README.md": digest(b"")}, "a.zip")
    assert re.fullmatch("[0-9a-f]{12}", told.version)
