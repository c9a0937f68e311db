"""Unit 14: models that vote, that are chosen, stacked and boosted; a score of ranked answers; pairs of texts; files of labels.

What the exercises of this unit keep to:

- what several models say of the same texts is an array (members, n, classes), its first axis the models;
- with several labels a text, truth is an (n, labels) array of 0 and 1;
- two texts a pair are two arrays of vectors, row i of the one beside row i of the other.
"""

EXERCISES = [
    "top5_score",
    "soft_vote",
    "greedy_selection",
    "stack_out_of_fold",
    "label_weights",
    "pair_features",
    "bilinear",
    "parse_label_file",
]
