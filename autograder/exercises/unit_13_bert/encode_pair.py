from autograder.exercise import exercise, mistake, probe

from .shared import PIECES, at_first, share, taking_turns, trimmed

PADDING, CLS, SEP = 0, 101, 102  # as in BERT's vocabulary


def no_room(a, b, length):
    """Refuse a length that has no room for the three marks."""
    if length < 3:
        raise ValueError(f"length={length} has no room for [CLS] and two [SEP]")


@exercise("encode_pair", points=3, objective=PIECES, refuses=no_room)
class EncodePair:
    """[CLS] a [SEP] b [SEP], cut and padded to `length`: ids, segments and mask, a tuple of three lists of int."""

    def oracle(a, b, length):
        no_room(a, b, length)
        a, b = list(a), list(b)
        while len(a) + len(b) > length - 3:  # one by one, as one would by hand
            (a if len(a) >= len(b) else b).pop()
        places = [(CLS, 0), *((one, 0) for one in a), (SEP, 0), *((one, 1) for one in b), (SEP, 1)]
        places = [(*place, 1) for place in places]
        places += [(PADDING, 0, 0)] * (length - len(places))
        ids, segments, mask = map(list, zip(*places, strict=True))
        return ids, segments, mask

    examples = [
        probe([7592], [2088], 7),
        probe([7592, 2088], [2088], 6),
        probe([11, 12, 13], [21], 6),
        probe([11], [21, 22, 23, 24], 6),
        probe([11, 12, 13], [21, 22, 23], 6),
        probe([], [31], 5),
        probe([41, 42], [], 6),
        probe([31, 32], [21, 22, 23, 24], 7),
        probe([11, 12, 13, 14, 15, 16], [21, 22], 7),
        probe([11, 12], [21], 3),
        probe([11], [21], 2),
    ]

    def hidden(rng):
        for one, other, length in (
            (3, 5, 16),
            (9, 4, 12),
            (4, 11, 13),
            (8, 8, 10),
            (7, 7, 12),
            (20, 1, 9),
            (1, 20, 10),
        ):
            yield probe(rng.integers(1000, 30_000, one).tolist(), rng.integers(1000, 30_000, other).tolist(), length)
        yield probe(rng.integers(1000, 30_000, 4).tolist(), [], 9)
        yield probe([], [], 5)
        yield probe(rng.integers(1000, 30_000, 6).tolist(), rng.integers(1000, 30_000, 5).tolist(), 4)
        yield probe(
            rng.integers(1000, 30_000, 2).tolist(), rng.integers(1000, 30_000, 3).tolist(), int(rng.integers(0, 3))
        )
        yield probe(rng.integers(1000, 30_000, 6).tolist(), rng.integers(1000, 30_000, 7).tolist(), 16)

    sep_cut_off = mistake(
        "You cut the whole row, and the last [SEP] with it. The marks are never cut: make room for them first.",
        lambda a, b, length: padded(marked(a, b), length),
    )
    second_loses_all = mistake(
        "Only the second text is cut in yours. The longer one loses pieces, one by one, until both fit.",
        lambda a, b, length: laid_out(a[: length - 3], b[: max(length - 3 - len(a), 0)], length),
    )
    first_loses_all = mistake(
        "Only the first text is cut in yours. The longer one loses pieces, one by one, until both fit.",
        lambda a, b, length: laid_out(a[: max(length - 3 - len(b), 0)], b[: length - 3], length),
    )
    half_each = mistake(
        "You give each text half of the room, though one of them does not need its half: the longer one could keep more.",
        lambda a, b, length: laid_out(a[: (length - 3) // 2], b[: length - 3 - (length - 3) // 2], length),
    )
    first_at_most_half = mistake(
        "Your first text never keeps more than half of the room, though the second may not need its half.",
        lambda a, b, length: laid_out(
            a[: (keep := min(len(a), max((length - 3) // 2, (length - 3 - len(b)) * (len(a) + len(b) + 3 <= length))))],
            b[: max(length - 3 - keep, 0)],
            length,
        ),
    )
    second_first_where_equal = mistake(
        "Where both are as long, it is the first that loses a piece.",
        lambda a, b, length: laid_out(*trimmed(a, b, length - 3, lambda a, b: len(a) > len(b)), length),
    )
    larger_loses = mistake(
        "You compare the texts themselves: of two lists Python takes the one with the larger number for the larger. The *longer* one is "
        "to lose pieces: compare lengths, `key=len`.",
        lambda a, b, length: laid_out(*trimmed(a, b, length - 3, lambda a, b: bool(a) and (a >= b or not b)), length),
    )
    decided_once = mistake(
        "You decide once which text is the longer one, and then cut only that. After each piece the other may be the longer one.",
        lambda a, b, length: laid_out(*trimmed(a, b, length - 3, at_first(len(a) >= len(b))), length),
    )
    in_proportion = mistake(
        "You cut both in proportion to their lengths. It is always the one that is longer *now* that loses a piece.",
        lambda a, b, length: laid_out(
            a[: (keep := share(len(a), len(b), length - 3))], b[: max(length - 3 - keep, 0)], length
        ),
    )
    in_turn = mistake(
        "Your texts lose pieces in turn. It is always the one that is longer *now* that loses one.",
        lambda a, b, length: laid_out(*trimmed(a, b, length - 3, taking_turns(len(a) >= len(b))), length),
    )
    shorter_loses = mistake(
        "The shorter text loses pieces in yours. It is the longer one that does.",
        lambda a, b, length: laid_out(
            *trimmed(a, b, length - 3, lambda a, b: bool(a) and (len(a) < len(b) or not b)), length
        ),
    )
    cut_at_the_beginning = mistake(
        "You take pieces away at the beginning of a text. They go at its end.",
        lambda a, b, length: laid_out(*(t[::-1] for t in trimmed(a[::-1], b[::-1], length - 3)), length),
    )
    room_for_two_marks = mistake(
        "You leave room for two marks. There are three: one [CLS] and two [SEP].",
        lambda a, b, length: tuple(part[:length] for part in laid_out(*trimmed(a, b, length - 2), length)),
    )
    not_cut = mistake(
        "A pair that is too long stays too long. Each of the three lists has exactly `length` numbers.",
        lambda a, b, length: laid_out(a, b, length),
    )
    sep_in_the_second_segment = mistake(
        "The [SEP] between the texts belongs to the first: its segment is 0.",
        lambda a, b, length: changed(a, b, length, segments=lambda one, other: [0] * (one + 1) + [1] * (other + 2)),
    )
    last_sep_in_the_first_segment = mistake(
        "The last [SEP] belongs to the second text: its segment is 1.",
        lambda a, b, length: changed(a, b, length, segments=lambda one, other: [0] * (one + 2) + [1] * other + [0]),
    )
    segments_from_one = mistake(
        "Your segments are 1 and 2. They are rows of a table with two rows: 0 and 1.",
        lambda a, b, length: changed(a, b, length, segments=lambda one, other: [1] * (one + 2) + [2] * (other + 1)),
    )
    one_segment = mistake(
        "All of your segments are 0. The second text and the [SEP] behind it have segment 1: that is how the network tells the two apart.",
        lambda a, b, length: changed(a, b, length, segments=lambda one, other: [0] * (one + other + 3)),
    )
    padding_in_the_second_segment = mistake(
        "The segments of your padding are 1. Padding has id 0, segment 0 and mask 0.",
        lambda a, b, length: changed(
            a, b, length, segments=lambda one, other: [0] * (one + 2) + [1] * (length - one - 2)
        ),
    )
    padding_masked_as_text = mistake(
        "Your mask is 1 everywhere, so that padding would be read as text. It is 0 where there is padding.",
        lambda a, b, length: changed(a, b, length, mask=lambda n: [1] * length),
    )
    mask_turned_round = mistake(
        "Your mask is the wrong way round: 1 is for text and the marks, 0 for padding.",
        lambda a, b, length: changed(a, b, length, mask=lambda n: [0] * n + [1] * (length - n)),
    )
    marks_masked_out = mistake(
        "Your mask leaves the marks out. [CLS] and [SEP] are read like any piece: 1 for all but padding.",
        lambda a, b, length: changed(
            a,
            b,
            length,
            mask=lambda n: [int(one not in (CLS, SEP, PADDING)) for one in EncodePair.oracle(a, b, length)[0]],
        ),
    )
    no_separator_between = mistake(
        "There is no [SEP] between the two texts.",
        lambda a, b, length: without(a, b, length, lambda a, b: len(a) + 1),
    )
    no_sep_behind_nothing = mistake(
        "Where the second text is empty, or has lost all, you leave its [SEP] out. A pair has two of them always.",
        lambda a, b, length: (
            EncodePair.oracle(a, b, length)
            if trimmed(a, b, length - 3)[1]
            else without(a, b, length, lambda a, b: len(a) + 2)
        ),
    )
    no_cls = mistake(
        "[CLS] is missing at the beginning.",
        lambda a, b, length: without(a, b, length, lambda a, b: 0),
    )
    not_padded = mistake(
        "A short pair is not filled up. Each of the three lists has exactly `length` numbers; padding has the id 0.",
        lambda a, b, length: tuple(
            part[: sum(EncodePair.oracle(a, b, length)[2])] for part in EncodePair.oracle(a, b, length)
        ),
    )
    padded_in_front = mistake(
        "Your padding stands in front. The text begins at place 0, and padding stands behind it.",
        lambda a, b, length: tuple(
            part[sum(EncodePair.oracle(a, b, length)[2]) :] + part[: sum(EncodePair.oracle(a, b, length)[2])]
            for part in EncodePair.oracle(a, b, length)
        ),
    )
    without_the_mask = mistake(
        "Two of the three are right; the mask is missing. Return ids, segments, mask.",
        lambda a, b, length: EncodePair.oracle(a, b, length)[:2],
    )
    mask_second = mistake(
        "All three are right, in another order: ids, segments, mask.",
        lambda a, b, length: tuple(EncodePair.oracle(a, b, length)[n] for n in (0, 2, 1)),
    )
    not_refused = mistake(
        "A length of less than three has no room for the marks, and yours says nothing. It should raise ValueError.",
        lambda a, b, length: EncodePair.oracle(a, b, max(length, 3)),
        refuses=None,
    )
    refuses_three = mistake(
        "You refuse a length of 3, which has room for the three marks, and for nothing else.",
        lambda a, b, length: no_room(a, b, length - 1) or EncodePair.oracle(a, b, length),
    )


def marked(a, b):
    return [CLS, *a, SEP, *b, SEP], [0] * (len(a) + 2) + [1] * (len(b) + 1)


def padded(pair, length):
    ids, segments = (part[:length] for part in pair)
    missing = [0] * (length - len(ids))
    return ids + missing, segments + missing, [1] * len(ids) + missing


def laid_out(a, b, length):
    """The three lists for texts as they are, however long."""
    return padded(marked(a, b), max(length, len(a) + len(b) + 3))


def changed(a, b, length, segments=None, mask=None):
    """The right three, with other segments or another mask."""
    one, other = map(len, trimmed(a, b, length - 3))
    ids, right, there = EncodePair.oracle(a, b, length)
    found = segments(one, other) if segments else right
    return ids, found + [0] * (length - len(found)), mask(one + other + 3) if mask else there


def without(a, b, length, place):
    """The right three without one place, and padding more."""
    a, b = trimmed(a, b, length - 3)
    ids, segments = marked(a, b)
    at = place(a, b)
    return padded((ids[:at] + ids[at + 1 :], segments[:at] + segments[at + 1 :]), length)
