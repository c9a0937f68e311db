"""`autograder`: the command line for authors and instructors of the course."""

from __future__ import annotations

import functools
import gc
import importlib
import keyword
import os
import sys
from collections.abc import Iterator, MutableMapping
from pathlib import Path

import click

from autograder.authoring.units_argument import units_argument
from autograder.engine.cluster.cli import run_group
from course_utils.course import course_above, no_course

#: Command -> the module of its room that holds it, as a function of that name with _ for -. A room is imported when one
#: of its commands is called; for `autograder --help` the `cli` modules alone are, so these import their rooms in functions.
COMMANDS = {
    # a course of one's own
    "import": "autograder.authoring.cli",
    "init": "autograder.init.cli",
    # a unit's lesson, exercises and notebooks
    "build": "autograder.authoring.cli",
    "lint": "autograder.authoring.cli",
    "new": "autograder.authoring.cli",
    "new-project": "autograder.authoring.cli",
    "preview": "autograder.authoring.cli",
    "pull": "autograder.authoring.cli",
    # are graders right?
    "prove": "autograder.proof.cli",
    # what learners get
    "hub": "autograder.hub.cli",
    "release": "autograder.edition.cli",
    "site": "autograder.site.cli",
    # a term: from what was handed in to the grades of an LMS
    "collect": "autograder.term.cli",
    "due": "autograder.term.cli",
    "export": "autograder.term.cli",
    "extend": "autograder.term.cli",
    "late": "autograder.term.cli",
    "share": "autograder.term.cli",
    "status": "autograder.term.cli",
    # grading
    "grade": "autograder.engine.cli",
    "judge": "autograder.engine.cli",
    "worker-package": "autograder.engine.cli",
    "worker": "autograder.engine.cluster.cli",
    # what a class did
    "feedback": "autograder.feedback.cli",
    "explain": "autograder.report.cli",
    "leaderboard": "autograder.report.cli",
    "report": "autograder.report.cli",
    # what this machine and this course can do
    "bench": "autograder.bench.cli",
    "doctor": "autograder.cli",
    "test": "autograder.cli",
    "grade-demo": "autograder.demo.cli",
}


#: Those that need no course.
ANYWHERE = {"init", "worker"}


class LazyCommands(MutableMapping[str, click.Command]):
    """Commands by name, each imported when it is asked for."""

    def __init__(self, modules: dict[str, str]) -> None:
        self.modules = dict(modules)
        self.added: dict[str, click.Command] = {}

    def __getitem__(self, name: str) -> click.Command:
        if name not in self.added:
            called = f"{name}_" if keyword.iskeyword(name) else name.replace("-", "_")
            command = getattr(importlib.import_module(self.modules[name]), called)
            assert isinstance(command, click.Command)
            command.name = name
            self.added[name] = command
        return self.added[name]

    def __setitem__(self, name: str, command: click.Command) -> None:
        self.modules.setdefault(name, "")
        self.added[name] = command

    def __delitem__(self, name: str) -> None:
        del self.modules[name]
        self.added.pop(name, None)

    def __iter__(self) -> Iterator[str]:
        return iter(self.modules)

    def __len__(self) -> int:
        return len(self.modules)


def main() -> None:
    """Entry point: what is refused on purpose is one line, not a traceback."""
    # jsonschema, which every Jupyter tool imports, would build a grammar for seconds, for a format that notebooks do not use.
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]  # None is Python's word for "not to be had"
    gc.set_threshold(100_000)  # a start makes many objects and no garbage: looking for it takes a tenth of a second
    sys.exit(run_group(cli, require_course))


def require_course() -> None:
    """Raise NoCourse where a command is called in a folder that is no course's; for its help none is needed.

    A folder of grading (the demo's is one) has nbgrader's settings alone, which say where its course is.
    """
    name = next((word for word in sys.argv[1:] if word in COMMANDS), None)
    if name in {None, *ANYWHERE} or {"-h", "--help"} & set(sys.argv) or "COURSE_ROOT" in os.environ:
        return
    if course_above() is None and not Path("nbgrader_config.py").is_file():
        raise no_course()


@click.group(help=__doc__, commands=LazyCommands(COMMANDS), context_settings={"help_option_names": ["-h", "--help"]})
def cli() -> None:
    """The group of all commands."""


@click.command()
@click.option(
    "--hub", is_flag=True, help="Look at this machine's JupyterHub instead: what `autograder hub` has set up."
)
@click.option("--course-at", type=click.Path(path_type=Path), default="dist", help="What `autograder hub` was told.")
def doctor(hub: bool, course_at: Path) -> None:
    """Say what this machine can do for the course, and what to do about what it lacks."""
    from autograder.doctor import print_diagnosis
    from autograder.hub.look import look

    sys.exit(print_diagnosis(look(course_at)) if hub else print_diagnosis())


@click.command()
@units_argument
def test(units: list[str]) -> None:
    """Look whether UNITS (all by default) are fit to be released: `lint`, that nothing is stale, and `prove`; exit with 1 if not."""
    from autograder.authoring import rules
    from autograder.common.progress import bar
    from autograder.edition.current import require_current
    from autograder.proof.cli import print_proofs
    from autograder.proof.prove import prove as prove_unit
    from course_utils.refused import Refused

    wrong = [str(problem) for unit in bar("lint", "unit", units) for problem in rules.problems(unit)]
    for unit in units if not wrong else ():
        try:
            require_current(unit)
        except Refused as error:
            wrong.append(str(error))
    for line in dict.fromkeys(wrong):
        click.echo(line)
    if wrong:
        sys.exit(1)
    proofs = [proof for unit in units for proof in prove_unit(unit, functools.partial(bar, unit, "exercise"))]
    print_proofs(proofs)
    sys.exit(0 if all(proof.holds for proof in proofs) else 1)
