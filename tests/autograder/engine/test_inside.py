"""Notebooks that attack: each scores what it deserves, in words that tell no probe, and harms no other submission."""

import json
import textwrap
import time
from dataclasses import replace

import pytest

from autograder.authoring.cells import code_cells
from autograder.engine.attempts import Runs, run_to_last_answer
from autograder.engine.judge import judging
from autograder.engine.run.runner import WarmParent
from autograder.engine.run.sandbox import Limits, missing
from tests.autograder.engine.two_exercises import DECODED, DOUBLE, NONE, RAW, RIGHT, grade, notebook

pytestmark = [
    pytest.mark.skipif(bool(missing()), reason="this machine has no namespaces"),
    pytest.mark.usefixtures("unharmed"),
]

#: Short times, so that the tests are quick; the smallest memory in which NumPy's own threads start.
QUICK = Limits(
    cell_seconds=2, notebook_seconds=20, memory=2**30, processes=64, file_size=2**20, disk=8 * 2**20, output=4 * 2**20
)


def run(parent, *before: str, limits: Limits = QUICK, **answers: str):
    return grade(
        parent,
        notebook(*map(textwrap.dedent, before), **{k: textwrap.dedent(v) for k, v in answers.items()}),
        limits,
    )


def text_of(parent, source: str) -> str:
    """What a cell prints in the sandbox."""
    made = notebook(textwrap.dedent(source))
    grade(parent, made, QUICK)
    return "".join(output.get("text", "") or output.get("evalue", "") for output in made["cells"][1]["outputs"])


def test_an_honest_notebook_earns_its_points(parent):
    points, judgement = run(parent)
    assert points == RIGHT
    assert not judgement.remarks


#: The frames' file descriptors are where a hostile notebook finds them.
FORGE = """
import json, os, struct
def send(**message):
    body = json.dumps(message).encode()
    os.write(100, struct.pack(">I", len(body)) + body)
def receive():
    return json.loads(os.read(101, struct.unpack(">I", os.read(101, 4))[0]))
"""
FORGED = {
    "done": "send(done=True)",
    "engine's fault": "send(done=True, how={'kind': 'no sandbox', 'words': 'gone'})",
    "no sandbox": "send(begin=None); send(no_sandbox='gone')",
    "early end": "send(end=True)",
    "early seal": "send(sealed=['double'], facts={}); print(receive())",
    "answers before the seal": "send(answer='double', observations=[])",
    "a cell out of turn": "send(cell=5, outputs=[])",
    "a cell with a false number": "send(cell=True, outputs=[])",
    "begin again": "send(begin=1)",
    "an object to begin": "send(begin={'a': [1]})",
    "nothing": "send()",
    "no object": "os.write(100, struct.pack('>I', 2) + b'[]')",
    "no JSON": "os.write(100, struct.pack('>I', 2) + b'{]')",
    "deep JSON": "b = b'[' * 200000; os.write(100, struct.pack('>I', len(b))); os.write(100, b)",
    "wide JSON": "b = b'[' + b'[],' * 1400000; os.write(100, struct.pack('>I', len(b))); os.write(100, b)",
    "a great length": "os.write(100, struct.pack('>I', 2**32 - 1))",
    "infinity": "b = b'{\"begin\": 1e999}'; os.write(100, struct.pack('>I', len(b)) + b)",
    "NaN": "send(begin=float('nan'))",
    "a great integer": "b = b'{\"begin\": ' + b'9' * 5000 + b'}'; os.write(100, struct.pack('>I', len(b)) + b)",
}


@pytest.mark.parametrize("attack", FORGED.values(), ids=FORGED.keys())
def test_a_forged_frame_ends_the_notebook_with_a_reason(parent, attack):
    points, judgement = run(parent, FORGE + attack)
    assert points == NONE
    assert judgement.remarks[0].startswith(("forged:", "malformed:", "output:"))


def test_the_whole_protocol_forged_tells_no_probe(parent):
    """A learner may speak for our code from the first cell on, and so see the probes; but nobody can be shown them."""
    tell = """
    send(cell=1, outputs=[])
    for i in (2, 3, 4, 5):
        send(begin=i); send(cell=i, outputs=[])
    send(sealed=['double', 'total'], facts={})
    stolen = json.dumps(receive())[:2000]
    send(begin='double')
    """
    endings = (
        "send(answer='double', refused=stolen)",
        "send(answer='double', not_callable=stolen)",
        "send(answer='double', facts={'read': True, 'loops': [stolen], 'uses': []}, observations=[])",
        "send(answer='double', observations=[{'outcome': stolen}] * 2)",
        "send(answer='double', observations=[{'outcome': 'returned', 'value': {'type': stolen}}] * 2)",
        "send(answer='double', observations=[{'outcome': 'raised', 'error': {'types': [stolen], 'message': ''}}] * 2)",
        "send(answer='double', observations=stolen)",
        "send(begin=stolen)",
        "send(cell=6, outputs=[{'output_type': 'stream', 'name': 'stdout', 'text': stolen}])",
    )
    for ending in endings:
        made = notebook(FORGE + textwrap.dedent(tell) + ending + "\nos._exit(0)")
        points, judgement = grade(parent, made, QUICK)
        assert points == NONE
        shown = json.dumps([made, judgement.remarks, [score.words for score in judgement.scores.values()]])
        assert "7341" not in shown


def test_an_answer_given_twice_costs_that_exercise_only(parent):
    points, judgement = run(parent, "from autograder import grade\ngrade('double', lambda x: 2 * x)")
    assert points == {"double": 0.0, "total": 3.0}
    assert "more than once" in judgement.scores["double"].words


def test_a_rule_is_decided_by_what_an_answer_does(parent):
    loop = "def total(x):\n    s = 0.0\n    for v in x:\n        s += float(v)\n    return s"
    points, judgement = run(parent, total=loop)
    assert points == {"double": 2.0, "total": 0.0}
    assert "no Python loop" in judgement.scores["total"].words
    by_exec = "exec('def total(x):\\n    return float(sum(v for v in x))')"
    assert run(parent, total=by_exec)[0]["total"] == 0
    assert run(parent, total="total = type('T', (), {'__call__': lambda self, x: float(x.sum())})()")[0]["total"] == 3


TAMPERS = (
    "import sys\ndef total(x):\n    sys.setprofile(None)\n    return float(sum(x))",
    "import course_utils.watch as w\nw.Watch = None\ndef total(x):\n    return float(sum(x))",
)


@pytest.mark.parametrize("total", TAMPERS)
def test_who_tampers_with_the_watch_is_told_of(parent, total):
    """The watch runs among the learner's code: it can be put out, and the instructor reads that it may have been."""
    _, judgement = run(parent, total=total)
    assert any("sys.setprofile" in remark or "course_utils.watch" in remark for remark in judgement.remarks)


ENDINGS = {
    "exit status": "import os; os._exit(3)",
    "exit status 0": "import os; os._exit(0)",
    "abort": "import os; os.abort()",
    "segmentation fault": "import ctypes; ctypes.string_at(0)",
    "pipe closed": "import os; os.close(100)",
    "all files closed": "import os; os.closerange(0, 200)",
    "exec": "import os, sys; os.execv(sys.executable, [sys.executable, '-c', 'pass'])",
    "endless loop": "while True:\n    pass",
    "endless loop that catches": "while True:\n    try:\n        while True: pass\n    except BaseException: pass",
    "ignores signals": "import signal, time; signal.signal(2, signal.SIG_IGN)\nwhile True: time.sleep(1)",
    "half a frame": "import os, time; os.write(100, b'\\0\\0'); time.sleep(60)",
    "json poisoned": "import json; json.dumps = lambda *a, **k: 'x'",
    "json raises": "import json\ndef dumps(*a, **k): raise SystemExit\njson.dumps = dumps",
    "os.write poisoned": "import os; os.write = lambda fd, data: len(data)",
}


@pytest.mark.parametrize("attack", ENDINGS.values(), ids=ENDINGS.keys())
def test_every_end_gets_its_reason_or_is_survived(parent, attack):
    began = time.monotonic()
    points, judgement = run(parent, attack)
    assert points in (NONE, RIGHT)
    assert judgement.remarks or points == RIGHT
    assert time.monotonic() - began < 25


SURVIVED = {
    "sys.exit": "import sys; sys.exit(3)",
    "quit": "quit()",
    "an error": "raise RuntimeError('no')",
    "an odd error": "class Odd(BaseException):\n    def __str__(self): raise ValueError\nraise Odd",
    "interrupts itself": "import os, signal; os.kill(os.getpid(), signal.SIGINT)",
    "SIGSTOP": "import os, signal; os.kill(os.getpid(), signal.SIGSTOP)",
    "SIGKILL": "import os, signal; os.kill(os.getpid(), signal.SIGKILL)",
    "kills all": "import os\nos.kill(-1, 9)",
    "autograder imported": "import autograder.exercises",
    "thread": "import threading, time; threading.Thread(target=lambda: time.sleep(99), daemon=True).start()",
    "daemon": "import os, time\nif os.fork() == 0:\n    os.setsid()\n    time.sleep(300)",
    "transformer": "get_ipython().input_transformers_post.append(lambda lines: lines)",
    "hook raises": "get_ipython().events.register('post_run_cell', lambda r: 1/0)",
    "displayhook": "import sys; sys.displayhook = None",
    "main removed": "import sys; del sys.modules['__main__']",
    "stdout closed": "import sys; sys.stdout.close(); sys.stdout = None",
    "left behind": "import builtins, os; builtins.left_here = 1; open('/tmp/x', 'w').close(); open('/dev/shm/x', 'w').close()",
    "moved": "import os; os.mkdir('/tmp/gone'); os.chdir('/tmp/gone'); os.rmdir('/tmp/gone')",
    "file too large": "open('/tmp/big', 'wb').write(bytes(2**21))",
    "memory": "x = bytearray(2**33)",
    "disk": "import os\nfor i in range(99):\n    open(f'/tmp/{i}', 'wb').write(bytes(2**20))",
    "output at the descriptor": "import os\nfor _ in range(999): os.write(1, b'x' * 9999)",
    "exit in a task": "import asyncio, sys\nasync def leave(): sys.exit()\ntask = asyncio.create_task(leave())",
    "interrupt in a task": "import asyncio\nasync def stop(): raise KeyboardInterrupt\ntask = asyncio.create_task(stop())\nawait asyncio.sleep(0.1)",
    "loop stopped": "import asyncio\nasyncio.get_running_loop().call_soon(asyncio.get_running_loop().stop)",
    "loop closed": "import asyncio\nasyncio.get_running_loop().close()",
    "loop closed in a thread": "import asyncio, threading\nloop = asyncio.get_running_loop()\nt = threading.Timer(0.2, lambda: (setattr(loop, '_thread_id', None), loop.close()))\nt.start()\nt.join()",
    "tasks without end": "import asyncio\nasync def on():\n    while True: await asyncio.sleep(0)\ntasks = [asyncio.create_task(on()) for _ in range(9)]",
    "forks and goes on": "import os\nos.fork()",
    "prints in a thread": "import threading\ndef on():\n    while True: print('x' * 999)\nthreading.Thread(target=on, daemon=True).start()",
    "children that print": "import subprocess, sys\nsubprocess.Popen(['yes'])\nsubprocess.Popen(['yes'], stdout=2)",
    "NaN": "from IPython.display import JSON, publish_display_data\nnan = float('nan')\npublish_display_data({'application/json': {nan: nan}, 'text/plain': nan}, {'a': [nan, b'x', {1, 2}, 10 ** 5000]})\nJSON([nan, -nan, 1e999])",
    "odd keys": "class Odd:\n    def __str__(self): raise ValueError\nfrom IPython.display import JSON\nJSON({Odd(): Odd()})",
    "moments": "import numpy, random\nnumpy.random.get_state = random.getstate = None",
    "lone surrogates": "print('\\ud800')",
    "deep output": "class D:\n    def _repr_mimebundle_(self, **k):\n        d = {}\n        for _ in range(500): d = {'a': d}\n        return {'application/json': d, 'text/plain': 'd'}\nD()",
}


@pytest.mark.parametrize("attack", SURVIVED.values(), ids=SURVIVED.keys())
def test_what_ends_or_spoils_a_cell_costs_the_other_exercises_nothing(parent, attack):
    points, judgement = run(parent, attack, limits=replace(QUICK, cell_seconds=20))
    assert points == RIGHT, judgement
    json.dumps(judgement.remarks)


SHOWS = """
out = __import__("sys").stdout
def total(x):
    from IPython.display import HTML, display
    print(x, file=out)
    display(HTML("x"), {"a": [1, 2]})
    return float(x @ np.ones(len(x)))
"""


def test_what_the_engine_does_for_an_answer_breaks_no_rule(parent):
    assert run(parent, total=SHOWS)[0] == RIGHT


@pytest.mark.parametrize("wait", ["await asyncio.sleep(60)", "await asyncio.to_thread(time.sleep, 60)"])
def test_a_cell_that_awaits_is_interrupted_and_the_rest_kept(parent, wait):
    points, judgement = run(parent, "import asyncio, time\n" + wait, limits=Limits(cell_seconds=1))
    assert points == RIGHT
    assert judgement.remarks == ["cell 2 did not finish in time and was stopped"]


def test_a_cell_that_awaits_again_and_again_costs_nobody_anything(parent):
    """An interrupt may reach the event loop just before it goes on with the cell, which then waits for ever: it is left out."""
    made = notebook("import asyncio\nwhile True:\n    await asyncio.sleep(0)")
    sources = [cell["source"] for cell in code_cells(made)]
    result = run_to_last_answer(Runs(Limits(cell_seconds=1), {}, parent.run), sources, judging.hidden_of(RAW))
    judgement = judging.fill_in(made, result, DECODED)
    assert {id: score.points for id, score in judgement.scores.items()} == RIGHT
    [remark] = judgement.remarks
    assert remark.startswith("cell 2")


def test_a_flood_of_output_is_cut(parent):
    points, _ = run(parent, "print('x' * 10**9)", limits=Limits(memory=4 * 2**30))
    assert points == RIGHT
    many = ["print('x' * 3_000_000)", "print('é' * 3_000_000)", "print('\\0' * 3_000_000)"]
    points, judgement = run(parent, *many, "from IPython.display import JSON\nJSON(['\\0' * 300_000] * 9)")
    assert points == RIGHT
    assert not judgement.remarks
    commas = ["print(',' * 4_000_000)", "from IPython.display import JSON\nJSON(list(range(10**6)))"] * 3
    points, _ = run(parent, *commas, limits=Limits())
    assert points == RIGHT


def test_more_than_the_room_for_output_ends_the_notebook(parent):
    points, judgement = run(parent, FORGE + "send(cell=1, outputs=['x' * 5_000_000])")
    assert points == NONE
    assert "MB left the notebook" in judgement.remarks[-1]


def test_a_fork_bomb_stays_small_and_dies_with_the_notebook(parent):
    """It may hear of its interrupt or not; in all runs together it costs the answers behind it nothing."""
    made = notebook("import os\nwhile True:\n    try: os.fork()\n    except OSError: pass")
    sources = [cell["source"] for cell in code_cells(made)]
    result = run_to_last_answer(Runs(QUICK, {}, parent.run), sources, judging.hidden_of(RAW))
    judgement = judging.fill_in(made, result, DECODED)
    assert {id: score.points for id, score in judgement.scores.items()} == RIGHT
    assert judgement.remarks


def test_memory_of_many_processes_is_added_up(parent):
    eat = """
    import os, time
    there, full = os.pipe()
    for _ in range(4):
        if os.fork() == 0:
            x = b'x' * (400 * 2**20)
            os.write(full, b'1')
            time.sleep(60)
    for _ in range(4):
        os.read(there, 1)
    time.sleep(4)
    """
    points, judgement = run(parent, eat, limits=Limits(memory=2**30, cell_seconds=20))
    assert points == NONE
    assert judgement.remarks[0].startswith("memory:")


def test_an_answer_that_does_not_end_costs_itself(parent):
    points, _judgement = run(parent, double="def double(x):\n    while x: pass", limits=Limits(cell_seconds=30))
    assert points == {"double": 0.0, "total": 3.0}


@pytest.mark.parametrize(
    "answer",
    [
        "x = []\n    x.append(x)\n    return x",
        "return float('nan')",
        "return 10**5000",
        "return np.empty((10**5, 10**5))",
        "return {(): {}}",
        "raise SystemExit",
        "raise KeyboardInterrupt",
        "return type('T', (int,), {'__eq__': lambda *a: True, '__hash__': lambda s: 1 / 0})()",
        "return np.array([object()])",
        "return '\\ud800'",
        "return globals()",
    ],
)
def test_an_odd_answer_costs_itself(parent, answer):
    points, _ = run(parent, double=f"def double(x):\n    {answer}")
    assert points == {"double": 0.0, "total": 3.0}


def test_untouched_stubs_and_no_function_are_told_apart(parent):
    _, judgement = run(parent, double="def double(x):\n    ...  # your code here", total="total = 3")
    assert "not attempted" in judgement.scores["double"].words
    assert "is not a function" in judgement.scores["total"].words


def test_nothing_of_the_course_is_in_reach(parent, tmp_path):
    """Files, memory, environment and processes of ours: looked for from inside."""
    look = """
    import gc, os, pathlib, sys
    course = [str(p) for root in sys.path if os.path.isdir(root) for n in ("autograder", "solutions", "gradebook.db")
              if (p := pathlib.Path(root, n)).exists()]
    import asyncio
    loop = asyncio.get_running_loop()
    own = {str(n) for n in (loop._ssock.fileno(), loop._csock.fileno(), loop._selector.fileno())}
    fds = sorted(os.readlink(f"/proc/self/fd/{n}").partition(":")[0] for n in set(os.listdir("/proc/self/fd")) - own if os.path.lexists(f"/proc/self/fd/{n}"))
    pids = [n for n in os.listdir("/proc") if n.isdigit()]
    status = dict(line.split(":", 1) for line in open("/proc/self/status"))
    caps = {status[n].strip() for n in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")}
    writable = [line.split()[1] for line in open("/proc/self/mounts") if "rw" in line.split()[3].split(",")]
    loose = [line.split()[1] for line in open("/proc/self/mounts") if "nosuid" not in line.split()[3].split(",") and not line.split()[1].startswith("/dev/")]
    modules = [m for m in sys.modules if m.startswith("autograder.")]
    packs = [o for o in gc.get_objects() if isinstance(o, dict) and "expected" in o and "mistakes" in o]
    print([course, [f for f in fds if not f.startswith(("/dev/null", "/null", "pipe", "/proc"))], pids, caps, status["NoNewPrivs"].strip(), writable, loose, modules, packs])
    """
    course, fds, pids, caps, quiet, writable, loose, modules, packs = eval(text_of(parent, look))
    assert course == fds == modules == packs == loose == []
    assert pids == ["1"]
    assert caps == {"0" * 16}
    assert quiet == "1"
    assert set(writable) <= {"/tmp", "/dev/shm", "/dev/pts", "/proc"} | {
        f"/dev/{n}" for n in ("null", "zero", "full", "random", "urandom")
    }


def test_the_instructors_environment_and_home_are_not_in_reach(monkeypatch, tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("the gradebook")
    monkeypatch.setenv("COURSE_SECRET", "s3cret")
    monkeypatch.setenv("AWS_KEY", "k3y")
    with WarmParent() as own:
        assert text_of(own, f"open({str(secret)!r}).read()").startswith("[Errno 2]")
        seen = text_of(
            own,
            "import os; print(os.environ, [open(f'/proc/{p}/environ').read() for p in ('self', '1') if os.access(f'/proc/{p}/environ', 4)])",
        )
    assert "s3cret" not in seen
    assert "k3y" not in seen


@pytest.mark.parametrize(
    "attempt",
    [
        "import socket; socket.create_connection(('127.0.0.1', 1), 1)",
        "import ctypes, os; c = ctypes.CDLL(None, use_errno=True); assert c.unshare(0x10000000) == 0",
        "import ctypes; assert ctypes.CDLL(None).mount(b'/tmp', b'/mnt', None, 4096, None) == 0",
        "import ctypes; assert ctypes.CDLL(None).ptrace(16, 2, 0, 0) == 0",
        "import os; os.setuid(0); assert os.getuid() == 0 and open('/etc/passwd', 'a')",
        "import os; os.mknod('/tmp/d', 0o60666, os.makedev(8, 0))",
        "open('/usr/x', 'w')",
        "import sys; open(sys.prefix + '/x', 'w')",
        "import course_utils; open(course_utils.__file__, 'a')",
        "open('/proc/sysrq-trigger', 'w').write('h')",
        "open('/proc/sys/kernel/hostname', 'w').write('h')",
    ],
)
def test_what_is_not_allowed_fails(parent, attempt):
    made = notebook(attempt)
    grade(parent, made, QUICK)
    assert made["cells"][1]["outputs"][0]["output_type"] == "error", made["cells"][1]["outputs"]


def test_files_handed_in_lie_beside_the_notebook(parent):
    files = {"helper.py": b"VALUE = 41", "data/x.txt": b"hello", "../../escaped": b"no", "/etc/x": b"no"}
    made = notebook("import helper; print(helper.VALUE, open('data/x.txt').read())")
    points, _ = grade(parent, made, QUICK, files=files)
    assert points == RIGHT
    assert made["cells"][1]["outputs"][0]["text"] == "41 hello\n"


def test_an_honest_cell_that_is_interrupted_late_keeps_the_rest(parent):
    points, judgement = run(parent, "import time\ntime.sleep(60)", limits=Limits(cell_seconds=1))
    assert points == RIGHT
    assert judgement.remarks == ["cell 2 did not finish in time and was stopped"]
    assert DOUBLE
