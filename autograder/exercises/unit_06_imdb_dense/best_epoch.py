import numpy as np

from autograder.exercise import exercise, mistake, probe

from .shared import VALIDATE


@exercise("best_epoch", points=2, objective=VALIDATE)
class BestEpoch:
    """The epoch, counted from 1, with the smallest (or largest) value; the first of equals; NaN never wins."""

    def oracle(history, key="val_loss", mode="min"):
        if mode not in ("min", "max"):
            raise ValueError(f"mode is 'min' or 'max', not {mode!r}")
        sign = 1 if mode == "min" else -1
        ranked = sorted(
            (sign * value, epoch) for epoch, value in enumerate(history[key], start=1) if not np.isnan(value)
        )
        return ranked[0][1]

    examples = [
        probe({"val_loss": [0.4, 0.3, 0.5]}),
        probe({"loss": [0.6, 0.3, 0.1], "val_accuracy": [0.7, 0.9, 0.8]}, "val_accuracy", "max"),
        probe({"val_loss": [0.5, 0.2, 0.3, 0.2]}),
        probe({"loss": [0.9, 0.8, 0.7], "val_loss": [float("nan"), 0.6, 0.7]}, key="val_loss"),
        probe({"val_loss": [0.5, 0.2, 0.3]}, mode="smallest"),
        probe({"loss": [0.9, 0.3, 0.4], "val_loss": [0.5, 0.6, 0.7]}, key="loss"),
        probe({"val_loss": [0.6, float("nan"), 0.5, 0.2, 0.3]}),
        probe({"val_accuracy": [float("nan"), 0.7, 0.9, 0.8]}, "val_accuracy", "max"),
        probe({"val_loss": [0.7]}),
        probe({"accuracy": [0.6, 0.9, 0.9], "val_accuracy": [0.5, 0.6, 0.7]}, key="accuracy", mode="max"),
        probe({"val_accuracy": [float("nan"), 0.8, 0.7]}, "val_accuracy", "max"),
    ]

    def hidden(rng):
        for key, mode in (("val_loss", "min"), ("val_accuracy", "max"), ("loss", "min"), ("accuracy", "max")):
            values = np.round(rng.uniform(0.2, 0.8, size=12), 3)
            values[rng.integers(3, 6)] = values[8] = 0.1 if mode == "min" else 0.9
            values[[0, 10]] = float("nan"), 0.5
            yield probe({"other": [0.5] * 12, key: values.tolist()}, key, mode)
        yield probe({"val_loss": [*rng.permutation(np.linspace(0.2, 0.9, 9)[1:]).tolist(), 0.1, 0.95]})
        yield probe({"val_loss": [0.5, 0.4]}, mode="least")

    @mistake(
        "You replace NaN by infinity, which loses where the smallest wins. Where the largest wins, it would have to be minus infinity."
    )
    def nan_becomes_infinity(history, key="val_loss", mode="min"):
        if mode not in ("min", "max"):
            raise ValueError(mode)
        values = [float("inf") if value != value else value for value in history[key]]
        return values.index(min(values) if mode == "min" else max(values)) + 1

    from_zero = mistake(
        "You give the position in the list, which counts from 0. Epochs count from 1: position 0 is the first epoch.",
        lambda history, key="val_loss", mode="min": BestEpoch.oracle(history, key, mode) - 1,
    )

    @mistake(
        "np.argmin gives a position, counted from 0; epochs count from 1. It also takes NaN for the smallest value of all "
        "(np.nanargmin passes over it), and an unknown mode should raise ValueError."
    )
    def plain_argmin(history, key="val_loss", mode="min"):
        return np.argmin(history[key]) if mode == "min" else np.argmax(history[key])

    @mistake(
        "Nearly: epochs count from 1, as yours do. But np.argmin takes NaN for the smallest value of all (np.nanargmin "
        "passes over it), and an unknown mode should raise ValueError."
    )
    def plain_argmin_plus_one(history, key="val_loss", mode="min"):
        return (np.argmin(history[key]) if mode == "min" else np.argmax(history[key])) + 1

    @mistake(
        "Wrong direction: you take the smallest value where the largest is best. Losses should be small, accuracies large."
    )
    def always_min(history, key="val_loss", mode="min"):
        return BestEpoch.oracle(history, key, "min" if mode in ("min", "max") else mode)

    @mistake(
        "Your directions are swapped: mode 'min' asks for the epoch with the *smallest* value, 'max' for the largest."
    )
    def directions_swapped(history, key="val_loss", mode="min"):
        return BestEpoch.oracle(history, key, {"min": "max", "max": "min"}.get(mode, mode))

    @mistake(
        "Of two epochs that are equally good you take the later one. Take the first: it trained less and got as far."
    )
    def last_of_equals(history, key="val_loss", mode="min"):
        sign = 1 if mode == "min" else -1
        if mode not in ("min", "max"):
            raise ValueError(mode)
        ranked = [(sign * value, -epoch) for epoch, value in enumerate(history[key], start=1) if value == value]
        return -min(ranked)[1]

    @mistake(
        "An epoch whose value is NaN wins here. np.argmin takes NaN for the smallest of all; np.nanargmin passes over it. "
        "(NaN is what a loss becomes when training diverges: hardly the best epoch.)"
    )
    def nan_wins(history, key="val_loss", mode="min"):
        if mode not in ("min", "max"):
            raise ValueError(mode)
        return int((np.argmin if mode == "min" else np.argmax)(history[key])) + 1

    value_itself = mistake(
        "That is the best *value*; asked for is the epoch in which it was reached.",
        lambda history, key="val_loss", mode="min": history[key][BestEpoch.oracle(history, key, mode) - 1],
    )

    @mistake("The epochs are right, but an unknown mode is taken for one of the two. Raise ValueError for it.")
    def any_mode(history, key="val_loss", mode="min"):
        return BestEpoch.oracle(history, key, mode if mode in ("min", "max") else "min")

    unknown_is_max = mistake(
        "The epochs are right, but an unknown mode is taken for 'max'. Raise ValueError for it.",
        lambda history, key="val_loss", mode="min": BestEpoch.oracle(history, key, "min" if mode == "min" else "max"),
    )

    key_ignored = mistake(
        "You read the same metric whatever `key` says. history[key] is the list to look at.",
        lambda history, key="val_loss", mode="min": BestEpoch.oracle(
            history, {"min": "val_loss", "max": "val_accuracy"}.get(mode, key), mode
        ),
    )

    @mistake(
        "You dropped the NaNs, so every later epoch moved up by one. np.nanargmin passes over them and keeps the places."
    )
    def nan_dropped(history, key="val_loss", mode="min"):
        return BestEpoch.oracle({key: [value for value in history[key] if value == value]}, key, mode)

    @mistake(
        "Of two epochs that are equally good you take the later one: take the first. And a NaN in front is never replaced, for every "
        "comparison with it is False."
    )
    def later_and_never_past_nan(history, key="val_loss", mode="min"):
        if mode not in ("min", "max"):
            raise ValueError(mode)
        values, best = history[key], 0
        for i, value in enumerate(values):
            if value <= values[best] if mode == "min" else value >= values[best]:
                best = i
        return best + 1
