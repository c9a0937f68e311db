import numpy as np

from autograder.exercise import exercise, mistake, probe

from .shared import CONVOLVE


@exercise("temporal_pool", points=1, objective=CONVOLVE)
class TemporalPool:
    """The largest of every k frames, channel by channel, without overlap: (n, length, channels) -> (n, length // k, channels)."""

    def oracle(x, k):
        import keras

        return np.asarray(keras.layers.MaxPooling1D(k, dtype="float64")(np.asarray(x, float)))

    examples = [
        probe(np.array([[[1.0, -4.0], [3.0, -2.0], [2.0, -5.0], [0.0, -1.0]]]), 2),
        probe(np.array([[[5.0], [1.0], [2.0], [4.0], [3.0], [9.0], [8.0]]]), 3),
        probe(np.array([[[-5.0], [-1.0], [-2.0], [-4.0], [-3.0]], [[2.0], [2.5], [7.0], [-6.0], [6.0]]]), 2),
        probe(np.array([[[1.0, 9.0], [4.0, 2.0], [3.0, 5.0]]]), 3),
        probe(np.array([[[2.0], [7.0], [5.0]]]), 1),
        probe(np.array([[[6.0], [1.0]], [[-3.0], [-3.0]]]), 2),
        probe(np.array([[[1.0, 8.0], [2.0, 7.0], [6.0, 3.0], [5.0, 4.0], [9.0, 0.0], [0.0, 2.0]]]), 3),
    ]

    def hidden(rng):
        for k in (1, 2, 3, 3, 4, 5):
            yield probe(rng.normal(-1, 2, size=(rng.integers(1, 4), rng.integers(11, 20), rng.integers(1, 6))), k)

    rounds_up = mistake(
        "You round up: frames that no longer fill a whole group of k are left out here, as in the paper and in Keras.",
        lambda x, k: np.stack([x[:, i : i + k].max(axis=1) for i in range(0, x.shape[1], k)], axis=1),
    )
    padded_with_zeros = mistake(
        "You fill the last group up with zeros. It is left out; and where all frames are negative, a zero would even win.",
        lambda x, k: grouped(np.pad(x, [(0, 0), (0, -x.shape[1] % k), (0, 0)]), k).max(axis=2),
    )
    overlapping = mistake(
        "Your groups overlap: they move on by one frame. Move on by k, so that each frame is in one group.",
        lambda x, k: np.stack([x[:, i : i + k].max(axis=1) for i in range(x.shape[1] - k + 1)], axis=1),
    )
    mean = mistake(
        "You take the mean of each group; max-pooling keeps the largest.",
        lambda x, k: grouped(x, k).mean(axis=2),
    )
    leaves_out_the_first = mistake(
        "You leave frames out at the beginning. Groups are counted from the first frame; what is left over is at the end.",
        lambda x, k: grouped(x[:, x.shape[1] % k :], k).max(axis=2),
    )
    reshaped_without_cutting = mistake(
        "`reshape` fails where the frames do not fill whole groups of k: cut the rest off first, x[:, : length // k * k].",
        lambda x, k: x.reshape(len(x), -1, k, x.shape[2]).max(axis=2),
    )
    first_of_each = mistake(
        "You keep the first frame of each group. Keep the largest of the group, for each channel.",
        lambda x, k: grouped(x, k)[:, :, 0].copy(),
    )
    frames_far_apart = mistake(
        "You reshape to (n, k, groups, channels), and so a group gets frames that are far apart: the last axis but one runs "
        "fastest. The k frames of a group follow one another: (n, groups, k, channels), and the largest along axis 2.",
        lambda x, k: (
            np.asarray(x)[:, : x.shape[1] // k * k].reshape(len(x), k, x.shape[1] // k, x.shape[2]).max(axis=1)
        ),
    )
    channels_before_frames = mistake(
        "You reshape as if the channels came before the frames, which mixes the two. The channels are the last axis and stay it: "
        "(n, groups, k, channels).",
        lambda x, k: (
            np.asarray(x)[:, : x.shape[1] // k * k].reshape(len(x), x.shape[1] // k, x.shape[2], k).max(axis=3)
        ),
    )
    over_groups = mistake(
        "You take the largest over the groups, not within them: of (n, groups, k, channels) that is axis 2.",
        lambda x, k: grouped(x, k).max(axis=1),
    )
    over_channels = mistake(
        "You pool over the channels too. Each channel keeps its own largest number.",
        lambda x, k: grouped(x, k).max(axis=(2, 3)),
    )


def grouped(x, k):
    """Whole groups of k frames: (n, length // k, k, channels)."""
    n, length, channels = np.shape(x)
    return np.asarray(x)[:, : length // k * k].reshape(n, length // k, k, channels)
