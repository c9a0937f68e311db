"""Train the members of the table, each a model with a seed, and keep each in a file of its own: what is there is not done again.

A model's seeds are trained in one process; an interruption costs the member that was being trained. A file whose settings are not
those of today is trained anew.
"""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from course_utils import files
from course_utils.refused import Refused
from course_utils.zoo.training import emotions
from course_utils.zoo.training.emotions import Member

DONE = "done "  # begins a line by which a process says that a member is kept


def path_of(folder: Path, name: str, seed: int) -> Path:
    """Where a member is kept."""
    return folder / f"{name.replace(' ', '_')}-{seed}.npz"


def keep(member: Member, folder: Path) -> None:
    """Write a member, whole or not at all."""
    kept = io.BytesIO()
    np.savez_compressed(
        kept,
        digest=np.array(emotions.settings_digest(member.name)),
        validation=member.validation.astype("float16"),
        test=member.test.astype("float16"),
        facts=np.array([member.seconds, member.parameters, member.epochs], "float64"),
    )
    files.write(path_of(folder, member.name, member.seed), kept.getvalue())


def kept(folder: Path, name: str, seed: int) -> Member | None:
    """A member that was trained with today's settings; None where there is none."""
    try:
        with np.load(path_of(folder, name, seed), allow_pickle=False) as found:
            if str(found["digest"]) != emotions.settings_digest(name):
                return None
            validation, test = (found[part].astype("float32") for part in ("validation", "test"))
            seconds, parameters, epochs = found["facts"]
    except (OSError, KeyError, ValueError, BadZipFile):  # none, or no file of this kind
        return None
    return Member(name, seed, validation, test, float(seconds), int(parameters), int(epochs))


def seeds_of(name: str, seeds: Sequence[int]) -> Sequence[int]:
    """The seeds with which a model is trained: TF-IDF has nothing to draw, so one is enough."""
    return seeds[:1] if name == emotions.TFIDF else seeds


def all_kept(folder: Path, names: Sequence[str], seeds: Sequence[int]) -> dict[str, list[Member]]:
    """Model -> its members, a seed each. Raises Refused where one is not there."""
    found: dict[str, list[Member]] = {}
    for name in names:
        for seed in seeds_of(name, seeds):
            if (member := kept(folder, name, seed)) is None:
                raise Refused(f"{path_of(folder, name, seed)} is not there, or was changed. Start again to train it.")
            found.setdefault(name, []).append(member)
    return found


def train_missing(names: Sequence[str], seeds: Sequence[int], folder: Path) -> Iterator[tuple[str, int]]:
    """Train what is not kept, each model in a process of its own; yields each member (name, seed) once it is kept.

    Raises Refused with the last line of a process that failed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        missing = []
        for seed in seeds_of(name, seeds):
            if kept(folder, name, seed) is None:
                missing.append(seed)
            else:
                yield name, seed
        if missing:
            yield from _in_a_process(name, missing, folder)


def _in_a_process(name: str, seeds: Sequence[int], folder: Path) -> Iterator[tuple[str, int]]:
    command = [sys.executable, "-m", __name__, name, str(folder), *map(str, seeds)]
    log = folder / f"{name.replace(' ', '_')}.log"
    with open(log, "w+", encoding="utf-8", errors="replace") as errors:
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True, errors="replace") as process:
            assert process.stdout is not None
            try:
                for line in process.stdout:
                    if line.startswith(DONE):
                        yield name, int(line.removeprefix(DONE))
            finally:
                if process.poll() is None and sys.exc_info()[0] is not None:
                    process.terminate()
        if process.returncode:
            errors.seek(0)
            last = (errors.read().strip().splitlines() or ["it ended without a word"])[-1]
            raise Refused(f"{name} could not be trained: {last[:200]}. All of it is in {log}. Start again to go on.")
    log.unlink()


def _work(name: str, folder: Path, seeds: Sequence[int]) -> None:
    """In the process of a model: train with each seed, keep it, say so."""
    for seed in seeds:
        keep(emotions.train_member(name, seed), folder)
        print(f"{DONE}{seed}", flush=True)


if __name__ == "__main__":
    _work(sys.argv[1], Path(sys.argv[2]), [int(seed) for seed in sys.argv[3:]])
