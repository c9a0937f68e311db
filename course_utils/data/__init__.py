"""The course's data sets: fetched once, verified always, from the source that can be reached.

    (x_train, y_train), (x_test, y_test) = data.load_imdb(num_words=10_000)
    reviews = data.imdb_text()
    (x_train, y_train), (x_test, y_test) = data.load_reuters()
    (texts, y_train), (test_texts, y_test) = data.ag_news()
    articles, posts = data.bbc(), data.newsgroups()
    (x_train, y_train), (x_test, y_test) = data.newsgroup_ids()
    words, vectors = data.glove()
    synonyms = data.synonyms()
    train, test = data.babi(1)
    (texts, y_train), (val_texts, y_val), (test_texts, y_test) = data.goemotions()
    train, validation, test = data.sick()
    texts = data.project("15_questions")

A set is fetched when it is first asked for; `python -m course_utils.data` fetches ahead what the first units need, and
`python -m course_utils.data all` everything. What the sets are and where they come from stands in data/manifest.toml.
`COURSE_MIRROR`, a folder or an http address, is asked first; `COURSE_DATA` moves the data folder.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from course_utils.data.articles import bbc
    from course_utils.data.cache import DataUnavailable
    from course_utils.data.emotions import Emotions, goemotions
    from course_utils.data.fetch import Found
    from course_utils.data.headlines import News, ag_news
    from course_utils.data.imdb import Reviews, imdb_text, imdb_word_index, load_imdb
    from course_utils.data.lexicon import synonyms, thesaurus
    from course_utils.data.manifest import ManifestError
    from course_utils.data.pairs import Pairs, SentencePairs, sick
    from course_utils.data.post_ids import PostIds, newsgroup_ids
    from course_utils.data.posts import newsgroups
    from course_utils.data.projects import project
    from course_utils.data.reuters import Newswires, load_reuters, reuters_topics, reuters_word_index
    from course_utils.data.stories import Stories, Story, babi
    from course_utils.data.vectors import glove, load_vectors
    from course_utils.values import Dataset

__all__ = [
    "DataUnavailable",
    "Emotions",
    "ManifestError",
    "News",
    "Newswires",
    "Pairs",
    "PostIds",
    "Reviews",
    "SentencePairs",
    "Stories",
    "Story",
    "ag_news",
    "babi",
    "bbc",
    "glove",
    "goemotions",
    "imdb_text",
    "imdb_word_index",
    "is_canonical",
    "load_imdb",
    "load_reuters",
    "load_vectors",
    "locate",
    "newsgroup_ids",
    "newsgroups",
    "prepare",
    "project",
    "resolve",
    "reuters_topics",
    "reuters_word_index",
    "sick",
    "synonyms",
    "thesaurus",
]

#: Name -> module. No module may bear the name of what is offered: imported, it would take the place of the function.
_ROOMS = {
    "DataUnavailable": "cache",
    "Emotions": "emotions",
    "ManifestError": "manifest",
    "News": "headlines",
    "Newswires": "reuters",
    "Pairs": "pairs",
    "PostIds": "post_ids",
    "Reviews": "imdb",
    "SentencePairs": "pairs",
    "Stories": "stories",
    "Story": "stories",
    "ag_news": "headlines",
    "babi": "stories",
    "bbc": "articles",
    "glove": "vectors",
    "goemotions": "emotions",
    "imdb_text": "imdb",
    "imdb_word_index": "imdb",
    "load_imdb": "imdb",
    "load_reuters": "reuters",
    "load_vectors": "vectors",
    "newsgroup_ids": "post_ids",
    "newsgroups": "posts",
    "project": "projects",
    "reuters_topics": "reuters",
    "reuters_word_index": "reuters",
    "sick": "pairs",
    "synonyms": "lexicon",
    "thesaurus": "lexicon",
}
#: Loaders that cannot be called without saying of what.
_TAKE_MORE = {"babi", "project"}
#: Set -> the module and the function that resolve a reference to it.
_RESOLVERS = {
    "imdb_ids": ("imdb", "resolve_ids"),
    "imdb_text": ("imdb", "resolve_text"),
    "reuters": ("reuters", "resolve_reuters"),
    "ag_news": ("headlines", "resolve_ag_news"),
    "bbc": ("articles", "resolve_bbc"),
    "newsgroups": ("posts", "resolve_newsgroups"),
    "newsgroup_ids": ("post_ids", "resolve_newsgroup_ids"),
    "glove": ("vectors", "resolve_glove"),
    "babi": ("stories", "resolve_babi"),
    "goemotions": ("emotions", "resolve_goemotions"),
    "sick": ("pairs", "resolve_sick"),
}
#: Set -> the module and the function that say whether its original is in use.
_EDITIONS = {"reuters": ("reuters", "is_canonical")}
#: Set -> the module and the function that have it ready; any other set of the manifest has its files fetched.
_PREPARERS = {
    "imdb_ids": ("imdb", "prepare_ids"),
    "imdb_text": ("imdb", "prepare_text"),
    "reuters": ("reuters", "prepare"),
    "ag_news": ("headlines", "prepare"),
    "bbc": ("articles", "prepare"),
    "newsgroups": ("posts", "prepare"),
    "glove": ("vectors", "prepare"),
    "thesaurus": ("lexicon", "prepare"),
    "babi": ("stories", "prepare"),
    "goemotions": ("emotions", "prepare"),
    "sick": ("pairs", "prepare"),
}


def __getattr__(name: str) -> Any:
    """Import a loader at first use: the package itself costs nothing."""
    if name in _ROOMS:
        return getattr(importlib.import_module(f"course_utils.data.{_ROOMS[name]}"), name)
    raise AttributeError(f"module 'course_utils.data' has no attribute {name!r}; it offers {', '.join(__all__)}")


def __dir__() -> list[str]:
    return __all__


def resolve(reference: Dataset) -> Any:
    """The value that a `course_utils.values.Dataset` stands for, freshly made; its set is read once a process.

    | set | splits | columns |
    |---|---|---|
    | imdb_ids, reuters | train, test | x: a list of id lists, or with the option encode="multi_hot" an (n, num_words) uint8 \
array; y: (n,) int64. The option num_words is 10,000 unless given |
    | imdb_text | train, test | text: a list of str; label: (n,) int64 |
    | ag_news | train, test | text, label, as above; the option full as in `ag_news` |
    | bbc | all | text, category: lists of str; label: (n,) int64, categories in alphabetic order |
    | newsgroups | train, test | text, group: lists of str; label: (n,) int64, groups in alphabetic order |
    | newsgroup_ids | train, test | x: (n, 300) int32 ids of words; y: (n,) int64 |
    | glove | all | words: a list of str; vectors: (n, 100) float32 |
    | babi | train, test | sentences, question, answer, supporting: lists; the option task is 1 unless given |
    | goemotions | train, validation, test | text: a list of str; labels: (n, 28) uint8 |
    | sick | train, validation, test | a, b: lists of str; relatedness: (n,) float32; entailment: (n,) int64 |

    Raises ValueError for what a set does not have, DataUnavailable where the set cannot be had.
    """
    if reference.name not in _RESOLVERS:
        raise ValueError(f"there is no data set {reference.name!r} to resolve; there are {', '.join(_RESOLVERS)}")
    options = dict(reference.options)
    return _function(_RESOLVERS[reference.name])(
        reference.split, reference.column, reference.start, reference.stop, options
    )


def can_read_ahead(loader: str) -> bool:
    """Whether `read_ahead` takes this name."""
    return loader in _ROOMS and loader[:1].islower() and loader not in _TAKE_MORE


def read_ahead(loader: str) -> None:
    """Read what one of this package's loaders reads, so that a call of it in this process, or in a fork, finds it read.

    Only what is on this disk is read: nothing is fetched, and nothing stands in for a set that would be fetched later. No
    notice is printed; the call itself does that. Raises ValueError for what is no loader that can be called without
    arguments, and what the loader raises.
    """
    from course_utils.data import cache, fetch

    if not can_read_ahead(loader):
        raise ValueError(f"{loader!r} cannot be read ahead; {', '.join(filter(can_read_ahead, _ROOMS))} can")
    with cache.unsaid(), fetch.only_here():
        _function((_ROOMS[loader], loader))()


def is_canonical(name: str) -> bool:
    """Whether the original of a set is in use here, and not its substitute.

    Raises ValueError for a set that does not say it, DataUnavailable where the set cannot be had.
    """
    if name not in _EDITIONS:
        raise ValueError(f"the data set {name!r} does not say whether it is the original; {', '.join(_EDITIONS)} does")
    return _function(_EDITIONS[name])()


def prepare(names: Iterable[str] | None = None, refresh: bool = False) -> dict[str, str]:
    """Fetch what is missing of these sets; print and return a line each on the source.

    None stands for the sets that are fetched ahead of time, "all" for every set that a unit reads. `refresh` asks for the
    original files again where a substitute is in use. Raises ValueError for a name that the manifest does not have, and
    DataUnavailable for the first set that cannot be had.
    """
    from course_utils.data import cache
    from course_utils.data.manifest import read_manifest

    sets = read_manifest()
    if names is None:
        names = [name for name, one in sets.items() if one.when == "ahead"]
    elif isinstance(names, str):
        names = [name for name, one in sets.items() if one.when != "special"] if names == "all" else [names]
    lines = {}
    for name in names:
        if name not in sets:
            raise ValueError(f"there is no data set {name!r}; the manifest has {', '.join(sets)}")
        if name in _PREPARERS:
            lines[name] = _function(_PREPARERS[name])(refresh)
        else:
            files = locate(name)
            lines[name] = f"{name}: " + "; ".join(
                f"{file}: {found.what}, from {found.where}" for file, found in files.items()
            )
        cache.say(lines[name])
    return lines


def _function(place: tuple[str, str]) -> Any:
    module, name = place
    return getattr(importlib.import_module(f"course_utils.data.{module}"), name)


def locate(name: str) -> dict[str, Found]:
    """Fetch a set's files where they are missing; file name -> verified file (`.path`, `.read()`).

    What a loader for a new set starts from. Raises DataUnavailable, ValueError for an unknown name.
    """
    from course_utils.data import fetch
    from course_utils.data.manifest import data_set

    return fetch.find_all(data_set(name))
