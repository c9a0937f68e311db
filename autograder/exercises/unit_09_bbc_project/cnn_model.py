import numpy as np

from autograder.exercise import exercise, mistake

from .baseline_model import BaselineModel
from .shared import IDS, TRAIN, examined, secret_split, text_model

CONVOLUTION = {"layers": {"Conv1D": (1, 40)}}


@exercise("cnn_model", points=5, objective=TRAIN, time_limit=60.0)
class CnnModel:
    """A trained convolutional network that takes texts and gives five probabilities; saved, with its pipeline, at `path`."""

    examples = [examined(0.6, path=True, **CONVOLUTION)]

    def hidden(rng):
        *articles, canonical = secret_split()
        yield examined(0.9 if canonical else 0.8, path=True, articles=articles, **CONVOLUTION)

    returns_history = mistake(
        "`fit` returns a History, the record of the training; the model is asked for.",
        lambda texts, labels, path: BaselineModel.mistakes[0].answer(texts, labels),
        symptom="not a model",
    )
    takes_rows = mistake(
        IDS,
        lambda texts, labels, path: text_model(texts, labels, convolved(), epochs=1)[1],
        symptom="does not run",
    )

    @mistake(
        "One output is for two classes. For five: five units and a softmax.",
        symptom="wrong output shape",
    )
    def one_unit(texts, labels, path):
        return text_model(
            texts, labels > 2, convolved(), epochs=1, loss="binary_crossentropy", units=1, last="sigmoid"
        )[0]

    @mistake(
        "The labels are integers, one a text. 'categorical_crossentropy' wants them one-hot; the loss for integers is "
        "'sparse_categorical_crossentropy'."
    )
    def loss_for_one_hot(texts, labels, path):
        return text_model(texts, labels, convolved(), epochs=1, loss="categorical_crossentropy")[0]

    no_convolution = mistake(
        "There is no Conv1D in it: this exercise asks for a convolution over the words.",
        lambda texts, labels, path: text_model(texts, labels, epochs=1)[0],
        symptom="wrong layers",
    )
    labels_out_of_order = mistake(
        "It hardly knows more than chance. Was it trained long enough? Are texts and labels still in the same order?",
        lambda texts, labels, path: text_model(texts, np.sort(labels), convolved(), epochs=2)[0],
        symptom="too low",
    )
    not_saved = mistake(
        "The model is right, but nothing was saved: `model.save(path)`, after the training.",
        lambda texts, labels, path: text_model(texts, labels, convolved())[0],
        symptom="no file",
    )

    @mistake(
        "The model that you return has learned, the one in the file has not: save it after the training, not before.",
        symptom="saved: too low",
    )
    def saved_too_early(texts, labels, path):
        text_model(texts, labels, convolved(), epochs=0)[0].save(path)
        return text_model(texts, labels, convolved())[0]

    @mistake(
        "The file holds the network without its pipeline: nobody could feed it a text. Save the model that takes texts.",
        symptom="saved: does not run",
    )
    def saved_without_pipeline(texts, labels, path):
        whole, core, _ = text_model(texts, labels, convolved())
        core.save(path)
        return whole

    @mistake(
        "The file carries Python code (a Lambda layer, or a function of yours as `standardize=`), and Keras refuses to run "
        "code from a file, with good reason. Use layers of Keras only.",
        symptom="file cannot be loaded",
    )
    def carries_code(texts, labels, path):
        import keras

        whole = text_model(texts, labels, [*convolved(), keras.layers.Lambda(lambda x: 2 * x)])[0]
        whole.save(path)
        return whole


def convolved(filters=4):
    """Layers that look at a bag of words with a convolution: of no use, but a convolution."""
    import keras

    return [
        keras.layers.Reshape((-1, 1)),
        keras.layers.Conv1D(filters, 1, activation="relu"),
        keras.layers.Flatten(),
    ]
