"""Unit 01: containers, shapes, images as arrays, and where files live."""

import ast
import functools
import glob
import itertools
import operator
import os
import re
import string
from collections import Counter, defaultdict
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from autograder.exercise import exercise, forbid_calls, mistake, probe, right_answer
from course_utils.values import tree

LITERALS = "tell from its brackets and commas what a literal makes"
SHAPES = "read the shape of nested lists and arrays"
CONTAINERS = "count and compare with dicts and sets"
IMAGES = "move pictures between BGR, RGB, grey and float, and stack them into a batch"
FILES = "find the files of a data set without leaving your folder"


# ---- literal_type ----------------------------------------------------------------------------------------------------


def _literal(source):
    """The value of a literal, and ValueError for anything else: a right answer, less the name of the type."""
    return ast.literal_eval(source)


@exercise("literal_type", points=1, objective=LITERALS)
class LiteralType:
    """The name of the type of a Python literal, given as source text."""

    def oracle(source):
        tree = ast.parse(source, mode="eval")
        parts = (ast.Expression, ast.Tuple, ast.List, ast.Dict, ast.Set, ast.Constant, ast.UnaryOp, ast.USub, ast.Load)
        if not all(isinstance(part, parts) for part in ast.walk(tree)):
            raise ValueError(f"{source!r} is not a literal")
        node = tree.body
        for kind, name in ((ast.Tuple, "tuple"), (ast.List, "list"), (ast.Dict, "dict"), (ast.Set, "set")):
            if isinstance(node, kind):
                return name
        if isinstance(node, ast.UnaryOp):
            node = node.operand
        return type(node.value).__name__

    examples = [probe("(5)"), probe("(5,)"), probe("{}"), probe("{1}"), probe("1, 2"), probe("len('abc')")]

    def hidden(rng):
        a, b, c = (int(n) for n in rng.integers(2, 100, size=3))
        for source in (
            "()",
            f"({a})",
            f"(({b}))",
            f"({c},)",
            f"{a}, {b}, {c}",
            "[]",
            f"[({a}, {b})]",
            "{}",
            f"{{{a}, {b}}}",
        ):
            yield probe(source)
        for source in (
            f"{{{a}: {b}}}",
            f"{{({a}, {b}): 'x'}}",
            f"'{a}'",
            f"{a}.0",
            f"-{b}",
            "True",
            "None",
            f"max({a}, {b})",
            f"[max({a}, {b})]",
            f"{{'x': len('{c}')}}",
            "pi",
            "'pi'",
        ):
            yield probe(source)
        for source in ("'(1, 2)'", "('a,b')", "{':'}", "['{}']", "[{1: 2}]", "((), ())"):  # brackets that mislead
            yield probe(source)

    @mistake("`{}` is an empty *dict*: dicts had the braces first. An empty set is written `set()`.")
    def braces_are_a_set(source):
        return "set" if source == "{}" else type(_literal(source)).__name__

    @mistake("Parentheses alone make no tuple: `(5)` is the number 5, as in `2 * (5)`. The *comma* makes the tuple.")
    def parentheses_make_a_tuple(source):
        if source.startswith("(") and source.endswith(")"):
            return "tuple"
        return type(_literal(source)).__name__

    @mistake(
        "`eval` *runs* the text, whatever it says: here it called a function, next time it deletes your files. "
        "`ast.literal_eval` reads literals only, and raises ValueError for the rest."
    )
    def runs_the_text(source):
        return type(eval(source)).__name__

    @mistake("That is the type of `source` itself, which is always text. Turn the text into a value first.")
    def type_of_the_text(source):
        return type(source).__name__

    @mistake("You return the type itself. Its name, as text, is in its attribute `__name__`.")
    def type_not_name(source):
        return type(_literal(source))

    @mistake("`str` of a type says `<class 'tuple'>`. The name alone is in its attribute `__name__`.")
    def text_of_the_type(source):
        return str(type(_literal(source)))

    @mistake("That is the value that the text describes. The task asks for the *name* of its type, as text.")
    def value_itself(source):
        return _literal(source)

    @right_answer
    def by_class_attribute(source):
        value = ast.literal_eval(source)
        return value.__class__.__name__

    @right_answer
    def by_isinstance(source):
        value = ast.literal_eval(source)
        if value is None:
            return "NoneType"
        for kind in (tuple, list, dict, set, bool, int, float, str):
            if isinstance(value, kind):
                return kind.__name__
        raise ValueError(source)

    @right_answer
    def with_match(source):
        match ast.literal_eval(source):
            case tuple() | list() | dict() | set() as container:
                return type(container).__name__
            case None:
                return "NoneType"
            case bool():  # before int: True is an int as well
                return "bool"
            case single:
                return type(single).__qualname__

    @right_answer
    def cut_out_of_its_text(source):
        return str(type(ast.literal_eval(source))).split("'")[1]

    @right_answer
    def from_a_table(source):
        kinds = [tuple, list, dict, set, str, int, float, bool, type(None)]
        names = {kind: kind.__name__ for kind in kinds}
        return names[type(ast.literal_eval(source.strip()))]

    @right_answer
    def with_an_error_of_its_own(source):
        try:
            value = ast.literal_eval(ast.parse(source, mode="eval"))
        except ValueError as error:
            raise ValueError(f"{source!r} is no literal") from error
        else:
            return f"{type(value).__name__}"


# ---- shape_of --------------------------------------------------------------------------------------------------------


def _shape_along_the_first(nested):
    """The lengths on the way down the first items, whatever their neighbours are."""
    shape = []
    while isinstance(nested, list):
        shape.append(len(nested))
        if not nested:
            break
        nested = nested[0]
    return tuple(shape)


def _number_of_elements(nested):
    return sum(_number_of_elements(item) for item in nested) if isinstance(nested, list) else 1


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

    @mistake("That is the length of the innermost lists only. A shape has one number for every level, outermost first.")
    def last_level_only(nested):
        return _shape_along_the_first(nested)[-1:]

    @mistake("That is how many numbers there are in all (NumPy's `size`). The shape says how they are arranged.")
    def counts_elements(nested):
        return (_number_of_elements(nested),)

    @mistake("The order is the other way round: the first number of a shape belongs to the outermost brackets.")
    def innermost_first(nested):
        return ShapeOf.oracle(nested)[::-1]

    @mistake(
        "You look at the first item of each level only, so lists of unequal length slip through. Items whose shapes differ "
        "make no array: raise ValueError."
    )
    def trusts_the_first(nested):
        return _shape_along_the_first(nested)

    @mistake("A plain number has no brackets, so nothing to count: its shape is the empty tuple `()`, not `(1,)`.")
    def a_number_has_length_one(nested):
        return ShapeOf.oracle(nested) if isinstance(nested, list) else (1,)

    @right_answer
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

    @right_answer
    def by_comparing_neighbours(nested):
        try:
            n = len(nested)
        except TypeError:
            return ()
        shapes = [ShapeOf.right_answers["by_comparing_neighbours"](item) for item in nested]
        for left, right in zip(shapes, shapes[1:], strict=False):
            if left != right:
                raise ValueError(f"{left} beside {right}")
        return (n, *shapes[0]) if shapes else (0,)

    @right_answer
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

    @right_answer
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

    @right_answer
    def counting_from_the_numbers_up(nested):
        if not isinstance(nested, list):
            return ()
        inner = None
        for item in nested:
            shape = ShapeOf.right_answers["counting_from_the_numbers_up"](item)
            inner = shape if inner is None else inner
            if shape != inner:
                raise ValueError("ragged")
        return (len(nested),) + (inner or ())

    @right_answer
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


# ---- word_counts -----------------------------------------------------------------------------------------------------

_MARKS = string.punctuation


def _stripped(pieces):
    return [word for word in (piece.strip(_MARKS) for piece in pieces) if word]


_WORDS = ("cat", "dog", "the", "a", "film", "plot", "don't", "it's", "well-made", "snake_case", "café", "2024", "3.5")


@exercise("word_counts", points=2, objective=CONTAINERS)
class WordCounts:
    """How often each word occurs in a text, as a dict word -> count."""

    def oracle(text):
        edge = re.escape(_MARKS)
        return dict(Counter(re.findall(rf"[^\s{edge}](?:\S*[^\s{edge}])?", text.lower())))

    examples = [
        probe("to be or not to be"),
        probe("The end of the film."),
        probe("It's bad, isn't it? (It's BAD!)"),
        probe("good --  very\nvery good"),
    ]

    def hidden(rng):
        yield probe("")
        yield probe("... !")
        for length in (6, 10, 15, 20, 30):
            words = []
            for word in rng.choice(_WORDS, size=length):
                word = str(rng.choice([str(word), str(word).upper(), str(word).capitalize()]))
                words.append(
                    str(rng.choice(["{}", "{}", "{},", "({})", '"{}"', "{}!?", "-- {}", "_{}_", "*{}*"])).format(word)
                )
            gaps = rng.choice([" ", " ", "  ", "\n", "\t"], size=length)
            yield probe("".join(word + str(gap) for word, gap in zip(words, gaps, strict=True)))
        yield probe("The the THE, the; don't... Don't  stop\n(stop) --")
        yield probe("Straße, STRASSE und Straße!")

    @mistake("`The` and `the` are counted as two words. Turn the text into lower case before you count.")
    def keeps_case(text):
        return dict(Counter(_stripped(text.split())))

    @mistake(
        "`split` alone leaves `The` beside `the` and `film.` beside `film`. Turn the text into lower case first, and take the "
        "punctuation off both ends of every piece."
    )
    def splits_only(text):
        return dict(Counter(text.split()))

    @mistake(
        "`counts[word] += 1` first *looks up* the old count, and a new word has none: KeyError. `counts.get(word, 0)` is the old "
        "count, or 0."
    )
    def no_first_count(text):
        counts = {}
        for word in _stripped(text.lower().split()):
            counts[word] += 1
        return counts

    @mistake("`film.` and `film` are counted as two words. Take the punctuation off both ends of every piece.")
    def keeps_punctuation(text):
        return dict(Counter(text.lower().split()))

    @mistake("`it's` became `its`. Punctuation goes at the two *ends* of a word only; inside a word it stays.")
    def strips_inside(text):
        return dict(Counter(text.lower().translate(str.maketrans("", "", _MARKS)).split()))

    @mistake("`it's` fell apart into `it` and `s`. Cut the text at white space only; inside a word punctuation stays.")
    def splits_at_apostrophes(text):
        return dict(Counter(re.findall(r"[a-z0-9]+", text.lower())))

    @mistake(
        "Each word counts 1, however often it occurs: you write `1` over the old count, where you want to add 1 to it."
    )
    def always_one(text):
        return dict.fromkeys(_stripped(text.lower().split()), 1)

    @mistake("Looping over a string gives its *characters*. `text.split()` gives its words.")
    def counts_characters(text):
        return dict(Counter(text.lower()))

    @mistake(
        "The empty string `''` is among your words. It comes from a piece that was punctuation only, such as `--`, or from "
        "`split(' ')`, which finds an empty word between two spaces (`split()` does not)."
    )
    def counts_the_empty_word(text):
        return dict(Counter(piece.strip(_MARKS) for piece in text.lower().split()))

    @mistake(
        "`split(' ')` cuts at every single space and nowhere else: two spaces leave an empty word between them, and a new line "
        "glues its neighbours together. `split()` cuts at any run of white space."
    )
    def splits_at_single_spaces(text):
        return dict(Counter(piece.strip(_MARKS) for piece in text.lower().split(" ")))

    @right_answer
    def with_defaultdict(text):
        counts = defaultdict(int)
        for piece in text.split():
            word = piece.lower().strip(".,;:!?\"'()[]{}<>-_*/\\|@#$%^&+=~`")
            if len(word) > 0:
                counts[word] += 1
        return counts

    @right_answer
    def with_counter(text):
        counts = Counter(piece.strip(string.punctuation) for piece in text.lower().split())
        counts.pop("", None)
        return counts

    @right_answer
    def counting_each_word(text):
        words = _stripped(text.lower().split())
        return {word: words.count(word) for word in set(words)}

    @right_answer
    def asking_forgiveness(text):
        counts = {}
        for piece in re.split(r"\s+", text.lower()):
            word = piece.lstrip(string.punctuation).rstrip(string.punctuation)
            if not word:
                continue
            try:
                counts[word] += 1
            except KeyError:
                counts[word] = 1
        return counts

    @right_answer
    def with_numpy_unique(text):
        pieces = (piece.strip(string.punctuation) for piece in text.lower().split())
        words = [word for word in pieces if word != ""]
        return dict(zip(*np.unique(words, return_counts=True)))

    @right_answer
    def in_sorted_groups(text):
        words = sorted(filter(None, (piece.strip(string.punctuation) for piece in text.lower().split())))
        return {word: len(list(group)) for word, group in itertools.groupby(words)}

    @right_answer
    def character_by_character(text):
        counts, piece = {}, ""
        for character in text.lower() + " ":
            if not character.isspace():
                piece += character
                continue
            while piece and piece[0] in string.punctuation:
                piece = piece[1:]
            while piece and piece[-1] in string.punctuation:
                piece = piece[:-1]
            if piece:
                counts.setdefault(piece, 0)
                counts[piece] += 1
            piece = ""
        return counts


# ---- set_ops ---------------------------------------------------------------------------------------------------------


@exercise("set_ops", points=1, objective=CONTAINERS)
class SetOps:
    """Union, intersection, difference and symmetric difference of two collections, as sets."""

    def oracle(a, b):
        both = [*a, *b]
        return {
            "|": set(both),
            "&": {x for x in both if x in a and x in b},
            "-": {x for x in both if x not in b},
            "^": {x for x in both if (x in a) != (x in b)},
        }

    examples = [
        probe([1, 2, 3], [3, 4]),
        probe(["good", "film", "good"], ["bad", "film"]),
        probe([1, 2], [1, 2, 5]),
        probe({1, 2}, {2, 3}),
    ]

    def hidden(rng):
        for _ in range(4):
            m, n = rng.integers(3, 9, size=2)
            yield probe(rng.integers(0, 9, size=m).tolist(), rng.integers(4, 13, size=n).tolist())
        yield probe([str(w) for w in rng.choice(_WORDS, size=8)], [str(w) for w in rng.choice(_WORDS, size=5)])
        yield probe({1, 2, 3, int(rng.integers(10, 20))}, {3, 4, int(rng.integers(20, 30))})
        yield probe([], [int(rng.integers(9))])
        yield probe([int(rng.integers(9))], [])
        yield probe((1, 2, 2, int(rng.integers(10, 20))), [2, 3])
        yield probe([("a", 1), ("b", 2)], {("b", 2), ("c", int(rng.integers(9)))})

    @mistake("Your `^` holds items that are in *both*: that is `|` again. `^` keeps what is in exactly one of the two.")
    def xor_is_union(a, b):
        return {**SetOps.oracle(a, b), "^": set(a) | set(b)}

    @mistake("Your `^` has what is only in `a`, and misses what is only in `b`. It is symmetric: it keeps both kinds.")
    def one_sided(a, b):
        return {**SetOps.oracle(a, b), "^": set(a) - set(b)}

    @mistake("Your `-` is the wrong way round: `a - b` is what is in `a` and not in `b`.")
    def difference_reversed(a, b):
        return {**SetOps.oracle(a, b), "-": set(b) - set(a)}

    @mistake(
        "Your `|` and `&` come from `or` and `and`. Those ask whether a set is empty and hand back one of the two sets whole; "
        "`|` and `&` look at the items."
    )
    def and_or(a, b):
        return {**SetOps.oracle(a, b), "|": set(a) or set(b), "&": set(a) and set(b)}

    @mistake("The right items, in lists. The task asks for sets: in a list, order and repeats would count.")
    def lists(a, b):
        return {key: sorted(items) for key, items in SetOps.oracle(a, b).items()}

    @mistake("These signs work on sets, and some of the inputs are lists: `set(a)` makes a set of any collection.")
    def expects_sets(a, b):
        return {"|": a | b, "&": a & b, "-": a - b, "^": a ^ b}

    @right_answer
    def with_methods(a, b):
        a, b = set(a), set(b)
        return {
            "|": a.union(b),
            "&": a.intersection(b),
            "-": a.difference(b),
            "^": a.symmetric_difference(b),
        }

    @right_answer
    def from_two_differences(a, b):
        only_a, only_b = set(a) - set(b), set(b) - set(a)
        shared = set(a) - only_a
        return {"^": only_a | only_b, "-": only_a, "&": shared, "|": only_a | only_b | shared}

    @right_answer
    def with_comprehensions(a, b):
        return {
            "|": {*a, *b},
            "&": {item for item in a if item in b},
            "-": {item for item in a if item not in b},
            "^": {item for item in [*a, *b] if not (item in a and item in b)},
        }

    @right_answer
    def with_the_operators_functions(a, b):
        signs = {"|": operator.or_, "&": operator.and_, "-": operator.sub, "^": operator.xor}
        return {sign: combine(set(a), set(b)) for sign, combine in signs.items()}

    @right_answer
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

    @right_answer
    def changing_copies_in_place(a, b):
        union, both, only, one = set(a), set(a), set(a), set(a)
        union |= set(b)
        both &= set(b)
        only -= set(b)
        one ^= set(b)
        return dict(zip(["|", "&", "-", "^"], (union, both, only, one)))

    @right_answer
    def with_dict_keys(a, b):
        a, b = dict.fromkeys(a).keys(), dict.fromkeys(b).keys()
        return {"|": a | b, "&": a & b, "-": a - b, "^": a ^ b}


# ---- bgr_to_rgb ------------------------------------------------------------------------------------------------------

_PAIR = np.array([[[255, 0, 0], [10, 20, 30]]], np.uint8)  # a blue pixel and a dark one, in OpenCV's order
_BLOCK = (np.arange(18).reshape(2, 3, 3) * 7).astype(np.uint8)


@exercise("bgr_to_rgb", points=2, objective=IMAGES, dtype="exact", fresh=True)
class BgrToRgb:
    """A new (H, W, 3) array with its first and third channel exchanged."""

    def oracle(image):
        return cv2.cvtColor(image, cv2.COLOR_BGR2RGB)

    examples = [probe(_PAIR), probe(_BLOCK), probe((_BLOCK[:, :2] / 255).astype(np.float32))]

    def hidden(rng):
        for h, w in ((1, 2), (2, 1), (3, 3), (4, 2), (5, 7)):
            yield probe(rng.integers(0, 256, size=(h, w, 3), dtype=np.uint8))
        yield probe(rng.random((3, 4, 3), dtype=np.float32))
        yield probe(rng.integers(0, 2**16, size=(2, 3, 3), dtype=np.uint16))

    @mistake(
        "You turned the picture upside down: `image[::-1]` reverses axis 0, the rows. The channels are the last axis."
    )
    def flips_rows(image):
        return image[::-1].copy()

    @mistake("You mirrored the picture: that reverses axis 1, the columns. The channels are the last axis.")
    def flips_columns(image):
        return image[:, ::-1].copy()

    @mistake(
        "You reversed all three axes: the colours are right, and the picture stands on its head. Only the last axis turns."
    )
    def flips_everything(image):
        return image[::-1, ::-1, ::-1].copy()

    @mistake(
        "You wrote into the caller's own array: `rgb = image` makes a second name, not a second picture. "
        "Start from `image.copy()`, or build a new array."
    )
    def changes_its_input(image):
        image[...] = image[..., ::-1].copy()
        return image

    @mistake(
        "The right colours, but still the caller's memory: a slice is a *view*, so painting on your result would paint on "
        "their picture. Add `.copy()`."
    )
    def returns_a_view(image):
        return image[..., ::-1]

    @mistake(
        "First and third channel are now equal: the first assignment wrote over what the second one wanted to read. "
        "Exchange both at once, or read from the original."
    )
    def loses_a_channel(image):
        rgb = image.copy()
        rgb[..., 0] = rgb[..., 2]
        rgb[..., 2] = rgb[..., 0]
        return rgb

    @mistake("This *rolls* the channels around by one. Blue and red change places, green stays in the middle.")
    def rolls(image):
        return np.roll(image, 1, axis=-1)

    @right_answer
    def with_an_index_list(image):
        return image[:, :, [2, 1, 0]]

    @right_answer
    def with_stack(image):
        blue, green, red = image[..., 0], image[..., 1], image[..., 2]
        return np.stack([red, green, blue], axis=-1)

    @right_answer
    def pixel_by_pixel(image):
        rgb = np.empty_like(image)
        for row in range(image.shape[0]):
            for column in range(image.shape[1]):
                b, g, r = image[row, column]
                rgb[row, column] = r, g, b
        return rgb

    @right_answer
    def two_channels_at_once(image):
        rgb = image.copy()
        rgb[..., 0], rgb[..., 2] = image[..., 2], image[..., 0]
        return rgb

    @right_answer
    def with_split_and_merge(image):
        blue, green, red = cv2.split(image)
        return cv2.merge([red, green, blue])

    @right_answer
    def with_a_permutation_matrix(image):
        return image @ np.eye(3, dtype=image.dtype)[::-1]

    @right_answer
    def channels_first_and_back(image):
        return np.array(np.moveaxis(np.moveaxis(image, -1, 0)[::-1], 0, -1))

    @right_answer
    def through_lists(image):
        return np.array([[list(reversed(pixel)) for pixel in row] for row in image.tolist()], dtype=image.dtype)


# ---- to_grayscale ----------------------------------------------------------------------------------------------------

_BT601 = np.array([0.299, 0.587, 0.114])
_PRIMARIES = np.array([[[255, 0, 0], [0, 255, 0], [0, 0, 255], [200, 100, 60]]], np.uint8)
_BRIGHT = np.array([[[200, 180, 40], [90, 90, 90]], [[255, 255, 255], [12, 200, 250]]], np.uint8)


def _rounded(values):
    return np.rint(values).astype(np.uint8)


@exercise("to_grayscale", points=2, objective=IMAGES, dtype="exact", rtol=0.0, atol=1.0)
class ToGrayscale:
    """The brightness of an RGB picture: (H, W, 3) uint8 to (H, W) uint8, with the weights of ITU-R BT.601."""

    def oracle(image):
        return cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)

    examples = [probe(_PRIMARIES), probe(_BRIGHT), probe(_BLOCK[:, ::-1] * np.uint8(2))]

    def hidden(rng):
        for h, w in ((1, 3), (3, 1), (2, 2), (4, 5), (6, 3), (8, 8)):
            yield probe(rng.integers(0, 256, size=(h, w, 3), dtype=np.uint8))
        yield probe(np.full((2, 3, 3), rng.integers(100, 256), np.uint8))

    @mistake(
        "You average the three channels. The eye does not: it finds green brightest and blue darkest, hence the weights."
    )
    def plain_mean(image):
        return _rounded(image.mean(axis=-1))

    @mistake(
        "Red and blue have each other's weight: those are the weights for BGR. This picture is RGB, so red comes first."
    )
    def bgr_order(image):
        return _rounded(image @ _BT601[::-1])

    @mistake(
        "Your sum overflowed: uint8 ends at 255 and starts again at 0, so 200 + 100 is 44. Let the sum happen in floats "
        "(multiply by the weights first), and go back to uint8 at the end. (And the three channels do not weigh the same.)"
    )
    def overflows(image):
        with np.errstate(over="ignore"):
            return (image[..., 0] + image[..., 1] + image[..., 2]) // 3

    @mistake(
        "Those are the weights of BT.709 (high-definition video, scikit-image's `rgb2gray`). The task asks for BT.601."
    )
    def bt709(image):
        return _rounded(image @ np.array([0.2125, 0.7154, 0.0721]))

    @mistake(
        "The right brightness, as floats. A picture with values from 0 to 255 is stored as uint8: round, then `astype`."
    )
    def stays_float(image):
        return image @ _BT601

    @mistake(
        "Nearly everything is 0: you scaled to 0..1 and *then* went to uint8, which cuts every fraction off. "
        "Keep the scale of 0 to 255."
    )
    def scaled_then_cut(image):
        return (image / 255 @ _BT601).astype(np.uint8)

    @mistake(
        "Your result is still (H, W, 3), the same grey three times. A grey picture has one number a pixel: (H, W)."
    )
    def three_equal_channels(image):
        return np.stack([_rounded(image @ _BT601)] * 3, axis=-1)

    @mistake(
        "You average the three channels, which the eye does not: it finds green brightest and blue darkest, hence the weights. "
        "And the result is to be uint8: round, then `astype`."
    )
    def plain_mean_as_float(image):
        return image.mean(axis=-1)

    @right_answer
    def with_integers(image):
        r, g, b = (image[..., channel].astype(np.int64) for channel in range(3))
        return ((299 * r + 587 * g + 114 * b + 500) // 1000).astype(np.uint8)

    @right_answer
    def with_einsum_and_no_rounding(image):
        return np.einsum("hwc,c->hw", image / 255, _BT601 * 255).astype("uint8")

    @right_answer
    def with_opencv_on_bgr(image):
        return cv2.cvtColor(np.ascontiguousarray(image[..., ::-1]), cv2.COLOR_BGR2GRAY)

    @right_answer
    def with_pillow(image):
        return np.asarray(Image.fromarray(image).convert("L"))

    @right_answer
    def with_a_weighted_average(image):
        return np.average(image, axis=2, weights=[0.299, 0.587, 0.114]).round().astype(np.uint8)

    @right_answer
    def in_float32_and_clipped(image):
        grey = sum(np.float32(w) * image[:, :, i] for i, w in enumerate((0.299, 0.587, 0.114)))
        return np.clip(np.round(grey), 0, 255).astype(np.uint8)

    @right_answer
    def pixel_by_pixel(image):
        rows = [[round(0.299 * int(r) + 0.587 * int(g) + 0.114 * int(b)) for r, g, b in row] for row in image]
        return np.array(rows, dtype=np.uint8)


# ---- stack_batch -----------------------------------------------------------------------------------------------------


def _padded(images, dtype=np.float32, scale=255):
    height, width = (max(image.shape[axis] for image in images) for axis in (0, 1))
    batch = np.zeros((len(images), height, width, 3), dtype)
    for n, image in enumerate(images):
        batch[n, : image.shape[0], : image.shape[1]] = image / scale if scale > 1 else image
    return batch


def _resize(image, height, width):
    return cv2.resize(image, (width, height), interpolation=cv2.INTER_NEAREST)


def _picture(seed, height, width):
    return np.random.default_rng(seed).integers(1, 256, size=(height, width, 3), dtype=np.uint8)


@exercise("stack_batch", points=3, objective=IMAGES, dtype="exact")
class StackBatch:
    """Pictures of different sizes as one float32 batch in 0..1, padded with zeros below and on the right."""

    def oracle(images):
        height = max(len(image) for image in images)
        width = max(len(image[0]) for image in images)
        batch = [
            [
                [
                    [float(v) / 255 for v in image[row][column]]
                    if row < len(image) and column < len(image[0])
                    else [0.0, 0.0, 0.0]
                    for column in range(width)
                ]
                for row in range(height)
            ]
            for image in images
        ]
        return np.array(batch, np.float32)

    examples = [
        probe([np.full((1, 1, 3), 255, np.uint8), np.full((1, 2, 3), 51, np.uint8)]),
        probe([_picture(1, 2, 2), _picture(2, 1, 2)]),
        probe([_picture(3, 1, 3), _picture(4, 3, 2), _picture(5, 2, 1)]),
    ]

    def hidden(rng):
        for count in (1, 2, 2, 3, 5):
            sizes = rng.integers(1, 6, size=(count, 2))
            yield probe([rng.integers(1, 256, size=(h, w, 3), dtype=np.uint8) for h, w in sizes])
        yield probe([rng.integers(1, 256, size=(h, w, 3), dtype=np.uint8) for h, w in ((2, 5), (4, 3), (1, 1))])
        yield probe([rng.integers(1, 256, size=(2, 3, 3), dtype=np.uint8) for _ in range(3)])
        yield probe([])

    @mistake(
        "NumPy stacks only what has one shape, and these pictures have several. Make a batch of zeros that is large enough, then "
        "write each picture into its corner."
    )
    def stacks_as_they_are(images):
        return np.stack(images).astype(np.float32) / 255

    @mistake(
        "You stretched the smaller pictures. The task asks to leave every pixel as it is, and to fill up with zeros."
    )
    def resizes(images):
        height, width = (max(image.shape[axis] for image in images) for axis in (0, 1))
        return _padded([_resize(image, height, width) for image in images])

    @mistake(
        "You cut the larger pictures down to the smallest. Nothing may be lost: fill the smaller ones up with zeros."
    )
    def crops(images):
        height, width = (min(image.shape[axis] for image in images) for axis in (0, 1))
        return _padded([image[:height, :width] for image in images])

    @mistake(
        "The right numbers as float64, twice the memory for nothing: `image / 255` makes float64, and so does `np.zeros` "
        "unless you say `np.float32`."
    )
    def float64(images):
        return _padded(images, np.float64)

    @mistake("Your batch still holds uint8 values from 0 to 255. The task asks for float32 from 0 to 1.")
    def stays_uint8(images):
        return _padded(images, np.uint8, scale=1)

    @mistake("float32, as asked, but from 0 to 255. A network's input is small numbers: divide by 255.")
    def not_scaled(images):
        return _padded(images, scale=1)

    @mistake(
        "Everything is 0: the batch was uint8 when you wrote the fractions into it. Make it float32 from the start."
    )
    def fractions_into_uint8(images):
        return _padded(images, np.uint8).astype(np.float32)

    @mistake("Your zeros are above and to the left. Each picture starts in the top left corner, at row 0 and column 0.")
    def padded_at_the_start(images):
        return _padded([image[::-1, ::-1] for image in images])[:, ::-1, ::-1].copy()

    @mistake(
        "The channels come first in your batch: (N, 3, H, W) is PyTorch's order. Here it is (N, H, W, 3), Keras' order."
    )
    def channels_first(images):
        return np.moveaxis(_padded(images), -1, 1).copy()

    @right_answer
    def with_pad(images):
        height = max(image.shape[0] for image in images)
        width = max(image.shape[1] for image in images)
        grown = [
            np.pad(image, ((0, height - image.shape[0]), (0, width - image.shape[1]), (0, 0))).astype("float32")
            for image in images
        ]
        return np.stack(grown) / np.float32(255)

    @right_answer
    def with_borders(images):
        if not images:
            raise ValueError("an empty list of pictures has no size")
        height, width = np.max([image.shape[:2] for image in images], axis=0)
        grown = []
        for image in images:
            below, right = int(height - image.shape[0]), int(width - image.shape[1])
            grown.append(cv2.copyMakeBorder(image, 0, below, 0, right, cv2.BORDER_CONSTANT, value=0))
        return np.array(grown).astype(np.float32) / 255

    @right_answer
    def filled_then_divided(images):
        heights, widths, _ = zip(*[image.shape for image in images])
        batch = np.zeros((len(images), max(heights), max(widths), 3), dtype="float32")
        for n in range(len(images)):
            batch[n, : heights[n], : widths[n], :] = images[n]
        batch /= 255
        return batch

    @right_answer
    def with_blocks_of_zeros(images):
        if len(images) == 0:
            raise ValueError("no pictures")
        tallest = sorted(len(image) for image in images)[-1]
        widest = sorted(image.shape[1] for image in images)[-1]
        grown = []
        for image in images:
            image = np.hstack([image, np.zeros((image.shape[0], widest - image.shape[1], 3))])
            image = np.vstack([image, np.zeros((tallest - image.shape[0], widest, 3))])
            grown.append(image * (1 / 255))
        return np.float32(grown)

    @right_answer
    def pixel_by_pixel(images):
        rows = max([image.shape[0] for image in images])
        columns = max([image.shape[1] for image in images])
        batch = np.zeros([len(images), rows, columns, 3])
        for n, image in enumerate(images):
            for row, column in np.ndindex(image.shape[:2]):
                batch[n, row, column] = image[row, column] / 255.0
        return batch.astype(np.float32)

    @right_answer
    def with_a_mask(images):
        rows, columns = np.max([image.shape[:2] for image in images], axis=0)
        batch = []
        for image in images:
            row, column = np.ogrid[:rows, :columns]
            inside = (row < image.shape[0]) & (column < image.shape[1])
            stretched = image[np.minimum(row, len(image) - 1), np.minimum(column, image.shape[1] - 1)]
            batch.append(np.where(inside[..., None], stretched / 255, 0))
        return np.stack(batch).astype("f4")


# ---- find_files ------------------------------------------------------------------------------------------------------

_NAMES = ("ant", "bee", "cat", "dog", "elk", "fox", "gnu", "hen")


def _walk(root, suffix):
    """Every file below `root` whose name ends in `suffix`, sorted: a right answer, for the mistakes to spoil."""
    found = [Path(folder) / name for folder, _, names in os.walk(root) for name in names if name.endswith(suffix)]
    return sorted(found)


@exercise("find_files", points=2, objective=FILES)
class FindFiles:
    """The files below a folder that have a given suffix, however deep they lie, sorted."""

    def oracle(root, suffix):
        return _walk(root, suffix)

    examples = [
        probe(tree({"b.png": "", "a.png": "", "notes.txt": ""}), ".png"),
        probe(tree({"z.png": "", "train/cats/c.png": "", "train/d.png": ""}), ".png"),
        probe(tree({"a.txt": "", "old.txt/a.png": "", "old.txt/c.txt": "", "b.txt.bak": ""}), ".txt"),
        probe(tree({"a.png": ""}), ".jpg"),
    ]

    def hidden(rng):
        for suffix in (".png", ".txt", ".jpg", ".wav"):
            names = [str(name) for name in rng.permutation(_NAMES)]
            other = ".csv"
            yield probe(
                tree(
                    {
                        f"{names[0]}{suffix}": "",
                        f"{names[1]}{other}": "",
                        f"{names[2]}{suffix}.bak": "",
                        f"{names[3]}_folder/{names[4]}{suffix}": "",
                        f"{names[3]}_folder/{names[5]}{other}": "",
                        f"{names[5]}_folder/deep/{names[6]}{suffix}": "",
                        f"{names[7]}_album{suffix}/{names[1]}{other}": "",
                        f"{names[7]}_album{suffix}/{names[0]}{suffix}": "",
                    }
                ),
                suffix,
            )
        yield probe(tree({"only.csv": ""}), ".png")
        yield probe(tree({"x/y/z/w/v.png": "", "x/y/u.png": ""}), ".png")
        yield probe(tree({"a/z.png": "", "b/y.png": "", "b/c/a.png": "", "m.png": ""}), ".png")

    @mistake(
        "You look into the folder itself and not into those inside it. `rglob` goes all the way down, `glob` does not."
    )
    def not_recursive(root, suffix):
        return sorted(path for path in Path(root).iterdir() if path.is_file() and path.name.endswith(suffix))

    @mistake(
        "You moved: after your function the working directory is another one, and every relative path in the notebook "
        "now points elsewhere. Build paths from `root`; no `chdir` is needed."
    )
    def stays_elsewhere(root, suffix):
        os.chdir(root)
        return _walk(root, suffix)

    @mistake("A *folder* is in your list: its name ends in the suffix too. Keep what `is_file()`.")
    def folders_too(root, suffix):
        return sorted(Path(root).rglob("*" + suffix))

    @mistake(
        "You look into the folder itself only: `glob` with one star goes no deeper, `rglob` does. And a *folder* whose name fits "
        "is in your list: keep what `is_file()`."
    )
    def one_level_with_folders(root, suffix):
        return sorted(Path(root).glob("*" + suffix))

    @mistake("Names without their folders cannot be opened from here. Keep the whole path.")
    def names_only(root, suffix):
        return [Path(path.name) for path in _walk(root, suffix)]

    @mistake(
        "The right files as text. `Path` objects are asked for: they join with `/` and know their `name` and `suffix`."
    )
    def as_text(root, suffix):
        return [str(path) for path in _walk(root, suffix)]

    @mistake("`b.txt.bak` does not end in `.txt`: you ask whether the suffix is *somewhere* in the name.")
    def suffix_anywhere(root, suffix):
        return sorted(path for path in Path(root).rglob("*") if path.is_file() and suffix in path.name)

    @mistake("You return every file. Keep those whose name ends in the suffix.")
    def every_file(root, suffix):
        return sorted(path for path in Path(root).rglob("*") if path.is_file())

    @right_answer
    def with_suffix_attribute(root, suffix):
        found = []
        for path in root.rglob("*"):
            if path.is_file() and path.suffix == suffix:
                found.append(path)
        found.sort()
        return found

    @right_answer
    def by_recursion(root, suffix):
        found = []
        for name in os.listdir(root):
            path = Path(root, name)
            if path.is_dir():
                found += FindFiles.right_answers["by_recursion"](path, suffix)
            elif path.match("*" + suffix):
                found.append(path)
        return sorted(found)

    @right_answer
    def goes_and_comes_back(root, suffix):
        start = os.getcwd()
        os.chdir(root)
        found = sorted(path.absolute() for path in Path(".").glob("**/*" + suffix) if path.is_file())
        os.chdir(start)
        return found

    @right_answer
    def with_os_walk(root, suffix):
        found = []
        for folder, _folders, names in os.walk(root):
            found.extend(Path(folder) / name for name in names if os.path.splitext(name)[1] == suffix)
        return sorted(found)

    @right_answer
    def with_glob_and_sorted_as_text(root, suffix):
        names = glob.glob(os.path.join(str(root), "**", "*" + suffix), recursive=True)
        return [Path(name) for name in sorted(names) if os.path.isfile(name)]

    @right_answer
    def with_a_list_of_folders_to_do(root, suffix):
        found, todo = [], [root]
        while todo:
            for path in todo.pop().iterdir():
                if path.is_dir():
                    todo.append(path)
                elif path.name[-len(suffix) :] == suffix:
                    found.append(path)
        return sorted(found, key=lambda path: path.parts)

    @right_answer
    def with_a_generator(root, suffix):
        def below(folder):
            with os.scandir(folder) as entries:
                for entry in entries:
                    if entry.is_dir():
                        yield from below(entry.path)
                    elif entry.name.endswith(suffix):
                        yield Path(entry.path)

        return sorted(below(root))
