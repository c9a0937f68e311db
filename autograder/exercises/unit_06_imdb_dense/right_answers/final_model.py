"""Right answers to `final_model`, each written in another way."""

from ..final_model import LinearScorer, regression, sparse_split
from ..nb_log_ratio import NbLogRatio


def logistic_regression():
    return LinearScorer(*regression())


def naive_bayes_weights():
    from sklearn.linear_model import LogisticRegression

    x, y = sparse_split("train")
    ratio = NbLogRatio.oracle(x, y).astype("float32")
    fitted = LogisticRegression(C=0.05, max_iter=200, tol=1e-3).fit(x.multiply(ratio).tocsr(), y)
    return LinearScorer(ratio * fitted.coef_[0].astype("float32"), float(fitted.intercept_[0]))


def support_vectors():
    from sklearn.svm import LinearSVC

    x, y = sparse_split("train")
    fitted = LinearSVC(C=0.005, tol=1e-2).fit(x, y)
    return LinearScorer(fitted.coef_[0].astype("float32"), float(fitted.intercept_[0]))


def stochastic_gradient():
    from sklearn.linear_model import SGDClassifier

    fitted = SGDClassifier("log_loss", alpha=1e-3, max_iter=5, tol=None, random_state=0).fit(*sparse_split("train"))
    return LinearScorer(fitted.coef_[0].astype("float32"), float(fitted.intercept_[0]))


def functional_with_adam():
    import keras

    x, y = sparse_split("train")
    keras.utils.set_random_seed(0)
    inputs = keras.Input((10_000,))
    hidden = keras.layers.Dropout(0.3)(keras.layers.Dense(8, activation="tanh")(inputs))
    network = keras.Model(inputs, keras.layers.Dense(1, activation="sigmoid")(hidden))
    network.compile(keras.optimizers.Adam(0.003), keras.losses.BinaryCrossentropy())
    network.fit(x[:12_000].astype("uint8").toarray(), y[:12_000], batch_size=256, epochs=2, verbose=0)
    return network
