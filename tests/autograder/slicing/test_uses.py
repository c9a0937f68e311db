"""What a cell's own lines may change in place, and what may become part of something else, as it is read from its source."""

import pytest

from autograder.slicing.uses import use_of

IMPORTS = {
    "np": "numpy",
    "cv2": "cv2",
    "keras": "keras",
    "random": "random",
    "operator": "operator",
    "linalg": "scipy.linalg",
}


@pytest.mark.parametrize(
    "source",
    [
        "x.sort()",
        "x *= 2",
        "x[:] = 0",
        "x.a = 1",
        "del x[0]",
        "np.random.shuffle(x)",
        "random.shuffle(x)",
        "np.add(x, 1, out=x)",
        "np.nan_to_num(x, copy=False)",
        "np.copyto(x, 0)",
        "np.maximum(y, 0, x)",
        "y.sum(0, None, x)",
        "np.put(x, 0, 1)",
        "np.fill_diagonal(x, 0)",
        "list.append(x, 1)",
        "dict.update(x, a=1)",
        "operator.setitem(x, 0, 1)",
        "cv2.rectangle(x, (0, 0), (1, 1), 255)",
        "cv2.blur(y, (3, 3), x)",
        "cv2.blur(y, (3, 3), dst=x)",
        "linalg.lu(x, overwrite_a=True)",
        "somebodys_function(x)",
        "somebodys.method(x)",
        "x.fit(a, b)",
        "x[0][1].append(3)",
        "np.asarray(x).sort()",
        "x.partition(2)",
    ],
)
def test_what_may_change_a_value_in_place_is_seen(source):
    use = use_of(source, IMPORTS)
    assert "x" in use.touches.union(*(names for _, names in use.hands))


@pytest.mark.parametrize(
    "source",
    [
        "y = x.mean()",
        "y = np.mean(x)",
        "model.fit(x, y)",
        "print(x, len(x), list(x), dict(x))",
        "y = cv2.blur(x, (3, 3))",
        "model.predict(x).argmax(axis=1)",
    ],
)
def test_what_is_known_to_change_nothing_is_passed_over(source):
    assert "x" not in use_of(source, IMPORTS).touches


@pytest.mark.parametrize(
    ("source", "flows"),
    [
        ("y = x", True),
        ("y = [x]", True),
        ("y = x[2:]", True),
        ("y = f(x)", True),
        ("y = x.reshape(3)", True),
        ("y = np.asarray(x)", True),
        ("y = x if z else None", True),
        ("if (y := x):\n    pass", True),
        ("y = model.predict(x)", False),
        ("y = x.mean()", False),
        ("y = f'{x}'", False),
        ("y = x > 3", False),
        ("model.fit(x, z)", False),
        ("if x:\n    y = 1", False),
        ("y = z.max(out=x)", True),
    ],
)
def test_what_may_become_part_of_something_else_is_seen(source, flows):
    assert ("x" in frozenset().union(*(join.flows for join in use_of(source, IMPORTS).joins))) == flows
