"""Unit 08: text as characters: look-up convolution, the paper's nets, augmentation by thesaurus, errors side by side.

What the exercises of this unit keep to:

- id 0 is "no character of the alphabet": padding, a space, anything unknown; its row of channels is all zero;
- a text fills its row from the front, and what is over is cut off at its end *before* it is read backwards;
- a function that draws lots gets a NumPy Generator `rng` and is judged by how often it gives what (`course_utils.chance`):
  each share may be off by five standard deviations and more, so that luck decides nothing.
"""

from fractions import Fraction
from itertools import combinations, product

import numpy as np

from autograder.exercise import exercise, mistake, probe, right_answer
from course_utils.chance import often
from course_utils.expect import model
from course_utils.values import ask

QUANTIZE = "turn a text into the ids of its characters"
CONVOLVE = "compute a temporal convolution by look-up, and pool over time"
BUILD = "predict the frames of a nine-layer net, and build it to its layer table"
AUGMENT = "replace words by synonyms with the right chances"
COMPARE = "follow a training schedule, and set errors side by side"

#: Zhang, Zhao and LeCun (2015): 26 letters, 10 digits, 33 other characters (the hyphen is among them twice) and the new line.
ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789-,;.!?:'\"/\\|_@#$%^&*~`+-=<>()[]{}\n"

ABC = "abc"


def place(character, alphabet):
    """The id of a lower-case character: its place, counted from 1, or 0."""
    return alphabet.find(character) + 1


def fill(ids, length):
    """Zeros behind the ids up to `length`; what is longer is cut."""
    return np.array([*ids, *[0] * length][:length])


@exercise("quantize", points=2, objective=QUANTIZE)
class Quantize:
    """The ids of a text's characters, (length,) integers: the place in the alphabet, counted from 1; 0 for anything else."""

    def oracle(text, alphabet, length, reverse):
        ids = {character: number for number, character in enumerate(alphabet, start=1)}
        row = np.zeros(length, int)
        kept = text.lower()[:length]
        for i, character in enumerate(kept):
            row[len(kept) - 1 - i if reverse else i] = ids.get(character, 0)
        return row

    examples = [
        probe("Cab", ABC, 5, False),
        probe("a cab!", ABC, 8, False),
        probe("a cB", ABC, 6, True),
        probe("abccb", ABC, 3, False),
        probe("abccb", ABC, 3, True),
        probe("It's 5 pm, isn't it?\nYes.", ALPHABET, 30, True),
    ]

    def hidden(rng):
        known = ALPHABET.replace("-", "")  # which of its two places a hyphen gets does not matter
        characters = list(known.upper() + known + "   éß")
        for length in (4, 12, 40, 100, 200):
            for reverse in (False, True):
                text = "".join(rng.choice(characters, size=rng.integers(5, 60)))
                yield probe(text, ALPHABET, length, reverse)
        letters = "".join(rng.permutation(list("xyzuvw+*/")))
        yield probe("".join(rng.choice([*letters, " "], size=25)), letters, 25, bool(rng.integers(2)))

    @mistake(
        "What is not in the alphabet gets an id of its own here, and so a channel of its own. In the paper it has none: "
        "spaces and unknown characters are 0, all channels zero, like the padding."
    )
    def unknown_has_an_id(text, alphabet, length, reverse):
        kept = [place(c, alphabet) or len(alphabet) + 1 for c in text.lower()[:length]]
        return fill(kept[::-1] if reverse else kept, length)

    @mistake(
        "You leave out what is not in the alphabet, spaces above all, so that words run together. Each character keeps its "
        "place: write 0 there."
    )
    def unknown_lost(text, alphabet, length, reverse):
        kept = [place(c, alphabet) for c in text.lower() if c in alphabet][:length]
        return fill(kept[::-1] if reverse else kept, length)

    @mistake(
        "Capital letters are 0 in your result. The alphabet has lower-case letters only: turn the text into lower case first."
    )
    def case_kept(text, alphabet, length, reverse):
        kept = [place(c, alphabet) for c in text[:length]]
        return fill(kept[::-1] if reverse else kept, length)

    @mistake(
        "Off by one, and `find` says -1 for what it does not find: ids count from 1 (`a` is 1), so that 0 is left for what is "
        "not in the alphabet. As an index, -1 would quietly be the last row of a table."
    )
    def find_as_it_is(text, alphabet, length, reverse):
        kept = [alphabet.find(c) for c in text.lower()[:length]]
        return fill(kept[::-1] if reverse else kept, length)

    @mistake("Off by one: your ids count from 0, so that `a` looks like padding. The first character has id 1.")
    def from_zero(text, alphabet, length, reverse):
        kept = [max(0, alphabet.find(c)) for c in text.lower()[:length]]
        return fill(kept[::-1] if reverse else kept, length)

    @mistake("Your zeros are on the wrong side: the text begins at place 0, and the padding comes after it.")
    def padded_in_front(text, alphabet, length, reverse):
        kept = [place(c, alphabet) for c in text.lower()[:length]]
        return fill((kept[::-1] if reverse else kept)[::-1], length)[::-1].copy()

    @mistake(
        "Read backwards, your row begins with the padding. Turn the text round, not the padded row: its last character comes first."
    )
    def reversed_with_padding(text, alphabet, length, reverse):
        row = fill([place(c, alphabet) for c in text.lower()], length)
        return row[::-1].copy() if reverse else row

    @mistake(
        "Where a text is too long, you turn it round and then cut: that throws its *beginning* away. Cut first, then turn round."
    )
    def reversed_then_cut(text, alphabet, length, reverse):
        ids = [place(c, alphabet) for c in text.lower()]
        return fill(ids[::-1] if reverse else ids, length)

    @mistake("Of a text that is too long you keep the end. Keep its beginning: the first `length` characters.")
    def keeps_the_end(text, alphabet, length, reverse):
        kept = [place(c, alphabet) for c in text.lower()[-length:]]
        return fill(kept[::-1] if reverse else kept, length)

    @mistake("Your result ignores `reverse`: where it is true, the text's last character comes first.")
    def never_reversed(text, alphabet, length, reverse):
        return fill([place(c, alphabet) for c in text.lower()], length)

    @mistake("The ids are right, but the row is as long as the text. Fill it with zeros up to `length`.")
    def not_padded(text, alphabet, length, reverse):
        kept = [place(c, alphabet) for c in text.lower()[:length]]
        return np.array(kept[::-1] if reverse else kept)

    @right_answer
    def with_find(text, alphabet, length, reverse):
        ids = np.array([alphabet.find(character) + 1 for character in text.lower()[:length]], dtype=np.int64)
        row = np.zeros(length, dtype=np.uint8)
        row[: len(ids)] = ids[::-1] if reverse else ids
        return row

    @right_answer
    def with_a_padded_text(text, alphabet, length, reverse):
        text = text[:length].lower()
        if reverse:
            text = text[::-1]
        codes = dict(zip(alphabet, range(1, len(alphabet) + 1), strict=True))
        return np.array([codes.get(character, 0) for character in text.ljust(length, "\0")])

    @right_answer
    def translated(text, alphabet, length, reverse):
        kept = text.lower()[:length]
        numbers = {ord(c): chr(i) for i, c in enumerate(alphabet, 1)} | {
            ord(c): "\0" for c in kept if c not in alphabet
        }
        kept = kept.translate(numbers)
        return np.array([ord(c) for c in (kept[::-1] if reverse else kept)] + [0] * (length - len(kept)))

    @right_answer
    def place_by_place(text, alphabet, length, reverse):
        text = text.lower()[:length]
        row = np.zeros((length,), dtype="int8")
        for i in range(len(text)):
            character = text[-1 - i] if reverse else text[i]
            if character in alphabet:
                row[i] = alphabet.index(character) + 1
        return row

    @right_answer
    def compared_with_the_alphabet(text, alphabet, length, reverse):
        kept = list(text.lower()[:length])
        if reverse:
            kept.reverse()
        same = np.array(kept)[:, None] == np.array(list(alphabet))
        ids = np.where(same.any(axis=1), same.argmax(axis=1) + 1, 0)
        return np.pad(ids, (0, length - len(ids)))

    @right_answer
    def with_a_generator(text, alphabet, length, reverse):
        from itertools import chain, islice, repeat

        def ids():
            for character in text.lower():
                try:
                    yield alphabet.index(character) + 1
                except ValueError:
                    yield 0

        kept = list(islice(ids(), length))
        return np.fromiter(islice(chain(reversed(kept) if reverse else kept, repeat(0)), length), dtype=int)

    @right_answer
    def with_pandas(text, alphabet, length, reverse):
        import pandas as pd

        ids = pd.Series(list(text.lower()[:length])).map({c: i for i, c in enumerate(alphabet, 1)})
        ids = ids[::-1] if reverse else ids
        return ids.reset_index(drop=True).reindex(range(length)).fillna(0).astype(int).to_numpy()


def rows_of(w, ids, missing=0.0):
    """w (k, channels, filters) looked up by ids (n, length): (k, n, length, filters); `missing` for id 0."""
    found = w[:, np.asarray(ids) - 1]
    found[:, np.asarray(ids) == 0] = missing
    return found


def slid(found, b):
    """The sum over the kernel's places, each moved along by one, plus b: (n, length - k + 1, filters)."""
    places = found.shape[2] - len(found) + 1
    return sum(rows[:, j : j + places] for j, rows in enumerate(found)) + b


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
    ]

    def hidden(rng):
        for k, channels, filters in ((1, 4, 3), (2, 5, 1), (3, 7, 4), (5, 70, 6), (7, 70, 8)):
            ids = rng.integers(0, channels + 1, size=(rng.integers(1, 5), rng.integers(8, 30)))
            ids[:, -2:], ids[:, 0] = 0, channels
            yield probe(ids, rng.normal(size=(k, channels, filters)), rng.normal(size=filters))
        ids = rng.integers(0, 71, size=(3, 40)).astype("int32")
        ids[0, :2] = 70, 0
        yield probe(ids, rng.normal(size=(7, 70, 5)).astype("float32"), rng.normal(size=5).astype("float32"))

    @mistake(
        "Your padding is not zero: id 0 becomes index -1, which is the *last* row of the weights. Put a row of zeros in front "
        "of the table and look the ids up as they are."
    )
    def padding_is_the_last_row(ids, w, b):
        return slid(w[:, np.asarray(ids).astype(int) - 1], b)

    @mistake(
        "Off by one: character 1 has row 0 of the weights. Looked up as they are, your ids all get the next character's row, and "
        "the last one gets none."
    )
    def ids_as_rows(ids, w, b):
        return slid(w[:, np.asarray(ids)], b)

    @mistake("Off by one: the row of zeros belongs in *front* of the table, where id 0 looks; yours is behind it.")
    def zero_row_behind(ids, w, b):
        return slid(np.concatenate([w, np.zeros_like(w[:, :1])], axis=1)[:, np.asarray(ids)], b)

    @mistake(
        "Your kernel is turned round: place 0 of the kernel meets the *first* character of the window. (The formula in the "
        "paper turns it; the layers of a network do not.)"
    )
    def flipped(ids, w, b):
        return slid(rows_of(w[::-1], ids), b)

    @mistake("The bias is missing: add b once to every frame.")
    def no_bias(ids, w, b):
        return slid(rows_of(w, ids), 0 * b)

    @mistake("You add the bias at every place of the kernel, so it counts k times. Add it once, after the sum.")
    def bias_at_every_place(ids, w, b):
        return slid(rows_of(w, ids), len(w) * b)

    @mistake("Each place of the kernel sees the same character: place j looks at the character j steps further on.")
    def not_moved(ids, w, b):
        return rows_of(w, ids).sum(axis=0)[:, : np.shape(ids)[1] - len(w) + 1] + b

    @mistake(
        "You have as many frames as characters: zeros were added at the ends. Here the kernel stays inside: length - k + 1 frames."
    )
    def same_padding(ids, w, b):
        before = (len(w) - 1) // 2
        return slid(rows_of(w, np.pad(ids, [(0, 0), (before, len(w) - 1 - before)])), b)

    @mistake(
        "You stop one frame too early: a kernel of k fits at length - k + 1 places, the first and the last included."
    )
    def one_frame_short(ids, w, b):
        return slid(rows_of(w, ids), b)[:, :-1]

    @right_answer
    def table_with_a_zero_row(ids, w, b):
        table = np.pad(w, [(0, 0), (1, 0), (0, 0)])  # (k, 1 + channels, filters)
        frames = ids.shape[1] - len(w) + 1
        return b + sum(table[j][ids[:, j : j + frames]] for j in range(len(w)))

    @right_answer
    def one_hot_windows(ids, w, b):
        from numpy.lib.stride_tricks import sliding_window_view

        one_hot = (np.asarray(ids)[..., None] == np.arange(1, w.shape[1] + 1)).astype(float)
        return np.einsum("nlcj,jcf->nlf", sliding_window_view(one_hot, len(w), axis=1), w) + b

    @right_answer
    def plain_loops(ids, w, b):
        result = []
        for row in ids.tolist():
            frames = []
            for start in range(len(row) - len(w) + 1):
                total = np.array(b, dtype=float)
                for j in range(len(w)):
                    if row[start + j] > 0:
                        total = total + w[j, row[start + j] - 1]
                frames.append(total)
            result.append(frames)
        return np.array(result)

    @right_answer
    def masked(ids, w, b):
        k = len(w)
        frames = ids.shape[1] - k + 1
        total = np.tile(b.astype("float32"), (len(ids), frames, 1))
        for j in range(k):
            part = ids[:, j : j + frames]
            total += np.where(part[..., None] > 0, w[j][part - 1], 0)
        return total

    @right_answer
    def one_row_a_window(ids, w, b):
        k, channels, filters = w.shape
        columns = np.eye(channels + 1)[ids][:, :, 1:]
        frames = range(ids.shape[1] - k + 1)
        windows = np.stack([columns[:, i : i + k].reshape(len(ids), -1) for i in frames], axis=1)
        return windows @ w.reshape(k * channels, filters) + b

    @right_answer
    def layer_of_keras(ids, w, b):
        import keras

        one_hot = keras.utils.to_categorical(ids, w.shape[1] + 1)[..., 1:]
        layer = keras.layers.Conv1D(w.shape[2], w.shape[0])
        layer.build(one_hot.shape)
        layer.set_weights([w, b])
        return np.asarray(layer(one_hot))

    @right_answer
    def correlated_by_scipy(ids, w, b):
        from scipy.signal import correlate

        one_hot = (ids[:, :, None] == 1 + np.arange(w.shape[1])).astype(float)
        texts = [
            np.concatenate([correlate(text, w[:, :, f], mode="valid") for f in range(w.shape[2])], axis=1)
            for text in one_hot
        ]
        return np.array(texts) + b

    @right_answer
    def text_by_text(ids, w, b):
        nothing = np.zeros_like(b)

        def frame(window):
            return b + sum((w[j, c - 1] if c else nothing) for j, c in enumerate(window))

        k = w.shape[0]
        return np.array([[frame(row[i : i + k]) for i in range(len(row) - k + 1)] for row in ids])


def grouped(x, k):
    """Whole groups of k frames: (n, length // k, k, channels)."""
    n, length, channels = np.shape(x)
    return np.asarray(x)[:, : length // k * k].reshape(n, length // k, k, channels)


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
    ]

    def hidden(rng):
        for k in (1, 2, 3, 3, 4, 5):
            yield probe(rng.normal(-1, 2, size=(rng.integers(1, 4), rng.integers(11, 20), rng.integers(1, 6))), k)

    @mistake(
        "You round up: frames that no longer fill a whole group of k are left out here, as in the paper and in Keras."
    )
    def rounds_up(x, k):
        return np.stack([x[:, i : i + k].max(axis=1) for i in range(0, x.shape[1], k)], axis=1)

    @mistake(
        "You fill the last group up with zeros. It is left out; and where all frames are negative, a zero would even win."
    )
    def padded_with_zeros(x, k):
        return grouped(np.pad(x, [(0, 0), (0, -x.shape[1] % k), (0, 0)]), k).max(axis=2)

    @mistake("Your groups overlap: they move on by one frame. Move on by k, so that each frame is in one group.")
    def overlapping(x, k):
        return np.stack([x[:, i : i + k].max(axis=1) for i in range(x.shape[1] - k + 1)], axis=1)

    @mistake("You take the mean of each group; max-pooling keeps the largest.")
    def mean(x, k):
        return grouped(x, k).mean(axis=2)

    @mistake(
        "You leave frames out at the beginning. Groups are counted from the first frame; what is left over is at the end."
    )
    def leaves_out_the_first(x, k):
        return grouped(x[:, x.shape[1] % k :], k).max(axis=2)

    @mistake(
        "`reshape` fails where the frames do not fill whole groups of k: cut the rest off first, x[:, : length // k * k]."
    )
    def reshaped_without_cutting(x, k):
        return x.reshape(len(x), -1, k, x.shape[2]).max(axis=2)

    @mistake("You keep the first frame of each group. Keep the largest of the group, for each channel.")
    def first_of_each(x, k):
        return grouped(x, k)[:, :, 0].copy()

    @mistake("You pool over the channels too. Each channel keeps its own largest number.")
    def over_channels(x, k):
        return grouped(x, k).max(axis=(2, 3))

    @right_answer
    def reshaped(x, k):
        n, length, channels = x.shape
        return x[:, : length - length % k].reshape(n, -1, k, channels).max(2)

    @right_answer
    def group_by_group(x, k):
        return np.stack([x[:, k * i : k * i + k].max(axis=1) for i in range(x.shape[1] // k)], axis=1)

    @right_answer
    def largest_of_slices(x, k):
        end = x.shape[1] // k * k
        return np.maximum.reduce([x[:, i:end:k] for i in range(k)])

    @right_answer
    def layer_of_keras(x, k):
        import keras

        return keras.layers.MaxPooling1D(k)(x).numpy()

    @right_answer
    def reduced_at(x, k):
        whole = x.shape[1] // k * k
        return np.maximum.reduceat(x[:, :whole], range(0, whole, k), axis=1)

    @right_answer
    def every_kth_window(x, k):
        windows = np.lib.stride_tricks.sliding_window_view(x, k, axis=1)
        return windows[:, ::k].max(axis=-1)

    @right_answer
    def place_by_place(x, k):
        n, length, channels = x.shape
        pooled = np.full((n, length // k, channels), -np.inf)
        for i in range(length // k * k):
            pooled[:, i // k] = np.maximum(pooled[:, i // k], x[:, i])
        return pooled

    @right_answer
    def plain_lists(x, k):
        def pool(frames):
            groups = [frames[i : i + k] for i in range(0, len(frames) - k + 1, k)]
            return [[max(channel) for channel in zip(*group, strict=True)] for group in groups]

        return np.array([pool(text) for text in x.tolist()])

    @right_answer
    def split_into_groups(x, k):
        groups = np.split(x, range(k, x.shape[1] + 1, k), axis=1)
        return np.stack([np.max(group, axis=1) for group in groups if group.shape[1] == k], axis=1)


LAYERS = ((7, 3), (7, 3), (3, 1), (3, 1), (3, 1), (3, 3))  # (kernel, pool) of the six convolutional layers


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

    examples = [probe(1014), probe(123), probe(260), probe(149), probe(122)]

    def hidden(rng):
        for l0 in (*rng.choice(np.arange(130, 1014), size=6, replace=False).tolist(), 2022, 150, 124):
            yield probe(int(l0))
        yield probe(int(rng.integers(1, 122)))
        yield probe(100)

    @mistake("Pooling rounds down: frames that do not fill a whole group of three are left out. Yours rounds up.")
    def rounds_up(l0):
        return refused(lengths_with(l0, lambda n, k: n - k + 1, lambda n, s: -(-n // s)))

    @mistake(
        "These are the lengths before pooling. After layers 1, 2 and 6 the frames are pooled by three, and the next layer "
        "only sees what is left."
    )
    def before_pooling(l0):
        pooled = FrameLengths.oracle(l0)
        return [n - k + 1 for n, (k, _) in zip([l0, *pooled], LAYERS, strict=False)]

    @mistake(
        "Your layers do not shorten the text but by pooling: that is `same` padding. The paper's are `valid`: n - k + 1."
    )
    def same_padding(l0):
        return refused(lengths_with(l0, lambda n, k: n, lambda n, s: n // s))

    @mistake("Off by one: a kernel of k fits at n - k + 1 places along n frames, not at n - k.")
    def one_place_too_few(l0):
        return refused(lengths_with(l0, lambda n, k: n - k, lambda n, s: n // s))

    @mistake("All your kernels are 7 wide. Only the first two are; layers 3 to 6 have kernels of 3.")
    def all_sevens(l0):
        return refused(lengths_with(l0, lambda n, k: n - 6, lambda n, s: n // s))

    @mistake("You pool by three after every layer. Only layers 1, 2 and 6 are followed by pooling.")
    def pools_everywhere(l0):
        return refused(lengths_with(l0, lambda n, k: n - k + 1, lambda n, s: n // 3))

    @mistake("The pooling is missing: after layers 1, 2 and 6, three frames become one.")
    def never_pools(l0):
        return refused(lengths_with(l0, lambda n, k: n - k + 1, lambda n, s: n))

    @mistake(
        "That is the paper's formula (l0 - 96) / 27, which gives the last length only. Asked for is a list of all six, and they "
        "do not depend on that division coming out even."
    )
    def formula(l0):
        if l0 < 123:
            raise ValueError(l0)
        return (l0 - 96) // 27

    @mistake("Your lengths are floats: `/` leaves thirds of a frame. Whole frames only: `//` divides and rounds down.")
    def true_division(l0):
        return refused(lengths_with(l0, lambda n, k: n - k + 1, lambda n, s: n / s if s > 1 else n))

    @mistake(
        "The lengths are right, but a text that is too short gets lengths too. Where no frame would be left, raise ValueError."
    )
    def never_refuses(l0):
        return lengths_with(l0, lambda n, k: n - k + 1, lambda n, s: n // s)

    @right_answer
    def loop_over_layers(l0):
        lengths = []
        for kernel, pool in [(7, 3), (7, 3), (3, 1), (3, 1), (3, 1), (3, 3)]:
            l0 = (l0 - kernel + 1) // pool
            if l0 < 1:
                raise ValueError("the text is too short")
            lengths.append(l0)
        return lengths

    @right_answer
    def written_out(l0):
        if l0 < 123:
            raise ValueError("at least 123 characters are needed")
        first = (l0 - 6) // 3
        second = (first - 6) // 3
        return [first, second, second - 2, second - 4, second - 6, (second - 8) // 3]

    @right_answer
    def with_recursion(l0):
        def after(frames, layers):
            if not layers:
                return []
            (kernel, pool), *others = layers
            left = (frames - kernel + 1) // pool
            if left <= 0:
                raise ValueError(f"{frames} frames are too few")
            return [left, *after(left, others)]

        return after(l0, LAYERS)

    @right_answer
    def accumulated(l0):
        from itertools import accumulate

        _, *lengths = accumulate(LAYERS, lambda n, layer: (n - layer[0] + 1) // layer[1], initial=l0)
        if any(n < 1 for n in lengths):
            raise ValueError("no frame would be left")
        return lengths

    @right_answer
    def counted_from_starts(l0):
        frames, lengths = l0, []
        for kernel in (7, 7, 3, 3, 3, 3):
            frames = len(range(0, frames - kernel + 1))
            if len(lengths) in (0, 1, 5):
                frames = len(range(0, frames - 2, 3))
            if not frames:
                raise ValueError(l0)
            lengths.append(frames)
        return lengths

    @right_answer
    def with_numpy(l0):
        lengths = np.zeros(7)
        lengths[0] = l0
        for i, (kernel, pool) in enumerate(zip([7, 7, 3, 3, 3, 3], [3, 3, 1, 1, 1, 3], strict=True)):
            lengths[i + 1] = np.floor((lengths[i] - (kernel - 1)) / pool)
        if lengths.min() < 1:
            raise ValueError("too short")
        return lengths[1:].astype(int).tolist()

    @right_answer
    def measured_on_keras_layers(l0):
        import keras

        frames, lengths = np.zeros((1, l0, 1)), []
        for kernel, pool in LAYERS:
            if frames.shape[1] < kernel:
                raise ValueError("too few frames for the kernel")
            frames = keras.layers.Conv1D(1, kernel)(frames)
            frames = keras.layers.MaxPooling1D(pool)(frames) if pool > 1 else frames
            lengths.append(frames.shape[1])
        if 0 in lengths:
            raise ValueError("nothing is left")
        return lengths

    @right_answer
    def names_for_the_lengths(l0):
        a = (l0 - 6) // 3
        b = (a - 6) // 3
        c = b - 2
        d = c - 2
        e = d - 2
        f = int((e - 2) / 3)
        if f >= 1:
            return [a, b, c, d, e, f]
        raise ValueError("the text has too few characters")


def parameters(size, length, classes):
    """What the paper's layer table adds up to, in closed form; `length` as in the table (l0 - 96 a multiple of 27, or not)."""
    features, units = {"large": (1024, 2048), "small": (256, 1024)}[size]
    frames = ((length - 6) // 3 - 6) // 3 - 8
    kernels = 7 * 70 + 7 * features + 4 * 3 * features
    return (
        features * kernels
        + 6 * features
        + (frames // 3 * features + 1) * units
        + (units + 1) * units
        + (units + 1) * classes
    )


def texts_of(rng, n, length):
    """n one-hot texts (n, length, 70), float32: random characters, with rows of zeros for spaces and padding."""
    ids = rng.integers(-1, 70, size=(n, length))
    for row in ids:
        row[rng.integers(length // 2, length) :] = -1
    return (ids[..., None] == np.arange(70)).astype("uint8")


def net_of(size, length, classes, seed=None, undecided=False):
    """A probe of the net for these numbers; with a seed it is shown three texts.

    `undecided`: before any training it gives no class a probability near 1. That holds of short texts only; with weights
    of a standard deviation of sqrt(0.05) or 1, numbers grow from layer to layer, until the softmax is 0 or 1 exactly.
    """
    shown = () if seed is None else (texts_of(np.random.default_rng(seed), 3, length),)
    count = parameters(size, length, classes)
    return probe(
        size,
        length,
        classes,
        ask=ask(*shown),
        expect=model(
            input_shape=(length, 70),
            output_shape=(classes,),
            predicted=[(3, classes)] * len(shown),
            outputs="distribution",
            predictions=[np.full((3, classes), 1 / classes)] if undecided else None,
            atol=0.5,
            parameters=count,
            trainable=count,
            layers={"Conv1D": 6, "MaxPooling1D": 3, "Dense": 3, "Dropout": 2},
            without=["Embedding", "BatchNormalization", "GlobalMaxPooling1D", "GlobalAveragePooling1D"],
            loss=["sparse_categorical_crossentropy"],
            optimizer={"name": "SGD", "learning_rate": 0.01, "momentum": 0.9},
        ),
    )


def nine_layers(
    size,
    length,
    classes,
    *,
    padding="valid",
    last="softmax",
    rate=0.5,
    pools=(0, 1, 5),
    loss="sparse_categorical_crossentropy",
    widths=None,
):
    """The paper's net, or one that is wrong in what is given."""
    import keras

    features, units, spread = (widths or {"large": (1024, 2048, 0.02), "small": (256, 1024, 0.05)})[size]
    options = {"activation": "relu", "kernel_initializer": keras.initializers.RandomNormal(stddev=spread)}
    stack = [keras.Input((length, 70))]
    for i, (kernel, _) in enumerate(LAYERS):
        stack.append(keras.layers.Conv1D(features, kernel, padding=padding, **options))
        if i in pools:
            stack.append(keras.layers.MaxPooling1D(3))
    stack.append(keras.layers.Flatten())
    for _ in range(2):
        stack.append(keras.layers.Dense(units, **options))
        if rate:
            stack.append(keras.layers.Dropout(rate))
    built = keras.Sequential([*stack, keras.layers.Dense(classes, activation=last)])
    if loss:
        built.compile(keras.optimizers.SGD(0.01, momentum=0.9), loss)
    return built


@exercise("build_char_cnn", points=3, objective=BUILD, all_or_nothing=True, time_limit=40.0)
class BuildCharCnn:
    """The paper's net of nine layers, "large" or "small", for one-hot texts (length, 70): compiled, for integer labels."""

    examples = [
        net_of("small", 123, 4, seed=81, undecided=True),
        net_of("small", 1014, 4),
        net_of("large", 130, 3, seed=82, undecided=True),
    ]

    def hidden(rng):
        yield net_of("small", int(rng.integers(151, 330)), int(rng.integers(5, 15)), seed=int(rng.integers(1 << 30)))
        yield net_of("large", int(rng.integers(151, 180)), 14, seed=int(rng.integers(1 << 30)))

    @mistake(
        "Your net begins with ids and an Embedding. However it is filled, training changes an Embedding: after one step it is no "
        "longer one-hot, and spaces have got channels of their own. This net takes rows of 70 channels, (length, 70).",
        symptom="wrong input shape",
    )
    def trainable_one_hot(size, length, classes):
        import keras

        ids = keras.Input((length,))
        rows = keras.layers.Embedding(71, 70, embeddings_initializer="identity")(ids)
        return keras.Model(ids, nine_layers(size, length, classes)(rows))

    @mistake(
        "The number of outputs does not follow `classes`: the last layer has one unit for each class.",
        symptom="wrong output shape",
    )
    def four_classes_always(size, length, classes):
        return nine_layers(size, length, 5)

    @mistake(
        "Those are logits: the last layer needs activation='softmax', so that its outputs are probabilities.",
        symptom="not probabilities",
    )
    def logits(size, length, classes):
        return nine_layers(size, length, classes, last=None)

    @mistake(
        "A sigmoid gives every class a probability of its own. A text has *one* class: softmax, whose outputs add up to 1.",
        symptom="not a distribution",
    )
    def sigmoids(size, length, classes):
        return nine_layers(size, length, classes, last="sigmoid")

    @mistake(
        "The number of parameters says that a layer has other sizes than in the table. Usual reasons: padding='same' (the layers are "
        "'valid'); a pooling of three missing after layer 1, 2 or 6, or too many; the sizes of small and large swapped.",
        symptom="wrong parameters",
    )
    def padded(size, length, classes):
        return nine_layers(size, length, classes, padding="same")

    @mistake(
        "The parameters add up, but the layers are not those of the table: six Conv1D, three MaxPooling1D, three Dense, and a "
        "Dropout of one half after each of the first two Dense layers.",
        symptom="wrong layers",
    )
    def no_dropout(size, length, classes):
        return nine_layers(size, length, classes, rate=0)

    @mistake(
        "Before any training it is sure of a class already: its weights begin too large, and the numbers grow from layer to layer. "
        "0.02 (large) and 0.05 (small) are standard deviations, as `RandomNormal` wants them: take no root of them, do not swap them.",
        symptom="other predictions",
    )
    def deviation_taken_for_a_variance(size, length, classes):
        return nine_layers(
            size, length, classes, widths={"large": (1024, 2048, 0.02**0.5), "small": (256, 1024, 0.05**0.5)}
        )

    @mistake(
        "The loss does not match the labels. They are whole numbers, 0 to classes - 1: 'sparse_categorical_crossentropy'. "
        "(Without `sparse`, Keras waits for one-hot labels; binary cross-entropy is for yes and no.)",
        symptom="wrong loss",
    )
    def loss_for_one_hot_labels(size, length, classes):
        return nine_layers(size, length, classes, loss="categorical_crossentropy")

    @mistake(
        "The paper's optimizer is SGD with a rate of 0.01 and momentum 0.9. Its name alone, 'sgd', has Keras' own settings, and "
        "no momentum.",
        symptom="wrong optimizer",
    )
    def no_momentum(size, length, classes):
        built = nine_layers(size, length, classes)
        built.compile("sgd", "sparse_categorical_crossentropy")
        return built

    @mistake(
        "Compile it before you return it: SGD(0.01, momentum=0.9), and a loss for integer labels.",
        symptom="not compiled",
    )
    def not_compiled(size, length, classes):
        return nine_layers(size, length, classes, loss=None)

    @right_answer
    def in_a_list(size, length, classes):
        return nine_layers(size, length, classes)

    @right_answer
    def functional(size, length, classes):
        import keras
        from keras import layers

        features, units, spread = (1024, 2048, 0.02) if size == "large" else (256, 1024, 0.05)
        normal = keras.initializers.RandomNormal(0, spread)
        text = keras.Input((length, 70), dtype="float32")
        x = text
        for kernel, pool in ((7, True), (7, True), (3, False), (3, False), (3, False), (3, True)):
            x = layers.ReLU()(layers.Conv1D(features, kernel, kernel_initializer=normal)(x))
            x = layers.MaxPooling1D(3, 3)(x) if pool else x
        x = layers.Reshape((-1,))(x)
        for _ in range(2):
            x = layers.Dropout(0.5)(layers.ReLU()(layers.Dense(units, kernel_initializer=normal)(x)))
        scores = layers.Dense(classes, "softmax", kernel_initializer=normal)(x)
        net = keras.Model(text, scores)
        net.compile(keras.optimizers.SGD(1e-2, 0.9), keras.losses.SparseCategoricalCrossentropy(), metrics=["accuracy"])
        return net

    @right_answer
    def from_a_table(size, length, classes):
        import keras

        features, units, spread = {"small": (256, 1024, 0.05), "large": (1024, 2048, 0.02)}[size]

        def normal():
            return keras.initializers.RandomNormal(mean=0.0, stddev=spread)

        def layer(kind, *sizes):
            return kind(*sizes, activation=keras.activations.relu, kernel_initializer=normal())

        net = keras.models.Sequential(name="crepe")
        net.add(keras.layers.InputLayer((length, 70)))
        for kernel, pool in LAYERS:
            net.add(layer(keras.layers.Conv1D, features, kernel))
            if pool != 1:
                net.add(keras.layers.MaxPool1D(pool_size=pool, strides=pool, padding="valid"))
        net.add(keras.layers.Flatten())
        for _ in range(2):
            net.add(layer(keras.layers.Dense, units))
            net.add(keras.layers.Dropout(rate=1 / 2))
        net.add(keras.layers.Dense(classes, activation=keras.activations.softmax, kernel_initializer=normal()))
        loss = keras.losses.sparse_categorical_crossentropy
        net.compile(optimizer=keras.optimizers.SGD(learning_rate=0.01, momentum=0.9), loss=loss)
        return net

    @right_answer
    def body_and_head(size, length, classes):
        from functools import partial

        import keras
        from keras import layers

        features, units = (256, 1024) if size == "small" else (1024, 2048)
        gaussian = keras.initializers.RandomNormal(stddev=0.05 if size == "small" else 0.02)
        dense = partial(layers.Dense, kernel_initializer=gaussian)
        body = keras.Sequential([keras.Input((length, 70))])
        for number, kernel in enumerate([7, 7, 3, 3, 3, 3], start=1):
            body.add(layers.Conv1D(features, kernel, kernel_initializer=gaussian))
            body.add(layers.Activation("relu"))
            if number in (1, 2, 6):
                body.add(layers.MaxPooling1D(3))
        body.add(layers.Flatten())
        head = keras.Sequential([dense(units, activation="relu"), layers.Dropout(0.5), dense(units, activation="relu")])
        head.add(layers.Dropout(0.5))
        head.add(dense(classes))
        head.add(layers.Softmax())
        net = keras.Sequential([body, head])
        net.compile(keras.optimizers.SGD(0.01, 0.9), keras.losses.SparseCategoricalCrossentropy(from_logits=False))
        return net

    @right_answer
    def class_of_its_own(size, length, classes):
        import keras

        class CharacterNet(keras.Model):
            def __init__(self):
                text = keras.Input((length, 70))
                built = nine_layers(size, length, classes)
                super().__init__(text, built(text))

        net = CharacterNet()
        net.compile(keras.optimizers.SGD(0.01, momentum=0.9), "sparse_categorical_crossentropy", metrics=["acc"])
        return net


MANY = 5_000  # draws: a share is then off by at most 0.0071, one standard deviation


def lots(seed, times=MANY):
    """What stands for `rng` in a probe of a function that is asked often."""
    return {"seed": int(seed), "times": times}


def geometric(p, most, first=0):
    """The chances of first, first + 1, ..., most, in proportion to p, p^2, ..."""
    weights = [p**k for k in range(most + 1 - first)]
    return [weight / sum(weights) for weight in weights]


def pick(rng, chances, first=0):
    """A number from `first` on, with these chances."""
    left = rng.random()
    for number, chance in enumerate(chances, start=first):
        left -= chance
        if left < 0:
            return number
    return first + len(chances) - 1  # rounding


@exercise("sample_geometric", points=2, objective=AUGMENT, rtol=0, atol=0.04, time_limit=30.0, all_or_nothing=True)
class SampleGeometric:
    """A whole number from 0 to `most`, drawn so that the chance of k is in proportion to p ** k."""

    def oracle(p, rng, most):
        weights = [Fraction(p).limit_denominator(1000) ** k for k in range(most + 1)]
        return {k: float(weight / sum(weights)) for k, weight in enumerate(weights)}

    examples = [
        probe(0.3, lots(1), 2),
        probe(0.5, lots(2), 3),
        probe(0.8, lots(3), 4),
    ]

    def hidden(rng):
        for p, most in ((0.5, 0), (0.5, 6), (0.6, 3), (0.25, 2), (0.9, 9), (0.7, 1)):
            yield probe(p, lots(rng.integers(1 << 30)), most)

    @mistake(
        "Yours starts at 1: the chance of 0 is missing. Sometimes no word is replaced, and the nearest synonym has number 0. "
        "(NumPy's `rng.geometric` counts the throws up to the first success, so it starts at 1.)"
    )
    @often
    def starts_at_one(p, rng, most):
        return pick(rng, geometric(p, most, 1), 1)

    @mistake(
        "Yours starts at 1, and it takes p for the chance to *stop*. `rng.geometric(p)` counts throws until a success of chance p; "
        "here p is the chance to go on, and 0 is possible: think of rng.geometric(1 - p) - 1."
    )
    @often
    def numpys_geometric(p, rng, most):
        return pick(rng, geometric(1 - p, most, 1), 1)

    @mistake(
        "Yours starts at 1 and goes one too far: everything is shifted by one. The smallest number is 0, the largest `most`."
    )
    @often
    def shifted(p, rng, most):
        return 1 + pick(rng, geometric(p, most))

    @mistake(
        "You took p for the chance to stop. In proportion to p ** k means that p is the chance to go on by one: a large p gives large "
        "numbers. NumPy's `rng.geometric` wants the chance to stop, 1 - p."
    )
    @often
    def chance_to_stop(p, rng, most):
        return pick(rng, geometric(1 - p, most))

    @mistake(
        "What is drawn beyond `most` becomes `most` in your answer, which is then too frequent. Draw again instead, or choose among "
        "0 to `most` with chances that add up to 1."
    )
    @often
    def clipped(p, rng, most):
        return min(int(rng.geometric(1 - p)) - 1, most)

    @mistake(
        "Two things: you took p for the chance to stop, and what is drawn beyond `most` becomes `most`, which is then too frequent. Use "
        "1 - p in `rng.geometric`, and draw again where it is too large."
    )
    @often
    def clipped_chance_to_stop(p, rng, most):
        return min(int(rng.geometric(p)) - 1, most)

    @mistake(
        "Two things: yours starts at 1, since `rng.geometric` counts throws, and what is beyond `most` becomes `most`. Besides, "
        "p is the chance to go on, not to stop."
    )
    @often
    def geometric_clipped(p, rng, most):
        return min(int(rng.geometric(p)), most)

    @mistake("What is drawn beyond `most` becomes 0 in your answer, which is then too frequent. Draw again instead.")
    @often
    def beyond_is_zero(p, rng, most):
        drawn = int(rng.geometric(1 - p)) - 1
        return drawn if drawn <= most else 0

    @mistake("Your numbers have no bound: anything above `most` has to be drawn again (there are only so many words).")
    @often
    def unbounded(p, rng, most):
        return int(rng.geometric(1 - p)) - 1

    @mistake(
        "All your numbers are equally likely. The chance of k is in proportion to p ** k: each next one is p times as likely."
    )
    @often
    def uniform(p, rng, most):
        return int(rng.integers(0, most + 1))

    @mistake("Your numbers stop at most - 1; `most` itself is possible.")
    @often
    def most_left_out(p, rng, most):
        return pick(rng, geometric(p, max(most - 1, 0)))

    @mistake(
        "The shares fall linearly instead of by the factor p each time: the chance of k is in proportion to p ** k."
    )
    @often
    def linear(p, rng, most):
        return pick(rng, [2 * k / ((most + 1) * (most + 2)) for k in range(most + 1, 0, -1)])

    @mistake(
        "Yours gives the same number each time: a generator that is made anew inside the function begins anew. Draw from the "
        "`rng` that you are given."
    )
    @often
    def generator_of_its_own(p, rng, most):
        return pick(np.random.default_rng(0), geometric(p, most))

    @mistake(
        "Your numbers cannot be drawn again: they do not come from `rng`. Use its methods (rng.random(), rng.choice(...)), and neither "
        "`random` nor `np.random`, so that a seed repeats a whole training."
    )
    @often
    def from_elsewhere(p, rng, most):
        return pick(np.random.default_rng(), geometric(p, most))

    @right_answer
    @often
    def by_choice(p, rng, most):
        weights = p ** np.arange(most + 1)
        return int(rng.choice(most + 1, p=weights / weights.sum()))

    @right_answer
    @often
    def throw_again(p, rng, most):
        while True:
            k = 0
            while k <= most and rng.random() < p:
                k += 1
            if k <= most:
                return k

    @right_answer
    @often
    def inverted(p, rng, most):
        sums = np.cumsum(p ** np.arange(most + 1))
        return np.searchsorted(sums, rng.random() * sums[-1], side="right")

    @right_answer
    @often
    def numpys_draws(p, rng, most):
        k = most + 1
        while k > most:
            k = rng.geometric(1 - p) - 1
        return k

    @right_answer
    @often
    def largest_of_a_multinomial(p, rng, most):
        weights = np.array([p**k for k in range(most + 1)])
        return rng.multinomial(1, weights / weights.sum()).argmax()

    @right_answer
    @often
    def by_logarithm(p, rng, most):
        from math import log

        share = rng.random() * (1 - p ** (most + 1))
        return int(log(1 - share) / log(p))

    @right_answer
    @often
    def with_recursion(p, rng, most):
        if most == 0 or rng.random() < (1 - p) / (1 - p ** (most + 1)):
            return 0
        return 1 + pick(rng, geometric(p, most - 1))

    @right_answer
    @often
    def accepted_or_not(p, rng, most):
        while True:
            k = int(rng.integers(most, endpoint=True))
            if rng.uniform() <= p**k:
                return k

    @right_answer
    @often
    def from_a_list(p, rng, most):
        total = sum(p**k for k in range(most + 1))
        return rng.choice(list(range(most + 1)), p=[p**k / total for k in range(most + 1)])


FEW = 5_000  # draws of a whole text: a share is then off by at most 0.0071, one standard deviation


def replaceable(tokens, synonyms):
    """The places of the words that have a synonym."""
    return [i for i, token in enumerate(tokens) if synonyms.get(token)]


def a_synonym(others, q, rng):
    """One of a word's synonyms, its number drawn in proportion to q ** s."""
    return others[pick(rng, geometric(q, len(others) - 1))]


def replaced(tokens, synonyms, chosen, q, rng):
    """A new list: at the chosen places a synonym, whose number is drawn in proportion to q ** s."""
    new = list(tokens)
    for i in chosen:
        new[i] = a_synonym(synonyms[tokens[i]], q, rng)
    return new


def some_of(places, p, rng):
    """r of the places, each set of them as likely as any other; r in proportion to p ** r."""
    return rng.choice(places, size=pick(rng, geometric(p, len(places))), replace=False) if places else []


BIG = {"big": ["large", "great", "huge"]}
FILMS = {"good": ["fine", "well"], "film": ["movie"], "the": []}


@exercise("augment", points=3, objective=AUGMENT, rtol=0, atol=0.04, time_limit=60.0, all_or_nothing=True)
class Augment:
    """A new list of words: r of those that have synonyms are replaced, P[r] ~ p^r, by synonym number s, P[s] ~ q^s."""

    def oracle(tokens, synonyms, p, q, rng):
        places, shares = replaceable(tokens, synonyms), {}
        for r, chance in enumerate(geometric(p, len(places))):
            sets = list(combinations(places, r))
            for chosen in sets:
                for numbers in product(*[range(len(synonyms[tokens[i]])) for i in chosen]):
                    new, share = list(tokens), chance / len(sets)
                    for i, s in zip(chosen, numbers, strict=True):
                        share *= geometric(q, len(synonyms[tokens[i]]) - 1)[s]
                        new[i] = synonyms[tokens[i]][s]
                    shares[tuple(new)] = float(shares.get(tuple(new), 0) + share)
        return shares

    examples = [
        probe(["so", "big"], BIG, 0.5, 0.5, lots(4, FEW)),
        probe(["big"], BIG, 0.8, 0.4, lots(5, FEW)),
        probe(["the", "good", "film"], FILMS, 0.7, 0.3, lots(6, FEW)),
        probe(["good", "big", "good"], {"good": ["fine"], "big": ["large"]}, 0.6, 0.5, lots(7, FEW)),
    ]

    def hidden(rng):
        def draws():
            return lots(rng.integers(1 << 30), FEW)

        yield probe(["nothing", "here"], BIG, 0.5, 0.5, draws())
        yield probe([], BIG, 0.5, 0.5, draws())
        yield probe(["a", "big", "big", "film"], {"big": ["large", "huge"], "film": ["movie"]}, 0.7, 0.6, draws())
        yield probe(["one", "two", "three"], {"one": ["1"], "two": ["2"], "three": ["3"]}, 0.9, 0.5, draws())
        yield probe(["up"], {"up": ["over", "above", "high", "on"]}, 0.9, 0.7, draws())

    @mistake(
        "You always take the first synonym. The number of the synonym is drawn too, in proportion to q ** s: the nearest is only the "
        "most likely."
    )
    @often
    def always_the_first(tokens, synonyms, p, q, rng):
        chosen = set(some_of(replaceable(tokens, synonyms), p, rng))
        return [synonyms[token][0] if i in chosen else token for i, token in enumerate(tokens)]

    @mistake(
        "It changes `tokens`, the caller's own list: the training text itself is different afterwards, and the next epoch begins with the "
        "wrong words. Replace words in a copy: new = list(tokens)."
    )
    @often
    def changes_its_input(tokens, synonyms, p, q, rng):
        tokens[:] = replaced(tokens, synonyms, some_of(replaceable(tokens, synonyms), p, rng), q, rng)
        return tokens

    @mistake("All synonyms are equally likely in your answer. Their number s is drawn in proportion to q ** s.")
    @often
    def any_synonym(tokens, synonyms, p, q, rng):
        return replaced(tokens, synonyms, some_of(replaceable(tokens, synonyms), p, rng), 1.0, rng)

    @mistake(
        "You decide for each word by itself, with chance p. Draw *how many* words first, r in proportion to p ** r, then which."
    )
    @often
    def each_word_by_itself(tokens, synonyms, p, q, rng):
        chosen = [i for i in replaceable(tokens, synonyms) if rng.random() < p]
        return replaced(tokens, synonyms, chosen, q, rng)

    @mistake("You replace every word that has a synonym. Only r of them are replaced, r in proportion to p ** r.")
    @often
    def replaces_all(tokens, synonyms, p, q, rng):
        return replaced(tokens, synonyms, replaceable(tokens, synonyms), q, rng)

    @mistake("At least one word is always replaced here. r may be 0: then the text stays as it is.")
    @often
    def at_least_one(tokens, synonyms, p, q, rng):
        places = replaceable(tokens, synonyms)
        if not places:
            return list(tokens)
        r = pick(rng, geometric(p, len(places), 1), 1)
        return replaced(tokens, synonyms, rng.choice(places, size=r, replace=False), q, rng)

    @mistake(
        "You replace the first r words that have synonyms. Which words are replaced is drawn as well: every set of r is as likely."
    )
    @often
    def the_first_words(tokens, synonyms, p, q, rng):
        places = replaceable(tokens, synonyms)
        return replaced(tokens, synonyms, places[: pick(rng, geometric(p, len(places)))], q, rng)

    @mistake(
        "You may draw the same word twice, and then replace fewer than r. Choose r *different* places: replace=False."
    )
    @often
    def places_with_repeats(tokens, synonyms, p, q, rng):
        places = replaceable(tokens, synonyms)
        chosen = rng.choice(places, size=pick(rng, geometric(p, len(places)))) if places else []
        return replaced(tokens, synonyms, chosen, q, rng)

    @mistake("p and q are swapped: p is for how many words are replaced, q for which synonym comes.")
    @often
    def swapped(tokens, synonyms, p, q, rng):
        return replaced(tokens, synonyms, some_of(replaceable(tokens, synonyms), q, rng), p, rng)

    @mistake(
        "You draw r up to the number of *all* words, and then there are not so many with synonyms. `most` is the number of words "
        "that can be replaced."
    )
    @often
    def counts_all_words(tokens, synonyms, p, q, rng):
        places = replaceable(tokens, synonyms)
        r = min(pick(rng, geometric(p, len(tokens))), len(places))
        return replaced(tokens, synonyms, rng.choice(places, size=r, replace=False) if r else [], q, rng)

    @mistake(
        "A word may be in `synonyms` with an empty list. It cannot be replaced: count and choose only words whose list is not empty."
    )
    @often
    def empty_lists_too(tokens, synonyms, p, q, rng):
        places = [i for i, token in enumerate(tokens) if token in synonyms]
        chosen = rng.choice(places, size=pick(rng, geometric(p, len(places))), replace=False)
        if any(not synonyms[tokens[i]] for i in chosen):
            raise ValueError("a cannot be empty")
        return replaced(tokens, synonyms, chosen, q, rng)

    @mistake(
        "A word may be in `synonyms` with an empty list, which has no number 0. Count and choose only words whose list is not empty."
    )
    @often
    def index_into_an_empty_list(tokens, synonyms, p, q, rng):
        places = [i for i, token in enumerate(tokens) if token in synonyms]
        chosen = rng.choice(places, size=pick(rng, geometric(p, len(places))), replace=False)
        _ = [synonyms[tokens[i]][0] for i in chosen]
        return replaced(tokens, synonyms, chosen, q, rng)

    @mistake(
        "Off by one: `near[s - 1]` is the *last* synonym where s is 0, and that is the likeliest number. Numbers run from 0 to len - 1, "
        "as indices do."
    )
    @often
    def last_synonym_first(tokens, synonyms, p, q, rng):
        new = list(tokens)
        for i in some_of(replaceable(tokens, synonyms), p, rng):
            others = synonyms[tokens[i]]
            new[i] = others[pick(rng, geometric(q, len(others))) - 1]
        return new

    @mistake("Each text comes back as one string. Return a list of words, as you were given one.")
    @often
    def joined(tokens, synonyms, p, q, rng):
        return " ".join(replaced(tokens, synonyms, some_of(replaceable(tokens, synonyms), p, rng), q, rng))

    @mistake(
        "The text never changes. Draw r, choose r of the words that have synonyms, and put synonyms in their places."
    )
    @often
    def never_changes(tokens, synonyms, p, q, rng):
        return list(tokens)

    @right_answer
    @often
    def shuffled_places(tokens, synonyms, p, q, rng):
        places = [i for i, token in enumerate(tokens) if synonyms.get(token)]
        rng.shuffle(places)
        new = tokens.copy()
        for i in places[: pick(rng, geometric(p, len(places)))]:
            near = synonyms[new[i]]
            new[i] = near[pick(rng, geometric(q, len(near) - 1))]
        return new

    @right_answer
    @often
    def throws(tokens, synonyms, p, q, rng):
        def draw(chance, most):
            while True:
                k = 0
                while rng.random() < chance:
                    k += 1
                if k <= most:
                    return k

        places = [i for i in range(len(tokens)) if len(synonyms.get(tokens[i], [])) > 0]
        r = draw(p, len(places))
        chosen = set(rng.permutation(places)[:r].tolist())
        return [
            synonyms[word][draw(q, len(synonyms[word]) - 1)] if i in chosen else word for i, word in enumerate(tokens)
        ]

    @right_answer
    @often
    def lots_for_all_places(tokens, synonyms, p, q, rng):
        places = np.array([i for i, token in enumerate(tokens) if len(synonyms.get(token, ()))], dtype=int)
        r = pick(rng, geometric(p, len(places)))
        chosen = places[np.argsort(rng.random(len(places)))[:r]]
        return [a_synonym(synonyms[token], q, rng) if i in chosen else token for i, token in enumerate(tokens)]

    @right_answer
    @often
    def sets_of_places(tokens, synonyms, p, q, rng):
        places = replaceable(tokens, synonyms)
        sets = list(combinations(places, pick(rng, geometric(p, len(places)))))
        chosen = sets[rng.integers(len(sets))]
        return [a_synonym(synonyms[w], q, rng) if i in chosen else w for i, w in enumerate(tokens)]

    @right_answer
    @often
    def one_place_after_another(tokens, synonyms, p, q, rng):
        left = sum(1 for token in tokens if synonyms.get(token))
        wanted, new = pick(rng, geometric(p, left)), []
        for token in tokens:
            if not synonyms.get(token):
                new.append(token)
                continue
            taken = rng.random() < wanted / left  # what is still wanted, of what is still to come
            new.append(a_synonym(synonyms[token], q, rng) if taken else token)
            wanted, left = wanted - taken, left - 1
        return new

    @right_answer
    @often
    def changed_in_a_copy(tokens, synonyms, p, q, rng):
        import copy

        new = copy.deepcopy(tokens)
        places = {i: synonyms[token] for i, token in enumerate(tokens) if token in synonyms and synonyms[token] != []}
        for _ in range(pick(rng, geometric(p, len(places)))):
            i, near = list(places.items())[rng.integers(len(places))]
            new[i] = a_synonym(near, q, rng)
            del places[i]
        return new


@exercise("step_lr", points=1, objective=COMPARE, all_or_nothing=True)
class StepLr:
    """The step size of an epoch, counted from 0: it begins with 0.01 and is halved every 3 epochs, ten times in all."""

    def oracle(epoch):
        rate, halved = Fraction(1, 100), 0
        for each in range(1, epoch + 1):
            if each % 3 == 0 and halved < 10:
                rate, halved = rate / 2, halved + 1
        return float(rate)

    examples = [probe(0), probe(2), probe(3), probe(5), probe(6), probe(29), probe(30), probe(40)]

    def hidden(rng):
        for epoch in (1, 4, 8, 9, 10, 11, 32, 33, 34, *rng.integers(12, 30, size=4).tolist(), 100):
            yield probe(int(epoch))

    @mistake(
        "Off by one: Keras counts epochs from 0, so that 0, 1 and 2 share the first step size, and epoch 3 is the first with half of it."
    )
    def from_one(epoch):
        return 0.01 * 0.5 ** min(max(epoch - 1, 0) // 3, 10)

    @mistake(
        "Off by one: you halve an epoch too early. 0, 1 and 2 are three epochs; the step is halved when epoch 3 begins."
    )
    def too_early(epoch):
        return 0.01 * 0.5 ** min((epoch + 1) // 3, 10)

    @mistake("Your step size falls a little each epoch. It stays for three epochs, then is halved: divide with `//`.")
    def smooth(epoch):
        return 0.01 * 0.5 ** min(epoch / 3, 10)

    @mistake("You halve every epoch. Every third one is asked for: epoch // 3 halvings.")
    def every_epoch(epoch):
        return 0.01 * 0.5 ** min(epoch, 10)

    @mistake("It goes on for ever: after the tenth halving, from epoch 30 on, the step size stays as it is.")
    def for_ever(epoch):
        return 0.01 * 0.5 ** (epoch // 3)

    @mistake("You divide by 2, 4, 6, ... Halving again and again divides by 2, 4, 8, ...: powers of two.")
    def twice_as_often(epoch):
        return 0.01 / (2 * min(epoch // 3, 10) or 1)

    @mistake("A tenth each time is another schedule: this one halves.")
    def tenths(epoch):
        return 0.01 * 0.1 ** min(epoch // 3, 10)

    @mistake("Your step size does not change. It is halved every three epochs.")
    def constant(epoch):
        return 0.01

    @right_answer
    def power(epoch):
        return 0.01 / 2 ** min(epoch // 3, 10)

    @right_answer
    def loop(epoch):
        rate = 0.01
        for _ in range(min(10, epoch // 3)):
            rate = rate / 2
        return rate

    @right_answer
    def from_a_list(epoch):
        rates = [0.01 * 0.5**halvings for halvings in range(11) for _ in range(3)]
        return rates[epoch] if epoch < len(rates) else rates[-1]

    @right_answer
    def early_return(epoch):
        if epoch >= 30:
            return 0.01 / 1024
        return 0.01 / (1 << epoch // 3)

    @right_answer
    def with_recursion(epoch):
        def rate(steps):
            return 0.01 if steps == 0 else rate(steps - 1) / 2

        return rate(min(epoch, 30) // 3)

    @right_answer
    def with_math(epoch):
        import math

        return math.ldexp(0.01, -min(math.floor(epoch / 3), 10))

    @right_answer
    def schedule_of_keras(epoch):
        import keras

        schedule = keras.optimizers.schedules.ExponentialDecay(0.01, 3, 0.5, staircase=True)
        return float(schedule(np.minimum(epoch, 30)))

    @right_answer
    def with_numpy(epoch):
        return np.float64(0.01) * np.exp2(-np.clip(epoch // 3, 0, 10).astype(float))


def error_rows(y, predictions, published, margin=lambda e, n: 196 * (e * (1 - e) / n) ** 0.5, error=lambda e: 100 * e):
    """The table's rows in the order of `predictions`."""
    rows = []
    for name, classes in predictions.items():
        e = sum(a != b for a, b in zip(np.asarray(y).tolist(), np.asarray(classes).tolist(), strict=True)) / len(y)
        rows.append((name, error(e), margin(e, len(y)), published.get(name)))
    return rows


def best_first(rows):
    """Rows in the order of their error."""
    return sorted(rows, key=lambda row: row[1])


Y = np.array([0, 1, 2, 3, 0, 1, 2, 3])
ALL_ZERO, TWO_WRONG, ONE_WRONG = 0 * Y, np.array([0, 1, 2, 3, 0, 1, 3, 2]), np.array([0, 1, 2, 3, 0, 1, 2, 0])


@exercise(
    "error_table", points=2, objective=COMPARE, all_or_nothing=True, rtol=1e-4
)  # 1.96, or what it is rounded from
class ErrorTable:
    """A row for each method, best first: (name, error in percent, half the width of its 95% interval, published error or None)."""

    def oracle(y, predictions, published):
        if any(len(classes) != len(y) for classes in predictions.values()):
            raise ValueError("a method has predicted for another number of texts")
        return best_first(error_rows(y, predictions, published))

    examples = [
        probe(Y, {"all zero": ALL_ZERO, "two wrong": TWO_WRONG}, {}),
        probe(Y, {"b": TWO_WRONG, "a": ONE_WRONG, "c": ALL_ZERO}, {"a": 12.5, "c": 7.96}),
        probe(Y, {"all zero": ALL_ZERO, "short": ONE_WRONG[:5]}, {}),
    ]

    def hidden(rng):
        for n in (40, 200, 1000):
            y = rng.integers(0, 4, size=n)
            wrong = rng.choice(np.arange(1, n), size=4, replace=False)
            predictions = {}
            for name, count in zip(("words", "pairs", "net", "guess"), wrong.tolist(), strict=True):
                predictions[name] = y.copy()
                which = rng.permutation(n)[:count]
                predictions[name][which] = (y[which] + rng.integers(1, 4, size=count)) % 4
            yield probe(y, predictions, {"net": 10.5, "words": 8.25, "other": 1.0})
        yield probe(y, {"none": y[:-1]}, {})
        yield probe(y, {"fits": y, "one for all": y[:1]}, {})  # NumPy would compare these, and the next, without a word
        yield probe(y[:1], {"two for one": y[:2]}, {})

    @mistake("Those are accuracies: the share that is right. An error is the share that is *wrong*.")
    def accuracies(y, predictions, published):
        ErrorTable.oracle(y, predictions, published)
        return best_first(error_rows(y, predictions, published, error=lambda e: 100 - 100 * e))

    @mistake(
        "Those are accuracies, the largest first. An error is the share that is *wrong*, and the smallest is best."
    )
    def accuracies_best_first(y, predictions, published):
        ErrorTable.oracle(y, predictions, published)
        return best_first(error_rows(y, predictions, published, error=lambda e: 100 - 100 * e))[::-1]

    @mistake("Errors and margins are in percent, as in the paper's table; yours are fractions. Multiply by 100.")
    def fractions(y, predictions, published):
        return [
            (name, e / 100, margin / 100, known)
            for name, e, margin, known in ErrorTable.oracle(y, predictions, published)
        ]

    @mistake("The error is in percent, but its margin is not: multiply it by 100 too.")
    def margin_as_fraction(y, predictions, published):
        return [
            (name, e, margin / 100, known) for name, e, margin, known in ErrorTable.oracle(y, predictions, published)
        ]

    @mistake("Your rows begin with the worst. The smallest error comes first.")
    def worst_first(y, predictions, published):
        return ErrorTable.oracle(y, predictions, published)[::-1]

    @mistake(
        "Your rows stand in the order in which the methods were given. Sort them by their error, the smallest first."
    )
    def not_sorted(y, predictions, published):
        ErrorTable.oracle(y, predictions, published)
        return error_rows(y, predictions, published)

    @mistake("That is one standard error. Half the width of a 95% interval is 1.96 of them.")
    def one_standard_error(y, predictions, published):
        return [
            (name, e, margin / 1.96, known) for name, e, margin, known in ErrorTable.oracle(y, predictions, published)
        ]

    @mistake("That is the whole width of the interval; asked for is half of it, what comes after the plus-minus sign.")
    def whole_width(y, predictions, published):
        return [(name, e, 2 * margin, known) for name, e, margin, known in ErrorTable.oracle(y, predictions, published)]

    @mistake("The margin lacks the division by the number of texts: with more texts an error is known better.")
    def margin_without_n(y, predictions, published):
        ErrorTable.oracle(y, predictions, published)
        return best_first(error_rows(y, predictions, published, margin=lambda e, n: 196 * (e * (1 - e)) ** 0.5))

    @mistake(
        "Where nothing was published, the fourth entry is None. `published[name]` fails there; `published.get(name)` does not."
    )
    def key_error(y, predictions, published):
        ErrorTable.oracle(y, predictions, published)
        return best_first([(*row[:3], published[row[0]]) for row in error_rows(y, predictions, published)])

    @mistake(
        "The numbers are right, but predictions for another number of texts slip through. Raise ValueError: they may be predictions for "
        "another set, such as the training texts."
    )
    def lengths_not_compared(y, predictions, published):
        cut = {name: np.resize(classes, len(y)) for name, classes in predictions.items()}
        return best_first(error_rows(y, cut, published))

    @right_answer
    def with_numpy(y, predictions, published):
        table = []
        for name, classes in predictions.items():
            if len(classes) != len(y):
                raise ValueError(name)
            error = np.mean(np.asarray(classes) != np.asarray(y))
            table.append((name, 100 * error, 196 * np.sqrt(error * (1 - error) / len(y)), published.get(name)))
        return sorted(table, key=lambda row: row[1])

    @right_answer
    def sorted_names(y, predictions, published):
        n = len(y)
        for classes in predictions.values():
            if len(classes) != n:
                raise ValueError("lengths differ")
        wrong = {name: int((classes != y).sum()) for name, classes in predictions.items()}
        rows = []
        for name in sorted(wrong, key=wrong.get):
            e = wrong[name] / n
            rows.append((name, e * 100, 1.96 * 100 * (e * (1 - e) / n) ** 0.5, published.get(name, None)))
        return rows

    @right_answer
    def refused_by_zip(y, predictions, published):
        def row(name, classes):
            wrong = [a != b for a, b in zip(classes, y, strict=True)]
            e = sum(wrong) / len(wrong)
            return name, 100 * e, 100 * 1.96 * (e * (1 - e) / len(wrong)) ** 0.5, published.get(name)

        rows = [row(name, classes) for name, classes in predictions.items()]
        rows.sort(key=lambda each: each[1])
        return rows

    @right_answer
    def scored_by_sklearn(y, predictions, published):
        from sklearn.metrics import zero_one_loss

        rows = []
        for name in predictions:
            e = zero_one_loss(y, predictions[name])
            margin = 1.96 * np.std(y != predictions[name]) / np.sqrt(y.size)
            rows.append((name, e * 100, margin * 100, published.get(name, None)))
        return sorted(rows, key=lambda row: (row[1], row[0]))

    @right_answer
    def with_the_exact_quantile(y, predictions, published):
        from scipy.stats import norm

        table = {}
        for name, classes in predictions.items():
            if classes.shape != y.shape:
                raise ValueError(f"{name}: {classes.shape} against {y.shape}")
            e = 1 - (classes == y).mean()
            table[name] = (100 * e, 100 * norm.ppf(0.975) * np.sqrt(e * (1 - e) / len(y)))
        return [(name, *table[name], published.get(name)) for name in sorted(table, key=table.get)]

    @right_answer
    def with_pandas(y, predictions, published):
        import pandas as pd

        if {len(classes) for classes in predictions.values()} != {len(y)}:
            raise ValueError("not the same texts")
        error = pd.DataFrame(predictions).ne(y, axis=0).mean().sort_values()
        margin = 1.96 * (error * (1 - error) / len(y)) ** 0.5
        return [(name, 100 * error[name], 100 * margin[name], published.get(name)) for name in error.index]

    @right_answer
    def named_rows(y, predictions, published):
        from collections import namedtuple

        Row = namedtuple("Row", "name error margin published")
        rows = []
        for name, classes in predictions.items():
            if len(y) - len(classes):
                raise ValueError(name)
            wrong = np.count_nonzero(y - classes) / len(y)
            rows.append(Row(name, wrong * 100, 196 * (wrong * (1 - wrong) / len(y)) ** 0.5, published.get(name)))
        return sorted(rows, key=lambda row: row.error)
