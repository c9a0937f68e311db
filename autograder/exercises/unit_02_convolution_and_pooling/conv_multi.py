import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from autograder.exercise import exercise, mistake, probe

from .shared import AS_EXACT_AS_FLOAT32, BY_HAND, CHANNELS, image


@exercise("conv_multi", points=3, objective=CHANNELS, rules=BY_HAND, **AS_EXACT_AS_FLOAT32)
class ConvMulti:
    """Feature maps of an (H, W, C) image under (k, k, C, F) filters and F biases: (H - k + 1, W - k + 1, F)."""

    def oracle(x, w, b):
        import tensorflow as tf

        batch = tf.constant(np.asarray(x, float)[None])
        maps = tf.nn.conv2d(batch, tf.constant(np.asarray(w, float)), strides=1, padding="VALID")
        return tf.nn.bias_add(maps, tf.constant(np.asarray(b, float))).numpy()[0]

    examples = [
        probe(
            np.array([[[1, 2], [0, 1]], [[3, 0], [1, 1]]]),
            np.array([[[[1], [2]], [[0], [1]]], [[[-1], [0]], [[3], [1]]]]),
            np.array([10]),
        ),
        probe(
            np.arange(24).reshape(3, 4, 2) % 7,
            np.array([[[[1, 0], [2, 1]], [[0, 3], [1, 0]]], [[[-1, 2], [0, 1]], [[3, 0], [1, -2]]]]),
            np.array([10, -20]),
        ),
        probe(
            np.arange(48).reshape(4, 4, 3) % 11 - 4.0,
            (np.arange(54).reshape(3, 3, 3, 2) * 5 % 9 - 3.0),
            np.array([0.5, -0.25]),
        ),
        probe(np.arange(12).reshape(2, 3, 2) * 40 % 251, np.arange(4).reshape(1, 1, 2, 2) + 1, np.array([0, 5])),
        probe(
            (np.arange(18).reshape(3, 3, 2) * 37 % 256).astype(np.uint8),
            (np.arange(8).reshape(2, 2, 2, 1) * 30).astype(np.uint8),
            np.array([200], np.uint8),
        ),
        probe(
            np.arange(20).reshape(4, 5, 1) % 6,
            np.array([[[[1, 2, -1]], [[0, 1, 3]]], [[[2, 0, 0]], [[1, -1, 1]]]]),
            np.array([1, 2, 3]),
        ),
        probe(np.array([[[4, 1], [2, 3]]]), np.array([[[[0.5], [0.25]]]]), np.array([0.125])),
    ]

    def hidden(rng):
        for size, channels, filters in ((2, 3, 4), (3, 2, 1), (3, 3, 5), (1, 4, 2), (2, 1, 3)):
            bias = rng.permutation(filters) + 1.0
            yield probe(
                image(rng, 5, 6 * channels).reshape(5, 6, channels), filter_bank(rng, size, channels, filters), bias
            )
        for size in (2, 3):
            yield probe(
                np.round(rng.normal(size=(6, 4, 3)), 3), filter_bank(rng, size, 3, 3), np.array([-2.0, 0.0, 7.0])
            )
        yield probe(image(rng, 3, 8, "ints").reshape(3, 4, 2), filter_bank(rng, 2, 2, 2) / 4, np.array([0.5, -0.25]))
        small, weights = image(rng, 3, 6).reshape(3, 3, 2), rng.integers(0, 200, (3, 3, 2, 2))
        yield probe(small, weights.astype(np.uint8), np.array([200, 100], np.uint8))
        yield probe(image(rng, 1, 6, "ints").reshape(1, 3, 2), filter_bank(rng, 1, 2, 2), np.array([3.0, -1.0]))

    channel_sum_missing = mistake(
        "The sum over the channels is missing: you keep one map for every pair of channel and filter. A filter looks "
        "at all channels at once and gives one number for each place.",
        lambda x, w, b: per_channel(x, w) + b,
    )
    first_channel_only = mistake(
        "Your filters only look at the first channel. Each has a slice for every channel; add up what they give.",
        lambda x, w, b: per_channel(x, w)[:, :, 0] + b,
    )
    channel_mean = mistake(
        "You average over the channels. A filter adds up what its slices give; there is no division.",
        lambda x, w, b: per_channel(x, w).mean(axis=2) + b,
    )
    bias_per_pixel = mistake(
        "You add the bias once per pixel of the window, so it counts k * k * C times. "
        "It is added once to each number of the feature map, after the sum.",
        lambda x, w, b: per_channel(x, w).sum(axis=2) + np.prod(w.shape[:3]) * b,
    )
    bias_per_channel = mistake(
        "You add the bias once per channel, so it counts C times. Add it after the sum over the channels, once.",
        lambda x, w, b: (per_channel(x, w) + b).sum(axis=2),
    )
    bias_forgotten = mistake(
        "The bias is missing: each filter adds its own number to its whole feature map.",
        lambda x, w, b: per_channel(x, w).sum(axis=2),
    )
    flipped = mistake(
        "Your filters are flipped. A network's layer correlates: it lays each filter on the window as it is.",
        lambda x, w, b: per_channel(x, w[::-1, ::-1]).sum(axis=2) + b,
    )
    channels_first = mistake(
        "Your feature maps come first: (F, H', W'). In this course, as in TensorFlow, channels are the last axis.",
        lambda x, w, b: np.moveaxis(per_channel(x, w).sum(axis=2) + b, 2, 0),
    )

    overflow = mistake(
        "Integer overflow: picture and filters are both uint8 in this example, so their products start again at 0 beyond 255. Turn "
        "both into floats first.",
        lambda x, w, b: maps(x, w, b, np.asarray),
    )

    last_channel_only = mistake(
        "Only the last channel counts: what it gives replaces what the channels before it gave, as `=` does in place of `+=`. Add up "
        "what all channels give.",
        lambda x, w, b: maps(x[:, :, -1:], w[:, :, -1:], b, lambda a: np.asarray(a, float)),
    )
    one_bias = mistake(
        "You add the first bias to all feature maps. Each filter has its own: b[f].",
        lambda x, w, b: maps(x, w, np.full(len(b), b[0]), lambda a: np.asarray(a, float)),
    )


def per_channel(x, w):
    """Each channel filtered by each filter's slice, not yet summed: (H, W, C), (k, k, C, F) -> (H', W', C, F)."""
    windows = sliding_window_view(np.asarray(x, float), w.shape[:2], axis=(0, 1))  # (H', W', C, k, k)
    return np.einsum("ijcab,abcf->ijcf", windows, np.asarray(w, float))


def filter_bank(rng, size, channels, filters):
    """Random weights (size, size, channels, filters) of small integers as float64."""
    return rng.integers(-4, 5, (size, size, channels, filters)).astype(float)


def maps(x, w, b, convert):
    """The feature maps of what `convert` makes of picture and filters."""
    x, w = convert(x), convert(w)
    k = w.shape[0]
    result = np.zeros((x.shape[0] - k + 1, x.shape[1] - k + 1, w.shape[3]))
    for i, j in np.ndindex(*result.shape[:2]):
        products = x[i : i + k, j : j + k, :, None] * w
        result[i, j] = products.astype(float).sum(axis=(0, 1, 2)) + b
    return result
