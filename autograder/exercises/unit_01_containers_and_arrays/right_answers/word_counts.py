"""Right answers to `word_counts`, each written in another way."""

import itertools
import re
import string
from collections import Counter, defaultdict

import numpy as np

from ..word_counts import stripped


def with_defaultdict(text):
    counts = defaultdict(int)
    for piece in text.split():
        word = piece.lower().strip(".,;:!?\"'()[]{}<>-_*/\\|@#$%^&+=~`")
        if len(word) > 0:
            counts[word] += 1
    return counts


def with_counter(text):
    counts = Counter(piece.strip(string.punctuation) for piece in text.lower().split())
    counts.pop("", None)
    return counts


def counting_each_word(text):
    words = stripped(text.lower().split())
    return {word: words.count(word) for word in set(words)}


def asking_forgiveness(text):
    counts = {}
    for piece in re.split(r"\s+", text.lower()):
        word = piece.lstrip(string.punctuation).rstrip(string.punctuation)
        if not word:
            continue
        try:
            counts[word] += 1
        except KeyError:
            counts[word] = 1
    return counts


def with_numpy_unique(text):
    pieces = (piece.strip(string.punctuation) for piece in text.lower().split())
    words = [word for word in pieces if word != ""]
    return dict(zip(*np.unique(words, return_counts=True)))


def in_sorted_groups(text):
    words = sorted(filter(None, (piece.strip(string.punctuation) for piece in text.lower().split())))
    return {word: len(list(group)) for word, group in itertools.groupby(words)}


def character_by_character(text):
    counts, piece = {}, ""
    for character in text.lower() + " ":
        if not character.isspace():
            piece += character
            continue
        while piece and piece[0] in string.punctuation:
            piece = piece[1:]
        while piece and piece[-1] in string.punctuation:
            piece = piece[:-1]
        if piece:
            counts.setdefault(piece, 0)
            counts[piece] += 1
        piece = ""
    return counts
