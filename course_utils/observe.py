"""Call an answer on a probe and write down, as plain data, all that a teacher would notice.

An observation is a dict:

    outcome   "returned", "raised", "timed out" or "skipped" (an earlier probe timed out)
    value     the description of what was returned
    error     {"types": [...], "message": ..., "line": ..., "code": ...} of what was raised
    printed   what the answer printed, cut; warnings: the warnings it caused
    mutated   names of the arguments that it changed; shared: of those whose memory the result shares
    moved     true where it left the process in another working directory
    breaks    the rules that it broke, where the exercise has rules: [{"rule": place, "name": place in its names, "words": ...}];
              unseen: why it could not be seen whether it keeps them (`course_utils.watch`)
"""

from __future__ import annotations

import builtins
import contextlib
import ctypes
import difflib
import functools
import inspect
import io
import itertools
import linecache
import logging
import os
import signal
import sys
import threading
import time
import types
import warnings
from collections.abc import Callable, Iterator
from typing import Any

from course_utils import models
from course_utils.describe import TooLarge
from course_utils.folder import WorkingFolder
from course_utils.kinds import TimeUp, callable_name, class_name, is_a, lineage, readable
from course_utils.limits import (
    AGAIN,
    ALIKE,
    LONGEST_GUESSED,
    LOOK_SECONDS,
    MAX_MESSAGE,
    MAX_NAMES,
    MAX_PRINTED,
    MAX_WARNINGS,
    MOST_WAITING,
    SHORTEST_GUESSED,
    SHORTEST_LOOK,
)
from course_utils.models import Interviewed, describe_answer
from course_utils.surroundings import ordinary
from course_utils.values import Workspace, restore
from course_utils.watch import Watch
from course_utils.words import with_article

Observation = dict[str, Any]


class NotAModel(TypeError):
    """An answer that should be a trained model has no `predict`."""


def observe(answer: Any, pack: dict) -> list[Observation]:
    """Observe `answer` on every probe of a pack, in order. After a time-out the rest is skipped: it would wait again."""
    observations: list[Observation] = []
    ruled = pack.get("rules") and pack["settings"]["kind"] == "function"
    watch = Watch(pack["rules"], answer) if ruled else None
    for probe in pack["probes"]:
        if observations and observations[-1]["outcome"] in ("timed out", "skipped"):
            observations.append({"outcome": "skipped"})
        else:
            observations.append(observe_call(answer, probe, pack["settings"], pack["parameters"], watch))
    return observations


@ordinary()
def observe_call(
    answer: Any, probe: dict, settings: dict, parameters: list[str], watch: Watch | None = None
) -> Observation:
    """Call `answer` once, on fresh copies of the probe's arguments, within the time limit; `watch` looks on, for its rules."""
    with Workspace() as workspace:
        args = [restore(arg, workspace) for arg in probe["args"]]
        kwargs = {name: restore(arg, workspace) for name, arg in probe["kwargs"].items()}
        named = {**dict(zip(parameters, args, strict=False)), **kwargs}
        watched = {} if settings["kind"] == "model" else {name: _describe_quietly(arg) for name, arg in named.items()}
        watched_answer = functools.partial(watch.call, answer) if watch else answer
        call = {"model": _predict, "metric": models.as_metric}.get(settings["kind"], lambda answer: answer)(
            watched_answer
        )
        with contextlib.ExitStack() as stack:
            asked = probe.get("ask")
            if asked:
                call = _interviewed(watched_answer, asked, named, settings["kind"])
            if asked or settings["kind"] == "metric":
                stack.enter_context(models.seeded(asked["seed"] if asked else 0))
            call = _looked_at(call, named, workspace)
            observation, found = _call(call, args, kwargs, settings["time_limit"], answer)
        observation |= (found or {}) | (watch.take() if watch else {})
        mutated = [name for name, before in watched.items() if before and _changed(named[name], before)]
        return observation | ({"mutated": mutated} if mutated else {})


def is_stub(answer: Any) -> bool:
    """Whether `answer` is the untouched stub: `...`, or a function whose body is empty but for a docstring and `...`."""
    if answer is ...:
        return True
    if not is_a(answer, types.FunctionType):
        return False
    import dis

    idle = {"RESUME", "NOP", "LOAD_CONST", "RETURN_CONST", "RETURN_VALUE", "POP_TOP"}
    instructions = list(dis.get_instructions(answer))
    loaded = [i.argval for i in instructions if i.opname in ("LOAD_CONST", "RETURN_CONST")]
    return all(i.opname in idle for i in instructions) and all(value is None or value is ... for value in loaded)


def _call(call: Callable, args: list, kwargs: dict, limit: float, answer: Any) -> tuple[Observation, Any]:
    """Run the call with output, warnings and the working directory watched; return the observation and the raw result."""
    result = None
    observation: Observation = {"outcome": "returned"}
    depth = sys.getrecursionlimit()
    with (
        _Clipped.lent() as out,
        WorkingFolder() as home,
        warnings.catch_warnings(record=True) as caught,
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(out),
        _quiet_libraries(),
        _exit_raises(),
        _interrupts() as pressed,
    ):
        warnings.simplefilter("always")
        try:
            with time_limit(limit):
                try:
                    result = call(*args, **kwargs)
                finally:
                    sys.setrecursionlimit(depth)  # before anything else: what follows needs a few frames
        except TimeUp:
            observation = {"outcome": "timed out", "seconds": limit}
        except BaseException as error:  # a learner's code may raise anything, SystemExit included
            if is_a(error, KeyboardInterrupt) and pressed():
                raise  # the learner pressed stop: that is theirs to decide
            observation = {"outcome": "raised", "error": _describe_error(error, answer)}
        if home.is_left():
            observation["moved"] = True
            home.go_back()
        if (printed := out.text()).strip():
            observation["printed"] = printed
    written_in = _file_of(answer)
    concerns = itertools.islice((w for w in caught if _concerns(w, written_in)), MAX_WARNINGS)
    if told := {f"{class_name(w.category)}: {_message_of(w.message)}"[:MAX_MESSAGE] for w in concerns}:
        observation["warnings"] = sorted(told)[:5]
    return observation, result


def _concerns(warning: warnings.WarningMessage, home: str | None) -> bool:
    """Whether a warning is for whoever wrote the answer: that a library itself is out of date is not."""
    return not is_a(warning.message, DeprecationWarning, PendingDeprecationWarning) or warning.filename == home


@contextlib.contextmanager
def _interrupts() -> Iterator[Callable[[], bool]]:
    """Tell an interrupt that somebody sent from a KeyboardInterrupt that an answer raises by itself."""
    previous = signal.getsignal(signal.SIGINT)
    if previous is signal.SIG_IGN or previous is signal.SIG_DFL:  # one that is sent is not heard, or ends the process
        yield lambda: False
        return
    if threading.current_thread() is not threading.main_thread() or not callable(previous):
        yield lambda: True
        return
    came = []

    def note(signum: int, frame: types.FrameType | None) -> None:
        came.append(signum)
        previous(signum, frame)

    signal.signal(signal.SIGINT, note)
    try:
        yield lambda: bool(came)
    finally:
        signal.signal(signal.SIGINT, previous)


@contextlib.contextmanager
def _quiet_libraries() -> Iterator[None]:
    """Send what libraries write straight to the process's stderr nowhere: nbgrader takes it for a failed test.

    TensorFlow also logs to the stderr that there was when it was imported: that many small models are slow to trace.
    """
    logger = logging.getLogger("tensorflow")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        with _no_stderr():
            yield
    finally:
        logger.setLevel(level)


@contextlib.contextmanager
def _no_stderr() -> Iterator[None]:
    try:
        saved = os.dup(2)
    except OSError:  # this process has no stderr
        yield
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(saved, 2)
        os.close(saved)
        os.close(nowhere)


@contextlib.contextmanager
def _exit_raises() -> Iterator[None]:
    """Let a notebook's own `exit()` and `quit()` raise SystemExit, as Python's do; they would end the kernel instead."""
    shell = sys.modules.get("IPython.core.interactiveshell")
    if not (shell and shell.InteractiveShell.initialized()):
        yield
        return

    def leave(self: Any, *_: Any, **__: Any) -> None:
        raise SystemExit

    kind = type(shell.InteractiveShell.instance().exiter)
    saved = kind.__call__
    kind.__call__ = leave
    try:
        yield
    finally:
        kind.__call__ = saved


def _interviewed(answer: Any, asked: dict, named: dict[str, Any], kind: str) -> Callable:
    """The answer's call, and then what its probe asks of the model that it returned: all within one time limit."""

    def call(*args: Any, **kwargs: Any) -> Any:
        result = answer if kind == "model" else answer(*args, **kwargs)
        if not models.is_model(result):
            return result
        return Interviewed(result, models.interview(result, asked, named, restore))

    return call


def _looked_at(call: Callable, named: dict[str, Any], workspace: Workspace) -> Callable[..., Observation]:
    """The call, and then a look at what it returned: within one time limit, for a hostile object is slow to look at."""

    def observed(*args: Any, **kwargs: Any) -> Observation:
        result = call(*args, **kwargs)
        found = _describe_result(result, tuple(workspace.roots))
        result = result.model if type(result) is Interviewed else result
        shared = [name for name, arg in named.items() if _share_memory(result, arg)]
        return found | ({"shared": shared} if shared else {})

    return observed


def _describe_result(result: Any, roots: tuple) -> Observation:
    if type(result) is Interviewed:
        return {"value": result.description}
    try:
        return {"value": describe_answer(result, roots)}
    except TooLarge as error:
        return {"outcome": "raised", "error": {"types": ["TooLarge"], "message": str(error)}}


def _describe_quietly(value: Any) -> dict | None:
    """The description of an argument; None for what cannot be described in time."""
    with _interrupts() as pressed:
        try:
            with time_limit(LOOK_SECONDS):
                return describe_answer(value)
        except (TooLarge, TimeUp):
            return None
        except KeyboardInterrupt:
            if pressed():
                raise
            return None


def _changed(argument: Any, before: dict) -> bool:
    from course_utils.compare import same

    now = _describe_quietly(argument)
    return now is None or not same(now, before)


def _describe_error(error: BaseException, answer: Any) -> dict:
    """The error's types, nearest first, its message, and the line of the learner's code where it happened."""
    names = [class_name(cls) for cls in lineage(error) if cls not in (object, BaseException)] or ["BaseException"]
    message = _message_of(error)
    if near := _near_name(error):
        message += f" (did you mean {near}?)"
    described = {"types": names, "message": message}
    home = _file_of(answer)
    frames = [(f.f_code.co_filename, line) for f, line in _walk(vars(BaseException)["__traceback__"].__get__(error))]
    for filename, line in reversed(frames):
        if home and filename == home:
            return described | {"line": line, "code": linecache.getline(filename, line).strip()[:200]}
    return described


def _near_name(error: BaseException) -> str:
    """The name that is there and written nearly as the one that was not found; "" where there is none.

    Names are read where Python keeps them; nothing of the learner's is called.
    """
    if type(error) is not AttributeError and type(error) is not NameError:
        return ""
    missing = error.name
    if type(missing) is not str or not SHORTEST_GUESSED <= len(missing) <= LONGEST_GUESSED:
        return ""
    if type(error) is AttributeError:
        owner = error.obj
        names = {name for cls in lineage(owner) for name in _namespace(cls)}
        if is_a(owner, types.ModuleType):
            names.update(vars(types.ModuleType)["__dict__"].__get__(owner))
    else:
        frames = [frame for frame, _ in _walk(vars(BaseException)["__traceback__"].__get__(error))]
        names = {*frames[-1].f_globals, *frames[-1].f_code.co_varnames, *vars(builtins)} if frames else set()
    public = sorted(name for name in names if type(name) is str and not name.startswith("_"))[:MAX_NAMES]
    return next(iter(difflib.get_close_matches(missing, public, n=1, cutoff=ALIKE)), "")


def _message_of(error: BaseException | str) -> str:
    """What an error or a warning says, cut; a few words where its class cannot say it, or not in time."""
    with _interrupts() as pressed:
        try:
            with time_limit(LOOK_SECONDS):
                return readable(str(error)[:MAX_MESSAGE])
        except BaseException as other:
            if is_a(other, KeyboardInterrupt) and pressed():
                raise
            return "(its message cannot be read)"


def _file_of(answer: Any) -> str | None:
    """The file or cell that an answer's code is written in; None where it has none."""
    wrapped = inspect.getattr_static(answer, "__wrapped__", None)  # of a function that is asked often
    for part in (answer, wrapped, *(vars_of.get("__call__") for vars_of in map(_namespace, lineage(answer)))):
        if is_a(part, types.MethodType):
            part = part.__func__
        if is_a(part, types.FunctionType):
            return part.__code__.co_filename
    return None


_namespace = type.__dict__["__dict__"].__get__


def _walk(traceback: types.TracebackType | None) -> Iterator[tuple[types.FrameType, int]]:
    while traceback is not None:
        yield traceback.tb_frame, traceback.tb_lineno
        traceback = traceback.tb_next


def _share_memory(result: Any, argument: Any) -> bool:
    """Whether the result is a model that was handed in, or an array of it overlaps an array argument (by their bounds)."""
    if result is argument and models.is_model(result):
        return True
    numpy = sys.modules.get("numpy")
    if numpy is None or not is_a(argument, numpy.ndarray):
        return False
    base = next((base for base in (list, tuple) if is_a(result, base)), None)
    results = itertools.islice(base.__iter__(result), 100) if base else [result]
    arrays = [numpy.asarray(each) for each in results if is_a(each, numpy.ndarray)]
    return any(each.size and numpy.may_share_memory(each, argument) for each in arrays)


def _predict(model: Any) -> Callable:
    """What calling a model means: `predict` without a progress bar."""

    def call(*args: Any) -> Any:
        if not callable(getattr(model, "predict", None)):
            raise NotAModel(f"a trained model has a `predict` method; this is {_called(model)}")
        return model.predict(*args, verbose=0)

    return call


def _called(value: Any) -> str:
    kind = with_article(class_name(type(value)))
    return f"{kind} called {name}" if (name := callable_name(value)) else kind


class _Clipped(io.StringIO):
    """Keeps the first MAX_PRINTED characters written to it and drops the rest. Made once and lent again, for it must not die.

    `print` holds no reference to the `sys.stdout` that it writes to (mended in CPython 3.13.3 and 3.14): where a thread of the
    learner's prints while this one is taken away and freed, the process dies of it.
    """

    _free: list[_Clipped] = []
    _closed: list[_Clipped] = []  # by force, `io.StringIO.close(sys.stdout)`: not lent again

    @classmethod
    @contextlib.contextmanager
    def lent(cls) -> Iterator[_Clipped]:
        """An empty one, for the body of a `with`."""
        one = cls._free.pop() if cls._free else cls()
        if one.closed:  # by a thread that had kept it
            cls._closed.append(one)
            one = cls()
        one.empty()  # a thread may have written to it since
        try:
            yield one
        finally:
            (cls._closed if one.closed else cls._free).append(one)

    def empty(self) -> None:
        """Forget what was written."""
        self.seek(0)
        self.truncate()

    def text(self) -> str:
        """What was written; nothing where it was closed by force."""
        with contextlib.suppress(ValueError):
            return self.getvalue()
        return ""

    def close(self) -> None:
        """An answer may close its stdout; what it printed before is looked at afterwards."""

    def write(self, text: str) -> int:
        room = MAX_PRINTED - self.tell()
        if room > 0:
            super().write(text[:room])
        return len(text)


@contextlib.contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise TimeUp in the body after `seconds`: by a signal in the main thread of a Unix process, else from a timer thread.

    Seconds of a machine that has nothing else to do: where others keep the processor busy, a right answer must not fail
    because it had to wait for it. A body that computes is stopped once it has had `seconds` of the processor; one that only
    waits, after MOST_WAITING times as long. A single long call into C is interrupted only when it returns.
    """
    if threading.current_thread() is threading.main_thread() and hasattr(signal, "setitimer"):
        with _alarm(seconds):
            yield
    else:
        with _timer_thread(seconds):
            yield


class _Clock:
    """How much of its time a body has used: `processor` tells the seconds of processor time used up to now."""

    def __init__(self, seconds: float, processor: Callable[[], float]) -> None:
        self.seconds, self.processor = seconds, processor
        self.began, self.had = time.monotonic(), processor()
        self.stopped = False

    def left(self) -> float:
        """Seconds until it is worth looking again; 0 when time is up."""
        least = self.seconds - (self.processor() - self.had)
        most = self.began + MOST_WAITING * self.seconds - time.monotonic()
        return max(0.0, min(least, most))


def _own_time() -> float:
    """Seconds of the processor that this thread has used, or all threads together where every core was at work.

    The threads count because TensorFlow computes in others, while this one waits; a core each because on an idle machine
    they would have run side by side.
    """
    return max(time.thread_time(), time.process_time() / (os.cpu_count() or 1))


@contextlib.contextmanager
def _alarm(seconds: float) -> Iterator[None]:
    clock = _Clock(seconds, _own_time)
    rung: list[bool] = []

    def ring(signum: int, frame: types.FrameType | None) -> None:
        if clock.stopped:  # it came while the alarm was being put away: set anew, it would end the process
            return
        left = clock.left()
        # Again when time is up, for code that catches everything
        signal.setitimer(signal.ITIMER_REAL, max(left, SHORTEST_LOOK) if left else AGAIN)
        if not left:
            if rung:
                _insist(frame)
            rung.append(True)
            raise TimeUp

    previous, tracing = signal.signal(signal.SIGALRM, ring), sys.gettrace()
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        clock.stopped = True
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)
        if rung and sys.gettrace() is not tracing:
            sys.settrace(tracing)


def _insist(frame: types.FrameType | None) -> None:
    """Raise TimeUp once more at the next line of the answer's: an endless loop around `except:` has caught the first by then.

    That line stands in the `except:` itself, so that nothing catches this one. (Where two such loops are nested, the outer does.)
    """

    def trace(frame: types.FrameType, event: str, arg: Any) -> Callable | None:
        if event == "line" and not frame.f_code.co_filename.startswith(_HERE):
            raise TimeUp  # Python traces no more after that
        return trace

    while frame is not None and not frame.f_code.co_filename.startswith(_HERE):
        frame.f_trace = trace
        frame = frame.f_back
    sys.settrace(trace)


_HERE = os.path.dirname(__file__) + os.sep


@contextlib.contextmanager
def _timer_thread(seconds: float) -> Iterator[None]:
    target, done = ctypes.c_ulong(threading.get_ident()), threading.Event()
    clock = _Clock(seconds, time.process_time)

    def watch() -> None:
        wait = seconds
        while not done.wait(wait):
            left = clock.left()
            if not left:
                ctypes.pythonapi.PyThreadState_SetAsyncExc(target, ctypes.py_object(TimeUp))
                return
            wait = max(left, SHORTEST_LOOK)

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield
        time.sleep(0)  # let an exception that is on its way arrive inside the body
    finally:
        done.set()
