"""A class in which every tenth learner is hostile: the others get what they would get without them, by every way to grade.

By two local workers, by three of a Dask cluster, and by runs that are killed as hard as can be at five moments. A class of 40
in the normal suite; COURSE_TEST_SLOW=1 makes it 300. `python -m tests.autograder.engine.test_soak FOLDER SIZE` writes such a class.
How long each run took, beside a class without hostile learners, is printed (pytest -s).
"""

import contextlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from autograder.engine.run.sandbox import missing
from autograder.engine.run.scratch import PREFIX
from tests.autograder.engine import real_class, stubbed, test_attacks, test_inside
from tests.autograder.engine.cluster import Cluster, new_folder
from tests.autograder.engine.damage import damaged
from tests.autograder.engine.test_kills import wait_for
from tests.autograder.engine.watching import Watch

pytestmark = pytest.mark.skipif(bool(missing()), reason="this machine has no namespaces")

SIZE = 300 if os.environ.get("COURSE_TEST_SLOW") else 40
PATIENCE = 1200.0  # seconds for any one run
SETTINGS = "c.Execute.timeout = 2\n"

#: What reads worst, by whom it is read: the relay, the judge, those who lay out feedback.
HEAVY_TO_READ = {
    "an unterminated string": "import os, struct\nb = b'{' * 260 + b'\"' + b'\\\\\"' * 200_000\nos.write(100, struct.pack('>I', len(b)) + b)",
    "a deep frame": "import os, struct\nb = b'[' * 10**6\nos.write(100, struct.pack('>I', len(b)) + b)",
    "lines": "print('\\n' * (32 << 20))",
    "star imports": "\n".join(f"from a{i} import *" for i in range(1000)),
    "elif": "if 0: pass\n" + "elif 0: pass\n" * 1200,
    "a long name": "x = 1\nif 0:\n    " + "a." * 20_000 + "a",
    "deep brackets": "x = " + "[" * 5_000 + "]" * 5_000,
    "deep HTML": "from IPython.display import HTML, display\ndisplay(HTML('<div>' * 50_000))",
    "a script": "from IPython.display import HTML, display\ndisplay(HTML('<script>window.__ran = 1</script>'))",
    "JSON with NaN": "from IPython.display import JSON, display\ndisplay(JSON({'a': [float('nan')] * 9}))",
}


def hostile_cells() -> list[str]:
    """First cells of hostile notebooks, of all kinds in turn."""
    kinds = [
        *(list(HEAVY_TO_READ.values()), list(test_attacks.ENDINGS.values()), list(test_inside.ENDINGS.values())),
        [test_inside.FORGE + how for how in test_inside.FORGED.values()],
        *(list(one.values()) for one in (test_attacks.SIGNALS, test_attacks.USES, test_attacks.WAYS_OUT)),
        *(list(one.values()) for one in (test_attacks.POISON, test_attacks.PATCHES)),
    ]
    longest = max(map(len, kinds))
    return [kind[turn] for turn in range(longest) for kind in kinds if turn < len(kind)]


def hostile(number: int) -> dict | bytes:
    """The notebook of a hostile learner, drawn by number: an attack in its first cell, or damage to its file."""
    if number % 4 == 3:
        return damaged(json.dumps(real_class.notebook()).encode(), number)[0]
    cells = hostile_cells()
    first = cells[random.Random(number).randrange(len(cells))]
    return real_class.notebook(first=f"import numpy as np\n{first}")


def make_class(root: Path, size: int, with_hostile: bool) -> str:
    """A class: honest learners with right and wrong answers; every tenth place is a hostile one's, or empty."""
    db_url = real_class.make_course(root, 0)
    root.chmod(0o755)
    config = root / "nbgrader_config.py"
    config.write_text(config.read_text() + SETTINGS)
    for number in range(size):
        if number % 10 != 7:
            made = real_class.notebook(
                real_class.SQUARE if number % 3 == 1 else real_class.DOUBLE,
                real_class.LOOP if number % 3 == 2 else real_class.TOTAL,
            )
            stubbed.hand_in(root, f"honest{number:03d}", made)
        elif with_hostile:
            stubbed.hand_in(root, f"hostile{number:03d}", hostile(number))
    return db_url


def start(root: Path, *options: str) -> subprocess.Popen:
    command = [sys.executable, "-m", "tests.autograder.engine.real_class", str(root), "--json", *options]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def finish(process: subprocess.Popen) -> dict:
    out, err = process.communicate(timeout=PATIENCE)
    assert process.returncode in (0, 1), err
    return json.loads(out)


def points_of(root: Path) -> dict[str, float]:
    """What the gradebook holds for each honest learner."""
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{root / 'gradebook.db'}") as gradebook:
        found = gradebook.assignment_submissions(real_class.UNIT)
        return {one.student.id: one.score for one in found if one.student.id.startswith("honest")}


def left_behind(before: set[str], place: str = "/tmp") -> list[str]:
    """Folders of gradings in a folder of temporary files that were not there before."""
    return [name for name in os.listdir(place) if name.startswith(PREFIX) and name not in before]


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    """What the honest learners get without the others; and the seconds that it took."""
    root = tmp_path_factory.mktemp("alone") / "course"
    make_class(root, SIZE, with_hostile=False)
    summary = finish(start(root, "--jobs", "2"))
    assert not summary["failed"]
    return points_of(root), summary["seconds"]


def assert_unharmed(root: Path, alone: tuple, summary: dict, how: str) -> None:
    """Honest learners have their points, hostile ones a result or a reason, and nothing is half written."""
    assert points_of(root) == alone[0]
    assert not [name for name in summary["failed"] if name.startswith("honest")], summary["failed"]
    graded = {path.name for path in (root / "autograded").iterdir()} | set(summary["failed"])
    reasons = {row["student"] for row in summary["graded"] if row["reasons"]}
    assert set(os.listdir(root / "submitted")) <= graded | reasons | set(summary["already"])
    assert not list(root.rglob("*.partial"))
    print(f"soak, {SIZE} learners, {how}: {summary['seconds']:.1f} s, without the hostile ones {alone[1]:.1f} s here")


def assert_bearable(seconds: float, alone: float, how: str) -> None:
    """A whole class takes at most twice as long with hostile learners; a part of one says little, beside other tests."""
    ratio = seconds / alone
    print(f"soak, {SIZE} learners, {how}: {ratio:.2f} times as long as without the hostile ones")
    assert ratio <= 2 or SIZE < 300, f"{how}: {ratio:.2f} times as long"


def test_two_workers(tmp_path, alone):
    before = set(os.listdir("/tmp"))
    make_class(tmp_path, SIZE, with_hostile=True)
    process = start(tmp_path, "--jobs", "2")
    with Watch(process.pid) as watch:
        summary = finish(process)
    assert len(watch.seen) > SIZE, "they were not looked at"
    wait_for(lambda: not watch.alive())
    assert_unharmed(tmp_path, alone, summary, "two workers")
    assert left_behind(before) == []
    assert_bearable(summary["seconds"], alone[1], "two workers")


def test_three_workers_of_a_cluster(tmp_path, alone):
    """What it takes without hostile learners is measured on the same cluster."""
    honest, whole = tmp_path / "honest", tmp_path / "whole"
    make_class(honest, SIZE, with_hostile=False)
    make_class(whole, SIZE, with_hostile=True)
    folder = new_folder("soak")
    try:
        with Cluster(folder) as cluster:
            names = ("anna", "ben", "cleo")
            cluster.start(*names)
            without = finish(start(honest, "--scheduler", cluster.address))
            workers = [cluster.workers[name].pid for name in names]
            with contextlib.ExitStack() as stack:
                watches = [stack.enter_context(Watch(pid)) for pid in workers]
                summary = finish(start(whole, "--scheduler", cluster.address))
            assert [name for one in names for name in left_behind(set(), str(folder / one / "tmp"))] == []
        wait_for(lambda: not any(watch.alive() for watch in watches))
        assert_unharmed(whole, alone, summary, "three workers of a cluster")
        assert_bearable(summary["seconds"], without["seconds"], "three workers of a cluster")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def test_killed_at_five_moments(tmp_path, alone):
    """When a sixth, two sixths, ... of the class are graded, and a random moment later."""
    before = set(os.listdir("/tmp"))
    make_class(tmp_path, SIZE, with_hostile=True)
    moments = random.Random(12)
    for moment in range(1, 6):
        process = start(tmp_path, "--jobs", "2")
        with Watch(process.pid) as watch:
            wait_for(lambda moment=moment: len(graded(tmp_path)) >= moment * SIZE // 6, PATIENCE)
            time.sleep(moments.uniform(0, 0.2))
            watch.look()
            assert process.poll() is None, "it had ended before it was killed"
            process.send_signal(signal.SIGKILL)
            process.communicate(timeout=PATIENCE)
        wait_for(lambda watch=watch: not watch.alive())
    summary = finish(start(tmp_path, "--jobs", "2"))
    assert_unharmed(tmp_path, alone, summary, "after five kills")
    assert left_behind(before) == []


def graded(root: Path) -> list[str]:
    """Those whose notebook is in autograded/."""
    folder = root / "autograded"
    return os.listdir(folder) if folder.is_dir() else []


if __name__ == "__main__":
    make_class(Path(sys.argv[1]), int(sys.argv[2]), with_hostile=True)
