"""Reading what was handed in: what is a notebook comes out clean, what is none comes out as a reason."""

import contextlib
import io
import json
import os
import socket

import pytest

from autograder.engine.submitted import beside, stored
from autograder.engine.submitted import submission as module
from autograder.engine.submitted.beside import read_plain
from autograder.engine.submitted.submission import (
    Submission,
    Unreadable,
    find_misnamed,
    find_submissions,
    fingerprint,
    parse_notebook,
    parse_submission,
    read_folder,
)
from tests.doubles import processor_time

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
        (bytes_of(3), "cell 1 is not a cell"),
        (bytes_of(cell(), {"cell_type": "heading"}), "cell 2 is not a cell"),
        (bytes_of(cell(source=3)), "cell 1 has a source that is not text"),
        (bytes_of(cell(source=["a", 3])), "cell 1 has a source that is not text"),
        (bytes_of(cell(source="x" * 1_000_001)), "cell 1 has 1000001 characters"),
        (bytes_of(*[cell()] * 2_001), "it has 2001 cells"),
    ],
)
def test_what_is_no_notebook_gets_its_reason(data, words):
    assert words in why(data)


def test_a_notebook_of_many_small_parts_is_refused_before_it_is_parsed(monkeypatch):
    monkeypatch.setattr(module, "MAX_NOTEBOOK_PARTS", 1000)
    monkeypatch.setattr(module.json, "loads", None)
    assert why(bytes_of(cell(metadata=[[]] * 1000))) == "its JSON has more than 1000 parts"


# Folders


def test_files_beside_the_notebook_and_the_time(handed_in):
    (handed_in.folder / "timestamp.txt").write_text("2030-01-31 11:00:00 UTC\n")
    (handed_in.folder / "data").mkdir()
    (handed_in.folder / "data" / "x.txt").write_text("x")
    for left_out in (".ipynb_checkpoints", "__pycache__"):
        (handed_in.folder / left_out).mkdir()
        (handed_in.folder / left_out / "y").write_text("y")
    content = parse_submission(read_folder(handed_in))
    assert sorted(content.files) == ["data/x.txt", "timestamp.txt"]
    assert str(content.time.when) == "2030-01-31 11:00:00"


@pytest.mark.parametrize("stamp", [b"", b"yesterday", b"\xff", b"2030-99-99", b"x" * 10_000])
def test_a_time_that_is_none_counts_as_no_time_and_that_is_said(handed_in, stamp):
    (handed_in.folder / "timestamp.txt").write_bytes(stamp)
    time = parse_submission(read_folder(handed_in)).time
    assert time.when is None
    assert "No time is counted, and so no lateness" in time.remark


def test_what_is_too_large_is_left_out_before_it_is_read(handed_in, monkeypatch):
    with (handed_in.folder / "model.keras").open("wb") as file:
        file.truncate(200 * 2**20)
    monkeypatch.setattr(beside, "read_plain", lambda path, most: read_plain(path, min(most, 2**20)))
    content = parse_submission(read_folder(handed_in))
    assert content.files == {}
    assert "model.keras of 200 MB (more than 32 MB in all)" in content.left_out[0]


def test_other_files_share_one_limit_and_small_ones_come_first(handed_in, monkeypatch):
    monkeypatch.setattr(beside, "MAX_BESIDE_BYTES", 100)
    for name, size in (("a", 90), ("b", 60), ("c", 30), ("timestamp.txt", 5)):
        (handed_in.folder / name).write_bytes(bytes(size))
    content = parse_submission(read_folder(handed_in))
    assert sorted(content.files) == ["b", "c", "timestamp.txt"]
    assert "a of 0 MB" in content.left_out[0]


def test_more_files_than_anyone_needs_are_left_out(handed_in, monkeypatch):
    monkeypatch.setattr(beside, "MAX_BESIDE_FILES", 5)
    monkeypatch.setattr(beside, "MAX_BESIDE_ENTRIES", 20)
    for number in range(30):
        (handed_in.folder / f"f{number:02}").write_text("")
    content = parse_submission(read_folder(handed_in))
    assert len(content.files) == 5
    assert "first 20 were looked at" in content.left_out[0]
    assert "f05, f06, f07 and" in content.left_out[0]


def environment(folder):
    (folder / ".venv" / "bin").mkdir(parents=True)
    (folder / ".venv" / "bin" / "python").symlink_to("/usr/bin/python3")
    (folder / "mine").mkdir()
    (folder / "mine" / "pyvenv.cfg").write_text("")


def pipe_and_socket(folder):
    os.mkfifo(folder / "pipe")
    here = os.getcwd()
    os.chdir(folder)  # a socket's path is short
    with socket.socket(socket.AF_UNIX) as one:
        one.bind("socket")
    os.chdir(here)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda folder: (folder / "data").symlink_to("/etc"), "data (links are not followed)"),
        (lambda folder: (folder / "helper.py").symlink_to("/etc/passwd"), "helper.py (links are not followed)"),
        (lambda folder: (folder / "loop").symlink_to("."), "loop (links are not followed)"),
        (environment, ".venv/, mine/ (an installed environment)"),
        (pipe_and_socket, "pipe, socket (not a plain file)"),
        (lambda folder: os.makedirs(folder.joinpath(*"x" * 30)), "(folders nested too deeply)"),
    ],
)
def test_nothing_beside_the_notebook_keeps_it_from_being_read(handed_in, make, words):
    make(handed_in.folder)
    (handed_in.folder / "kept.txt").write_text("kept")
    content = parse_submission(read_folder(handed_in))
    assert content.files == {"kept.txt": b"kept"}
    assert words in content.left_out[0]
    assert fingerprint(read_folder(handed_in))


def test_a_notebook_that_is_a_link_is_refused(handed_in):
    handed_in.path.unlink()
    handed_in.path.symlink_to("/etc/passwd")
    with pytest.raises(Unreadable, match="is a link"):
        parse_submission(read_folder(handed_in))


def test_pipes_are_not_waited_for(handed_in):
    handed_in.path.unlink()
    os.mkfifo(handed_in.path)
    with pytest.raises(Unreadable, match="not a plain file"):
        parse_submission(read_folder(handed_in))


# Stored outputs


def rich(size):
    """A notebook with stored outputs, attachments and widgets of about `size` bytes, and its cells without them."""
    text = 'a "quoted" \\ [bracket] {brace}' * (size // 90)
    cells = [
        cell(source="outputs = []", outputs=[{"text": text}, [[{"outputs": ["]"]}]]], metadata={"x": {"outputs": [1]}}),
        {"cell_type": "markdown", "source": '"outputs": [1]', "metadata": {}, "attachments": {"a.png": {"b": text}}},
    ]
    return bytes_of(*cells, metadata={"widgets": {"state": text}}), parse_notebook(bytes_of(*cells))["cells"]


@pytest.mark.parametrize("chunk", [*range(1, 30), 1000, 2**20])
def test_stored_outputs_are_left_out_wherever_a_piece_of_the_file_ends(monkeypatch, chunk):
    data, cells = rich(3000)
    monkeypatch.setattr(stored, "CHUNK", chunk)
    kept = stored.strip_stored(io.BytesIO(data).read, 2**20, 2**20)
    assert len(kept) < 600
    assert parse_notebook(kept)["cells"] == cells
    assert stored.strip_stored(io.BytesIO(kept).read, 2**20, 2**20) == kept


@pytest.mark.parametrize("chunk", [1, 7, 1000, 2**20])
def test_long_texts_that_are_kept_stay_as_they_are(monkeypatch, chunk):
    source = '"outputs": [\\\\ "' * stored.SHORT
    data = bytes_of(cell(source=source, outputs=[{"text": source}]), cell(source="x")) + b" " * 2 * stored.SHORT
    monkeypatch.setattr(stored, "CHUNK", chunk)
    kept = stored.strip_stored(io.BytesIO(data).read, 2**20, 2**20)
    assert len(kept) < len(data) * 0.6
    assert [one["source"] for one in parse_notebook(kept)["cells"]] == [source, "x"]


def test_stored_outputs_of_any_size_are_no_matter(handed_in, monkeypatch):
    monkeypatch.setattr(module, "MAX_NOTEBOOK", 2000)
    handed_in.path.write_bytes(rich(2**20)[0])
    content = parse_submission(read_folder(handed_in))
    assert content.notebook["cells"] == rich(90)[1]
    assert "stored in it were left out" in content.left_out[0]
    handed_in.path.write_bytes(bytes_of(cell(source="x" * 3000)))
    with pytest.raises(Unreadable, match="stored outputs not counted"):
        parse_submission(read_folder(handed_in))


@pytest.mark.parametrize("text", [b'"\\', b'"', b"[", b"x", b'"a",', b'{"cells":[{"outputs":["\\'])
def test_passing_over_stored_outputs_grows_no_faster_than_the_file(text):
    def seconds(size):
        data = text + text[-1:] * size if len(text) > 9 else text * (size // len(text))

        def pass_over():
            with contextlib.suppress(stored.TooLarge):
                stored.strip_stored(io.BytesIO(data).read, 2**25, 2**25)

        return processor_time(pass_over)

    assert min(seconds(2**20) for _ in range(2)) < 6 * min(seconds(2**18) for _ in range(3)) + 0.05


def test_another_name_is_told(handed_in):
    handed_in.path.rename(handed_in.path.with_name("mine.ipynb"))
    with pytest.raises(Unreadable, match=r"no file 01_unit.ipynb was submitted; there is mine.ipynb"):
        parse_submission(read_folder(handed_in))


def test_a_fingerprint_is_of_all_bytes_and_names(handed_in):
    seen = {fingerprint(read_folder(handed_in))}
    (handed_in.folder / "a").write_bytes(b"bc")
    seen.add(fingerprint(read_folder(handed_in)))
    (handed_in.folder / "a").rename(handed_in.folder / "ab")
    (handed_in.folder / "ab").write_bytes(b"c")
    seen.add(fingerprint(read_folder(handed_in)))
    handed_in.path.unlink()
    seen.add(fingerprint(read_folder(handed_in)))
    (handed_in.folder / "x").symlink_to("y")  # of what cannot be read it is of the reason
    seen.add(fingerprint(read_folder(handed_in)))
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
