"""Packs: what an exercise's answers are compared with, as JSON files, one an exercise.

A pack holds the exercise's id, unit, points, settings, rules and parameter names, its probes, what each probe expects
(an observation, or {"expect": ...}), and for each mistake the observations it would give. A hidden pack also says how many
of its probes, the first ones, learners are shown. A pack never holds code.
"""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path

from course_utils import files
from course_utils.course import content_folder
from course_utils.describe import decode, encode
from course_utils.refused import Refused

FORMAT = 1
EXAMPLES = content_folder() / "examples"


class UnknownExercise(Refused):
    """No pack has the id that was asked for."""


def write_pack(pack: dict, folder: Path, indent: int | None = 1) -> Path:
    """Write `pack` to `folder`/UNIT/ID.json, by atomic rename; return its path. Equal packs give equal bytes."""
    path = folder / pack["unit"] / f"{pack['id']}.json"
    text = json.dumps(encode({"format": FORMAT, **pack}), indent=indent, ensure_ascii=False, sort_keys=True) + "\n"
    files.write_changed(path, text.encode())
    return path


def read_pack(unit: str, id: str, folder: Path = EXAMPLES) -> dict:
    """The pack of one exercise. Raises UnknownExercise, naming the ids that there are, or Refused for a file of another format."""
    path = folder / unit / f"{id}.json"
    if not path.exists():
        known = sorted(p.stem for p in path.parent.glob("*.json"))
        raise UnknownExercise(f"there is no exercise {id!r} in unit {unit}; there are: {', '.join(known) or 'none'}")
    return _read(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=64)
def _read(path: Path, modified: int) -> dict:
    pack = decode(json.loads(path.read_text(encoding="utf-8")))
    if pack.get("format") != FORMAT:
        raise Refused(f"{path} has format {pack.get('format')!r}; this version of the course reads format {FORMAT}")
    return pack


def find_unit(id: str, folder: Path = EXAMPLES) -> str:
    """The unit of the exercise `id`, where only one unit has it. Raises UnknownExercise otherwise."""
    units = sorted(path.parent.name for path in folder.glob(f"*/{id}.json"))
    if len(units) == 1:
        return units[0]
    if units:
        raise UnknownExercise(
            f'several units have an exercise {id!r} ({", ".join(units)}): call start("{units[0]}") first'
        )
    known = sorted(path.stem for path in folder.glob("*/*.json"))
    raise UnknownExercise(f"there is no exercise {id!r}; there are: {', '.join(known) or 'none'}")
