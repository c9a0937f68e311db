"""What several exercises of the unit use: their objectives, and rows of zeros and ones."""

import numpy as np

READ = "turn word ids back into text, and a label into a word"
ENCODE = "turn reviews into rows of zeros and ones, and say what each encoding costs"
VALIDATE = "hold out validation data, and read the best epoch from a history"
WEIGH = "weigh words by naive Bayes' log ratio"
TRAIN = "train a network that tells praise from blame in reviews that it has never seen"


def multi_hot(seqs, dimension, dtype="float64"):
    """Brute force: 1 where the id is in the review."""
    seen = [set(map(int, seq)) for seq in seqs]
    return np.array([[j in ids for j in range(dimension)] for ids in seen], dtype).reshape(len(seqs), dimension)
