"""`autograder doctor`: what this machine can do for the course, and what to do about what it lacks."""

from __future__ import annotations

import importlib.metadata
import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from autograder.course import HIDDEN_PACKS, ROOT, SECRET

CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@dataclass(frozen=True)
class Finding:
    """One thing looked at: whether it is well, what was found, and the remedy where it is not."""

    name: str
    well: bool
    found: str
    remedy: str = ""


def examine() -> Iterator[Finding]:
    """Look at everything, the quick things first."""
    version = ".".join(map(str, sys.version_info[:3]))
    yield Finding("Python", (3, 11) <= sys.version_info[:2] <= (3, 13), version, "use Python 3.11, 3.12 or 3.13")
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    yield Finding("cores", True, f"{cores}: `autograder grade` runs as many notebooks at a time")
    yield from _packages()
    yield from _sandbox()
    browser = next(filter(None, map(shutil.which, CHROMIUM)), None)
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
        "free disk", free > 2, f"{free:.0f} GB", "a class's notebooks and answers need about 1 MB a submission"
    )


def _packages() -> Iterator[Finding]:
    for name in ("nbgrader", "jupyterlab", "numpy"):
        yield _package(name, "run `make lab`, or pip install -r requirements.lock")
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


def _sandbox() -> Iterator[Finding]:
    from autograder.engine import calls, sandbox

    lacks = sandbox.missing()
    remedy = "grade on Linux, where user namespaces are allowed (sysctl kernel.unprivileged_userns_clone=1), or as root"
    yield Finding("sandbox", not lacks, "; ".join(lacks) or "namespaces, own root, no network, limits", remedy)
    filtered = calls.can_filter()
    found = "filtered" if filtered else "not filtered: this system has no seccomp filter that we know how to write"
    yield Finding("system calls", filtered, found, "grade on Linux, on an x86_64 or aarch64 processor")


def _data() -> Iterator[Finding]:
    from course_utils.data import DataUnavailable, prepare

    try:
        prepare()
        yield Finding("data sets", True, "ready")
    except DataUnavailable as error:
        yield Finding("data sets", False, str(error).splitlines()[0], "set COURSE_MIRROR, or connect to the network")


def print_diagnosis() -> int:
    """Print a line for each finding; return 1 where something is not well."""
    well = True
    for finding in examine():
        well &= finding.well
        print(f"{'ok  ' if finding.well else 'LACK'}  {finding.name}: {finding.found}", flush=True)
        if not finding.well:
            print(f"      what to do: {finding.remedy}")
    return 0 if well else 1
