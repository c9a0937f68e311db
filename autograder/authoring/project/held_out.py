"""The texts that a project's grader keeps: autograder/held_out/UNIT.json.xz, on the instructor's machine alone."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from autograder.authoring.project.texts import SEED, cleaned
from autograder.course import ROOT
from course_utils import data, files
from course_utils.data.projects import unpack
from course_utils.refused import Refused

FOLDER = ROOT / "autograder" / "held_out"


def path_of(unit: str) -> Path:
    """Where a project's held-out texts lie."""
    return FOLDER / f"{unit}.json.xz"


def articles(unit: str, sha256: str) -> tuple[list[str], np.ndarray, np.ndarray, np.ndarray]:
    """(training texts, labels, held-out texts, their labels): lists and arrays; labels are numbers of classes by alphabet.

    Raises Refused where this machine has no file of the held-out texts, or another one than this `sha256`.
    """
    path = path_of(unit)
    found = files.read(path)
    if found is None or files.digest(found) != sha256:
        what = f"there is no {path}" if found is None else f"{path} is another file than that which was measured"
        raise Refused(
            f"{what}: it holds the held-out texts of {unit}, and is not committed. Copy it from the machine where the project "
            "was made"
        )
    frame = data.project(unit)
    texts, labels = cleaned(frame["text"].tolist(), frame["label"].tolist())
    names = sorted(set(labels))
    order = np.random.default_rng(SEED).permutation(len(texts))
    held_out, truth = unpack(found)
    y, y_held_out = (np.array([names.index(label) for label in some]) for some in (labels, truth))
    return [texts[i] for i in order], y[order], np.array(held_out), y_held_out
