"""WordPiece is that of the `tokenizers` library, whatever the script."""

import random
import unicodedata

import pytest
from tokenizers import BertWordPieceTokenizer

from course_utils import data
from course_utils.zoo.text.wordpiece import WordPiece, words

SMALL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "un", "##happi", "##ness", "happy", "##y", "is", "a", ".", "##s"]


@pytest.fixture(scope="module")
def vocabulary():
    """MiniLM's 30,522 pieces; where the weights cannot be had, a vocabulary of single characters."""
    try:
        found = data.locate("minilm")["vocab.txt"].read().decode("utf-8").splitlines()
    except data.DataUnavailable:
        letters = sorted({c.lower() for c in map(chr, range(0x3000)) if unicodedata.ucd_3_2_0.category(c)[0] == "L"})
        found = SMALL + [f"{before}{each}" for each in letters for before in ("", "##")]
    return found


def texts_of_every_script(count):
    """Words, numbers, signs, accents and spaces of every block up to U+1FFFF, a few blocks a text."""
    rng = random.Random(12)
    blocks = {}
    for character in map(chr, range(0x20000)):
        category = unicodedata.ucd_3_2_0.category(character)
        # The library's tables are older than Python's: only what has been the same in Unicode all the time.
        if category == unicodedata.category(character) and category not in ("Cn", "Cs", "Co"):
            blocks.setdefault(ord(character) >> 7, []).append(character)
    names = sorted(blocks)
    for _ in range(count):
        chosen = [blocks[rng.choice(names)] for _ in range(3)] + [blocks[0]]
        yield "".join(rng.choice(rng.choice(chosen)) + rng.choice(("", "", "", " ")) for _ in range(rng.randrange(60)))


def test_it_is_that_of_the_library_on_texts_of_every_script(vocabulary):
    ours = WordPiece(vocabulary)
    theirs = BertWordPieceTokenizer({piece: place for place, piece in enumerate(vocabulary)}, lowercase=True)
    texts = [
        *texts_of_every_script(1_000),
        "The unaffable Zürich café’s naïve owners",
        "日本語とEnglish",
        "Σίσυφος",
        "a" * 101,
    ]
    scripts = {unicodedata.name(c, "?").split()[0] for text in texts for c in text if c.isalpha()}
    assert len(scripts) > 50
    assert sum(map(len, map(ours.ids, texts))) > 20_000
    for text in texts:
        assert ours.ids(text) == theirs.encode(text, add_special_tokens=False).ids, text.encode("unicode_escape")


def test_the_longest_piece_comes_first_and_half_a_word_is_none():
    pieces = WordPiece(SMALL).pieces
    assert pieces("Unhappiness is a happyy.") == ["un", "##happi", "##ness", "is", "a", "happy", "##y", "."]
    assert pieces("unhappiest") == ["[UNK]"]  # "un" and "##happi" are known, the rest is not
    assert pieces("a" + "s" * 99) == ["a"] + ["##s"] * 99
    assert pieces("a" + "s" * 100) == ["[UNK]"]  # over 100 characters
    assert pieces("") == []


def test_words_end_at_spaces_marks_and_han_characters():
    assert words("Don't   stop,\tÉmile!") == ["don", "'", "t", "stop", ",", "emile", "!"]
    assert words("\u4f60\u597dworld\u0000\u200b!") == ["\u4f60", "\u597d", "world", "!"]


def test_texts_and_pairs_are_laid_out_with_their_marks():
    pieces = WordPiece(SMALL)
    ids, segments = pieces.encode(["a happy", "a"], 8)
    assert ids.tolist() == [[2, 11, 8, 3], [2, 11, 3, 0]]
    assert segments.tolist() == [[0, 0, 0, 0], [0, 0, 0, 0]]
    ids, segments = pieces.encode(["a happy", ""], 8, ["is a", "a"])
    assert ids.tolist() == [[2, 11, 8, 3, 10, 11, 3], [2, 3, 11, 3, 0, 0, 0]]
    assert segments.tolist() == [[0, 0, 0, 0, 1, 1, 1], [0, 0, 1, 1, 0, 0, 0]]
    assert pieces.encode([], 8)[0].shape == (0, 0)


@pytest.mark.parametrize(
    ("first", "second", "length", "left"),
    [(10, 2, 9, (4, 2)), (2, 10, 9, (2, 4)), (10, 10, 10, (3, 4)), (3, 3, 9, (3, 3))],
)
def test_what_is_too_long_is_cut_from_the_longer_as_the_library_does(first, second, length, left):
    ids, segments = WordPiece(SMALL).encode(["a " * first], length, ["is " * second])
    assert (int((ids == 11).sum()), int((ids == 10).sum())) == left
    assert ids[0, 0] == 2
    assert (ids == 3).sum() == 2
    theirs = BertWordPieceTokenizer({piece: place for place, piece in enumerate(SMALL)}, lowercase=True)
    theirs.enable_truncation(length)
    encoded = theirs.encode("a " * first, "is " * second)
    assert (encoded.ids, encoded.type_ids) == (ids[0].tolist(), segments[0].tolist())


def test_what_cannot_be_is_refused_in_words():
    with pytest.raises(ValueError, match=r"no \[SEP\], \[MASK\]"):
        WordPiece(["[PAD]", "[UNK]", "[CLS]"])
    with pytest.raises(ValueError, match="length=2 has no room for 3 marks"):
        WordPiece(SMALL).encode(["a"], 2, ["a"])


def test_a_hostile_word_costs_no_more_than_a_look_at_it():
    """A million letters without a space are one word, too long to be known; no piece of it is looked for."""
    calls = []
    pieces = WordPiece(SMALL)
    pieces.id_of = _Counted(pieces.id_of, calls)
    assert pieces.ids("s" * 1_000_000) == [1]
    assert len(calls) < 10


class _Counted(dict):
    def __init__(self, known, calls):
        super().__init__(known)
        self.calls = calls

    def __getitem__(self, key):
        self.calls.append(key)
        return super().__getitem__(key)

    def __contains__(self, key):
        self.calls.append(key)
        return super().__contains__(key)
