"""Right answers to `loss_for`, each written in another way."""

import numpy as np


def step_by_step(task, labels):
    if task == "regression":
        return "mean_squared_error"
    y = np.array(labels, dtype=float)
    if y.ndim == 2 and y.shape[1] == 1:
        y = y[:, 0]
    only = set(y.ravel().tolist()) <= {0.0, 1.0}
    if task == "two" and y.ndim == 1 and only:
        return "binary_crossentropy"
    if task == "several" and y.ndim == 2 and only:
        return "binary_crossentropy"
    if task == "many" and y.ndim == 2 and only and all(sum(row) == 1 for row in y):
        return "categorical_crossentropy"
    if task == "many" and y.ndim == 1 and all(v >= 0 and v % 1 == 0 for v in y):
        return "sparse_categorical_crossentropy"
    raise ValueError("no loss fits")


def with_match(task, labels):
    columns = 1 if labels.ndim == 1 else labels.shape[-1]
    match task:
        case "regression":
            return "mean_squared_error"
        case "two" if columns == 1 and {*labels.ravel().tolist()} <= {0, 1}:
            return "binary_crossentropy"
        case "several" if columns > 1 and not np.setdiff1d(labels, [0, 1]).size:
            return "binary_crossentropy"
        case "many" if columns == 1:
            return "sparse_categorical_crossentropy"
        case "many" if np.array_equal(labels.sum(1), np.ones(len(labels))) and np.isin(labels, [0, 1]).all():
            return "categorical_crossentropy"
    raise ValueError(task)


def guards_first(task, labels):
    if task not in ("two", "many", "several", "regression"):
        raise ValueError(f"unknown task {task}")
    if task == "regression":
        return "mean_squared_error"
    is_table = len(labels.shape) > 1 and labels.shape[1] > 1
    if task == "many" and not is_table:
        return "sparse_categorical_crossentropy"
    if ((labels != 0) & (labels != 1)).any():
        raise ValueError("labels other than 0 and 1")
    if is_table == (task == "two"):
        raise ValueError("two has one column, several have more")
    if task == "many":
        if np.count_nonzero(labels, axis=1).tolist() != [1] * len(labels):
            raise ValueError("rows that are not one-hot")
        return "categorical_crossentropy"
    return "binary_crossentropy"


def from_a_table(task, labels):
    rows = [list(row) for row in labels.reshape(len(labels), -1)]
    k = len(rows[0])
    binary = {value for row in rows for value in row} <= {0, 1}
    table = [
        ("two", k == 1 and binary, "binary_crossentropy"),
        ("many", k == 1, "sparse_categorical_crossentropy"),
        ("many", binary and all(row.count(1) == 1 for row in rows), "categorical_crossentropy"),
        ("several", k > 1 and binary, "binary_crossentropy"),
        ("regression", True, "mean_squared_error"),
    ]
    try:
        return next(loss for name, fits, loss in table if name == task and fits)
    except StopIteration:
        raise ValueError(task) from None


def with_inner_functions(task, labels):
    def two(y):
        return set(np.unique(y)) <= {0, 1} and y.size == len(y) and "binary_crossentropy"

    def many(y):
        if y.size == len(y):
            return "sparse_categorical_crossentropy"
        return set(np.unique(y)) <= {0, 1} and set(y.sum(axis=-1)) == {1} and "categorical_crossentropy"

    def several(y):
        return set(np.unique(y)) <= {0, 1} and y.size > len(y) and "binary_crossentropy"

    chosen = {"two": two, "many": many, "several": several, "regression": lambda y: "mean_squared_error"}.get(task)
    loss = chosen(labels) if chosen else None
    if not loss:
        raise ValueError("no loss")
    return loss
