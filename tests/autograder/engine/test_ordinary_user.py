"""Grading as an ordinary user, without any right of root's: the sandbox is the same, and holds the same."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from autograder.demo import command as demo
from autograder.demo.learners import UNIT_01, Learner, put_first
from tests.autograder.engine import ordinary_user
from tests.autograder.engine.test_same_grades import gradebook

WHY_NOT = ordinary_user.why_not()
pytestmark = pytest.mark.skipif(bool(WHY_NOT), reason=WHY_NOT)

#: What a learner tries to find out; each line is printed into their notebook.
LOOK = """
import os, pathlib, socket
seen = {"uid": os.getuid(), "gradebook": [], "submissions": [], "processes": 0}
for folder in (%r, "/", "/tmp", os.path.expanduser("~")):
    for name in ("gradebook.db", "submitted", "answers", "hidden"):
        if os.path.exists(os.path.join(folder, name)):
            seen["gradebook"].append(os.path.join(folder, name))
seen["processes"] = len([name for name in os.listdir("/proc") if name.isdigit()])
seen["network"] = [name for _, name in socket.if_nameindex()]
seen["capabilities"] = [line.split()[1] for line in open("/proc/self/status") if line.startswith(("CapEff", "CapPrm", "CapBnd"))]
for name, attempt in {
    "write": lambda: pathlib.Path(%r, "written").write_text("x"),
    "user namespace": lambda: os.execvp("unshare", ["unshare", "-U", "true"]) if os.fork() == 0 else os.wait()[1] and 1 / 0,
}.items():
    try:
        attempt()
        seen[name] = True
    except BaseException:
        seen[name] = False
import json
print("SEEN " + json.dumps(seen))
"""


@pytest.fixture(scope="module")
def folder():
    """A course's folder that belongs to an ordinary user, with an honest learner and a curious one."""
    place = Path(tempfile.mkdtemp(prefix="ordinary-"))
    made = place / "course"
    demo.write_config(made)
    api = demo.open_api(made)
    assert api.generate_assignment(UNIT_01)["success"]
    api.gradebook.close()
    look = put_first(LOOK % (str(made), str(made)))
    for learner in (
        Learner("honest", UNIT_01, ""),
        Learner("curious", UNIT_01, "", others_right=False, changes=(look,)),
    ):
        demo.hand_in(learner, made / "release" / UNIT_01, made / "submitted")
    if os.geteuid() == 0:
        for path in [place, *place.rglob("*")]:
            os.chown(path, ordinary_user.UID, ordinary_user.UID)
    yield made
    shutil.rmtree(place, ignore_errors=True)


def run(folder: Path, *words: str) -> subprocess.CompletedProcess:
    """Run a command as an ordinary user in the course's folder."""
    command = [
        sys.executable,
        "-m",
        "tests.autograder.engine.ordinary_user",
        str(ordinary_user.UID),
        sys.executable,
        *words,
    ]
    environment = {**demo.environment(folder), "HOME": str(folder.parent), "PYTHONDONTWRITEBYTECODE": "1"}
    environment["PYTHONPATH"] = str(Path(__file__).resolve().parents[3])
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)


def test_a_small_class_is_graded_in_the_sandbox(folder):
    done = run(folder, "-m", "autograder", "grade", UNIT_01, "--jobs", "1", "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "your rights" not in done.stdout + done.stderr
    books = gradebook(folder)
    assert books["honest"][3][0] == 15
    assert books["curious"][3][0] == 0
    graded = (folder / "autograded" / "curious" / UNIT_01 / f"{UNIT_01}.ipynb").read_text()
    cells = json.loads(graded)["cells"]
    [line] = [
        line
        for cell in cells
        for output in cell.get("outputs", [])
        for line in "".join(output.get("text", "")).splitlines()
        if line.startswith("SEEN ")
    ]
    seen = json.loads(line.removeprefix("SEEN "))
    assert seen["gradebook"] == []
    assert seen["processes"] <= 2
    assert set(seen["capabilities"]) == {"0" * 16}
    assert seen["network"] == ["lo"]
    assert seen["write"] is seen["user namespace"] is False


def test_doctor_says_as_whom_it_runs_and_that_the_sandbox_is_whole(folder):
    code = "from autograder import doctor; [print(f.name, '|', f.well, '|', f.found) for f in doctor.safety()]"
    done = run(folder, "-c", code)
    assert done.returncode == 0, done.stderr
    found = {line.split(" | ")[0]: line.split(" | ")[1:] for line in done.stdout.splitlines()}
    assert found["runs as"][0] == "True"
    assert f"user {ordinary_user.UID}" in found["runs as"][1]
    assert found["sandbox"][0] == "True"
