"""Reading what was handed in: what is a notebook comes out clean, what is none comes out as a reason."""

import json
import os

import pytest

from autograder.engine import submission as module
from autograder.engine.submission import (
    Submission,
    Unreadable,
    find_misnamed,
    find_submissions,
    fingerprint,
    parse_notebook,
    read_submission,
)

UNIT = "01_unit"


def cell(**fields) -> dict:
    return {"cell_type": "code", "id": "a", "metadata": {}, "source": "1", "outputs": [], **fields}


def bytes_of(*cells, **fields) -> bytes:
    return json.dumps({"cells": list(cells), "metadata": {}, "nbformat": 4, "nbformat_minor": 5, **fields}).encode()


@pytest.fixture
def handed_in(tmp_path):
    folder = tmp_path / "submitted" / "ada" / UNIT
    folder.mkdir(parents=True)
    (folder / f"{UNIT}.ipynb").write_bytes(bytes_of(cell()))
    return Submission("ada", UNIT, folder)


def why(data: bytes) -> str:
    with pytest.raises(Unreadable) as caught:
        parse_notebook(data)
    return str(caught.value)


# Notebooks


def test_only_what_grading_needs_is_kept():
    facts = {"grade_id": "x", "points": 100, "deep": {"a": [1]}}
    metadata = {"nbgrader": facts, "deletable": False, "editable": "maybe", "tags": ["t"]}
    (made,) = parse_notebook(bytes_of(cell(metadata=metadata, outputs=[{"odd": 1}], source=["a = 1\n", "b"])))["cells"]
    assert made == {
        "cell_type": "code",
        "id": "a",
        "metadata": {"deletable": False, "nbgrader": {"grade_id": "x"}},
        "source": "a = 1\nb",
        "outputs": [],
        "execution_count": None,
    }


def test_metadata_of_any_kind_is_survived():
    for metadata in (None, 3, [], {"nbgrader": 3}, {"nbgrader": {"grade_id": {"a": 1}}}, {"nbgrader": {}}):
        assert len(parse_notebook(bytes_of(cell(metadata=metadata)))["cells"]) == 1


def test_ids_are_made_unique_and_valid():
    given = ["same", "same", None, 3, "has space", "x" * 65, "cell-2"]
    cells = parse_notebook(bytes_of(*(cell(id=id) for id in given)))["cells"]
    ids = [made["id"] for made in cells]
    assert len(set(ids)) == len(given)
    assert ids[0] == "same"
    from nbformat import from_dict, validate

    validate(from_dict({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))


def test_text_that_no_file_can_hold_is_replaced():
    data = bytes_of(cell(source="a\x00b")).replace(b"a\\u0000b", b"a\\u0000b\\ud800")
    source = parse_notebook(data)["cells"][0]["source"]
    assert source == "a\N{REPLACEMENT CHARACTER}b?"


def test_a_byte_order_mark_is_no_harm():
    assert parse_notebook(b"\xef\xbb\xbf" + bytes_of(cell()))["cells"]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "the notebook is empty"),
        (b" \n", "the notebook is empty"),
        (b"Dear teacher", "not a notebook"),
        (b"[" * 100_000, "nested too deeply"),
        (b"\xff\xfe{}", "byte 0 is not UTF-8"),
        (bytes(100), "not a notebook"),
        (b"[]", "no list of cells"),
        (b'{"cells": {}}', "no list of cells"),
        (b'{"cells": [], "nbformat": 3}', "a notebook of format 3"),
        (b'{"cells": [' + b"9" * 5000 + b'], "nbformat": 4}', "not a notebook"),
        (bytes_of(3), "cell 1 is no cell"),
        (bytes_of(cell(), {"cell_type": "heading"}), "cell 2 is no cell"),
        (bytes_of(cell(source=3)), "cell 1 has a source that is no text"),
        (bytes_of(cell(source=["a", 3])), "cell 1 has a source that is no text"),
        (bytes_of(cell(source="x" * 1_000_001)), "cell 1 has 1000001 characters"),
        (bytes_of(*[cell()] * 2_001), "it has 2001 cells"),
    ],
)
def test_what_is_no_notebook_gets_its_reason(data, words):
    assert words in why(data)


def test_a_notebook_of_many_small_parts_is_refused_before_it_is_parsed(monkeypatch):
    monkeypatch.setattr(module, "MAX_PARTS", 1000)
    monkeypatch.setattr(module.json, "loads", None)
    assert why(bytes_of(cell(outputs=[[]] * 1000))) == "its JSON has more than 1000 parts"


# Folders


def test_files_beside_the_notebook_and_the_time(handed_in):
    (handed_in.folder / "timestamp.txt").write_text("2030-01-31 11:00:00 UTC\n")
    (handed_in.folder / "data").mkdir()
    (handed_in.folder / "data" / "x.txt").write_text("x")
    for left_out in (".ipynb_checkpoints", "__pycache__"):
        (handed_in.folder / left_out).mkdir()
        (handed_in.folder / left_out / "y").write_text("y")
    content = read_submission(handed_in)
    assert sorted(content.files) == ["data/x.txt", "timestamp.txt"]
    assert str(content.time.when) == "2030-01-31 11:00:00"


@pytest.mark.parametrize("stamp", [b"", b"yesterday", b"\xff", b"2030-99-99", b"x" * 10_000])
def test_a_time_that_is_none_counts_as_no_time_and_that_is_said(handed_in, stamp):
    (handed_in.folder / "timestamp.txt").write_bytes(stamp)
    time = read_submission(handed_in).time
    assert time.when is None
    assert "No time is counted, and so no lateness" in time.remark


def test_sizes_are_known_before_anything_is_read(handed_in, monkeypatch):
    monkeypatch.setattr(module.Path, "read_bytes", None)
    for name, words in ((f"{UNIT}.ipynb", "the most accepted is 32"), ("big.bin", "the most accepted is 32")):
        with (handed_in.folder / name).open("wb") as file:
            file.truncate(200 * 2**20)
        with pytest.raises(Unreadable, match=words):
            read_submission(handed_in)
        (handed_in.folder / name).unlink()


def test_other_files_share_one_limit(handed_in, monkeypatch):
    monkeypatch.setattr(module, "MAX_FILES", 100)
    for name in ("a", "b"):
        (handed_in.folder / name).write_bytes(bytes(60))
    with pytest.raises(Unreadable, match="'b' has"):
        read_submission(handed_in)


@pytest.mark.parametrize("where", ["helper.py", f"{UNIT}.ipynb", "data"])
def test_links_are_refused_by_name(handed_in, where):
    (handed_in.folder / where).unlink(missing_ok=True)
    (handed_in.folder / where).symlink_to("/etc")
    with pytest.raises(Unreadable, match=f"'{where}' is a link"):
        read_submission(handed_in)


def test_pipes_are_not_waited_for(handed_in):
    handed_in.path.unlink()
    os.mkfifo(handed_in.path)
    with pytest.raises(Unreadable, match="no plain file"):
        read_submission(handed_in)


def test_another_name_is_told(handed_in):
    handed_in.path.rename(handed_in.path.with_name("mine.ipynb"))
    with pytest.raises(Unreadable, match=r"no file 01_unit.ipynb was submitted; there is mine.ipynb"):
        read_submission(handed_in)


def test_a_fingerprint_is_of_all_bytes_and_names(handed_in):
    seen = {fingerprint(handed_in)}
    (handed_in.folder / "a").write_bytes(b"bc")
    seen.add(fingerprint(handed_in))
    (handed_in.folder / "a").rename(handed_in.folder / "ab")
    (handed_in.folder / "ab").write_bytes(b"c")
    seen.add(fingerprint(handed_in))
    handed_in.path.unlink()
    seen.add(fingerprint(handed_in))
    (handed_in.folder / "x").symlink_to("y")  # of what cannot be read it is of the reason
    seen.add(fingerprint(handed_in))
    assert len(seen) == 5


def test_who_handed_in(tmp_path, handed_in):
    odd = ("a" * 129, "a\nb", "a\x7f", os.fsdecode(b"\xff"), ".cache", "n_*", "z\u202ea", "민" * 70)
    for name in ("zoe", "--force", "it's ok", "Ø", *odd):
        (tmp_path / "submitted" / name / UNIT).mkdir(parents=True)
    (tmp_path / "submitted" / "has another unit" / "02_other").mkdir(parents=True)
    (tmp_path / "submitted" / "a file").write_text("")
    found = [one.student for one in find_submissions(tmp_path, UNIT)]
    assert found == ["--force", "ada", "it's ok", "zoe", "Ø"]
    misnamed = find_misnamed(tmp_path, UNIT)
    assert set(misnamed) == {ascii(name)[1:-1][:60] for name in odd if name != ".cache"}
    assert "nbgrader would find other learners' folders" in misnamed["n_*"]
    json.dumps(misnamed, ensure_ascii=False).encode()
    assert find_submissions(tmp_path / "nowhere", UNIT) == []
    assert find_misnamed(tmp_path / "nowhere", UNIT) == {}
