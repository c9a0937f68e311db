"""Right answers to `best_epoch`, each written in another way."""

import numpy as np


def with_nanargmin(history, key="val_loss", mode="min"):
    if mode == "min":
        return int(np.nanargmin(history[key])) + 1
    if mode == "max":
        return int(np.nanargmax(history[key])) + 1
    raise ValueError(mode)


def by_hand(history, key="val_loss", mode="min"):
    if mode not in {"min", "max"}:
        raise ValueError("mode must be min or max")
    best, record = None, None
    for epoch, value in enumerate(history[key]):
        better = record is None or (value < record if mode == "min" else value > record)
        if not np.isnan(value) and better:
            best, record = epoch + 1, value
    return best


def with_key_function(history, key="val_loss", mode="min"):
    choose = {"min": min, "max": max}.get(mode)
    if choose is None:
        raise ValueError(mode)
    values = history[key]
    return choose((e for e in range(len(values)) if values[e] == values[e]), key=values.__getitem__) + 1


def nan_replaced(history, key="val_loss", mode="min"):
    if mode != "min" and mode != "max":
        raise ValueError(f"unknown mode {mode}")
    values = np.asarray(history[key]) * (1 if mode == "min" else -1)
    return np.argmin(np.where(np.isnan(values), np.inf, values)) + 1


def with_pandas(history, key="val_loss", mode="min"):
    import pandas as pd

    values = pd.Series(history[key], index=range(1, len(history[key]) + 1))
    match mode:
        case "min":
            return values.idxmin()
        case "max":
            return values.idxmax()
    raise ValueError(mode)


def value_then_position(history, key="val_loss", mode="min"):
    import math

    if mode not in ("min", "max"):
        raise ValueError(mode)
    values = history[key]
    best = (min if mode == "min" else max)(v for v in values if not math.isnan(v))
    return values.index(best) + 1


def by_sorting(history, key="val_loss", mode="min"):
    if mode not in ("min", "max"):
        raise ValueError(mode)
    epochs = [epoch for epoch, value in enumerate(history[key], 1) if value == value]
    epochs.sort(key=lambda epoch: history[key][epoch - 1], reverse=mode == "max")
    return epochs[0]
