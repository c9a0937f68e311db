"""Unit 11: what fastText, TextCNN, TextRNN, RCNN and HAN each see in a text, by hand, and a fair comparison of them."""

EXERCISES = [
    "ngram_ids",
    "nce_loss",
    "hierarchical_softmax",
    "textcnn_forward",
    "lstm_step",
    "rcnn_context",
    "attention_pool",
    "zoo_entry",
]
