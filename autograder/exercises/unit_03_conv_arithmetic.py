"""Unit 03: the arithmetic of convolutions: sizes, padding, parameters, products, receptive fields, im2col.

What every exercise of this unit keeps to:

- kernels are square and pictures need not be; shapes are (height, width, channels) without the batch;
- a window that does not fit on its (padded) input is an error, as it is in Keras;
- 'same' is TensorFlow's: one output for every started stride, an odd zero goes behind.
"""

import math

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from autograder.exercise import OTHER_LIBRARIES, exercise, forbid_calls, mistake, probe, right_answer

SIZES = "predict the size of an output from kernel, stride, padding and dilation"
COSTS = "count the parameters of a layer, and the multiply-adds that it costs"
FIELD = "say how much of the input one output sees"
MATRIX = "turn a convolution into one matrix product"
TRACE = "trace every shape through a network before it is built"

BY_HAND = forbid_calls(
    *OTHER_LIBRARIES,
    "course_utils",
    hint="This one is for you to work out: plain Python and NumPy, no other library and no explorer.",
    said="plain Python and NumPy, no other library",
)
REFUSE = " And a window that does not fit on the padded input is to be refused: `raise ValueError(...)`."


def must_fit(n, k, p, d):
    """Refuse a window that does not fit, as a right answer would."""
    if n + 2 * p < d * (k - 1) + 1:
        raise ValueError(f"a kernel of {k} with dilation {d} does not fit on {n} pixels and padding {p}")


HANDOUT = (
    "That is the formula of the handout with its parenthesis repaired: it takes half a window off, so it gives 2.5 "
    "places for 7, 3, 2. The whole window has to fit: n less its reach is the room to move; then whole strides, and "
    "one for the start."
)
NOT_ROUNDED = (
    "You divide with `/`, which gives a float and counts a part of a move. Only whole moves count: `//` rounds down."
)
ROUNDED_UP = "You round up. A move that would lead over the edge is not made: round down, `//`."
NEAREST = "You round to the nearest number. Half a move, or most of one, is still no move: round down, `//`."
NO_DILATION = (
    "You ignore the dilation. With d between its taps a kernel reaches over d (k - 1) + 1 pixels: 3 taps and d = 2 "
    "reach over 5."
)
ONE_SIDE = "You pad one side only. There are p zeros before and p zeros behind: 2 p in all."
NO_START = "You count the moves of the window. The place where it starts is an output as well: add 1."


@exercise("out_size", points=2, objective=SIZES, rules=[BY_HAND])
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

    @mistake(HANDOUT)
    def handout(n, k, s=1, p=0, d=1):
        must_fit(n, k, p, 1)
        return (n - (k - (k - 1) / 2)) / s

    @mistake(HANDOUT + REFUSE)
    def handout_without_error(n, k, s=1, p=0, d=1):
        return (n - (k - (k - 1) / 2)) / s

    @mistake(HANDOUT + " Rounding it up hides that: it is right for 7, 3, 2, and wrong for a kernel of 5.")
    def handout_rounded_up(n, k, s=1, p=0, d=1):
        must_fit(n, k, p, 1)
        return math.ceil((n - (k - (k - 1) / 2)) / s)

    @mistake(HANDOUT + " Rounding it up hides that: it is right for 7, 3, 2, and wrong for a kernel of 5." + REFUSE)
    def handout_rounded_up_without_error(n, k, s=1, p=0, d=1):
        return math.ceil((n - (k - (k - 1) / 2)) / s)

    @mistake(NOT_ROUNDED)
    def no_floor(n, k, s=1, p=0, d=1):
        must_fit(n, k, p, d)
        return (n + 2 * p - d * (k - 1) - 1) / s + 1

    @mistake(NOT_ROUNDED + REFUSE)
    def no_floor_without_error(n, k, s=1, p=0, d=1):
        return (n + 2 * p - d * (k - 1) - 1) / s + 1

    @mistake(ROUNDED_UP)
    def rounded_up(n, k, s=1, p=0, d=1):
        must_fit(n, k, p, d)
        return -(-(n + 2 * p - d * (k - 1) - 1) // s) + 1

    @mistake(ROUNDED_UP + REFUSE)
    def rounded_up_without_error(n, k, s=1, p=0, d=1):
        return -(-(n + 2 * p - d * (k - 1) - 1) // s) + 1

    @mistake(NEAREST)
    def rounded_to_nearest(n, k, s=1, p=0, d=1):
        must_fit(n, k, p, d)
        return round((n + 2 * p - d * (k - 1) - 1) / s + 1)

    @mistake(NEAREST + REFUSE)
    def rounded_to_nearest_without_error(n, k, s=1, p=0, d=1):
        return round((n + 2 * p - d * (k - 1) - 1) / s + 1)

    @mistake(NO_DILATION)
    def dilation_ignored(n, k, s=1, p=0, d=1):
        must_fit(n, k, p, 1)
        return (n + 2 * p - k) // s + 1

    @mistake(NO_DILATION + REFUSE)
    def dilation_ignored_without_error(n, k, s=1, p=0, d=1):
        return (n + 2 * p - k) // s + 1

    @mistake(
        "You let every tap take d pixels, d k in all. Between k taps there are k - 1 gaps: the reach is d (k - 1) + 1."
    )
    def one_gap_too_many(n, k, s=1, p=0, d=1):
        must_fit(n, k, p, d)
        return (n + 2 * p - d * k) // s + 1

    @mistake(ONE_SIDE)
    def padding_once(n, k, s=1, p=0, d=1):
        must_fit(n, k, p, d)
        return (n + p - d * (k - 1) - 1) // s + 1

    @mistake(ONE_SIDE + REFUSE)
    def padding_once_without_error(n, k, s=1, p=0, d=1):
        return (n + p - d * (k - 1) - 1) // s + 1

    @mistake(NO_START)
    def moves_for_places(n, k, s=1, p=0, d=1):
        must_fit(n, k, p, d)
        return (n + 2 * p - d * (k - 1) - 1) // s

    @mistake(NO_START + REFUSE)
    def moves_for_places_without_error(n, k, s=1, p=0, d=1):
        return (n + 2 * p - d * (k - 1) - 1) // s

    @mistake(
        "The 1 for the start is inside your division. Divide the room to move by the stride first, then add the "
        "place where the window starts: with 7, 3, 2 it is 4 // 2 + 1 and not 5 // 2."
    )
    def start_divided(n, k, s=1, p=0, d=1):
        must_fit(n, k, p, d)
        return (n + 2 * p - d * (k - 1)) // s

    @mistake("You ignore the stride: it divides the room that the window has to move in.")
    def stride_ignored(n, k, s=1, p=0, d=1):
        must_fit(n, k, p, d)
        return n + 2 * p - d * (k - 1)

    @mistake(
        "Your sizes are right. Where the window does not fit there is no size, though: a kernel of 5 on 3 pixels has"
        " no place. Refuse it, `raise ValueError(...)`, before it becomes a negative number somewhere else."
    )
    def no_error(n, k, s=1, p=0, d=1):
        return (n + 2 * p - d * (k - 1) - 1) // s + 1

    @mistake(
        "Your sizes are right. Where the window does not fit you return 0; the task asks for `raise "
        "ValueError(...)`, which nobody can overlook."
    )
    def zero_for_error(n, k, s=1, p=0, d=1):
        return max(0, (n + 2 * p - d * (k - 1) - 1) // s + 1)

    @mistake(
        "Your sizes are right. Where the window does not fit you return None, which fails somewhere else, later; the"
        " task asks for `raise ValueError(...)`."
    )
    def none_for_error(n, k, s=1, p=0, d=1):
        room = n + 2 * p - d * (k - 1) - 1
        return room // s + 1 if room >= 0 else None

    @mistake(
        "You refuse a kernel with more *taps* than there are pixels. What has to fit is its reach: 3 taps with "
        "dilation 2 reach over 5 pixels, so they do not fit on 4."
    )
    def refuses_by_taps(n, k, s=1, p=0, d=1):
        must_fit(n, k, p, 1)
        return (n + 2 * p - d * (k - 1) - 1) // s + 1

    @mistake(
        "Your sizes are right. A window that fills the input exactly you refuse, though: it has no room to move, but "
        "one place, where it starts. Only a larger one does not fit."
    )
    def refuses_what_just_fits(n, k, s=1, p=0, d=1):
        must_fit(n - 1, k, p, d)
        return (n + 2 * p - d * (k - 1) - 1) // s + 1

    @mistake(
        "You compare the window with the picture alone. The zeros give it room as well: a kernel of 3 fits on one "
        "pixel with a zero on either side."
    )
    def refuses_without_the_padding(n, k, s=1, p=0, d=1):
        must_fit(n, k, 0, d)
        return (n + 2 * p - d * (k - 1) - 1) // s + 1

    @right_answer
    def by_walking(n, k, s=1, p=0, d=1):
        places, start = 0, -p
        while start + (k - 1) * d <= n + p - 1:
            places += 1
            start += s
        if places == 0:
            raise ValueError("the kernel does not fit")
        return places

    @right_answer
    def by_counting_a_range(n, k, s=1, p=0, d=1):
        starts = range(0, n + 2 * p - (k - 1) * d, s)
        if not starts:
            raise ValueError(f"{k} does not fit on {n}")
        return len(starts)

    @right_answer
    def with_windows(n, k, s=1, p=0, d=1):
        # NumPy raises ValueError for a window larger than the row
        return len(sliding_window_view(np.zeros(n + 2 * p), d * (k - 1) + 1)[::s])

    @right_answer
    def with_recursion(n, k, s=1, p=0, d=1):
        def places(room):
            if room < 0:
                return 0
            return 1 + places(room - s)

        if found := places(n + 2 * p - d * (k - 1) - 1):
            return found
        raise ValueError("no place")

    @right_answer
    def floor_of_a_float(n, k, s=1, p=0, d=1):
        size = math.floor((n + 2 * p - d * (k - 1) - 1) / s) + 1
        if size < 1:
            raise ValueError(f"n = {n}, k = {k}, s = {s}, p = {p}, d = {d}: nothing is left")
        return size

    @right_answer
    def as_numpy_int_and_own_error(n, k, s=1, p=0, d=1):
        class DoesNotFit(ValueError):
            pass

        taps = np.arange(k) * d - p
        if taps[-1] >= n + p:
            raise DoesNotFit(k, n)
        return np.ceil((n + p - taps[-1]) / s).astype(np.int32)


def missing_zeros(n, k, s):
    """Zeros that 'same' needs in all; below 0 where the stride jumps over the end."""
    return (math.ceil(n / s) - 1) * s + k - n


@exercise("same_pad", points=2, objective=SIZES, rules=[BY_HAND])
class SamePad:
    """Zeros (before, after) that TensorFlow's 'same' puts around n pixels under a kernel k with stride s."""

    def oracle(n, k, s):
        import tensorflow as tf

        # tap number t holds t + 1: what a single pixel becomes tells under which tap it lay
        taps = tf.reshape(tf.range(1.0, k + 1.0), (k, 1, 1))

        def tap_on(position, output):
            pixel = tf.reshape(tf.one_hot(position, n), (1, n, 1))
            return int(tf.nn.conv1d(pixel, taps, stride=s, padding="SAME")[0, output, 0]) - 1

        first, last = tap_on(0, 0), tap_on(n - 1, -1)
        return first, max(0, k - 1 - last) if last >= 0 else 0

    examples = [
        probe(5, 3, 1),
        probe(5, 4, 1),
        probe(6, 3, 2),
        probe(7, 5, 3),
        probe(6, 6, 2),
        probe(9, 2, 3),
    ]

    def hidden(rng):
        for k in (2, 3, 4, 7, 8, 10, 11, 13):
            yield probe(int(rng.integers(14, 40)), k, 1)
            yield probe(2 * int(rng.integers(8, 20)), k, 2)
            yield probe(2 * int(rng.integers(8, 20)) + 1, k, 2)
            yield probe(int(rng.integers(14, 60)), k, int(rng.integers(3, 6)))
        yield probe(7, 1, 3)
        yield probe(1, 1, 1)
        for k, s in ((9, 1), (8, 2), (7, 4)):  # a kernel that is larger than the picture
            yield probe(int(rng.integers(2, 7)), k, s)

    @mistake(
        "You put the same on both sides, half the kernel. An even kernel with stride 1 needs an odd number of zeros,"
        " and a stride changes how many are needed at all."
    )
    def half_kernel(n, k, s):
        return k // 2, k // 2

    @mistake(
        "You put (k - 1) // 2 on both sides. An even kernel then has one zero too few, and a stride changes how many"
        " are needed at all."
    )
    def half_kernel_rounded_down(n, k, s):
        return (k - 1) // 2, (k - 1) // 2

    @mistake(
        "You round half of the zeros up on both sides, so there is one too many where their number is odd. The sum "
        "of both has to be right: what does not go before goes after."
    )
    def symmetric_for_odd(n, k, s):
        half = -(-max(0, missing_zeros(n, k, s)) // 2)
        return half, half

    @mistake(
        "You round half of the zeros down on both sides, so one is missing where their number is odd. What does not go "
        "before goes after."
    )
    def one_lost(n, k, s):
        half = max(0, missing_zeros(n, k, s)) // 2
        return half, half

    @mistake("Your numbers are swapped where they differ: TensorFlow puts the odd zero behind the input.")
    def extra_before(n, k, s):
        total = max(0, missing_zeros(n, k, s))
        return total - total // 2, total // 2

    @mistake(
        "You ignore the stride: k - 1 zeros keep the size at stride 1. With stride s the last window starts at "
        "(places - 1) s and need not reach as far."
    )
    def stride_ignored(n, k, s):
        return (k - 1) // 2, k // 2

    @mistake(
        "Your numbers can become negative: where the stride jumps over the end nothing is missing, and no pixel is "
        "taken away. `max(0, ...)`."
    )
    def negative(n, k, s):
        total = missing_zeros(n, k, s)
        return total // 2, total - total // 2

    @mistake(
        "You add k - s zeros. That is right where the stride divides the picture; elsewhere the last started stride is "
        "shorter, and more is missing."
    )
    def kernel_less_stride(n, k, s):
        total = max(0, k - s)
        return total // 2, total - total // 2

    @mistake("Half a zero cannot be added: where the number is odd, one side gets more. `//` rounds down.")
    def half_zeros(n, k, s):
        total = max(0, missing_zeros(n, k, s))
        return total / 2, total / 2

    @mistake(
        "You pad until the output is as large as the *input*. With a stride, 'same' means one output for every started "
        "stride: ceil(n / s), and far fewer zeros."
    )
    def keeps_the_size(n, k, s):
        total = max(0, (n - 1) * s + k - n)
        return total // 2, total - total // 2

    @mistake(
        "You round n / s down. 'same' gives an output to every *started* stride: 7 pixels at stride 3 have 3 outputs, "
        "ceil(7 / 3)."
    )
    def places_rounded_down(n, k, s):
        total = max(0, (n // s - 1) * s + k - n)
        return total // 2, total - total // 2

    @right_answer
    def by_trying(n, k, s):
        places = len(range(0, n, s))
        total = 0
        while (n + total - k) // s + 1 < places or n + total < k:
            total += 1
        return total // 2, (total + 1) // 2

    @right_answer
    def by_remainder(n, k, s):
        total = max(k - (n % s or s), 0)
        return total // 2, total - total // 2

    @right_answer
    def zero_by_zero(n, k, s):
        before, after = 0, 0
        while before + n + after < (len(range(0, n, s)) - 1) * s + k:
            if after > before:
                before += 1
            else:
                after += 1
        return before, after

    @right_answer
    def end_of_the_last_window(n, k, s):
        *_, last = range(0, n, s)
        half, odd = divmod(max(0, last + k - n), 2)
        return half, half + odd

    @right_answer
    def with_recursion_and_a_named_tuple(n, k, s):
        from collections import namedtuple

        def missing(pixels):
            return missing(pixels - s) if pixels > s else max(0, k - pixels)

        zeros = missing(n)
        return namedtuple("Zeros", "before after")(before=zeros // 2, after=-(-zeros // 2))

    @right_answer
    def as_numpy_ints(n, k, s):
        zeros = max(0, (int(np.ceil(n / s)) - 1) * s + k - n)
        return tuple(np.array([zeros, zeros + 1], np.int16) // 2)


def pixels(shape):
    """How many places a (H, W, C) or (H, W) shape has."""
    return shape[0] * shape[1]


def count_kinds(kind, cfg, *, channels=True, bias="filter", local_bias="own", swap=()):
    """Parameters by the book, with the deviations of the mistakes below."""
    kind = dict(swap).get(kind, kind)
    if kind == "max_pool":
        return 0
    (ins, outs), with_bias = (cfg["in_shape"], cfg["out_shape"]), cfg.get("use_bias", True)
    if bias == "always":
        with_bias = True
    if bias == "never":
        with_bias = False
    if kind == "dense":
        units = math.prod(outs)
        return math.prod(ins) * units + with_bias * (1 if bias == "one" else units)
    weights = cfg["kernel_size"] ** 2 * (ins[2] if channels else 1)
    if kind == "locally_connected":
        own = {"own": pixels(outs) * outs[2], "shared": outs[2]}[local_bias]
        return pixels(outs) * weights * outs[2] + with_bias * (1 if bias == "one" else own)
    biases = {"place": pixels(outs) * outs[2], "one": 1}.get(bias, outs[2])
    return weights * outs[2] + with_bias * biases


CUBE = {"in_shape": (7, 7, 2), "out_shape": (5, 5, 3)}


@exercise("n_params", points=2, objective=COSTS, rules=[BY_HAND])
class NParams:
    """Numbers that a layer of this kind has to learn between in_shape and out_shape."""

    def oracle(kind, **cfg):
        import keras

        ins, outs, bias = cfg["in_shape"], cfg["out_shape"], cfg.get("use_bias", True)

        def built(layer, shape):
            layer.build((None, *shape))
            return layer.count_params()

        if kind == "max_pool":
            return built(keras.layers.MaxPooling2D(cfg["kernel_size"]), ins)
        if kind == "dense":
            return built(keras.layers.Dense(math.prod(outs), use_bias=bias), (math.prod(ins),))
        k, filters = cfg["kernel_size"], outs[2]
        if kind == "conv":
            return built(keras.layers.Conv2D(filters, k, use_bias=bias), ins)
        # Keras 3 has no locally connected layer: a small convolution of its own for each place
        patch = (k, k, ins[2])
        return sum(built(keras.layers.Conv2D(filters, k, use_bias=bias), patch) for _ in range(outs[0] * outs[1]))

    examples = [
        probe("conv", in_shape=(4, 4, 1), out_shape=(3, 3, 1), kernel_size=2),
        probe("locally_connected", in_shape=(4, 4, 1), out_shape=(3, 3, 1), kernel_size=2),
        probe("dense", **CUBE),
        probe("dense", **CUBE, use_bias=False),
        probe("locally_connected", **CUBE, kernel_size=3),
        probe("conv", **CUBE, kernel_size=3),
        probe("conv", **CUBE, kernel_size=3, use_bias=False),
        probe("max_pool", in_shape=(6, 6, 4), out_shape=(3, 3, 4), kernel_size=2),
    ]

    def hidden(rng):
        for k in (1, 2, 3, 5):
            height, width, channels, filters = (int(m) for m in rng.integers([6, 6, 2, 2], [9, 9, 5, 7]))
            ins, outs = (height, width, channels), (height - k + 1, width - k + 1, filters)
            for kind in ("dense", "locally_connected", "conv"):
                sides = {} if kind == "dense" else {"kernel_size": k}
                yield probe(kind, in_shape=ins, out_shape=outs, **sides)
                yield probe(kind, in_shape=ins, out_shape=outs, **sides, use_bias=False)
        yield probe("conv", in_shape=(32, 30, 3), out_shape=(15, 14, 64), kernel_size=3, use_bias=True)
        yield probe("locally_connected", in_shape=(9, 8, 2), out_shape=(4, 3, 5), kernel_size=3)  # with a stride of 2
        yield probe(
            "locally_connected", in_shape=(4, 6, 3), out_shape=(4, 6, 2), kernel_size=3, use_bias=False
        )  # 'same'
        yield probe("max_pool", in_shape=(9, 8, 3), out_shape=(4, 3, 3), kernel_size=3)

    @mistake(
        "You give a convolution a bias for each place of its output. A filter is the same everywhere, and so is its "
        "bias: one a filter."
    )
    def bias_per_position(kind, **cfg):
        return count_kinds(kind, cfg, bias="place")

    @mistake("Your filters forget the channels: a filter has a slice of k x k weights for each channel of the input.")
    def forgets_channels(kind, **cfg):
        return count_kinds(kind, cfg, channels=False)

    @mistake("The biases are missing. A layer has them unless `use_bias=False` says otherwise: one a unit or filter.")
    def bias_forgotten(kind, **cfg):
        return count_kinds(kind, cfg, bias="never")

    @mistake("You count the biases even where `use_bias=False` says that there are none.")
    def bias_always(kind, **cfg):
        return count_kinds(kind, cfg, bias="always")

    @mistake("You count one bias for the whole layer. Each filter, each unit has a bias of its own.")
    def one_bias(kind, **cfg):
        return count_kinds(kind, cfg, bias="one")

    @mistake(
        "What you call locally connected is the shared count, 57 in the example of the text: the same weights at "
        "every place. Locally connected means a filter of its own, bias included, at each of the places: 25 times as"
        " many."
    )
    def shared_for_local(kind, **cfg):
        return count_kinds(kind, cfg, swap={"locally_connected": "conv"}.items())

    @mistake(
        "You give a convolution weights of its own at every place. That would be a locally connected layer; a "
        "convolution slides one and the same filter over all places, so their number does not matter."
    )
    def local_for_conv(kind, **cfg):
        return count_kinds(kind, cfg, swap={"conv": "locally_connected"}.items())

    @mistake(
        "Your locally connected layer shares its biases. Nothing is shared in it: every place has a bias for each "
        "filter too, k k C + 1 numbers."
    )
    def local_with_shared_bias(kind, **cfg):
        return count_kinds(kind, cfg, local_bias="shared")

    @mistake(
        "Your dense layer joins channels only. It joins *every* number of the input with every number of the output:"
        " 7 x 7 x 2 = 98 of them with 5 x 5 x 3 = 75."
    )
    def dense_on_channels(kind, **cfg):
        if kind != "dense":
            return count_kinds(kind, cfg)
        return (cfg["in_shape"][-1] + cfg.get("use_bias", True)) * cfg["out_shape"][-1]

    @mistake(
        "You give every place of the *input* a set of weights. There is one for each place of the output, 5 x 5 in the "
        "example of the text: that is how many windows there are."
    )
    def local_on_input_places(kind, **cfg):
        if kind != "locally_connected":
            return count_kinds(kind, cfg)
        return count_kinds("conv", cfg) * pixels(cfg["in_shape"])

    @mistake("You count one filter. The last number of `out_shape` says how many there are.")
    def one_filter(kind, **cfg):
        filters = 1 if kind in ("dense", "max_pool") else cfg["out_shape"][2]
        return count_kinds(kind, cfg) // filters

    @mistake("Pooling learns nothing: it takes the largest number of each window, so it has 0 parameters.")
    def pooling_learns(kind, **cfg):
        return count_kinds("conv" if kind == "max_pool" else kind, cfg)

    @right_answer
    def with_a_table(kind, in_shape, out_shape, kernel_size=0, use_bias=True):
        (h, w, c), (rows, columns, filters) = in_shape, out_shape
        per_filter = kernel_size * kernel_size * c + int(use_bias)
        return {
            "dense": (h * w * c + int(use_bias)) * rows * columns * filters,
            "locally_connected": rows * columns * filters * per_filter,
            "conv": filters * per_filter,
            "max_pool": 0,
        }[kind]

    @right_answer
    def with_arrays(kind, **cfg):
        rows, columns, filters = cfg["out_shape"]
        k, channels = cfg.get("kernel_size"), cfg["in_shape"][2]
        shapes = {
            "dense": lambda: [(*cfg["in_shape"], rows, columns, filters), (rows, columns, filters)],
            "locally_connected": lambda: [(rows, columns, k, k, channels, filters), (rows, columns, filters)],
            "conv": lambda: [(k, k, channels, filters), (filters,)],
            "max_pool": lambda: [(0,), (0,)],
        }[kind]()
        return sum(int(np.zeros(shape, np.uint8).size) for shape in shapes[: 1 + cfg.get("use_bias", True)])

    @right_answer
    def one_kind_by_another(kind, **cfg):
        def count(kind):
            if kind == "conv":
                one_filter = cfg["kernel_size"] ** 2 * cfg["in_shape"][-1] + cfg.get("use_bias", True)
                return one_filter * cfg["out_shape"][-1]
            if kind == "locally_connected":
                return count("conv") * cfg["out_shape"][0] * cfg["out_shape"][1]
            return 0

        if kind != "dense":
            return count(kind)
        inputs, units = (math.prod(cfg[name]) for name in ("in_shape", "out_shape"))
        return inputs * units + (units if cfg.get("use_bias", True) else 0)

    @right_answer
    def with_match_and_numpy_ints(kind, *, in_shape, out_shape, kernel_size=None, use_bias=True):
        units = np.prod(out_shape)
        match kind:
            case "dense":
                seen, sets = np.prod(in_shape), units
            case "locally_connected":
                seen, sets = kernel_size * kernel_size * in_shape[2], units
            case "conv":
                seen, sets = kernel_size * kernel_size * in_shape[2], out_shape[2]
            case _:
                return 0
        return seen * sets + sets * use_bias

    @right_answer
    def with_a_class(kind, **cfg):
        class Layer:
            def __init__(self, in_shape, out_shape, kernel_size=0, use_bias=True):
                self.ins, self.outs, self.bias = in_shape, out_shape, int(use_bias)
                self.window = kernel_size**2 * in_shape[2]

            def dense(self):
                return math.prod(self.outs) * (math.prod(self.ins) + self.bias)

            def conv(self):
                return self.outs[2] * (self.window + self.bias)

            def locally_connected(self):
                return sum(self.conv() for _ in range(self.outs[0]) for _ in range(self.outs[1]))

            def max_pool(self):
                return 0

        return getattr(Layer(**cfg), kind)()


def grid_of(in_shape, k, s, padding):
    """Height and width of a convolution's output."""
    return [math.ceil(n / s) if padding == "same" else (n - k) // s + 1 for n in in_shape[:2]]


@exercise("conv_macs", points=2, objective=COSTS, rules=[BY_HAND])
class ConvMacs:
    """Multiply-adds of a convolution over one (H, W, C) picture, those with zeros of the padding included."""

    def oracle(in_shape, filters, kernel_size, strides=1, padding="valid"):
        height, width, channels = in_shape
        last = 0 if padding == "same" else kernel_size - 1  # 'same': a window starts at every s-th pixel
        multiplied = 0
        for _top in range(0, height - last, strides):
            for _left in range(0, width - last, strides):
                for _filter in range(filters):
                    for _tap in range(kernel_size * kernel_size):
                        for _channel in range(channels):
                            multiplied += 1
        return multiplied

    examples = [
        probe((3, 4, 1), 1, 2),
        probe((7, 7, 2), 3, 3),
        probe((7, 7, 2), 3, 3, strides=2),
        probe((7, 8, 2), 3, 3, padding="same"),
        probe((8, 5, 3), 4, 3, strides=2, padding="same"),
        probe((6, 5, 2), 3, 4, padding="same"),
        probe((5, 6, 4), 2, 1),
    ]

    def hidden(rng):
        for k in (1, 2, 3, 5):
            for s in (1, 2, 3):
                height, width, channels, filters = (int(m) for m in rng.integers([6, 6, 2, 2], [14, 14, 5, 6]))
                for padding in ("valid", "same"):
                    yield probe((height, width + 2, channels), filters, k, strides=s, padding=padding)
        yield probe((9, 11, 3), 5, 3)
        yield probe((9, 12, 3), 5, 4, 2, "same")
        yield probe((10, 7, 2), 5, 2, 1, "same")
        yield probe((3, 6, 2), 4, 3, strides=2)  # as high as the kernel
        yield probe((2, 3, 2), 3, 5, padding="same")

    @mistake(
        "You take the size of the *input*. The products are made once for each number of the *output*, and a stride "
        "or valid padding leaves fewer of those."
    )
    def input_size(in_shape, filters, kernel_size, strides=1, padding="valid"):
        return math.prod(in_shape) * kernel_size**2 * filters

    @mistake("You count the biases. Adding one is no product: a multiply-add is one weight times one input.")
    def counts_biases(in_shape, filters, kernel_size, strides=1, padding="valid"):
        places = math.prod(grid_of(in_shape, kernel_size, strides, padding))
        return places * filters * (kernel_size**2 * in_shape[2] + 1)

    @mistake("You forget the channels: at each place a filter multiplies k x k numbers in *every* channel.")
    def forgets_channels(in_shape, filters, kernel_size, strides=1, padding="valid"):
        return math.prod(grid_of(in_shape, kernel_size, strides, padding)) * filters * kernel_size**2

    @mistake("You count one filter. Each of them does its own products at every place.")
    def forgets_filters(in_shape, filters, kernel_size, strides=1, padding="valid"):
        return math.prod(grid_of(in_shape, kernel_size, strides, padding)) * in_shape[2] * kernel_size**2

    @mistake(
        "Your numbers are twice as large: those are floating-point operations (FLOPs), which count a product and its"
        " addition as two. A multiply-add is one."
    )
    def flops(in_shape, filters, kernel_size, strides=1, padding="valid"):
        return (
            2
            * math.prod(grid_of(in_shape, kernel_size, strides, padding))
            * math.prod((filters, in_shape[2], kernel_size, kernel_size))
        )

    @mistake("Those are the weights. Each is used once at every place of the output: multiply by its height and width.")
    def weights_only(in_shape, filters, kernel_size, strides=1, padding="valid"):
        return kernel_size**2 * in_shape[2] * filters

    @mistake("You ignore the stride: it makes the output smaller, down and across, so there are fewer products.")
    def stride_ignored(in_shape, filters, kernel_size, strides=1, padding="valid"):
        return math.prod((*grid_of(in_shape, kernel_size, 1, padding), filters, in_shape[2], kernel_size, kernel_size))

    @mistake("You ignore the padding: under 'same' there is an output for every started stride, ceil(n / s).")
    def padding_ignored(in_shape, filters, kernel_size, strides=1, padding="valid"):
        rows, columns = grid_of(in_shape, kernel_size, strides, "valid")
        return rows * columns * filters * in_shape[2] * kernel_size**2

    @mistake("Under 'same' you keep the size of the input. With a stride the output shrinks all the same: ceil(n / s).")
    def same_ignores_stride(in_shape, filters, kernel_size, strides=1, padding="valid"):
        rows, columns = in_shape[:2] if padding == "same" else grid_of(in_shape, kernel_size, strides, padding)
        return rows * columns * filters * in_shape[2] * kernel_size**2

    @mistake("Under 'same' you round n / s down. Every *started* stride has an output: rounded up, ceil(n / s).")
    def same_rounds_down(in_shape, filters, kernel_size, strides=1, padding="valid"):
        if padding == "same":
            rows, columns = (n // strides for n in in_shape[:2])
        else:
            rows, columns = grid_of(in_shape, kernel_size, strides, padding)
        return rows * columns * filters * in_shape[2] * kernel_size**2

    @mistake(
        "Under 'same' you put k // 2 zeros on both sides. An even kernel then has a place too many in both "
        "directions; the size is simply ceil(n / s)."
    )
    def same_by_half_kernels(in_shape, filters, kernel_size, strides=1, padding="valid"):
        zeros = 2 * (kernel_size // 2) if padding == "same" else 0
        rows, columns = ((n + zeros - kernel_size) // strides + 1 for n in in_shape[:2])
        return rows * columns * filters * in_shape[2] * kernel_size**2

    @mistake(
        "You ignore the stride and the padding: both decide how large the output is, and products are made once for "
        "each of its numbers."
    )
    def always_valid_and_dense(in_shape, filters, kernel_size, strides=1, padding="valid"):
        return math.prod((*grid_of(in_shape, kernel_size, 1, "valid"), filters, in_shape[2], kernel_size, kernel_size))

    @mistake(
        "You divide the size of the input by the stride, twice. Valid padding leaves fewer places than that, and the"
        " two sides are rounded each by itself: work out height and width of the output first."
    )
    def input_size_by_stride(in_shape, filters, kernel_size, strides=1, padding="valid"):
        return math.prod(in_shape) * kernel_size**2 * filters // strides**2

    @mistake("You square the height of the output. Pictures need not be square: height times width.")
    def square_output(in_shape, filters, kernel_size, strides=1, padding="valid"):
        return grid_of(in_shape, kernel_size, strides, padding)[0] ** 2 * filters * in_shape[2] * kernel_size**2

    @right_answer
    def by_ranges(in_shape, filters, kernel_size, strides=1, padding="valid"):
        height, width, channels = in_shape
        lost = kernel_size - 1 if padding == "valid" else 0
        places = len(range(0, height - lost, strides)) * len(range(0, width - lost, strides))
        return places * channels * filters * kernel_size**2

    @right_answer
    def by_weights_times_places(in_shape, filters, kernel_size, strides=1, padding="valid"):
        weights = np.ones((kernel_size, kernel_size, in_shape[2], filters))
        n = np.array(in_shape[:2])
        grid = -(-n // strides) if padding == "same" else 1 + (n - kernel_size) // strides
        return int(weights.sum()) * int(grid[0] * grid[1])

    @right_answer
    def one_ceiling_for_both(in_shape, filters, kernel_size, strides=1, padding="valid"):
        starts = in_shape[:2] if padding == "same" else [n - kernel_size + 1 for n in in_shape[:2]]
        height, width = (math.ceil(n / strides) for n in starts)
        return height * width * filters * kernel_size * kernel_size * in_shape[2]

    @right_answer
    def with_the_zeros_of_same(in_shape, filters, kernel_size, strides=1, padding="valid"):
        def places(n):
            zeros = max(0, (math.ceil(n / strides) - 1) * strides + kernel_size - n) if padding == "same" else 0
            return (n + zeros - kernel_size) // strides + 1

        return math.prod([places(in_shape[0]), places(in_shape[1]), filters, kernel_size**2, in_shape[2]])

    @right_answer
    def by_slicing_a_picture(in_shape, filters, kernel_size, strides=1, padding="valid"):
        picture = np.empty(in_shape)
        if padding == "valid":
            picture = picture[kernel_size - 1 :, kernel_size - 1 :]
        return picture[::strides, ::strides].size * filters * kernel_size**2

    @right_answer
    def window_by_window(in_shape, filters, kernel_size, strides=1, padding="valid"):
        rows, columns, channels = in_shape
        count = row = 0
        while row + (kernel_size if padding == "valid" else 1) <= rows:
            column = 0
            while column + (kernel_size if padding == "valid" else 1) <= columns:
                count += kernel_size * kernel_size * channels
                column += strides
            row += strides
        return count * filters

    @right_answer
    def as_numpy_int(in_shape, filters, kernel_size, strides=1, padding="valid"):
        lost = {"same": 0, "valid": kernel_size - 1}[padding]
        grid = np.ceil((np.array(in_shape[:2]) - lost) / strides).astype(int)
        return np.prod([*grid, in_shape[2], filters, kernel_size, kernel_size])


@exercise("receptive_field", points=3, objective=FIELD, rules=[BY_HAND])
class ReceptiveField:
    """Pixels, along one axis, from the first to the last that one output of a stack of (k, s, d) layers sees."""

    def oracle(layers):
        import tensorflow as tf

        x = tf.ones((1, 1200, 1), tf.float64)
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = x
            for k, s, d in layers:
                taps = np.zeros((d * (k - 1) + 1, 1, 1))  # TensorFlow has no gradient of a dilated one on a CPU
                taps[::d] = 1
                y = tf.nn.conv1d(y, tf.constant(taps), stride=s, padding="VALID")
            middle = y[0, y.shape[1] // 2, 0]
        touched = np.flatnonzero(tape.gradient(middle, x).numpy())
        return int(touched[-1] - touched[0] + 1)

    examples = [
        probe([(3, 1, 1)]),
        probe([(3, 1, 1), (3, 1, 1)]),
        probe([(3, 2, 1), (3, 1, 1)]),
        probe([(3, 1, 1), (3, 2, 1)]),
        probe([(3, 1, 2), (5, 1, 1)]),
        probe([(5, 2, 1), (2, 2, 1), (3, 1, 2), (3, 3, 1)]),
        probe([]),
    ]

    def hidden(rng):
        for depth in (1, 2, 2, 3, 3, 4, 5):
            yield probe([(int(rng.integers(2, 7)), int(rng.integers(1, 4)), 1) for _ in range(depth)])
        for depth in (1, 2, 3, 4):
            yield probe(
                [(int(rng.integers(2, 6)), int(rng.integers(1, 3)), int(rng.integers(2, 4))) for _ in range(depth)]
            )
        yield probe([(3, 1, 1), (2, 2, 1)] * 3 + [(3, 1, 1)])
        yield probe([(3, 1, 2**i) for i in range(6)])
        yield probe([(3, 1, 1)] * 9)
        yield probe([(1, 2, 1), (1, 1, 3), (4, 3, 1), (3, 1, 1)])

    @mistake(
        "You ignore the strides. Behind a layer with stride 2 neighbours lie two pixels apart, so whatever comes "
        "*after* it widens the field twice as much."
    )
    def ignores_stride(layers):
        return 1 + sum((k - 1) * d for k, _, d in layers)

    @mistake("You ignore the dilations: a kernel reaches over d (k - 1) + 1 positions of the layer below it.")
    def ignores_dilation(layers):
        field, jump = 1, 1
        for k, s, _ in layers:
            field, jump = field + (k - 1) * jump, jump * s
        return field

    @mistake(
        "You let a layer's own stride widen its own field. What a window spans does not depend on where the next one"
        " lies: only the strides of the layers *before* it count."
    )
    def own_stride(layers):
        field, jump = 1, 1
        for k, s, d in layers:
            jump *= s
            field += (k - 1) * d * jump
        return field

    @mistake(
        "You multiply by the strides of the layers that come *after*. It is the strides before a layer, nearer to "
        "the input, that pull its inputs apart."
    )
    def strides_from_behind(layers):
        field, jump = 1, 1
        for k, s, d in reversed(layers):
            field, jump = field + (k - 1) * d * jump, jump * s
        return field

    @mistake(
        "You multiply the field by each layer's stride on the way up. That works from the output back: field = "
        "(field - 1) s + d (k - 1) + 1, the last layer first. On the way up it is the jump that is multiplied."
    )
    def field_times_stride(layers):
        field = 1
        for k, s, d in layers:
            field = field * s + d * (k - 1)
        return field

    @mistake(
        "You multiply by the layer's own stride. It is all the strides *below* a layer, multiplied with one another,"
        " that pull its inputs apart; its own one only counts for the layers above it."
    )
    def only_own_stride(layers):
        return 1 + sum((k - 1) * d * s for k, s, d in layers)

    @mistake(
        "You ignore strides and dilations. A dilation widens the layer's own window, a stride all the windows after it."
    )
    def kernels_only(layers):
        return 1 + sum(k - 1 for k, _, _ in layers)

    @mistake("You add up the kernels. A second kernel of 3 adds 2, not 3: one of its taps is already counted.")
    def sum_of_kernels(layers):
        return sum(k for k, _, _ in layers)

    @mistake(
        "You multiply the kernels. Windows overlap: at stride 1 a kernel of k adds k - 1 pixels, whatever is below."
    )
    def product_of_kernels(layers):
        return math.prod(k for k, _, _ in layers)

    @mistake("You start from 0. Without any layer an output sees itself: 1.")
    def starts_at_zero(layers):
        return ReceptiveField.right_answers["there_and_up"](layers) - 1

    @mistake("You add k for each layer where k - 1 is new: one tap lies where the field already is.")
    def adds_the_kernel(layers):
        field, jump = 1, 1
        for k, s, d in layers:
            field, jump = field + k * d * jump, jump * s
        return field

    @mistake("Your strides add up. They multiply: two layers with stride 2 pull neighbours four pixels apart.")
    def strides_added(layers):
        field, jump = 1, 1
        for i, (k, s, d) in enumerate(layers):
            field += (k - 1) * d * jump
            jump = s if i == 0 else jump + s
        return field

    @mistake(
        "Your numbers are right, and some of them are floats: with NumPy the product of nothing is 1.0. `math.prod` "
        "keeps ints; so does a jump that starts from 1."
    )
    def float_from_an_empty_product(layers):
        return 1 + sum((k - 1) * d * np.prod([s for _, s, _ in layers[:i]]) for i, (k, _, d) in enumerate(layers))

    @right_answer
    def there_and_up(layers):
        field, jump = 1, 1
        for k, s, d in layers:
            field += (k - 1) * d * jump
            jump *= s
        return field

    @right_answer
    def back_from_the_output(layers):
        field = 1
        for k, s, d in layers[::-1]:
            field = (field - 1) * s + d * (k - 1) + 1
        return field

    @right_answer
    def by_following_positions(layers):
        first, last = 0, 0
        for k, s, d in reversed(layers):
            first, last = first * s, last * s + (k - 1) * d
        return last - first + 1

    @right_answer
    def with_recursion(layers):
        if not layers:
            return 1
        (k, s, d), *above = layers
        return (ReceptiveField.right_answers["with_recursion"](above) - 1) * s + d * (k - 1) + 1

    @right_answer
    def with_arrays(layers):
        kernels, strides, dilations = np.array(layers, int).reshape(-1, 3).T
        jumps = np.cumprod(np.append(1, strides[:-1]))[: len(layers)]
        return 1 + np.sum((kernels - 1) * dilations * jumps)

    @right_answer
    def with_a_generator(layers):
        return 1 + sum((k - 1) * d * math.prod(s for _, s, _ in layers[:i]) for i, (k, _, d) in enumerate(layers))

    @right_answer
    def with_accumulate(layers):
        from itertools import accumulate

        jumps = accumulate((layer[1] for layer in layers), lambda jump, stride: jump * stride, initial=1)
        return 1 + sum((layer[0] - 1) * layer[2] * jump for layer, jump in zip(layers, jumps, strict=False))

    @right_answer
    def by_the_set_of_pixels_seen(layers):
        seen = {0}
        for k, s, d in reversed(layers):
            seen = {place * s + tap * d for place in seen for tap in range(k)}
        return max(seen) - min(seen) + 1


def windows_of(x, k, s):
    """(rows, columns, k, k, C) windows of x (H, W, C), every s-th in both directions."""
    return np.moveaxis(sliding_window_view(x, (k, k), axis=(0, 1))[::s, ::s], 2, 4)


def numbered(*shape):
    """An array whose numbers are all different, so that every order shows."""
    return np.arange(1, 1 + math.prod(shape)).reshape(shape)


@exercise("im2col", points=3, objective=MATRIX, rules=[BY_HAND], dtype="exact")
class Im2col:
    """The k x k windows of x (H, W, C), every s pixels, as rows of a (places, k k C) matrix, channels last."""

    def oracle(x, k, s):
        import tensorflow as tf

        size = k * k * x.shape[2]
        pick = tf.reshape(tf.eye(size, dtype=tf.float64), (k, k, x.shape[2], size))  # filter i picks number i
        picked = tf.nn.conv2d(tf.constant(x[None].astype(float)), pick, strides=s, padding="VALID").numpy()
        return picked.reshape(-1, size).astype(x.dtype)

    examples = [
        probe(numbered(2, 3, 1), 2, 1),
        probe(numbered(3, 4, 2), 2, 1),
        probe((numbered(5, 4, 1) * 3 % 20).astype(np.uint8), 3, 1),
        probe(numbered(5, 6, 1), 2, 2),
        probe(numbered(6, 8, 3) / 4, 3, 2),
    ]

    def hidden(rng):
        for k, s, channels in ((1, 1, 3), (2, 1, 2), (3, 1, 1), (3, 2, 2), (2, 3, 4), (4, 2, 3), (5, 1, 2)):
            height, width = (int(n) for n in rng.integers(6, 10, 2))
            yield probe(
                rng.permutation(numbered(height, width + 1, channels).ravel()).reshape(height, -1, channels), k, s
            )
        yield probe(np.round(rng.normal(size=(7, 9, 3)), 3), 3, 2)
        yield probe(rng.integers(0, 256, (6, 5, 3), dtype=np.uint8), 2, 1)
        yield probe(rng.permutation(numbered(3, 4, 2).ravel()).reshape(3, 4, 2), 3, 2)
        yield probe(rng.normal(size=(4, 4, 2)).astype(np.float32), 4, 1)

    @mistake(
        "Your channels come first in each row: all of one channel, then all of the next. The weights of a layer are "
        "(k, k, C, F), so a row runs through a pixel's channels before it goes on to the next pixel."
    )
    def channels_first(x, k, s):
        return np.moveaxis(windows_of(x, k, s), 4, 2).reshape(-1, k * k * x.shape[2])

    @mistake("Your matrix is transposed: windows are its columns. Here each window is a row, (places, k k C).")
    def transposed(x, k, s):
        return windows_of(x, k, s).reshape(-1, k * k * x.shape[2]).T.copy()

    @mistake("Each window is turned: you go down its columns before its rows. Read it like a page, row by row.")
    def window_transposed(x, k, s):
        return windows_of(x, k, s).swapaxes(2, 3).reshape(-1, k * k * x.shape[2])

    @mistake("Your windows come column by column. The place moves across first, then down, like reading.")
    def places_transposed(x, k, s):
        return windows_of(x, k, s).swapaxes(0, 1).reshape(-1, k * k * x.shape[2])

    @mistake("You ignore the stride: the window moves s pixels at a time, in both directions.")
    def stride_ignored(x, k, s):
        return windows_of(x, k, 1).reshape(-1, k * k * x.shape[2])

    @mistake(
        "Your windows are not flattened: a row holds its k * k * C numbers one after the other. `reshape` or `ravel`."
    )
    def not_flattened(x, k, s):
        return windows_of(x, k, s).reshape(-1, k, k, x.shape[2])

    @mistake("Your windows are in rows and columns still: places are to follow one another in one axis.")
    def grid_kept(x, k, s):
        found = windows_of(x, k, s)
        return found.reshape(*found.shape[:2], -1)

    @mistake("The last row and column of windows are missing: a window of k can start at 0 up to and including n - k.")
    def one_window_short(x, k, s):
        tops, lefts = (range(0, n - k, s) for n in x.shape[:2])
        return np.array([x[i : i + k, j : j + k].ravel() for i in tops for j in lefts])

    @mistake(
        "Your windows look at the first channel only. Take all of them: `x[rows, columns]` leaves the last axis whole."
    )
    def first_channel(x, k, s):
        return windows_of(x[:, :, :1], k, s).reshape(-1, k * k)

    @mistake("Your windows lie side by side: you move by k, not by s. The stride says how far they are apart.")
    def moves_by_the_kernel(x, k, s):
        return windows_of(x, k, k).reshape(-1, k * k * x.shape[2])

    @right_answer
    def with_windows(x, k, s):
        found = sliding_window_view(x, (k, k, x.shape[2]))[::s, ::s, 0]
        return found.reshape(found.shape[0] * found.shape[1], -1)

    @right_answer
    def with_an_index(x, k, s):
        height, width, channels = x.shape
        top = np.arange(0, height - k + 1, s)[:, None, None, None] + np.arange(k)[None, None, :, None]
        left = np.arange(0, width - k + 1, s)[None, :, None, None] + np.arange(k)[None, None, None, :]
        return x[top, left].reshape(-1, k * k * channels)

    @right_answer
    def one_tap_at_a_time(x, k, s):
        height, width, channels = x.shape
        rows, columns = (height - k) // s + 1, (width - k) // s + 1
        result = np.zeros((rows * columns, k * k * channels), x.dtype)
        for i in range(k):
            for j in range(k):
                part = x[i : i + (rows - 1) * s + 1 : s, j : j + (columns - 1) * s + 1 : s]
                at = (i * k + j) * channels
                result[:, at : at + channels] = part.reshape(-1, channels)
        return result

    @right_answer
    def stacked(x, k, s):
        rows, columns = ((n - k) // s + 1 for n in x.shape[:2])
        corners = (divmod(place, columns) for place in range(rows * columns))
        return np.stack([x[i * s : i * s + k, j * s : j * s + k, :].flatten() for i, j in corners])

    @right_answer
    def with_strides(x, k, s):
        height, width, channels = x.shape
        down, across, deep = x.strides
        shape = ((height - k) // s + 1, (width - k) // s + 1, k, k, channels)
        windows = np.lib.stride_tricks.as_strided(x, shape, (down * s, across * s, down, across, deep))
        return windows.reshape(-1, k * k * channels)

    @right_answer
    def number_by_number(x, k, s):
        height, width, channels = x.shape
        rows = []
        for i in range(0, height - k + 1, s):
            for j in range(0, width - k + 1, s):
                row = []
                for a in range(k):
                    for b in range(k):
                        for c in range(channels):
                            row.append(x[i + a][j + b][c])
                rows.append(row)
        return np.array(rows)

    @right_answer
    def with_flat_positions(x, k, s):
        positions = np.arange(x.size).reshape(x.shape)
        corners = positions[: x.shape[0] - k + 1 : s, : x.shape[1] - k + 1 : s, 0].ravel()
        return x.ravel()[corners[:, None] + positions[:k, :k].ravel()]

    @right_answer
    def channel_by_channel(x, k, s):
        parts = [sliding_window_view(x[:, :, c], (k, k))[::s, ::s] for c in range(x.shape[2])]
        return np.concatenate([part.reshape(-1, k * k, 1) for part in parts], axis=2).reshape(-1, k * k * x.shape[2])


def trace(
    layers,
    shape,
    *,
    pool_up=False,
    pool_step=None,
    same="started",
    dilated=True,
    up=False,
    strided=True,
    refuse=True,
    change=None,
):
    """Shapes by the book, with the deviations of the mistakes below; `change` has the last word."""
    found = []
    for layer in layers:
        kind, before = layer["layer"], tuple(shape)
        if kind in ("Conv2D", "MaxPooling2D", "AveragePooling2D"):
            pools = kind != "Conv2D"
            k = layer["pool_size"] if pools else layer["kernel_size"]
            s = layer.get("strides") or ((pool_step or k) if pools else 1)
            s = s if strided or pools else 1
            reach = (layer.get("dilation_rate", 1) if dilated else 1) * (k - 1) + 1
            shape = []
            for n in before[:2]:
                if layer.get("padding", "valid") == "same" and same != "ignored":
                    shape.append(n if same == "kept" else n // s if same == "down" else math.ceil(n / s))
                    continue
                if n < reach and refuse:
                    raise ValueError("it does not fit")
                rounded_up = up or (pool_up and pools)
                shape.append((-(-(n - reach) // s) if rounded_up else (n - reach) // s) + 1)
            shape.append(before[2] if pools else layer["filters"])
        elif kind == "Flatten":
            shape = (math.prod(before),)
        elif kind == "GlobalAveragePooling2D":
            shape = before[2:]
        else:
            shape = (*before[:-1], layer["units"])
        shape = tuple(change(layer, before, tuple(shape)) if change else shape)
        found.append(shape)
    return found


def conv(filters, kernel_size, **more):
    """A convolution as Keras describes it."""
    return {"layer": "Conv2D", "filters": filters, "kernel_size": kernel_size, **more}


def pool(size, kind="MaxPooling2D", **more):
    """A pooling layer as Keras describes it."""
    return {"layer": kind, "pool_size": size, **more}


def dense(units):
    """A dense layer as Keras describes it."""
    return {"layer": "Dense", "units": units}


FLATTEN, AVERAGE = {"layer": "Flatten"}, {"layer": "GlobalAveragePooling2D"}
POOL_UP = (
    "Your pooling rounds up. By default a pooling layer drops what does not fill a whole window: 5 pooled by 2 is 2."
    " Only under padding='same' is it 3."
)


@exercise("trace_shapes", points=3, objective=TRACE, rules=[BY_HAND])
class TraceShapes:
    """Shapes, without the batch, after each of the layers, which are dicts in Keras' words; ValueError: no fit."""

    def oracle(layers, input_shape):
        import keras

        shape, found = (None, *input_shape), []
        for layer in layers:
            settings = {key: value for key, value in layer.items() if key != "layer"}
            shape = getattr(keras.layers, layer["layer"])(**settings).compute_output_shape(shape)
            found.append(tuple(shape[1:]))
        return found

    examples = [
        probe([conv(3, 3)], (7, 6, 2)),
        probe([pool(2)], (5, 7, 3)),
        probe([conv(4, 3, strides=2), conv(8, 3, dilation_rate=2)], (14, 17, 3)),
        probe([conv(4, 3, strides=2, padding="same"), pool(3, strides=2, padding="same")], (9, 12, 1)),
        probe([conv(6, 3, padding="same"), pool(2), FLATTEN, dense(10)], (9, 8, 3)),
        probe([conv(5, 2), AVERAGE, dense(4)], (7, 5, 3)),
        probe([pool(3, strides=1), dense(4)], (6, 5, 2)),
        probe([pool(2), pool(2), conv(8, 3)], (9, 11, 1)),
    ]

    def hidden(rng):
        def some(low, high):
            return int(rng.integers(low, high))

        for last in (FLATTEN, AVERAGE, FLATTEN, AVERAGE):
            head = [last, dense(some(5, 90))]
            body = [conv(some(2, 30), some(2, 5)), pool(2), conv(some(2, 30), 3, padding="same"), pool(3, strides=2)]
            yield probe([*body, *head], (some(20, 40), some(20, 40), some(1, 4)))
            strided = [conv(some(2, 30), some(2, 6), strides=some(2, 4), padding="same"), pool(2, padding="same")]
            yield probe([*strided, conv(some(2, 30), 2, strides=2)], (some(20, 40), some(20, 40), some(1, 4)))
            dilated = [conv(some(2, 30), 3, dilation_rate=some(2, 4)), pool(3, "AveragePooling2D", padding="same")]
            yield probe([*dilated, dense(some(5, 90))], (some(20, 40), some(20, 40), some(1, 4)))
        yield probe([conv(4, 5)] * 3, (14, 11, 3))
        yield probe([], (14, 11, 3))
        yield probe([conv(4, 5, padding="valid"), pool(5)], (9, 13, 2))  # both fit exactly
        yield probe([conv(3, 4, dilation_rate=2, padding="same"), conv(2, 9, padding="same"), dense(7)], (6, 5, 1))
        yield probe([pool(2, "AveragePooling2D", strides=3), FLATTEN, dense(9), dense(4)], (9, 12, 2))
        yield probe([pool(4, "AveragePooling2D")], (9, 3, 2))
        yield probe([conv(2, 3, dilation_rate=3), AVERAGE], (6, 20, 1))
        yield probe([AVERAGE], (6, 5, 4))

    @mistake(POOL_UP)
    def pooling_rounds_up(layers, input_shape):
        return trace(layers, input_shape, pool_up=True)

    @mistake("You round up. A window that would hang over the edge is not there: round down, unless padding is 'same'.")
    def everything_rounds_up(layers, input_shape):
        return trace(layers, input_shape, up=True)

    @mistake(
        "Your pooling moves by 1 where no stride is given. A pooling layer's windows lie side by side unless told "
        "otherwise: its stride is its pool_size."
    )
    def pooling_moves_by_one(layers, input_shape):
        return trace(layers, input_shape, pool_step=1)

    @mistake("You ignore `padding`: under 'same' the output has ceil(n / s) places, whatever the kernel.")
    def same_ignored(layers, input_shape):
        return trace(layers, input_shape, same="ignored")

    @mistake("Under 'same' you keep the size. That holds for stride 1; with a stride it is ceil(n / s).")
    def same_keeps(layers, input_shape):
        return trace(layers, input_shape, same="kept")

    @mistake("Under 'same' you round n / s down. Every *started* stride has an output: rounded up, ceil(n / s).")
    def same_rounds_down(layers, input_shape):
        return trace(layers, input_shape, same="down")

    @mistake("You ignore `dilation_rate`: a kernel of 3 with dilation 2 reaches over 5.")
    def dilation_ignored(layers, input_shape):
        return trace(layers, input_shape, dilated=False)

    @mistake("You ignore the `strides` of the convolutions: the room to move is divided by them.")
    def strides_ignored(layers, input_shape):
        return trace(layers, input_shape, strided=False)

    @mistake("Your channels stay. A convolution gives one feature map for each filter: the last number is `filters`.")
    def channels_stay(layers, input_shape):
        return trace(
            layers,
            input_shape,
            change=lambda layer, before, after: (*after[:2], before[2]) if layer["layer"] == "Conv2D" else after,
        )

    @mistake("Your list starts with the shape of the input. It should hold one shape for each layer: what comes *out*.")
    def with_the_input(layers, input_shape):
        return [tuple(input_shape), *trace(layers, input_shape)]

    @mistake("You return the last shape. All of them are asked for: a list with one shape for each layer.")
    def last_only(layers, input_shape):
        return [tuple(input_shape), *trace(layers, input_shape)][-1]

    @mistake(
        "Your dense layer flattens its input. It does not: it works along the last axis and leaves the others alone,"
        " (H, W, C) -> (H, W, units). That is why a Flatten stands before it in most networks."
    )
    def dense_flattens(layers, input_shape):
        return trace(
            layers,
            input_shape,
            change=lambda layer, before, after: after[-1:] if layer["layer"] == "Dense" else after,
        )

    @mistake("Your global average keeps two axes of length 1. Height and width are gone: (C,) is left.")
    def global_keeps_axes(layers, input_shape):
        return trace(
            layers,
            input_shape,
            change=lambda layer, before, after: (1, 1, *after) if layer["layer"] == "GlobalAveragePooling2D" else after,
        )

    @mistake("Your heights and widths are swapped: a shape is (height, width, channels), like an image array's.")
    def swapped(layers, input_shape):
        return [(s[1], s[0], s[2]) if len(s) == 3 else s for s in trace(layers, input_shape)]

    @mistake(
        "Your shapes are right, up to the layer whose window no longer fits. There it should stop: `raise "
        "ValueError(...)`; Keras refuses to build such a network as well."
    )
    def no_error(layers, input_shape):
        return trace(layers, input_shape, refuse=False)

    @right_answer
    def with_a_function_for_each_kind(layers, input_shape):
        def side(n, k, s, padding, d=1):
            places = len(range(0, n if padding == "same" else n - d * (k - 1), s))
            if places < 1:
                raise ValueError(f"{k} on {n}")
            return places

        shapes = [input_shape]
        for layer in layers:
            *sides, channels = shapes[-1]
            padding, kind = layer.get("padding", "valid"), layer["layer"]
            if kind == "Conv2D":
                k, s, d = layer["kernel_size"], layer.get("strides", 1), layer.get("dilation_rate", 1)
                shapes.append((*(side(n, k, s, padding, d) for n in sides), layer["filters"]))
            elif kind.endswith("Pooling2D") and not kind.startswith("Global"):
                k = layer["pool_size"]
                shapes.append((*(side(n, k, layer.get("strides", k), padding) for n in sides), channels))
            elif kind == "Dense":
                shapes.append((*sides, layer["units"]))
            else:
                shapes.append((channels,) if kind.startswith("Global") else (math.prod(shapes[-1]),))
        return shapes[1:]

    @right_answer
    def by_running_zeros_through(layers, input_shape):
        picture, found = np.zeros(input_shape, np.int8), []
        for layer in layers:
            kind = layer["layer"]
            if kind == "Flatten":
                picture = picture.ravel()
            elif kind == "GlobalAveragePooling2D":
                picture = picture.max(axis=(0, 1))
            elif kind == "Dense":
                picture = np.zeros((*picture.shape[:-1], layer["units"]), np.int8)
            else:
                k = layer.get("pool_size", layer.get("kernel_size"))
                s = layer.get("strides", layer.get("pool_size", 1))
                reach = layer.get("dilation_rate", 1) * (k - 1) + 1
                if layer.get("padding") == "same":
                    picture = picture[::s, ::s]
                else:  # NumPy raises ValueError for a window larger than the picture
                    picture = sliding_window_view(picture, (reach, reach), axis=(0, 1))[::s, ::s, :, 0, 0]
                if kind == "Conv2D":
                    picture = np.zeros((*picture.shape[:2], layer["filters"]), np.int8)
            found.append(picture.shape)
        return found

    @right_answer
    def with_a_generator_and_match(layers, input_shape):
        def size(n, k, s=1, d=1, padding="valid"):
            free = n - 1 if padding == "same" else n - 1 - (k - 1) * d
            if free < 0:
                raise ValueError(f"a window of {(k - 1) * d + 1} on {n}")
            return free // s + 1

        def shapes(shape):
            for layer in layers:
                rest = {"padding": layer.get("padding", "valid"), "d": layer.get("dilation_rate", 1)}
                match layer, shape:
                    case {"layer": "Conv2D", "filters": filters, "kernel_size": k}, (h, w, _):
                        s = layer.get("strides", 1)
                        shape = size(h, k, s, **rest), size(w, k, s, **rest), filters
                    case {"layer": "MaxPooling2D" | "AveragePooling2D", "pool_size": k}, (h, w, channels):
                        s = layer.get("strides", k)
                        shape = size(h, k, s, **rest), size(w, k, s, **rest), channels
                    case {"layer": "GlobalAveragePooling2D"}, (_, _, channels):
                        shape = (channels,)
                    case {"layer": "Flatten"}, _:
                        shape = (math.prod(shape),)
                    case {"layer": "Dense", "units": units}, (*others, _):
                        shape = (*others, units)
                yield shape

        return list(shapes(input_shape))

    @right_answer
    def with_recursion_and_arrays(layers, input_shape):
        if len(layers) == 0:
            return []
        first, *rest = layers
        kind, shape = first["layer"], np.array(input_shape)
        if "kernel_size" in first or "pool_size" in first:
            k = first.get("kernel_size") or first["pool_size"]
            s = first.get("strides") or first.get("pool_size", 1)
            if first.get("padding") != "same":
                shape[:2] -= (k - 1) * first.get("dilation_rate", 1)
            if min(shape[:2]) < 1:
                raise ValueError("the window is larger than the picture")
            shape[:2] = np.ceil(shape[:2] / s)
            shape[2] = first.get("filters", shape[2])
        elif kind == "Flatten":
            shape = shape.prod(keepdims=True)
        elif kind == "Dense":
            shape[-1] = first["units"]
        else:
            shape = shape[-1:]
        return [tuple(shape), *TraceShapes.right_answers["with_recursion_and_arrays"](rest, tuple(shape))]

    @right_answer
    def with_a_class(layers, input_shape):
        class Network:
            def __init__(self, shape):
                self.shape = list(shape)

            def slide(self, reach, step, padding):
                for axis in (0, 1):
                    n = self.shape[axis]
                    if padding == "valid" and reach > n:
                        raise ValueError(f"{reach} > {n}")
                    self.shape[axis] = len(range(0, n if padding == "same" else n - reach + 1, step))

            def Conv2D(self, filters, kernel_size, strides=1, padding="valid", dilation_rate=1):
                self.slide(dilation_rate * (kernel_size - 1) + 1, strides, padding)
                self.shape[2] = filters

            def MaxPooling2D(self, pool_size, strides=None, padding="valid"):
                self.slide(pool_size, strides or pool_size, padding)

            AveragePooling2D = MaxPooling2D

            def GlobalAveragePooling2D(self):
                del self.shape[:2]

            def Flatten(self):
                self.shape = [math.prod(self.shape)]

            def Dense(self, units):
                self.shape[-1] = units

        network, found = Network(input_shape), []
        for layer in layers:
            settings = dict(layer)
            getattr(network, settings.pop("layer"))(**settings)
            found.append(tuple(network.shape))
        return found
