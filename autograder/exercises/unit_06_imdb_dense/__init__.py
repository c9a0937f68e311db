"""Unit 06: reviews as rows of zeros and ones, a dense network that judges them, and naive Bayes' word weights."""

EXERCISES = [
    "decode_review",
    "label_name",
    "vectorize_sequences",
    "bag_dense",
    "split_validation",
    "best_epoch",
    "nb_log_ratio",
    "final_model",
]
