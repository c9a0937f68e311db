import numpy as np

from autograder.exercise import exercise, mistake, probe

from .shared import COUNT


@exercise("mean_pred", points=2, objective=COUNT, kind="metric", rtol=1e-5, atol=1e-6, time_limit=10.0)
class MeanPred:
    """A metric: the mean of a model's predictions, over all examples and not only over one batch."""

    def oracle(y_true, y_pred, batch):
        return float(np.mean(y_pred, dtype="float64"))

    examples = [
        probe(np.zeros((2, 1)), np.array([[1.0], [0.0]]), batch=2),
        probe(np.zeros((5, 1)), np.array([[1.0], [1.0], [1.0], [1.0], [0.0]]), batch=4),
        probe(np.array([[0.0], [1], [1]]), np.array([[0.5], [0.25], [0.9]]), batch=2),
        probe(np.array([[0.0, 1], [1, 0], [1, 0]]), np.array([[0.5, 0.1], [0.3, 0.4], [0.2, 0.9]]), batch=2),
    ]

    def hidden(rng):
        for n, units, batch in ((10, 1, 8), (9, 3, 4), (33, 1, 32)):
            y = rng.integers(0, 2, (n, units)).astype(float)
            yield probe(y, np.sort(rng.random((n, units)), axis=0), batch=batch)

    @mistake(
        "You return one number a batch (or one for each output). Keras then takes the mean of those means, in which the last, "
        "smaller batch counts as much as a full one. Return one number an *example*, `axis=-1`, and Keras weighs them rightly."
    )
    def per_batch_only(y_true, y_pred):
        from keras import ops

        return ops.mean(y_pred)

    @mistake("That is the mean of the targets. A metric is called as (y_true, y_pred): the predictions come second.")
    def mean_of_the_targets(y_true, y_pred):
        from keras import ops

        return ops.mean(y_true, axis=-1)

    first_output = mistake(
        "You take the first output of each example only. With several outputs, the mean is over all of them: "
        "ops.mean(y_pred, axis=-1).",
        lambda y_true, y_pred: y_pred[:, 0],
    )
    last_output = mistake(
        "You take the last output of each example only. With several outputs, the mean is over all of them: "
        "ops.mean(y_pred, axis=-1).",
        lambda y_true, y_pred: y_pred[:, -1],
    )
    with_numpy = mistake(
        "Inside `evaluate`, a metric works on symbols that hold no numbers yet: NumPy and .numpy() cannot. Write it with "
        "keras.ops, which has the same functions.",
        lambda y_true, y_pred: y_pred.numpy().mean(axis=-1),
    )
    with_np_mean = mistake(
        "Inside `evaluate`, a metric works on symbols that hold no numbers yet: NumPy cannot. keras.ops has the same "
        "functions: ops.mean(y_pred, axis=-1).",
        lambda y_true, y_pred: np.mean(y_pred, axis=-1),
    )

    @mistake("You add up where a mean is asked for: with several outputs, sums grow with their number.")
    def sums_outputs(y_true, y_pred):
        from keras import ops

        return ops.sum(y_pred, axis=-1)

    @mistake(
        "That counts how many predictions lie above one half. Asked for is the mean of the predictions themselves."
    )
    def share_above_half(y_true, y_pred):
        from keras import ops

        return ops.mean(ops.cast(y_pred > 0.5, "float32"), axis=-1)

    @mistake("You compare predictions with targets. Asked for is the mean of the predictions alone.")
    def compares(y_true, y_pred):
        from keras import ops

        return ops.mean(ops.cast(y_true == y_pred, "float32"), axis=-1)
