"""What `autograder grade` and `autograder judge` do around the coordinator: settings, progress, the table, exit codes."""

from __future__ import annotations

import errno
import functools
import json
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograder.common.progress import bar
from autograder.course import HIDDEN_PACKS, ROOT, course_secret
from autograder.engine.run import sandbox
from autograder.engine.run.limits import CELL_SECONDS
from autograder.engine.run.ready import loaders_in, ready_for
from autograder.engine.run.runner import WarmParent, default_jobs, imported_modules, make_parents
from autograder.engine.run.sandbox import Limits
from autograder.limits import FEW
from course_utils.refused import STOPPED, Refused, disk_refusal
from course_utils.terminal import say

if TYPE_CHECKING:
    from autograder.engine.cluster.fleet import Fleet
    from autograder.engine.coordinator import Summary
    from autograder.engine.outcome import Outcome
    from autograder.engine.record.ledger import Ledger
    from autograder.engine.sampled import Sample
    from autograder.engine.submitted.repair import Lesson
    from autograder.engine.submitted.sliced import Slicer
    from autograder.engine.submitted.submission import Submission

#: Exit codes: all graded; some could not be, or something that was set aside may have cost points; stopped before the end;
#: refused to begin.
OK, SOME_FAILED, REFUSED = 0, 1, 2
#: Errors of the system that are not a defect of ours: a file where a folder should be, a broken disk, too many files.
_OF_THE_SYSTEM = (errno.ENOTDIR, errno.EISDIR, errno.EIO, errno.ESTALE, errno.EMFILE, errno.ENFILE)
#: What SQLite and PostgreSQL say of a gradebook that cannot be used. Of what is wrong with a query they say something else.
_OF_THE_GRADEBOOK = (
    *("unable to open", "readonly", "disk", "locked", "busy", "not a database", "malformed"),
    *("connection", "could not translate host name", "authentication failed", "does not exist"),
)


@dataclass
class Course:
    """A course's settings, from its nbgrader_config.py."""

    root: Path
    db_url: str
    cell_seconds: float
    late_penalty: Any

    @classmethod
    def load(cls, root: Path) -> Course:
        """Read them as nbgrader does."""
        from traitlets.config import PyFileConfigLoader
        from traitlets.utils.importstring import import_item

        config = PyFileConfigLoader("nbgrader_config.py", str(root)).load_config()
        directory = config.CourseDirectory
        plugin = config.AssignLatePenalties.get("plugin_class")

        def penalty(*facts: Any) -> float | None:  # imported when the first late submission comes
            made = (import_item(plugin) if isinstance(plugin, str) else plugin)(config=config)
            return made.late_submission_penalty(*facts)

        db_url = directory.get("db_url") or f"sqlite:///{root / 'gradebook.db'}"
        where = Path(directory.get("root") or root)
        return cls(where, db_url, float(config.Execute.get("timeout", CELL_SECONDS)), penalty if plugin else None)


@dataclass(frozen=True)
class Options:
    """What `autograder grade` was asked for besides the unit."""

    jobs: int | None = None  # notebooks at a time; None: one for each core
    again: bool = False  # also what was graded before
    students: tuple[str, ...] = ()  # only theirs; (): everybody's
    sections: tuple[str, ...] = ()  # only those of these sections of the roster
    require_sandbox: bool = False
    scheduler: str | None = None  # address of a Dask scheduler
    as_json: bool = False
    whole: bool = False  # all cells of each notebook, not only those that its answers need
    no_sample: bool = False  # not a sample of the class whole as well
    root: Path | None = None  # of the course; None: the one in this folder, or this one


def grade_unit(unit: str, options: Options = Options()) -> int:
    """Grade one unit; returns the exit code."""
    from autograder.exercises import find_unit

    try:
        return _grade_unit(find_unit(unit), options)
    except Refused as error:
        return _refuse(str(error))
    except KeyboardInterrupt:
        say("stopped", error=True)
        return STOPPED


def _grade_unit(unit: str, options: Options) -> int:
    lacks = [] if options.scheduler else sandbox.missing()
    if lacks and options.require_sandbox:
        return _refuse(lacks[0])
    run, notices = _Run(unit, options, course_root(options.root), lacks), _notices(options.as_json)
    try:
        # where everybody has a log somebody has graded them: most likely there is nothing to run, and nothing to import for it
        if not (likely_done := run.is_likely_done()):  # first of all: they import while we do
            run.warm()
        from autograder.engine.record.ledger import Ledger

        course = Course.load(run.root)
        submissions = run.handed_in(course)
        with Ledger(course.root, course.db_url, course.late_penalty, patience=3) as ledger:
            ledger.release(unit)  # where there is none this says so at once, and not after a minute of packing
            ended = run.grade(ledger, course, run.of_the_asked(ledger, submissions), likely_done)
            if not options.as_json:
                ended.say_table()
            ended.sample = run.check_sample(ledger, course, ended)
    except Exception as error:
        if words := foreseen(error):
            return _refuse(words)
        raise
    finally:
        run.stop()
        notices.close()
    if options.as_json:
        ended.say_json()
    else:
        ended.say_more()
    return _exit_code(ended.summary) or (SOME_FAILED if ended.sample.differ else OK)


class _Run:
    """One grading of a unit, with the processes that run its notebooks."""

    def __init__(self, unit: str, options: Options, root: Path, lacks: list[str]) -> None:
        self.unit, self.options, self.root, self.lacks = unit, options, root, lacks
        self.began = time.perf_counter()
        self.parents: list[Any] = []
        self.fleet: Fleet | None = None

    def is_likely_done(self) -> bool:
        return not (self.options.scheduler or self.options.again) and _have_logs(self.root, self.unit)

    def warm(self) -> None:
        """Start the processes that import what the unit's notebooks do; with a cluster, its workers have theirs."""
        if not self.options.scheduler:
            self.parents = make_parents(
                self.options.jobs or default_jobs(), unit_ready(self.unit, self.options.whole), not self.lacks
            )

    def join(self) -> None:
        """With a cluster: take its workers' places."""
        if self.options.scheduler:
            self.fleet = _connect(self.unit, self.options.scheduler, self.options)
            self.parents = self.fleet.places

    def stop(self) -> None:
        """End the processes."""
        for parent in self.parents:
            parent.stop()

    def handed_in(self, course: Course) -> list[Submission]:
        """Everybody's submissions. Raises Refused where there is none, or none of somebody who is asked for."""
        from autograder.engine.submitted.submission import find_submissions

        found = find_submissions(course.root, self.unit)
        if not found:
            raise Refused(f"nothing to grade: no folder {course.root / 'submitted'}/STUDENT/{self.unit}")
        _require_students(self.options.students, [one.student for one in found], self.unit)
        return found

    def of_the_asked(self, ledger: Ledger, submissions: list[Submission]) -> list[Submission]:
        """Those of the students and sections that are asked for."""
        from autograder.engine.record.beside import require_section

        students, chosen = self.options.students, require_section(ledger.gradebook, self.options.sections)
        return [
            one
            for one in submissions
            if (not students or one.student in students) and (chosen is None or one.student in chosen)
        ]

    def grade(self, ledger: Ledger, course: Course, submissions: list[Submission], likely_done: bool) -> Outcome:
        """Run and judge what is not graded yet, and write it down."""
        from autograder.engine import coordinator
        from autograder.engine.outcome import Outcome
        from autograder.engine.record.standing import read_standing
        from autograder.engine.rejudge import rejudge, sync_points
        from autograder.engine.sampled import Sample
        from autograder.engine.submitted.submission import find_misnamed

        unit, options = self.unit, self.options
        packs = _load_packs(unit)
        packed = time.perf_counter() - self.began
        if any(done.judged != packs.digest for done in ledger.journal(unit).values()):
            rejudge(
                ledger, unit, packs, track=_bar(unit, options.as_json)
            )  # what is stored need not run again for that
        points, slicer = sync_points(ledger, unit, packs), None if options.whole else unit_slicer(unit)
        limits = Limits(cell_seconds=course.cell_seconds)
        work = coordinator.Work(unit, points, packs, limits, unit_lesson(unit), slicer, unit_beside(unit))
        if likely_done and coordinator.all_stand(ledger, work, submissions):
            summary = coordinator.Summary(already=[one.student for one in submissions])
        else:
            if likely_done:
                self.warm()
            self.join()
            with _progress(len(submissions), options.as_json) as tell:
                summary = coordinator.grade(ledger, work, submissions, self.parents, options.again, tell)
        if self.fleet:
            self.lacks = self.fleet.lacks()  # of those that came to be used
        summary.seconds = time.perf_counter() - self.began
        if not options.students and not options.sections:
            summary.failed |= find_misnamed(course.root, unit)
        asked = {one.student for one in submissions}
        standing = [one for one in read_standing(ledger.gradebook, unit) if one.student in asked]
        return Outcome(unit, work, summary, standing, self.lacks, packed, ledger.old_feedback(unit), Sample())

    def check_sample(self, ledger: Ledger, course: Course, ended: Outcome) -> Sample:
        """Run a sample of the class whole as well, where only what answers need was run, and it was not told to leave that out."""
        from autograder.engine.sampled import Sample, check_sample, to_check
        from autograder.engine.submitted.submission import find_submissions

        if not ended.work.slicer or ended.summary.stopped or self.options.no_sample:
            return Sample()
        found = to_check(ledger, self.unit, find_submissions(course.root, self.unit), course_secret())
        if not found:
            return Sample()
        self.stop()  # what was killed at the end of grading begins anew
        self.join()
        self.parents = self.parents or [WarmParent(unit_ready(self.unit, whole=True), sandboxed=not self.lacks)]
        if not self.options.as_json:
            say(f"all grades are written; a sample of {len(found)} is run whole as well; Ctrl-C leaves it for later")
        with _progress(len(found), self.options.as_json) as tell:
            return check_sample(ledger, ended.work, found, self.parents, tell)


def _have_logs(root: Path, unit: str) -> bool:
    """Whether everybody who has handed in has a log of a grading."""
    graded = {path.stem for path in (root / "grading_logs" / unit).glob("*.log")}
    return bool(graded) and {path.parent.name for path in (root / "submitted").glob(f"*/{unit}")} <= graded


def _require_students(asked: tuple[str, ...], known: list[str], unit: str) -> None:
    """Raise Refused, naming those that there are, where somebody is asked for who has handed in nothing."""
    from autograder.common.names import near

    for student in asked:
        if student not in known:
            more = f" and {len(known) - FEW} more" if len(known) > FEW else ""
            there = f"handed in have {', '.join(known[:FEW])}{more}"
            raise Refused(f"{student!r} has handed in nothing for {unit}{near(student, known) or '; ' + there}")


def _connect(unit: str, scheduler: str, options: Options) -> Fleet:
    """The workers behind a Dask scheduler, each of which has what the unit needs."""
    from autograder.authoring.data_sets import data_sets_of
    from autograder.engine.cluster.fleet import connect

    sets = data_sets_of(unit_sources(unit), _load_packs(unit).raw.values())
    return connect(scheduler, unit_ready(unit, options.whole), options.jobs, sets, options.require_sandbox)


def _exit_code(summary: Summary) -> int:
    """How a grading went, for whoever started the command; says why it ended early."""
    if summary.why:
        say(f"autograder: {summary.why}", error=True)
    if summary.stopped and not summary.why:
        return STOPPED
    set_aside = any(graded.set_aside for graded in summary.graded)
    return SOME_FAILED if summary.failed or summary.why or set_aside else OK


def course_root(root: Path | None) -> Path:
    """The course that is meant: the one named, the one in this folder, or this one."""
    return root or (Path.cwd() if (Path.cwd() / "nbgrader_config.py").exists() else ROOT)


def judge_unit(unit: str, as_json: bool = False, root: Path | None = None) -> int:
    """Judge a unit's stored answers again; returns the exit code."""
    from autograder.engine.record.ledger import Ledger
    from autograder.engine.rejudge import old_examples, rejudge
    from autograder.exercises import find_unit
    from autograder.limits import GRADEBOOK_SECONDS

    course, notices = Course.load(course_root(root)), _notices(as_json)
    try:
        unit = find_unit(unit)
        with Ledger(course.root, course.db_url, course.late_penalty, patience=GRADEBOOK_SECONDS) as ledger:
            ledger.release(unit)
            packs = _load_packs(unit)
            report = rejudge(ledger, unit, packs, track=_bar(unit, as_json))
            report.old_examples = old_examples(packs, unit)
    except Exception as error:
        if words := foreseen(error):
            return _refuse(words)
        raise
    finally:
        notices.close()
    report.show(as_json)
    if report.outdated and not as_json and sys.stdin.isatty():
        import click

        if click.confirm(f"Run the {len(report.outdated)} now?"):
            return grade_unit(unit, Options(root=root))
    return SOME_FAILED if report.outdated else OK


def _notices(as_json: bool) -> ExitStack:
    """Until it is closed, whatever else is printed (where a data set comes from) goes to stderr if stdout is for JSON alone."""
    stack = ExitStack()
    if as_json:
        stack.enter_context(redirect_stdout(sys.stderr))
    return stack


def foreseen(error: Exception) -> str:
    """The one line for an error that is the course's state and not a defect of ours; empty for any other."""
    from sqlalchemy.exc import DatabaseError, OperationalError

    if isinstance(error, Refused):
        return str(error)
    system = isinstance(error, OSError) and (disk_refusal(error) or error.errno in _OF_THE_SYSTEM)
    cause = ""
    if isinstance(error, DatabaseError) and type(error) in (OperationalError, DatabaseError):
        cause = str(error.orig)  # of a wrong query it says nothing: those errors are derived from these
    if system or any(words in cause for words in _OF_THE_GRADEBOOK):
        return f"the course's folder or gradebook cannot be used: {getattr(error, 'orig', None) or error}"
    return ""


def _load_packs(unit: str) -> Any:
    from autograder.authoring.packing import hidden_packs_are_current, refresh_hidden_packs
    from autograder.engine.coordinator import Packs

    if not hidden_packs_are_current(unit, HIDDEN_PACKS):
        say(f"{unit}: making its hidden probes from this course's secret; once, until its exercises change", error=True)
    refresh_hidden_packs(unit, HIDDEN_PACKS, functools.partial(bar, f"{unit}: hidden probes", "exercise"))
    return Packs.load(HIDDEN_PACKS / unit)


def unit_ready(unit: str, whole: bool = False) -> tuple[str, ...]:
    """What a warm parent has ready for a unit: what the unit's own notebook imports, and the data sets that answers need.

    A learner's submission of it will import the same; unless all cells are run, some of it only now and then.
    """
    from autograder.slicing.facts import likely_needed

    sources = unit_sources(unit)
    needed = None if whole else likely_needed(unit, sources)
    some = None if needed is None else imported_modules(needed)
    return ready_for(imported_modules(sources), some, loaders_in(sources if needed is None else needed))


def unit_sources(unit: str) -> list[str]:
    """The sources of the code cells of the unit's own notebook."""
    return [source for _, source in unit_lesson(unit).cells]


def unit_lesson(unit: str) -> Lesson:
    """The code cells of the unit's own notebook; none where it has not been built."""
    from autograder.authoring.build import notebook_path
    from autograder.engine.submitted.repair import Lesson

    path = notebook_path(unit)
    return Lesson.of(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else Lesson()


def unit_beside(unit: str) -> dict[str, bytes]:
    """The files that the unit's lesson has beside it: nbgrader, too, puts its source's in the place of those submitted."""
    from autograder.authoring.lesson import files_beside

    return {name: path.read_bytes() for name, path in files_beside(unit).items()}


def unit_slicer(unit: str) -> Slicer:
    """What says which cells of a submission its answers need; where the unit has not been built or traced: all."""
    from autograder.authoring.build import solution_path
    from autograder.engine.submitted.sliced import Slicer

    path = solution_path(unit)
    return Slicer.of(unit, json.loads(path.read_text(encoding="utf-8"))) if path.exists() else Slicer()


def _refuse(words: str) -> int:
    say(f"autograder: {words}", error=True)
    return REFUSED


def _bar(unit: str, quiet: bool) -> Any:
    """A bar for what is judged again."""
    return functools.partial(bar, f"{unit}: judging again", "submission", quiet=quiet)


@contextmanager
def _progress(total: int, quiet: bool) -> Iterator[Any]:
    """A bar with rate and time left, which counts submissions of every kind."""
    from tqdm import tqdm

    with tqdm(total=total, unit="submission", disable=quiet or not sys.stderr.isatty(), smoothing=0.1) as bar:
        yield lambda student: bar.update()


__all__ = ["OK", "REFUSED", "SOME_FAILED", "STOPPED", "Course", "Options", "grade_unit", "judge_unit"]
