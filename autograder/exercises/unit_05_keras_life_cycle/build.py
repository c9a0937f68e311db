import numpy as np

from autograder.exercise import exercise, mistake, probe
from course_utils.expect import model, raises
from course_utils.values import ask

from .shared import BUILD

#: Of the first epoch's loss, the share that may be left after 20 epochs. Of 6 right answers that differ in width, activation and
#: optimizer, each from 24 seeds (tests/lessons/calibration_05.py), it was 0.07 (sd 0.11, worst 0.46) for two classes, 0.05 (0.10, 0.53)
#: for many and 0.03 (0.05, 0.32) for numbers. The slowest, SGD on many classes, has 0.27 (0.10): 6 standard deviations of room.
#: None of 432 was rejected.
LEARNS = 0.9
#: What must hold of each kind of model.
FACTS = {
    "two": {
        "made": "Functional",
        "outputs": "probabilities",
        "loss": ["binary_crossentropy"],
        "metrics": ["accuracy"],
    },
    "many": {
        "made": "Sequential",
        "outputs": "distribution",
        "loss": ["sparse_categorical_crossentropy"],
        "metrics": ["accuracy"],
    },
    "regression": {"outputs": "real", "loss": ["mean_squared_error"]},
}


def network(rng, kind, n_in, n_out):
    """A probe for `build(kind, n_in, n_out)`: the model must also be able to learn from examples of its kind."""
    x, y = fields(rng, n_in, n_out) if kind == "regression" else clouds(rng, n_in, max(2, n_out))
    if kind == "two":
        y = y.astype("float32")[:, None]
    facts = {"input_shape": (n_in,), "output_shape": (n_out,), "nonlinear": True, "learns": LEARNS, **FACTS[kind]}
    training = {"fit": (x, y), "epochs": 20, "batch_size": 16, "learning_rate": 0.01}
    return probe(kind, n_in, n_out, ask=ask(x, **training), expect=model(**facts))


def clouds(rng, n_in, n_classes, n=96):
    """(n, n_in) inputs around `n_classes` centres, and the number of each one's centre: easy to tell apart."""
    centres = rng.permutation(3 * np.eye(max(n_in, n_classes)))[:n_classes, :n_in]
    centres += rng.normal(0, 0.1, centres.shape)
    y = np.arange(n) % n_classes
    return (centres[y] + rng.normal(0, 0.6, (n, n_in))).astype("float32"), y


def fields(rng, n_in, n_out, n=96):
    """(n, n_in) inputs and (n, n_out) numbers, from about -6 to 6, that are almost a linear function of them."""
    x = rng.normal(size=(n, n_in)).astype("float32")
    slopes = rng.choice([-2.5, 2.5], size=(n_in, n_out))
    return x, (x @ slopes / np.sqrt(n_in) + 0.3 * np.abs(x[:, :1])).astype("float32")


@exercise("build", points=4, objective=BUILD, time_limit=20.0)
class Build:
    """A compiled network for n_in numbers: "two" classes, "many" classes, or n_out numbers by "regression"."""

    examples = [
        network(np.random.default_rng(51), "two", 4, 1),
        network(np.random.default_rng(52), "many", 4, 3),
        network(np.random.default_rng(53), "regression", 3, 2),
        network(np.random.default_rng(54), "many", 6, 5),
        network(np.random.default_rng(55), "two", 7, 1),
        probe("clustering", 4, 2, expect=raises("ValueError")),
    ]

    def hidden(rng):
        yield network(rng, "two", int(rng.integers(5, 12)), 1)
        yield network(rng, "many", int(rng.integers(5, 9)), int(rng.integers(4, 7)))
        yield network(rng, "regression", int(rng.integers(4, 8)), 1)
        yield probe("", 3, 1, expect=raises("ValueError"))

    softmax_of_one = mistake(
        "A softmax shares 1 out among its units. With a single unit there is nothing to share: it always says 1. One "
        "probability takes one unit and a *sigmoid*.",
        lambda kind, n_in, n_out: made(kind, n_in, n_out, last={"two": "softmax"}),
        symptom="softmax of one",
    )
    logits = mistake(
        "The last layer has no activation where probabilities are asked for: those numbers are logits. Add a sigmoid (for "
        "two classes) or a softmax (for many).",
        lambda kind, n_in, n_out: made(kind, n_in, n_out, last={"two": None, "many": None}),
        symptom="not probabilities",
    )
    sigmoid_for_many = mistake(
        "Each of your outputs is a probability of its own, as if an example could belong to several classes at once. Classes "
        "that exclude each other share 1 out: that is what a *softmax* does.",
        lambda kind, n_in, n_out: made(kind, n_in, n_out, last={"many": "sigmoid"}),
        symptom="not a distribution",
    )
    no_hidden_activation = mistake(
        "The activation of the hidden layer is missing. Two layers without one between them are a single matrix: see the "
        "picture of Y = AX above. Give the hidden layer activation='relu'.",
        lambda kind, n_in, n_out: made(kind, n_in, n_out, hidden=None),
        symptom="linear",
    )
    squashed_numbers = mistake(
        "For regression the last layer ends in a sigmoid or a tanh, which lets nothing beyond 1 through. Leave the activation "
        "of the last layer out: prices and temperatures have no such bounds.",
        lambda kind, n_in, n_out: made(kind, n_in, n_out, last={"regression": "sigmoid"}),
        symptom="squashed",
    )
    clipped_numbers = mistake(
        "For regression the last layer ends in a relu: no negative number can come out. Leave the activation of the last "
        "layer out.",
        lambda kind, n_in, n_out: made(kind, n_in, n_out, last={"regression": "relu"}),
        symptom="clipped",
    )
    not_compiled = mistake(
        "The model is defined, not compiled: `fit` would not know what to make smaller. Call model.compile(optimizer=..., "
        "loss=..., metrics=...) before you return it.",
        lambda kind, n_in, n_out: made(kind, n_in, n_out, compiled=False),
        symptom="not compiled",
    )
    loss_for_one_hot = mistake(
        "That loss does not fit these labels. Two classes: binary_crossentropy. Many classes with integer labels: "
        "sparse_categorical_crossentropy (without *sparse* it wants one-hot rows). Numbers: mean_squared_error.",
        lambda kind, n_in, n_out: made(kind, n_in, n_out, loss={"many": "categorical_crossentropy"}),
        symptom="wrong loss",
    )
    softmax_twice = mistake(
        "The loss is the right one, and is told to expect logits. Where the last layer has a softmax or a sigmoid, leave "
        "from_logits=True out.",
        lambda kind, n_in, n_out: told_of_logits(kind, n_in, n_out),
        symptom="from logits",
    )
    no_metric = mistake(
        'A metric is missing. For classes, add metrics=["accuracy"] to compile: the loss alone tells nobody how many are right.',
        lambda kind, n_in, n_out: made(kind, n_in, n_out, metrics=()),
        symptom="wrong metrics",
    )

    @mistake(
        "For `many`, give keras.Sequential a list of layers. For `two`, begin with keras.Input, call each layer on what the one before "
        "gave, and end with keras.Model(inputs, outputs).",
        symptom="made otherwise",
    )
    def all_sequential(kind, n_in, n_out):
        import keras

        network = made(kind, n_in, n_out)
        again = keras.Sequential([keras.Input((n_in,)), *[layer for layer in network.layers if layer.weights]])
        again.compile("adam", network.loss, metrics=["accuracy"])
        return again

    takes_anything = mistake(
        "A model comes back whatever is asked for. A kind that nobody knows should raise ValueError, or a misspelt word goes "
        "unnoticed until the results are strange.",
        lambda kind, n_in, n_out: made(kind if kind in ("two", "many") else "regression", n_in, n_out),
        symptom="accepts",
    )
    fixed_input = mistake(
        "The model does not take n_in numbers. The input shape is (n_in,), without the batch axis.",
        lambda kind, n_in, n_out: made(kind, 2, n_out),
        symptom="wrong input shape",
    )
    fixed_output = mistake(
        "The number of outputs is wrong: the last layer has n_out units, one for each class or number.",
        lambda kind, n_in, n_out: made(kind, n_in, n_out if kind == "two" else n_out + 1),
        symptom="wrong output shape",
    )

    @mistake(
        "`build` returned no model. Is the last line `return model`? Note that compile returns None: it changes the model in "
        "place.",
        symptom="not a model",
    )
    def returns_compile(kind, n_in, n_out):
        if kind not in ("two", "many", "regression"):
            raise ValueError(kind)
        return made(kind, n_in, n_out, compiled=False).compile("adam", "mse")


def told_of_logits(kind, n_in, n_out):
    """A right answer, but for the losses of classes, which take the probabilities for logits."""
    import keras

    losses = {
        "two": keras.losses.BinaryCrossentropy(from_logits=True),
        "many": keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    }
    return made(kind, n_in, n_out, loss=losses)


def made(kind, n_in, n_out, last=None, hidden="relu", loss=None, metrics=("accuracy",), width=16, compiled=True):
    """A right answer to `build`, with whatever is given otherwise."""
    import keras

    usual = {
        "two": ("sigmoid", "binary_crossentropy"),
        "many": ("softmax", "sparse_categorical_crossentropy"),
        "regression": ("linear", "mean_squared_error"),
    }
    if kind not in usual:
        raise ValueError(kind)
    inputs = keras.Input((n_in,))
    layers = [
        keras.layers.Dense(width, activation=hidden),
        keras.layers.Dense(n_out, activation=(last or {}).get(kind, usual[kind][0])),
    ]
    if kind == "two":
        network = keras.Model(inputs, layers[1](layers[0](inputs)))
    else:
        network = keras.Sequential([inputs, *layers])
    if compiled:
        told = list(metrics) if kind != "regression" else []
        network.compile(optimizer="adam", loss=(loss or {}).get(kind, usual[kind][1]), metrics=told)
    return network
