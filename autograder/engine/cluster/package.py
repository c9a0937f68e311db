"""`autograder worker-package`: a wheel with what a worker host needs of the course, and nothing that is not for its eyes.

In it: the learner's helper (`course_utils`, with the visible examples that every learner has), the modules of the engine
that run a notebook, the list of data sets. Not in it: exercises, oracles, lessons, solutions, hidden packs, the judge, the
gradebook's code. It asks for the very versions of NumPy, TensorFlow and so on that are installed here.
"""

from __future__ import annotations

import base64
import hashlib
import importlib.metadata
import io
import re
import tomllib
import zipfile
from pathlib import Path

from autograder.common.keep import write_made
from autograder.course import COURSE, KIT, ROOT
from autograder.engine.cluster import worker
from course_utils.refused import Refused

NAME = "pixels_to_paragraphs_worker"
#: Of the course's dependencies those that no notebook needs while it is graded.
NOT_THERE = ("jupyterlab", "ipykernel", "nbgrader")
#: What only the engine needs.
ENGINE_NEEDS = ("ipython", "matplotlib-inline", "platformdirs", "click", "dask", "distributed")
INIT = '"""The worker\'s part of the course\'s grader. It holds no exercise and no gradebook; see autograder.engine.cluster.worker."""\n'
MAIN = '"""`python -m autograder` is the command `autograder`."""\n\nfrom autograder.engine.cluster.cli import main\n\nmain()\n'
_TIME = (2020, 1, 1, 0, 0, 0)  # the same wheel from the same files


def contents() -> tuple[dict[str, bytes], str]:
    """Name in the wheel -> bytes, without the wheel's own description; and the digest of the code among them."""
    found = {name: path.read_bytes() for name, path in worker.code_files()}
    digest = hashlib.sha256(repr(worker.digests_of(found)).encode()).hexdigest()
    found["autograder/__init__.py"] = INIT.encode()
    found["autograder/__main__.py"] = MAIN.encode()
    for path in sorted((ROOT / "data").rglob("*")):
        inside = path.relative_to(ROOT / "data")
        if path.is_file() and inside.parts[0] != "cache" and not inside.name.startswith("."):
            found[f"autograder/data/{inside.as_posix()}"] = path.read_bytes()
    return found, digest


def write_worker_package(folder: Path) -> Path:
    """Write the wheel into `folder`; returns its path."""
    if not (KIT / "pyproject.toml").is_file():
        raise Refused("a package for worker hosts is made from a checkout of the kit; this is an installed one")
    project = tomllib.loads((KIT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    files, digest = contents()
    version = f"{project['version']}+{digest[:8]}"
    info = f"{NAME}-{version}.dist-info"
    files[f"{info}/METADATA"] = _metadata(project, version).encode()
    files[f"{info}/WHEEL"] = b"Wheel-Version: 1.0\nGenerator: autograder\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    files[f"{info}/entry_points.txt"] = b"[console_scripts]\nautograder = autograder.engine.cluster.cli:main\n"
    rows = [f"{name},sha256={_hash_in_record(data)},{len(data)}" for name, data in files.items()]
    files[f"{info}/RECORD"] = ("\n".join([*rows, f"{info}/RECORD,,"]) + "\n").encode()
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{NAME}-{version}-py3-none-any.whl"
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            entry = zipfile.ZipInfo(name, _TIME)
            entry.external_attr, entry.compress_type = 0o644 << 16, zipfile.ZIP_DEFLATED
            archive.writestr(entry, data)
    write_made(path, made.getvalue(), folder)
    return path


def _hash_in_record(data: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()


def _metadata(project: dict, version: str) -> str:
    extras = project["optional-dependencies"]
    lines = [
        "Metadata-Version: 2.1",
        f"Name: {NAME.replace('_', '-')}",
        f"Version: {version}",
        "Summary: What a machine needs to run notebooks for a coordinator that grades them",
        f"Requires-Python: {project['requires-python']}",
    ]
    needed = [text for text in project["dependencies"] + COURSE.packages if _name(text) not in NOT_THERE]
    lines += [f"Requires-Dist: {_pinned(text)}" for text in (*needed, *ENGINE_NEEDS)]
    for extra in ("cpu", "gpu"):
        lines.append(f"Provides-Extra: {extra}")
        for text in extras[extra]:
            requirement, _, marker = _pinned(text).partition(";")
            both = f"({marker.strip()}) and extra == '{extra}'" if marker else f"extra == '{extra}'"
            lines.append(f"Requires-Dist: {requirement.strip()}; {both}")
    return "\n".join(lines) + "\n"


def _name(requirement: str) -> str:
    return re.split(r"[^\w.-]", requirement, maxsplit=1)[0].lower()


def _pinned(requirement: str) -> str:
    """A requirement of exactly the version that is installed here; as it stands where none is."""
    wanted, semicolon, marker = requirement.partition(";")
    found = re.match(r"[\w.-]+(\[[\w,.-]+\])?", wanted.strip())
    name = found[0] if found else wanted
    try:
        wanted = f"{name}=={importlib.metadata.version(_name(name))}"
    except importlib.metadata.PackageNotFoundError:
        wanted = wanted.strip()
    return f"{wanted}{semicolon}{marker}"
