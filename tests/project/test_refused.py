"""One kind of refusal: what is refused on purpose is a line, and every other error shows its traceback."""

import ast
import errno
import sqlite3

import pytest
from sqlalchemy import exc

from autograder import cli
from autograder.course import ROOT
from autograder.engine import command
from autograder.engine.cluster import cli as worker_cli
from course_utils import refused
from course_utils.data import __main__ as data_command
from course_utils.edition import __main__ as edition_command
from course_utils.refused import DEFECT, Refused

#: command -> its words on the command line, the function that does its work, the exit code of a refusal.
COMMANDS = {
    "build": ("build 02", "autograder.authoring.build.build", 1),
    "release": ("release 02", "autograder.edition.write.release", 1),
    "site": ("site 02", "autograder.site.make.make_site", 1),
    "new": ("new 98_nothing", "autograder.authoring.scaffold.new_unit", 1),
    "new-project": (
        "new-project 98 --from pyproject.toml --licence any",
        "autograder.authoring.project.command.new_project",
        1,
    ),
    "lint": ("lint 02", "autograder.authoring.rules.problems", 1),
    "preview": ("preview 02 --page", "autograder.authoring.preview.write_page", 1),
    "pull": ("pull 02", "autograder.authoring.pull.pull", 1),
    "import": ("import lessons", "autograder.authoring.importing.import_course", 1),
    "init": ("init nothing-is-written", "autograder.init.begin.begin", 1),
    "test": ("test 02", "autograder.authoring.rules.problems", 1),
    "prove": ("prove 02", "autograder.proof.prove.prove", 1),
    "grade-demo": ("grade-demo", "autograder.demo.command.run", 1),
    "bench": ("bench", "autograder.bench.run", 1),
    "worker": ("worker tcp://127.0.0.1:9", "autograder.engine.cluster.cli.missing", 1),
    "worker-package": ("worker-package", "autograder.engine.cluster.package.write_worker_package", 1),
    "feedback": ("feedback 02", "autograder.feedback.make.make_pages", 2),
    "report": ("report 02", "autograder.report.write.write_report", 1),
    "explain": ("explain 02 ada", "autograder.report.explain.explain", 1),
    "leaderboard": ("leaderboard 02", "autograder.report.leaderboard.print_leaderboard", 1),
    "hub": ("hub --exchange nothing-is-made", "autograder.hub.write.write", 1),
    "doctor": ("doctor", "autograder.doctor.print_diagnosis", 1),
    "grade": ("grade 02", "autograder.engine.command._grade_unit", 2),
    "judge": ("judge 02", "autograder.engine.record.ledger.Ledger", 2),
    "collect": ("collect 02 . --from folder", "autograder.term.collect.collect", 2),
    "due": ("due", "autograder.term.due.read_dues", 2),
    "share": ("share 02 --among ann", "autograder.term.share.share_out", 2),
    "status": ("status", "autograder.term.status.read_status", 2),
    "extend": ("extend 02", "autograder.term.late.lateness", 2),
    "late": ("late 02", "autograder.term.late.lateness", 2),
    "export": ("export", "autograder.term.export.command.export_grades", 2),
}
BUILT_IN = ("LookupError", "KeyError", "IndexError")
SOURCES = [
    path
    for package in ("autograder", "course_utils")
    for path in sorted((ROOT / package).rglob("*.py"))
    if path.parent.name != "exercises"  # holds answers as learners write them
]


def _raising(error):
    def work(*_, **__):
        raise error

    return work


def _say(words, function, error, monkeypatch, capsys, main=cli.main):
    """The exit code of a command whose work raises `error`, and what it wrote to stderr."""
    monkeypatch.setattr(function, _raising(error))
    monkeypatch.setattr("sys.argv", ["autograder", *words.split()])
    with pytest.raises(SystemExit) as ended:
        main()
    return ended.value.code, capsys.readouterr().err


def test_every_command_is_looked_at():
    assert set(COMMANDS) == set(cli.cli.commands)


@pytest.mark.parametrize(("words", "function", "code"), COMMANDS.values(), ids=COMMANDS)
def test_a_refusal_is_one_line(words, function, code, monkeypatch, capsys):
    said = "the disc of plots is full; take another one"
    assert _say(words, function, Refused(said), monkeypatch, capsys) == (code, f"autograder: {said}\n")


@pytest.mark.parametrize(("words", "function"), [one[:2] for one in COMMANDS.values()], ids=COMMANDS)
@pytest.mark.parametrize(
    "error", [KeyError("foo"), LookupError("foo"), RuntimeError("foo"), ValueError("foo")], ids=type
)
def test_a_defect_shows_its_traceback_and_where_to_report_it(words, function, error, monkeypatch, capsys):
    code, said = _say(words, function, error, monkeypatch, capsys)
    assert code == DEFECT
    assert said.startswith("Traceback (most recent call last)")
    assert f'File "{__file__}"' in said
    assert type(error).__name__ in said
    assert "report" in said.splitlines()[-1]


def test_the_worker_package_tells_them_apart_too(monkeypatch, capsys):
    words, function, _ = COMMANDS["worker"]
    assert _say(words, function, Refused("no."), monkeypatch, capsys, worker_cli.main) == (1, "autograder: no.\n")
    code, said = _say(words, function, KeyError("foo"), monkeypatch, capsys, worker_cli.main)
    assert (code, said.startswith("Traceback")) == (DEFECT, True)


LEARNERS = {
    "edition": (edition_command, ["reset", "02"], "reset"),
    "data": (data_command, [], "read_manifest"),
}


@pytest.mark.parametrize(("module", "words", "function"), LEARNERS.values(), ids=LEARNERS)
def test_learners_commands_tell_them_apart(module, words, function, monkeypatch, capsys):
    monkeypatch.setattr(module, function, _raising(Refused("Not today.")))
    assert module.main(words) == 1
    assert capsys.readouterr() == ("Not today.\n", "")
    monkeypatch.setattr(module, function, _raising(KeyError("foo")))
    assert module.main(words) == DEFECT
    said = capsys.readouterr().err
    assert said.startswith("Traceback")
    assert "report" in said.splitlines()[-1]
    monkeypatch.setattr(module, function, _raising(KeyboardInterrupt()))
    assert module.main(words) == refused.STOPPED


def test_ctrl_c_is_130_and_a_wrong_option_is_clicks_2(monkeypatch, capsys):
    words, function, _ = COMMANDS["build"]
    assert _say(words, function, KeyboardInterrupt(), monkeypatch, capsys)[0] == 130
    monkeypatch.setattr("sys.argv", ["autograder", "build", "--no-such-option"])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 2
    assert "No such option" in capsys.readouterr().err


def test_the_address_for_reports_is_the_projects_own(monkeypatch):
    from email.message import Message
    from importlib import metadata

    told = Message()
    monkeypatch.setattr(metadata, "metadata", lambda name: told)
    assert "to whoever maintains this course" in refused.report_line()
    told["Project-URL"] = "Homepage, https://example.org"
    told["Project-URL"] = "Issues, https://example.org/issues"
    assert "at https://example.org/issues, with the traceback above" in refused.report_line()


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_error_of_pythons_own_carries_a_message_for_a_user(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
            name = ast.unparse(node.exc.func)
            assert name not in BUILT_IN or not node.exc.args, f"{path}:{node.lineno}: raise Refused in place of {name}"
        if isinstance(node, ast.ExceptHandler) and node.type is not None:
            caught = {one.id for one in ast.walk(node.type) if isinstance(one, ast.Name)}
            told = node.name and any(
                isinstance(one, ast.Call)
                and ast.unparse(one.func) in ("print", "click.echo", "sys.exit", "_refuse")
                and any(isinstance(inside, ast.Name) and inside.id == node.name for inside in ast.walk(one))
                for statement in node.body
                for one in ast.walk(statement)
            )
            assert not (told and caught & {*BUILT_IN, "RuntimeError", "ValueError", "Exception"}), (
                f"{path}:{node.lineno}"
            )


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_refusal_is_derived_from_an_error_of_pythons_own_too(path):
    """`class X(Refused, LookupError)` would be caught where a slip of ours is waited for."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ClassDef):
            bases = {ast.unparse(base) for base in node.bases}
            assert "Refused" not in bases or bases == {"Refused"}, f"{path}:{node.lineno}"


FORESEEN = {
    "the disk is full": OSError(errno.ENOSPC, "No space left on device"),
    "no right to write": PermissionError(errno.EACCES, "Permission denied", "gradebook.db"),
    "a file where a folder should be": NotADirectoryError(errno.ENOTDIR, "Not a directory", "submitted"),
    "no gradebook there": exc.OperationalError("", {}, sqlite3.OperationalError("unable to open database file")),
    "held": exc.OperationalError("", {}, sqlite3.OperationalError("database is locked")),
    "something else": exc.DatabaseError("", {}, sqlite3.DatabaseError("file is not a database")),
}
DEFECTS = {
    "a file that should be there": FileNotFoundError(errno.ENOENT, "No such file", "x"),
    "a pipe": BrokenPipeError(errno.EPIPE, "Broken pipe"),
    "a table": exc.OperationalError("", {}, sqlite3.OperationalError("no such table: gradez")),
    "a query": exc.ProgrammingError("", {}, sqlite3.ProgrammingError('relation "disk" does not exist')),
    "a key": KeyError("foo"),
}


@pytest.mark.parametrize("error", FORESEEN.values(), ids=FORESEEN)
def test_the_courses_state_is_told_in_a_line(error):
    assert command.foreseen(error).startswith("the course's folder or gradebook cannot be used: ")


@pytest.mark.parametrize("error", DEFECTS.values(), ids=DEFECTS)
def test_our_own_slips_are_not_told_as_the_courses_state(error):
    assert command.foreseen(error) == ""
