import numpy as np

from autograder.exercise import exercise, mistake, probe

from .shared import LOOK, VOCABULARY

FILE = ["the 0.5 0.25", "cat 1 -2", "dog 3 4", "7 9 9"]


@exercise("load_vectors", points=3, objective=LOOK, rtol=1e-5, atol=1e-6)
class LoadVectors:
    """(matrix, found): row i is the vector of the word with id i, zeros for the padding and for words that have none."""

    def oracle(lines, word_index, dimension):
        table = {}
        for line in lines:
            fields = line.split()
            if len(fields) == dimension + 1:
                table[fields[0]] = [float(x) for x in fields[1:]]
        word_of = {i: word for word, i in word_index.items()}
        rows = [table.get(word_of.get(i), [0.0] * dimension) for i in range(len(word_index) + 1)]
        return np.array(rows), sum(word in table for word in word_index)

    examples = [
        probe(FILE[1:2], {"cat": 1}, 2),
        probe(FILE, {"dog": 1, "the": 2}, 2),
        probe(FILE[:3], {"cat": 2, "yeti": 1, "dog": 3}, 2),
        probe(["3 2", *FILE[:3]], {"3": 1, "dog": 2, "2": 3}, 2),
    ]

    def hidden(rng):
        for known, asked, dimension in ((6, 4, 3), (14, 9, 5), (10, 14, 2), (12, 6, 20)):
            in_file, in_texts = (rng.permutation(VOCABULARY)[:n].tolist() for n in (known, asked))
            numbers = rng.normal(size=(known, dimension)).round(4)
            lines = [" ".join([w, *map(str, row)]) for w, row in zip(in_file, numbers.tolist(), strict=True)]
            ids = rng.permutation(np.arange(1, asked + 3)).tolist()
            words = [*in_texts, str(known), "unseen"]
            yield probe(lines, dict(zip(in_texts, sorted(ids)[:asked], strict=True)), dimension)
            yield probe([f"{known} {dimension}\n", *lines], dict(zip(words, ids, strict=True)), dimension)

    row_zero_used = mistake(
        "Off by one: row 0 belongs to the padding, and the word with id 1 has row 1. Your words begin in row 0.",
        lambda lines, word_index, dimension: filled(lines, word_index, dimension, move=-1),
    )
    no_row_for_padding = mistake(
        "One row is missing: ids run from 1 to n, and row 0 is the padding's, so there are n + 1 rows.",
        lambda lines, word_index, dimension: last_row_lost(lines, word_index, dimension),
    )

    @mistake(
        "Words without a vector get random numbers here. That is a fair choice for a network that learns them; asked for are "
        "zeros, so that you can see which ones they are."
    )
    def random_rows(lines, word_index, dimension):
        shape = (len(word_index) + 1, dimension)
        return filled(lines, word_index, dimension, start=np.random.rand(*shape))

    normal_rows = mistake(
        random_rows.hint,
        lambda lines, word_index, dimension: filled(
            lines, word_index, dimension, start=np.random.normal(size=(len(word_index) + 1, dimension))
        ),
    )
    header_read_as_a_word = mistake(
        "The first line of a word2vec file says how many words follow and how many numbers each has. Here it was read as the "
        "vector of a word. Pass over every line that does not hold a word and `dimension` numbers.",
        lambda lines, word_index, dimension: filled(lines, word_index, dimension, header=True),
    )
    order_of_the_file = mistake(
        "Your rows are in the order of the file. Row i belongs to the word whose id is i: look the id up in `word_index`.",
        lambda lines, word_index, dimension: in_file_order(lines, word_index, dimension),
    )
    counts_lines = mistake(
        "The matrix is right; `found` counts the lines of the file. It should say how many words of `word_index` have a vector.",
        lambda lines, word_index, dimension: (
            LoadVectors.oracle(lines, word_index, dimension)[0],
            sum(len(line.split()) == dimension + 1 for line in lines),
        ),
    )
    counts_missing = mistake(
        "The matrix is right; `found` counts the words that have *no* vector. Count those that have one.",
        lambda lines, word_index, dimension: (
            LoadVectors.oracle(lines, word_index, dimension)[0],
            len(word_index) - LoadVectors.oracle(lines, word_index, dimension)[1],
        ),
    )
    counts_all = mistake(
        "The matrix is right; `found` counts all words, also those that the file does not have.",
        lambda lines, word_index, dimension: (LoadVectors.oracle(lines, word_index, dimension)[0], len(word_index)),
    )
    share = mistake(
        "The matrix is right; `found` is a share. Asked for is the number of words.",
        lambda lines, word_index, dimension: (
            LoadVectors.oracle(lines, word_index, dimension)[0],
            LoadVectors.oracle(lines, word_index, dimension)[1] / len(word_index),
        ),
    )
    names = mistake(
        "The matrix is right; `found` is a list of the words. Asked for is how many there are.",
        lambda lines, word_index, dimension: (
            LoadVectors.oracle(lines, word_index, dimension)[0],
            [line.split()[0] for line in lines if line.split()[0] in word_index and len(line.split()) == dimension + 1],
        ),
    )
    matrix_only = mistake(
        "The matrix is right; return `found` as well: `return matrix, found`.",
        lambda lines, word_index, dimension: LoadVectors.oracle(lines, word_index, dimension)[0],
    )


def filled(lines, word_index, dimension, start=None, move=0, header=False):
    """(matrix, found), with rows that begin as `start`, are moved, or also take lines of another length."""
    matrix = np.zeros((len(word_index) + 1, dimension)) if start is None else start.copy()
    if start is not None:
        matrix[0] = 0
    found = 0
    for line in lines:
        word, *numbers = line.split()
        if word in word_index and (header or len(numbers) == dimension):
            matrix[word_index[word] + move] = [float(x) for x in numbers]
            found += 1
    return matrix, found


def last_row_lost(lines, word_index, dimension):
    """A matrix of n rows that begins with the word of id 1."""
    matrix, found = LoadVectors.oracle(lines, word_index, dimension)
    return matrix[1:], found


def in_file_order(lines, word_index, dimension):
    """Known words fill the rows from 1 on as the file names them."""
    matrix, found = np.zeros((len(word_index) + 1, dimension)), 0
    for line in lines:
        word, *numbers = line.split()
        if word in word_index and len(numbers) == dimension:
            found += 1
            matrix[found] = [float(x) for x in numbers]
    return matrix, found
