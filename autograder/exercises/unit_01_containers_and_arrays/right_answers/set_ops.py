"""Right answers to `set_ops`, each written in another way."""

import operator
from collections import defaultdict


def with_methods(a, b):
    a, b = set(a), set(b)
    return {
        "|": a.union(b),
        "&": a.intersection(b),
        "-": a.difference(b),
        "^": a.symmetric_difference(b),
    }


def from_two_differences(a, b):
    only_a, only_b = set(a) - set(b), set(b) - set(a)
    shared = set(a) - only_a
    return {"^": only_a | only_b, "-": only_a, "&": shared, "|": only_a | only_b | shared}


def with_comprehensions(a, b):
    return {
        "|": {*a, *b},
        "&": {item for item in a if item in b},
        "-": {item for item in a if item not in b},
        "^": {item for item in [*a, *b] if not (item in a and item in b)},
    }


def with_the_operators_functions(a, b):
    signs = {"|": operator.or_, "&": operator.and_, "-": operator.sub, "^": operator.xor}
    return {sign: combine(set(a), set(b)) for sign, combine in signs.items()}


def one_item_at_a_time(a, b):
    result = defaultdict(set)
    for sign in "|&-^":
        result[sign] = set()
    for item in list(a) + list(b):
        result["|"].add(item)
        if item in a and item in b:
            result["&"].add(item)
        else:
            result["^"].add(item)
        if item not in b:
            result["-"].add(item)
    return result


def changing_copies_in_place(a, b):
    union, both, only, one = set(a), set(a), set(a), set(a)
    union |= set(b)
    both &= set(b)
    only -= set(b)
    one ^= set(b)
    return dict(zip(["|", "&", "-", "^"], (union, both, only, one)))


def with_dict_keys(a, b):
    a, b = dict.fromkeys(a).keys(), dict.fromkeys(b).keys()
    return {"|": a | b, "&": a & b, "-": a - b, "^": a ^ b}
