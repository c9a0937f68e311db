"""A course of its own for each test: an empty data folder, no mirror, no package index, nothing loaded or said."""

import hashlib
import io
import json
import os
import subprocess
import sys
import threading
import time
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from course_utils.data import (
    articles,
    cache,
    emotions,
    headlines,
    imdb,
    lexicon,
    pairs,
    post_ids,
    posts,
    reuters,
    stories,
    vectors,
)

NOWHERE = "http://127.0.0.1:9"  # the discard port: nothing answers there
#: The machine's own mirror, as it was before any fixture took it out of the environment.
REAL_MIRROR = os.environ.get("COURSE_MIRROR", "").strip()


def sha256(content: bytes) -> str:
    """The hash as the manifest has it."""
    return hashlib.sha256(content).hexdigest()


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch) -> Path:
    """The data folder of this test; its cache is `folder / "cache"`, the user's cache `tmp_path / "home"`."""
    folder, wheels = tmp_path / "data", tmp_path / "wheels"
    folder.mkdir()
    wheels.mkdir()
    monkeypatch.setenv("COURSE_DATA", str(folder))
    monkeypatch.delenv("COURSE_MIRROR", raising=False)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(wheels))
    for name in ("XDG_CACHE_HOME", "HOME"):
        monkeypatch.setenv(name, str(tmp_path / "home"))
    monkeypatch.setattr("platformdirs.user_cache_dir", lambda *_, **__: str(tmp_path / "home"))
    monkeypatch.setattr(cache, "_said", set())
    forget()
    yield folder
    forget()


def forget() -> None:
    """As if a new process had begun: nothing is loaded."""
    for room in (articles, emotions, headlines, imdb, lexicon, pairs, post_ids, posts, reuters, stories, vectors):
        room.forget()


@pytest.fixture
def wheels(tmp_path) -> Path:
    """The folder in which pip finds packages in this test: empty, unless the test puts a wheel there."""
    return tmp_path / "wheels"


class Server:
    """A web server on 127.0.0.1: `files` maps a path to what it answers, `asked` lists the paths asked for."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.truncated: set[str] = set()
        self.delay = 0.0
        self.asked: list[str] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.asked.append(self.path)
                time.sleep(outer.delay)
                content = outer.files.get(self.path)
                self.send_response(404 if content is None else 200)
                self.send_header("Content-Length", str(len(content or b"")))
                self.end_headers()
                sent = content or b""
                self.wfile.write(sent[: len(sent) // 2] if self.path in outer.truncated else sent)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def server():
    """A web server that has nothing yet."""
    server = Server()
    yield server
    server.close()


@pytest.fixture
def manifest(folder):
    """Write the manifest of this test: `manifest(toy=[{name, sha256, sources}])`; `substitutes`: set -> its origins."""

    def write(substitutes: dict[str, list[str]] | None = None, **sets: list[dict]) -> Path:
        origins = {"imdb_ids": ["imdb_text"], "imdb_text": ["imdb_ids"], **(substitutes or {})}
        lines = []
        for name, files in sets.items():
            lines += [f"[{name}]"] + [f'{key} = "{key} of {name}"' for key in ("title", "about", "terms", "citation")]
            for file in files:
                lines += [f"[[{name}.files]]", f'name = "{file["name"]}"', "megabytes = 1"]
                lines += ["sources = [" + ", ".join(_inline(source) for source in file["sources"]) + "]"]
                lines += [f"also = {json.dumps(file.get('also', []))}"]
                for kind in ("sha256", "md5"):
                    lines += [f"[{name}.files.{kind}]"] if kind in file else []
                    lines += [f'{digest} = "{what}"' for digest, what in file.get(kind, {}).items()]
            if name in origins:
                lines += [f"[{name}.substitute]", f"from = {json.dumps(origins[name])}", 'differs = "smaller"']
        path = folder / "manifest.toml"
        path.write_text("\n".join(lines))
        return path

    return write


def _inline(source: dict) -> str:
    return "{ " + ", ".join(f"{key} = {json.dumps(value)}" for key, value in source.items()) + " }"


@pytest.fixture
def toy(manifest, server):
    """A set `toy` of one file, toy.txt, that the server has."""
    content = b"a toy\n" * 1000
    server.files["/toy.txt"] = content
    source = {"url": f"{server.address}/toy.txt"}
    manifest(toy=[{"name": "toy.txt", "sha256": {sha256(content): "the toy"}, "sources": [source]}])
    return content


def make_wheel(folder: Path, package: str, member: str, content: bytes, **more: bytes) -> Path:
    """A wheel as pip accepts it, with one file (and `more`, by name beside it); importing it would fail loudly."""
    stem = f"{package.replace('-', '_')}-1.0"
    path = folder / f"{stem}-py3-none-any.whl"
    module = member.split("/")[0]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{module}/__init__.py", "raise SystemExit('a data wheel was imported')")
        archive.writestr(member, content)
        for name, beside in more.items():
            archive.writestr(f"{module}/{name}", beside)
        archive.writestr(f"{stem}.dist-info/METADATA", f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n")
        tags = "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        archive.writestr(f"{stem}.dist-info/WHEEL", tags)
        archive.writestr(f"{stem}.dist-info/RECORD", "")
    return path


def wheel_source(path: Path, package: str, member: str) -> dict:
    """The manifest's entry for this wheel."""
    return {
        "package": f"{package}==1.0",
        "wheel": path.name,
        "wheel_sha256": sha256(path.read_bytes()),
        "member": member,
    }


def table_of_reviews(pairs: list[tuple[str, int]]) -> bytes:
    """A table like the one in the package: sorted by class, and with rows of another source."""
    import pandas as pd

    rows = [(text, label, "imdb") for text, label in sorted(pairs, key=lambda pair: pair[1])]
    rows.append(("not a film review", 1, "rotten_tomatoes"))
    out = io.StringIO()
    pd.DataFrame(rows, columns=["text", "label", "source"]).to_csv(out, index=False)
    return out.getvalue().encode()


def run_python(code: str, **environment: str) -> subprocess.Popen:
    """Start another process of the course, with this one's environment."""
    return subprocess.Popen(
        [sys.executable, "-c", code],
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.fixture
def letters_wheel(wheels):
    """Put small newswires and posts of letters into a wheel; returns their sets, for the manifest of a test."""
    wires = [(topic, f"{topic} number {_word(i)} of the many stories on {topic} that came over the wire " * 2)
             for topic in ("acq", "trade", "cocoa", "lumber") for i in range(30)]  # fmt: skip
    groups = ("talk.politics.mideast", "rec.sport.hockey", "sci.space", "comp.graphics", "rec.autos", "rec.motorcycles")
    posts = [(group, f"re {group[:3]} in article {_word(i)} somebody org writes " + f"a {_word(i)} post to {group[4:]} " * 8)
             for group in groups for i in range(30)]  # fmt: skip
    files = {
        "reuters-r52-train.tab": _tab(wires), "reuters-r52-test.tab": _tab(wires[::3]),
        "20newsgroups-train.tab": _tab(posts), "20newsgroups-test.tab": _tab(posts[::3]),
    }  # fmt: skip
    wheel = make_wheel(wheels, "toy-letters", "toy_letters/none", b"", **files)
    entries = {
        name: {
            "name": name,
            "sha256": {sha256(content): f"{name} in the wheel"},
            "sources": [wheel_source(wheel, "toy-letters", f"toy_letters/{name}")],
        }
        for name, content in files.items()
    }
    return {
        "reuters_r52": [entry for name, entry in entries.items() if name.startswith("reuters")],
        "newsgroups_letters": [entry for name, entry in entries.items() if name.startswith("20")],
    }


def _word(number: int) -> str:
    """A word of letters for each number."""
    return "".join("abcdefghij"[int(digit)] for digit in str(number))


def _tab(rows: list[tuple[str, str]]) -> bytes:
    """A table like those in the package: three lines of header, a text a line."""
    return "".join(["Category\tText\nd\tstring\nclass\t\n", *(f"{kind}\t{text}\n" for kind, text in rows)]).encode()


@pytest.fixture
def said(capsys):
    """The lines on stdout so far but for those that announce a fetch; and nothing may have come on stderr."""

    def lines() -> list[str]:
        out, err = capsys.readouterr()
        assert err == ""
        return [line for line in out.splitlines() if ": fetching it (" not in line]

    return lines


@pytest.fixture
def tools():
    """The plain functions of this file, for the tests beside it."""
    import types

    return types.SimpleNamespace(
        sha256=sha256,
        make_wheel=make_wheel,
        wheel_source=wheel_source,
        table_of_reviews=table_of_reviews,
        run_python=run_python,
        forget=forget,
        nowhere=NOWHERE,
        real_mirror=REAL_MIRROR,
    )
