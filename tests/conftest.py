"""What all tests share: a secret of their own, so that the hidden probes are the same in every run, and three lanes."""

import atexit
import os
import re
import shutil
import tempfile
from pathlib import Path

import pytest

from tests.lessons import trained_once
from tests.of_the_course import marker_of

os.environ.setdefault("COURSE_SECRET", "the tests' secret")
# Not among the instructor's own; made once, for all runs
os.environ.setdefault("COURSE_HIDDEN_PACKS", str(Path(__file__).parents[1] / ".pytest_cache" / "hidden_packs"))
# Lanes share two cores: a network that waits for a second thread only waits. Lessons set their own number.
os.environ.setdefault("TF_NUM_INTRAOP_THREADS", "1")
os.environ.setdefault("TF_NUM_INTEROP_THREADS", "1")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
# As `course_utils` sets it for learners. A test file that imports Keras first would have the whole process compute otherwise.
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")
os.environ.setdefault("COURSE_PROGRESS", "")  # what notebooks check in tests is nobody's progress

if trained_once.FOLDER not in os.environ:  # here the run begins; its lanes are told
    os.environ[trained_once.FOLDER] = tempfile.mkdtemp(prefix="course-trained-")
    atexit.register(shutil.rmtree, os.environ[trained_once.FOLDER], ignore_errors=True)
    trained_once.prepare(os.environ[trained_once.FOLDER])


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """The folder of the course's pages."""
    from tests.built_site import build

    return build(tmp_path_factory.mktemp("built"))


class Trainings:
    """Kernels in which nbval executes a solution keep what they train, for the untouched notebook of the unit."""

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_setup(self, item):
        with pytest.MonkeyPatch.context() as patch:
            if item.nodeid.startswith("solutions/"):
                for name, value in trained_once.environment(os.environ[trained_once.FOLDER]).items():
                    patch.setenv(name, value)
            return (yield)


def pytest_configure(config):
    """Registered by name, since a hook of this file would be asked about what lies beside it alone, not about solutions/."""
    config.pluginmanager.register(Trainings())


def pytest_itemcollected(item):
    """Each test is the kit's or this course's, as tests/of_the_course.py says."""
    item.add_marker(marker_of(item.nodeid.partition("::")[0]))


def pytest_collection_modifyitems(items):
    """Solutions first, and what may run anywhere last: the long proofs, the others, and untouched notebooks, which by then get
    what their solutions have trained.
    """
    anywhere = [(found, item) for item in items if (found := ANYWHERE.search(item.nodeid))]
    others = [item for item in items if not ANYWHERE.search(item.nodeid)]
    others.sort(key=lambda item: not item.nodeid.startswith("solutions/"))
    anywhere.sort(key=lambda pair: (pair[0][1].startswith("untouched"), pair[0][2] not in LONG_PROOFS))
    items[:] = others + [item for _, item in anywhere]


#: What executes the notebook of a unit that trains: on every core there is, for a minute or two.
TRAINS = re.compile(r"(^solutions/|unit_)(0[5-9]|1\d)")
#: The engine's tests often wait for time limits.
ENGINE = re.compile(r"^tests/autograder/engine/")
#: What a learner imports: many quick tests, which need nothing of the others.
HELPER = re.compile(r"^tests/course_utils/")
#: What shares nothing with other tests: the proof of an exercise tries dozens of answers, and may train them all; so does that of a
#: unit against mutants. An untouched notebook trains by itself what its solution has not kept for it yet.
ANYWHERE = re.compile(r"(its_grader_is_proven|units_mutants_is_rejected|untouched_notebook_runs_to_its_end\w*)\[(.+)\]")
#: Those that take a minute or more.
LONG_PROOFS = {
    "05_keras_life_cycle",
    "08_char_cnn",
    "05_keras_life_cycle-build",
    "09_bbc_project-cnn_model",
    "05_keras_life_cycle-left_or_right",
    "05_keras_life_cycle-mean_pred",
    "08_char_cnn-build_char_cnn",
    "09_bbc_project-baseline_model",
}


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """With `-n 3`: solutions that train go one after the other through one lane, the engine's tests through another, and the rest,
    in order, through the third. The helper's tests and then what may run anywhere, one by one, go to the lane that is free
    first, so that all end together.
    """
    from xdist.scheduler import LoadScopeScheduling

    class Lanes(LoadScopeScheduling):
        def _split_scope(self, nodeid):
            if TRAINS.search(nodeid):
                return "trains"
            if found := ANYWHERE.search(nodeid):
                return found[0]
            if ENGINE.search(nodeid):
                return "the engine"
            return "the helper" if HELPER.search(nodeid) else "the rest"

        def remove_node(self, node):
            """A lane that died, of a crash or of a test beyond its time, goes on in a new one, behind that test: pytest-xdist
            would try it again, for ever.
            """
            left = self.assigned_work.pop(node)
            crashed = next((test for scope in left.values() for test, done in scope.items() if not done), None)
            for scope, tests in left.items():
                if crashed in tests:
                    tests[crashed] = True
                if not all(tests.values()):
                    self.workqueue[scope] = tests
            for other in self.assigned_work:
                self._reschedule(other)
            return crashed

    return Lanes(config, log)
