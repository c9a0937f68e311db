"""What several exercises of the unit use: their objectives, and what models say, with digits that can be read."""

import numpy as np

SCORE = "score ranked answers, and say what the best possible score is"
VOTE = "let models vote, and choose who votes without a look at the test"
LEARN = "stack and boost models without letting one see its own answers"
PAIRS = "compare two texts by features that keep what a task needs"
OWN = "read files of labelled texts, and choose the model that fits a job"


def said(rng, members, n, classes, spread=2.0):
    """Logits of several models, one digit each: (members, n, classes)."""
    return np.round(rng.normal(0, spread, (members, n, classes)), 1)


def softmax(logits):
    """Probabilities over the last axis."""
    raised = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return raised / raised.sum(axis=-1, keepdims=True)
