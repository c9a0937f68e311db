"""Probe arguments that are too large or too alive to be stored: they are described by name and made when needed."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Tree:
    """A folder with these files: path relative to the folder -> text. An answer receives a temporary `pathlib.Path`."""

    files: Mapping[str, str]


@dataclass(frozen=True)
class Dataset:
    """Rows `start` to `stop` of one column of one split of a data set that `course_utils.data` can load."""

    name: str
    split: str
    column: str
    start: int = 0
    stop: int | None = None
    options: Mapping[str, Any] = field(default_factory=dict)


def tree(files: Mapping[str, str]) -> Tree:
    """A temporary folder with these files, e.g. `tree({"a.png": "", "deep/b.png": ""})`."""
    return Tree(dict(files))


def dataset(name: str, split: str, column: str, start: int = 0, stop: int | None = None, **options: Any) -> Dataset:
    """Rows of a data set, e.g. `dataset("imdb_ids", "test", "x", 0, 5000, encode="multi_hot")`."""
    return Dataset(name, split, column, start, stop, options)


class Workspace:
    """Where the folders of one probe live, as a context manager: made by `folder`, removed at the end."""

    def __init__(self) -> None:
        self._temporary: list[tempfile.TemporaryDirectory] = []
        self.roots: list[Path] = []

    def __enter__(self) -> Workspace:
        return self

    def __exit__(self, *error: object) -> None:
        for folder in self._temporary:
            folder.cleanup()

    def folder(self, tree: Tree) -> Path:
        """Write the tree's files into a new temporary folder; return its absolute path."""
        temporary = tempfile.TemporaryDirectory(prefix="probe_", ignore_cleanup_errors=True)
        self._temporary.append(temporary)
        root = Path(temporary.name).resolve()
        self.roots.append(root)
        for name, text in tree.files.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return root
