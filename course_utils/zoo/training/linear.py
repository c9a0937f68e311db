"""What every network is to be held against: counts of words, weighted by TF-IDF, and a linear model. Seconds, and often as good."""

from __future__ import annotations

import time
from typing import Any

import numpy as np

from course_utils.limits import MAX_FEATURES
from course_utils.zoo.text.read import Labelled
from course_utils.zoo.text.tokens import words
from course_utils.zoo.training.scores import best_threshold, decide, targets

NAME = "tf-idf + linear"


def predictions(training: Labelled, validation: Labelled, test: Labelled) -> tuple[np.ndarray, dict[str, Any]]:
    """Predictions 0/1 (test texts, labels) of a logistic regression on TF-IDF of words and pairs of words; and what it took.

    With several labels a text, one model a label, and a threshold tuned on the validation texts.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.multiclass import OneVsRestClassifier

    began, names = time.process_time(), training.names
    counts = TfidfVectorizer(
        tokenizer=words, token_pattern=None, ngram_range=(1, 2), sublinear_tf=True, max_features=MAX_FEATURES, min_df=2
    )
    x = counts.fit_transform(training.texts)
    several = training.several or validation.several
    y = targets(training.labels, names)
    model = LogisticRegression(C=20, max_iter=1_000)
    fitted = (OneVsRestClassifier(model) if several else model).fit(x, y if several else y.argmax(axis=1))
    answers = fitted.predict_proba(counts.transform(test.texts))
    threshold = None
    if several:
        threshold = best_threshold(
            targets(validation.labels, names), fitted.predict_proba(counts.transform(validation.texts))
        )
    parameters = x.shape[1] * len(names) + len(names)
    return decide(answers, threshold), {"parameters": parameters, "seconds": time.process_time() - began}
