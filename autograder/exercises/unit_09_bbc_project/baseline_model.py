import numpy as np

from autograder.exercise import exercise, mistake

from .shared import CLASSES, IDS, TRAIN, examined, secret_split, text_model

BAG = {"layers": {"Dense": (2, 9), "Dropout": (1, 9)}, "without": ["Conv1D", "LSTM", "GRU"]}


@exercise("baseline_model", points=3, objective=TRAIN, time_limit=60.0)
class BaselineModel:
    """A trained network of dense layers and dropout over a bag of words; it takes texts and gives five probabilities."""

    examples = [examined(0.6, **BAG)]

    def hidden(rng):
        *articles, canonical = secret_split()
        yield examined(0.93 if canonical else 0.85, articles=articles, **BAG)

    @mistake(
        "`fit` returns a History, the record of the training. It trains the network in place, and it is the model that is "
        "asked for.",
        symptom="not a model",
    )
    def returns_history(texts, labels):
        import keras

        words = keras.layers.TextVectorization(max_tokens=100, output_mode="multi_hot")
        words.adapt(np.array(texts, dtype=object))
        core = keras.Sequential([keras.layers.Dense(CLASSES, activation="softmax")])
        core.compile("adam", "sparse_categorical_crossentropy")
        return core.fit(words(np.array(texts, dtype=object)), labels, verbose=0)

    @mistake(IDS, symptom="does not run")
    def takes_rows(texts, labels):
        import keras

        return text_model(texts, labels, [keras.layers.Dense(8), keras.layers.Dropout(0.1)], epochs=1)[1]

    @mistake(
        "One output is for two classes. For five: five units and a softmax, with 'sparse_categorical_crossentropy' for labels "
        "that are integers.",
        symptom="wrong output shape",
    )
    def one_unit(texts, labels):
        return text_model(texts, labels > 2, epochs=1, loss="binary_crossentropy", units=1, last="sigmoid")[0]

    sigmoids = mistake(
        "Five sigmoids answer five separate questions, and their answers need not add up to 1. The classes exclude each "
        "other: use a softmax.",
        lambda texts, labels: text_model(texts, labels, epochs=1, last="sigmoid")[0],
        symptom="not a distribution",
    )
    logits = mistake(
        "The last layer has no softmax: its outputs are logits. Add activation='softmax'.",
        lambda texts, labels: text_model(texts, np.eye(CLASSES)[labels], epochs=1, loss="mse", last=None)[0],
        symptom="not probabilities",
    )
    loss_for_one_hot = mistake(
        "The labels are integers, one a text. 'categorical_crossentropy' wants them one-hot; the loss for integers is "
        "'sparse_categorical_crossentropy'.",
        lambda texts, labels: text_model(texts, labels, epochs=1, loss="categorical_crossentropy")[0],
    )
    no_hidden_layer = mistake(
        "Not the baseline that is asked for: at least two dense layers, dropout, and no convolution.",
        lambda texts, labels: text_model(texts, labels)[0],
        symptom="wrong layers",
    )

    @mistake(
        "It hardly knows more than chance. Was it trained at all? Are texts and labels still in the same order?",
        symptom="too low",
    )
    def labels_out_of_order(texts, labels):
        import keras

        return text_model(texts, np.sort(labels), [keras.layers.Dense(8), keras.layers.Dropout(0.1)], epochs=2)[0]

    @mistake(
        "One answer for every text: the pipeline was not adapted to the texts, or the network was never trained.",
        symptom="constant",
    )
    def knows_no_words(texts, labels):
        import keras

        words = keras.layers.TextVectorization(vocabulary=["zzz"], output_mode="multi_hot")
        layers = [keras.layers.Dense(8), keras.layers.Dropout(0.5), keras.layers.Dense(CLASSES, activation="softmax")]
        return keras.Sequential([keras.Input((), dtype="string"), words, *layers])
