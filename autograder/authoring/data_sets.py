"""Which of the course's data sets a unit's code and packs read."""

from __future__ import annotations

import ast
import importlib
import inspect
import json
from collections.abc import Iterable
from typing import Any

from course_utils import data
from course_utils.data.manifest import read_manifest


def data_sets_of(sources: Iterable[str], packs: Iterable[dict]) -> tuple[str, ...]:
    """The data sets that a unit's notebook (its cells' sources) and its hidden packs (as JSON) read."""
    known = read_manifest()
    found: dict[str, None] = {}
    for pack in packs:
        text = json.dumps(pack["probes"])
        found |= dict.fromkeys(name for name in known if f'"{name}"' in text)
    for source in sources:
        found |= dict.fromkeys(_sets_in(source, known))
    return tuple(found)


def _sets_in(source: str, known: dict[str, Any]) -> list[str]:
    """Which of the `known` sets code names, or calls the loader of."""
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return []
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and node.value in known:
            found.append(node.value)
        name = node.attr if isinstance(node, ast.Attribute) else ""
        if name in known:
            found.append(name)
        elif name in data._ROOMS and name[:1].islower():
            room = inspect.getsource(importlib.import_module(f"course_utils.data.{data._ROOMS[name]}"))
            named = sorted((room.index(f'"{one}"'), one) for one in known if f'"{one}"' in room)
            found += [one for _, one in named[:1]]  # a room's own set is named first, what may stand in for it later
    return found
