"""Right answers to `shape_of`, each written in another way."""

import functools


def level_by_level(nested):
    shape, level = (), [nested]
    while any(isinstance(item, list) for item in level):
        if not all(isinstance(item, list) for item in level):
            raise ValueError("numbers and lists on the same level")
        lengths = {len(item) for item in level}
        if len(lengths) > 1:
            raise ValueError(f"lists of {sorted(lengths)} items on the same level")
        shape += tuple(lengths)
        level = [inner for item in level for inner in item]
    return shape


def by_comparing_neighbours(nested):
    try:
        n = len(nested)
    except TypeError:
        return ()
    shapes = [by_comparing_neighbours(item) for item in nested]
    for left, right in zip(shapes, shapes[1:], strict=False):
        if left != right:
            raise ValueError(f"{left} beside {right}")
    return (n, *shapes[0]) if shapes else (0,)


def down_the_first_then_checked(nested):
    lengths, item = [], nested
    while isinstance(item, list):
        lengths.append(len(item))
        item = item[0] if item else None

    def fits(item, lengths):
        if not lengths:
            return not isinstance(item, list)
        return isinstance(item, list) and len(item) == lengths[0] and all(fits(i, lengths[1:]) for i in item)

    if not fits(nested, lengths):
        raise ValueError(f"not every item has the shape of the first, {lengths}")
    return tuple(lengths)


def with_reduce(nested):
    def agreed(left, right):
        if left != right:
            raise ValueError(f"{left} and {right} do not go together")
        return left

    def shape(item):
        if type(item) in (int, float):
            return ()
        return (len(item),) + (functools.reduce(agreed, map(shape, item)) if item else ())

    return shape(nested)


def counting_from_the_numbers_up(nested):
    if not isinstance(nested, list):
        return ()
    inner = None
    for item in nested:
        shape = counting_from_the_numbers_up(item)
        inner = shape if inner is None else inner
        if shape != inner:
            raise ValueError("ragged")
    return (len(nested),) + (inner or ())


def with_a_generator(nested):
    def lengths(items):
        while items and all(isinstance(item, list) for item in items):
            if len({len(item) for item in items}) != 1:
                raise ValueError("lists of several lengths")
            yield len(items[0])
            items = [inner for item in items for inner in item]
        if any(isinstance(item, list) for item in items):
            raise ValueError("numbers beside lists")

    return tuple(lengths([nested]))
