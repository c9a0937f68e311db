from functools import reduce

from autograder.exercise import exercise, forbid_calls, mistake, probe

from .shared import HASH

NO_HASH = forbid_calls(
    "builtins.hash",
    hint="Python's own `hash` of a text is another number each time Python starts: saved with these ids, a model would read "
    "nonsense tomorrow. fnv1a gives the same everywhere.",
    said="without Python's own `hash`",
    broken_by=lambda tokens, n, buckets, first: [first + hash(token) % buckets for token in tokens],
)
BUCKETS = 1_000_003  # so many that two runs of an example do not share one by chance


@exercise("ngram_ids", points=2, objective=HASH, rules=[NO_HASH])
class NgramIds:
    """The ids of a text's runs of n words: first + FNV-1a of the words, joined by a separator, modulo the buckets."""

    def oracle(tokens, n, buckets, first):
        keys = [b"\x1f".join(token.encode() for token in tokens[i : i + n]) for i in range(len(tokens) - n + 1)]
        return [first + _fnv1a(key) % buckets for key in keys]

    examples = [
        probe(["new", "york"], 2, BUCKETS, 0),
        probe(["new", "york", "times"], 2, BUCKETS, 5_000_000),
        probe(["to", "be", "or", "not", "to", "be"], 2, 1_000, 20_000),
        probe(["a", "b", "c", "d"], 3, 97, 10),
        probe(["élan", "報", "뉴스"], 1, BUCKETS, 2),
        probe(["alone"], 2, 50, 7),
    ]

    def hidden(rng):
        words = ["oil", "price", "new", "york", "the", "naïve", "match", "新聞", "o", "ilprice"]
        for count, n in ((2, 2), (5, 2), (9, 3), (12, 1), (3, 4), (0, 2), (4, 4)):
            yield probe(
                rng.choice(words, size=count).tolist(), n, int(rng.integers(2, 10**6)), int(rng.integers(0, 10**5))
            )
        yield probe(["oil", "price", "o", "ilprice"], 2, 10**6, 3)

    forgets_first = mistake(
        "`first` is forgotten: these ids are those of ordinary words, too, so that a run would share its vector with one. Add "
        "`first` to each.",
        lambda tokens, n, buckets, first: NgramIds.oracle(tokens, n, buckets, 0),
    )
    no_separator = mistake(
        "The words are joined without a separator, so that 'new york' and 'newyork' are one run. SEPARATOR belongs between them.",
        lambda tokens, n, buckets, first: ids(tokens, n, buckets, first, between=b""),
    )
    joined_by_a_space = mistake(
        "The words are joined by a space. The separator is the one byte SEPARATOR, so that the ids are those of the zoo.",
        lambda tokens, n, buckets, first: ids(tokens, n, buckets, first, between=b" "),
    )
    first_within = mistake(
        "`first` is added before the remainder is taken, so that the ids begin at 0 again. Take the remainder of the hash, then add.",
        lambda tokens, n, buckets, first: [(first + each) % buckets for each in ids(tokens, n, 2**64, 0)],
    )
    short_runs = mistake(
        "At the end of the text stand runs of fewer than n words. A text of m words has m - n + 1 runs of n.",
        lambda tokens, n, buckets, first: ids(tokens, n, buckets, first, starts=len(tokens)),
    )
    last_run_lost = mistake(
        "The last run is missing: the end of a `range` is not part of it. A text of m words has m - n + 1 runs of n.",
        lambda tokens, n, buckets, first: ids(tokens, n, buckets, first, starts=len(tokens) - n),
    )
    all_lengths = mistake(
        "Runs of fewer words are among them. Only those of exactly n words are asked for.",
        lambda tokens, n, buckets, first: [
            each for shorter in range(1, n + 1) for each in NgramIds.oracle(tokens, shorter, buckets, first)
        ],
    )
    one_too_long = mistake(
        "Your runs are one word too long.",
        lambda tokens, n, buckets, first: NgramIds.oracle(tokens, n + 1, buckets, first),
    )
    letters = mistake(
        "Those are runs of n letters. Here the pieces are words.",
        lambda tokens, n, buckets, first: NgramIds.oracle(list("".join(tokens)), n, buckets, first),
    )
    each_once = mistake(
        "A run that occurs twice should be there twice: the mean counts it twice.",
        lambda tokens, n, buckets, first: list(dict.fromkeys(NgramIds.oracle(tokens, n, buckets, first))),
    )
    order_lost = mistake(
        "You put the words of a run in order, so that 'york new' is 'new york'. Their order in the text is what a run is about.",
        lambda tokens, n, buckets, first: [
            first + _fnv1a(b"\x1f".join(sorted(word.encode() for word in tokens[i : i + n]))) % buckets
            for i in range(len(tokens) - n + 1)
        ],
    )
    hashes_added = mistake(
        "You hash each word and add. A sum does not know the order of the words: join them first, and hash once.",
        lambda tokens, n, buckets, first: [
            first + sum(_fnv1a(word.encode()) for word in tokens[i : i + n]) % buckets
            for i in range(len(tokens) - n + 1)
        ],
    )


def ids(tokens, n, buckets, first, between=b"\x1f", starts=None):
    """The ids of runs of at most n words that begin at the first `starts` places."""
    starts = len(tokens) - n + 1 if starts is None else starts
    keys = [between.join(token.encode() for token in tokens[i : i + n]) for i in range(starts)]
    return [first + _fnv1a(key) % buckets for key in keys]


def _fnv1a(key):
    """The published FNV-1a of 64 bits, byte by byte."""
    return reduce(lambda value, byte: (value ^ byte) * 0x100000001B3 % 2**64, key, 0xCBF29CE484222325)
