"""20 Newsgroups: posts of 1993, split by date, headers kept."""

from __future__ import annotations

import functools
import io
import tarfile
from typing import TYPE_CHECKING, Any

from course_utils.data import cache, letters
from course_utils.data.choose import Choice, choose
from course_utils.data.rows import no_options, rows_of

if TYPE_CHECKING:
    import pandas as pd

    from course_utils.data.fetch import Found

NAME = "newsgroups"
ARCHIVE = "20news-bydate.tar.gz"  # the file's name in the manifest


def newsgroups() -> pd.DataFrame:
    """Load the posts: columns `group`, `text` (the whole post, headers included) and `split` ("train" or "test").

    11,314 rows to train, then 7,532 to test, each part sorted by group and number. `frame.attrs["source"]` is one line on
    where they came from, `frame.attrs["canonical"]` False for the substitute, which has no headers. Raises
    DataUnavailable, listing what was tried.
    """
    frame = _frame()
    cache.say(frame.attrs["source"])
    return frame.copy()


def resolve_newsgroups(split: str, column: str, start: int, stop: int | None, options: dict[str, Any]) -> Any:
    """Posts `start` to `stop`: "text" and "group" as lists of str, "label" as (n,) int64 in the groups' alphabetic order."""
    no_options(NAME, options)
    frame = _frame()
    cache.say(frame.attrs["source"])
    frame = frame.assign(label=frame["group"].rank(method="dense").to_numpy("int64") - 1)
    splits = {}
    for name, part in frame.groupby("split", sort=False):
        columns = {column: part[column].tolist() for column in ("text", "group")}
        splits[name] = {**columns, "label": part["label"].to_numpy()}
    return rows_of(NAME, splits, split, column, start, stop)


def prepare(refresh: bool = False) -> str:
    """Have the files on this disk without reading them; return the line on their source."""
    return choose("newsgroups", refresh).source


def forget() -> None:
    """Drop what this process has loaded, so that the next call looks again."""
    _frame.cache_clear()


@functools.cache
def _frame() -> pd.DataFrame:
    import pandas as pd

    choice = choose("newsgroups")
    rows = _posts(choice.files[ARCHIVE]) if choice.canonical else _stand_ins(choice)
    frame = pd.DataFrame(rows, columns=["group", "text", "split"])
    frame.attrs |= {"source": choice.source, "canonical": choice.canonical}
    return frame


def _posts(found: Found) -> list[tuple[str, str, str]]:
    """The archive's posts, 20news-bydate-SPLIT/GROUP/NUMBER, read without unpacking a file. Old posts are Latin-1."""
    rows = []
    with tarfile.open(fileobj=io.BytesIO(found.read()), mode="r:gz") as archive:
        for member in archive:
            parts = member.name.removeprefix("./").split("/")
            file = archive.extractfile(member) if member.isfile() else None
            if file is not None and len(parts) == 3 and parts[2].isdigit():
                split = parts[0].removeprefix("20news-bydate-")
                rows.append((split, parts[1], int(parts[2]), file.read().decode("latin-1")))
    rows.sort(key=lambda row: (row[0] != "train", *row[1:3]))
    return [(group, text, split) for split, group, _, text in rows]


def _stand_ins(choice: Choice) -> list[tuple[str, str, str]]:
    rows = []
    for split in ("train", "test"):
        posts = letters.read(choice.files, letters.POSTS, split)
        rows += [(group, text, split) for group, text in sorted(posts, key=lambda post: post[0])]
    return rows
