"""BBC news: 2,225 articles of 2004 and 2005 in five classes, in the order of the original folders."""

from __future__ import annotations

import functools
import io
import zipfile
from typing import TYPE_CHECKING, Any

from course_utils.data import cache, letters
from course_utils.data.choose import Choice, choose
from course_utils.data.rows import no_options, rows_of

if TYPE_CHECKING:
    import pandas as pd

    from course_utils.data.fetch import Found

NAME = "bbc"
ARCHIVE = "bbc-fulltext.zip"  # the file's name in the manifest; a mirror may hold a table instead
SIZES = {"business": 510, "entertainment": 386, "politics": 417, "sport": 511, "tech": 401}
SEED = 2006  # of what is drawn here
#: What stands in for each class: files, and kinds of text in them.
STAND_INS = {
    "business": (letters.WIRES, letters.BUSINESS),
    "entertainment": (letters.POSTS, ("rec.autos", "rec.motorcycles")),
    "politics": (letters.POSTS, ("talk.politics.",)),
    "sport": (letters.POSTS, ("rec.sport.",)),
    "tech": (letters.POSTS, ("comp.",)),
}
STAND_IN_WORDS = 1_000


def bbc() -> pd.DataFrame:
    """Load the articles: columns `category` (str) and `text` (str: title, blank line, paragraphs), 2,225 rows.

    The rows come class by class, as in the original folders, and 98 of them repeat an earlier text.
    `frame.attrs["source"]` is one line on where they came from, `frame.attrs["canonical"]` False for the substitute.
    Raises DataUnavailable, listing what was tried.
    """
    frame = _frame()
    cache.say(frame.attrs["source"])
    return frame.copy()


def resolve_bbc(split: str, column: str, start: int, stop: int | None, options: dict[str, Any]) -> Any:
    """Rows of the one split "all": "text" and "category" as lists of str, "label" as (n,) int64, classes in their order."""
    no_options(NAME, options)
    frame = _frame()
    cache.say(frame.attrs["source"])
    labels = frame["category"].map({name: label for label, name in enumerate(SIZES)}).to_numpy("int64")
    columns = {"text": frame["text"].tolist(), "category": frame["category"].tolist(), "label": labels}
    return rows_of(NAME, {"all": columns}, split, column, start, stop)


def prepare(refresh: bool = False) -> str:
    """Have the files on this disk without reading them; return the line on their source."""
    return choose("bbc", refresh).source


def forget() -> None:
    """Drop what this process has loaded, so that the next call looks again."""
    _frame.cache_clear()


@functools.cache
def _frame() -> pd.DataFrame:
    import pandas as pd

    choice = choose("bbc")
    if not choice.canonical:
        frame = pd.DataFrame(_stand_ins(choice), columns=["category", "text"])
    elif choice.files[ARCHIVE].path.suffix == ".zip":
        frame = pd.DataFrame(_articles(choice.files[ARCHIVE]), columns=["category", "text"])
    else:
        table = io.BytesIO(choice.files[ARCHIVE].read())
        frame = pd.read_csv(table, encoding="utf-8", keep_default_na=False)[["category", "text"]]
    frame.attrs |= {"source": choice.source, "canonical": choice.canonical}
    return frame


def _articles(found: Found) -> list[tuple[str, str]]:
    """The archive's articles, bbc/CATEGORY/NUMBER.txt, in the order of their paths. One is not UTF-8, but Latin-1."""
    with zipfile.ZipFile(io.BytesIO(found.read())) as archive:
        paths = sorted(path for path in archive.namelist() if path.endswith(".txt") and path.count("/") == 2)
        return [(path.split("/")[1], _decode(archive.read(path))) for path in paths]


def _decode(content: bytes) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("latin-1")


def _stand_ins(choice: Choice) -> list[tuple[str, str]]:
    import numpy as np

    rng = np.random.RandomState(SEED)
    rows = []
    for category, (name, kinds) in STAND_INS.items():
        texts = letters.of_kinds(letters.read(choice.files, name, "train"), kinds, STAND_IN_WORDS)
        rows += [(category, text) for text in letters.some(texts, SIZES[category], rng)]
    return rows
