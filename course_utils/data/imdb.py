"""IMDB film reviews: as word ids the way Keras gives them, their word index, and their text.

Where the canonical ids cannot be had, ids are made from the text with the rules that made the canonical ones: Keras 1's
tokenizer, words ranked by how often the training part has them.
"""

from __future__ import annotations

import functools
import io
import json
import string
import zipfile
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from course_utils.data import cache, fetch
from course_utils.data.ids import (
    Lists,
    Numbered,
    Split,
    keras_order,
    rank_words,
    read_options,
    resolve,
    split_of,
    vocabulary,
)
from course_utils.data.manifest import data_set

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

SPLIT_SEED = 2011  # of the 20,000/5,000 split of the text
TEST_SHARE = 5  # one in five labelled texts is for testing
RECIPE = "v1"  # part of the derived file's name: change it with the rules below, and old files are left alone
WORD_BREAKS = str.maketrans(dict.fromkeys(string.punctuation.replace("'", "") + "\t\n", " "))  # Keras 1's filter


class Reviews(Lists):
    """IMDB reviews as ids; 1 is praise, 0 blame: `(x_train, y_train), (x_test, y_test) = load_imdb()`."""


# ---------------------------------------------------------------- what course_utils.data offers


def load_imdb(num_words: int | None = 10_000) -> Reviews:
    """Load the reviews as ids, shuffled and numbered as `keras.datasets.imdb.load_data` does it.

    1 starts a review, 2 stands for a word that is not among the ids below `num_words`, and a word of rank r has the id
    r + 3. `num_words=None` keeps every word. Raises DataUnavailable, listing what was tried.
    """
    num_words = vocabulary(num_words)
    ids = _announced()
    train, test = ids.lists(num_words)
    return Reviews(train, test, ids.source, ids.canonical)


def imdb_word_index() -> dict[str, int]:
    """Word -> rank, 1 for the most frequent word; in `load_imdb` its id is the rank + 3. A fresh dict each time."""
    return dict(_announced().word_index)


def imdb_text() -> pd.DataFrame:
    """Load the reviews as text: columns `text`, `label` (1 praise, 0 blame) and `split` ("train" or "test").

    The labelled texts that a package carries are the canonical training reviews; one in five of each class is set aside
    here as "test" (20,000/5,000), never one whose text occurs twice. A film may have reviews in both parts, unlike in
    the canonical split.
    Where only ids can be had, the texts are decoded from them and `frame.attrs["source"]` says so.
    """
    frame = _text()
    cache.say(frame.attrs["source"])
    return frame.copy()


def resolve_ids(split: str, column: str, start: int, stop: int | None, options: dict[str, Any]) -> Any:
    """Reviews `start` to `stop`: "x" as a list of id lists, or with encode="multi_hot" as (n, num_words) uint8; "y"."""
    read_options("imdb_ids", options)  # a wrong option is refused before anything is fetched
    return resolve("imdb_ids", _announced().splits, split, column, (start, stop), options)


def resolve_text(split: str, column: str, start: int, stop: int | None, options: dict[str, Any]) -> Any:
    """Reviews `start` to `stop` of the text: "text" as a list of str, "label" as (n,) int64."""
    if options:
        raise ValueError(f"imdb_text has no options; {next(iter(options))!r} was given")
    if split not in ("train", "test"):
        raise ValueError(f"imdb_text has no split {split!r}; it has train and test")
    if column not in ("text", "label"):
        raise ValueError(f"imdb_text has no column {column!r}; it has text and label")
    cache.say(_text().attrs["source"])
    rows = _text()[lambda frame: frame["split"] == split][column].iloc[start:stop]
    return rows.tolist() if column == "text" else rows.to_numpy(copy=True)


def prepare_ids(refresh: bool = False) -> str:
    """Have the ids on this disk without reading them; return the line on their source. `refresh` asks again for the
    canonical files where the substitute is in use."""
    located = _locate_ids(refresh)
    if isinstance(located, Path):
        return _substitute_line()
    return _files_line(located)


def prepare_text(refresh: bool = False) -> str:
    """Have the text on this disk; return the line on its source. The package is asked again in any case."""
    (file,) = data_set("imdb_text").files
    try:
        return _text_line(fetch.find(file))
    except fetch.Missing:
        return _text().attrs["source"]


def forget() -> None:
    """Drop what this process has loaded, so that the next call looks again."""
    _ids.cache_clear()
    _text.cache_clear()


# ---------------------------------------------------------------- ids


def _announced() -> Numbered:
    ids = _ids()
    cache.say(ids.source)
    return ids


@functools.cache
def _ids() -> Numbered:
    located = _locate_ids()
    if isinstance(located, Path):
        return _read_derived(located)
    return _read_canonical(*located)


def _locate_ids(refresh: bool = False) -> tuple[fetch.Found, ...] | Path:
    """The canonical files (npz, word index), or the derived file.

    Files and word index always come from the same kind of source: ids of one mean nothing with the words of the other.
    """
    ids = data_set("imdb_ids")
    text = data_set("imdb_text").files[0]
    tried: list[tuple[str, str, str]] = []

    def canonical(**where: bool) -> tuple[fetch.Found, ...] | None:
        try:
            return tuple(fetch.find(file, **where) for file in ids.files)
        except fetch.Missing as missing:
            tried.extend(missing.tried)
            return None

    if found := canonical(remote=False):
        return found
    if not refresh and (path := _derived_in_cache(text.accepted)):
        return path
    if found := canonical(local=False):
        return found
    try:
        return _derived(fetch.find(text))
    except fetch.Missing as missing:
        raise fetch.unavailable(ids, tried + missing.tried) from None


def _read_canonical(npz: fetch.Found, index: fetch.Found) -> Numbered:
    import numpy as np

    # the arrays are pickled lists; `read` has just compared these very bytes with the manifest's hashes
    with np.load(io.BytesIO(npz.read()), allow_pickle=True) as arrays:
        sides = [(arrays[f"x_{side}"], arrays[f"y_{side}"]) for side in ("train", "test")]
    orders = keras_order(*(len(y) for _, y in sides))
    splits = [split_of(x[order], y[order]) for (x, y), order in zip(sides, orders, strict=True)]
    words = json.loads(index.read())
    return Numbered(dict(zip(("train", "test"), splits, strict=True)), words, _files_line((npz, index)), canonical=True)


def _files_line(files: tuple[fetch.Found, ...]) -> str:
    return f"imdb_ids: {files[0].what}, from {files[0].where}."


# ---------------------------------------------------------------- ids made from the text


def words_of(text: str) -> list[str]:
    """A text's words by the rules of Keras 1's tokenizer: lower case, punctuation but ' to blanks, split at blanks."""
    return [word for word in text.lower().translate(WORD_BREAKS).split(" ") if word]


def _derived(text: fetch.Found) -> Path:
    """The derived file in the cache, made if need be."""
    try:
        with cache.lock(_derived_name(text.sha256)):
            if path := _derived_in_cache([text.sha256]):
                return path
            cache.say("imdb_ids: the canonical files are not available; making ids from the text (a few seconds, once)")
            ids = _from_text(text)
            return cache.write_atomically(
                _derived_name(text.sha256), lambda part: _write_derived(ids, part), lambda part: None
            )
    except cache.SourceFailed as reason:
        raise cache.DataUnavailable(f"imdb_ids: {reason}") from None


def _from_text(text: fetch.Found) -> Numbered:
    frame = _read_text(text)
    parts = {split: frame[frame["split"] == split] for split in ("train", "test")}
    words = {split: [words_of(text) for text in part["text"]] for split, part in parts.items()}
    index = rank_words(words["train"])
    ranks = {split: [[index[word] for word in review if word in index] for review in words[split]] for split in parts}
    splits = {split: split_of(ranks[split], part["label"]) for split, part in parts.items()}
    return Numbered(splits, index, _substitute_line(), canonical=False)


def _derived_name(text_sha256: str) -> str:
    return f"imdb_ids.from_text.{text_sha256[:12]}.{RECIPE}.npz"


def _derived_in_cache(text_hashes: Iterable[str]) -> Path | None:
    for digest in text_hashes:
        if path := cache.cached(_derived_name(digest), derived_is_sound):
            return path
    return None


def derived_is_sound(path: Path) -> bool:
    """Whether every byte of the archive has its checksum. It holds no pickle, so a made-up one could do no harm."""
    try:
        with zipfile.ZipFile(path) as archive:
            return archive.testzip() is None and "words.npy" in archive.namelist()
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError):
        return False


def _write_derived(ids: Numbered, part: Any) -> None:
    import numpy as np

    arrays = {"words": np.frombuffer("\n".join(ids.word_index).encode(), np.uint8)}  # in the order of their ranks
    for name, split in ids.splits.items():
        arrays |= {f"{name}_ranks": split.ranks, f"{name}_starts": split.starts, f"{name}_y": split.y}
    np.savez_compressed(part, **arrays)  # type: ignore[arg-type]  # no array is called allow_pickle, which is a bool


def _read_derived(path: Path) -> Numbered:
    import numpy as np

    with np.load(path, allow_pickle=False) as arrays:
        words = arrays["words"].tobytes().decode().split("\n")
        splits = {
            name: Split(arrays[f"{name}_ranks"], arrays[f"{name}_starts"], arrays[f"{name}_y"])
            for name in ("train", "test")
        }
    return Numbered(splits, {word: rank for rank, word in enumerate(words, 1)}, _substitute_line(), canonical=False)


def _substitute_line() -> str:
    return f"imdb_ids: a substitute, {data_set('imdb_ids').stand_in.differs}."


# ---------------------------------------------------------------- text


@functools.cache
def _text() -> pd.DataFrame:
    (file,) = data_set("imdb_text").files
    try:
        found = fetch.find(file)
    except fetch.Missing as missing:
        return _decoded(missing.tried)
    frame = _read_text(found)
    frame.attrs["source"] = _text_line(found)
    return frame


def _read_text(found: fetch.Found) -> pd.DataFrame:
    """The labelled texts of IMDB in the table, with their split, in the order in which ids made from them come."""
    import pandas as pd

    table = pd.read_csv(io.BytesIO(found.read()), encoding="utf-8", keep_default_na=False)
    table = table.loc[table["source"] == "imdb", ["text", "label"]].reset_index(drop=True)
    table["split"] = _split_of(table)
    parts = [table[table["split"] == split] for split in ("train", "test")]
    orders = keras_order(*(len(part) for part in parts))
    return pd.concat([part.iloc[order] for part, order in zip(parts, orders, strict=True)], ignore_index=True)


def _split_of(table: pd.DataFrame) -> np.ndarray:
    """ "train" or "test" for each row: of each class one in five is for testing.

    A text that occurs more than once trains, so that nothing in the test part has been seen.
    """
    import numpy as np

    rng = np.random.RandomState(SPLIT_SEED)  # whose stream NumPy promises never to change
    once = ~table["text"].str.lower().str.split().str.join(" ").duplicated(keep=False).to_numpy()
    labels = table["label"].to_numpy()
    split = np.full(len(table), "train", object)
    for label in np.unique(labels):
        eligible = np.flatnonzero((labels == label) & once)
        split[rng.permutation(eligible)[: np.count_nonzero(labels == label) // TEST_SHARE]] = "test"
    return split


def _decoded(tried: list[tuple[str, str, str]]) -> pd.DataFrame:
    """Texts put together from ids and word index, where these can be had and the text cannot."""
    import pandas as pd

    data = data_set("imdb_text")
    try:
        files = tuple(fetch.find(file) for file in data_set("imdb_ids").files)
    except fetch.Missing as missing:
        raise fetch.unavailable(data, tried + missing.tried) from None
    ids = _read_canonical(*files)
    words = ["", *sorted(ids.word_index, key=ids.word_index.__getitem__)]
    parts = []
    for name, split in ids.splits.items():
        starts = split.starts.tolist()
        ranks = split.ranks.tolist()
        texts = [" ".join(words[rank] for rank in ranks[a:b]) for a, b in zip(starts, starts[1:], strict=False)]
        parts.append(pd.DataFrame({"text": texts, "label": split.y, "split": name}))
    frame = pd.concat(parts, ignore_index=True)
    frame.attrs["source"] = f"imdb_text: a substitute, {data.stand_in.differs}."
    return frame


def _text_line(found: fetch.Found) -> str:
    return f"imdb_text: {found.what}, from {found.where}: 20,000 reviews to train, 5,000 to test."
