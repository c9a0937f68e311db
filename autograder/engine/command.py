"""What `autograder grade` and `autograder judge` do around the coordinator: settings, progress, the table, exit codes."""

from __future__ import annotations

import errno
import functools
import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograder.common.progress import bar
from autograder.course import HIDDEN_PACKS, ROOT, course_secret
from autograder.engine.run import sandbox
from autograder.engine.run.limits import CELL_SECONDS
from autograder.engine.run.runner import WarmParent, default_jobs, imported_modules, make_parents
from autograder.engine.run.sandbox import Limits
from autograder.limits import FEW
from course_utils.refused import STOPPED, Refused, disk_refusal
from course_utils.terminal import say, say_json

if TYPE_CHECKING:
    from autograder.engine.cluster.fleet import Fleet
    from autograder.engine.coordinator import Summary
    from autograder.engine.record.ledger import Graded
    from autograder.engine.record.standing import Standing
    from autograder.engine.sampled import Sample
    from autograder.engine.submitted.released import Release
    from autograder.engine.submitted.repair import Lesson
    from autograder.engine.submitted.sliced import Slicer

#: Exit codes: all graded; some could not be, or something that was set aside may have cost points; stopped before the end;
#: refused to begin.
OK, SOME_FAILED, REFUSED = 0, 1, 2
WORTH_SAYING = 5.0  # seconds before the first notebook runs that are told by themselves
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
    students, scheduler, as_json = options.students, options.scheduler, options.as_json
    lacks = [] if scheduler else sandbox.missing()
    if lacks and options.require_sandbox:
        return _refuse(lacks[0])
    parents: list[Any] = []
    began = time.perf_counter()
    root = course_root(options.root)
    # where everybody has a log somebody has graded them: most likely there is nothing to run, and nothing to import for it
    likely_done = not (scheduler or options.again) and _have_logs(root, unit)
    try:
        if not scheduler and not likely_done:  # first of all: they import while we do
            parents = make_parents(options.jobs or default_jobs(), unit_modules(unit), not lacks)
        from autograder.engine import coordinator
        from autograder.engine.record.beside import require_section
        from autograder.engine.record.ledger import Ledger
        from autograder.engine.record.standing import read_standing
        from autograder.engine.rejudge import rejudge, sync_points, tell_old_feedback
        from autograder.engine.sampled import Sample, check_sample, to_check
        from autograder.engine.submitted.submission import find_misnamed, find_submissions

        course = Course.load(root)
        submissions = find_submissions(course.root, unit)
        if not submissions:
            return _refuse(f"nothing to grade: no folder {course.root / 'submitted'}/STUDENT/{unit}")
        _require_students(students, [one.student for one in submissions], unit)
        fleet = _connect(unit, scheduler, options) if scheduler else None
        parents = fleet.places if fleet else parents
        with Ledger(course.root, course.db_url, course.late_penalty, patience=3) as ledger:
            ledger.release(unit)  # where there is none this says so at once, and not after a minute of packing
            chosen = require_section(ledger.gradebook, options.sections)
            submissions = [
                one
                for one in submissions
                if (not students or one.student in students) and (chosen is None or one.student in chosen)
            ]
            packs = _load_packs(unit)
            packed = time.perf_counter() - began
            if any(done.judged != packs.digest for done in ledger.journal(unit).values()):
                rejudge(ledger, unit, packs, track=_bar(unit, as_json))  # what is stored need not run again for that
            work = coordinator.Work(
                unit,
                sync_points(ledger, unit, packs),
                packs,
                Limits(cell_seconds=course.cell_seconds),
                unit_lesson(unit),
                None if options.whole else unit_slicer(unit),
                unit_beside(unit),
            )
            if likely_done and coordinator.all_stand(ledger, work, submissions):
                summary = coordinator.Summary(already=[one.student for one in submissions])
            else:
                if likely_done:
                    parents = make_parents(options.jobs or default_jobs(), unit_modules(unit), not lacks)
                with _progress(len(submissions), as_json) as tell:
                    summary = coordinator.grade(ledger, work, submissions, parents, options.again, tell)
            summary.seconds = time.perf_counter() - began
            lacks = fleet.lacks() if fleet else lacks
            if not students and chosen is None:
                summary.failed |= find_misnamed(course.root, unit)
            old_feedback = ledger.old_feedback(unit)
            asked = {one.student for one in submissions}
            standing = [one for one in read_standing(ledger.gradebook, unit) if one.student in asked]
            if not as_json:
                _print_summary(summary, unit, work.release, standing, lacks, packed)
            sample, found = Sample(), []
            if work.slicer and not summary.stopped and not options.no_sample:
                found = to_check(ledger, unit, find_submissions(course.root, unit), course_secret())
            if found:
                for parent in parents:  # what was killed at the end of grading begins anew
                    parent.stop()
                fleet = _connect(unit, scheduler, options) if scheduler else None
                parents = fleet.places if fleet else parents or [WarmParent(unit_modules(unit), sandboxed=not lacks)]
                if not as_json:
                    say(
                        f"all grades are written; a sample of {len(found)} is run whole as well; Ctrl-C leaves it for later"
                    )
                with _progress(len(found), as_json) as tell:
                    sample = check_sample(ledger, work, found, parents, tell)
    except Exception as error:
        if words := foreseen(error):
            return _refuse(words)
        raise
    finally:
        for parent in parents:
            parent.stop()
    if as_json:
        _say_summary(summary, unit, work.release, standing, lacks, sample)
    for line in [] if as_json else sample.words():
        say(line)
    if old_feedback and not as_json:
        say(tell_old_feedback(unit, old_feedback))
    return _exit_code(summary) or (SOME_FAILED if sample.differ else OK)


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
    return connect(scheduler, unit_modules(unit), options.jobs, sets, options.require_sandbox)


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

    course = Course.load(course_root(root))
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
    report.show(as_json)
    if report.outdated and not as_json and sys.stdin.isatty():
        import click

        if click.confirm(f"Run the {len(report.outdated)} now?"):
            return grade_unit(unit, Options(root=root))
    return SOME_FAILED if report.outdated else OK


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


def unit_modules(unit: str) -> tuple[str, ...]:
    """What the unit's own notebook imports: a learner's submission of it will import the same."""
    return imported_modules(unit_sources(unit))


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


def _rows(summary: Summary) -> list[dict]:
    return [_row(graded) for graded in sorted(summary.graded, key=lambda graded: graded.student)]


def _most(release: Release) -> float:
    return sum(cell.facts.get("points", 0) for cell in release.cells.values())


def _say_summary(
    summary: Summary, unit: str, release: Release, standing: list[Standing], lacks: list[str], sample: Sample
) -> None:
    from autograder.engine.table import as_facts

    facts = {
        "unit": unit,
        "most": _most(release),
        "graded": _rows(summary),
        "already": summary.already,
        "standing": [as_facts(one) for one in standing],
        "failed": summary.failed,
        "seconds": round(summary.seconds, 2),
        "sandbox": not lacks,
        "stopped": summary.stopped,
        "why": summary.why,
        "sample": vars(sample),
    }
    say_json(facts)


def _print_summary(
    summary: Summary, unit: str, release: Release, standing: list[Standing], lacks: list[str], packed: float
) -> None:
    from autograder.engine.table import print_table

    rows, most = _rows(summary), _most(release)
    print_table(f"{unit}: {len(rows)} graded, {len(summary.already)} were already", most, standing)
    for student, why in summary.failed.items():
        say(f"not graded: {student}: {why}")
    for lack in lacks:
        say(f"without a sandbox: {lack}")
    rate = len(rows) / summary.seconds if summary.seconds else 0
    of_packs = f", {packed:.0f} s of them before the first ran" if packed > WORTH_SAYING else ""
    say(
        f"{len(rows)} in {summary.seconds:.1f} s, {rate:.1f} a second{of_packs}"
        + ("; stopped" if summary.stopped else "")
    )


def _row(graded: Graded) -> dict:
    return {
        "student": graded.student,
        "points": round(sum(graded.scores.values()), 2),
        "scores": graded.scores,
        "mistakes": graded.mistakes,
        "reasons": graded.reasons,
        "seconds": round(graded.seconds, 2),
        "processor": round(graded.processor, 3),
        "ran": graded.ran,
        "handed_in": f"{graded.time.when:%Y-%m-%d %H:%M:%S}" if graded.time and graded.time.when else None,
        "time": "unknown" if graded.time and not graded.time.when else "known" if graded.time else "none",
        "late_seconds": graded.late,
    }


__all__ = ["OK", "REFUSED", "SOME_FAILED", "STOPPED", "Course", "Options", "grade_unit", "judge_unit"]
