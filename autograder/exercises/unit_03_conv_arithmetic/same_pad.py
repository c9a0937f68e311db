import math

from autograder.exercise import exercise, mistake, probe

from .shared import BY_HAND, SIZES


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
        probe(7, 1, 3),
        probe(4, 9, 1),
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

    half_kernel = mistake(
        "You put the same on both sides, half the kernel. An even kernel with stride 1 needs an odd number of zeros,"
        " and a stride changes how many are needed at all.",
        lambda n, k, s: (k // 2, k // 2),
    )
    half_kernel_rounded_down = mistake(
        "You put (k - 1) // 2 on both sides. An even kernel then has one zero too few, and a stride changes how many"
        " are needed at all.",
        lambda n, k, s: ((k - 1) // 2, (k - 1) // 2),
    )

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

    extra_before = mistake(
        "Your numbers are swapped where they differ: TensorFlow puts the odd zero behind the input.",
        lambda n, k, s: halves(max(0, missing_zeros(n, k, s)))[::-1],
    )
    stride_ignored = mistake(
        "You ignore the stride: k - 1 zeros keep the size at stride 1. With stride s the last window starts at "
        "(places - 1) s and need not reach as far.",
        lambda n, k, s: ((k - 1) // 2, k // 2),
    )
    negative = mistake(
        "Your numbers can become negative: where the stride jumps over the end nothing is missing, and no pixel is "
        "taken away. `max(0, ...)`.",
        lambda n, k, s: halves(missing_zeros(n, k, s)),
    )
    kernel_less_stride = mistake(
        "You add k - s zeros. That is right where the stride divides the picture; elsewhere the last started stride is "
        "shorter, and more is missing.",
        lambda n, k, s: halves(max(0, k - s)),
    )

    @mistake("Half a zero cannot be added: where the number is odd, one side gets more. `//` rounds down.")
    def half_zeros(n, k, s):
        total = max(0, missing_zeros(n, k, s))
        return total / 2, total / 2

    keeps_the_size = mistake(
        "You pad until the output is as large as the *input*. With a stride, 'same' means one output for every started "
        "stride: ceil(n / s), and far fewer zeros.",
        lambda n, k, s: halves(max(0, (n - 1) * s + k - n)),
    )
    places_rounded_down = mistake(
        "You round n / s down. 'same' gives an output to every *started* stride: 7 pixels at stride 3 have 3 outputs, "
        "ceil(7 / 3).",
        lambda n, k, s: halves(max(0, (n // s - 1) * s + k - n)),
    )


def missing_zeros(n, k, s):
    """Zeros that 'same' needs in all; below 0 where the stride jumps over the end."""
    return (math.ceil(n / s) - 1) * s + k - n


def halves(total):
    """(before, after): an odd zero goes behind."""
    return total // 2, total - total // 2
