from autograder.exercise import exercise, mistake, probe

from .shared import PREDICT, VOCABULARY


@exercise("skipgram_pairs", points=2, objective=PREDICT)
class SkipgramPairs:
    """(center, context) pairs: each word with each that stands at most `window` places away, in the order of the text."""

    def oracle(tokens, window):
        places = range(len(tokens))
        return [(tokens[i], tokens[j]) for i in places for j in places if 0 < abs(i - j) <= window]

    examples = [
        probe(["the", "cat", "sat"], 1),
        probe(["we", "like", "ice", "cream"], 2),
        probe(["no", "no", "yes"], 1),
        probe(["a", "b", "c", "d", "e", "f"], 3),
        probe(["alone"], 2),
        probe(["dark", "night"], 5),
    ]

    def hidden(rng):
        for count, window in ((2, 1), (5, 2), (9, 4), (12, 1), (4, 10), (20, 3), (1, 1), (6, 5)):
            yield probe(rng.choice(VOCABULARY[:8], size=count).tolist(), window)

    with_itself = mistake(
        "Each word is paired with itself. A word is no neighbour of its own: leave the middle of the window out.",
        lambda tokens, window: by_places(tokens, lambda i, j: abs(i - j) <= window),
    )
    right_side_only = mistake(
        "Only the words to the right are there. The window reaches to both sides: ('cat', 'the') is a pair as well.",
        lambda tokens, window: by_places(tokens, lambda i, j: 0 < j - i <= window),
    )
    left_side_only = mistake(
        "Only the words to the left are there. The window reaches to both sides.",
        lambda tokens, window: by_places(tokens, lambda i, j: 0 < i - j <= window),
    )
    one_short = mistake(
        "Your window is one too narrow on the right: the end of a `range` or of a slice is not part of it. The last word is at "
        "i + window, so the end is i + window + 1.",
        lambda tokens, window: by_places(tokens, lambda i, j: i != j and -window <= j - i < window),
    )
    one_too_narrow = mistake(
        "Your window is one too narrow on both sides: a word exactly `window` places away belongs to it.",
        lambda tokens, window: by_places(tokens, lambda i, j: 0 < abs(i - j) < window),
    )
    one_too_wide = mistake(
        "Your window is one too wide: at most `window` places away.",
        lambda tokens, window: by_places(tokens, lambda i, j: 0 < abs(i - j) <= window + 1),
    )

    @mistake(
        "At the beginning of the text a negative index runs to its *end*: tokens[-1] is the last word. Begin at max(0, i - window)."
    )
    def wraps_around(tokens, window):
        n = len(tokens)
        steps = [s for s in range(-window, window + 1) if s]
        return [(tokens[i], tokens[i + s]) for i in range(n) for s in steps if -n <= i + s < n]

    @mistake(
        "The beginning of the text is lost: there tokens[i - window : i] begins at a negative index, and such a slice is empty. "
        "Begin at max(0, i - window)."
    )
    def empty_slice(tokens, window):
        sides = [(tokens[i - window : i], tokens[i + 1 : i + window + 1]) for i in range(len(tokens))]
        return [(word, other) for word, (left, right) in zip(tokens, sides, strict=True) for other in [*left, *right]]

    equal_words_left_out = mistake(
        "You compare words where places are meant: two neighbours may be the same word, as in 'no no', and are a pair.",
        lambda tokens, window: [pair for pair in SkipgramPairs.oracle(tokens, window) if pair[0] != pair[1]],
    )
    swapped = mistake(
        "Your pairs are turned round: the center comes first, then the word of its window.",
        lambda tokens, window: [pair[::-1] for pair in SkipgramPairs.oracle(tokens, window)],
    )
    each_once = mistake(
        "A pair that occurs twice should be there twice: what is common is learned from more often.",
        lambda tokens, window: list(dict.fromkeys(SkipgramPairs.oracle(tokens, window))),
    )
    places = mistake(
        "Those are the places of the words in the text; the words themselves are asked for.",
        lambda tokens, window: by_places(range(len(tokens)), lambda i, j: 0 < abs(i - j) <= window),
    )


def by_places(tokens, belongs):
    """The pairs of all places i and j for which `belongs(i, j)` holds."""
    places = range(len(tokens))
    return [(tokens[i], tokens[j]) for i in places for j in places if belongs(i, j)]
