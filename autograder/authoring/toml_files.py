"""TOML that authors write: what cannot be read is told with its line, and a table's line is found for what is wrong in it."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

from autograder.authoring.lesson import BadLesson


def read_toml(path: Path) -> dict[str, Any]:
    """What a TOML file holds; {} where there is none. Raises BadLesson, naming the line, where it is not TOML."""
    if not path.exists():
        return {}
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except UnicodeDecodeError:
        raise BadLesson(path, 1, "it is not written in UTF-8; save it so") from None
    except RecursionError:
        raise BadLesson(
            path, 1, "it is nested too deeply to be read; lists in lists in lists are not needed in it"
        ) from None
    except tomllib.TOMLDecodeError as error:
        place = re.search(
            r"\(at (?:line (\d+)|end of document)", str(error)
        )  # Python's own words, which have no number beside
        words = re.sub(r" \(at .*\)$", "", str(error))
        last = path.read_text(encoding="utf-8").count("\n") + 1
        line = int(place[1]) if place and place[1] else last
        how = 'texts stand in quotes, tables in brackets: ["name"], field = "text"'
        if earlier := _earlier(path, line):
            words, how = (
                f"{words}: it stands in line {earlier} already",
                "take one of them out, or give it another name",
            )
        raise BadLesson(path, line, f"this is not TOML: {words[:1].lower()}{words[1:]} ({how})") from None


def _earlier(path: Path, line: int) -> int | None:
    """The line of the same table above the one of this line, or above the line itself; None where there is none."""
    lines = [one.strip() for one in path.read_text(encoding="utf-8").splitlines()]
    return next(
        (number for number, one in enumerate(lines[: line - 1], 1) if one == lines[line - 1] and one[:1] == "["), None
    )


def line_of(path: Path, table: str, field: str = "") -> int:
    """The line of a table's name in a TOML file, or that of a field below it; 1 where it stands nowhere."""
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    escaped = re.escape(table)
    head = next(
        (i for i, line in enumerate(lines) if re.fullmatch(rf"\[(\"{escaped}\"|'{escaped}'|{escaped})\].*", line)), None
    )
    if head is None:
        return 1
    for number, line in enumerate(lines[head + 1 :], head + 2):
        if line.startswith("["):
            break
        if field and re.match(rf"{re.escape(field)}\s*=", line):
            return number
    return head + 1
