"""What all tests share: a secret of their own, so that the hidden probes are the same in every run, and two lanes."""

import os
import re

import pytest

os.environ.setdefault("COURSE_SECRET", "the tests' secret")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("COURSE_PROGRESS", "")  # what notebooks check in tests is nobody's progress

#: What executes the notebook of a unit that trains, or proves its graders: on every core there is, for a minute or two.
TRAINS = re.compile(
    r"(^solutions/|untouched_notebook_runs_to_its_end.*\[|proven\[|units_mutants.*\[|unit_)(0[5-9]|1\d)"
)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """With `-n 2`: notebooks that train go one after the other through one lane, all the rest, in order, through the other."""
    from xdist.scheduler import LoadScopeScheduling

    class TwoLanes(LoadScopeScheduling):
        def _split_scope(self, nodeid):
            return "trains" if TRAINS.search(nodeid) else "the rest"

    return TwoLanes(config, log)
