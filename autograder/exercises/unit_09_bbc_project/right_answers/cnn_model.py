"""Right answers to `cnn_model`, each written in another way."""

import numpy as np

from ..cnn_model import convolved
from ..shared import CLASSES, text_model


def over_vectors(texts, labels, path):
    import keras

    words = keras.layers.TextVectorization(max_tokens=6_000, output_sequence_length=150)
    words.adapt(np.array(texts, dtype=object), batch_size=256)
    layers = [
        keras.layers.Embedding(6_000, 32),
        keras.layers.Conv1D(48, 2, activation="relu"),
        keras.layers.GlobalMaxPooling1D(),
        keras.layers.Dense(CLASSES, activation="softmax"),
    ]
    network = keras.Sequential(layers)
    network.compile(keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy")
    network.fit(words(np.array(texts, dtype=object)), labels, epochs=6, batch_size=32, verbose=0)
    whole = keras.Sequential([keras.Input((), dtype="string"), words, network])
    whole.save(path)
    return whole


def over_the_bag(texts, labels, path):
    whole = text_model(texts, labels, convolved())[0]
    whole.save(str(path))
    return whole


def widths_side_by_side(texts, labels, path):
    import keras
    import tensorflow as tf

    words = keras.layers.TextVectorization(max_tokens=5_000, output_sequence_length=200)
    words.adapt(np.array(texts))
    text = keras.Input((), dtype="string")
    vectors = keras.layers.Embedding(words.vocabulary_size(), 24, mask_zero=False)(words(text))
    windows = [keras.layers.Conv1D(48, width, activation="relu", padding="same")(vectors) for width in (1, 3)]
    pooled = keras.layers.Concatenate()([keras.layers.GlobalMaxPooling1D()(each) for each in windows])
    whole = keras.Model(text, keras.layers.Dense(CLASSES, "softmax")(keras.layers.Dropout(0.2)(pooled)))
    whole.compile(keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy", metrics=["accuracy"])
    whole.fit(tf.constant(texts), labels, epochs=7, batch_size=32, verbose=0)
    keras.saving.save_model(whole, path)
    return whole


def loaded_again(texts, labels, path):
    import keras
    import tensorflow as tf

    words = keras.layers.TextVectorization(max_tokens=5_000, output_sequence_length=100, standardize="lower")
    words.adapt(np.array(texts, dtype=object), batch_size=256)
    whole = keras.Sequential([keras.Input((1,), dtype="string"), words, keras.layers.Embedding(5_000, 16)])
    whole.add(keras.layers.Conv1D(32, 3, strides=2))
    whole.add(keras.layers.BatchNormalization())
    whole.add(keras.layers.ReLU())
    whole.add(keras.layers.GlobalAveragePooling1D())
    whole.add(keras.layers.Dense(CLASSES, activation="softmax"))
    whole.compile(keras.optimizers.AdamW(0.02), "categorical_crossentropy")
    rows = tf.constant(texts)[:, None]
    whole.fit(rows, keras.utils.to_categorical(labels, CLASSES), epochs=6, batch_size=32, verbose=0)
    whole.save(path)
    return keras.models.load_model(path)


def pooled_twice(texts, labels, path):
    import keras

    words = keras.layers.TextVectorization(max_tokens=5_000, output_mode="int", output_sequence_length=200)
    words.adapt(np.array(texts, dtype=object), batch_size=256)
    network = keras.Sequential()
    network.add(keras.Input((200,), dtype="int64"))
    network.add(keras.layers.Embedding(5_000, 48))
    network.add(keras.layers.SpatialDropout1D(0.3))
    network.add(keras.layers.Conv1D(64, 3, activation="relu"))
    network.add(keras.layers.MaxPooling1D(2))
    network.add(keras.layers.Conv1D(64, 3, activation="relu"))
    network.add(keras.layers.GlobalMaxPooling1D())
    network.add(keras.layers.Dense(CLASSES, activation="softmax"))
    network.compile(keras.optimizers.Adam(0.003), "sparse_categorical_crossentropy")
    network.fit(words(np.array(texts, dtype=object)), labels, epochs=8, batch_size=32, verbose=0)
    text = keras.Input((1,), dtype="string", name="article")
    whole = keras.Model(text, network(words(text)))
    whole.save(path, overwrite=True)
    return whole
