"""Right answers to `baseline_model`, each written in another way."""

import numpy as np

from ..shared import CLASSES, text_model


def quick(texts, labels):
    import keras

    return text_model(texts, labels, [keras.layers.Dense(32, activation="relu"), keras.layers.Dropout(0.3)])[0]


def one_by_one(texts, labels):
    import keras
    import tensorflow as tf

    words = keras.layers.TextVectorization(max_tokens=5_000, output_mode="tf_idf")
    words.adapt(np.array(texts, dtype=object), batch_size=256)
    inputs = keras.Input((1,), dtype="string")
    hidden = keras.layers.Dropout(0.2)(keras.layers.Dense(24, activation="relu")(words(inputs)))
    whole = keras.Model(inputs, keras.layers.Dense(CLASSES, activation="softmax")(hidden))
    whole.compile("adam", "categorical_crossentropy")
    whole.fit(tf.constant(texts)[:, None], np.eye(CLASSES)[labels], epochs=6, batch_size=16, verbose=0)
    return whole


def functional_with_rmsprop(texts, labels):
    import keras
    import tensorflow as tf

    words = keras.layers.TextVectorization(10_000, output_mode="count", standardize="lower_and_strip_punctuation")
    words.adapt(np.array(texts))
    text = keras.Input(shape=(), dtype="string")
    rows = keras.layers.Rescaling(0.1)(words(text))
    hidden = keras.layers.Dropout(0.5)(keras.layers.Dense(16, "tanh")(rows))
    whole = keras.Model(text, keras.layers.Softmax()(keras.layers.Dense(CLASSES)(hidden)))
    whole.compile(keras.optimizers.RMSprop(0.01), keras.losses.SparseCategoricalCrossentropy())
    whole.fit(tf.data.Dataset.from_tensor_slices((texts, labels)).batch(64), epochs=6, verbose=0)
    return whole


def stopped_early(texts, labels):
    import keras

    words = keras.layers.TextVectorization(max_tokens=3_000, output_mode="multi_hot", ngrams=2)
    words.adapt(np.array(texts, dtype=object), batch_size=512)
    rows = np.asarray(words(np.array(texts, dtype=object)))
    network = keras.Sequential([keras.Input((rows.shape[1],)), keras.layers.Dropout(0.2)])
    network.add(keras.layers.Dense(20, activation="elu"))
    network.add(keras.layers.Dense(CLASSES, activation="softmax"))
    network.compile(keras.optimizers.Nadam(0.01), "sparse_categorical_crossentropy", metrics=["accuracy"])
    stop = keras.callbacks.EarlyStopping(patience=1, restore_best_weights=True)
    network.fit(rows, labels, epochs=6, batch_size=64, validation_split=0.2, callbacks=[stop], verbose=0)
    return keras.Sequential([words, network])


def class_of_its_own(texts, labels):
    import keras

    class Reader(keras.Model):
        def __init__(self):
            super().__init__()
            self.words = keras.layers.TextVectorization(max_tokens=4_000, output_mode="multi_hot")
            self.hidden, self.drop = keras.layers.Dense(16, activation="relu"), keras.layers.Dropout(0.3)
            self.last = keras.layers.Dense(CLASSES, activation="softmax")

        def call(self, texts, training=False):
            return self.last(self.drop(self.hidden(self.words(texts)), training=training))

    reader = Reader()
    reader.words.adapt(np.array(texts, dtype=object), batch_size=256)
    reader.compile(keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy")
    reader.fit(np.array(texts, dtype=object), np.array(labels), batch_size=64, epochs=5, verbose=0)
    return reader
