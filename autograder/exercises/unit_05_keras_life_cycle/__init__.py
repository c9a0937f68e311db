"""Unit 05: a model's life: define, compile, fit, evaluate, predict, save, load; and what each step counts and costs."""

EXERCISES = [
    "build",
    "loss_for",
    "softmax_cross_entropy",
    "mean_pred",
    "n_updates",
    "early_stop",
    "save_and_reload",
    "left_or_right",
]
