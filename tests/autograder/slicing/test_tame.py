"""A function that is called tame changes nothing but what it has made; what only looks so is not."""

import ast

import pytest

from autograder.slicing.tame import is_built_in, tame_functions

KNOWN = {
    "np": "numpy",
    "Counter": "collections.Counter",
    "re": "re",
    "keras": "keras",
    "random": "random",
    "cv2": "cv2",
    "math": "math",
    "product": "itertools.product",
    "chain": "itertools.chain",
}


def tame(body: str, head: str = "def f(x, k=3):") -> dict:
    lines = "\n".join(f"    {line}" for line in body.split("\n"))
    return tame_functions(ast.parse(f"{head}\n{lines}"), KNOWN)


@pytest.mark.parametrize(
    "body",
    [
        "return x",
        '"""What it does."""\nreturn x[0] + k',
        "out = []\nfor i in range(len(x)):\n    out.append(x[i])\nreturn out",
        "out = np.zeros_like(x)\nout[1:] += x[1:]\nreturn out",
        "counts = {}\nfor w in x:\n    counts[w] = counts.get(w, 0) + 1\nreturn counts",
        "counts = Counter()\nfor w in x:\n    counts[w] += 1\nreturn counts.most_common(k)",
        "unit = x / np.linalg.norm(x, axis=1, keepdims=True)\nreturn unit[np.argsort(-unit @ unit[k])]",
        "return sorted(x, key=lambda pair: -pair[1])[:k]",
        "return [w for w, _ in sorted(zip(x, k), key=lambda pair: pair[1])]",
        "return ' '.join(w for w in x if not re.compile('a').search(w))",
        "return max(x, key=x.get)",
        "a, b = np.array(x), 0\na -= a.max()\nb += 1\nreturn a, b",
        "if k < 0:\n    raise ValueError(f'k is {k}')\nreturn list(reversed(x))",
        "x = list(x)\nreturn x",
        "for i in range(k):\n    i += 1\nreturn np.where(x > 0, x, i).clip(0, 1)",
        "total = 0\nfor v in x:\n    total += v\nreturn total",
        "return x.partition('a')",
        "return f(x[1:]) if len(x) else []",
        "with np.errstate(invalid='ignore'):\n    return x / x.sum()",
        "import math\nfrom itertools import product\nreturn [math.exp(a + b) for a, b in product(x, x)]",
        "def plus(v):\n    out = []\n    out.append(v)\n    return out\nreturn plus(x)",
        "return np.divide(x, 2, out=np.zeros(3), where=x > 0)",
        "from itertools import chain\nreturn list(chain(x, map(len, x)))",
    ],
)
def test_what_changes_only_what_it_has_made_is_tame(body):
    assert tame(body)


@pytest.mark.parametrize(
    "body",
    [
        "x.append(1)",
        "x[0] = 1",
        "x.real = 1",
        "x += 1\nreturn x",
        "del x[0]",
        "y = x\ny.append(1)",
        "y = x[1:]\ny -= 1",
        "y = np.asarray(x)\ny[0] = 1",
        "y = [] if k else x\ny.append(1)",
        "y = []\ny = x\ny.append(1)",
        "for v in x:\n    v.append(1)",
        "for v in x:\n    v += 1",
        "y = [x]\ny[0] += 1",
        "y = [x]\ny[0].append(1)",
        "y = {}\ny[1] = x\ny[1] += 1",
        "y = []\ny.append(x)\ny[0] *= 2",
        "y = [x] + []\ny[0] += 1",
        "np.add(x, 1, out=x)",
        "np.put(x, 0, 1)",
        "np.maximum(x, 0, x)",
        "np.exp(x, x)",
        "x.max(0, k)",
        "np.add(*x)",
        "print(1, file=x)",
        "np.asarray(x).sort()",
        "x.partition(2)",
        "np.random.shuffle(x)",
        "return np.random.random()",
        "return random.random()",
        "cv2.rectangle(x, (0, 0), (1, 1), 255)",
        "return keras.layers.Dense(k)",
        "x.fit(k)",
        "k(x)",
        "x.go()",
        "return map(k, x)",
        "return sorted(x, key=k)",
        "return list(map(k, x))",
        "return re.sub('a', k, x)",
        "return np.vectorize(k)(x)",
        "return zip(x, x)",
        "return (v for v in x)",
        "return lambda: x",
        "def g():\n    x.append(1)\nreturn g",
        "def g():\n    x.append(1)\ng()",
        "def g():\n    return x\nreturn g",
        "def g(v=[]):\n    v.append(1)\n    return len(v)\nreturn g()",
        "def g(v):\n    v.append(1)\nv = []\ng(x)",
        "with open('f', 'w') as out:\n    out.write(x)",
        "import subprocess\nreturn 1",
        "from itertools import chain\nreturn chain(x, x)",
        "y = x\nnp.add(x, 1, out=y)",
        "yield x",
        "global g\ng = x",
        "with x:\n    return 1",
        "return (y := x)",
        "import sys\nreturn sys",
        "f.seen = x",
        "print(x, file=k, **x)",
        "setattr(x, 'a', 1)",
        "return next(x)",
        "list = k\nlist(x)",
        "try:\n    y = []\nexcept ValueError as y:\n    pass\ny.append(1)",
    ],
)
def test_what_may_change_something_else_is_not(body):
    calls = tame(body)
    asked = frozenset().union(*calls.values())
    assert not calls or not all(map(is_built_in, asked)), calls


def test_it_asks_for_the_functions_that_it_calls():
    assert tame("return g(x) + len(x)") == {"f": frozenset({"g", "len"})}
    assert tame("return x", "def f(x, seen=[]):") == {}
    assert tame("return x", "@g\ndef f(x):") == {}
    assert is_built_in("len")
    assert is_built_in("ValueError")
    assert not is_built_in("g")
    assert not is_built_in("setattr")


def test_a_cell_with_anything_else_has_none():
    assert tame_functions(ast.parse("def f(x):\n    return x\nf(3)"), {}) == {}
    assert tame_functions(ast.parse("'words'\ndef f(x):\n    return x\ndef g(x):\n    return f(x)"), {}).keys() == {
        "f",
        "g",
    }
