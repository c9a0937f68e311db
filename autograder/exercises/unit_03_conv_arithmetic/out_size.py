import math

import numpy as np

from autograder.exercise import exercise, mistake, probe

from .shared import BY_HAND, SIZES

REFUSE = " And a window that does not fit on the padded input is to be refused: `raise ValueError(...)`."


def must_fit(n, k, s=1, p=0, d=1):
    """Refuse a window that does not fit."""
    if n + 2 * p < d * (k - 1) + 1:
        raise ValueError(f"a kernel of {k} with dilation {d} does not fit on {n} pixels and padding {p}")


def taps_must_fit(n, k, s=1, p=0, d=1):
    """Refuse a kernel of more taps than there are pixels, as who forgets that a dilation makes it reach further."""
    must_fit(n, k, s, p)


def size(n, k, s=1, p=0, d=1):
    """The size, less the check."""
    return (n + 2 * p - d * (k - 1) - 1) // s + 1


@exercise("out_size", points=2, objective=SIZES, rules=[BY_HAND], refuses=must_fit)
class OutSize:
    """Outputs along one axis: n pixels, kernel k, stride s, p zeros on either side, dilation d; ValueError: no fit."""

    def oracle(n, k, s=1, p=0, d=1):
        import keras

        shape = keras.layers.ZeroPadding1D(p).compute_output_shape((None, n, 1))
        if s > 1 and d > 1:  # Keras has no layer for both: convolve at every place, then keep every s-th
            shape = keras.layers.Conv1D(1, k, dilation_rate=d).compute_output_shape(shape)
            return keras.layers.MaxPooling1D(1, strides=s).compute_output_shape(shape)[1]
        return keras.layers.Conv1D(1, k, strides=s, dilation_rate=d).compute_output_shape(shape)[1]

    examples = [
        probe(7, 3),
        probe(7, 3, 2),
        probe(8, 3, 2),
        probe(10, 3, 3),
        probe(9, 5),
        probe(6, 3, p=1),
        probe(1, 3, p=1),
        probe(9, 3, d=2),
        probe(5, 3, d=2),
        probe(20, 4, s=3, p=2, d=3),
        probe(3, 5),
        probe(4, 3, d=2),
        probe(3, 4),
        probe(4, 4),
    ]

    def hidden(rng):
        sizes = rng.permutation(np.arange(12, 120))
        for i, (k, s) in enumerate([(1, 1), (2, 1), (3, 1), (5, 2), (7, 2), (4, 3), (2, 3), (3, 4)]):
            yield probe(int(sizes[i]), k, s)
            yield probe(int(sizes[i + 8]), k, s, p=int(rng.integers(1, 5)))
            yield probe(int(sizes[i + 16]), k, s, p=int(rng.integers(0, 4)), d=int(rng.integers(2, 5)))
        yield probe(6, 4, d=2)
        yield probe(5, 9, p=1)
        yield probe(4, 4)
        yield probe(3, 5, s=2, p=1)
        yield probe(6, 9, p=2, d=2)
        yield probe(1, 4, s=3, p=2)
        yield probe(9, 1, s=2, d=4)

    handout = mistake(
        "That is the formula of the handout with its parenthesis repaired: it takes half a window off, so it gives 2.5 "
        "places for 7, 3, 2. The whole window has to fit: n less its reach is the room to move; then whole strides, and "
        "one for the start.",
        lambda n, k, s=1, p=0, d=1: (n - (k - (k - 1) / 2)) / s,
        refuses=taps_must_fit,
    )
    handout_without_error = mistake(handout.hint + REFUSE, handout, refuses=None)
    handout_rounded_up = mistake(
        handout.hint + " Rounding it up hides that: it is right for 7, 3, 2, and wrong for a kernel of 5.",
        lambda n, k, s=1, p=0, d=1: math.ceil((n - (k - (k - 1) / 2)) / s),
        refuses=taps_must_fit,
    )
    handout_rounded_up_without_error = mistake(handout_rounded_up.hint + REFUSE, handout_rounded_up, refuses=None)
    no_floor = mistake(
        "You divide with `/`, which gives a float and counts a part of a move. Only whole moves count: `//` rounds down.",
        lambda n, k, s=1, p=0, d=1: (n + 2 * p - d * (k - 1) - 1) / s + 1,
    )
    no_floor_without_error = mistake(no_floor.hint + REFUSE, no_floor, refuses=None)
    rounded_up = mistake(
        "You round up. A move that would lead over the edge is not made: round down, `//`.",
        lambda n, k, s=1, p=0, d=1: -(-(n + 2 * p - d * (k - 1) - 1) // s) + 1,
    )
    rounded_up_without_error = mistake(rounded_up.hint + REFUSE, rounded_up, refuses=None)
    rounded_to_nearest = mistake(
        "You round to the nearest number. Half a move, or most of one, is still no move: round down, `//`.",
        lambda n, k, s=1, p=0, d=1: round((n + 2 * p - d * (k - 1) - 1) / s + 1),
    )
    rounded_to_nearest_without_error = mistake(rounded_to_nearest.hint + REFUSE, rounded_to_nearest, refuses=None)
    dilation_ignored = mistake(
        "You ignore the dilation. With d between its taps a kernel reaches over d (k - 1) + 1 pixels: 3 taps and d = 2 "
        "reach over 5.",
        lambda n, k, s=1, p=0, d=1: size(n, k, s, p),
        refuses=taps_must_fit,
    )
    dilation_ignored_without_error = mistake(dilation_ignored.hint + REFUSE, dilation_ignored, refuses=None)
    one_gap_too_many = mistake(
        "You let every tap take d pixels, d k in all. Between k taps there are k - 1 gaps: the reach is d (k - 1) + 1.",
        lambda n, k, s=1, p=0, d=1: (n + 2 * p - d * k) // s + 1,
    )
    padding_once = mistake(
        "You pad one side only. There are p zeros before and p zeros behind: 2 p in all.",
        lambda n, k, s=1, p=0, d=1: (n + p - d * (k - 1) - 1) // s + 1,
    )
    padding_once_without_error = mistake(padding_once.hint + REFUSE, padding_once, refuses=None)
    moves_for_places = mistake(
        "You count the moves of the window. The place where it starts is an output as well: add 1.",
        lambda n, k, s=1, p=0, d=1: size(n, k, s, p, d) - 1,
    )
    moves_for_places_without_error = mistake(moves_for_places.hint + REFUSE, moves_for_places, refuses=None)
    start_divided = mistake(
        "The 1 for the start is inside your division. Divide the room to move by the stride first, then add the "
        "place where the window starts: with 7, 3, 2 it is 4 // 2 + 1 and not 5 // 2.",
        lambda n, k, s=1, p=0, d=1: (n + 2 * p - d * (k - 1)) // s,
    )
    stride_ignored = mistake(
        "You ignore the stride: it divides the room that the window has to move in.",
        lambda n, k, s=1, p=0, d=1: size(n, k, 1, p, d),
    )
    no_error = mistake(
        "Your sizes are right. Where the window does not fit there is no size, though: a kernel of 5 on 3 pixels has"
        " no place. Refuse it, `raise ValueError(...)`, before it becomes a negative number somewhere else.",
        size,
        refuses=None,
    )
    zero_for_error = mistake(
        "Your sizes are right. Where the window does not fit you return 0; the task asks for `raise "
        "ValueError(...)`, which nobody can overlook.",
        lambda n, k, s=1, p=0, d=1: max(0, size(n, k, s, p, d)),
        refuses=None,
    )
    none_for_error = mistake(
        "Your sizes are right. Where the window does not fit you return None, which fails somewhere else, later; the"
        " task asks for `raise ValueError(...)`.",
        lambda n, k, s=1, p=0, d=1: size(n, k, s, p, d) if n + 2 * p > d * (k - 1) else None,
        refuses=None,
    )
    refuses_by_taps = mistake(
        "You refuse a kernel with more *taps* than there are pixels. What has to fit is its reach: 3 taps with "
        "dilation 2 reach over 5 pixels, so they do not fit on 4.",
        size,
        refuses=taps_must_fit,
    )
    refuses_what_just_fits = mistake(
        "Your sizes are right. A window that fills the input exactly you refuse, though: it has no room to move, but "
        "one place, where it starts. Only a larger one does not fit.",
        size,
        refuses=lambda n, k, s=1, p=0, d=1: must_fit(n - 1, k, s, p, d),
    )
    refuses_without_the_padding = mistake(
        "You compare the window with the picture alone. The zeros give it room as well: a kernel of 3 fits on one "
        "pixel with a zero on either side.",
        size,
        refuses=lambda n, k, s=1, p=0, d=1: must_fit(n, k, s, 0, d),
    )

    one_too_kind = mistake(
        "You refuse sizes below 0 only. A size of 0 is no place either: a kernel of 4 does not fit on 3 pixels.",
        size,
        refuses=lambda n, k, s=1, p=0, d=1: must_fit(n + s, k, s, p, d),
    )
    reach_is_d_k = mistake(
        "You take d k for the reach. Between k taps there are k - 1 gaps of d pixels, so they reach over d (k - 1) + 1.",
        lambda n, k, s=1, p=0, d=1: (n + 2 * p - d * k) // s + 1,
        refuses=lambda n, k, s=1, p=0, d=1: must_fit(n, d * k, s, p),
    )
    picture_and_taps_alone = mistake(
        "You compare the taps with the pixels alone. The padding gives room as well, and a dilated kernel reaches further than its "
        "taps: compare d (k - 1) + 1 with n + 2 p.",
        size,
        refuses=lambda n, k, s=1, p=0, d=1: must_fit(n, k),
    )
    dilation_as_stride = mistake(
        "You divide by the dilation. It sets the taps of the kernel apart, so the window reaches further; only the stride divides.",
        lambda n, k, s=1, p=0, d=1: (n + 2 * p - k) // (s * d) + 1,
        refuses=taps_must_fit,
    )
    dilation_as_stride_without_error = mistake(dilation_as_stride.hint + REFUSE, dilation_as_stride, refuses=None)
