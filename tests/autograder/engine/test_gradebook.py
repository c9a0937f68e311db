"""nbgrader's gradebook can be had without the rest of nbgrader, and the rest can be had afterwards as if nothing were."""

import subprocess
import sys

import pytest

FIRST = "from autograder.engine.record import gradebook; import sys\n"


def run(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", FIRST + code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout.strip()


def test_the_gradebook_does_not_import_the_rest():
    assert run("print([name for name in ('nbconvert', 'tornado.web', 'nbgrader.apps') if name in sys.modules])") == "[]"


@pytest.mark.parametrize(
    "later",
    [
        "from nbgrader.apps import NbGraderAPI",
        "from nbgrader.apps.api import NbGraderAPI",
        "from nbgrader.preprocessors import SaveAutoGrades",
        "from nbgrader.coursedir import CourseDirectory; from nbgrader.apps.baseapp import CourseDirectory as same; assert CourseDirectory is same",
        "from nbgrader.plugins import LateSubmissionPlugin",
        "import autograder.plugins.as_released, autograder.plugins.before_grading, autograder.plugins.execute_all",
        "import nbgrader; assert nbgrader.__version__",
        "import nbgrader.api; assert issubclass(gradebook.Gradebook, nbgrader.api.Gradebook)",
        "import nbgrader.apps.autogradeapp as app; assert app.__spec__.name == 'nbgrader.apps.autogradeapp'",
    ],
)
def test_the_rest_can_be_had_afterwards(later):
    run(later + "\nfrom nbgrader.api import Gradebook; assert issubclass(gradebook.Gradebook, Gradebook)")


def test_what_was_imported_before_is_used():
    code = "import nbgrader.apps; from autograder.engine.record import gradebook; import nbgrader.api as api"
    done = subprocess.run([sys.executable, "-c", code + "; assert issubclass(gradebook.Gradebook, api.Gradebook)"])
    assert done.returncode == 0


def test_many_threads_may_ask_for_the_rest_at_once():
    code = """
import importlib, threading
names = ["apps", "preprocessors", "coursedir", "plugins", "utils", "nbgraderformat", "exchange", "validator"] * 3
failed, gate = [], threading.Barrier(len(names))
def ask(name):
    gate.wait()
    try:
        importlib.import_module("nbgrader." + name)
        import nbgrader
        assert nbgrader.__version__
    except BaseException as error:
        failed.append(repr(error))
threads = [threading.Thread(target=ask, args=(name,)) for name in names]
for thread in threads: thread.start()
for thread in threads: thread.join(60)
print(failed, any(thread.is_alive() for thread in threads))
"""
    assert run(code) == "[] False"
