import numpy as np

from autograder.exercise import exercise, mistake, probe

from .shared import NARROW


@exercise("bottleneck_sweep", points=3, objective=NARROW)
class BottleneckSweep:
    """For each width w of the second layer: the parameters of 10000-64-w-46, and the rank that the scores can have at most."""

    def oracle(widths):
        rng = np.random.default_rng(0)
        rows = []
        for w in widths:
            sizes = [10_000, 64, w, 46]
            arrays = [(a, b) for a, b in zip(sizes, sizes[1:], strict=False)] + [(b,) for b in sizes[1:]]
            narrow = np.maximum(rng.normal(size=(600, w)), 0)  # (stories, w), after the relu
            scores = narrow @ rng.normal(size=(w, 46))
            rows.append([sum(int(np.prod(shape)) for shape in arrays), np.linalg.matrix_rank(scores)])
        return np.array(rows)

    examples = [
        probe([4]),
        probe([4, 64]),
        probe([1, 16, 46]),
        probe([128]),
        probe([46, 47, 45]),
    ]

    def hidden(rng):
        yield probe([2, 8, 32])
        for _ in range(3):
            yield probe(sorted(int(w) for w in rng.integers(1, 200, size=4)))
        yield probe([int(rng.integers(47, 64)), int(rng.integers(65, 100)), 3])

    no_biases = mistake(
        "The biases are missing: each layer has one more number for every unit. 64 + w + 46 of them in all.",
        lambda widths: np.array([[10_000 * 64 + 64 * w + w * 46, min(w, 46)] for w in widths]),
    )
    output_reads_64 = mistake(
        "The last layer still has 64 inputs in your count. It reads what the narrow layer gives out: w numbers, so w * 46 weights.",
        lambda widths: np.array([[640_064 + 65 * w + 65 * 46, min(w, 46)] for w in widths]),
    )
    one_layer_more = mistake(
        "You put the narrow layer in *addition* to the two of 64. It takes the place of the second one: 10000-64-w-46.",
        lambda widths: np.array([[640_064 + 65 * 64 + 65 * w + 46 * (w + 1), min(w, 46)] for w in widths]),
    )
    first_layer_narrow = mistake(
        "You narrow the *first* layer. The one before the output is meant: 10000-64-w-46.",
        lambda widths: np.array([[10_001 * w + 64 * (w + 1) + 65 * 46, min(w, 46)] for w in widths]),
    )
    rank_uncapped = mistake(
        "The parameters are right. The rank cannot be more than 46, though: a table with 46 columns has no more than 46 "
        "independent ones, however wide the layer before it.",
        lambda widths: np.array([[640_110 + 111 * w, w] for w in widths]),
    )
    rank_capped_at_64 = mistake(
        "The parameters are right. You give a network with a wide layer the rank 64: the scores have only 46 columns, so "
        "46 is the end.",
        lambda widths: np.array([[640_110 + 111 * w, min(w, 64)] for w in widths]),
    )
    rank_with_bias = mistake(
        "One too many: the biases are the same for every story and were taken off. What is left is a product of w numbers a story "
        "with w rows of weights, so its rank is w at most.",
        lambda widths: np.array([[640_110 + 111 * w, min(w + 1, 46)] for w in widths]),
    )
    rank_always_46 = mistake(
        "The rank of the scores is not always 46: all that the last layer knows of a story are w numbers.",
        lambda widths: np.array([[640_110 + 111 * w, 46] for w in widths]),
    )
    columns_swapped = mistake(
        "The two columns are swapped: parameters first, then the rank.",
        lambda widths: np.array([[min(w, 46), 640_110 + 111 * w] for w in widths]),
    )
    transposed = mistake(
        "Rows and columns are swapped: one row for each width.",
        lambda widths: np.array([[640_110 + 111 * w, min(w, 46)] for w in widths]).T.copy(),
    )
    no_biases_rank_uncapped = mistake(
        "Two things: the biases are missing, one for every unit, 64 + w + 46 of them; and the rank ends at 46, since the scores have no "
        "more columns.",
        lambda widths: np.array([[10_000 * 64 + 64 * w + w * 46, w] for w in widths]),
    )
    floats = mistake(
        "The numbers are right, but they are floats. Parameters and ranks are counted: integers, please.",
        lambda widths: np.array([[640_110.0 + 111 * w, min(w, 46)] for w in widths]),
    )
    narrow_without_bias = mistake(
        "The biases of the narrow layer are missing: w of them. The other two layers are right.",
        lambda widths: np.array([[640_110 + 110 * w, min(w, 46)] for w in widths]),
    )
