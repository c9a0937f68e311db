"""Unit 07: one-hot labels and their loss, what guessing scores, figures for unequal classes, and a network for 46 topics."""

EXERCISES = [
    "one_hot",
    "cross_entropies",
    "permutation_baseline",
    "macro_f1",
    "confusion",
    "top_k_accuracy",
    "bottleneck_sweep",
    "final_model",
]
