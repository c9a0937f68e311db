"""Right answers to `build`, each written in another way."""

from ..build import made


def wide(kind, n_in, n_out):
    return made(kind, n_in, n_out, width=64)


def deep_with_objects(kind, n_in, n_out):
    import keras
    from keras import layers

    if kind == "two":
        x = inputs = keras.Input(shape=(n_in,), name="numbers")
        for units in (24, 12):
            x = layers.Activation("tanh")(layers.Dense(units, kernel_regularizer="l2")(x))
        net = keras.Model(inputs=inputs, outputs=layers.Dense(1, activation=keras.activations.sigmoid)(x))
        net.compile(
            "rmsprop", keras.losses.BinaryCrossentropy(), metrics=[keras.metrics.BinaryAccuracy(name="accuracy")]
        )
        return net
    if kind == "many":
        net = keras.Sequential()
        net.add(keras.Input((n_in,)))
        net.add(layers.Dense(32, activation="gelu"))
        net.add(layers.BatchNormalization())
        net.add(layers.Dense(n_out))
        net.add(layers.Softmax())
        loss = keras.losses.SparseCategoricalCrossentropy()
        net.compile(keras.optimizers.Adam(3e-3), loss, metrics=["accuracy", "sparse_top_k_categorical_accuracy"])
        return net
    if kind != "regression":
        raise ValueError(f"what is {kind!r}?")
    x = inputs = keras.Input((n_in,))
    x = layers.Concatenate()([inputs, layers.Dense(20, "leaky_relu")(x)])
    net = keras.Model(inputs, layers.Dense(n_out)(x))
    net.compile(loss="mse", optimizer=keras.optimizers.SGD(0.01, momentum=0.9), metrics=["mae"])
    return net


def without_input_layers(kind, n_in, n_out):
    import keras
    from keras import layers

    class Regressor(keras.Model):
        def __init__(self):
            super().__init__()
            self.outgoing, self.incoming = layers.Dense(n_out), layers.Dense(10, activation="softplus")

        def call(self, x):
            return self.outgoing(self.incoming(x))

    if kind == "two":
        inputs = keras.Input([n_in])
        outputs = layers.Dense(1)(layers.PReLU()(layers.Dense(12)(inputs)))
        net = keras.models.Model(inputs=[inputs], outputs=[layers.Activation("sigmoid")(outputs)])
        net.compile("nadam", keras.losses.binary_crossentropy, metrics=[keras.metrics.binary_accuracy])
    elif kind == "many":
        net = keras.models.Sequential([layers.Dense(12, "silu"), layers.Dense(n_out, "softmax")], name="lazy")
        net.compile("adamw", keras.losses.sparse_categorical_crossentropy, metrics=["acc"])
    elif kind == "regression":
        net = Regressor()
        net.compile("adam", keras.losses.MeanSquaredError(), metrics=[keras.metrics.MeanAbsoluteError()])
    else:
        raise ValueError(f"no such kind: {kind}")
    return net


def models_inside_models(kind, n_in, n_out):
    import keras
    from keras import layers

    if kind not in {"two", "many", "regression"}:
        raise ValueError(kind)
    body = keras.Sequential([keras.Input((n_in,)), layers.Dense(20, "elu"), layers.LayerNormalization()])
    falling = keras.optimizers.schedules.ExponentialDecay(0.01, decay_steps=100, decay_rate=0.9)
    if kind == "many":
        net = keras.Sequential([body, layers.Dense(n_out, "softmax")])
        accuracy = keras.metrics.SparseCategoricalAccuracy()
        net.compile(keras.optimizers.Adam(falling), "sparse_categorical_crossentropy", metrics=[accuracy])
        return net
    inputs = keras.Input((n_in,))
    outputs = layers.Dense(n_out, "sigmoid" if kind == "two" else "linear", name="answer")(body(inputs))
    net = keras.Model(inputs, outputs)
    if kind == "two":
        net.compile(
            keras.optimizers.Adam(falling),
            {"answer": "binary_crossentropy"},
            metrics={"answer": ["BinaryAccuracy"]},
        )
    else:
        net.compile(keras.optimizers.RMSprop(falling), "mse")
    return net


def from_a_table(kind, n_in, n_out):
    import keras

    table = {
        "two": ["sigmoid", "binary_crossentropy", ["accuracy"]],
        "many": ["softmax", "sparse_categorical_crossentropy", ["accuracy"]],
        "regression": [None, "mse", None],
    }
    try:
        activation, loss, metrics = table[kind]
    except KeyError:
        raise ValueError(f"{kind!r} is none of {list(table)}") from None
    stack = [
        keras.layers.Dense(32, kernel_initializer="he_normal"),
        keras.layers.ReLU(),
        keras.layers.Dropout(0.2),
        keras.layers.Dense(n_out, activation=activation),
    ]
    if kind == "many":
        net = keras.Sequential([keras.Input(shape=(n_in,)), *stack])
    else:
        x = start = keras.Input(shape=(n_in,), dtype="float32")
        for layer in stack:
            x = layer(x)
        net = keras.Model(start, x)
    net.compile(loss=[loss], optimizer="rmsprop", metrics=metrics)
    return net
