"""In the sandbox: run a notebook's code cells in one IPython shell and send what comes of them, cell by cell.

`grade` in a test cell does not judge here: it keeps the answer. When the last cell has run, the outputs are sealed; only
then are the hidden probes let in, the kept answers called on them, and what they give sent out as data. So no cell can show
a probe, and what is expected never comes here at all.
"""

from __future__ import annotations

import base64
import contextlib
import io
import os
import random
import signal
import sys
import types
from collections.abc import Callable, Iterator
from typing import Any

from autograder.engine.wire import BadFrame, read_frame, write_frame

MAX_CELL_OUTPUT = 4 * 2**20  # characters of text that one cell may show; the rest is cut and said to be
MAX_DEPTH = 50  # of a rich output that is JSON


class Kept:
    """An answer handed to `grade`: the object with its globals as they were, and facts about its source."""

    def __init__(self, unit: str | None, id: str, answer: Any) -> None:
        from course_utils.source import read_source

        self.unit, self.id = unit, id
        self.facts = read_source(answer)
        self.answer = snapshot(answer)


def snapshot(answer: Any) -> Any:
    """A function with its globals as they are now: cells below may give its helpers' names to other things."""
    if not isinstance(answer, types.FunctionType):
        return answer
    frozen = dict(answer.__globals__)
    own = {n: f for n, f in frozen.items() if isinstance(f, types.FunctionType) and f.__globals__ is answer.__globals__}
    for name, function in own.items():
        frozen[name] = _rebind(function, frozen)
    return _rebind(answer, frozen)


def _rebind(function: types.FunctionType, namespace: dict) -> types.FunctionType:
    copy = types.FunctionType(
        function.__code__, namespace, function.__name__, function.__defaults__, function.__closure__
    )
    copy.__kwdefaults__, copy.__dict__ = function.__kwdefaults__, dict(function.__dict__)
    return copy


class Recorder:
    """Collects the outputs of the running cell in nbformat's form."""

    def __init__(self) -> None:
        self.outputs: list[dict] = []
        self.room = MAX_CELL_OUTPUT

    def stream(self, name: str, text: str) -> None:
        """Text to stdout or stderr."""
        text = self._cut(text)
        if not text:
            return
        if self.outputs and self.outputs[-1].get("name") == name:
            self.outputs[-1]["text"] += text
        else:
            self.outputs.append({"output_type": "stream", "name": name, "text": text})

    def data(self, kind: str, data: dict, metadata: dict) -> None:
        """A display_data or execute_result."""
        size = sum(len(str(value)) for value in data.values())
        if size > self.room:
            data, metadata = {"text/plain": f"[an output of {size} characters was left out]"}, {}
        self.room -= min(size, self.room)
        extra = {"execution_count": None} if kind == "execute_result" else {}
        self.outputs.append(
            {"output_type": kind, "data": _plain_data(data), "metadata": _plain_data(metadata), **extra}
        )

    def error(self, name: str, value: str, traceback: list[str]) -> None:
        """An exception that ended the cell."""
        lines = [self._cut(str(line)) for line in traceback]
        self.outputs.append({"output_type": "error", "ename": name, "evalue": value[:2000], "traceback": lines})

    def _cut(self, text: str) -> str:
        if len(text) > self.room:
            text = text[: self.room] + "\n[the rest of this output was cut]\n" if self.room else ""
        self.room -= min(len(text), self.room)
        return text


def _plain_data(value: Any, depth: int = 0) -> Any:
    """A mime bundle as JSON: bytes as base64, anything odd or nested too deeply as text."""
    if depth == MAX_DEPTH and isinstance(value, dict | list | tuple):
        return f"[a {type(value).__name__} nested too deeply was left out]"
    if isinstance(value, dict):
        return {str(key): _plain_data(item, depth + 1) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain_data(item, depth + 1) for item in value]
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return value if value is None or isinstance(value, str | int | float | bool) else str(value)


class _Stream(io.TextIOBase):
    """sys.stdout or sys.stderr of the notebook."""

    def __init__(self, name: str, recorder: Callable[[], Recorder]) -> None:
        self._name, self._recorder = name, recorder

    name = property(lambda self: f"<{self._name}>")
    encoding = "utf-8"

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        self._recorder().stream(self._name, str(text))
        return len(text)


class Notebook:
    """The shell that runs a notebook's cells. Made warm, in the parent; used in the child."""

    def __init__(self) -> None:
        self.recorder = Recorder()
        self.kept: list[Kept] = []
        self.shell = _make_shell(self)

    @contextlib.contextmanager
    def interruptible(self) -> Iterator[None]:
        """Let SIGINT, by which the monitor says that time is up, interrupt a learner's code, and nothing else.

        Python's own handler, for one of ours would be seen in the traceback, with its path.
        """
        signal.signal(signal.SIGINT, signal.default_int_handler)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, signal.SIG_IGN)

    def run(self, cell: dict) -> list[dict]:
        """Run one cell; return its outputs."""
        self.recorder = Recorder()
        shell = self.shell
        with (
            contextlib.redirect_stdout(_Stream("stdout", lambda: self.recorder)),
            contextlib.redirect_stderr(_Stream("stderr", lambda: self.recorder)),
        ):
            try:
                with self.interruptible():
                    shell.run_cell(cell["source"], store_history=True)
            except BaseException as error:  # what IPython itself does not catch
                self.recorder.error(type(error).__name__, str(error), [f"{type(error).__name__}: {error}"])
        return self.recorder.outputs


def _make_shell(notebook: Notebook) -> Any:
    from IPython.core.displayhook import DisplayHook
    from IPython.core.displaypub import DisplayPublisher
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets import Any as AnyTrait
    from traitlets.config import Config

    class Publisher(DisplayPublisher):
        def publish(self, data: dict, metadata: dict | None = None, **_: Any) -> None:
            notebook.recorder.data("display_data", data, metadata or {})

        def clear_output(self, wait: bool = False) -> None:
            notebook.recorder.outputs.clear()

    class Hook(DisplayHook):
        def write_output_prompt(self) -> None:
            pass

        def write_format_data(self, format_dict: dict, md_dict: dict | None = None) -> None:
            notebook.recorder.data("execute_result", format_dict, md_dict or {})

        def finish_displayhook(self) -> None:
            pass

    class Shell(InteractiveShell):
        displayhook_class = AnyTrait(Hook)
        display_pub_class = AnyTrait(Publisher)

        def _showtraceback(self, etype: type, evalue: BaseException, stb: list[str]) -> None:
            notebook.recorder.error(etype.__name__, str(evalue), stb)

        def init_sys_modules(self) -> None:  # notebooks' code lives in `__main__`
            sys.modules["__main__"] = self.user_module

        def enable_gui(self, gui: str | None = None) -> None:
            """There is no screen."""

        def raw_input(self, prompt: str = "") -> str:
            raise EOFError("input() was called, and nobody is there to type")

    config = Config()
    config.HistoryManager.enabled = False  # it would start a thread, and write to a home that is not there yet
    config.InteractiveShell.colors = "nocolor"
    shell = Shell.instance(config=config)
    shell.ask_exit = lambda: None  # exit() ends its cell, not the notebook
    return shell


def install_grade(notebook: Notebook) -> None:
    """Put a module `autograder` into place whose `grade` keeps answers; the real one is not to be seen from here."""
    from course_utils import checking

    module = types.ModuleType("autograder", "Keeps answers for the judge.")

    def grade(id: str, answer: Any) -> None:
        notebook.kept.append(Kept(checking._unit, str(id), answer))

    module.grade = grade
    for name in [name for name in sys.modules if name.split(".")[0] == "autograder"]:
        del sys.modules[name]
    sys.modules["autograder"] = module


def same_luck() -> None:
    """Seed the generators that nobody seeds, Keras's initial weights among them: graded again, a notebook does the same.

    Python's own is seeded anew in every forked process, from the system; NumPy's is as it was when it was imported.
    """
    random.seed(0)
    if numpy := sys.modules.get("numpy"):
        numpy.random.seed(0)
    if tensorflow := sys.modules.get("tensorflow"):  # runs no operation: it notes the seed
        tensorflow.random.set_seed(0)


def run_job(notebook: Notebook, job: dict, send: int, receive: int) -> None:
    """Run the job's cells, then the kept answers on the hidden probes; frames go out through `send`.

    Frames: {"begin": i}, {"cell": i, "outputs": [...]}, {"sealed": [...ids], "facts": {id: ...}}, {"begin": id},
    {"answer": id, ...}, {"end": true}.
    """
    install_grade(notebook)
    same_luck()
    work = os.getcwd()
    sys.path.insert(0, "")  # files that were handed in beside the notebook can be imported, as they can in Jupyter
    os.environ["NBGRADER_EXECUTION"] = "autograde"
    for index, cell in enumerate(job["cells"]):
        write_frame(send, {"begin": index})
        outputs = notebook.run(cell)
        _write_or_say_why(send, {"cell": index, "outputs": outputs}, {"cell": index, "outputs": []})
    last = {kept.id: kept for kept in notebook.kept}  # that an exercise was answered twice is for the judge to see
    facts = {kept.id: kept.facts for kept in last.values()}
    write_frame(send, {"sealed": [kept.id for kept in notebook.kept], "facts": facts})
    hidden = read_frame(receive) or {}
    os.chdir(work)  # a cell may have left it for a folder that is gone
    for kept in last.values():
        pack = hidden.get(kept.id)
        if pack is not None:
            write_frame(send, {"begin": kept.id})
            message = _observe(notebook, kept, pack)
            _write_or_say_why(send, message, {"answer": kept.id, "refused": "larger than what is accepted"})
    write_frame(send, {"end": True})


def _observe(notebook: Notebook, kept: Kept, pack: dict) -> dict:
    """The kept answer's observations on a hidden pack's probes, as JSON."""
    from course_utils.describe import decode, encode
    from course_utils.observe import is_stub, observe

    try:
        if is_stub(kept.answer):
            return {"answer": kept.id, "stub": True}
        if pack["settings"]["kind"] == "function" and not callable(kept.answer):
            return {"answer": kept.id, "not_callable": type(kept.answer).__name__[:80]}
        with notebook.interruptible():
            observations = observe(kept.answer, decode(pack))
    except BaseException as error:  # what is looked at may raise SystemExit, and other answers wait for their turn
        return {"answer": kept.id, "refused": type(error).__name__[:80]}
    return {"answer": kept.id, "observations": encode(observations)}


def _write_or_say_why(send: int, message: dict, instead: dict) -> None:
    try:
        write_frame(send, message)
    except (BadFrame, TypeError, ValueError, RecursionError) as error:
        write_frame(send, {**instead, "refused": str(error)[:200]})
