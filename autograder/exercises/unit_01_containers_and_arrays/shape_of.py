import numpy as np

from autograder.exercise import exercise, forbid_calls, mistake, probe

from .shared import SHAPES


@exercise(
    "shape_of",
    points=2,
    objective=SHAPES,
    rules=[
        forbid_calls(
            "numpy",
            hint="This one is by hand: `len` and `isinstance` are enough, NumPy stays out.",
            said="NumPy stays out of this one",
        )
    ],
)
class ShapeOf:
    """The shape of nested lists, found without NumPy."""

    def oracle(nested):
        return np.shape(nested)

    examples = [
        probe([1, 2]),
        probe(5),
        probe([]),
        probe([[1], [2]]),
        probe([[1, 2], [3]]),
        probe([[[1, 2, 3], [4, 5, 6]]]),
        probe(-2.5),
        probe([1, [2]]),
        probe([[], []]),
        probe([[[1], [2]], [[3], [4, 5]]]),
    ]

    def hidden(rng):
        for dimensions in (1, 2, 2, 3, 3, 4):
            shape = rng.integers(1, 5, size=dimensions)
            yield probe(rng.integers(0, 10, size=shape).tolist())
        n = int(rng.integers(2, 5))
        yield probe(7)
        yield probe(0)
        yield probe(-2.5)
        yield probe([])
        yield probe([0, 0])
        yield probe([[] for _ in range(n)])
        yield probe([[1, 2]] * n + [[3]])
        yield probe([[[1, 2], [3, 4]], [[5, 6], [7]]])
        yield probe([[1] * n, 2])
        yield probe([2, [1] * n])
        yield probe([[], [1] * n])
        yield probe([[[1] * n], [[]]])

    last_level_only = mistake(
        "That is the length of the innermost lists only. A shape has one number for every level, outermost first.",
        lambda nested: shape_along_the_first(nested)[-1:],
    )
    counts_elements = mistake(
        "That is how many numbers there are in all (NumPy's `size`). The shape says how they are arranged.",
        lambda nested: (number_of_elements(nested),),
    )
    innermost_first = mistake(
        "The order is the other way round: the first number of a shape belongs to the outermost brackets.",
        lambda nested: ShapeOf.oracle(nested)[::-1],
    )
    trusts_the_first = mistake(
        "You look at the first item of each level only, so lists of unequal length slip through. Items whose shapes differ "
        "make no array: raise ValueError.",
        lambda nested: shape_along_the_first(nested),
    )
    a_number_has_length_one = mistake(
        "A plain number has no brackets, so nothing to count: its shape is the empty tuple `()`, not `(1,)`.",
        lambda nested: ShapeOf.oracle(nested) if isinstance(nested, list) else (1,),
    )

    ints_only = mistake(
        "You take only an int for a number. A number may also be a float: -2.5 is no list, so its shape is () too. Ask whether it "
        "is a list.",
        lambda nested: shape_down(nested, is_number=lambda x: isinstance(x, int)),
    )
    lists_beside_lists = mistake(
        "You compare the lengths of the lists and pass over the numbers between them: in [1, [2]], too, the items differ in shape.",
        lambda nested: shape_down(nested, compared=lambda items: [x for x in items if isinstance(x, list)]),
    )

    @mistake(
        "You compare the items on the way down the *first* one. An item of a later one may differ as well: the shapes of all "
        "items must be equal, each found in the same way."
    )
    def compares_along_the_first(nested):
        shape, level = shape_along_the_first(nested), nested
        while isinstance(level, list) and level:
            if isinstance(level[0], list) and any(len(item) != len(level[0]) for item in level):
                raise ValueError("ragged")
            level = level[0]
        return shape

    empty_is_a_number = mistake(
        "Your shape of [] is (). An empty list has a length as well, and it is 0: (0,).",
        lambda nested: () if nested == [] else ShapeOf.oracle(nested),
    )

    tuple_in_a_tuple = mistake(
        "The shape of the items stands as one tuple inside of yours: `(2, (3,))` in place of `(2, 3)`. Join the two: "
        "`(len(nested),) + inner`, or `(len(nested), *inner)`.",
        lambda nested: tuple_down(nested),
    )

    no_comma = mistake(
        "`(len(nested))` is a number: the parentheses alone make no tuple, the comma does. `(len(nested),)` can be joined to another "
        "tuple.",
        lambda nested: (
            () if not isinstance(nested, list) else (len(nested)) + (shape_along_the_first(nested[0]) if nested else ())
        ),
    )


def shape_along_the_first(nested):
    """The lengths on the way down the first items, whatever their neighbours are."""
    shape = []
    while isinstance(nested, list):
        shape.append(len(nested))
        if not nested:
            break
        nested = nested[0]
    return tuple(shape)


def tuple_down(nested):
    """The shape but for its form: that of the items is a tuple of its own inside it."""
    if not isinstance(nested, list):
        return ()
    ShapeOf.oracle(nested)  # what has no shape is refused
    return (len(nested), tuple_down(nested[0])) if nested else (0,)


def number_of_elements(nested):
    """How many numbers there are, on whatever level."""
    return sum(number_of_elements(item) for item in nested) if isinstance(nested, list) else 1


def shape_down(nested, is_number=lambda x: not isinstance(x, list), compared=lambda items: items):
    """The shape as it should be found, but for what counts as a number and which items are compared."""
    if is_number(nested):
        return ()
    if not nested:
        return (0,)
    shapes = {shape_down(item, is_number, compared) for item in compared(nested)} or {()}
    if len(shapes) > 1:
        raise ValueError("ragged")
    return (len(nested), *shapes.pop())
