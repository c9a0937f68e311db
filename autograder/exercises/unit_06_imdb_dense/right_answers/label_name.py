"""Right answers to `label_name`, each written in another way."""

import numpy as np


def two_ifs(y):
    if y == 1:
        return "positive"
    if y == 0:
        return "negative"
    raise ValueError("not a label")


def dictionary(y):
    names = {0: "negative", 1: "positive"}
    if y in names:
        return names[y]
    raise ValueError(f"{y} is no label")


def by_position(y):
    return ("negative", "positive")[(0, 1).index(y)]


def key_error_turned(y):
    try:
        return {0: "negative", 1: "positive"}[y]
    except KeyError:
        raise ValueError("neither 0 nor 1") from None


def match_statement(y):
    match y:
        case 0:
            return "negative"
        case 1:
            return "positive"
    raise ValueError(y)


def array_of_names(y):
    if not (y == 0 or y == 1):
        raise ValueError(f"{y} is neither 0 nor 1")
    return np.array(["negative", "positive"])[int(y)]


def a_refined_error(y):
    class NoLabel(ValueError):
        pass

    if y != 0 and y != 1:
        raise NoLabel(y)
    return "positive" if y else "negative"
