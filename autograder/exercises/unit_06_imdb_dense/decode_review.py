import numpy as np

from autograder.exercise import exercise, mistake, probe

from .shared import READ

FILM_WORDS = {"the": 1, "film": 2, "was": 3, "great": 4, "fun": 5}
MARKS = {0: "<pad>", 1: "<start>", 2: "<unknown>"}


@exercise("decode_review", points=2, objective=READ)
class DecodeReview:
    """The text of a review that is given as a list of word ids."""

    def oracle(ids, word_index):
        by_rank = dict(zip(word_index.values(), word_index, strict=True))
        return " ".join(MARKS.get(i) or by_rank.get(i - 3, "<unknown>") for i in ids)

    examples = [
        probe([1, 4, 5], FILM_WORDS),
        probe([1, 4, 5, 6, 2, 8], FILM_WORDS),
        probe([1, 8, 7, 3, 0, 0], FILM_WORDS),
        probe([7], {"the": 1, "great": 4}),
        probe([], FILM_WORDS),
        probe([4, 6, 7, 9], {"great": 4, "the": 1, "was": 3, "film": 2}),
    ]

    def hidden(rng):
        letters = np.array(list("aeioubdfgklmnprst"))
        for length in (1, 3, 8, 20, 60, 200):
            words = list(dict.fromkeys("".join(rng.choice(letters, size=rng.integers(2, 9))) for _ in range(40)))
            index = {word: rank for rank, word in enumerate(words, start=1)}
            rare = rng.integers(len(words) + 4, len(words) + 50, size=2)
            yield probe([1, 2, *rng.integers(4, len(words) + 4, size=length).tolist(), *rare.tolist(), 0], index)

    no_offset = mistake(
        "You looked the ids up as if they were ranks. Ids 0, 1 and 2 are kept for marks and 3 is never used, so a word's "
        "id is its rank plus 3: id 4 is the word of rank 1.",
        lambda ids, word_index: as_text(ids, word_index, 0),
    )
    no_offset_question_marks = mistake(
        "Two things: ids are looked up as if they were ranks (a word's id is its rank plus 3), and the task has names of its "
        "own for what is no word: <pad>, <start> and <unknown>.",
        lambda ids, word_index: as_text(ids, word_index, 0, unknown="?"),
    )
    question_marks = mistake(
        "The words are right. For what is no word the task has names of its own, though: <pad>, <start> and <unknown> "
        "instead of a question mark.",
        lambda ids, word_index: as_text(ids, word_index, 3, unknown="?"),
    )
    no_offset_for_words = mistake(
        "The marks are right, but the words are not: yours are looked up by id, without taking off the offset of 3.",
        lambda ids, word_index: as_text(ids, word_index, 0, MARKS),
    )
    offset_two = mistake(
        "Off by one: every word is one rank too rare. The smallest id that a word has is 4, not 3.",
        lambda ids, word_index: as_text(ids, word_index, 2, MARKS),
    )
    offset_four = mistake(
        "Off by one: every word is one rank too common. Id 4 is the commonest word, of rank 1: the offset is 3.",
        lambda ids, word_index: as_text(ids, word_index, 4, MARKS),
    )

    @mistake(
        "You left the unknown words out. Id 2 stands where a word stood in the review, one too rare to have an id of its own: "
        "write <unknown> there, or the text reads as if nothing were missing."
    )
    def drops_unknown(ids, word_index):
        words = DecodeReview.oracle(ids, word_index).split()
        return " ".join(word for word in words if word != "<unknown>")

    marks_as_unknown = mistake(
        "The words are right. Ids 0 and 1 are not unknown words, though: they are the marks <pad> and <start>.",
        lambda ids, word_index: as_text(ids, word_index, 3),
    )
    list_of_words = mistake(
        "Those are the right words, but in a list: join them with single spaces into one string.",
        lambda ids, word_index: DecodeReview.oracle(ids, word_index).split(),
    )

    order_of_the_dict = mistake(
        "You take the place of a word in the dict for its rank. The rank is the *value* that the dict keeps, and the words may stand "
        "in any order.",
        lambda ids, word_index: as_text(ids, {word: rank for rank, word in enumerate(word_index, start=1)}, 3, MARKS),
    )
    drops_marks = mistake(
        "You left the marks out: ids 0, 1 and 2 are part of the text, as <pad>, <start> and <unknown>.",
        lambda ids, word_index: as_text([i for i in ids if i > 2], word_index, 3),
    )
    offset_backwards = mistake(
        "You take 3 off the rank. It is the other way round: a word's *id* is its rank plus 3, so id 4 is the word of rank 1.",
        lambda ids, word_index: as_text(ids, word_index, -3, MARKS),
    )

    @mistake(
        "An id that no word has, such as 3, is looked up without a default: KeyError. It stands for an unknown word; "
        '`words.get(id, "<unknown>")`.'
    )
    def no_default(ids, word_index):
        words = {rank + 3: word for word, rank in word_index.items()} | MARKS
        return " ".join(words[i] for i in ids)


def as_text(ids, word_index, offset, marks=None, unknown="<unknown>"):
    """The text, where a word's id is its rank plus `offset`, and `marks` are the ids that stand for no word."""
    words = {rank + offset: word for word, rank in word_index.items()} | (marks or {})
    return " ".join(words.get(i, unknown) for i in ids)
