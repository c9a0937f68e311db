"""What all tests share: a secret of their own, so that the hidden probes are the same in every run, and three lanes."""

import os
import re
from pathlib import Path

import pytest

os.environ.setdefault("COURSE_SECRET", "the tests' secret")
# Not among the instructor's own; made once, for all runs
os.environ.setdefault("COURSE_HIDDEN_PACKS", str(Path(__file__).parents[1] / ".pytest_cache" / "hidden_packs"))
# Lanes share two cores: a network that waits for a second thread only waits. Lessons set their own number.
os.environ.setdefault("TF_NUM_INTRAOP_THREADS", "1")
os.environ.setdefault("TF_NUM_INTEROP_THREADS", "1")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("COURSE_PROGRESS", "")  # what notebooks check in tests is nobody's progress

#: What executes the notebook of a unit that trains: on every core there is, for a minute or two.
TRAINS = re.compile(r"(^solutions/|untouched_notebook_runs_to_its_end.*\[|units_mutants.*\[|unit_)(0[5-9]|1\d)")
#: The engine's tests often wait for time limits; the proofs, after them, train a model after the other.
ENGINE_OR_PROOF = re.compile(r"^tests/autograder/engine/|are_proven\[")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """With `-n 3`: notebooks that train go one after the other through one lane, the engine's tests and then the proofs
    through another, and all the rest, in order, through the third. Each takes about as long.
    """
    from xdist.scheduler import LoadScopeScheduling

    class Lanes(LoadScopeScheduling):
        def _split_scope(self, nodeid):
            if TRAINS.search(nodeid):
                return "trains"
            return "the engine, the proofs" if ENGINE_OR_PROOF.search(nodeid) else "the rest"

    return Lanes(config, log)
