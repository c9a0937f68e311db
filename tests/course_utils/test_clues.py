"""What helps where no declared mistake is recognised: clues hold on every failing example, and a doubtful hint is a question."""

import numpy as np
import pytest

from autograder.authoring.packing import make_visible_pack
from autograder.exercise import SETTINGS, Exercise, Mistake, probe
from course_utils.judge import RIGHT, judge
from course_utils.messages import explanation, kind_of
from course_utils.observe import observe
from course_utils.signs import signs_of
from course_utils.verdict import as_text


def examined(right, wrong, *examples, mistakes=(), **settings):
    """The verdict on `wrong`, where `right` is the oracle and each example a tuple of arguments or a probe."""
    probes = [one if not isinstance(one, tuple) else probe(*one) for one in examples]
    exercise = Exercise(
        *("answer", "00_test", 1, "", ""),
        oracle=right,
        examples=probes,
        hidden=lambda rng: iter(()),
        mistakes=[Mistake(f.__name__, f"You made {f.__name__}.", f) for f in mistakes],
        right_answers={},
        settings={**SETTINGS, **settings},
    )
    pack = make_visible_pack(exercise)
    assert judge(pack, observe(right, pack), signs_of(right)).status == RIGHT
    return judge(pack, observe(wrong, pack), signs_of(wrong))


TABLE = np.array([[1.0, 2.5, -3.0], [4.0, -5.25, 6.0]])
SQUARE = np.array([[1.0, 2.0, 0.0], [4.0, 5.0, 7.0], [3.0, 1.0, 9.0]])


def same(x):
    return x + 0.0


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (lambda x: -x, "Every number has the other sign."),
        (lambda x: x * 0, "Everything is 0."),
        (lambda x: x * 2, "Each number is twice what is expected."),
        (lambda x: x / 3, "Each number is 1/3 of what is expected."),
        (lambda x: x + 1, "Every number is 1 too large."),
        (lambda x: np.maximum(x, 0), "Negative numbers became 0."),
        (np.trunc, "The fractions are cut off"),
        (lambda x: x[::-1].copy(), "The first axis runs backwards."),
        (lambda x: x[:, ::-1].copy(), "The last axis runs backwards."),
        (lambda x: x.T.copy(), "Rows and columns are exchanged"),
        (lambda x: x.ravel(), "only the shape is another one"),
        (lambda x: x[None], "only an axis of length one is too many or missing"),
        (lambda x: x[:, :-1].copy(), "along axis 1, places are missing at the end"),
        (lambda x: x[1:].copy(), "along axis 0, places are missing at the beginning"),
        (lambda x: np.pad(x, ((0, 0), (0, 2))), "along axis 1, places are too many at the end"),
        (lambda x: np.array([x[0]] * len(x)), "All rows of your result are the same."),
    ],
)
def test_a_clue_says_what_all_wrong_results_have_in_common(wrong, words):
    assert words in examined(same, wrong, (TABLE,), (SQUARE,), (TABLE * 2,)).clue


def test_numbers_that_went_round_at_256_are_told_apart_from_other_numbers():
    def tripled(x):
        return x.astype(int) * 3

    grey = np.array([[200, 10, 90]], np.uint8)
    assert "multiples of 256" in examined(tripled, lambda x: (x * np.uint8(3)).astype(int), (grey,), (grey + 5,)).clue
    assert "multiples of 256" not in examined(tripled, lambda x: x.astype(int) * 3 - 7, (grey,), (grey + 5,)).clue


def test_a_sum_in_place_of_a_mean_is_told_by_whole_numbers_that_differ():
    clue = examined(lambda x: float(np.mean(x)), lambda x: float(sum(x)), ([1.0, 2.0],), ([4.0, 2.5, 3.0],)).clue
    assert "too large by the number of something in its input (2 times, 3 times): a sum in place of a mean?" in clue
    by_chance = examined(
        lambda x: float(np.mean(x)),
        lambda x: float(np.mean(x)) * (5 if len(x) == 2 else 7),
        ([1.0, 2.0],),
        ([4.0, 2.5, 3.0],),
    )
    assert "sum" not in by_chance.clue


def test_a_clue_that_does_not_hold_on_every_failing_example_is_not_given():
    def sometimes(x):
        return (
            -x if x[0, 0] == 1 and x[1, 0] == 4 and x.shape == (2, 3) else x + np.arange(x.size).reshape(x.shape) ** 2
        )

    assert "other sign" not in examined(same, sometimes, (TABLE,), (SQUARE,)).clue


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (lambda text: text.split()[0], "Some of the words are missing"),
        (lambda text: text.replace(" ", ""), "Words run together"),
        (lambda text: f" {text} ", "Only the white space differs."),
        (lambda text: " ".join(reversed(text.split())), "The words are right, and their order is not."),
    ],
)
def test_texts_and_lists_have_clues_too(wrong, words):
    assert words in examined(lambda text: text + "", wrong, ("good film",), ("the end of it",)).clue
    left_out = examined(lambda items: items[:], lambda items: items[:-1], ([1, 2, 3],), ([4, 5],))
    assert "The last item is missing" in left_out.clue


def test_the_one_part_of_a_tuple_that_is_wrong_is_named():
    def right(x):
        return x, x * x, -x

    assert "Only its part [1] is wrong." in examined(right, lambda x: (x, x * 3, -x), (2,), (5,), (7,)).clue
    assert "Only its part" not in examined(right, lambda x: (x, x * 3, x), (2,), (5,), (7,)).clue


def test_which_examples_fail_is_told_where_one_property_tells_them_apart():
    def size(n, padding="valid"):
        return n if padding == "same" else n - 2

    examples = (probe(5), probe(8), probe(6, padding="same"), probe(9, padding="same"))
    clue = examined(size, lambda n, padding="valid": n - 2, *examples).clue
    assert "It is wrong only where `padding` is 'same', and right elsewhere." in clue
    assert "only where" not in examined(size, lambda n, padding="valid": n, *examples[:1], *examples[2:]).clue


def test_what_only_chance_tells_apart_is_not_told():
    """With one failing example, nearly every property is its own."""

    def right(n):
        return n * n

    assert examined(right, lambda n: n * n if n != 7 else 1, (2,), (4,), (7,)).clue == ""


def doubled(x):
    return 2 * x


def plus_two(x):
    return x + 2


def test_a_hint_is_stated_only_where_the_mistake_gives_the_same_on_all_examples():
    examples = ((2,), (3,), (5,), (-1,))
    stated = examined(doubled, plus_two, *examples, mistakes=[plus_two])
    assert (stated.mistake, stated.hint, stated.guess) == ("plus_two", "You made plus_two.", "")

    def nearly(x):
        return x + 2 if x > 2 else 2 * x

    asked = examined(doubled, nearly, *examples, mistakes=[plus_two])
    assert (asked.mistake, asked.guess) == ("", "plus_two")
    assert asked.hint == "Could it be this? You made plus_two."
    assert "It is not the value asked for." not in as_text(asked), "the two values say so, and the question says more"
    assert "yours 5   expected 6" in as_text(asked)


def test_a_crash_is_recognised_by_the_kind_and_the_numbers_of_its_message():
    def summed(x):
        return x.sum()

    def off_the_end(x):
        return x[7] + 0.0

    def wrong_shapes(x):
        return (x + np.zeros(2)).sum()

    def other_shapes(x):
        return (x + np.zeros(4)).sum()

    examples = ((np.ones(3),), (np.arange(5.0),))
    assert examined(summed, wrong_shapes, *examples, mistakes=[wrong_shapes]).mistake == "wrong_shapes"
    for other in (other_shapes, off_the_end):
        told = examined(summed, other, *examples, mistakes=[wrong_shapes])
        assert (told.mistake, told.guess) == ("", ""), other


def test_an_answer_that_refuses_everything_is_told_of_no_mistake_that_refuses():
    def refuses(x):
        raise ValueError("no")

    def refuses_too(x):
        raise ValueError("never")

    told = examined(doubled, refuses_too, (2,), (3,), mistakes=[refuses])
    assert told.mistake == ""
    assert "refuses an input that is to be accepted" in told.words


NESTED, NUMBER = [[1]], 3


@pytest.mark.parametrize(
    ("crash", "kind", "words"),
    [
        (lambda: np.zeros((2, 3)) + np.zeros((4, 3)), "broadcast 2 3 4 3", "(2,3) and (4,3) do not fit"),
        (lambda: np.zeros((1, 2)).__setitem__(slice(0, 1), np.zeros((1, 3))), "assignment", "3 numbers meet 2 places"),
        (lambda: np.array([[1, 2], [3]]), "ragged", "differ in shape"),
        (lambda: np.zeros((1, 2, 3))[1], "index 1 0 1", "Axis 0 of this array has the places 0 to 0"),
        (lambda: np.zeros(3)[:, 0], "axes 1 2", "names 2 axes, and the array has 1"),
        (
            lambda: np.zeros((4, 3)).__setitem__(np.arange(4) < 2, np.zeros((2, 2))),
            "assignment 2 2 2 3",
            "2 numbers meet 3 places",
        ),
        (lambda: np.zeros(6).reshape(4, 2), "reshape 6 4 2", "room for 8 numbers, and there are 6"),
        (lambda: np.zeros(5).reshape(2, -1), "reshape 5 2", "5 numbers do not fill the shape (2,-1) evenly"),
        (lambda: np.zeros((0, 2)).reshape(0, -1), "reshape 0 0", "(0,-1) any size would do in place of -1"),
        (lambda: bool(np.zeros(3) > 1), "truth", "`.all()` or `.any()`"),
        (lambda: [1, 2][5], "end", "count from 0"),
        (lambda: NESTED[0, 0], "list by tuple", "a[i][j]"),
        (lambda: {}["a"], "key", "has no key 'a'"),
        (lambda: {[1]: 2}, "unhashable", "as a list can"),
        (lambda: [].sort() + 1, "operands", "Something here is None"),
        (lambda: len([].sort()), "no length", "Something here is None"),
        (lambda: {1} + {2}, "operands", "There is no `+` for two values of the type set."),
        (lambda: 2 * abs, "operands", "is a pair of parentheses missing?"),
        (lambda: "a" + NUMBER, "operands", "`+` joins a str to a str only"),
        (lambda: NUMBER + "a", "operands", "between an int and a str: turn one"),
        (lambda: round(np.zeros(2)), "rounding", "np.rint rounds every number of an array"),
        (lambda: np.zeros(1).__setitem__(slice(0, 1), np.zeros(3)), "assignment", "3 numbers meet 1 place: where"),
        (lambda: np.zeros(3).sum(axis=1), "axis 1 1", "has 1 axis, counted from 0: there is no axis 1"),
        (lambda: tuple(map(max, [np.zeros((2, 2))])), "truth", "`max`, `min` and `sorted`"),
        (lambda: np.add(np.zeros(2), np.zeros((3, 2)), out=np.zeros(2)), "in place", "(2,), and the result has (3,2)"),
        (lambda: np.random.default_rng(0).choice(2, p=[1, 1]), "chances", "divide them by their sum"),
        (lambda: set().pop(), "", ""),
        (lambda: np.eye(2) @ (np.eye(2), np.ones(2)), "ragged", "list, or tuple, differ in shape"),
        (lambda: NESTED(0), "no function", "Are brackets meant"),
        (lambda: {1}.remove(2), "key", "or the set no such member"),
        (lambda: [3].shape, "attribute", "an array has"),
        (lambda: range(2.0), "float index", "`//` a whole number"),
        (lambda: NUMBER(), "no function", "Parentheses stand behind an int"),
        (lambda: max([]), "empty", "nothing here to choose from"),
    ],
)
def test_messages_of_python_and_numpy_are_explained(crash, kind, words):
    with pytest.raises((ValueError, TypeError, IndexError, KeyError, AttributeError)) as raised:
        crash()
    error = {"types": [type(raised.value).__name__], "message": str(raised.value)}
    assert kind_of(error).startswith(kind)
    assert words in explanation(error)


@pytest.mark.parametrize(("values", "words"), [((1,), "has 1 value."), ((1, 2), "has 2 values.")])
def test_what_is_unpacked_is_counted(values, words):
    with pytest.raises(ValueError, match="to unpack") as raised:
        _, _, _ = values
    assert words in explanation({"types": ["ValueError"], "message": str(raised.value)})


def test_of_none_that_a_line_makes_the_line_is_named():
    def length_of(x):
        return len(sorted(x))

    def of_nothing(x):
        ordered = x.sort()
        return len(ordered)

    clue = examined(length_of, of_nothing, ([2, 1],)).clue
    assert "`.sort(...)` changes the object" in clue
    assert clue.endswith("In your line: `ordered = x.sort()`."), "a quoted line ends before the next sentence begins"


def test_a_wrong_value_is_shown_before_an_input_that_is_not_refused():
    def twice(x):
        if x < 0:
            raise ValueError
        return 2 * x

    told = examined(twice, lambda x: x + 2.5, (-1,), (30,))
    assert (told.probe["args"][0]["value"], told.passed) == (30, 0)
    only_refusal = examined(twice, lambda x: 2 * x, (-1,), (30,))
    assert (only_refusal.probe["args"][0]["value"], only_refusal.passed) == (-1, 1)


def test_ones_own_raise_needs_no_explanation():
    error = {
        "types": ["ValueError"],
        "message": "all input arrays must have the same shape",
        "code": "raise ValueError(text)",
    }
    assert kind_of(error) == "own"
    assert explanation(error) == ""


def aliased(n):
    rows = [[0] * n] * n
    rows[0][0] = 1
    return rows


def written_into_a_copy(x):
    x.flatten()[0] = 1
    return x


def sorted_in_place(items):
    return items.sort()


def not_raised(n):
    if n < 0:
        return ValueError("negative")
    return n


def never_nan(x):
    return [v for v in x if v == np.nan]


def first_round(items):
    total = 0
    for item in items:
        total += item
        return total


def in_bytes(image):
    weights = (np.array([0.3, 0.6, 0.1]) * 256).astype(np.uint8)
    return (image * weights).sum(axis=-1)


KEPT: dict = {}


def keeps(x):
    KEPT[x] = 1
    return KEPT


def does_not_look(items, key):
    return items[0]


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (aliased, "makes *one* row"),
        (written_into_a_copy, "`.flatten()` makes a copy"),
        (sorted_in_place, "returns None; here its result is used"),
        (not_raised, "`raise` before it"),
        (never_nan, "np.isnan"),
        (first_round, "inside the loop"),
        (in_bytes, "of uint8 again"),
        (keeps, "`KEPT` is made outside the function"),
        (does_not_look, "never uses its parameter `key`"),
    ],
)
def test_a_line_that_does_something_else_than_it_seems_to_is_found(answer, words):
    [sign] = signs_of(answer)
    assert words in sign


def own_rows(n):
    rows = [[0] * n for _ in range(n)]
    for row in rows:
        row.append(1)
    items = sorted(rows)
    items.sort()
    weights = np.array([1, 2]).astype(np.uint8)
    copy = np.zeros(3).copy()
    copy[0] = 1
    for item in items:
        if item:
            return np.add(copy, 1)
    return weights


@pytest.mark.parametrize("answer", [own_rows, doubled, np.sum, len, "text", None, lambda *args: args])
def test_ordinary_lines_are_no_sign(answer):
    assert signs_of(answer) == []


BLOCK = np.arange(24.0).reshape(2, 3, 4)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (lambda x: x.transpose(0, 2, 1).copy(), "axes are exchanged: axis 1 and axis 2."),
        (lambda x: x.transpose(2, 0, 1).copy(), "axes are exchanged: they come in the order 2, 0, 1"),
        (lambda x: x.transpose(0, 2, 1).reshape(x.shape), "which axis runs fastest?"),
        (lambda x: x.reshape(2, 4, 3).transpose(0, 2, 1).copy(), "which axis runs fastest?"),
        (lambda x: np.roll(x, 1, axis=1)[[1, 0]].copy(), "The right numbers, in other places."),
        (lambda x: np.roll(x, 2, axis=2).copy(), "in another order along axis 2; along the others nothing has moved."),
        (lambda x: x.ravel()[:12], "compare the two shapes."),
    ],
)
def test_numbers_at_other_places_are_told_by_what_moved(wrong, words):
    assert words in examined(same, wrong, (BLOCK,), (BLOCK + 30,)).clue


@pytest.mark.parametrize(
    "rows", [np.eye(3)[[0, 2, 1, 0]], np.array([[0.2, 0.4, 0.4], [0.4, 0.2, 0.4], [0.4, 0.4, 0.2]])]
)
def test_rows_whose_numbers_are_always_the_same_say_nothing_of_their_order(rows):
    others = rows[[0, 0, 2, *range(3, len(rows))]][:, [1, 2, 0]]
    assert examined(same, lambda x: others, (rows,)).clue == ""
    assert examined(same, lambda x: x[:, [1, 0, 3, 2]].copy(), (BLOCK[0],)).clue.startswith(
        "The right numbers, in another order along"
    )


def test_of_one_number_nothing_is_said_that_any_other_would_fit():
    assert examined(doubled, lambda x: 1.0, (0.0,)).clue == ""
    assert "1 minus what is expected" in examined(doubled, lambda x: 1 - 2 * x, (0.0,), (0.25,), (3.0,)).clue


FOUR = np.array([[1.0, 2.0], [4.0, 5.0], [3.0, 1.0], [7.0, 0.0]])


def test_rows_and_items_in_another_order_are_told():
    assert "The rows are right, and their order is not." in examined(same, lambda x: x[[1, 0, 3, 2]], (FOUR,)).clue
    ordered = examined(np.sort, lambda x: np.sort(x)[[1, 0, 4, 2, 3]], (np.array([3.0, 1.0, 2.0, 5.0, 4.0]),)).clue
    assert "in another order: they are to ascend." in ordered


def halved(epoch):
    return 0.01 / 2 ** min(epoch // 3, 4)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (lambda epoch: 0.01 / (1 + min(epoch // 3, 4)), "right up to `epoch` = 5 and wrong from 6 on."),
        (lambda epoch: 0.01 / 2 ** min(epoch // 3, 3), "right up to `epoch` = 6 and wrong from 13 on."),
        (lambda epoch: 2 * halved(epoch) if epoch > 6 else halved(epoch), "Each time it is twice what is expected."),
        (lambda epoch: halved(epoch) + (epoch > 6), "Each time it is 1 too large."),
        (lambda epoch: 0.02 if epoch == 6 else halved(epoch), "wrong for `epoch` = 6 and right elsewhere."),
        (lambda epoch: 100 * halved(epoch), "is it percent, and a share is asked for?"),
        (lambda epoch: halved(epoch) * (1 + epoch), "Each time it is too large."),
    ],
)
def test_a_single_number_is_told_by_where_and_how_it_is_wrong(wrong, words):
    assert words in examined(halved, wrong, (0,), (5,), (6,), (13,), (20,)).clue


def test_of_several_numbers_the_wrong_ones_are_told_by_their_side():
    wrong = examined(lambda n: [n, n + 1, n + 2], lambda n: [n, n + 2, n + 3], (1,), (2,)).clue
    assert "Each wrong number is 1 too large; the others are right." in wrong
    wrong = examined(lambda n: [n, n + 1, n + 2], lambda n: [n, n + 2, n + 5], (1,), (2,)).clue
    assert "The wrong numbers are all too large; the others are right." in wrong
    rounded = examined(lambda n: [("a", n / 7)], lambda n: [("a", round(n / 7, 2))], (1,), (2,)).clue
    assert "The numbers are rounded to 2 decimals" in rounded


def test_booleans_are_said_as_what_they_are():
    def mask(n):
        return np.tril(np.ones((n, n), bool))

    narrow = examined(mask, lambda n: mask(n) & ~np.tril(mask(n), -2), (1,), (2,), (3,), (4,)).clue
    assert "Each wrong value is False; the others are right." in narrow
    assert "number" not in narrow
    closed = examined(lambda n: np.ones(n, bool), lambda n: np.zeros(n, bool), (2,), (3,)).clue
    assert "Everything is False." in closed
    exchanged = examined(mask, lambda n: ~mask(n), (1,), (2,), (3,), (4,)).clue
    assert "True and False are exchanged." in exchanged


def test_a_view_is_told_where_the_call_that_is_shown_gives_one():
    def negated(x, n):
        return -x if n else x.copy()

    at_zero = examined(negated, lambda x, n: x + n if n else x[:], (TABLE, 0), (TABLE, 1))
    assert at_zero.probe["args"][1] == {"type": "int", "value": 1}
    assert not any("a view of" in note for note in at_zero.notes)
    shown = examined(negated, lambda x, n: x[:], (TABLE, 0), (TABLE, 1))
    assert any("a view of `x`" in note for note in shown.notes)
    right = examined(negated, lambda x, n: -x if n else x[:], (TABLE, 0), (TABLE, 1))
    assert any("a view of `x`" in note for note in right.notes)


def test_parts_of_other_lengths_and_characters_are_told():
    def right(n):
        return list(range(n)), [n, n + 1]

    assert "In its part [0] items are missing and in its part [1] are items" in (
        examined(right, lambda n: (list(range(1, n)), [n, n + 1, 7]), (3,), (4,)).clue
    )
    apostrophes = examined(lambda t: t.lower().replace("'", " "), lambda t: t.lower(), ("IT'S",), ("A'b",)).clue
    assert "It has the apostrophe, which the expected text has not." in apostrophes
    dashes = examined(lambda t: t, lambda t: t.replace("_", "-"), ("a_b",), ("c_d_e",)).clue
    assert dashes == "It has '-', which the expected text has not. It lacks '_'."


def test_a_mistake_that_is_wrong_elsewhere_in_another_way_is_not_asked_about():
    def doubled(x):
        return 2 * x

    asked = examined(lambda x: x, lambda x: 2 * x if x < 3 else 7 * x, (1,), (2,), (5,), (0,), mistakes=[doubled])
    assert asked.guess == "doubled"
    contradicted = examined(lambda x: x, lambda x: 2 * x if x < 2 else 7 * x, (1,), (5,), (0,), mistakes=[doubled])
    assert contradicted.guess == ""


WIDE = np.arange(30.0).reshape(5, 6) ** 2 % 17 - 3
TALL = np.arange(42.0).reshape(7, 6) ** 2 % 19 + 2


def spread(x):
    """The largest number of each window of 3 x 3."""
    windows = np.lib.stride_tricks.sliding_window_view(np.pad(x, 1, constant_values=-np.inf), (3, 3))
    return windows.max(axis=(2, 3))


def spread_inside(x):
    result = x.copy()
    result[1:-1, 1:-1] = spread(x)[1:-1, 1:-1]
    return result


def spread_but_for_the_middle(x):
    result = spread(x)
    result[2, 2] += 1
    return result


def test_wrong_at_the_border_alone_is_said_of_pictures():
    said = "The inside is right. What is wrong lies at the border"
    assert said in examined(spread, spread_inside, (WIDE,), (TALL,)).clue
    assert said not in examined(spread, spread_but_for_the_middle, (WIDE,), (TALL,)).clue
    few = np.array([[5.0, 1.0, 2.0], [0.0, 4.0, 3.0]])  # it is all border: nothing is known of the inside
    assert said not in examined(spread, spread_inside, (few,)).clue


def test_the_border_is_not_said_of_a_result_that_is_no_picture():
    def table(n):
        return np.arange(36.0).reshape(6, 6)

    def last_row_wrong(n):
        return np.vstack([table(n)[:-1], table(n)[-1:] * [1, 2, 1, 3, 1, 1]])

    assert "border" not in examined(table, last_row_wrong, (1,), (2,)).clue


def test_one_dtype_always_is_said_where_each_example_has_its_own():
    examples = [(np.array([1, 9], dtype),) for dtype in ("int64", "int16", "float32")]
    told = examined(lambda x: x[::-1].copy(), lambda x: x[::-1].astype(np.uint8), *examples, dtype="exact")
    assert "Your result is of uint8 always." in told.clue
    assert "cut off" not in told.clue


def remainder(n):
    return n * n


@pytest.mark.parametrize("parity", [0, 1])
def test_parity_is_no_reason(parity):
    def wrong(n):
        return n * n + n if n % 2 == parity else n * n

    told = examined(remainder, wrong, *[(n,) for n in (2, 3, 5, 8, 9, 12)])
    assert "even" not in told.clue
    assert "odd" not in told.clue


def test_what_an_array_may_hold_by_chance_is_said_only_with_enough_on_both_sides():
    def wrong(x):
        return x + np.array([0.3, -0.7, 1.1]) if x.min() < 0 else x + 0.0

    below, above = [(np.array([-1.0 * n, 2, 5]),) for n in (1, 2, 3)], [(np.array([1.0 * n, 2, 5]),) for n in (1, 2, 3)]
    said = "It is wrong only where `x` holds negative numbers"
    assert said in examined(same, wrong, *below, *above).clue
    assert said not in examined(same, wrong, *below[:2], *above).clue


def test_a_condition_by_chance_is_not_added_to_what_the_results_say():
    def clipped(x):
        return np.maximum(x, 0)

    examples = [(np.array([n, 2.5, 5]),) for n in (-1, -2, -3, 1, 2, 3)]
    assert examined(same, clipped, *examples).clue == "Negative numbers became 0."


def test_numbers_alone_are_not_called_every_number():
    told = examined(lambda n: 3 * n * n, lambda n: 3 * n * n - 2, (1,), (2,), (4,))
    assert "Each time it is 2 too small." in told.clue
    assert "Every number" not in told.clue


def test_a_changed_input_is_told_before_a_view_of_it():
    def writes(x):
        x[x < 0] = 0
        return x

    told = examined(lambda x: np.maximum(x, 0), writes, (np.array([1]),), (np.array([-1, 2, 5]),), fresh=True)
    assert "It changes its input `x`" in told.words


def test_nothing_is_said_of_the_parts_of_a_result_that_is_right():
    def writes(x):
        x += 1
        return x.sum() - x.size, x.max() - 1

    told = examined(lambda x: (x.sum(), x.max()), writes, (np.array([1.0, 4.0]),), (np.array([-1.0, 2.0]),))
    assert "It changes its input `x`" in told.words
    assert told.clue == ""


def test_a_refusal_is_no_crash_and_names_the_form_of_what_is_refused():
    def columns(x):
        return x.size

    def refuses_columns(x):
        if x.ndim == 2:
            raise ValueError("no table")
        return x.size

    told = examined(columns, refuses_columns, (np.array([1, 2]),), (np.array([[1], [2]]),))
    assert told.status == "wrong"
    assert told.words == "It refuses an input that is to be accepted (ValueError: no table). Its shape is (2, 1)."


def test_a_parameter_that_right_answers_do_not_need_is_not_missed():
    assert signs_of(does_not_look, unneeded=["key"]) == []
    assert "never uses its parameter `key`" in signs_of(does_not_look)[0]


def first_of(items, key):
    return items[0]


def first_of_sorted(items, key):
    return sorted(items, key=key)[0]


@pytest.mark.parametrize(("right", "unneeded"), [([first_of_sorted], []), ([first_of_sorted, first_of], ["key"])])
def test_a_pack_knows_which_parameters_a_right_answer_need_not_read(right, unneeded):
    exercise = Exercise(
        *("answer", "00_test", 1, "", ""),
        oracle=lambda items, key: items[0],
        examples=[probe([1, 2], None)],
        hidden=lambda rng: iter(()),
        mistakes=[],
        right_answers={f.__name__: f for f in right},
        settings=SETTINGS,
    )
    assert make_visible_pack(exercise).get("unneeded", []) == unneeded


def test_rows_of_a_table_are_told_as_rows():
    def unique(table):
        kept = [i for i, text in enumerate(table["text"]) if text not in table["text"][:i]]
        return {name: [column[i] for i in kept] for name, column in table.items()}

    tables = [{"n": [1, 2, 3], "text": ["a", "b", "a"]}, {"n": [1, 2, 3, 4], "text": ["c", "c", "a", "b"]}]
    examples = [(table,) for table in tables]
    all_but_one = examined(unique, lambda t: {k: v[:-1] for k, v in unique(t).items()}, *examples).clue
    assert all_but_one.startswith("Rows are missing; the others are right.")
    backwards = examined(unique, lambda t: {k: v[::-1] for k, v in unique(t).items()}, *examples).clue
    assert backwards.startswith("The rows are right, and their order is not.")


def test_what_refuses_as_it_should_does_not_count_as_right_beside_wrong_values():
    def right(n):
        if n < 0:
            raise ValueError(n)
        return n + 1

    def wrong(n):
        return right(n) + (n > 5)

    told = examined(right, wrong, (-3,), (-1,), (6,), (7,), (8,), (9,)).clue
    assert "right up to" not in told
    told = examined(right, wrong, (-3,), (1,), (2,), (7,), (8,)).clue
    assert "right up to `n` = 2 and wrong from 7 on." in told


def test_one_change_that_explains_all_leaves_nothing_to_ask():
    def tripled(x):
        return 3 * x

    asked = examined(lambda x: x, lambda x: -x if x else x, (0,), (1,), (2,), mistakes=[tripled])
    assert asked.guess == ""
    assert "Every number has the other sign." in asked.clue


def test_nothing_is_said_of_rows_that_are_right_where_the_argument_was_changed():
    def shrinks(table):
        for column in table.values():
            column.pop()
        return table

    verdict = examined(lambda t: {k: v[:-1] for k, v in t.items()}, shrinks, ({"n": [1, 2], "text": ["a", "b"]},))
    assert "changes its input" in verdict.words
    assert verdict.clue == ""


def without_the_last(*axes):
    """A copy whose last place along each axis is left at 0, as a loop leaves it that stops one step early."""

    def answer(x):
        result = x.copy()
        for axis in axes:
            np.moveaxis(result, axis, 0)[-1] = 0
        return result

    return answer


@pytest.mark.parametrize(
    ("axes", "words"),
    [
        (
            (0, 1),
            "The last row and the last column are left at 0, the rest is right: does a loop stop one step too early?",
        ),
        ((1,), "The last column is left at 0, the rest is right: does a loop stop one step too early?"),
        ((0,), "The first rows are right, and the rest is 0: does the loop end too early?"),
    ],
)
def test_a_loop_that_stops_one_step_early_is_told_by_what_it_leaves(axes, words):
    assert examined(same, without_the_last(*axes), (SQUARE,), (FOUR + 1,)).clue.startswith(words)


def test_zeros_at_the_end_are_no_loop_where_more_is_wrong_or_all_is_zero():
    for wrong in (lambda x: without_the_last(0, 1)(x) + (x == 1), lambda x: 0 * x):
        assert "does a loop stop" not in examined(same, wrong, (SQUARE,), (FOUR + 1,)).clue


def test_who_returns_what_is_equal_to_an_argument_is_not_told_that_it_is_the_argument():
    def mask(n):
        return np.tri(n, dtype=bool)

    lost_axes = examined(mask, lambda n: np.squeeze(mask(n)), (1,), (2,), (3,))
    assert "as it came" not in lost_axes.clue
    assert "only an axis of length one" in lost_axes.clue
    assert "as it came" in examined(lambda n: n + 1, lambda n: n, (1,), (2,)).clue
