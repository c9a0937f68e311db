"""What the tests with a real sandbox share: a warm parent, and a look, after each attack, at whether it did any harm."""

import os
from pathlib import Path, PurePath

import pytest

from autograder.engine.run.runner import WarmParent
from autograder.engine.run.sandbox import default_view
from tests.autograder.engine.two_exercises import RIGHT, grade, notebook


@pytest.fixture(scope="module")
def parent():
    with WarmParent(slot=100 + os.getpid() % 900) as one:  # a user whom no other test uses at the same time
        yield one


@pytest.fixture
def unharmed(parent):
    """After the test the same warm parent grades an honest notebook, which finds no trace of the one before."""
    process = parent._process
    yield
    assert process is None or parent._process is process, "the warm process died"
    inside_tmp = [path for path in default_view().read_only if path.startswith("/tmp/")]  # where the clone lies in /tmp
    shown = [PurePath(path).parts[2] for path in inside_tmp]
    look = (
        f"import os, builtins; print(sorted(set(os.listdir('/tmp')) - set({shown})), os.listdir('/dev/shm'), "
        "hasattr(builtins, 'left_here'))"
    )
    points, judgement = grade(parent, made := notebook(look))
    assert points == RIGHT
    assert not judgement.remarks
    assert made["cells"][1]["outputs"][0]["text"] == "['home', 'work'] [] False\n"
    assert not processes_of(default_view(parent.slot).uid), "a process outlived its notebook"


def processes_of(user: int) -> list[int]:
    """The processes of a user who runs nothing but notebooks; none where we are no root, and all run as ourselves."""
    found = []
    for entry in Path("/proc").iterdir() if os.geteuid() == 0 else ():
        try:
            if entry.name.isdigit() and entry.stat().st_uid == user:
                found.append(int(entry.name))
        except OSError:  # it has just ended
            continue
    return found
