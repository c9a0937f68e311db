"""What a project's files quote of the command that made them."""

from pathlib import Path

import pytest

from autograder.authoring.project import command


@pytest.mark.parametrize("name", ["my\nimport os\n.csv", "my\r\u2028x.csv", "my texts.csv"])
def test_a_files_name_is_no_line_of_code(name, monkeypatch):
    asked = []
    monkeypatch.setattr(
        command, "new_project", lambda number, what, *_: asked.append(what) or (_ for _ in ()).throw(KeyError)
    )
    with pytest.raises(KeyError):
        command.make("15", Path(name), "", "any", 3)
    assert len(asked[0].command.splitlines()) == 1
    assert f"# {asked[0].command}".count("\n") == 0
    assert asked[0].name.isidentifier()
