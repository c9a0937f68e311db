"""Right answers to `split_validation`, each written in another way."""

import numpy as np


def with_mask(x, y, n):
    if len(x) != len(y):
        raise ValueError("lengths differ")
    if n <= 0 or n >= len(x):
        raise ValueError("n is out of range")
    held_out = np.arange(len(x)) < n
    return (x[~held_out], y[~held_out]), (x[held_out], y[held_out])


def with_split(x, y, n):
    if not len(x) == len(y) > n > 0:
        raise ValueError(n)
    (x_val, x_train), (y_val, y_train) = np.split(x, [n]), np.split(y, [n])
    return (x_train, y_train), (x_val, y_val)


def with_positions(x, y, n):
    total = x.shape[0]
    if total != y.shape[0] or n not in range(1, total):
        raise ValueError(f"{n} of {total}")
    first, others = np.arange(n), np.arange(n, total)
    return (x[others], y[others]), (np.take(x, first, axis=0), np.take(y, first))


def with_scikit_learn(x, y, n):
    from sklearn.model_selection import train_test_split

    x_val, x_train, y_val, y_train = train_test_split(x, y, train_size=n, shuffle=False)
    return (x_train, y_train), (x_val, y_val)


def one_example_at_a_time(x, y, n):
    train, held_out = ([], []), ([], [])
    for i, (example, label) in enumerate(zip(x, y, strict=True)):
        part = held_out if i < n else train
        part[0].append(example)
        part[1].append(label)
    if not train[0] or not held_out[0]:
        raise ValueError("one of the parts would be empty")
    return tuple(map(np.array, train)), tuple(map(np.array, held_out))


def with_copies(x, y, n):
    errors = [len(y) - len(x), n < 1, n >= len(x)]
    if any(errors):
        raise ValueError(errors)
    validation = x[:n].copy(), y[:n].copy()
    return (np.delete(x, range(n), axis=0), np.delete(y, range(n))), validation
