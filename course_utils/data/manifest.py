"""The list of data sets, `data/manifest.toml`, as dataclasses. A mistake in it is reported with its key."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


class ManifestError(ValueError):
    """The manifest cannot be read; the message names the file and the key."""


@dataclass(frozen=True)
class Address:
    """A file at an http(s) address."""

    url: str

    def __str__(self) -> str:
        return self.url


@dataclass(frozen=True)
class WheelMember:
    """A file inside a wheel on the package index. The wheel is read as a zip, never installed or imported."""

    package: str
    wheel: str
    wheel_sha256: str
    member: str

    def __str__(self) -> str:
        return f"the package {self.package}"


@dataclass(frozen=True)
class Embedded:
    """A file that lies in the data folder itself."""

    path: str

    def __str__(self) -> str:
        return f"the course's own data/{self.path}"


Source = Address | WheelMember | Embedded


@dataclass(frozen=True)
class DataFile:
    """One file: its name in the cache, the hashes by which it is recognised, where to ask for it."""

    name: str
    megabytes: float
    accepted: Mapping[str, str]  # sha256 -> what the file with this hash is
    sources: tuple[Source, ...]


@dataclass(frozen=True)
class Substitute:
    """What stands in when the files cannot be had: the set it is made of, and how it differs."""

    origin: str
    differs: str


@dataclass(frozen=True)
class DataSet:
    """One table of the manifest."""

    name: str
    title: str
    about: str
    terms: str
    citation: str
    files: tuple[DataFile, ...]
    substitute: Substitute | None = None


def data_folder() -> Path:
    """The folder of the manifest and the cache: `COURSE_DATA` where it is set, else `data/` beside the packages."""
    chosen = os.environ.get("COURSE_DATA")
    return Path(chosen).expanduser().absolute() if chosen else Path(__file__).resolve().parents[2] / "data"


def manifest_path() -> Path:
    """The manifest in the data folder; a `COURSE_DATA` folder without one uses the course's own."""
    candidates = [data_folder() / "manifest.toml", Path(__file__).resolve().parents[2] / "data" / "manifest.toml"]
    for path in candidates:
        if path.is_file():
            return path
    raise ManifestError(
        f"there is no {candidates[0]}: run the course from a checkout of its repository, "
        "or set COURSE_DATA to the folder that holds manifest.toml"
    )


def read_manifest(path: Path | None = None) -> dict[str, DataSet]:
    """Read the manifest: name -> data set. Raises ManifestError, naming file and key."""
    path = path or manifest_path()
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ManifestError(f"{path}: {error}") from error
    try:
        sets = {name: _data_set(name, _Table(table, name)) for name, table in tables.items()}
        for name, data_set in sets.items():
            if data_set.substitute and data_set.substitute.origin not in sets:
                _fail(f"{name}.substitute.from", f"there is no set {data_set.substitute.origin!r}")
    except ManifestError as error:
        raise ManifestError(f"{path}: {error}") from None
    return sets


def data_set(name: str) -> DataSet:
    """The set of this name. Raises ValueError, listing the names there are, for any other."""
    sets = read_manifest()
    if name not in sets:
        raise ValueError(f"there is no data set {name!r}; the manifest has {', '.join(sets)}")
    return sets[name]


class _Table:
    """A TOML table that is read key by key; `done` refuses keys that nothing has asked for (mostly typing slips)."""

    def __init__(self, table: Any, key: str) -> None:
        if not isinstance(table, dict):
            _fail(key, f"expected a table, found {table!r}")
        self.rest, self.key = dict(table), key

    def take(self, name: str, kind: type | tuple[type, ...], words: str, default: Any = None) -> Any:
        value = self.rest.pop(name, default)
        if value is None:
            _fail(f"{self.key}.{name}", f"missing; expected {words}")
        if not isinstance(value, kind) or value == "":
            _fail(f"{self.key}.{name}", f"expected {words}, found {value!r}")
        return value

    def text(self, name: str) -> str:
        return self.take(name, str, "text").strip()

    def done(self) -> None:
        if self.rest:
            _fail(f"{self.key}.{next(iter(self.rest))}", "no such setting; see the top of the file for those there are")


def _data_set(name: str, table: _Table) -> DataSet:
    texts = {key: table.text(key) for key in ("title", "about", "terms", "citation")}
    files = table.take("files", list, "one [[files]] table or more")
    read = tuple(_data_file(_Table(file, f"{name}.files[{i}]")) for i, file in enumerate(files))
    substitute = (
        _substitute(_Table(table.rest.pop("substitute"), f"{name}.substitute")) if "substitute" in table.rest else None
    )
    table.done()
    return DataSet(name, **texts, files=read, substitute=substitute)


def _substitute(table: _Table) -> Substitute:
    substitute = Substitute(table.text("from"), table.text("differs"))
    table.done()
    return substitute


def _data_file(table: _Table) -> DataFile:
    name = table.text("name")
    if name in (".", "..") or not re.fullmatch(r"[\w.+-]+", name):
        _fail(f"{table.key}.name", f"expected a plain file name, found {name!r}")
    megabytes = table.take("megabytes", (int, float), "a number")
    accepted = table.take("sha256", dict, "a table: sha256 = what the file is")
    if not accepted:
        _fail(f"{table.key}.sha256", "at least one hash is needed: nothing is opened unverified")
    for digest, words in accepted.items():
        _digest(digest, f"{table.key}.sha256")
        if not isinstance(words, str):
            _fail(f"{table.key}.sha256.{digest}", f"expected a few words on the file, found {words!r}")
    sources = table.take("sources", list, "a list of sources")
    read = tuple(_source(_Table(source, f"{table.key}.sources[{i}]")) for i, source in enumerate(sources))
    table.done()
    return DataFile(name, megabytes, accepted, read)


def _source(table: _Table) -> Source:
    if "url" in table.rest:
        source: Source = Address(table.text("url"))
        if not source.url.startswith(("http://", "https://")):
            _fail(f"{table.key}.url", f"expected an http(s) address, found {source.url!r}")
    elif "package" in table.rest:
        source = WheelMember(
            table.text("package"),
            table.text("wheel"),
            _digest(table.text("wheel_sha256"), f"{table.key}.wheel_sha256"),
            table.text("member"),
        )
        if not re.fullmatch(r"[\w.-]+==[\w.+!]+", source.package):
            _fail(f"{table.key}.package", f"expected NAME==VERSION, found {source.package!r}")
    elif "embedded" in table.rest:
        source = Embedded(table.text("embedded"))
        if Path(source.path).is_absolute() or ".." in Path(source.path).parts:
            _fail(f"{table.key}.embedded", f"expected a path below the data folder, found {source.path!r}")
    else:
        _fail(table.key, "expected one of `url`, `package`, `embedded`")
    table.done()
    return source


def _digest(text: str, key: str) -> str:
    if not re.fullmatch(r"[0-9a-f]{64}", text):
        _fail(key, f"expected a sha256 of 64 hexadecimal digits, found {text!r}")
    return text


def _fail(key: str, words: str) -> None:
    raise ManifestError(f"{key}: {words}")
