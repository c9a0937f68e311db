"""Notebooks run on a cluster: the same gradebook as here, whoever is lost on the way."""

import hashlib
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
import zipfile
from pathlib import Path

import psutil
import pytest

from course_utils.refused import Refused

distributed = pytest.importorskip("distributed", reason="Dask is not installed")

from autograder.authoring.data_sets import data_sets_of  # noqa: E402
from autograder.engine import coordinator  # noqa: E402
from autograder.engine.cluster import fleet, worker  # noqa: E402
from autograder.engine.cluster.fleet import connect  # noqa: E402
from autograder.engine.cluster.package import contents, write_worker_package  # noqa: E402
from autograder.engine.record.ledger import Ledger  # noqa: E402
from autograder.engine.run import runner, sandbox  # noqa: E402
from autograder.engine.run.sandbox import Limits  # noqa: E402
from autograder.engine.submitted.submission import find_submissions  # noqa: E402
from tests.autograder.engine import stubbed  # noqa: E402
from tests.autograder.engine.cluster import Cluster, Namespaces, new_folder  # noqa: E402
from tests.doubles import wait_for  # noqa: E402

ROOT = str(Path(coordinator.__file__).parents[2])
LIMITS = Limits(cell_seconds=2, notebook_seconds=30)
MODULES = ("numpy",)
TEST = "from autograder import grade\n\ngrade('double', double)"
ODD = {  # student -> a cell of theirs
    "student03": "import os\n\nos._exit(3)",
    "student04": "import time\n\ntry:\n    time.sleep(300)\nexcept BaseException as error:\n    print(type(error))",
    "student05": "print(open('notes.txt').read())",
}
HANGS = "student04"


@pytest.fixture(scope="module")
def cluster():
    """A scheduler and two workers that have only the worker package; more may be added."""
    folder = new_folder("fleet")
    with Cluster(folder) as one:
        yield one.start("anna", "ben")
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def said(monkeypatch):
    """What a fleet says; it does not wait for long where it has no worker."""
    monkeypatch.setattr(fleet, "ALONE_SECONDS", 30.0)
    return []


def make_class(root, size=10, seconds=0.3, odd=ODD):
    """A course whose class has handed in; an ordinary notebook takes `seconds`. Returns (folder, gradebook's address)."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stubbed, "TEST", TEST)
        db_url = stubbed.make_course(root, size)
    for number in range(size):
        student = f"student{number:02d}"
        made = stubbed.notebook(stubbed.answer(2 + number % 3))
        made["cells"][0] = stubbed.code(odd.get(student, f"import time\n\ntime.sleep({seconds})"))
        made["cells"].insert(0, stubbed.code(f"who = '{student}'"))
        stubbed.hand_in(root, student, made)
    return root, db_url


def grade(course, places, **options):
    """Grade a course; returns the summary."""
    root, db_url = course
    with Ledger(root, db_url) as ledger:
        work = coordinator.Work(stubbed.UNIT, ledger.release(stubbed.UNIT), stubbed.small_packs(), LIMITS)
        return coordinator.grade(ledger, work, find_submissions(root, stubbed.UNIT), places, **options)


@pytest.fixture(scope="module")
def graded_here(tmp_path_factory):
    """All that grading the class on this machine leaves."""
    course = make_class(tmp_path_factory.mktemp("here") / "course")
    parents = runner.make_parents(2, MODULES, not sandbox.missing())
    try:
        assert not grade(course, parents).failed
    finally:
        for parent in parents:
            parent.stop()
    return stubbed.contents(*course)


def watch(one, monkeypatch, sent=lambda student, host: None):
    """Note each notebook that is sent to a worker: student -> addresses; and call `sent`."""
    log, submit = {}, one._submit

    def noting(host, what, function, *arguments):
        future = submit(host, what, function, *arguments)
        if what == "notebook":
            student = runner.unpack_job(worker.unpack(arguments[0])[1][0])[0][0].split("'")[1]
            log.setdefault(student, []).append(host.address)
            sent(student, host)
        return future

    monkeypatch.setattr(one, "_submit", noting)
    return log


def name_of(one, host):
    """The name that a worker was started under."""
    return one.client.run(lambda dask_worker: dask_worker.name, workers=[host.address])[host.address]


def same(course, expected):
    """A course holds what is expected, and if not, say what differs."""
    found = stubbed.contents(*course)
    assert found.keys() == expected.keys()
    for name in found:
        assert found[name] == expected[name], name


def connected(cluster, said, **options):
    """A fleet that has taken on all workers which the cluster should have."""
    one = connect(cluster.address, MODULES, say=said.append, **options)
    wait_for(lambda: len(one._usable()) >= len(cluster.workers))
    return one


def test_package_holds_nothing_that_is_not_for_a_workers_eyes(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_SECRET", "no other text has these words in it")
    from autograder.course import course_secret
    from autograder.demo.command import right_answers
    from autograder.exercises import units

    path = write_worker_package(tmp_path)
    with zipfile.ZipFile(path) as wheel:
        assert wheel.testzip() is None
        names = [name for name in wheel.namelist() if ".dist-info/" not in name]
        everything = {name: wheel.read(name).decode("utf-8", "replace") for name in wheel.namelist()}
    assert set(names) == set(contents()[0])
    run = {f"autograder/engine/run/{path.name}" for path in Path(ROOT, "autograder/engine/run").glob("*.py")}
    engine = run | {f"autograder/engine/{part}" for part in worker.PARTS}
    engine |= {"autograder/__init__.py", "autograder/__main__.py"}
    assert {
        name for name in names if name.startswith("autograder/") and not name.startswith("autograder/data/")
    } == engine
    assert {name.split("/")[0] for name in names} == {"autograder", "course_utils"}
    assert not [name for name in names if "hidden" in name or "solution" in name or "exercises" in name]
    for text in everything.values():
        assert course_secret() not in text
        assert "@exercise(" not in text
        assert "BEGIN SOLUTION" not in text
    answers = [answer for unit in units()[:2] for answer in right_answers(unit).values()]
    assert len(answers) > 10
    assert not [name for name, text in everything.items() for answer in answers if answer in text]
    assert write_worker_package(tmp_path / "again").read_bytes() == path.read_bytes()


def test_worker_has_only_the_package(cluster, said):
    def look():
        import importlib.util

        import autograder

        names = ("exercises", "engine.judging", "engine.ledger", "packing", "lesson", "course")
        found = [name for name in names if importlib.util.find_spec(f"autograder.{name}")]
        return autograder.__file__, found

    with connected(cluster, said) as one:
        for file, found in one.client.run(look).values():
            assert file == str(cluster.package / "autograder" / "__init__.py")
            assert not found
        assert one.lacks() == [f"worker {host}: {line}" for host in one.hosts for line in sandbox.missing()]


def test_killed_midway_the_class_ends_up_as_graded_here(cluster, said, graded_here, tmp_path, monkeypatch):
    there = make_class(tmp_path / "course")
    one = connected(cluster, said)
    left, killed = [], []

    def kill_one(student, host):
        if student != "student02" or killed:
            return
        killed.append(host.address)

        def now():
            time.sleep(0.2)
            left.extend(cluster.lose(name_of(one, host)))
            cluster.add("cleo")  # another one joins while they run

        threading.Thread(target=now).start()

    with one:
        log = watch(one, monkeypatch, kill_one)
        summary = grade(there, one.places)
    assert not summary.failed
    assert not summary.stopped
    assert sorted(graded.student for graded in summary.graded) == sorted(log) == [f"student{n:02}" for n in range(10)]
    same(there, graded_here)
    assert log["student02"][0] in killed
    times = {student: len(hosts) for student, hosts in log.items()}
    assert times == dict.fromkeys(log, 1) | {"student02": 2, "student03": 2}  # 03 ends its process: run_to_last_answer
    assert times[HANGS] == 1
    assert any("is lost" in line for line in said)
    wait_for(lambda: not [process for process in left if process.is_running()])  # nothing of it outlives a worker
    assert grade(there, [stub := stubbed.Stub()]).graded == []
    assert stub.ran == 0


def test_notebook_that_loses_three_workers_gets_its_reason(cluster, said, tmp_path, monkeypatch):
    """Three workers are killed under one notebook, neighbours and all; nannies start others in their places."""
    course = make_class(tmp_path / "course", 5, 0.3, {"student01": "import time\n\ntime.sleep(2)"})
    one = connected(cluster, said)

    def kill(student, host):
        def now():
            time.sleep(0.3)
            pid = one.client.run(os.getpid, workers=[host.address])[host.address]
            os.kill(pid, signal.SIGKILL)

        if student == "student01":
            threading.Thread(target=now).start()

    with one:
        log = watch(one, monkeypatch, kill)
        summary = grade(course, one.places)
    assert list(summary.failed) == ["student01"]
    assert "3 workers were lost while this notebook ran" in summary.failed["student01"]
    assert len(log["student01"]) == 3
    assert len(summary.graded) == 4
    assert not summary.stopped


def below_workers(cluster):
    """How many processes there are below each Dask worker: its warm process and all that was forked from it."""
    daskers = [one for process in cluster.workers.values() for one in psutil.Process(process.pid).children()]
    daskers = [one for one in daskers if "spawn_main" in " ".join(one.cmdline())]
    return [len(one.children(recursive=True)) for one in daskers]


def test_ctrl_c_calls_back_what_runs(cluster, said, tmp_path):
    course = make_class(tmp_path / "course", 6, 25, odd={})  # who is odd would be done before the key is pressed
    wait_for(lambda: not any(below_workers(cluster)), 5)  # nothing is left behind by the gradings before
    pressed = []

    def press():
        wait_for(lambda: min(below_workers(cluster)) >= 4)  # warm process, server, monitor, learner: a cell runs
        pressed.append(time.monotonic())
        os.kill(os.getpid(), signal.SIGINT)

    one = connected(cluster, said)
    threading.Thread(target=press).start()
    summary = grade(course, one.places)
    one.close()
    assert time.monotonic() - pressed[0] < 10  # its cells would run for 25
    wait_for(lambda: not any(below_workers(cluster)), 5)
    assert summary.stopped
    assert (summary.why, summary.failed, summary.graded) == ("", {}, [])


def test_coordinator_dies_and_what_ran_for_it_is_called_back(cluster):
    code = f"""
from autograder.engine.cluster import worker
from autograder.engine.cluster.fleet import connect
from autograder.engine.run.sandbox import Limits
worker.code_digests = lambda: {worker.code_digests()!r}
fleet = connect({cluster.address!r}, {MODULES!r})
fleet.places[0].run(["import time", "time.sleep(100)"], {{}}, Limits())
"""
    process = subprocess.Popen([sys.executable, "-c", code])
    wait_for(lambda: max(below_workers(cluster)) >= 4)
    process.kill()
    process.wait()
    wait_for(lambda: not any(below_workers(cluster)), 10)


@pytest.mark.parametrize(
    ("fact", "theirs", "words"),
    [
        ("python", "3.10", "it has Python 3.11, and here it is 3.10"),
        ("engine", -1, "and here it is -1"),
        ("code", {"course_utils/judge.py": "0", "x.py": "1"}, "its course_utils/judge.py and 1 more is not as here"),
        ("versions", {"numpy": "1.0", "surely_missing": "1"}, "and here it is 1.0"),
        ("versions", {"surely_missing": "1"}, "it has no surely_missing"),
    ],
)
def test_worker_that_differs_is_refused(cluster, said, monkeypatch, fact, theirs, words):
    facts = worker.about(MODULES)
    words = words.replace("3.11", facts["python"])
    monkeypatch.setattr(worker, "about", lambda modules: {**facts, fact: theirs})
    with pytest.raises(Refused, match="no worker that can be used") as refused:
        connect(cluster.address, MODULES, say=said.append)
    assert words in str(refused.value)
    assert all(words in line for line in said)


MANIFEST = """
[tiny]
title = "A tiny set"
about = "one number"
terms = "none"
citation = "none"
[[tiny.files]]
name = "tiny.txt"
megabytes = 1
sources = [{ url = "http://127.0.0.1:9/tiny.txt" }]
[tiny.files.sha256]
"""


def test_worker_that_lacks_the_data_is_refused(cluster, said, tmp_path, monkeypatch):
    names = list(cluster.workers)
    folders = {name: cluster.folder / name / "data" for name in names} | {"here": tmp_path}
    manifest = MANIFEST + f'{hashlib.sha256(b"42").hexdigest()} = "the number"\n'
    for name, folder in folders.items():
        (folder / "cache").mkdir(exist_ok=True)
        (folder / "manifest.toml").write_text(manifest)
        if name != names[0]:
            (folder / "cache" / "tiny.txt").write_text("42")
    monkeypatch.setenv("COURSE_DATA", str(tmp_path))
    sets = data_sets_of(["from course_utils import data\ndata.locate('tiny')"], [])
    assert sets == ("tiny",)
    with connect(cluster.address, MODULES, sets=sets, say=said.append) as one:
        wait_for(lambda: len(said) == 1)
        assert [name_of(one, host) for host in one._usable()] == names[1:]
    assert "gets no work: it lacks the data set tiny: A tiny set (tiny) is not available here" in said[0]
    (tmp_path / "cache" / "tiny.txt").unlink()
    with pytest.raises(Refused, match="this unit reads the data set tiny"):
        connect(cluster.address, MODULES, sets=sets, say=said.append)


def test_which_data_sets_a_unit_reads():
    assert "imdb_ids" in data_sets_of(["reviews = data.load_imdb(10_000)"], [])
    assert data_sets_of(["import numpy as np\nnp.zeros(3)"], []) == ()
    probe = {"args": [{"type": "dataset", "ref": {"name": "imdb_ids", "split": "test"}}]}
    assert data_sets_of([], [{"probes": [probe]}]) == ("imdb_ids",)


def test_worker_whose_engine_fails_gets_no_more_work(cluster, said, tmp_path, monkeypatch):
    course = make_class(tmp_path / "course", 8, 0.1, {})
    package = shutil.copytree(cluster.package, tmp_path / "package")
    with monkeypatch.context() as patch:
        own = {**cluster._environment("faulty"), "PYTHONPATH": str(package)}
        patch.setattr(cluster, "_environment", lambda name: own)
        cluster.add("faulty")
    with connected(cluster, said) as one:
        (package / "autograder" / "engine" / "run" / "warm.py").unlink()  # no warm process can be started there
        summary = grade(course, one.places)
    cluster.lose("faulty")
    assert len(summary.graded) == 8, summary.failed
    assert any("its engine failed 3 times in a row" in line for line in said)


def test_after_a_fault_a_place_waits_for_another_worker_however_busy():
    broken, healthy = (fleet.Host(address, threads=1, ready=True) for address in ("broken", "healthy"))
    some = object.__new__(fleet.Fleet)
    some.hosts = {host.address: host for host in (broken, healthy)}
    place = fleet.Place(some)
    place.avoid, healthy.busy = broken, 1
    assert some._choose(place) is None
    healthy.busy = 0
    assert some._choose(place) is healthy
    healthy.refused = "its engine failed"
    assert some._choose(place) is broken


def test_no_scheduler_is_said_so(monkeypatch):
    monkeypatch.setattr(fleet, "CONNECT_SECONDS", 0.5)
    with pytest.raises(Refused, match=r"no Dask scheduler answers at tcp://127.0.0.1:9 .*dask scheduler"):
        connect("tcp://127.0.0.1:9", MODULES)


def test_scheduler_dies_and_the_same_command_goes_on(cluster, said, graded_here, tmp_path, monkeypatch):
    there = make_class(tmp_path / "course")
    monkeypatch.setattr(fleet, "GONE_SECONDS", 2.0)
    one = connected(cluster, said)
    done = []

    def tell(student):
        done.append(student)
        if len(done) == 2:
            cluster.lose_scheduler()

    with one:
        summary = grade(there, one.places, tell=tell)
    assert "went away" in summary.why
    assert "the same command goes on" in summary.why
    assert summary.stopped
    assert not summary.failed
    before = {graded.student for graded in summary.graded}
    assert 2 <= len(before) < 10
    cluster.stop()
    cluster.start("dora", "emil")
    with connected(cluster, said) as one:
        log = watch(one, monkeypatch)
        summary = grade(there, one.places)
    assert set(summary.already) == before
    assert set(log) == {f"student{n:02}" for n in range(10)} - before
    same(there, graded_here)


def test_namespaces(said, graded_here, tmp_path, monkeypatch):
    """Workers on hosts of their own, as far as one machine can: no shared network, no shared disk, one killed midway."""
    if os.geteuid() != 0 or not shutil.which("ip"):
        pytest.skip("only root can make network namespaces, with iproute2's `ip`")
    folder = new_folder("fleet")
    try:
        cluster = Namespaces(folder)
    except OSError as error:
        shutil.rmtree(folder, ignore_errors=True)
        pytest.skip(f"this system makes no network namespaces, bridges or roots: {error}")
    there = make_class(tmp_path / "course")
    with cluster:
        cluster.start("anna", "ben", "cleo")
        one = connected(cluster, said)

        def look(theirs=("/package/autograder", "/host/data/manifest.toml"), ours=(str(there[0]), ROOT + "/lessons")):
            return any(map(os.path.exists, ours)), all(map(os.path.exists, theirs))

        lost = []

        def lose(student, host):
            if student == "student02" and not lost:
                lost.append(host.address)
                threading.Thread(target=lambda: (time.sleep(0.2), cluster.lose(name_of(one, host)))).start()

        with one:
            assert set(one.client.run(look).values()) == {(False, True)}
            assert len({address.split(":")[1] for address in one.hosts}) == 3
            log = watch(one, monkeypatch, lose)
            summary = grade(there, one.places)
    shutil.rmtree(folder, ignore_errors=True)
    assert not summary.failed
    assert len(log["student02"]) == 2
    same(there, graded_here)
