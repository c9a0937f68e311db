"""Right answers to `final_model`, each written in another way."""

import numpy as np

from ..final_model import VALIDATION, LinearScorer, linear, sparse_split


def support_vectors():
    weights, bias, _ = linear()
    return LinearScorer(weights, bias)


def support_vectors_on_weighted_words():
    weights, bias, idf = linear(strength=1.0, weighted=True)
    return LinearScorer(weights, bias, idf=idf)


def naive_bayes():
    from sklearn.naive_bayes import MultinomialNB

    x, y = (part[VALIDATION:] for part in sparse_split("train"))
    fitted = MultinomialNB(alpha=0.05, fit_prior=False).fit(x, y)
    weights, bias = np.zeros((10_000, 46), "float32"), np.full(46, -1e9, "float32")  # a topic that never occurs there
    weights[:, fitted.classes_], bias[fitted.classes_] = fitted.feature_log_prob_.T, fitted.class_log_prior_
    return LinearScorer(weights, bias)


def sequential_network():
    import keras

    x, y = (part[-4000:] for part in sparse_split("train"))
    keras.utils.set_random_seed(0)
    network = keras.Sequential([keras.Input((10_000,)), keras.layers.Dense(64, "relu"), keras.layers.Dropout(0.3)])
    network.add(keras.layers.Dense(46, "softmax"))
    network.compile(keras.optimizers.Adam(5e-3), "sparse_categorical_crossentropy")
    network.fit(x.toarray(), y, epochs=4, batch_size=128, verbose=0)
    return network


def functional_network_for_rows():
    import keras

    x, y = (part[VALIDATION:5000] for part in sparse_split("train"))
    keras.utils.set_random_seed(0)
    story = keras.Input((10_000,), dtype="float32")
    hidden = keras.layers.Activation("tanh")(keras.layers.Dense(100)(keras.layers.UnitNormalization()(story)))
    network = keras.Model(story, keras.layers.Softmax()(keras.layers.Dense(46)(hidden)))
    network.compile(keras.optimizers.RMSprop(5e-3), keras.losses.CategoricalCrossentropy())
    network.fit(x.toarray(), keras.utils.to_categorical(y, 46), epochs=6, batch_size=100, verbose=0)
    return network


def network_of_one_layer():
    import keras

    weights, bias, _ = linear()
    network = keras.Sequential([keras.Input((10_000,)), keras.layers.Dense(46, activation="softmax")])
    network.set_weights([weights, bias])
    return network
