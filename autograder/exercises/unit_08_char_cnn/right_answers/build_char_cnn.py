"""Right answers to `build_char_cnn`, each written in another way."""

from ..build_char_cnn import nine_layers
from ..shared import LAYERS


def in_a_list(size, length, classes):
    return nine_layers(size, length, classes)


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
