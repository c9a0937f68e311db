"""What a warm parent has ready before it forks, and what it takes up later: never what it was not told of."""

import json
import sys

import pytest

from autograder.engine.cluster.worker import about
from autograder.engine.run.ready import Ready, imported_by, loaders_in, modules_of, ready_for
from autograder.engine.run.runner import WarmParent, imported_modules
from autograder.engine.run.sandbox import Limits, missing
from course_utils import data
from course_utils.data import cache, fetch, lexicon
from course_utils.data.manifest import data_set

#: Modules of the standard library that neither the engine nor its tests import.
FIRST, SECOND, NEVER = "wave", "tabnanny", "pickletools"


@pytest.fixture(autouse=True)
def _forget(monkeypatch):
    for name in (FIRST, SECOND, NEVER):
        monkeypatch.delitem(sys.modules, name, raising=False)
    lexicon.forget()
    yield
    lexicon.forget()


def test_words_name_what_all_need_what_some_need_and_data():
    words = ready_for(["numpy", "keras"], ["numpy"], ["bbc"])
    assert words == ("numpy", "later:keras", "data:bbc")
    assert ready_for(["numpy", "keras"], None, []) == ("numpy", "keras")
    assert modules_of(words) == ["numpy", "keras"]


def test_loaders_are_those_that_cells_call():
    cells = ["frame = data.newsgroups()", "%time x", "told = data.babi(1)", "table.load()", "other.bbc()"]
    assert loaders_in(cells) == ("newsgroups",)


def test_imports_are_seen_in_lines():
    cells = [
        "import keras.layers as kl\nfrom sklearn import svm",
        "def f():\n    import os.path",
        "important = 'from home'",
    ]
    assert imported_by(cells) == ("keras", "os", "sklearn")


def test_only_what_was_named_is_imported():
    ready = Ready([FIRST, f"later:{SECOND}"])
    assert FIRST in sys.modules
    assert SECOND not in sys.modules
    ready.take_up((FIRST, NEVER))
    assert SECOND not in sys.modules
    assert NEVER not in sys.modules
    ready.take_up((SECOND, NEVER))
    assert SECOND in sys.modules
    assert NEVER not in sys.modules


def test_a_module_that_is_missing_or_breaks_stops_nothing(tmp_path, monkeypatch):
    (tmp_path / "no_such_luck.py").write_text("import no_such_module_at_all")
    monkeypatch.syspath_prepend(tmp_path)
    Ready(["no_such_module_at_all", "no_such_luck", "data:no_such_loader", FIRST])
    assert FIRST in sys.modules


def test_what_a_line_takes_from_a_package_is_imported_too(tmp_path, monkeypatch):
    """It may be a module, a name in one, or what the package imports when it is first asked for it, as this course's does."""
    package = tmp_path / "made_up"
    package.mkdir()
    lazily = "def __getattr__(name):\n    if name != 'late':\n        raise AttributeError(name)\n    import made_up.deep as deep\n    return deep"
    (package / "__init__.py").write_text(lazily)
    (package / "part.py").write_text("value = 1")
    (package / "deep.py").write_text("")
    monkeypatch.syspath_prepend(tmp_path)
    found = imported_modules(
        ["from made_up import part", "from made_up.part import value, nothing", "from made_up import *"]
    )
    assert found == ("made_up", "made_up.part", "made_up.part.value", "made_up.part.nothing")
    try:
        Ready([*found, "made_up.no_part"])
        assert "made_up.part" in sys.modules
        assert "made_up.deep" not in sys.modules
        Ready(["made_up.late"])
        assert "made_up.deep" in sys.modules
    finally:
        for name in [name for name in sys.modules if name.partition(".")[0] == "made_up"]:
            del sys.modules[name]


def test_data_is_read_once_for_all(capsys):
    Ready(["data:synonyms"])
    assert lexicon._read.cache_info().currsize == 1
    assert capsys.readouterr().out == ""
    data.synonyms()
    assert lexicon._read.cache_info().hits == 1
    assert "thesaurus" in capsys.readouterr().out, "whoever asks for the data is told where it comes from"


def test_reading_ahead_fetches_nothing_and_puts_nothing_in_its_place(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_DATA", str(tmp_path))
    monkeypatch.setenv("COURSE_MIRROR", "http://127.0.0.1:9")
    monkeypatch.setattr(cache, "cache_folders", lambda: [tmp_path])
    monkeypatch.setattr(fetch, "cache_folders", lambda: [tmp_path])
    monkeypatch.setattr(fetch, "download", lambda *_, **__: pytest.fail("it fetched"))
    monkeypatch.setattr(fetch, "copy_member", lambda *_, **__: pytest.fail("it fetched"))
    for loader in ("load_reuters", "newsgroups", "load_imdb", "ag_news"):
        with pytest.raises(fetch.NotHere):
            data.read_ahead(loader)
    monkeypatch.delenv("COURSE_MIRROR")
    with fetch.only_here():
        assert fetch.find(data_set("thesaurus").files[0]), "what the course brings along is here"


def test_what_cannot_be_called_without_arguments_is_not_read_ahead():
    for name in ("babi", "project", "DataUnavailable", "prepare", "no_such_loader"):
        with pytest.raises(ValueError, match="cannot be read ahead"):
            data.read_ahead(name)


@pytest.mark.parametrize("sandboxed", [True, False])
def test_a_notebook_finds_ready_what_it_imports(sandboxed):
    look = f"import sys\nprint({FIRST!r} in sys.modules, {SECOND!r} in sys.modules)"

    def seen(parent, limits=None):
        (output,) = parent.run([look], {}, limits).outputs[0]
        return output["text"].split()

    if sandboxed and missing():
        pytest.skip(f"no sandbox here: {missing()[0]}")
    with WarmParent((FIRST, f"later:{SECOND}"), sandboxed=sandboxed) as parent:
        assert seen(parent) == ["True", "False"]
        assert seen(parent, Limits().importing(("json", NEVER))) == ["True", "False"]
        assert seen(parent, Limits().importing((SECOND,))) == ["True", "True"]
        assert seen(parent) == ["True", "True"], "it stays imported"


def test_a_worker_is_told_of_modules_and_not_of_data():
    versions = about(("numpy", "later:keras", "data:bbc"))["versions"]
    assert {"numpy", "keras"} <= versions.keys()
    assert not any(":" in name or name == "bbc" for name in versions)
    json.dumps(versions)
