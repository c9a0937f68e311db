import numpy as np

from autograder.exercise import exercise, mistake, probe

from .shared import BLOCK, EPSILON, block, block_weights, pre_norm, tanh_approximation


def of_seed(seed, texts, length, width, heads, hidden, cut=None, spread=1.5, padding=1.0, step=1):
    """A probe of random states; `cut`: how many places of the last text are words, with `step` -1 at its end;
    `padding`: by how much the others are larger."""
    rng = np.random.default_rng(seed) if isinstance(seed, int) else seed
    mask = np.ones((texts, length), bool)
    mask[-1, length if cut is None else cut :] = False
    mask = mask[:, ::step]
    x = rng.normal(0, spread, (texts, length, width))
    x = np.where(mask[..., None], x, padding * x)
    return probe(np.round(x, 2), mask, rounded(block_weights(rng, width, heads, hidden)))


def rounded(weights):
    """A block's weights with two digits, so that they can be read."""
    return {
        name: each if name == "heads" else tuple(np.round(part, 2) for part in each) for name, each in weights.items()
    }


def all_equal(number, width, heads, hidden):
    """A probe of one place whose numbers are all equal, and stay so: their variance is 0."""
    x, mask, weights = of_seed(7, 1, 1, width, heads, hidden).args
    weights["out"] = np.zeros((width, width)), np.zeros(width)
    return probe(np.full_like(x, number), mask, weights)


@exercise("encoder_block", points=4, objective=BLOCK, rtol=1e-5, atol=1e-6, dtype="any", time_limit=30.0)
class EncoderBlock:
    """x = norm(x + attention(x)), then norm(x + W2 gelu(W1 x)): (n, length, width), padding looked at by nobody."""

    def oracle(x, mask, weights):
        import keras

        _, length, width = x.shape
        heads, size = weights["heads"], width // weights["heads"]
        attend = keras.layers.MultiHeadAttention(heads, size, dtype="float64")
        attend.build(x.shape, x.shape)
        parts = []
        for name in ("query", "key", "value"):
            kernel, bias = weights[name]
            parts += [kernel.reshape(width, heads, size), bias.reshape(heads, size)]
        kernel, bias = weights["out"]
        attend.set_weights([*parts, kernel.reshape(heads, size, width), bias])
        given = keras.ops.convert_to_tensor(x, "float64")
        taken = attend(given, given, attention_mask=np.repeat(mask[:, None], length, axis=1))
        first = _norm(keras, given + taken, weights["norm_1"])
        up, down = weights["up"], weights["down"]
        hidden = keras.ops.gelu(first @ up[0] + up[1], approximate=False)
        return np.asarray(_norm(keras, first + hidden @ down[0] + down[1], weights["norm_2"]))

    examples = [
        of_seed(1, 1, 2, 2, 1, 2),
        of_seed(2, 1, 3, 2, 1, 3, cut=2),
        of_seed(3, 2, 3, 4, 2, 3, cut=2),
        of_seed(4, 1, 4, 6, 3, 4, cut=3),
        of_seed(5, 1, 1, 4, 2, 3),
        of_seed(6, 1, 2, 2, 1, 2, spread=200.0),  # exp overflows
        of_seed(7, 2, 3, 4, 2, 4, cut=2, padding=5000.0),
        all_equal(3.0, 2, 1, 2),
        of_seed(8, 2, 3, 4, 2, 3, cut=2, step=-1),
    ]

    def hidden(rng):
        for texts, length, width, heads, hidden, cut in (
            (2, 5, 4, 1, 8, 3),
            (3, 4, 8, 4, 6, 1),
            (1, 6, 6, 2, 5, None),
            (2, 3, 6, 6, 4, 2),
            (4, 2, 4, 2, 3, None),
        ):
            yield of_seed(rng, texts, length, width, heads, hidden, cut)
        yield all_equal(float(rng.integers(1, 9)), 4, 2, 3)
        x, mask, weights = of_seed(rng, 2, 5, 4, 2, 4).args
        mask[0, [1, 3]] = False  # padding may stand anywhere
        yield probe(x, mask, weights)
        yield probe(np.where(mask[..., None], x, 1e3), mask, weights)  # and hold anything
        yield probe(200 * x, mask, weights)  # exp overflows

    mask_ignored = mistake(
        "The mask has no effect: padding is looked at. Its score should be so low that the softmax leaves nothing of it.",
        lambda x, mask, weights: block(x, mask | True, weights),
    )
    mask_on_the_wrong_axis = mistake(
        "Your mask hides the rows of places that *look*. It should hide those that are looked *at*: the last axis of the scores.",
        lambda x, mask, weights: block(x, mask, weights, mask_axis=2),
    )
    mask_of_the_first = mistake(
        "The mask of the first text counts for all texts in yours. Each has its own: mask[:, None, None].",
        lambda x, mask, weights: block(x, np.broadcast_to(mask[0], mask.shape), weights),
    )
    padding_at_the_end = mistake(
        "You take the first so many places for words. Padding may stand anywhere: the mask says where.",
        lambda x, mask, weights: block(x, np.arange(mask.shape[1]) < mask.sum(axis=1, keepdims=True), weights),
    )
    padding_left_empty = mistake(
        "What padding itself becomes is zeros in yours. It is computed like the rest; only *looked at* it is by no place.",
        lambda x, mask, weights: block(x, mask, weights) * mask[..., None],
    )
    another_epsilon = mistake(
        "What you add to the variance is 1e-5, as in PyTorch's layers. BERT has 1e-12.",
        lambda x, mask, weights: block(x, mask, weights, epsilon=1e-5),
    )
    mask_after_softmax = mistake(
        "You put the mask on after the softmax, so that the weights no longer add up to 1.",
        lambda x, mask, weights: block(x, mask, weights, late_mask=True),
    )
    mask_times_scores = mistake(
        "You multiply the scores of padding by 0. exp(0) is 1, so it still gets a share: its score should be hugely negative.",
        lambda x, mask, weights: block(x, mask, weights, low=lambda scores: 0 * scores),
    )
    added_too_little = mistake(
        "The number that you add to hide padding is too small beside large scores: padding may hold anything, and its score may be larger. "
        "Put a hugely negative number in the *place* of the score: `np.where`.",
        lambda x, mask, weights: block(x, mask, weights, low=lambda scores: scores - 1e4),
    )
    norm_before = mistake(
        "You normalise what goes *into* attention and into the two layers. BERT adds first, and normalises the sum.",
        lambda x, mask, weights: pre_norm(x, mask, weights),
    )
    tanh_gelu = mistake(
        "That is the approximation of GELU by tanh, off in the fourth digit. BERT's is exact: z/2 (1 + erf(z / sqrt 2)).",
        lambda x, mask, weights: block(x, mask, weights, gelu=tanh_approximation),
    )
    relu = mistake(
        "You take a ReLU between the two layers. It is GELU here, which lets a little of negative numbers through.",
        lambda x, mask, weights: block(x, mask, weights, gelu=lambda z: np.maximum(z, 0)),
    )
    sigmoid_gelu = mistake(
        "That is the approximation of GELU by a sigmoid, off in the third digit. BERT's is exact: z/2 (1 + erf(z / sqrt 2)).",
        lambda x, mask, weights: block(x, mask, weights, gelu=lambda z: z / (1 + np.exp(np.minimum(-1.702 * z, 700)))),
    )
    first_residual_missing = mistake(
        "x is not added to what attention took. Without it a place forgets what it was itself.",
        lambda x, mask, weights: block(x, mask, weights, first=lambda x, taken: taken),
    )
    second_residual_missing = mistake(
        "What came out of the first half is not added to what the two layers made of it.",
        lambda x, mask, weights: block(x, mask, weights, second=lambda x, change: change),
    )
    residual_of_the_input = mistake(
        "In the second half you add the block's input. What is added is what goes into the two layers: the first half's result.",
        lambda x, mask, weights: block(x, mask, weights, second=lambda first, change: x + change),
    )
    not_scaled = mistake(
        "The scores are not divided by the root of a head's size.",
        lambda x, mask, weights: block(x, mask, weights, scale=lambda width, heads: 1.0),
    )
    scaled_by_the_width = mistake(
        "You divide by the root of the whole width. Each head compares width / heads numbers: divide by the root of that.",
        lambda x, mask, weights: block(x, mask, weights, scale=lambda width, heads: width**-0.5),
    )
    divided_by_the_size = mistake(
        "You divide by a head's size. It is the square *root* of it.",
        lambda x, mask, weights: block(x, mask, weights, scale=lambda width, heads: heads / width),
    )
    one_head = mistake(
        "All is one head in yours. Each head has its own numbers of query, key and value, and a softmax of its own.",
        lambda x, mask, weights: block(x, mask, {**weights, "heads": 1}),
    )
    heads_interleaved = mistake(
        "Your heads take every so-manyth number. Head 0 has the first width / heads numbers, head 1 the next: reshape to (..., heads, "
        "size), not (..., size, heads).",
        lambda x, mask, weights: block(x, mask, weights, interleaved=True),
    )
    heads_by_reshape = mistake(
        "A reshape to (..., heads, places, size) gives a head numbers of several places. First reshape to (..., places, heads, size), so "
        "that each place's numbers are shared out; then exchange the two axes.",
        lambda x, mask, weights: block(x, mask, weights, by_reshape=True),
    )
    heads_not_put_back = mistake(
        "What the heads took is put together in the wrong order: of each place, first all numbers of head 0, then those of head 1. Move "
        "the axis of the heads back before you reshape.",
        lambda x, mask, weights: block(x, mask, weights, jumbled=True),
    )
    softmax_over_queries = mistake(
        "The softmax runs over the places that look. The weights of what *one* place looks at add up to 1: the last axis.",
        lambda x, mask, weights: block(x, mask, weights, axis=2),
    )
    query_and_key_swapped = mistake(
        "Query and key have changed places, so that scores are read the other way round.",
        lambda x, mask, weights: block(x, mask, {**weights, "query": weights["key"], "key": weights["query"]}),
    )
    norms_swapped = mistake(
        "norm_1 and norm_2 have changed places.",
        lambda x, mask, weights: block(x, mask, {**weights, "norm_1": weights["norm_2"], "norm_2": weights["norm_1"]}),
    )
    no_second_norm = mistake(
        "The second half is not normalised.",
        lambda x, mask, weights: block(x, mask, weights, second_norm=False),
    )
    out_forgotten = mistake(
        "What the heads took goes through one more layer, out, before it is added.",
        lambda x, mask, weights: block(x, mask, weights, no_out=True),
    )
    scale_and_shift_forgotten = mistake(
        "You normalise, and stop there. Each of the width numbers is then multiplied by the norm's scale, and its shift is added.",
        lambda x, mask, weights: block(
            x, mask, {**weights, **{n: (1 + 0 * weights[n][0], 0 * weights[n][1]) for n in ("norm_1", "norm_2")}}
        ),
    )
    variance_for_deviation = mistake(
        "You divide by the variance. It is the *root* of the variance (and epsilon) that makes the spread 1.",
        lambda x, mask, weights: block(x, mask, weights, power=1.0),
    )
    no_epsilon = mistake(
        "Where all numbers of a place are equal their variance is 0, and 0 / 0 is NaN. Add 1e-12 to the variance before the root.",
        lambda x, mask, weights: block(x, mask, weights, epsilon=0.0),
    )
    unbiased_variance = mistake(
        "Your variance divides by width - 1. A layer normalisation divides by width.",
        lambda x, mask, weights: block(x, mask, weights, ddof=1),
    )
    normalised_over_places = mistake(
        "You normalise over the places of a text. A layer normalisation works on each place by itself, over its width numbers.",
        lambda x, mask, weights: block(x, mask, weights, norm_axis=1),
    )
    normalised_over_the_text = mistake(
        "You normalise all numbers of a text together. A layer normalisation works on each place by itself: axis -1.",
        lambda x, mask, weights: block(x, mask, weights, norm_axis=(1, 2)),
    )
    no_biases = mistake(
        "The biases of the six layers are not used.",
        lambda x, mask, weights: block(
            x,
            mask,
            {k: (w[0], 0 * w[1]) if k not in ("heads", "norm_1", "norm_2") else w for k, w in weights.items()},
        ),
    )

    @mistake(
        "A large score makes exp overflow, and infinity / infinity is NaN. Take each row's largest score off before exp: the softmax "
        "stays the same."
    )
    def overflow(x, mask, weights):
        with np.errstate(all="ignore"):
            return block(x, mask, weights, stable=False)


def _norm(keras, x, weights):
    layer = keras.layers.LayerNormalization(epsilon=EPSILON, dtype="float64")
    layer.build(x.shape)
    layer.set_weights(list(weights))
    return layer(x)
