import numpy as np

from autograder.exercise import exercise, mistake, probe

from .shared import CONVOLVE

TWO_CHANNELS = np.array([[[1.0], [2.0]], [[10.0], [20.0]]])  # (2, 2, 1)
THREE_CHANNELS = np.array(
    [[[1, -1], [2, 0], [3, 5]], [[10, 7], [20, -10], [30, 0]], [[100, 3], [200, 1], [300, -2]]], float
)  # (3, 3, 2)


@exercise("lookup_conv", points=3, objective=CONVOLVE, rtol=1e-4, atol=1e-5)
class LookupConv:
    """The valid temporal convolution of one-hot characters, from their ids: (n, length) -> (n, length - k + 1, filters)."""

    def oracle(ids, w, b):
        import tensorflow as tf

        one_hot = tf.one_hot(np.asarray(ids).astype("int64") - 1, w.shape[1], dtype="float64")  # id 0: a row of zeros
        return (tf.nn.conv1d(one_hot, tf.constant(w, "float64"), stride=1, padding="VALID") + b).numpy()

    examples = [
        probe(np.array([[1, 2, 0]]), TWO_CHANNELS, np.array([0.5])),
        probe(np.array([[2, 0, 1, 1, 0]]), TWO_CHANNELS, np.array([-1.0])),
        probe(np.array([[3, 1, 2, 2, 0, 0], [1, 3, 0, 0, 0, 0]]), THREE_CHANNELS, np.array([0.5, -0.5])),
        probe(
            np.array([[1, 0, 2], [2, 2, 1]]), np.array([[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]]), np.array([0.0, 0.5, 1.0])
        ),
        probe(np.array([[2, 1]]), TWO_CHANNELS, np.array([1.0])),
    ]

    def hidden(rng):
        for k, channels, filters in ((1, 4, 3), (2, 5, 1), (3, 7, 4), (5, 70, 6), (7, 70, 8)):
            ids = rng.integers(0, channels + 1, size=(rng.integers(1, 5), rng.integers(8, 30)))
            ids[:, -2:], ids[:, 0] = 0, channels
            yield probe(ids, rng.normal(size=(k, channels, filters)), rng.normal(size=filters))
        ids = rng.integers(0, 71, size=(3, 40)).astype("int32")
        ids[0, :2] = 70, 0
        yield probe(ids, rng.normal(size=(7, 70, 5)).astype("float32"), rng.normal(size=5).astype("float32"))

    padding_is_the_last_row = mistake(
        "Your padding is not zero: id 0 becomes index -1, which is the *last* row of the weights. Put a row of zeros in front "
        "of the table and look the ids up as they are.",
        lambda ids, w, b: slid(w[:, np.asarray(ids).astype(int) - 1], b),
    )
    padding_is_the_first_row = mistake(
        "Your id 0 takes the row of character 1. Where the id is 0, nothing is to be added: put a row of zeros in front of the table and "
        "look the ids up as they are.",
        lambda ids, w, b: slid(w[:, np.maximum(np.asarray(ids).astype(int) - 1, 0)], b),
    )
    ids_as_rows = mistake(
        "Off by one: character 1 has row 0 of the weights. Looked up as they are, your ids all get the next character's row, and "
        "the last one gets none.",
        lambda ids, w, b: slid(w[:, np.asarray(ids)], b),
    )
    zero_row_behind = mistake(
        "Off by one: the row of zeros belongs in *front* of the table, where id 0 looks; yours is behind it.",
        lambda ids, w, b: slid(np.concatenate([w, np.zeros_like(w[:, :1])], axis=1)[:, np.asarray(ids)], b),
    )
    flipped = mistake(
        "Your kernel is turned round: its place 0 meets the last character of the window, and it should meet the *first*. (The "
        "formula in the paper turns it; the layers of a network do not.)",
        lambda ids, w, b: slid(rows_of(w[::-1], ids), b),
    )
    no_bias = mistake(
        "The bias is missing: add b once to every frame.",
        lambda ids, w, b: slid(rows_of(w, ids), 0 * b),
    )
    bias_at_every_place = mistake(
        "You add the bias at every place of the kernel, so it counts k times. Add it once, after the sum.",
        lambda ids, w, b: slid(rows_of(w, ids), len(w) * b),
    )
    not_moved = mistake(
        "Each place of the kernel sees the same character: place j looks at the character j steps further on.",
        lambda ids, w, b: rows_of(w, ids).sum(axis=0)[:, : np.shape(ids)[1] - len(w) + 1] + b,
    )

    @mistake(
        "You have as many frames as characters: zeros were added at the ends. Here the kernel stays inside: length - k + 1 frames."
    )
    def same_padding(ids, w, b):
        before = (len(w) - 1) // 2
        return slid(rows_of(w, np.pad(ids, [(0, 0), (before, len(w) - 1 - before)])), b)

    one_frame_short = mistake(
        "You stop one frame too early: a kernel of k fits at length - k + 1 places, the first and the last included.",
        lambda ids, w, b: slid(rows_of(w, ids), b)[:, :-1],
    )

    @mistake(
        "You take the zeros out of the window, so that the characters behind them move up to other places of the kernel. Each "
        "character stays at its place: where the id is 0, nothing is added."
    )
    def zeros_taken_out(ids, w, b):
        k, _, filters = w.shape
        out = np.zeros((len(ids), ids.shape[1] - k + 1, filters)) + b
        for row, frames in zip(ids, out, strict=True):
            for i, frame in enumerate(frames):
                for j, character in enumerate(row[i : i + k][row[i : i + k] > 0]):
                    frame += w[j, character - 1]
        return out

    @mistake(
        "At the first zero of a window you stop, and what comes after it is not added. A zero adds nothing, and the places behind it "
        "count: pass over it (`continue`), do not leave the loop (`break`)."
    )
    def stops_at_a_zero(ids, w, b):
        gone = np.ones((len(ids), np.shape(ids)[1] - len(w) + 1), bool)
        total = np.zeros((*gone.shape, w.shape[2]))
        for j, rows in enumerate(rows_of(w, ids)):
            gone = gone & (ids[:, j : j + gone.shape[1]] > 0)
            total += rows[:, j : j + gone.shape[1]] * gone[..., None]
        return total + b

    overwritten = mistake(
        "Each place of the kernel replaces what the places before it gave. Add them up: look for an `=` that should be `+=`.",
        lambda ids, w, b: slid(rows_of(w, ids)[-1:], b)[:, len(w) - 1 :],
    )
    bias_for_each_character = mistake(
        "You add the bias for each character of the window. Add it once, after the sum.",
        lambda ids, w, b: slid(rows_of(w, ids), b) + b * (slid(rows_of(np.ones_like(w[:, :, :1]), ids), 0.0) - 1),
    )


def rows_of(w, ids, missing=0.0):
    """w (k, channels, filters) looked up by ids (n, length): (k, n, length, filters); `missing` for id 0."""
    found = w[:, np.asarray(ids) - 1]
    found[:, np.asarray(ids) == 0] = missing
    return found


def slid(found, b):
    """The sum over the kernel's places, each moved along by one, plus b: (n, length - k + 1, filters)."""
    places = found.shape[2] - len(found) + 1
    return sum(rows[:, j : j + places] for j, rows in enumerate(found)) + b
