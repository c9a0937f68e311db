"""What learners run works on every system: without what only Unix or Linux has, and on consoles that have few letters.

On Linux, what Windows lacks is taken away; the workflow `learners` runs the same on Windows and macOS themselves.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from course_utils.judge import NOT_ATTEMPTED

ROOT = Path(__file__).parents[2]

#: Takes away what is not everywhere. Other people's libraries, which have their own ways on each system, are imported before.
WITHOUT = """
import builtins, contextlib, io, os, signal, sys, subprocess, tempfile
import IPython, ipywidgets, matplotlib.pyplot, numpy, pandas, PIL.Image, pooch, requests, psutil, filelock, tqdm, xml.dom.minidom

for name in dir(signal):
    if name in ("setitimer", "getitimer", "alarm", "pause", "siginterrupt", "sigwait"):
        delattr(signal, name)
    elif name in ("SIGALRM", "SIGKILL", "SIGHUP", "SIGUSR1", "SIGCHLD"):
        delattr(signal, name)
    elif name.startswith(("ITIMER", "pthread")):
        delattr(signal, name)
for name in dir(os):
    unix = ("fork", "posix_spawn", "get", "set", "sched_", "O_PATH", "O_DIRECTORY", "O_NOFOLLOW", "O_CLOEXEC", "killpg", "mkfifo",
            "statvfs", "fstatvfs", "uname", "wait3", "wait4", "sysconf", "nice", "fchdir", "fchmod", "chown", "lchown", "pread", "pwrite")
    windows = ("getcwd", "getcwdb", "getenv", "getenvb", "getlogin", "getpid", "getppid", "get_exec_path", "get_terminal_size",
               "get_inheritable", "set_inheritable", "get_blocking", "set_blocking")
    if name.startswith(unix) and name not in windows:
        delattr(os, name)
for name in ("supports_fd", "supports_dir_fd", "supports_follow_symlinks", "supports_effective_ids"):
    setattr(os, name, set())
for name in ("fcntl", "grp", "pty", "pwd", "resource", "syslog", "termios", "tty"):
    sys.modules[name] = None


def without_proc(function):
    def ask(path, *more, **named):
        if isinstance(path, (str, os.PathLike)) and os.fspath(path).startswith("/proc"):
            raise FileNotFoundError(2, "No such file or directory", path)
        return function(path, *more, **named)

    return ask


builtins.open = io.open = without_proc(open)
os.open, os.stat, os.listdir, os.scandir = map(without_proc, (os.open, os.stat, os.listdir, os.scandir))
with contextlib.suppress(FileNotFoundError):
    open("/proc/self/status")
    raise SystemExit("there is /proc still")
assert not hasattr(signal, "setitimer") and not hasattr(os, "fork") and not hasattr(os, "geteuid")
"""

#: What learners do, in plain Python. Each line that it prints is looked for below.
WORK = r"""
import importlib, json, os, pkgutil, time
from pathlib import Path
import course_utils
from course_utils import check, data, practice, progress, question, start
from course_utils.observe import TimeUp, observe_call, time_limit
from course_utils import progress_file
from course_utils.recall.catalogue import read_questions

for module in pkgutil.walk_packages(course_utils.__path__, "course_utils."):
    if ".zoo" not in module.name:  # it needs TensorFlow: seconds, and tests of its own
        importlib.import_module(module.name)

progress_file._in_a_session = lambda: True  # as in a notebook's kernel
UNIT = "02_convolution_and_pooling"
start(UNIT)


def corr2d(x, k, stride=1, pad=0):
    import numpy as np

    padded = np.pad(np.asarray(x, dtype=float), pad)
    height, width = k.shape
    rows, columns = (padded.shape[0] - height) // stride + 1, (padded.shape[1] - width) // stride + 1
    result = np.zeros((rows, columns))
    for row in range(rows):
        for column in range(columns):
            result[row, column] = (padded[row * stride :, column * stride :][:height, :width] * k).sum()
    return result


def flipped(x, k, stride=1, pad=0):
    return corr2d(x, k[::-1, ::-1], stride, pad)


def wordy(x, k, stride=1, pad=0):
    print("\u03b1 \ud55c \u5b57 \u00e9")
    return "\u03b1 \ud55c \u5b57 \u00e9"


def empty(x, k, stride=1, pad=0):
    ...


def endless(*_):
    while True:
        pass


for answer in (corr2d, flipped, wordy, empty):
    check("corr2d", answer)
practice("corr2d")
question(sorted(read_questions(UNIT))[0])
try:
    with time_limit(0.3):
        endless()
except TimeUp:
    print("stopped: a loop")
noted = json.loads(Path(os.environ["COURSE_PROGRESS"]).read_text(encoding="utf-8"))
print("noted:", noted["units"][UNIT]["corr2d"]["now"], "first_right" in noted["units"][UNIT]["corr2d"])
"""


def work(prelude, tmp_path, **environment):
    """Run it in a fresh Python, in a folder of its own; returns what it printed."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("NBGRADER", "PYTHON"))}
    told = {**kept, "PYTHONPATH": str(ROOT), "COURSE_PROGRESS": str(tmp_path / "progress.json"), **environment}
    words = [sys.executable, "-c", prelude + WORK]
    done = subprocess.run(words, cwd=tmp_path, env=told, capture_output=True, timeout=240)
    assert done.returncode == 0, (done.stdout + done.stderr).decode(errors="replace")
    assert b"Traceback" not in done.stderr, done.stderr.decode(errors="replace")
    return done.stdout.decode(environment.get("PYTHONIOENCODING", "utf-8")).splitlines()


def require_all_of_it(lines):
    verdicts = [line for line in lines if line.startswith("corr2d   ")]
    assert [line.split()[1].rstrip(",:") for line in verdicts] == ["right", "wrong", "wrong", "not"]
    assert any("flipped" in line for line in lines)
    assert "stopped: a loop" in lines
    assert f"noted: {NOT_ATTEMPTED} True" in lines
    assert (
        sum("in a notebook that runs in JupyterLab" in line or "Nothing can be clicked" in line for line in lines) == 2
    )


@pytest.mark.skipif(sys.platform != "linux", reason="takes away what this system lacks by itself")
def test_without_what_only_unix_has(tmp_path):
    require_all_of_it(work(WITHOUT, tmp_path))


@pytest.mark.parametrize("encoding", ["cp950", "cp949", "cp1252"])
def test_on_a_console_that_has_few_letters(encoding, tmp_path):
    """And where files are opened in that encoding, unless it is said: no module of the helper leaves it to the system."""
    unsaid = 'import warnings; warnings.filterwarnings("error", category=EncodingWarning, module="course_utils")'
    lines = work(unsaid, tmp_path, PYTHONIOENCODING=encoding, PYTHONWARNDEFAULTENCODING="1")
    require_all_of_it(lines)
    assert any("\\u" in line or "\\x" in line for line in lines)  # what it lacks is written out


@pytest.mark.parametrize(
    "command", [["-m", "course_utils.data", "no such set: \u5b57\ud55c\u00e9"], ["course.py", "\u5b57\ud55c\u00e9"]]
)
@pytest.mark.parametrize("encoding", ["cp950", "cp949", "cp1252"])
def test_a_command_fails_for_no_letter(encoding, command):
    told = {**os.environ, "PYTHONIOENCODING": encoding}
    done = subprocess.run([sys.executable, *command], cwd=ROOT, env=told, capture_output=True)
    assert b"there is no " in done.stdout
    assert b"Traceback" not in done.stderr
