"""`autograder doctor`: what this machine can do for the course, and what to do about what it lacks."""

from __future__ import annotations

import contextlib
import importlib.metadata
import json
import os
import shlex
import shutil
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from autograder.common.browser import find_chromium
from autograder.common.finding import OF_A_CLASS, Finding
from autograder.common.finding import readable_by_others as _readable_by_others
from autograder.course import HIDDEN_PACKS, ROOT, SECRET

PROC_SYS = Path("/proc/sys")


def diagnose() -> Iterator[Finding]:
    """Look at everything, the quick things first."""
    version = ".".join(map(str, sys.version_info[:3]))
    yield Finding("Python", (3, 11) <= sys.version_info[:2] <= (3, 13), version, "use Python 3.11, 3.12 or 3.13")
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    yield Finding("cores", True, f"{cores}: `autograder grade` runs as many notebooks at a time")
    yield from _packages()
    yield from safety()
    browser = find_chromium()
    remedy = "apt-get install chromium; only `make test-browser` needs it"
    yield Finding("browser", browser is not None, browser or "none found", remedy)
    yield from _data()
    secret = bool(os.environ.get("COURSE_SECRET")) or SECRET.exists()
    found = "yes" if secret else "not yet: it is made at the first grading"
    yield Finding("the course's secret", True, found)
    built = sorted(path.name for path in HIDDEN_PACKS.iterdir() if path.is_dir()) if HIDDEN_PACKS.is_dir() else []
    yield Finding("hidden probes", True, ", ".join(built) or "not yet: they are made at the first grading")
    free = shutil.disk_usage(ROOT).free / 2**30
    yield Finding(
        "free disk", free > 2, f"{free:.0f} GB", "a class's notebooks and answers need about 1 MB per submission"
    )


def _packages() -> Iterator[Finding]:
    for name in ("nbgrader", "jupyterlab", "numpy"):
        yield _package(name, "run `python course.py setup`, or pip install -r requirements.lock")
    tensorflow = next((f for f in map(_version, ("tensorflow-cpu", "tensorflow")) if f), "")
    yield Finding(
        "tensorflow", bool(tensorflow), tensorflow or "missing", "units from 05 on need it: pip install tensorflow-cpu"
    )


def _package(name: str, remedy: str) -> Finding:
    version = _version(name)
    return Finding(name, bool(version), version or "missing", remedy)


def _version(name: str) -> str:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return ""


def safety() -> Iterator[Finding]:
    """What SECURITY.md asks of a machine that grades: who runs it, its sandbox, its private files, its formgrader."""
    yield _runs_as()
    yield from _sandbox()
    yield _private_files()
    yield _formgrader()


def _runs_as() -> Finding:
    if not hasattr(os, "geteuid"):
        return Finding("runs as", True, "a user of a system without numbers for them")
    if os.geteuid() == 0:
        found = "root: enough, and more than it needs; notebooks run as users 65000 and above, without rights"
        return Finding("runs as", True, f"{found}. An account of its own for grading is safer (SECURITY.md)")
    return Finding("runs as", True, f"user {os.geteuid()}, not root: notebooks run in user namespaces, without rights")


def _sandbox() -> Iterator[Finding]:
    from autograder.engine.run import calls, sandbox

    lacks = sandbox.missing()
    yield Finding("limits", True, _limits())
    yield Finding("sandbox", not lacks, "; ".join(lacks) or "namespaces, own root, no network, limits", _remedy())
    filtered = calls.can_filter()
    found = "filtered" if filtered else "not filtered: this system has no seccomp filter that we know how to write"
    yield Finding("system calls", filtered, found, "grade on Linux, on an x86_64 or aarch64 processor")


def _limits() -> str:
    """What a notebook may use, in a line."""
    from autograder.engine.run.sandbox import Limits

    may = Limits()
    return (
        f"a cell has {may.cell_seconds:g} s of the processor and a notebook {may.notebook_seconds:g} s (or what "
        f"nbgrader_config.py says), {may.memory >> 30} GB of memory, {may.processes} processes and threads, "
        f"{may.disk >> 20} MB of disk; docs/limits.md has all limits, with their reasons"
    )


#: Switches of the kernel that keep ordinary users from making namespaces: file below /proc/sys, the value that does, remedy.
_SWITCHES = (
    ("kernel/unprivileged_userns_clone", "0", "sysctl -w kernel.unprivileged_userns_clone=1"),
    ("user/max_user_namespaces", "0", "sysctl -w user.max_user_namespaces=15000"),
    (
        "kernel/apparmor_restrict_unprivileged_userns",
        "1",
        "sysctl -w kernel.apparmor_restrict_unprivileged_userns=0, or an AppArmor profile that allows userns to this Python",
    ),
)


def _remedy() -> str:
    """What to do where there is no sandbox: what this kernel says, or else what is most likely."""
    if not sys.platform.startswith("linux"):
        return "grade on Linux; here only limits on time and memory hold a submission, and it can read your files"
    for name, value, remedy in _SWITCHES:
        path = PROC_SYS / name
        if path.is_file() and path.read_text().strip() == value:
            return (
                f"let user namespaces be made: {remedy} (as root); or grade as root, in a container or virtual machine"
            )
    return (
        "grade where user namespaces are allowed, or as root; in a container, one that may make namespaces (Docker: "
        "--security-opt seccomp=unconfined --security-opt apparmor=unconfined, and as root --cap-add SYS_ADMIN)"
    )


def _private_files() -> Finding:
    """Whether other users of this machine can read what no learner may: secret, probes, gradebook, submissions."""
    here = Path.cwd()
    places = [SECRET, HIDDEN_PACKS, *(here / name for name in OF_A_CLASS)]
    open_ones = [path for path in dict.fromkeys(places) if _readable_by_others(path)]
    shown = ", ".join(str(path.relative_to(here) if path.is_relative_to(here) else path) for path in open_ones)
    found = f"other users of this machine can read {shown}" if shown else "only you and your group can read them"
    remedy = f"chmod -R o-rwx {' '.join(shlex.quote(str(path)) for path in open_ones)}"
    return Finding("private files", not open_ones, found, remedy)


def _formgrader() -> Finding:
    """Whether a Jupyter server started here would show submissions guarded."""
    from jupyter_core.paths import jupyter_config_path

    from autograder.formgrader import NAME

    enabled: dict[str, bool] = {}
    for folder in reversed(jupyter_config_path()):
        for path in sorted(Path(folder, "jupyter_server_config.d").glob("*.json")):
            with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
                enabled |= json.loads(path.read_text(encoding="utf-8"))["ServerApp"]["jpserver_extensions"]
    found = "runs nothing of a learner's" if enabled.get(NAME) else "not guarded: a learner's script would run in it"
    remedy = f"pip install -e . (as `make` does), or: jupyter server extension enable --sys-prefix {NAME}"
    return Finding("formgrader", bool(enabled.get(NAME)), found, remedy)


def _data() -> Iterator[Finding]:
    from course_utils.data import DataUnavailable, prepare

    try:
        prepare()
        yield Finding("data sets", True, "ready")
    except DataUnavailable as error:
        yield Finding("data sets", False, str(error).splitlines()[0], "set COURSE_MIRROR, or connect to the network")


def print_diagnosis(findings: Iterable[Finding] | None = None) -> int:
    """Print a line for each finding, by default of all of this machine; return 1 where something is not well."""
    well = True
    for finding in diagnose() if findings is None else findings:
        well &= finding.well
        print(f"{'ok  ' if finding.well else 'LACK'}  {finding.name}: {finding.found}", flush=True)
        if not finding.well:
            print(f"      what to do: {finding.remedy}")
    return 0 if well else 1
