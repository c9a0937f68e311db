"""Unit 10: words as vectors: averaged, learned from neighbours, read from a file; and posts sorted into 20 newsgroups."""

EXERCISES = [
    "masked_mean",
    "skipgram_pairs",
    "negative_sampling_loss",
    "load_vectors",
    "nearest",
    "analogy",
    "strip_post",
    "final_model",
]
