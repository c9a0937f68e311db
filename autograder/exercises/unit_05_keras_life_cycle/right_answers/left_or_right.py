"""Right answers to `left_or_right`, each written in another way."""

import numpy as np

from ..left_or_right import fitted


def flattened(x, y):
    from keras.layers import Conv2D, Dense, Dropout, Flatten, MaxPooling2D

    layers = [
        layer for f in (16, 32, 32) for layer in (Conv2D(f, 3, activation="relu", padding="same"), MaxPooling2D())
    ]
    return fitted(x, y, [*layers, Flatten(), Dropout(0.3), Dense(32, "relu"), Dense(1, "sigmoid")], 10)


def functional_with_early_stopping(x, y):
    import keras
    from keras import layers

    inputs = keras.Input((28, 28, 1))
    maps = layers.AveragePooling2D(2)(inputs)
    for filters in (16, 24):
        maps = layers.Conv2D(filters, 3, activation="relu")(maps)
    seen = layers.Concatenate()([layers.GlobalMaxPooling2D()(maps), layers.GlobalAveragePooling2D()(maps)])
    network = keras.Model(inputs, layers.Dense(1, activation="sigmoid")(seen))
    network.compile(keras.optimizers.Adam(0.006), "binary_crossentropy", metrics=["accuracy"])
    stop = keras.callbacks.EarlyStopping("val_loss", patience=2, restore_best_weights=True)
    network.fit(x, y, epochs=7, batch_size=32, validation_split=0.2, callbacks=[stop], verbose=0)
    return network


def subclassed(x, y):
    import keras
    from keras import layers

    class ArrowNetwork(keras.Model):
        def __init__(self):
            super().__init__()
            self.look = layers.Conv2D(12, 5, strides=2, activation="gelu")
            self.combine = layers.Conv2D(24, 3, activation="gelu")
            self.anywhere = layers.GlobalMaxPooling2D()
            self.decide = layers.Dense(1, activation="sigmoid")

        def call(self, pictures):
            return self.decide(self.anywhere(self.combine(self.look(pictures))))

    network = ArrowNetwork()
    network.compile(keras.optimizers.AdamW(0.006), keras.losses.BinaryCrossentropy())
    network.fit(x, y, epochs=6, batch_size=32, verbose=0)
    return network


def with_mirrored_pictures(x, y):
    from keras.layers import Conv2D, Dense, GlobalMaxPooling2D

    x, y = np.concatenate([x, x[:, :, ::-1]]), np.concatenate([y, 1 - y])
    layers = [Conv2D(12, 5, strides=2, activation="relu"), Conv2D(24, 3, activation="relu"), GlobalMaxPooling2D()]
    return fitted(x, y, [*layers, Dense(1, "sigmoid")], 4, 6e-3)


def separable_with_normalised_batches(x, y):
    import keras
    from keras import layers

    network = keras.Sequential()
    network.add(keras.Input((28, 28, 1)))
    network.add(layers.Conv2D(12, 5, strides=2, use_bias=False))
    network.add(layers.BatchNormalization())
    network.add(layers.ReLU())
    network.add(layers.SeparableConv2D(32, 3, activation="elu"))
    network.add(layers.GlobalMaxPooling2D())
    network.add(layers.Dense(1, activation="sigmoid"))
    network.compile(optimizer=keras.optimizers.Nadam(0.008), loss="binary_crossentropy")
    network.fit(x, y, batch_size=32, epochs=5, verbose=0)
    return network
