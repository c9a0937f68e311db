"""What one code cell does to global names, read from its source with Python's own scopes (`symtable`); nothing runs.

Parameters and locals are no globals. The body of a function is read when it is called, and nobody knows when: whoever reads
the function reads all that its body reads. What cannot be told by reading makes a cell opaque, and then everything runs.
"""

from __future__ import annotations

import ast
import functools
import importlib.util
import re
import symtable
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from autograder.limits import MAX_SOURCE
from autograder.slicing import reading
from autograder.slicing.exposed import exposed
from autograder.slicing.joins import DRAWS, LEARNS, Join, joins
from autograder.slicing.tame import tame_functions

#: Names by which code reaches other names than those that stand in it, or IPython's memory of earlier cells.
_REACHES = reading.words("""
    _ __ ___ __builtins__ __import__ breakpoint compile delattr dir display_pub eval exec exit get_ipython
    globals In input locals Out quit setattr vars
""")
_HISTORY = re.compile(r"_(?:\d+|i+|i\d+|oh|ih|dh)")
#: Modules that look names up by themselves, keep or copy processes, or run text.
_MODULES = reading.words("""
    __future__ __main__ asyncio atexit builtins cloudpickle code codeop concurrent copyreg ctypes dill doctest
    gc imp importlib inspect joblib multiprocessing pickle pkgutil runpy shelve signal subprocess threading
    timeit traceback unittest
""")
#: Attributes that lead from a value to the names around it, or run text among them (`DataFrame.query` reads "@name").
_ATTRIBUTES = reading.words("""
    __annotations__ __builtins__ __closure__ __code__ __dict__ __globals__ __subclasses__ eval f_back
    f_globals f_locals get_type_hints gi_frame popen query run_cell run_line_magic system tb_frame user_module
    user_ns
""")
_OF_SYS = reading.words("""
    byteorder executable float_info getrecursionlimit getsizeof implementation maxsize path platform
    setrecursionlimit stderr stdin stdout version version_info
""")
#: Calls and attributes that set something for the whole process. Beginnings of dotted names, modules by their own name.
_SETTINGS = tuple(
    reading.words("""
    numpy.seterr numpy.set_printoptions numpy.setbufsize numpy.set_string_function scipy.special.seterr warnings.
    matplotlib.rc matplotlib.use matplotlib.style matplotlib.pyplot.rc matplotlib.pyplot.style matplotlib.pyplot.ion
    matplotlib.pyplot.ioff matplotlib.pyplot.switch_backend seaborn.set course_utils.plot.use_course_style logging.
    os. shutil. pathlib. tempfile. sys.path sys.set sys.std locale. decimal. io.open
    pandas.options pandas.set_option pandas.reset_option pandas.option_context sklearn.set_config torch.set
    keras.config.set keras.config.disable keras.config.enable keras.mixed_precision keras.backend.set
    keras.backend.clear keras.saving. keras.utils.set_floatx keras.utils.clear_session
    keras.utils.get_custom_objects keras.utils.register keras.utils.disable keras.utils.enable
    tensorflow.keras.config.set tensorflow.keras.config.disable tensorflow.keras.config.enable
    tensorflow.keras.mixed_precision tensorflow.keras.backend.set tensorflow.keras.backend.clear tensorflow.keras.saving.
    tensorflow.keras.utils.get_custom_objects tensorflow.keras.utils.register tensorflow.keras.utils.disable
    tensorflow.config tensorflow.debugging tensorflow.experimental tensorflow.compat
""")
)
#: Of these: what only looks.
_ONLY_LOOKS = re.compile(
    r"os\.(?:getcwd|getenv|path(?:\..*)?|sep|listdir|fspath|cpu_count|scandir|walk|name)|warnings\.warn"
)
#: Methods that write a file, whatever they are methods of.
_WRITES = re.compile(
    r"to_(?:csv|json|pickle|excel|parquet|hdf|feather)|save\w*|dump|write\w*|mkdir|unlink|rename|touch|tofile"
)
#: Methods that change their object and nothing that they are given.
_KEEPS_ARGUMENTS = reading.words("""
    adapt add append compile extend fit fit_transform set_weights train_on_batch
""")
_CONTAINERS = reading.words(
    "bytearray dict list object set type"
)  # called through these, a method changes its first argument
_INPUTS = 2  # of a function of OpenCV: a further argument may be the place to write into
#: Modules of which no call draws from a random state that all cells share; of NumPy all but `numpy.random`.
_NO_LUCK = reading.words("""
    abc collections course_utils dataclasses datetime functools itertools json math matplotlib numpy operator
    pandas re statistics string textwrap time typing unicodedata
""")
#: What makes random numbers begin anew: after it, no earlier draw matters. Only Keras's call does so for all of them.
_SEEDS = ("keras.utils.set_random_seed", "tensorflow.keras.utils.set_random_seed")


#: Stands among names for the random states that all cells share: Python's, NumPy's, TensorFlow's and Keras's.
LUCK = "<random numbers>"


#: Stands among names for what lies on the disk.
FILES = "<files>"
#: Settings, in words, that are no more than that.
_ON_DISK = ("a file", "pathlib.", "tempfile.", "shutil.", "io.open", "files")
#: Names and attributes by which something is read from the disk.
_READS_DISK = re.compile(
    r"open|exists|glob|iterdir|listdir|scandir|walk|stat|is_file|is_dir|Path|genfromtxt|fromfile|"
    r"\w*load\w*|\w*read\w*|from_\w*|ImageFolder|\w*_from_directory|path|run|Popen|check_output"
)


#: So many cells are read once and remembered: most of a class's are the release's.
REMEMBERED = 1024


@dataclass(frozen=True)
class Use:
    """What a cell does to global names."""

    binds: frozenset[str] = frozenset()  # gives to something, or takes away; also in functions, by `global`
    settles: frozenset[str] = frozenset()  # of these: given anew whenever the cell runs to its end
    reads: frozenset[str] = frozenset()  # also in the bodies of functions, and what is changed in place
    exposed: frozenset[str] = frozenset()  # of `reads`: before it has given them to something itself
    stores: frozenset[str] = frozenset()  # names of which an attribute or an item is stored or deleted
    touches: frozenset[str] = (
        frozenset()
    )  # names whose values it may change; libraries do as they are known to; and `hands`
    defines: bool = False  # code that others may call, or that runs later: a function, a class, a generator
    functions: frozenset[str] = frozenset()  # of `binds`: by `def` alone
    imports: tuple[tuple[str, str], ...] = ()  # of `binds`: by an import alone -> dotted name of what it stands for
    sets: frozenset[str] = frozenset()  # settings of the whole process, in words
    draws: frozenset[str] = (
        frozenset()
    )  # names that it calls or hands on, before it seeds: they may draw random numbers
    random: bool = False  # somewhere in it, also in a function, NumPy's shared random state is used
    seeds: bool = False  # begins that state anew, whatever it was
    joins: tuple[Join, ...] = ()  # names that it may make lead to one object
    rebinds: frozenset[str] = frozenset()  # of `binds`: those that a function binds, by `global`, when it is called
    reads_disk: bool = False  # it may read what lies on the disk, by itself or in a function
    texts: frozenset[str] = frozenset()  # that stand in it: they may be names of files
    tame: tuple[
        tuple[str, frozenset[str]], ...
    ] = ()  # all its functions, if all are tame and nothing else is in it (`tame`)
    hands: tuple[tuple[str, frozenset[str]], ...] = ()  # function of the notebook -> names that are only handed to it
    opaque: str = ""  # why it cannot be told what the cell does; then the rest says nothing


def use_of(source: str, imports: dict[str, str] | None = None, ours: bool = False) -> Use:
    """What a cell does. `imports`: name -> dotted name of what it stands for, as the whole notebook imports it.

    `ours`: it is a released cell, whose effects are traced. Where it would be opaque, it reads every word that stands in it.
    """
    return _use_of(source, tuple(sorted((imports or {}).items())), ours)


@functools.lru_cache(REMEMBERED)
def _use_of(source: str, imported: tuple[tuple[str, str], ...], ours: bool) -> Use:
    if len(source) > MAX_SOURCE:
        return Use(opaque="it is too long to be looked into")
    try:
        tree = ast.parse(source)
        table = symtable.symtable(source, "cell", "exec")
    except SyntaxError:
        return Use() if _is_broken(source) else Use(opaque="it is not plain Python: a magic or a shell command")
    except (ValueError, RecursionError, MemoryError):
        return Use(opaque="it cannot be parsed")
    own = dict(_imports(tree))
    known = {**dict(imported), **own}
    try:
        why = _opaque(tree, table)
        if why and not ours:
            return Use(opaque=why)
        binds, reads, by_global = _names(table)
        reads |= set(re.findall(r"[^\W\d]\w*", source)) if why else set()
        return Use(
            frozenset(binds),
            frozenset(_settled(tree)),
            frozenset(reads),
            frozenset(exposed(tree) & (reads | binds) if not why else reads),
            frozenset(_stored(tree)) & (reads | binds),
            frozenset(_touched(tree, known)) & (reads | binds),
            any(_is_code(node, known) for node in ast.walk(tree)),
            frozenset(s.name for s in tree.body if isinstance(s, _DEFS)) - _assigned(tree),
            tuple((name, dotted) for name, dotted in own.items() if name not in _assigned(tree)),
            frozenset(_settings(tree, known)),
            frozenset(_draws(tree, known)),
            any(_is_numpys_luck(node, known) for node in ast.walk(tree)),
            any(_is_seed(statement, known) for statement in tree.body),
            joins(tree, known) if not why else (Join(frozenset(binds), frozenset(reads)),),
            frozenset(by_global),
            bool(why) or any(_is_read(node) for node in ast.walk(tree)),
            frozenset(n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str)),
            tuple(tame_functions(tree, known).items()),
            tuple((name, frozenset(given) & (reads | binds)) for name, given in _handed(tree, known)),
        )
    except RecursionError:
        return Use(opaque="it is nested too deeply")


#: What IPython makes Python of before it parses a cell: magics, help, shell commands, calls without parentheses, prompts, a
#: first line that is indented, and `await` outside of functions.
_IPYTHONS = re.compile(
    r"^[ \t]*[%!?,;/]|\?[ \t]*$|=[ \t]*[%!]|\A\s*^[ \t]+\S|^[ \t]*(?:>>>|In \[|\.\.\.)|\bawait\b", re.M
)


def _is_broken(source: str) -> bool:
    """Whether a cell that cannot be parsed is so for IPython too: then it ends with an error before any of it runs."""
    return not _IPYTHONS.search(source)


_DEFS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_CODE = (*_DEFS, ast.Lambda, ast.GeneratorExp)


def _is_code(node: ast.AST, known: dict[str, str]) -> bool:
    """Whether this makes what others may call, or what changes when it is looked at: a function, a class, an iterator."""
    if isinstance(node, _CODE):
        return True
    dotted = reading.dotted(node, known) if isinstance(node, ast.Name | ast.Attribute) else ""
    if isinstance(node, ast.Name) and node.id in known and dotted.partition(".")[0] not in reading.STILL:
        return True
    return dotted in ("zip", "map", "filter", "reversed", "open", "super") or bool(reading.MOVES.fullmatch(dotted))


@functools.lru_cache(REMEMBERED)
def imports_of(source: str) -> dict[str, str]:
    """name -> dotted name, of every import in a cell; {} where it cannot be parsed."""
    try:
        return dict(_imports(ast.parse(source)))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return {}


def _imports(tree: ast.AST) -> Iterator[tuple[str, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield (alias.asname, alias.name) if alias.asname else (alias.name.partition(".")[0],) * 2
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                yield alias.asname or alias.name, f"{node.module or ''}.{alias.name}"


def _opaque(tree: ast.Module, table: symtable.SymbolTable) -> str:
    """Why nobody can tell what a cell does by reading it; "" where one can."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            modules = [a.name for a in node.names] if isinstance(node, ast.Import) else [node.module or "."]
            found = [m for m in modules if m.partition(".")[0] in _MODULES]
            found += [m for m in modules if m.partition(".")[0] == "IPython" and m != "IPython.display"]
            if found or any(alias.name == "*" for alias in node.names):
                return f"it imports {found[0]}" if found else "it imports whatever a module has (`import *`)"
            if isinstance(node, ast.ImportFrom) and (node.level or node.module == "sys"):
                return "it imports from `sys`, or from beside itself"
        elif isinstance(node, ast.Attribute) and node.attr in _ATTRIBUTES:
            return f"it uses `.{node.attr}`"
        elif isinstance(node, ast.Constant) and node.value in _ATTRIBUTES and node.value.startswith("_"):
            return f"it names {node.value!r}"
        elif isinstance(node, ast.Call) and reading.dotted(node.func, {}) == "getattr" and not _names_it(node):
            return "it uses `getattr` with a name that is computed"
        elif _has_text(getattr(node, "annotation", None)) or _has_text(getattr(node, "returns", None)):
            return "it has an annotation that is a text, which somebody may evaluate"
        elif isinstance(node, ast.Await | ast.AsyncFor | ast.AsyncWith | ast.AsyncFunctionDef):
            return "it has code that runs while other cells do (`async`)"
    reached = {name for name in _names(table)[1] if name in _REACHES or _HISTORY.fullmatch(name)}
    if reached:
        return f"it uses `{min(reached)}`"
    sys_names = {name for name, dotted in _imports(tree) if dotted == "sys"} | {"sys"}
    allowed = {id(n.value) for n in ast.walk(tree) if isinstance(n, ast.Attribute) and n.attr in _OF_SYS}
    if any(isinstance(n, ast.Name) and n.id in sys_names and id(n) not in allowed for n in ast.walk(tree)):
        return "it uses `sys`"
    return ""


def _names_it(call: ast.Call) -> bool:
    return len(call.args) > 1 and isinstance(call.args[1], ast.Constant)


def _has_text(annotation: ast.expr | None) -> bool:
    return annotation is not None and any(
        isinstance(n, ast.Constant) and isinstance(n.value, str) for n in ast.walk(annotation)
    )


def _names(table: symtable.SymbolTable) -> tuple[set[str], set[str], set[str]]:
    """The global names that a scope and all within it bind, those that they read, and those bound where it says `global`."""
    binds: set[str] = set()
    reads: set[str] = set()
    by_global: set[str] = set()
    todo = [table]
    while todo:
        scope = todo.pop()
        todo += scope.get_children()
        top, in_class = scope.get_type() == "module", scope.get_type() == "class"
        for symbol in scope.get_symbols():
            name = symbol.get_name()
            if top or symbol.is_declared_global():
                if symbol.is_assigned() or symbol.is_imported():
                    (binds if top else by_global).add(name)
            if symbol.is_referenced() and (top or symbol.is_global() or in_class):
                reads.add(name)  # the body of a class finds a global where it has not bound the name itself
    binds = {name for name in binds if name != "_"}  # nobody reads that: whoever does is opaque
    return binds | by_global, reads, by_global


def _settled(tree: ast.Module) -> Iterator[str]:
    """The names that statements of the cell itself, in no branch, give to something."""
    for statement in tree.body:
        if isinstance(statement, _DEFS):
            yield statement.name
        elif isinstance(statement, ast.Import | ast.ImportFrom):
            yield from dict(_imports(statement))
        elif isinstance(statement, ast.Assign):
            for target in statement.targets:
                yield from (n.id for n in ast.walk(target) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store))
        elif isinstance(statement, ast.AnnAssign) and statement.value and isinstance(statement.target, ast.Name):
            yield statement.target.id


def _assigned(tree: ast.AST) -> set[str]:
    return {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and not isinstance(n.ctx, ast.Load)}


def _stored(tree: ast.AST) -> Iterator[str]:
    """The names at the root of what is stored or deleted: `model` of `model.layers[0].trainable = False`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute | ast.Subscript) and not isinstance(node.ctx, ast.Load):
            yield reading.root(node)


def _touched(tree: ast.AST, known: dict[str, str]) -> Iterator[str]:
    """The names whose values may be changed in place, if nothing that is called does what its library's would not."""
    yield from _stored(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.AugAssign):
            yield reading.root(node.target)
        elif isinstance(node, ast.Call) and not _handed_to(node, known):
            given = [node.func] if _changes_itself(node, known) else []
            given += [*node.args, *(k.value for k in node.keywords)] if _changes_given(node, known) else []
            for part in given:
                yield from (n.id for n in ast.walk(part) if isinstance(n, ast.Name))


def _handed_to(call: ast.Call, known: dict[str, str]) -> str:
    """The function of the notebook that is called by its name, if any: what it does with what it is given, others may know."""
    called = call.func
    if not isinstance(called, ast.Name) or called.id in known or called.id in reading.BUILT_IN:
        return ""
    return "" if any(keyword.arg in ("out", "dst", "inplace", "copy", None) for keyword in call.keywords) else called.id


def _handed(tree: ast.AST, known: dict[str, str]) -> Iterator[tuple[str, set[str]]]:
    """Each function of the notebook that is called by its name, with the names in what it is given."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and (called := _handed_to(node, known)):
            parts = [node.func, *node.args, *(keyword.value for keyword in node.keywords)]
            yield called, {n.id for part in parts for n in ast.walk(part) if isinstance(n, ast.Name)}


def _changes_itself(call: ast.Call, known: dict[str, str]) -> bool:
    called = call.func
    if not isinstance(called, ast.Attribute):
        return reading.dotted(called, {}) not in reading.BUILT_IN and reading.root(called) not in known
    of_a_library = (
        reading.root(called) in known and reading.dotted(called, known) != ""
    )  # not of `np.asarray(x).sort()`
    return not of_a_library and not reading.looks(call)


def _changes_given(call: ast.Call, known: dict[str, str]) -> bool:
    called = call.func
    if any(k.arg in ("out", "dst", "inplace", "copy", None) or k.arg.startswith("overwrite") for k in call.keywords):
        return True
    if reading.fills_an_argument(call, known):
        return True
    by_type = isinstance(called, ast.Attribute) and reading.root(called) in _CONTAINERS
    if by_type or (reading.dotted(called, known).startswith("cv2.") and len(call.args) > _INPUTS):
        return True  # `list.append(x, 1)`; `cv2.blur(x, size, y)` writes into y
    if isinstance(called, ast.Attribute) and called.attr in reading.LOOKS | LEARNS:
        return reading.dotted(called, known).startswith("numpy.") and bool(reading.CHANGES.fullmatch(called.attr))
    if reading.root(called) in known:  # a library's
        return bool(reading.CHANGES.fullmatch(reading.dotted(called, known).rpartition(".")[2])) or not reading.dotted(
            called, known
        )
    if isinstance(called, ast.Attribute):
        return called.attr not in reading.LOOKS | _KEEPS_ARGUMENTS and not DRAWS.fullmatch(called.attr)
    return reading.dotted(called, {}) not in reading.BUILT_IN


def _settings(tree: ast.AST, known: dict[str, str]) -> Iterator[str]:
    """What of the whole process a cell may set; not in `with warnings.catch_warnings():`, which puts all back."""
    put_back = set(_only_looked_at(tree, known))
    for node in ast.walk(tree):
        if isinstance(node, ast.With) and any(
            isinstance(item.context_expr, ast.Call)
            and reading.dotted(item.context_expr.func, known) == "warnings.catch_warnings"
            for item in node.items
        ):
            put_back |= {
                id(part)
                for part in ast.walk(node)
                if isinstance(part, ast.Attribute | ast.Name) and reading.dotted(part, known).startswith("warnings.")
            }
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute | ast.Name):
            dotted = reading.dotted(node, known)
            root = dotted.partition(".")[0]
            if id(node) in put_back:
                continue
            if dotted.startswith(_SETTINGS) and not _ONLY_LOOKS.fullmatch(dotted):
                yield dotted
            elif isinstance(node, ast.Attribute) and not isinstance(node.ctx, ast.Load) and dotted:
                if root in {name.partition(".")[0] for name in known.values()}:
                    yield f"{dotted}, an attribute of a module"
        if isinstance(node, ast.Call):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else ""
            if reading.dotted(node.func, {}) == "open" or _WRITES.fullmatch(called):
                yield "a file"


def is_on_disk(what: str) -> bool:
    """Whether a setting is no more than a file or folder that was written."""
    return what.startswith(_ON_DISK)


def _is_read(node: ast.AST) -> bool:
    if isinstance(node, ast.Import | ast.ImportFrom):  # what lies beside the notebook, or where `sys.path` leads
        modules = [a.name for a in node.names] if isinstance(node, ast.Import) else [node.module or "."]
        roots = {name.partition(".")[0] for name in modules}
        return any(root not in sys.stdlib_module_names and not _is_installed(root) for root in roots)
    word = node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""
    return bool(word and _READS_DISK.fullmatch(word))


@functools.cache
def _is_installed(module: str) -> bool:
    try:
        return module != "" and importlib.util.find_spec(module) is not None
    except (ImportError, ValueError):
        return False


def _only_looked_at(tree: ast.AST, known: dict[str, str]) -> Iterator[int]:
    """The ids of nodes where the environment is read or copied, and not handed on."""
    for node in ast.walk(tree):
        parts: list[ast.AST] = []
        if isinstance(node, ast.Dict):
            parts = [value for key, value in zip(node.keys, node.values, strict=True) if key is None]
        elif isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load):
            parts = [node.value]
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            parts = [node.func.value] if node.func.attr in ("get", "copy", "items", "keys", "values") else []
        for part in parts:
            if isinstance(part, ast.Attribute) and reading.dotted(part, known) == "os.environ":
                yield from (id(part), id(part.value))
                if isinstance(node, ast.Call):
                    yield id(node.func)


def _is_seed(statement: ast.stmt, known: dict[str, str]) -> bool:
    call = statement.value if isinstance(statement, ast.Expr) else None
    return isinstance(call, ast.Call) and reading.dotted(call.func, known) in _SEEDS


def _draws(tree: ast.Module, known: dict[str, str]) -> Iterator[str]:
    """The names in what the cell itself does, not in what it defines, up to where it seeds the shared random state."""
    for part in _in_order(tree.body):
        if isinstance(part, ast.stmt) and _is_seed(part, known):
            return
        for node in _at_once(part):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
                yield node.id
            if _is_numpys_luck(node, known):
                yield LUCK


def _is_numpys_luck(node: ast.AST, known: dict[str, str]) -> bool:
    dotted = reading.dotted(node, known) if isinstance(node, ast.Attribute | ast.Name) else ""
    own = (
        "numpy.random.default_rng",
        "numpy.random.Generator",
        "numpy.random.RandomState",
        "numpy.random.SeedSequence",
    )
    return dotted.startswith("numpy.random.") and not dotted.startswith(own)


def _in_order(body: list[ast.stmt]) -> Iterator[ast.AST]:
    """Statements as they run first; of a loop or a `with` its head, and then what is in it."""
    for statement in body:
        if isinstance(statement, ast.For):
            yield statement.iter
            yield from _in_order(statement.body)
            yield from _in_order(statement.orelse)
        elif isinstance(statement, ast.With):
            yield from statement.items
            yield from _in_order(statement.body)
        else:
            yield statement


def _at_once(part: ast.AST) -> Iterator[ast.AST]:
    """The nodes that run with a statement: of a function its decorators and defaults, not its body."""
    todo = [part]
    while todo:
        node = todo.pop()
        yield node
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            todo += [*node.decorator_list, *node.args.defaults, *filter(None, node.args.kw_defaults)]
        else:
            todo += ast.iter_child_nodes(node)


def draws_nothing(dotted: str) -> bool:
    """Whether no call of what a dotted name stands for draws from a random state that all cells share."""
    return dotted.partition(".")[0] in _NO_LUCK and not dotted.startswith(("numpy.random", "course_utils.zoo"))
