import numpy as np

from autograder.exercise import exercise, mistake, probe
from course_utils.expect import model
from course_utils.values import ask

from .shared import BUILD, LAYERS


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
            activations=8,
            layers={"Conv1D": 6, "MaxPooling1D": 3, "Dense": 3, "Dropout": 2},
            without=["Embedding", "BatchNormalization", "GlobalMaxPooling1D", "GlobalAveragePooling1D"],
            loss=["sparse_categorical_crossentropy"],
            optimizer={"name": "SGD", "learning_rate": 0.01, "momentum": 0.9},
        ),
    )


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

    four_classes_always = mistake(
        "The number of outputs does not follow `classes`: the last layer has one unit for each class.",
        lambda size, length, classes: nine_layers(size, length, 5),
        symptom="wrong output shape",
    )
    logits = mistake(
        "Those are logits: the last layer needs activation='softmax', so that its outputs are probabilities.",
        lambda size, length, classes: nine_layers(size, length, classes, last=None),
        symptom="not probabilities",
    )
    sigmoids = mistake(
        "A sigmoid gives every class a probability of its own. A text has *one* class: softmax, whose outputs add up to 1.",
        lambda size, length, classes: nine_layers(size, length, classes, last="sigmoid"),
        symptom="not a distribution",
    )
    padded = mistake(
        "The number of parameters says that a layer has other sizes than in the table. Usual reasons: padding='same' (the layers are "
        "'valid'); a pooling of three missing after layer 1, 2 or 6, or too many; the sizes of small and large swapped.",
        lambda size, length, classes: nine_layers(size, length, classes, padding="same"),
        symptom="wrong parameters",
    )
    no_dropout = mistake(
        "The parameters add up, but the layers are not those of the table: six Conv1D, three MaxPooling1D, three Dense, and a "
        "Dropout of one half after each of the first two Dense layers.",
        lambda size, length, classes: nine_layers(size, length, classes, rate=0),
        symptom="wrong layers",
    )

    @mistake(
        "Before any training it is sure of a class already: its weights begin too large, and the numbers grow from layer to layer. "
        "0.02 (large) and 0.05 (small) are standard deviations, as `RandomNormal` wants them: take no root of them, do not swap them.",
        symptom="other predictions",
    )
    def deviation_taken_for_a_variance(size, length, classes):
        return nine_layers(
            size, length, classes, widths={"large": (1024, 2048, 0.02**0.5), "small": (256, 1024, 0.05**0.5)}
        )

    linear_dense_layers = mistake(
        "The layers and their parameters are right, but an activation is missing: a ReLU follows each of the six Conv1D layers and of "
        "the first two Dense layers. Without it, dense layers in a row are no more than one.",
        lambda size, length, classes: nine_layers(size, length, classes, dense=None),
        symptom="wrong activations",
    )
    large_too_wide = mistake(
        "Before any training it gives one answer to every text, and is sure of it: its weights begin too large. Their standard "
        "deviation is 0.02 in the large net, and 0.05 in the small one.",
        lambda size, length, classes: nine_layers(
            size, length, classes, widths={"large": (1024, 2048, 0.05), "small": (256, 1024, 0.05)}
        ),
        symptom="constant",
    )
    loss_for_one_hot_labels = mistake(
        "The loss does not match the labels. They are whole numbers, 0 to classes - 1: 'sparse_categorical_crossentropy'. "
        "(Without `sparse`, Keras waits for one-hot labels; binary cross-entropy is for yes and no.)",
        lambda size, length, classes: nine_layers(size, length, classes, loss="categorical_crossentropy"),
        symptom="wrong loss",
    )

    @mistake(
        "The paper's optimizer is SGD with a rate of 0.01 and momentum 0.9. Its name alone, 'sgd', has Keras' own settings, and "
        "no momentum.",
        symptom="wrong optimizer",
    )
    def no_momentum(size, length, classes):
        built = nine_layers(size, length, classes)
        built.compile("sgd", "sparse_categorical_crossentropy")
        return built

    not_compiled = mistake(
        "Compile it before you return it: SGD(0.01, momentum=0.9), and a loss for integer labels.",
        lambda size, length, classes: nine_layers(size, length, classes, loss=None),
        symptom="not compiled",
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
    dense="relu",
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
        stack.append(keras.layers.Dense(units, **(options | {"activation": dense})))
        if rate:
            stack.append(keras.layers.Dropout(rate))
    built = keras.Sequential([*stack, keras.layers.Dense(classes, activation=last)])
    if loss:
        built.compile(keras.optimizers.SGD(0.01, momentum=0.9), loss)
    return built
