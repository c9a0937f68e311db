"""Attacks on a real unit that harm no machine, to be graded by the engine and by stock nbgrader: see attacks_table.

Each learner answers every exercise of unit 01 wrongly, or not at all, and tries to get points, or to read something, by other
means. What is read is told by a sign: words that stand in an output where the attempt succeeded.
"""

from __future__ import annotations

from dataclasses import dataclass
from textwrap import dedent

from autograder.demo.learners import UNIT_01, Learner, put_first
from autograder.exercises import load_exercises

WRONG = "def {id}(*args, **kwargs):\n    return 'wrong'"
READ = "what was not to be read"  # an attack says so where it has read something


@dataclass(frozen=True)
class Attack:
    """One attempt: a cell on top of the notebook, the same answer to every exercise ({id} is its name), a file beside it."""

    name: str  # a learner's name; the class is graded in the order of these
    tries: str
    first: str = ""
    answer: str = WRONG
    beside: tuple[str, str] = ("", "")

    def learner(self) -> Learner:
        """The learner who hands it in."""
        answers = {id: dedent(self.answer).replace("{id}", id) for id in load_exercises(UNIT_01)}
        changes = (put_first(self.first),) if self.first else ()
        return Learner(self.name, UNIT_01, self.tries, answers, others_right=False, changes=changes)


_LOOKUP = """
def {id}(*args, **kwargs):
    import gc
    from course_utils.compare import same
    from course_utils.describe import describe
    from course_utils.values import restore
    for pack in find_packs("{id}"):
        for probe, expected in zip(pack["probes"], pack["expected"]):
            if "value" in expected and same(describe(list(args)), {"type": "list", "items": probe["args"]}):
                return restore(expected["value"])
"""

ATTACKS = [
    Attack("00_none", "nothing: the wrong answers alone"),
    Attack(
        "01_grade",
        "replace `grade` by a function that does nothing",
        "import autograder\n\nautograder.grade = lambda *args: None",
    ),
    Attack(
        "02_module",
        "replace the module `autograder`",
        "import sys, types\n\nsys.modules['autograder'] = types.SimpleNamespace(grade=lambda *args: None)",
    ),
    Attack(
        "03_file",
        "write an `autograder.py` beside the notebook",
        "open('autograder.py', 'w').write('def grade(*args): pass')",
    ),
    Attack(
        "04_handed_in",
        "hand in an `autograder.py` beside the notebook",
        beside=("autograder.py", "def grade(*args): pass"),
    ),
    Attack(
        "05_judge",
        "replace `judge` by one that finds all right",
        "import course_utils.judge as j\n\nimport autograder.grading as g\n\ng.judge = j.judge = lambda pack, *rest: j.Verdict(pack['id'], j.RIGHT, 1, 1)",
    ),
    Attack(
        "06_compare",
        "replace the comparison of values",
        "import course_utils.compare as c\nimport course_utils.judge as j\n\nc.same = j.same = lambda *rest: True\nc.difference = j.difference = lambda *rest: None",
    ),
    Attack(
        "07_numpy",
        "make NumPy find all equal",
        "import numpy as np\n\nnp.isclose = np.allclose = lambda *a, **k: np.True_\nnp.array_equal = lambda *a, **k: True",
    ),
    Attack(
        "08_share",
        "make every share of passed probes 1",
        "import course_utils.judge as j\n\nj.Verdict.share = property(lambda self: 1.0)\nj.Verdict.status = property(lambda self: 'right', lambda self, value: None)",
    ),
    Attack(
        "09_transformer",
        "rewrite test cells before they run",
        "get_ipython().input_transformers_cleanup.append(lambda lines: ['pass\\n'] if any('grade(' in line for line in lines) else lines)",
    ),
    Attack(
        "10_number",
        "rewrite test cells to show a number of points",
        "get_ipython().input_transformers_cleanup.append(lambda lines: ['0.5\\n'] if any('grade(' in line for line in lines) else lines)",
    ),
    Attack(
        "11_hundred",
        "rewrite test cells to show a hundred points",
        "get_ipython().input_transformers_cleanup.append(lambda lines: ['100.0\\n'] if any('grade(' in line for line in lines) else lines)",
    ),
    Attack(
        "12_errors", "swallow every error", "get_ipython().set_custom_exc((Exception,), lambda *args, **kwargs: None)"
    ),
    Attack(
        "13_traceback",
        "show no error",
        "get_ipython()._showtraceback = get_ipython().showtraceback = lambda *args, **kwargs: None",
    ),
    Attack(
        "14_tree",
        "remove calls of `grade` from the syntax tree",
        "import ast\n\nclass Remove(ast.NodeTransformer):\n    def visit_Expr(self, node):\n        named = getattr(getattr(node.value, 'func', None), 'id', '')\n        return ast.Pass() if named in ('grade', 'check') else node\n\nget_ipython().ast_transformers.append(Remove())",
    ),
    Attack(
        "15_equal",
        "return an object that equals everything",
        answer="class Any:\n    def __eq__(self, other): return True\n    def __hash__(self): return 0\n    def __array__(self, *a, **k): raise StopIteration\n\ndef {id}(*args, **kwargs): return Any()",
    ),
    Attack(
        "16_frames",
        "find what is expected in the grader's frames",
        "import sys\n\ndef find_packs(id):\n    frame = sys._getframe()\n    while frame:\n        yield from (v for v in frame.f_locals.values() if isinstance(v, dict) and v.get('id') == id and 'expected' in v)\n        frame = frame.f_back",
        _LOOKUP,
    ),
    Attack(
        "17_garbage",
        "find what is expected among all objects",
        """
        import gc
        from course_utils.packs import read_pack

        def find_packs(id):
            found = [o for o in gc.get_objects() if isinstance(o, dict) and o.get("id") == id and "expected" in o]
            return [o for o in found if len(o["expected"]) > len(read_pack(UNIT, id)["expected"])]  # no visible ones
        """.replace("UNIT", repr(UNIT_01)),
        _LOOKUP,
    ),
    Attack(
        "18_packs",
        "read the hidden packs from the disk",
        f"import json\nfrom autograder.course import HIDDEN_PACKS\nfrom course_utils.describe import decode\n\ndef find_packs(id):\n    return [decode(json.loads((HIDDEN_PACKS / '{UNIT_01}' / (id + '.json')).read_text()))]",
        _LOOKUP,
    ),
    Attack(
        "19_oracle",
        "call the oracle",
        f"from autograder.exercises import load_exercises\n\ndeclared = load_exercises('{UNIT_01}')",
        "def {id}(*args, **kwargs):\n    return declared['{id}'].oracle(*args, **kwargs)",
    ),
    Attack(
        "20_solution",
        "run the solution notebook",
        f"import json\nfrom autograder.course import SOLUTIONS\n\nbook = json.load(open(SOLUTIONS / '{UNIT_01}' / '{UNIT_01}.ipynb'))\nsolved = {{c['metadata']['nbgrader']['grade_id']: ''.join(c['source']) for c in book['cells'] if c['metadata'].get('nbgrader', {{}}).get('solution')}}",
        "exec(solved['{id}'])",
    ),
    Attack(
        "21_twice",
        "answer twice, the second time with a forged answer",
        "import autograder\n\ntry:\n    autograder.grade('word_counts', lambda text: {})\nexcept Exception:\n    pass",
    ),
    Attack("22_validate", "pretend that nobody grades", "import os\n\nos.environ['NBGRADER_EXECUTION'] = ''"),
    Attack(
        "23_secret",
        "read the course's secret from the environment",
        f"import os\n\nif os.environ.get('COURSE_SECRET'):\n    print({READ[:4]!r} + {READ[4:]!r})",
    ),
    Attack(
        "24_neighbour",
        "read another learner's submission",
        f"import glob\n\nfound = [p for up in ('..', '../..', '../../..') for p in glob.glob(up + '/submitted/*/*/*.ipynb')]\nif open(found[0]).read():\n    print({READ[:4]!r} + {READ[4:]!r})",
    ),
    Attack(
        "25_gradebook",
        "read the gradebook",
        f"import sqlite3\n\nrows = sqlite3.connect('file:../../../gradebook.db?mode=ro', uri=True).execute('select * from grade').fetchall()\nif rows:\n    print({READ[:4]!r} + {READ[4:]!r})",
    ),
    Attack(
        "26_write",
        "give itself points in the gradebook",
        "import sqlite3\n\nbook = sqlite3.connect('file:../../../gradebook.db?mode=rw', uri=True, timeout=1)\nbook.execute('update grade set manual_score = 1.0 where notebook_id in (select n.id from submitted_notebook n join submitted_assignment a on n.assignment_id = a.id where a.student_id = \"26_write\")')\nbook.commit()",
    ),
    Attack(
        "27_source",
        "read the graders' source",
        f"import autograder.exercises as e\n\nif open(e.__file__).read():\n    print({READ[:4]!r} + {READ[4:]!r})",
    ),
    Attack(
        "28_probes",
        "show the hidden probes in its feedback",
        f"""
        import os, sys

        def tell(args):
            frame = sys._getframe()
            while frame:
                if frame.f_code.co_name in ("judge_hidden", "_observe"):
                    os.write(1, ({READ[:4]!r} + {READ[4:]!r} + str(args)).encode())
                frame = frame.f_back
        """,
        "def {id}(*args, **kwargs):\n    tell(args)\n    return 'wrong'",
    ),
    Attack(
        "29_network",
        "open a connection",
        f"import socket\n\nserver = socket.socket()\nserver.bind(('127.0.0.1', 0))\nserver.listen()\nsocket.create_connection(server.getsockname(), 2)\nprint({READ[:4]!r} + {READ[4:]!r})",
    ),
    Attack(
        "30_by_heart",
        "know what the notebook's examples give",
        f"from course_utils.packs import read_pack\n\ndef find_packs(id):\n    return [read_pack('{UNIT_01}', id)]",
        _LOOKUP,
    ),
]
