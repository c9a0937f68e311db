"""The texts of a project unit: an instructor's own file, without the texts that the grader keeps; the set is named as the unit."""

from __future__ import annotations

import functools
import json
import lzma
from typing import TYPE_CHECKING

from course_utils.data import cache, fetch
from course_utils.data.manifest import data_set

if TYPE_CHECKING:
    import pandas as pd


def project(unit: str) -> pd.DataFrame:
    """Load the texts of a project, by its unit's name: columns `text` and `label`, both str, in the file's order.

    They are as they were collected: rows may be empty, or repeat others. `frame.attrs["source"]` is one line on where they
    came from, `frame.attrs["terms"]` what may be done with them. Raises ValueError for a set that the manifest does not
    have, DataUnavailable where its file cannot be had.
    """
    frame = _frame(unit)
    cache.say(frame.attrs["source"])
    return frame.copy()


def pack(texts: list[str], labels: list[str]) -> bytes:
    """The file of a project's texts: the same bytes for the same texts."""
    told = json.dumps({"text": texts, "label": labels}, ensure_ascii=False)
    return lzma.compress(told.encode())


def unpack(data: bytes) -> tuple[list[str], list[str]]:
    """Texts and labels of such a file."""
    told = json.loads(lzma.decompress(data))
    return told["text"], told["label"]


def forget() -> None:
    """Drop what this process has loaded, so that the next call looks again."""
    _frame.cache_clear()


@functools.cache
def _frame(unit: str) -> pd.DataFrame:
    import pandas as pd

    from course_utils.data.choose import original_line

    told, files = data_set(unit), fetch.find_all(data_set(unit))
    (found,) = files.values()
    texts, labels = unpack(found.read())
    frame = pd.DataFrame({"text": texts, "label": labels}, dtype=object)
    frame.attrs = {"source": original_line(unit, files), "terms": told.terms}
    return frame
