import numpy as np

from autograder.exercise import exercise, mistake, probe
from course_utils.expect import model
from course_utils.values import ask

from .shared import PIXELS


def looked_at(shape, sides, classes=3, fit=False):
    """A probe that asks for a network for `shape` and shows it two pictures of each of `sides`, (H, W) pairs.

    With `fit` the network is also trained a little on bright and dark squares, so that a loss can fall.
    """
    rng = np.random.default_rng(sum(side[0] + 7 * side[1] for side in sides))
    batches = [rng.normal(size=(2, *side, shape[2])).astype("float32") for side in sides]
    expected = model(
        input_shape=shape,
        output_shape=(*shape[:2], classes),
        predicted=[(2, *side, classes) for side in sides],
        outputs="distribution",
        layers={"Conv2DTranspose": (1, 20)},
        without=["Flatten", "Dense"],
        parameters=(1, 100_000),
        learns=0.9 if fit else None,
    )
    training = {}
    if fit:
        labels = rng.integers(0, 3, (12, 4, 4)).repeat(4, axis=1).repeat(4, axis=2)  # (12, 16, 16)
        pictures = (labels[..., None] - 1.0) + rng.normal(0, 0.3, (*labels.shape, shape[2]))
        training = {
            "fit": (np.round(pictures, 2).astype("float32"), labels.astype("uint8")),
            "epochs": 30,  # with sigmoids between its layers a network hardly moves for the first fifteen
            "batch_size": 4,
            "learning_rate": 0.01,
            "compile": {"optimizer": "adam", "loss": "sparse_categorical_crossentropy"},
        }
    return probe(shape, ask=ask(*batches, **training), expect=expected)


@exercise("build_fcn", points=3, objective=PIXELS, time_limit=30.0, all_or_nothing=True)
class BuildFcn:
    """A Keras model from pictures of input_shape to the probabilities of three classes for every pixel."""

    examples = [
        looked_at((8, 8, 1), [(8, 8)]),
        looked_at((12, 20, 3), [(12, 20)]),
        looked_at((None, None, 1), [(16, 16), (8, 24)], fit=True),
    ]

    def hidden(rng):
        yield looked_at((16, 12, 2), [(16, 12)])
        yield looked_at((4, 28, 1), [(4, 28)])
        yield looked_at((None, None, 3), [(16, 16), (20, 4)], fit=True)

    @mistake(
        "It loses the size: what went down has to come up again, by as much, so that there is a label for every pixel. "
        "`padding='same'` in every layer keeps the arithmetic simple: each stride of 2 or pooling by 2 on the way down "
        "needs one stride of 2 on the way up, and the last layer has three filters.",
        symptom="wrong output shape",
    )
    def loses_the_size(input_shape):
        import keras

        layers = keras.layers
        return keras.Sequential(
            [
                keras.Input(input_shape),
                layers.Conv2D(8, 3, strides=2, activation="relu"),
                layers.Conv2DTranspose(8, 3, strides=2, activation="relu"),
                layers.Conv2D(3, 1, activation="softmax"),
            ]
        )

    @mistake(
        "The three numbers of a pixel do not add up to 1. Its classes exclude one another: end with a softmax, over the "
        "last axis, not with a sigmoid.",
        symptom="not a distribution",
    )
    def sigmoid(input_shape):
        import keras

        layers = keras.layers
        return keras.Sequential(
            [
                keras.Input(input_shape),
                layers.Conv2D(8, 3, strides=2, padding="same", activation="relu"),
                layers.Conv2DTranspose(8, 3, strides=2, padding="same", activation="relu"),
                layers.Conv2D(3, 1, activation="sigmoid"),
            ]
        )

    @mistake(
        "The last layer has no activation that makes probabilities of its numbers: give it `activation='softmax'`.",
        symptom="not probabilities",
    )
    def no_activation(input_shape):
        import keras

        layers = keras.layers
        return keras.Sequential(
            [
                keras.Input(input_shape),
                layers.Conv2D(8, 3, strides=2, padding="same", activation="relu"),
                layers.Conv2DTranspose(3, 4, strides=2, padding="same"),
            ]
        )

    @mistake(
        "Fully convolutional means convolutions from beginning to end, at least one of them a `Conv2DTranspose` on the "
        "way up, and neither `Flatten` nor `Dense`: a `Dense` after a `Flatten` would tie it to one size.",
        symptom="wrong layers",
    )
    def upsampled_without_transpose(input_shape):
        import keras

        layers = keras.layers
        return keras.Sequential(
            [
                keras.Input(input_shape),
                layers.Conv2D(8, 3, padding="same", activation="relu"),
                layers.MaxPooling2D(2),
                layers.UpSampling2D(2),
                layers.Conv2D(3, 3, padding="same", activation="softmax"),
            ]
        )

    @mistake(
        "That is far more than three small layers need: at most 100,000 parameters are allowed. A few dozen filters a "
        "layer are plenty.",
        symptom="wrong parameters",
    )
    def too_large(input_shape):
        import keras

        layers = keras.layers
        return keras.Sequential(
            [
                keras.Input(input_shape),
                layers.Conv2D(128, 3, strides=2, padding="same", activation="relu"),
                layers.Conv2DTranspose(128, 3, strides=2, padding="same", activation="relu"),
                layers.Conv2D(3, 1, activation="softmax"),
            ]
        )

    @mistake("A function gives back what stands after `return`: end with the model itself.", symptom="not a model")
    def returns_a_tensor(input_shape):
        import keras

        inputs = keras.Input(input_shape)
        hidden = keras.layers.Conv2D(8, 3, strides=2, padding="same", activation="relu")(inputs)
        hidden = keras.layers.Conv2DTranspose(3, 4, strides=2, padding="same", activation="softmax")(hidden)
        keras.Model(inputs, hidden)
