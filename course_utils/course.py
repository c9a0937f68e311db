"""Which course this is: the folder that holds `course.toml`, what that file says of it, and where its packs lie.

The kit (`course_utils`, and `autograder` for instructors) may lie in the course's folder or be installed apart from it.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from course_utils.refused import Refused
from course_utils.terminal import is_unseen

FILE = "course.toml"
#: Name -> kind of what the file says at its top; those of NEEDED are in every one.
_KINDS: dict[str, type] = {
    **{"title": str, "slug": str, "blurb": str, "about": str, "welcome": str, "maintainers": str},
    **{"languages": list, "rules": dict, "environment": dict, "folders": dict},
}
NEEDED = ("title", "slug", "blurb")
#: What a course's folders are called where its file says nothing else, and what each is for.
FOLDERS = {
    "exercises": "exercises",  # the declared exercises
    "content": "content",  # what is built for learners: examples, questions, banks, the map of the units
    "private": "private",  # of this machine alone: the secret, hidden packs
    "equivalent": "exercises/equivalent",  # mutants that are right answers
    "traced": "exercises/traced",  # what was traced of each solution
}
#: House rules that a course may have otherwise: numbers.
RULES = ("fewest_terms", "fewest_goals", "most_goals")
_LANGUAGE = {"key", "name", "tag", "english", "between"}


class NoCourse(Refused):
    """There is no course here, or its course.toml cannot be read."""


@dataclass(frozen=True)
class Language:
    """A language beside English in which the glossary has its terms."""

    key: str  # of the terms' names in glossary.toml
    name: str  # of the column
    tag: str  # for browsers, such as zh-Hant
    english: str  # what it is called in English
    between: str = ", "  # several names of one term


@dataclass(frozen=True)
class Course:
    """What course.toml says."""

    title: str = "The course"
    slug: str = "course"  # of the zip, of nbgrader's course, of the package
    blurb: str = ""  # one sentence
    about: str = ""  # a paragraph, for a release's README
    welcome: str = ""  # the first words of the start page
    maintainers: str = ""
    languages: tuple[Language, ...] = ()
    rules: Mapping[str, Any] = field(default_factory=dict)
    environment: Mapping[str, Any] = field(default_factory=dict)
    folders: Mapping[str, str] = field(default_factory=lambda: dict(FOLDERS))
    folder: Path | None = None

    def rule(self, name: str, usual: int) -> int:
        """A house rule, where the course has one of its own, else the usual one. Raises NoCourse where it is no whole number."""
        told = self.rules.get(name, usual)
        if type(told) is not int or told < 0:
            raise NoCourse(f"{self.folder}/{FILE}: {name} is {told!r}; write a whole number: {name} = {usual}")
        return told

    @property
    def packages(self) -> list[str]:
        """What its environment has beside the kit, as requirements."""
        return list(self.environment.get("packages", ()))


def find_course() -> Path | None:
    """The course's folder: COURSE_ROOT, else the nearest one with course.toml from here upwards, else the one of a checkout."""
    if chosen := os.environ.get("COURSE_ROOT"):
        return Path(chosen).expanduser().absolute()
    return course_above() or next(
        (one for one in [Path(__file__).resolve().parents[1]] if (one / FILE).is_file()), None
    )


def no_course() -> NoCourse:
    """What to say where one works in no course."""
    try:
        here = os.environ.get("COURSE_ROOT") or os.getcwd()
    except OSError:
        here = "this folder, which was removed,"
    words = f"there is no course here: neither {here} nor a folder above it has a {FILE}"
    return NoCourse(f"{words}. Go to a course's folder, or begin one: autograder init my-course")


def course_above() -> Path | None:
    """The nearest folder with course.toml from the working directory upwards."""
    try:
        here = Path.cwd()
    except OSError:  # it was removed
        return None
    return next((folder for folder in (here, *here.parents) if (folder / FILE).is_file()), None)


@cache
def this_course() -> Course:
    """The course that one works in; where there is none, one without a name. Raises NoCourse for a file that is not right."""
    folder = find_course()
    return read_course(folder) if folder and (folder / FILE).is_file() else Course()


def read_course(folder: Path) -> Course:
    """What a folder's course.toml says. Raises NoCourse, with file, name and remedy, for what is missing, wrong or unknown."""
    path = folder / FILE
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, RecursionError) as error:
        raise NoCourse(f"{path} cannot be read: {error}") from None
    except tomllib.TOMLDecodeError as error:
        raise NoCourse(f"{path} is not TOML: {error}") from None
    for name in [*told, *NEEDED]:
        if name not in _KINDS:
            raise NoCourse(f"{path} has {name!r}; known are: {', '.join(_KINDS)}")
        if name not in told or not isinstance(told[name], _KINDS[name]) or (name in NEEDED and not told[name]):
            words: dict[type, str] = {str: '"..."', list: "[[...]]", dict: "a table, as in [folders]"}
            kind = words[_KINDS[name]]
            raise NoCourse(f"{path}: {name} is {told.get(name)!r}; write: {name} = {kind}")
    for name in ("title", "slug", "blurb", "maintainers"):  # they stand in comments, headings and commands
        if any(map(is_unseen, told.get(name, ""))):
            raise NoCourse(f"{path}: {name} is {told[name]!r}; write it in one line, of what can be seen")
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", told["slug"]):
        raise NoCourse(
            f"{path}: slug is {told['slug']!r}; write small letters and digits with hyphens between, as in my-course"
        )
    for table, known in (("folders", tuple(FOLDERS)), ("rules", RULES), ("environment", ("packages",))):
        if unknown := told.get(table, {}).keys() - set(known):
            raise NoCourse(f"{path}: [{table}] has {sorted(unknown)[0]!r}; known are: {', '.join(known)}")
    languages = tuple(_language(path, one) for one in told.get("languages", ()))
    folders = {**FOLDERS, **told.get("folders", {})}
    return Course(**{**told, "languages": languages, "folders": folders, "folder": folder})


def _language(path: Path, told: Any) -> Language:
    if not isinstance(told, dict) or told.keys() - _LANGUAGE or (_LANGUAGE - {"between"}) - told.keys():
        words = 'write: [[languages]], and below it key = "zh", name = "繁體中文", tag = "zh-Hant", english = "Traditional Chinese"'
        raise NoCourse(f"{path}: a language is {told!r}; {words}")
    return Language(**told)


def content_folder() -> Path:
    """Where the packs lie that learners get: COURSE_CONTENT, else where the course says, else beside this helper."""
    if chosen := os.environ.get("COURSE_CONTENT"):  # for notebooks that are graded in a folder of their own
        return Path(chosen)
    own, course = Path(__file__).resolve().parent, this_course()
    return course.folder / course.folders["content"] if course.folder else own
