"""Words and what may replace them: the English thesaurus of LibreOffice, which is made from WordNet."""

from __future__ import annotations

import functools
import gzip
import json
from typing import Any

from course_utils.data import cache, fetch
from course_utils.data.choose import original_line
from course_utils.data.manifest import data_set

Senses = list[tuple[str, list[str]]]  # (part of speech, synonyms), a pair for each meaning, the commonest first


def thesaurus() -> dict[str, Senses]:
    """Word -> a (part of speech, [synonyms]) pair for each of its meanings, the commonest meaning first.

    Parts of speech are "noun", "verb", "adj" and "adv". Words are in lower case; a synonym is one word, and never the word
    itself. A word without any is not there. A fresh dict each time.
    """
    senses, source = _read()
    cache.say(source)
    return {word: [(part, list(synonyms)) for part, synonyms in meanings] for word, meanings in senses.items()}


def synonyms() -> dict[str, list[str]]:
    """Word -> all of its synonyms, those of its commonest meaning first, each once and in lower case."""
    senses, source = _read()
    cache.say(source)
    flat = {}
    for word, meanings in senses.items():
        every = dict.fromkeys(synonym.lower() for _, group in meanings for synonym in group)
        every.pop(word, None)
        if every:
            flat[word] = list(every)
    return flat


def prepare(refresh: bool = False) -> str:
    """Have the embedded file; return the line on it."""
    return original_line("thesaurus", fetch.find_all(data_set("thesaurus")))


def forget() -> None:
    """Drop what this process has loaded, so that the next call looks again."""
    _read.cache_clear()


@functools.cache
def _read() -> tuple[dict[str, Any], str]:
    files = fetch.find_all(data_set("thesaurus"))
    (found,) = files.values()
    return json.loads(gzip.decompress(found.read())), original_line("thesaurus", files)
