"""The command line starts fast: a room is imported when one of its commands is called, and not for a line of help."""

import json
import subprocess
import sys

import pytest

from autograder.cli import COMMANDS, cli

HEAVY = {"numpy", "nbformat", "nbgrader", "sqlalchemy", "rich", "tensorflow", "matplotlib", "pandas"}
SHOW = "import json, sys; from click.testing import CliRunner; from autograder.cli import cli; \
done = CliRunner().invoke(cli, sys.argv[1:]); print(json.dumps([done.exit_code, done.output, sorted(sys.modules)]))"


def _called(*arguments: str) -> tuple[int, str, set[str]]:
    done = subprocess.run([sys.executable, "-c", SHOW, *arguments], capture_output=True, text=True, check=True)
    code, said, modules = json.loads(done.stdout)
    return code, said, set(modules)


def test_help_lists_every_command_and_imports_no_room():
    code, said, modules = _called("--help")
    assert code == 0
    assert [name for name in COMMANDS if f"\n  {name} " not in said] == []
    assert not HEAVY & modules
    assert modules >= set(COMMANDS.values()) - {"autograder.cli"}


def test_a_command_imports_its_own_room_alone():
    code, said, modules = _called("report", "--help")
    assert code == 0
    assert "Usage: cli report" in said
    assert "autograder.report.cli" in modules
    assert not {"autograder.term.cli", "autograder.bench.cli", "autograder.report.write"} & modules


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_is_called_as_the_table_says(name):
    assert cli.commands[name].name == name
    assert cli.commands[name].help


def test_a_command_that_is_not_there_is_no_crash():
    code, said, _ = _called("repot")
    assert code == 2
    assert "No such command 'repot'" in said
