"""What a cell's source says by itself: dotted names, and what the functions and methods of libraries are known to do."""

from __future__ import annotations

import ast
import functools
import re


def words(text: str) -> frozenset[str]:
    """The words of a text."""
    return frozenset(text.split())


#: Methods of the libraries' own classes that change neither their object nor what they are given.
LOOKS = words("""
    all any argmax argmin argsort astype clip copy count count_params cumsum decode describe dot dropna encode
    endswith evaluate fillna find flatten format get get_config get_layer get_weights groupby head index
    intersection isdigit isin items join keys lower lstrip map max mean min most_common nonzero numpy nunique
    partition predict ptp ravel reindex repeat replace reshape round rstrip set_index sort_values split
    splitlines startswith std strip sum summary tail title to_frame to_numpy to_string toarray tolist
    transform transpose union unique upper value_counts values
""")
#: Functions of libraries that change what they are given.
CHANGES = re.compile(
    r"shuffle|put\w*|copyto|fill\w*|place|at|heap\w+|insort\w*|update\w*|set_\w+|append|pop\w*|sort|clear|resize|"
    r"setitem|delitem|i(?:add|concat|mul|sub|or|and)|"  # of `operator`
    r"rectangle|circle|line|ellipse|poly\w+|draw\w+|arrowedLine|floodFill|accumulate\w*"  # of OpenCV: into the picture
)
#: Functions of NumPy that only read more than two arguments -> how many.
_READ = {
    **dict.fromkeys(
        ("arange", "linspace", "where", "clip", "interp", "full", "pad", "tensordot", "repeat", "roll", "norm"), 3
    ),
    **dict.fromkeys(
        ("einsum", "array_equal", "allclose", "isclose", "histogram", "convolve", "moveaxis", "swapaxes"), 9
    ),
}
#: Methods of arrays with a place to write into -> how many arguments come before it. (Texts and dicts have none of these.)
_PLACES = {
    **dict.fromkeys(("all", "any", "argmax", "argmin", "dot", "max", "min", "ptp", "round", "compress", "choose"), 1),
    **dict.fromkeys(("clip", "cumprod", "cumsum", "mean", "prod", "std", "sum", "take", "var"), 2),
}
#: Built-in functions that change nothing.
BUILT_IN = words("""
    abs all any bool bytes callable chr dict divmod enumerate filter float format frozenset getattr hasattr
    int isinstance issubclass len list map max min ord print range repr reversed round set slice sorted str
    sum tuple type zip
""")
#: Methods of the libraries' classes whose result is new: no part of it is one of their object, or of what they were given.
FRESH = words("""
    all any argmax argmin argsort count count_params cumsum dot evaluate max mean min predict predict_on_batch round
    std sum tolist var
""")
#: Libraries whose values do nothing by being looked at, and call nobody else's code.
STILL = words("""
    autograder collections course_utils cv2 keras math matplotlib numpy pandas PIL re scipy sklearn string
    tensorflow time
""")
#: Of these: what does.
MOVES = re.compile(r".*(?:iter|enumerate|vectorize|frompyfunc|apply_along|tensorflow\.data|py_function).*")


def parameters(arguments: ast.arguments) -> set[str]:
    """The names of a function's parameters, of every kind."""
    given = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
    return {argument.arg for argument in given if argument}


def looks(call: ast.Call) -> bool:
    """Whether a call of a method is of one that changes nothing; `partition` of a text does not, that of an array does."""
    word = last_word(call.func)
    if word == "partition":
        return bool(call.args) and isinstance(call.args[0], ast.Constant) and isinstance(call.args[0].value, str)
    return word in LOOKS


def fills_an_argument(call: ast.Call, known: dict[str, str]) -> bool:
    """Whether one of the arguments by position may be the place that a function of NumPy, or a method of an array, writes into.

    `np.maximum(x, 0, x)`, `x.max(0, x)`: what comes last is `out`.
    """
    name = dotted(call.func, known)
    word = name.rpartition(".")[2] if name.startswith("numpy.") else last_word(call.func)
    several = any(isinstance(part, ast.Starred) for part in call.args)
    if name.startswith("numpy."):
        return several or len(call.args) > _inputs(word)
    if several:
        return isinstance(call.func, ast.Attribute) and word in _PLACES
    return isinstance(call.func, ast.Attribute) and len(call.args) > _PLACES.get(word, len(call.args))


@functools.cache
def _inputs(word: str) -> int:
    """So many arguments of a function of NumPy are surely read and not written."""
    import numpy as np

    function = getattr(np, word, None)
    return function.nin if isinstance(function, np.ufunc) else _READ.get(word, 2)


def root(node: ast.AST) -> str:
    """The name at the root of an expression: `model` of `model.layers[0].get().x`; "" where there is none."""
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Starred | ast.Call):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""


def dotted(node: ast.AST, known: dict[str, str]) -> str:
    """The dotted name that an expression stands for, the module by its own name; "" where it is no such."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return ""
    return ".".join([known.get(node.id, node.id), *reversed(parts)])


def last_word(node: ast.expr) -> str:
    """The last name of an expression: `norm` of `np.linalg.norm`, `join` of `" ".join`; "" where it ends with no name."""
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
