"""Right answers to `quantize`, each written in another way."""

import numpy as np


def with_find(text, alphabet, length, reverse):
    ids = np.array([alphabet.find(character) + 1 for character in text.lower()[:length]], dtype=np.int64)
    row = np.zeros(length, dtype=np.uint8)
    row[: len(ids)] = ids[::-1] if reverse else ids
    return row


def with_a_padded_text(text, alphabet, length, reverse):
    text = text[:length].lower()
    if reverse:
        text = text[::-1]
    codes = dict(zip(alphabet, range(1, len(alphabet) + 1), strict=True))
    return np.array([codes.get(character, 0) for character in text.ljust(length, "\0")])


def translated(text, alphabet, length, reverse):
    kept = text.lower()[:length]
    numbers = {ord(c): chr(i) for i, c in enumerate(alphabet, 1)} | {ord(c): "\0" for c in kept if c not in alphabet}
    kept = kept.translate(numbers)
    return np.array([ord(c) for c in (kept[::-1] if reverse else kept)] + [0] * (length - len(kept)))


def place_by_place(text, alphabet, length, reverse):
    text = text.lower()[:length]
    row = np.zeros((length,), dtype="int8")
    for i in range(len(text)):
        character = text[-1 - i] if reverse else text[i]
        if character in alphabet:
            row[i] = alphabet.index(character) + 1
    return row


def compared_with_the_alphabet(text, alphabet, length, reverse):
    kept = list(text.lower()[:length])
    if reverse:
        kept.reverse()
    same = np.array(kept)[:, None] == np.array(list(alphabet))
    ids = np.where(same.any(axis=1), same.argmax(axis=1) + 1, 0)
    return np.pad(ids, (0, length - len(ids)))


def with_a_generator(text, alphabet, length, reverse):
    from itertools import chain, islice, repeat

    def ids():
        for character in text.lower():
            try:
                yield alphabet.index(character) + 1
            except ValueError:
                yield 0

    kept = list(islice(ids(), length))
    return np.fromiter(islice(chain(reversed(kept) if reverse else kept, repeat(0)), length), dtype=int)


def with_pandas(text, alphabet, length, reverse):
    import pandas as pd

    ids = pd.Series(list(text.lower()[:length])).map({c: i for i, c in enumerate(alphabet, 1)})
    ids = ids[::-1] if reverse else ids
    return ids.reset_index(drop=True).reindex(range(length)).fillna(0).astype(int).to_numpy()
