import numpy as np

from autograder.exercise import exercise, mistake, probe

from .shared import BUILD, LAYERS


@exercise("frame_lengths", points=2, objective=BUILD, all_or_nothing=True)
class FrameLengths:
    """The number of frames after each of the six convolutional layers, a list of six; ValueError where none would be left."""

    def oracle(l0):
        import keras

        shape, lengths = (None, l0, 1), []
        for kernel, pool in LAYERS:
            if shape[1] < kernel:
                raise ValueError(f"{shape[1]} frames are too few for a kernel of {kernel}")
            shape = keras.layers.Conv1D(1, kernel).compute_output_shape(shape)
            shape = keras.layers.MaxPooling1D(pool).compute_output_shape(shape)
            if shape[1] < 1:
                raise ValueError("no frame is left after pooling")
            lengths.append(int(shape[1]))
        return lengths

    examples = [
        probe(1014),
        probe(123),
        probe(260),
        probe(149),
        probe(122),
        probe(1),
        probe(151),
        probe(275),
    ]

    def hidden(rng):
        for l0 in (*rng.choice(np.arange(130, 1014), size=6, replace=False).tolist(), 2022, 150, 124):
            yield probe(int(l0))
        yield probe(int(rng.integers(1, 122)))
        yield probe(100)

    rounds_up = mistake(
        "Pooling rounds down: frames that do not fill a whole group of three are left out. Yours rounds up.",
        lambda l0: refused(lengths_with(l0, lambda n, k: n - k + 1, lambda n, s: -(-n // s))),
    )

    rounds_to_nearest = mistake(
        "You round to the nearest whole number. Pooling rounds down: frames that do not fill a whole group of three are left "
        "out, be it one or two of them.",
        lambda l0: refused(lengths_with(l0, lambda n, k: n - k + 1, lambda n, s: round(n / s))),
    )

    @mistake(
        "These are the lengths before pooling. After layers 1, 2 and 6 the frames are pooled by three, and the next layer "
        "only sees what is left."
    )
    def before_pooling(l0):
        pooled = FrameLengths.oracle(l0)
        return [n - k + 1 for n, (k, _) in zip([l0, *pooled], LAYERS, strict=False)]

    same_padding = mistake(
        "Your layers do not shorten the text but by pooling: that is `same` padding. The paper's are `valid`: n - k + 1.",
        lambda l0: refused(lengths_with(l0, lambda n, k: n, lambda n, s: n // s)),
    )
    one_place_too_few = mistake(
        "Off by one: a kernel of k fits at n - k + 1 places along n frames, not at n - k.",
        lambda l0: refused(lengths_with(l0, lambda n, k: n - k, lambda n, s: n // s)),
    )
    all_sevens = mistake(
        "All your kernels are 7 wide. Only the first two are; layers 3 to 6 have kernels of 3.",
        lambda l0: refused(lengths_with(l0, lambda n, k: n - 6, lambda n, s: n // s)),
    )
    pools_everywhere = mistake(
        "You pool by three after every layer. Only layers 1, 2 and 6 are followed by pooling.",
        lambda l0: refused(lengths_with(l0, lambda n, k: n - k + 1, lambda n, s: n // 3)),
    )
    never_pools = mistake(
        "The pooling is missing: after layers 1, 2 and 6, three frames become one.",
        lambda l0: refused(lengths_with(l0, lambda n, k: n - k + 1, lambda n, s: n)),
    )

    @mistake(
        "That is the paper's formula (l0 - 96) / 27, which gives the last length only. Asked for is a list of all six, and they "
        "do not depend on that division coming out even."
    )
    def formula(l0):
        if l0 < 123:
            raise ValueError(l0)
        return (l0 - 96) // 27

    true_division = mistake(
        "Your lengths are floats: `/` leaves thirds of a frame. Whole frames only: `//` divides and rounds down.",
        lambda l0: refused(lengths_with(l0, lambda n, k: n - k + 1, lambda n, s: n / s if s > 1 else n)),
    )
    never_refuses = mistake(
        "The lengths are right, but a text that is too short gets lengths too. Where no frame would be left, raise ValueError.",
        lambda l0: lengths_with(l0, lambda n, k: n - k + 1, lambda n, s: n // s),
    )


def lengths_with(l0, convolve, pool):
    """The length after each layer, for rules of how a convolution and a pooling shorten."""
    lengths = []
    for kernel, size in LAYERS:
        l0 = pool(convolve(l0, kernel), size)
        lengths.append(l0)
    return lengths


def refused(lengths):
    """The lengths, or ValueError where nothing is left."""
    if min(lengths) < 1:
        raise ValueError("too short a text")
    return lengths
