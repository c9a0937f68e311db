"""More notebooks that attack, kind by kind: what they read, patch, hand in, use up, and whom they try to reach.

Each gains nothing, harms nobody (`unharmed` looks after every one), and leaves a reason that names neither a probe nor a
path of the grader. Frames forged on the pipe, ends of the process and files are in test_inside, models in
test_model_attacks, the same kinds beside stock nbgrader in test_attacks_table.
"""

import json
import os
import textwrap
import threading
import time
from dataclasses import replace

import pytest

from autograder.authoring.cells import code_cells
from autograder.course import ROOT
from autograder.engine.attempts import Runs, run_to_last_answer
from autograder.engine.judge import judging
from autograder.engine.run.runner import EngineFault, WarmParent
from autograder.engine.run.sandbox import PRIVATE, Limits, default_view, missing
from tests.autograder.engine.conftest import processes_of
from tests.autograder.engine.test_inside import FORGE, QUICK, run, text_of
from tests.autograder.engine.two_exercises import DECODED, NONE, RAW, RIGHT, grade, notebook

pytestmark = [
    pytest.mark.skipif(bool(missing()), reason="this machine has no namespaces"),
    pytest.mark.usefixtures("unharmed"),
]
TRIPLE = "def double(x):\n    return 3 * x"
LESS = "def total(x):\n    return -1.0"


def all_words(judgement) -> list[str]:
    """Everything that is said of a notebook."""
    return [*judgement.remarks, *(score.words for score in judgement.scores.values())]


def assert_plain(judgement) -> None:
    """A person can read each reason, and it tells nothing of ours."""
    for words in all_words(judgement):
        assert len(words) < 500
        for hidden in ("Traceback", "autograder/", ".py", str(ROOT), "7341"):
            assert hidden not in words, words


# What a cell can read


MEMORY = """
import ctypes
ctypes.CDLL(None).prctl(4, 1, 0, 0, 0)  # else its own memory is closed to it
masked, found = {masked!r}, []  # masked: what is looked for must not be found in the looking
mask = bytes(255 - n for n in range(256))
with open("/proc/self/mem", "rb", 0) as memory:
    for line in open("/proc/self/maps"):
        place, rights, *rest = line.split()
        begin, end = (int(n, 16) for n in place.split("-"))
        while "w" in rights and begin < end:
            try:
                memory.seek(begin)
                part = memory.read(min(end - begin, 2**24)).translate(mask)
            except OSError:
                break
            found += [one.translate(mask)[:4] for one in masked if one in part]
            begin += len(part) or 4096
print(found)
"""


def test_memory_holds_no_probe_no_secret_and_no_other_submission(parent):
    """A notebook's process is a copy of the warm parent: all of its memory is searched."""
    grade(parent, notebook("mark = 'of another ' + 'submission'", double="def double(x):\n    return 'or its answer'"))
    mask = bytes(255 - n for n in range(256))
    wanted = (b"You squared it.", b"of another submission", b"or its answer", b"the tests' secret")
    source = MEMORY.format(masked=[one.translate(mask) for one in wanted])
    assert text_of(parent, source) == "[]\n"
    assert "b'of a'" in text_of(parent, "kept = ['of', 'another', 'submission']\nkept = ' '.join(kept)" + source)


LOOKS = {
    "frames": "import sys; f = sys._getframe()\nwhile f: seen.append((f.f_locals, f.f_globals.get('__file__'))); f = f.f_back",
    "history": "seen += [In, Out, _ih, get_ipython().history_manager.input_hist_raw]",
    "garbage": "import gc; seen += [o for o in gc.get_objects() if isinstance(o, (dict, list, tuple)) and len(o) < 50]",
    "threads": "import sys; seen += list(sys._current_frames().values())",
    "modules": "import sys; seen += [vars(m) for n, m in sys.modules.items() if 'grader' in n or 'course_utils' in n]",
    "test cell": "seen += [get_ipython().user_ns, __import__('autograder').__dict__]",
}


@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS.keys())
def test_no_cell_can_read_what_is_expected(parent, look):
    # the number as a number: by chance its digits stand in an address or a fraction
    tell = """
import re
text = ' '.join(repr(s)[:10**6] for s in seen)
found = [n for n in ('squa' + 'red it', 'COURSE_SEC' + 'RET') if n in text]
print(len(seen) > 0, found + re.findall(f'(?<![0-9a-fx.]){7000 + 341}(?![0-9a-f])', text))"""
    assert text_of(parent, f"seen = []\n{look}{tell}").splitlines()[-1] == "True []"


def test_nothing_of_a_course_lies_anywhere_in_view(parent):
    walk = """
    import os
    found = []
    for folder, folders, files in os.walk("/"):
        folders[:] = [f for f in folders if f not in ("site-packages", "dist-packages", "proc", "share", "bin")]
        found += [os.path.join(folder, f) for f in (*folders, *files) if f.endswith((".ipynb", "book.db", "_secret.txt"))
                  or f in ("autograder", "submitted", "autograded", "hidden", "answers", "exercises", "lessons", ".git", ".ssh")]
    print(found)
    """
    made = notebook(textwrap.dedent(walk))
    grade(parent, made, replace(QUICK, cell_seconds=30, notebook_seconds=60))
    assert made["cells"][1]["outputs"][0]["text"] == "[]\n"


def test_a_course_that_lies_in_view_keeps_its_private_parts(tmp_path, monkeypatch):
    """Where data and course share a folder, and the command is called there."""
    for name in (*PRIVATE, "data"):
        (tmp_path / name / "bob").mkdir(parents=True)
        (tmp_path / name / "bob" / "work.txt").write_text(f"inside {name}")
    tmp_path.chmod(0o755)
    monkeypatch.setenv("COURSE_DATA", str(tmp_path))
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.chdir(tmp_path)
    look = f"""
    import os
    for name in {sorted((*PRIVATE, "data"))!r}:
        try: print(open({str(tmp_path)!r} + f"/{{name}}/bob/work.txt").read())
        except OSError: pass
    """
    with WarmParent() as one:
        assert text_of(one, look) == "inside data\n"


TELLS = {
    "returned": "return str(x)",
    "raised": "raise ValueError(str(x))",
    "an error's name": "raise type('E' + str(x), (Exception,), {})(str(x))",
    "a class's name": "return type('C' + str(x), (), {})()",
    "a dict's keys": "return {str(x): x}",
    "printed": "import sys; print(x); print(x, file=sys.stderr)",
    "shown": "from IPython.display import display; display(str(x))",
    "shown by another way": "get_ipython().display_pub.publish({'text/plain': str(x)})",
    "warned": "import warnings; warnings.warn(str(x))",
    "written past Python": "import os; os.write(1, str(x).encode()); os.write(2, str(x).encode())",
    "exit status": "import os; os._exit(abs(x) % 256)",
    "signal": "import os, signal; signal.signal(6, signal.SIG_DFL); os.abort()",
    "changed outputs": "import gc\n    for o in gc.get_objects():\n        if type(o) is dict and o.get('output_type'): o['text'] = str(x)",
    "a frame's name": "send(begin=str(x))",
    "a refusal": "send(answer='double', refused=str(x))",
    "where JSON ends": "b = b'{\"a\": 1' + b' ' * abs(x) + b'?}'; os.write(100, struct.pack('>I', len(b)) + b)",
    "digits of a number": "b = b'{\"a\": ' + b'9' * abs(x) + b'}'; os.write(100, struct.pack('>I', len(b)) + b)",
    "a frame's length": "os.write(100, struct.pack('>I', abs(x) * 10**5))",
    "later answers": "get_ipython().user_ns['total'].__code__ = (lambda x: str(x)).__code__; return 2 * x",
    "a file": "open('told.txt', 'w').write(str(x)); open('/tmp/told', 'w').write(str(x))",
}


@pytest.mark.parametrize("how", TELLS.values(), ids=TELLS.keys())
def test_an_answer_sees_the_probes_and_can_tell_nobody(parent, how):
    made = notebook("shown = 'before'\nprint(shown)", double=FORGE + f"def double(x):\n    {how}")
    points, judgement = grade(parent, made, QUICK)
    assert points["double"] == 0 or "later" in how or "__code__" in how
    told = json.dumps([[cell["outputs"] for cell in made["cells"]], all_words(judgement)])
    for probe in ("7341", "173", "56"):  # 173: what is left of 7341 in an exit status
        assert probe not in told, told
    assert_plain(judgement)


# What a cell can patch


PATCHES = {
    "numpy compares": "np.isclose = np.allclose = lambda *a, **k: True; np.array_equal = np.equal = lambda *a: True",
    "numpy asserts": "np.testing.assert_allclose = np.testing.assert_equal = lambda *a, **k: None",
    "numpy.ndarray": "np.ndarray = type('A', (np.ndarray,), {'__eq__': lambda s, o: True}); np.array = lambda *a, **k: 0",
    "builtins": "import builtins; builtins.all = builtins.any = lambda x: True; builtins.abs = lambda x: 0; builtins.len = lambda x: 4",
    "assert": "class AssertionError(Exception): pass\nimport builtins; builtins.AssertionError = AssertionError",
    "check": "import course_utils.checking as c\nc.check = c.examine = check = lambda *a, **k: None",
    "grade": "import autograder; autograder.grade = grade = lambda *a, **k: 2.0",
    "grade gives points": "import autograder\nkept = autograder.grade\nautograder.grade = lambda *a: (kept(*a), 100.0)[1]",
    "the module": "import sys, types; m = types.ModuleType('autograder'); m.grade = lambda *a: 100.0; sys.modules['autograder'] = m",
    "judge": "import course_utils.judge as j\nj.judge = lambda *a, **k: j.Verdict('double', 'right', 4, 4)",
    "compare": "import course_utils.compare as c, course_utils.judge as j\nc.same = c.difference = j.difference = j.same = lambda *a, **k: None",
    "points": "import course_utils.judge as j\nj.Verdict.share = property(lambda s: 1.0)",
    "observe": "import course_utils.observe as o\no.observe = lambda a, p: [{'outcome': 'right'}] * len(p['probes'])",
    "describe": "import course_utils.describe as d\nd.describe = lambda *a: {'type': 'NoneType'}; d.encode = lambda x: []",
    "decode": "import course_utils.describe as d\nd.decode = lambda p: {'probes': [], 'settings': {}, 'parameters': []}",
    "is_stub": "import course_utils.observe as o\no.is_stub = lambda a: True",
    "packs": "import course_utils.packs as p\np.read_pack = lambda *a, **k: {'points': 2, 'probes': [], 'expected': [], 'rules': []}",
    "transformers": "t = get_ipython().input_transformer_manager.cleanup_transforms\nt.append(lambda lines: ['100.0\\n'] if any('grade(' in l for l in lines) else lines)",
    "ast transformers": "import ast\nclass T(ast.NodeTransformer):\n    def visit_Call(s, n): return ast.Constant(100.0) if getattr(n.func, 'id', '') == 'grade' else n\nget_ipython().ast_transformers.append(T())",
    "run_cell": "s = get_ipython()\nold = s.run_cell\ns.run_cell = lambda c, **k: old('100.0' if 'grade(' in c else c, **k)",
    "display hook": "import sys\nclass H:\n    def __call__(s, v): pass\nsys.displayhook = get_ipython().displayhook = H()\nget_ipython().displayhook_class = H",
    "after each cell": "get_ipython().events.register('post_run_cell', lambda r: get_ipython().run_cell('2.0'))",
    "sys.modules": "import sys\nfor n in [n for n in sys.modules if 'course_utils' in n]: del sys.modules[n]\nsys.modules['course_utils'] = None",
    "imports": "import builtins\nold = builtins.__import__\nclass M:\n    def __getattr__(s, n): return lambda *a, **k: 100.0\nbuiltins.__import__ = lambda n, *a, **k: M() if 'course_utils' in n or 'autograder' in n else old(n, *a, **k)",
    "a finder": "import sys\nclass F:\n    def find_spec(s, *a): raise ImportError\nsys.meta_path.insert(0, F()); sys.path_hooks.clear(); sys.path_importer_cache.clear()",
    "profile": "import sys\nsys.setprofile(lambda f, e, a: f.f_locals.update(points=100)); sys.settrace(lambda *a: None)",
    "frames": "import sys\nf = sys._getframe()\nwhile f: f.f_locals.update(points=100.0, facts={}); f = f.f_back",
    "the recorder": "import gc\nfor o in gc.get_objects():\n    if type(o).__name__ == 'Recorder': type(o).stream = type(o).data = type(o).error = lambda *a: None",
    "code of ours": "import gc\nfor o in gc.get_objects():\n    if type(o).__name__ == 'function' and o.__name__ == '_observe': o.__code__ = (lambda n, k, p: {'answer': k.id, 'stub': False, 'observations': []}).__code__",
    "time": "import time; time.monotonic = time.perf_counter = time.time = lambda: 0.0; time.sleep = lambda s: None",
    "signals": "import signal\nfor n in range(1, 65):\n    try: signal.signal(n, signal.SIG_IGN)\n    except (OSError, ValueError): pass\nsignal.signal = signal.setitimer = lambda *a: None",
    "json": 'import json\njson.dumps = lambda *a, **k: \'{"answer": "double", "observations": [], "points": 100}\'',
    "struct": "import struct\nstruct.Struct.pack = None",
    "recursion": "import sys; sys.setrecursionlimit(10**9)",
    "hash seed": "import os; os.environ.clear(); os.environ['NBGRADER_EXECUTION'] = 'validate'",
    "a number": "points = 100.0\nclass Grade(float):\n    def __repr__(s): return '100.0'\nprint = lambda *a: Grade()",
}


@pytest.mark.parametrize("patch", PATCHES.values(), ids=PATCHES.keys())
def test_what_is_patched_earns_nothing(parent, patch):
    made = notebook(
        f"try:\n{textwrap.indent(patch, '    ')}\nexcept (AttributeError, TypeError):\n    pass",
        double=TRIPLE,
        total=LESS,
    )
    points, judgement = grade(parent, made, QUICK)
    assert points == NONE, judgement
    assert all(words for words in all_words(judgement))
    assert_plain(judgement)
    for cell in made["cells"]:  # nothing that nbgrader would take for points either
        if cell["metadata"].get("nbgrader"):
            assert not [o for o in cell["outputs"] if o["output_type"] == "execute_result"]


@pytest.mark.parametrize("patch", ["time", "hash seed", "profile", "judge"])
def test_a_patch_takes_nothing_from_a_right_answer_either(parent, patch):
    assert run(parent, PATCHES[patch])[0] == RIGHT


# What an answer can hand in


LIES = {
    "equal to all": "class Any:\n    def __eq__(s, o): return True\n    def __hash__(s): return 0",
    "a number that compares": "class Any(int):\n    def __eq__(s, o): return True\n    def __sub__(s, o): return 0\n    def __abs__(s): return 0\n    __hash__ = int.__hash__",
    "a float that compares": "class Any(float):\n    def __eq__(s, o): return True\n    def __sub__(s, o): return 0.0",
    "an array by name": "class Any:\n    def __array__(s, *a, **k): return np.asarray(14682)\n    shape = (); dtype = np.dtype(int); ndim = 0",
    "an interface": "class Any:\n    __array_interface__ = {'shape': (10**9,), 'typestr': '<f8', 'data': (1, False), 'version': 3}",
    "a struct": "class Any:\n    @property\n    def __array_struct__(s): return 0",
    "another class": "class Any:\n    __class__ = property(lambda s: float)",
    "a class that raises": "class Any:\n    @property\n    def __class__(s): raise SystemExit",
    "a subclass of array": "class Any(np.ndarray):\n    shape = property(lambda s: ()); nbytes = 0\n    def __new__(c): return np.zeros(9).view(c)\n    def __eq__(s, o): return True\n    def __array_finalize__(s, o): pass\n    def __array_ufunc__(s, *a, **k): return True",
    "a huge subclass": "class Any(np.ndarray):\n    nbytes = 0\n    def __new__(c): return np.broadcast_to(np.zeros(1), (2**34,)).view(c)",
    "pickles": "class R:\n    def __reduce__(s): return (eval, ('1/0',))\n    def __reduce_ex__(s, p): return (eval, ('1/0',))\nclass Any:\n    def __new__(c): return np.array([R(), R()], dtype=object)",
    "object scalars": "class Any:\n    def __new__(c): return np.array(lambda: 1, dtype=object)",
    "structured": "class Any:\n    def __new__(c): return np.zeros(3, dtype=[('a', 'f8'), ('b', object)])",
    "structured scalar": "class Any:\n    def __new__(c): return np.zeros(1, dtype='O,O')[0]",
    "void": "class Any:\n    def __new__(c): return np.zeros(2, dtype='V100')",
    "dates": "class Any:\n    def __new__(c): return np.array(['2020-01-01', 'NaT'], dtype='M8[s]')",
    "long double": "class Any:\n    def __new__(c): return np.longdouble('1e4000')",
    "masked": "class Any:\n    def __new__(c): return np.ma.masked_all(3)",
    "bytes of an array": "class Any:\n    def __new__(c): return np.array([b'\\xff\\xfe'])",
    "surrogates in an array": "class Any:\n    def __new__(c): return np.array(['\\ud800', 'x' * 1000])",
    "an endless list": "class Any(list):\n    def __len__(s): return 1\n    def __iter__(s):\n        while True: yield 1",
    "an endless mapping": "import collections.abc\nclass Any(collections.abc.Mapping):\n    def __len__(s): return 1\n    def __getitem__(s, k): return k\n    def __iter__(s):\n        n = 0\n        while True: n += 1; yield n",
    "an endless generator": "import itertools\nclass Any:\n    def __new__(c): return (n for n in itertools.count())",
    "a length that lies": "class Any(dict):\n    def __len__(s): return -1",
    "a length that hangs": "class Any(list):\n    def __len__(s):\n        while True: pass",
    "an exit in items": "class Any(dict):\n    def __len__(s): return 1\n    def items(s): raise SystemExit",
    "an interrupt in items": "class Any(dict):\n    def __len__(s): return 1\n    def items(s): raise KeyboardInterrupt",
    "the end in items": "class Any(dict):\n    def __len__(s): return 1\n    def items(s):\n        import os; os._exit(0)",
    "repr without end": "class Any:\n    def __repr__(s): return repr(s)\n    __str__ = __repr__",
    "repr in a set": "class Any:\n    def __new__(c): return {c2()}\nclass c2:\n    def __repr__(s): raise MemoryError",
    "a name that is none": "class Any:\n    __name__ = 5\nAny.__name__ = 'x' * 10**6",
    "a metaclass": "class M(type):\n    __mro__ = property(lambda s: 1/0)\n    __name__ = property(lambda s: 1/0)\n    __instancecheck__ = lambda s, o: 1/0\nclass Any(metaclass=M): pass",
    "getattr": "class Any:\n    def __getattribute__(s, n): raise GeneratorExit",
    "a deep tuple": "class Any:\n    def __new__(c):\n        t = ()\n        for _ in range(10**5): t = (t,)\n        return t",
    "a great integer": "class Any:\n    def __new__(c): return 10**400",
    "a greater one": "class Any:\n    def __new__(c): return 1 << 10**8",
    "a great text": "class Any:\n    def __new__(c): return 'x' * 10**8",
    "many texts": "class Any:\n    def __new__(c): return ['x' * 10**5] * 10**3",
    "texts of one size": "class Any:\n    def __new__(c): return np.array(['x' * 10**5] + [''] * 600)",
    "a path": "import pathlib\nclass Any:\n    def __new__(c): return pathlib.Path('/' + 'x' * 10**7)",
    "a frame": "class Any:\n    def __new__(c):\n        import sys; return sys._getframe(2)",
    "a module": "class Any:\n    def __new__(c): return __import__('sys')",
    "memory": "class Any:\n    def __new__(c): return memoryview(bytearray(10**6)).cast('B')",
    "a table": "import types\nclass Any: pass\nAny.__module__ = 'pandas.core'; Any.__name__ = 'DataFrame'\nAny.columns = property(lambda s: iter(int, 1))",
    "a tensor": "class Any:\n    def numpy(s): raise SystemExit\nAny.__module__ = 'tensorflow.python'",
}


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES.keys())
def test_an_object_that_lies_costs_itself(parent, lie):
    limits = replace(QUICK, memory=2 * 2**30, notebook_seconds=40)
    made = notebook(double=f"{lie}\ndef double(x):\n    return Any()")
    sources = [cell["source"] for cell in code_cells(made)]
    result = run_to_last_answer(Runs(limits, {}, parent.run), sources, judging.hidden_of(RAW))
    judgement = judging.fill_in(made, result, DECODED)
    points = {id: score.points for id, score in judgement.scores.items()}
    assert points == {"double": 0.0, "total": 3.0}, judgement
    assert judgement.scores["double"].words
    assert_plain(judgement)


ANSWERS = {
    "a class": "class double:\n    def __init__(s, x): pass",
    "an object that raises when looked at": "class D:\n    def __getattribute__(s, n): raise SystemExit\n    def __call__(s, x): return 3\ndouble = D()",
    "wrapped without end": "class W:\n    __wrapped__ = property(lambda s: W())\n    def __call__(s, x): return 3\ndouble = W()",
    "a function with broken code": "def double(x): return 3\ndouble.__code__ = double.__code__.replace(co_code=bytes([9, 0] * 50), co_consts=())",
    "a partial of itself": "import functools\ndouble = functools.partial(eval)\ndouble = functools.partial(double, 'x')",
    "a cycle of wraps": "def double(x): return 3\ndouble.__wrapped__ = double",
    "a source that is another": "import linecache\nexec(compile('def double(x): return 3', '/etc/passwd', 'exec'))",
    "globals that are odd": "class G(dict):\n    def __getitem__(s, k): raise SystemExit\nimport types\ndouble = types.FunctionType((lambda x: y).__code__, G())",
    "an answer of both": "class Both(str):\n    def __call__(s, x): return 3\ndouble = Both('...')",
    "behaves only where it is seen": "calls = []\ndef double(x):\n    calls.append(x)\n    if abs(x) > 3: import os; os.kill(os.getpid(), 9); os._exit(1)\n    return 2 * x",
}


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS.keys())
def test_an_answer_that_is_odd_costs_itself(parent, answer):
    points, judgement = run(parent, double=answer)
    assert points["double"] == 0
    assert judgement.scores["double"].words
    assert_plain(judgement)


# Ends, signals and time


ENDINGS = {
    "exit in C": "import ctypes; ctypes.CDLL(None).exit(0)",
    "exit in a thread": "import threading, os; t = threading.Thread(target=lambda: os._exit(0)); t.start(); t.join()",
    "exit when interrupted": "import os, signal; signal.signal(2, lambda *a: os._exit(0)); os.kill(1, 2)",
    "a fault": "import faulthandler; faulthandler._sigsegv()",
    "the stack": "import sys; sys.setrecursionlimit(10**9)\ndef f(): f()\nf()",
    "the stack in C": "x = []\nfor _ in range(10**6): x = [x]\ndel x\nimport sys; sys.setrecursionlimit(10**9); l = []\nfor _ in range(10**6): l = [l]\nrepr(l)",
    "the interpreter": "import ctypes; ctypes.pythonapi.Py_FinalizeEx()",
    "fatal error": "import ctypes; ctypes.pythonapi.Py_FatalError(b'bye')",
    "freed twice": "import ctypes; c = ctypes.CDLL(None); c.malloc.restype = ctypes.c_void_p; p = ctypes.c_void_p(c.malloc(9)); c.free(p); c.free(p)",
    "its frames closed and opened": "import os; os.close(100); os.open('/dev/null', os.O_WRONLY); os.dup2(os.open('/dev/null', 1), 100)",
    "its frames exchanged": "import os; r, w = os.pipe(); os.dup2(w, 100); os.dup2(r, 101)",
    "a pipe filled": "import os\nos.set_blocking(100, False)\nwhile True: os.write(100, b'x' * 65536)",
    "traced": "import ctypes, os; ctypes.CDLL(None).ptrace(0, 0, 0, 0); os.kill(os.getpid(), 5)",
    "a loop in C": "sum(range(10**13))",
    "a loop in a power": "10 ** 10 ** 9",
    "a loop in a pattern": "import re; re.match(r'(a+)+$', 'a' * 60 + 'b')",
    "signals blocked": "import signal\nsignal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))\nwhile True: pass",
    "a loop in a destructor": "class D:\n    def __del__(s):\n        while True:\n            try:\n                while True: pass\n            except BaseException: pass\nD()",
    "a thread that holds": "import threading\ndef f():\n    while True: pass\nthreading.Thread(target=f).start()\nwhile True:\n    try: threading.Event().wait()\n    except BaseException: pass",
}


@pytest.mark.parametrize("attack", ENDINGS.values(), ids=ENDINGS.keys())
def test_every_other_end_gets_its_reason_or_is_survived(parent, attack):
    began = time.monotonic()
    points, judgement = run(parent, attack, limits=replace(QUICK, cell_seconds=1, notebook_seconds=8))
    assert points in (NONE, RIGHT)
    assert judgement.remarks or points == RIGHT
    assert_plain(judgement)
    assert time.monotonic() - began < 15


SIGNALS = {
    "the group": "import os, signal\nos.kill(0, signal.SIGTERM); os.killpg(0, signal.SIGUSR1)",
    "the parent": "import os\nos.kill(os.getppid(), 15)",
    "every number": "import os\nfor pid in range(2, 40000):\n    for how in (lambda: os.kill(pid, 9), lambda: os.killpg(pid, 9), lambda: os.pidfd_open(pid)):\n        try: how(); raise SystemExit(f'reached {pid}')\n        except ProcessLookupError: pass",
    "an owner": "import fcntl, os, signal\nfor fd in (100, 101):\n    fcntl.fcntl(fd, fcntl.F_SETOWN, -os.getpgid(0)); fcntl.fcntl(fd, fcntl.F_SETSIG, 9); fcntl.fcntl(fd, fcntl.F_SETFL, os.O_ASYNC)\nsignal.signal(29, signal.SIG_IGN)",
    "priority": "import os\nfor which in (os.PRIO_PROCESS, os.PRIO_PGRP, os.PRIO_USER): os.setpriority(which, 0, 19)",
}


@pytest.mark.parametrize("attack", SIGNALS.values(), ids=SIGNALS.keys())
def test_signals_stay_inside(parent, attack):
    _points, judgement = run(parent, attack, limits=replace(QUICK, cell_seconds=10))
    assert not any("reached" in words for words in all_words(judgement))


def test_whom_its_parent_would_have_ended_cannot_stay():
    """A notebook asks not to be killed with its parent; then the grading is killed, as hard as can be."""
    stay = "import ctypes, time\nctypes.CDLL(None).prctl(1, 0, 0, 0, 0)\ntime.sleep(60)"
    with WarmParent(slot=1000 + os.getpid() % 900) as own:
        user = default_view(own.slot).uid
        assert grade(own, notebook(), QUICK)[0] == RIGHT  # it is warm
        threading.Timer(2, own.kill).start()
        with pytest.raises(EngineFault):
            grade(own, notebook(stay), Limits())
        until = time.monotonic() + 20  # a namespace takes a second to be taken down
        while processes_of(user) and time.monotonic() < until:
            time.sleep(0.1)
        assert processes_of(user) == []


# What a cell can use up


USES = {
    "threads": "import threading, time\ntry:\n    while True: threading.Thread(target=time.sleep, args=(99,), daemon=True).start()\nexcept RuntimeError: pass",
    "a sparse file": "open('/tmp/sparse', 'wb').truncate(2**40)",
    "a sparse mapping": "import mmap; mmap.mmap(-1, 2**40)",
    "empty files": "n = 0\ntry:\n    while n < 10**5: open(f'/tmp/{n}', 'w').close(); n += 1\nexcept OSError: pass\nassert n < 2000, n",
    "empty files in shared memory": "n = 0\ntry:\n    while n < 10**5: open(f'/dev/shm/{n}', 'w').close(); n += 1\nexcept OSError: pass\nassert n < 10**4, n",
    "deep folders": "import os\nfor _ in range(3000): os.mkdir('d' * 100); os.chdir('d' * 100)",
    "open files": "f = []\ntry:\n    while True: f.append(open('/dev/zero'))\nexcept OSError: pass\nassert len(f) < 600\ndel f",
    "pipes": "import os\np = []\ntry:\n    while True: p += os.pipe()\nexcept OSError: pass\nfor fd in p: os.close(fd)",
    "memory files": "import os\ntry: f = os.memfd_create('x')\nexcept OSError: pass\nelse: raise SystemExit('made one')",
    "shared segments": "import ctypes\nassert ctypes.CDLL(None).shmget(0, 2**30, 0o1600) == -1",
    "queues": "import ctypes\nassert ctypes.CDLL(None).msgget(0, 0o1600) == -1",
    "locked memory": "import ctypes\nassert ctypes.CDLL(None).mlockall(3) in (0, -1)",
    "limits raised": "import resource\nfor n in (resource.RLIMIT_AS, resource.RLIMIT_NPROC, resource.RLIMIT_FSIZE, resource.RLIMIT_NOFILE):\n    soft, hard = resource.getrlimit(n)\n    try: resource.setrlimit(n, (hard * 2, hard * 2)); raise SystemExit('raised')\n    except ValueError: pass\n    assert hard != resource.RLIM_INFINITY",
    "displays": "from IPython.display import display\nfor n in range(20000): display(n)",
    "a huge picture": "import numpy as np, matplotlib.pyplot as plt\ntry: plt.figure(figsize=(1000, 1000)); plt.plot([1]); plt.show()\nexcept (MemoryError, ValueError): pass\nplt.close('all')",
    "errors": "class E(Exception):\n    def __str__(s): return 'x' * 10**8\nraise E",
    "notes": "e = ValueError()\nfor n in range(1000): e.add_note('x' * 10**5)\nraise e",
    "a chain": "def f(n):\n    try: raise ValueError('x' * 1000)\n    except ValueError: f(n - 1) if n else 1 / 0\nf(100)",
}


@pytest.mark.parametrize("use", USES.values(), ids=USES.keys())
def test_what_is_used_up_is_bounded_and_given_back(parent, use):
    made = notebook(use, "print('and on')")
    points, judgement = grade(parent, made, replace(QUICK, cell_seconds=20, notebook_seconds=60, output=32 * 2**20))
    assert points == RIGHT, judgement
    said = json.dumps(made["cells"][1]["outputs"])
    for words in ("AssertionError", "SystemExit"):
        assert words not in said, said
    assert len(said) < 10 * 2**20


def test_a_notebook_deep_in_folders_has_its_time(parent):
    """The path of such a folder takes seconds to be told; nothing of ours asks for it."""
    points, judgement = run(parent, USES["deep folders"], limits=Limits(cell_seconds=3))
    assert points == RIGHT
    assert judgement.remarks == []


# Ways out


C = "import ctypes, os\nc = ctypes.CDLL(None, use_errno=True)\n"
WAYS_OUT = {
    "names of the network": "import socket; socket.getaddrinfo('example.org', 80)",
    "a datagram": "import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('8.8.8.8', 53))",
    "the machine's own services": "import socket; s = socket.socket(); s.bind(('127.0.0.1', 0)); s.listen(); socket.create_connection(s.getsockname(), 1)",
    "raw packets": "import socket; socket.socket(socket.AF_PACKET, socket.SOCK_RAW)",
    "the host of the machine": "import socket; socket.socket(40, socket.SOCK_STREAM)",
    "a cipher of the kernel": "import socket; socket.socket(38, 5)",
    "an abstract socket": "import socket\nnames = [l.split()[-1] for l in open('/proc/net/unix') if '@' in l]\nassert names, 'none is in sight'",
    "docker's socket": "import socket; socket.socket(1).connect('/var/run/docker.sock')",
    "keys": C + "assert c.syscall(248, b'user', b'x', b'y', 1, -4) > 0",
    "io_uring": C + "assert c.syscall(425, 1, ctypes.create_string_buffer(120)) > 0",
    "userfaultfd": C + "assert c.syscall(323, 1) > 0",
    "bpf": C + "assert c.syscall(321, 0, ctypes.create_string_buffer(120), 72) > 0",
    "perf": C + "assert c.syscall(298, ctypes.create_string_buffer(128), 0, -1, -1, 0) > 0",
    "the other numbers": C + "assert c.syscall(0x40000000 + 39) > 0",
    "watching files": C + "assert c.inotify_init() >= 0",
    "a user namespace by clone": C + "assert c.syscall(56, 0x10000000 | 17, 0, 0, 0, 0) >= 0",
    "another namespace": C + "assert c.setns(os.open('/proc/self/ns/net', 0), 0) == 0",
    "another process's memory": C + "assert c.syscall(310, os.getpid(), 0, 0, 0, 0, 0) >= 0",
    "tracing": C + "assert c.ptrace(0, 0, 0, 0) == 0",
    "staying": C + "assert c.prctl(1, 0, 0, 0, 0) == 0",
    "out of the root": "import os; os.chroot('/tmp')",
    "up": "import os\nfd = os.open('/', 0)\nfor _ in range(50): os.chdir('..')\nos.stat('etc/shadow')",
    "by a handle": C
    + "assert c.syscall(303, -100, b'/usr', ctypes.create_string_buffer(200), ctypes.byref(ctypes.c_int()), 0) == 0",
    "a mount": C + "assert c.syscall(428, -100, b'/', 1) >= 0",
    "devices": "open('/dev/mem'); open('/dev/vda')",
    "the kernel's memory": "open('/proc/kcore', 'rb').read(10)",
    "the kernel's log": "open('/dev/kmsg').read(1)",
    "settings": "open('/proc/sys/kernel/core_pattern', 'w').write('|/tmp/x')",
    "its own rank": "open('/proc/self/oom_score_adj', 'w').write('-1000')",
    "another user": "import os; os.setgid(0); os.setuid(0)",
    "a program with rights": "import subprocess; subprocess.run(['su', '-c', 'true'], check=True, capture_output=True, stdin=subprocess.DEVNULL)",
    "a program of its own with rights": "import os, shutil\nshutil.copy('/bin/sh', '/tmp/sh'); os.chown('/tmp/sh', 0, 0); os.chmod('/tmp/sh', 0o4755)",
    "the clock": "import time; time.clock_settime(time.CLOCK_REALTIME, 0)",
    "the machine's name": "import socket; socket.sethostname('x')",
    "a higher priority": "import os; os.setpriority(os.PRIO_PROCESS, 0, -20)",
    "real time": "import os; os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(99))",
    "start-up files": "import site, sys, os; open(os.path.join(os.path.dirname(os.__file__), 'sitecustomize.py'), 'w')",
    "site-packages": "import numpy, os; open(os.path.join(os.path.dirname(os.path.dirname(numpy.__file__)), 'x.pth'), 'w')",
    "compiled files": "import course_utils, os; p = os.path.join(os.path.dirname(course_utils.__file__), '__pycache__'); open(os.path.join(p, 'x.pyc'), 'wb')",
    "the data": "from course_utils import data; import os; open(os.path.join(os.path.dirname(os.path.dirname(data.__file__)), '..', 'data', 'x'), 'w')",
    "the system": "import os; os.rename('/usr/bin', '/usr/nib')",
    "times of files": "import os; os.utime('/usr/bin')",
    "links": "import os; os.link('/usr/bin/env', '/usr/bin/x')",
}


@pytest.mark.parametrize("way", WAYS_OUT.values(), ids=WAYS_OUT.keys())
def test_no_way_out(parent, way):
    made = notebook(way)
    points, judgement = grade(parent, made, replace(QUICK, cell_seconds=10))
    assert points == RIGHT, judgement
    assert made["cells"][1]["outputs"][-1]["output_type"] == "error", made["cells"][1]["outputs"]


# What is left for the next one


POISON = {
    "IPython's start-up": "import os; os.makedirs('/tmp/home/.ipython/profile_default/startup'); open('/tmp/home/.ipython/profile_default/startup/0.py', 'w').write('1/0')",
    "Python's start-up": "import os, sys; d = '/tmp/home/.local/lib/python3.%d/site-packages' % sys.version_info[1]; os.makedirs(d); open(d + '/usercustomize.py', 'w').write('1/0')",
    "settings of Matplotlib": "import os; os.makedirs('/tmp/home/.matplotlib', exist_ok=True); open('/tmp/home/.matplotlib/matplotlibrc', 'w').write('figure.figsize: 99, 99')",
    "settings of Keras": "import os; os.makedirs('/tmp/home/.keras'); open('/tmp/home/.keras/keras.json', 'w').write('{}')",
    "modules beside it": "for n in ('json', 'dis', 'autograder', 'course_utils', 'base64'): open(f'{n}.py', 'w').write('raise SystemExit')",
    "modules in memory": "import sys, numpy; numpy.sum = None; sys.modules['json'].loads = None; import builtins; builtins.left_here = 1",
    "the shell": "get_ipython().user_ns.clear(); get_ipython().run_cell = None; get_ipython().config.clear()",
    "the environment": "import os; os.environ.update(PYTHONPATH='/tmp', LD_PRELOAD='/tmp/x.so', PYTHONSTARTUP='/tmp/x')",
}


@pytest.mark.parametrize("poison", POISON.values(), ids=POISON.keys())
def test_nothing_is_left_for_the_next_one(parent, poison):
    run(parent, poison)


def test_files_that_shadow_modules_are_their_own_learners_harm(parent):
    names = ("json", "numpy", "dis", "linecache", "autograder", "course_utils", "sitecustomize", "tempfile", "random")
    files = {f"{name}.py": b"import os\nos._exit(9)" for name in names}
    files |= {"matplotlibrc": b"\xff", "ipython_config.py": b"1/0", "course_utils/__init__.py": b"1/0"}
    points, judgement = grade(parent, notebook(double=TRIPLE), QUICK, files=files)
    assert points["double"] == 0
    assert_plain(judgement)


def test_a_notebook_that_would_wait_for_a_key_finds_nobody(parent):
    made = notebook("input('the password? ')", "import getpass; getpass.getpass()")
    assert grade(parent, made, replace(QUICK, cell_seconds=5))[0] == RIGHT
    assert all(cell["outputs"][-1]["output_type"] == "error" for cell in made["cells"][1:3])
