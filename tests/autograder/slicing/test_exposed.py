"""What a cell may read before it has given it to something: for that alone it needs earlier cells."""

import pytest

from autograder.slicing.uses import use_of


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("x = 1\ny = x", ""),
        ("y = x\nx = 1", "x"),
        ("x += 1", "x"),
        ("x[i] = v", "i v x"),
        ("x: int = y", "int y"),
        ("x: int\nx", "int x"),
        ("a, (b, *c) = d\na, b, c", "d"),
        ("for x in y:\n    x", "y"),
        ("for x in y:\n    z = x\nz", "y z"),
        ("for x in y:\n    pass\nx", "x y"),
        ("while x:\n    y = 1\ny", "x y"),
        ("if a:\n    x = 1\nelse:\n    x = 2\nx", "a"),
        ("if a:\n    x = 1\nx", "a x"),
        ("with a as b:\n    x = b\nx", "a x"),
        ("try:\n    x = 1\nexcept E as e:\n    x = e\nx", "E x"),
        ("import a.b, c as d\na, d, c", "c"),
        ("from a import b as c\nc", ""),
        ("def f(v, w=k):\n    u = v\n    return u + x\nf", "k x"),
        ("x = 1\ndef f():\n    return x", ""),
        ("def f():\n    return x\nx = 1", "x"),
        ("def f(v):\n    def g():\n        return v + y\n    return g", "y"),
        ("def f():\n    global x\n    x += 1", "x"),
        ("def f(x):\n    return [x for y in x if y] + z", "z"),
        ("[x for x in y if x > k]", "k y"),
        ("[x for x in x]", "x"),
        ("lambda v, w=k: v + x", "k x"),
        ("del x", "x"),
        ("x = 1\ndel x\nx", "x"),
        ("class C(B):\n    n = k", "B k"),
        ("(x := 1)\nx", "x"),
        ("print(f'{x:{w}}')", "print w x"),
    ],
)
def test_names_are_found_that_may_be_read_first(source, names):
    assert use_of(source, ours=True).exposed == set(names.split())
