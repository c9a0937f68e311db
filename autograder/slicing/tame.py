"""Functions that change nothing but what they have made themselves, as far as reading their source can show it.

A demonstration that hands the lesson's own lists and arrays to such a function leaves them as they were, so nobody who reads
these needs the demonstration. What cannot be shown is not so: a function that is tame and looks wild only costs seconds.

A *new* object is one that the function makes: no caller and no other name of the notebook has it. It may hold what they have.
"""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Iterator

from autograder.slicing import reading

#: Libraries whose functions change nothing that they are given, but for those that `reading.CHANGES` names.
_LIBRARIES = reading.words("collections itertools math numpy re string")
#: Of these: what draws from a random state that others share, or calls a function that it is given.
_CALLS_BACK = re.compile(
    r"numpy\.(?:random\..*|piecewise|fromfunction|.*apply\w*)|re\.subn?|collections\.(?!Counter|deque|OrderedDict).*|"
    r"itertools\.(?!product|permutations|combinations|chain|zip_longest|islice|pairwise|compress).*"
)
#: Functions of NumPy that make a new array, whatever they are given. (`asarray`, `reshape`, `ravel` may show the caller's.)
_NEW_ARRAYS = reading.words("""
    abs add all any arange argmax argmin argpartition argsort array bincount concatenate cos cumprod cumsum dot empty empty_like
    eye exp full full_like hstack identity linspace log log10 log2 logical_and logical_not logical_or matmul max maximum mean
    median min minimum multiply negative nonzero norm ones ones_like outer pad power prod repeat round sign sin sort sqrt
    square stack std subtract sum take tanh tensordot unique var vstack where zeros zeros_like
""")
_OF_NUMBERS = reading.words("empty ones zeros empty_like ones_like zeros_like")
#: Built-in functions whose result is a new object, or one that cannot be changed; and classes of `collections`.
_NEW = reading.words("""
    bool bytes chr dict float frozenset int len list ord range repr round set sorted str tuple
""")
#: Methods whose result is new, whatever they are called on.
_NEW_BY_METHOD = reading.FRESH | reading.words("""
    astype copy count decode encode endswith find format index isdigit join lower lstrip replace rstrip split splitlines
    startswith strip title upper
""")
#: Methods of Python's containers that change the container, and nothing that they are given.
_CHANGES_ITSELF = reading.words("""
    add append appendleft clear difference_update discard extend insert intersection_update pop popleft remove reverse
    setdefault sort update
""")
#: Methods that look, and call a function that they are given or code of somebody's layers.
_CALL_BACK = reading.words("describe evaluate groupby map predict transform")
#: More methods that look: of texts, patterns, sets, counters.
_LOOK_TOO = reading.words("""
    capitalize casefold center difference findall fullmatch group groups isalnum isalpha isdecimal isdisjoint islower isnumeric
    isspace issubset issuperset istitle isupper ljust match removeprefix removesuffix rfind rindex rjust rpartition rsplit
    search span swapcase symmetric_difference total trace zfill
""")
#: What gives its items one by one: looking at it changes it, so it may be used up at once, and not be kept.
_LAZY = reading.words("enumerate filter map reversed zip")
#: What uses up all that it is given before it returns.
_USES_UP = reading.words("all any dict frozenset list max min set sort sorted sum tuple Counter join")
_NOT_ALLOWED = (
    *(ast.AsyncFunctionDef, ast.ClassDef, ast.Global, ast.Nonlocal, ast.Yield, ast.YieldFrom),
    *(ast.Await, ast.AsyncFor, ast.AsyncWith, ast.Match, ast.NamedExpr, ast.Delete, ast.TryStar),
)


def tame_functions(tree: ast.Module, known: dict[str, str]) -> dict[str, frozenset[str]]:
    """The tame functions of a cell that defines such, imports what they need, and does nothing else.

    Name -> the functions that they call by name.
    `known`: name -> dotted name of what it is imported as. {} where the cell does anything else. A function is tame only if
    those that it calls are: Python's own (`is_built_in`), unless the notebook has another of that name, and the notebook's.
    """
    found: dict[str, frozenset[str]] = {}
    for statement in tree.body:
        if isinstance(statement, ast.FunctionDef):
            calls = _Function(statement, known).calls()
            if calls is None:
                return {}
            found[statement.name] = frozenset(calls)
        elif not _is_plain_import(statement) and not (
            isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
        ):
            return {}
    return found


def is_built_in(name: str) -> bool:
    """Whether Python's own function of this name is tame: those that are looked through here, and errors."""
    value = getattr(builtins, name, None)
    return name in reading.BUILT_IN or (isinstance(value, type) and issubclass(value, BaseException))


def _is_plain_import(statement: ast.stmt) -> bool:
    """Whether this imports from libraries that do nothing by being imported."""
    if isinstance(statement, ast.ImportFrom):
        return statement.level == 0 and _is_still(statement.module or "")
    return isinstance(statement, ast.Import) and all(_is_still(alias.name) for alias in statement.names)


def _is_still(module: str) -> bool:
    return module.partition(".")[0] in reading.STILL | _LIBRARIES


class _Function:
    """One function, and what its own names stand for."""

    def __init__(self, function: ast.FunctionDef, known: dict[str, str]) -> None:
        self._known = known
        self._function = function
        self._nodes = [node for statement in function.body for node in ast.walk(statement)]
        arguments = function.args
        self._given = reading.parameters(arguments)
        stored = {n.id for n in self._nodes if isinstance(n, ast.Name) and not isinstance(n.ctx, ast.Load)}
        inner = set().union(*(reading.parameters(n) for n in self._nodes if isinstance(n, ast.arguments)))
        self._nested = {n.name: n for n in self._nodes if isinstance(n, ast.FunctionDef)}
        self._own = self._given | stored | inner | self._nested.keys()
        self._values: dict[str, list[ast.expr | None]] = {name: [] for name in stored - self._given - inner}
        self._new = self._names_of_new_objects(set(self._values))

    def calls(self) -> set[str] | None:
        """The names of the functions that it calls, but for imported ones; None where it is not tame."""
        if not all(map(_is_plain_function, (self._function, *self._nested.values()))):
            return None
        if any(isinstance(n, _NOT_ALLOWED) for n in self._nodes):
            return None
        if any(isinstance(n, ast.ExceptHandler) and n.name in self._new for n in self._nodes):
            return None
        called_here = [n.func for n in self._nodes if isinstance(n, ast.Call)]
        named = [n for n in self._nodes if isinstance(n, ast.Name) and n.id in self._nested]
        if any(not any(n is called for called in called_here) for n in named):
            return None  # a function that is handed on or given back may be called by anybody
        used_up = set(self._used_up())
        found: set[str] = set()
        for node in self._nodes:
            if not self._leaves_others(node, used_up):
                return None
            if isinstance(node, ast.Call):
                called = self._called(node, id(node) in used_up)
                if called is None:
                    return None
                found |= called
        return found - {self._function.name}

    def _leaves_others(self, node: ast.AST, used_up: set[int]) -> bool:
        """Whether a node, if it is no call, changes at most new objects and leaves nothing that runs later."""
        if isinstance(node, ast.Attribute | ast.Subscript) and not isinstance(node.ctx, ast.Load):
            return isinstance(node, ast.Subscript) and self._is_new_name(node.value)
        if isinstance(node, ast.AugAssign):
            return self._adds_to_its_own(node)
        if isinstance(node, ast.Import | ast.ImportFrom):
            return _is_plain_import(node)
        if isinstance(node, ast.With):
            heads = [item.context_expr for item in node.items]
            return all(
                isinstance(h, ast.Call) and reading.dotted(h.func, self._known) == "numpy.errstate" for h in heads
            )
        return not isinstance(node, ast.GeneratorExp | ast.Lambda) or id(node) in used_up

    def _used_up(self) -> Iterator[int]:
        """The ids of nodes whose items are all taken where they stand, and of functions that are called there."""
        for node in self._nodes:
            if isinstance(node, ast.For | ast.comprehension):
                yield from self._all_of(node.iter)
            elif isinstance(node, ast.Call) and reading.last_word(node.func) in _USES_UP:
                for part in node.args:
                    yield from self._all_of(part.value if isinstance(part, ast.Starred) else part)
                yield from (id(k.value) for k in node.keywords if k.arg == "key")
            elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Tuple):
                yield from self._all_of(node.value)  # `a, b = (f(x) for x in y)`

    def _all_of(self, node: ast.expr) -> Iterator[int]:
        """A node, and, where it gives on what it takes, those that it takes from."""
        yield id(node)
        lazy = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _LAZY
        if isinstance(node, ast.Call) and (lazy or reading.dotted(node.func, self._known).startswith("itertools.")):
            for part in node.args:
                yield from self._all_of(part.value if isinstance(part, ast.Starred) else part)

    def _called(self, call: ast.Call, used_up: bool) -> set[str] | None:
        """The name of the function that a call calls, unless it is a library's or a method; None where it may change something."""
        if any(k.arg in (None, "inplace", "copy", "dst", "file") for k in call.keywords):
            return None
        if reading.fills_an_argument(call, self._known):
            return None
        if any(k.arg == "out" and not self._is_new(k.value, self._new) for k in call.keywords):
            return None
        if any(k.arg == "key" and not self._is_harmless_key(k.value) for k in call.keywords):
            return None
        called = call.func
        if isinstance(called, ast.Name) and called.id in self._nested:
            return set()
        if isinstance(called, ast.Name) and called.id not in self._own | self._known.keys():
            return self._called_by_name(called.id, call, used_up)
        dotted = "" if reading.root(called) in self._own else reading.dotted(called, self._known)
        if dotted.partition(".")[0] in _LIBRARIES and reading.root(called) in self._known:
            word = dotted.rpartition(".")[2]
            moves = not used_up if dotted.startswith("itertools.") else reading.MOVES.fullmatch(dotted)
            return None if moves or reading.CHANGES.fullmatch(word) or _CALLS_BACK.fullmatch(dotted) else set()
        if not isinstance(called, ast.Attribute) or (dotted and reading.root(called) in self._known):
            return None
        if called.attr in _LOOK_TOO or (called.attr not in _CALL_BACK and reading.looks(call)):
            return set()
        return set() if called.attr in _CHANGES_ITSELF and self._is_new_name(called.value) else None

    def _called_by_name(self, name: str, call: ast.Call, used_up: bool) -> set[str] | None:
        if name in ("getattr", "hasattr", "type") or (name in _LAZY and not used_up):
            return None
        if name in ("map", "filter") and not (call.args and self._is_harmless_key(call.args[0])):
            return None
        return {name}

    def _is_harmless_key(self, node: ast.expr) -> bool:
        """Whether a function that is handed on changes nothing: written here, built in, or a method that looks."""
        if isinstance(node, ast.Attribute):
            return node.attr in reading.LOOKS | _LOOK_TOO and node.attr not in _CALL_BACK
        if isinstance(node, ast.Name):
            return node.id in reading.BUILT_IN - _LAZY - self._own
        return isinstance(node, ast.Lambda) or (isinstance(node, ast.Constant) and node.value is None)

    def _is_new_name(self, node: ast.expr) -> bool:
        return isinstance(node, ast.Name) and node.id in self._new

    def _adds_to_its_own(self, node: ast.AugAssign) -> bool:
        """Whether `x += ...` changes a new object; with `x[i] += ...`, whether all that was put into x is new, or was copied."""
        if isinstance(node.target, ast.Name):
            return node.target.id in self._new
        name = reading.root(node.target)
        if not (isinstance(node.target, ast.Subscript) and self._is_new_name(node.target.value)):
            return False
        put = [n.value for n in self._nodes if isinstance(n, ast.AugAssign) and reading.root(n.target) == name]
        for assign in (n for n in self._nodes if isinstance(n, ast.Assign)):
            put += [assign.value for target in assign.targets if reading.root(target) == name]
        for call in (n for n in self._nodes if isinstance(n, ast.Call) and reading.root(n.func) == name):
            put += call.args if reading.last_word(call.func) in _CHANGES_ITSELF else []
        return all(map(self._holds_only_new, put)) or all(map(self._holds_numbers, self._values[name]))

    def _holds_numbers(self, value: ast.expr | None) -> bool:
        """Whether an expression makes an array of numbers: what is put into it is copied."""
        dotted = reading.dotted(value.func, self._known) if isinstance(value, ast.Call) else ""
        plain = not isinstance(value, ast.Call) or "dtype" not in {keyword.arg for keyword in value.keywords}
        return plain and dotted.startswith("numpy.") and dotted.rpartition(".")[2] in _OF_NUMBERS

    def _holds_only_new(self, node: ast.expr) -> bool:
        """Whether an expression makes a new object with nothing of anybody else's in it."""
        if isinstance(node, ast.List | ast.Tuple | ast.Set):
            return all(map(self._holds_only_new, node.elts))
        if isinstance(node, ast.Dict):
            return all(value is not None and self._holds_only_new(value) for value in node.values)
        if isinstance(node, ast.ListComp | ast.SetComp):
            return self._holds_only_new(node.elt)
        if isinstance(node, ast.DictComp):
            return self._holds_only_new(node.value)
        if isinstance(node, ast.BinOp):
            lists = any(isinstance(n, ast.List | ast.ListComp) for n in ast.walk(node))
            return not lists or (self._holds_only_new(node.left) and self._holds_only_new(node.right))
        if isinstance(node, ast.Call) and reading.last_word(node.func) in ("dict", "list", "set", "tuple", "sorted"):
            return not node.args and not node.keywords
        return self._is_new(node, set()) and not isinstance(node, ast.Name)

    def _names_of_new_objects(self, names: set[str]) -> set[str]:
        """Those of its own names that stand for new objects alone, wherever they are given to something."""
        values = self._values
        plainly: set[int] = set()  # the names that stand on the left of what is looked at here
        for node in self._nodes:
            pairs: list[tuple[ast.expr, ast.expr]] = []
            if isinstance(node, ast.Assign):
                pairs = [pair for target in node.targets for pair in _pairs(target, node.value)]
            elif isinstance(node, ast.AnnAssign) and node.value:
                pairs = [(node.target, node.value)]
            elif isinstance(node, ast.AugAssign):
                plainly.add(id(node.target))
            elif (
                isinstance(node, ast.For)
                and isinstance(node.iter, ast.Call)
                and reading.last_word(node.iter.func) == "range"
            ):
                pairs = [(node.target, node.iter)]
            for target, value in pairs:
                if isinstance(target, ast.Name) and target.id in values:
                    plainly.add(id(target))
                    values[target.id].append(value)
        for node in self._nodes:  # by a loop, a comprehension, or part by part
            if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load) and id(node) not in plainly:
                values.get(node.id, []).append(None)
        new = set(names)
        while wrong := {n for n in new if any(v is None or not self._is_new(v, new) for v in values[n])}:
            new -= wrong
        return new

    def _is_new(self, node: ast.expr, new: set[str]) -> bool:
        """Whether an expression makes a new object, or one that cannot be changed; `new`: names that stand for such."""
        if isinstance(node, _MAKES_NEW):
            return True
        if isinstance(node, ast.Name):
            return node.id in new
        if isinstance(node, ast.IfExp):
            return self._is_new(node.body, new) and self._is_new(node.orelse, new)
        if not isinstance(node, ast.Call) or any(k.arg in (None, "out", "copy") for k in node.keywords):
            return False
        called = node.func
        if reading.root(called) in self._known.keys() - self._own and reading.dotted(called, self._known):
            dotted = reading.dotted(called, self._known)
            word = dotted.rpartition(".")[2]
            return (dotted.startswith("numpy.") and word in _NEW_ARRAYS) or dotted in _COLLECTIONS
        if isinstance(called, ast.Name):
            return called.id in _NEW and called.id not in self._own
        return isinstance(called, ast.Attribute) and called.attr in _NEW_BY_METHOD


#: Expressions whose value is a new object or cannot be changed, and what a default may consist of.
_MAKES_NEW = (
    *(ast.Constant, ast.BinOp, ast.UnaryOp, ast.Compare, ast.JoinedStr, ast.Tuple),
    *(ast.List, ast.Dict, ast.Set, ast.ListComp, ast.DictComp, ast.SetComp),
)
_COLLECTIONS = ("collections.Counter", "collections.OrderedDict", "collections.deque")
_PLAIN = (ast.Constant, ast.UnaryOp, ast.Tuple, ast.operator, ast.unaryop, ast.expr_context)


def _is_plain_function(function: ast.FunctionDef) -> bool:
    """Whether nothing runs where it is defined, and nothing is kept from call to call."""
    defaults = [*function.args.defaults, *filter(None, function.args.kw_defaults)]
    return not function.decorator_list and all(isinstance(n, _PLAIN) for each in defaults for n in ast.walk(each))


def _pairs(target: ast.expr, value: ast.expr) -> Iterator[tuple[ast.expr, ast.expr]]:
    """What each name of an assignment is given, where that can be seen: of `a, b = [], 0` both."""
    if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple) and len(target.elts) == len(value.elts):
        for part, its in zip(target.elts, value.elts, strict=True):
            yield from _pairs(part, its)
    else:
        yield target, value
