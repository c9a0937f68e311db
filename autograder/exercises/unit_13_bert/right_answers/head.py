"""Right answers to `head`, each written in another way."""

import numpy as np


def logistic_regression(vectors, labels, new):
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(C=10, max_iter=1000).fit(vectors, labels).predict_proba(new)


def logistic_regression_as_it_comes(vectors, labels, new):
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression().fit(vectors, labels).predict_proba(new)


def a_dense_layer(vectors, labels, new):
    import keras

    keras.utils.set_random_seed(13)
    model = keras.Sequential([keras.Input((vectors.shape[1],)), keras.layers.Dense(int(labels.max()) + 1, "softmax")])
    model.compile(keras.optimizers.Adam(0.05), "sparse_categorical_crossentropy")
    model.fit(vectors, labels, epochs=40, batch_size=32, verbose=0)
    return model.predict(new, verbose=0)


def in_numpy(vectors, labels, new):
    wanted = np.eye(labels.max() + 1)[labels]
    weights, bias = np.zeros((vectors.shape[1], wanted.shape[1])), np.zeros(wanted.shape[1])
    for _ in range(300):
        off = _softmax(vectors @ weights + bias) - wanted
        weights -= 5.0 * (vectors.T @ off / len(vectors) + 0.0005 * weights)
        bias -= 5.0 * off.mean(axis=0)
    return _softmax(new @ weights + bias)


def a_discriminant(vectors, labels, new):
    from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

    return LinearDiscriminantAnalysis(solver="lsqr", shrinkage="auto").fit(vectors, labels).predict_proba(new)


def least_squares(vectors, labels, new):
    from sklearn.linear_model import RidgeClassifier

    ridge = RidgeClassifier(alpha=1.0).fit(vectors, labels)
    return _softmax(5 * ridge.decision_function(new))


def support_vectors(vectors, labels, new):
    from sklearn.svm import LinearSVC

    return _softmax(LinearSVC(C=1.0).fit(vectors, labels).decision_function(new))


def _softmax(scores):
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    return raised / raised.sum(axis=1, keepdims=True)
