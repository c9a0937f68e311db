"""The commands of `course.py`: those of a learner, and how any of them is run. (Those of authors: `autograder/steps.py`.)

A step is a list of command lines, run one after another in the course's environment until one of them fails.
"""

from __future__ import annotations

import contextlib
import os
import shlex
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from course_utils.installing import environment
from course_utils.on_hub import on_hub
from course_utils.refused import STOPPED, Refused, run

ROOT = Path(__file__).resolve().parents[2]
#: Stands for the environment's Python in a command line.
PYTHON = "python"
SHOW = "--show"


@dataclass(frozen=True)
class Command:
    """One command line; `otherwise` is said where it fails and the step goes on all the same."""

    words: Sequence[str]
    otherwise: str = ""
    before: str = ""  # is said before it


@dataclass(frozen=True)
class Step:
    """A command of course.py: what it does, in words, and by which command lines."""

    words: str
    commands: Callable[[list[str]], list[Command]]
    takes: str = ""  # its arguments, for the list of commands
    bare: bool = False  # whether any Python will do: no environment is made for it


def python(*words: str, otherwise: str = "", before: str = "") -> Command:
    """A command line of the environment's Python."""
    return Command([PYTHON, *words], otherwise, before)


def _have_data() -> Command:
    return python(
        "-m", "course_utils.data", otherwise="Going on without them: the unit that needs them will ask again."
    )


def _lab(arguments: list[str]) -> list[Command]:
    if on_hub():
        raise Refused(
            "A JupyterHub runs this server, and JupyterLab with it: open the course's folder in the file browser at the left"
        )
    as_root = ["--allow-root"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    opening = "Opening JupyterLab; stop it with Ctrl-C here."
    return [_have_data(), python("-m", "course_utils.lab", *as_root, *arguments, before=opening)]


def _update(arguments: list[str]) -> list[Command]:
    whence = [str(path.resolve()) if (path := Path(one).expanduser()).exists() else one for one in arguments]
    return [python("-m", "course_utils.edition", "update", *whence)]


OF_LEARNERS = {
    "lab": Step(
        "make the environment, have the data ready, open JupyterLab on the course", _lab, "[OPTIONS OF JUPYTERLAB]"
    ),
    "setup": Step("the same without opening it: make the environment, have the data ready", lambda _: [_have_data()]),
    "data": Step(
        "fetch every data set now, to work without a network later",
        lambda names: [python("-m", "course_utils.data", *(names or ["all"]))],
        "[NAME ...]",
    ),
    "update": Step(
        "bring what is new into a learner's edition, and leave your work as it is; FROM a folder, a zip or an address",
        _update,
        "[FROM]",
        bare=True,
    ),
    "reset": Step(
        "put one notebook back as it was released, and keep yours beside it",
        lambda unit: [python("-m", "course_utils.edition", "reset", *unit)],
        "UNIT",
        bare=True,
    ),
}


def listed(steps: Mapping[str, Step]) -> str:
    """A line for each command: its name and arguments, and what it does."""
    begun = {name: f"{name} {step.takes}".strip() for name, step in steps.items()}
    begun["help"], words = "help", {name: step.words for name, step in steps.items()} | {"help": "list the commands"}
    width = max(len(text) for text in begun.values() if len(text) < 30) + 2
    return "\n".join(f"{begun[name]:{width}}{words[name]}" for name in begun)


def main(arguments: list[str], more: Mapping[str, Step]) -> int:
    """Run the command that the arguments name, one of the learners' or of `more`; returns its exit code."""
    with contextlib.suppress(AttributeError):  # a test's
        sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]  # said before what the commands say
    stopped = "Stopped. What was made and fetched so far is kept: the same command goes on."
    return run(lambda: _main(arguments, OF_LEARNERS | dict(more)), print, stopped)


def _main(arguments: list[str], steps: Mapping[str, Step]) -> int:
    show = arguments[:1] == [SHOW]
    name, *rest = arguments[show:] or ["help"]
    if name in ("help", "-h", "--help"):
        try:
            print(listed(steps), flush=True)
        except BrokenPipeError:  # `| head` wants no more; Python shall not try once again as it ends
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    if name not in steps:
        raise Refused(f"there is no command {name!r}; there are: {', '.join(steps)}")
    step = steps[name]
    commands = step.commands(rest)
    if show:
        print("\n".join(shlex.join(command.words) for command in commands))
        return 0
    chosen = environment.find(ROOT) or Path(sys.executable) if step.bare else environment.require(ROOT, print)
    return perform(commands, chosen)


def perform(commands: list[Command], chosen: Path) -> int:
    """Run command lines one after another with this Python; returns the first exit code that ends them."""
    variables = environment.surroundings(chosen)
    for command in commands:
        if command.before:
            print(command.before)
        code, stopped = environment.call(_resolved(command.words, chosen, variables["PATH"]), ROOT, variables)
        if stopped and command is not commands[-1]:
            return STOPPED
        if code and not command.otherwise:
            return code
        if code:
            print(command.otherwise)
    return 0


def _resolved(words: Sequence[str], chosen: Path, path: str) -> list[str]:
    """The words of a command line with the program's own path: Windows does not look it up on a PATH that is only handed on."""
    program = str(chosen) if words[0] == PYTHON else shutil.which(words[0], path=path)
    if not program:
        raise Refused(
            f"there is no program {words[0]!r} in the course's environment ({chosen}): run python course.py setup"
        )
    return [program, *words[1:]]
