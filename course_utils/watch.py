"""Rules about how an answer is written, decided by what runs: what its own code calls, and whether it loops.

While an answer is called on a probe, each call that the learner's own code makes is noted (`sys.setprofile`), and each jump
backwards in its bytecode (`sys.monitoring`; opcode by opcode on Python 3.11, which has none). So it does not matter how the
answer got its name, nor how it reaches a function: `getattr`, `exec` and a partial are seen as well.

*The learner's own* is all code but that of the standard library, of installed packages and of the course. Only what own code
calls by itself counts, not what a library does within. Calls that leave no trace (of a type or a ufunc, of C by C) are not
seen. What cannot be decided costs nothing: an observation says so in its `unseen`, and the instructor reads a remark.
"""

from __future__ import annotations

import contextlib
import dis
import functools
import inspect
import linecache
import os
import sys
import threading
import types
from collections.abc import Callable, Iterator
from typing import Any

from course_utils.callables import (
    as_learners_write,
    calls_for_others,
    class_called,
    codes_of,
    full_names,
    is_among,
    is_own,
    name_of_builtin,
)
from course_utils.limits import MAX_NOTED, MOST_WRAPPERS

#: Why something could not be decided: the observation's `unseen` -> in words.
UNSEEN = {
    "nothing": "none of its own code was seen to run",
    "disturbed": "its code watches itself, or stopped what watched it",
    "elsewhere": "a part of it ran in another process",
}
LOOPS_IN_DISGUISE = ("numpy.vectorize", "numpy.frompyfunc", "numpy.apply_along_axis", "numpy.fromiter")


class Watch:
    """Watches an answer while it is called, for one pack's rules; a Watch serves all of its probes, one after the other."""

    def __init__(self, rules: list[dict], answer: Any) -> None:
        self._rules = rules
        self._names = [
            (place, number, name)
            for place, rule in enumerate(rules)
            if rule["rule"] == "names"
            for number, name in enumerate(rule["names"])
        ]
        self._loops = next((place for place, rule in enumerate(rules) if rule["rule"] == "loops"), None)
        self._entry = {id(code) for code in codes_of(answer)}
        self._own: dict[int, tuple[types.CodeType, bool]] = {}  # by the id of a code object, which is kept alive
        self._looked_at: set[int] = set()
        self._namesakes: dict[int, dict[int, int]] = {}  # by globals: code of a learner's function -> forbidden name
        self._begin()

    def _begin(self) -> None:
        self._breaks: dict[int, dict] = {}
        self._ran, self._left, self._disturbed = False, False, False
        self._called: dict[int, set] = {}  # by frame: what each of its instructions has called
        self._offsets: dict[int, int] = {}
        self._base: types.FrameType | None = None

    def call(self, answer: Callable, /, *args: Any, **kwargs: Any) -> Any:
        """Call the answer and watch it. What was seen is then to be had from `take`."""
        self._begin()
        self._base = inspect.currentframe()
        self._targets = _Targets(tuple(name for _, _, name in self._names), self._loops is not None)
        self._note_built_in(answer, self._base)
        with self._looking_for_loops(), self._profiling():
            return answer(*args, **kwargs)

    def take(self) -> dict:
        """What the last call showed, for its observation: {"breaks": [...], "unseen": why it is not decided}, or {}."""
        self._base = None
        seen: dict[str, Any] = (
            {"breaks": [self._breaks[place] for place in sorted(self._breaks)]} if self._breaks else {}
        )
        if not self._breaks:
            why = "disturbed" if self._disturbed else "elsewhere" if self._left else "" if self._ran else "nothing"
            seen |= {"unseen": why} if why else {}
        return seen

    @contextlib.contextmanager
    def _profiling(self) -> Iterator[None]:
        mine, before, in_threads = self._profile, sys.getprofile(), threading.getprofile()
        paused: Any = before if hasattr(before, "disable") else None  # cProfile's own object, which %prun sets
        if paused is not None:
            paused.disable()
        threading.setprofile(mine)
        sys.setprofile(mine)
        try:
            yield
        finally:
            self._disturbed |= sys.getprofile() != mine
            sys.setprofile(None if paused is not None else before)
            threading.setprofile(in_threads)
            if paused is not None:
                paused.enable()

    def _profile(self, frame: types.FrameType, event: str, arg: Any) -> None:
        """What `sys.setprofile` calls."""
        if event == "call":
            code = frame.f_code
            if self._is_own(frame):
                self._ran = True
                self._note_own(frame, code)
            elif (caller := self._caller(frame)) is not None:
                self._note_library(frame, code, caller)
        elif event == "c_call":
            if arg in _FORKS:
                self._left = True
            elif frame is self._base or self._is_own(frame):
                self._note_names(name_of_builtin(arg), frame)
        elif event == "return" and self._loops is not None:
            self._called.pop(id(frame), None)

    def _caller(self, frame: types.FrameType) -> types.FrameType | None:
        """The learner's frame that has a library's function called; None where a library calls it for itself.

        What calls for others is looked through; a thread that begins with it was begun for the learner.
        """
        back, before = frame.f_back, frame
        while back is not None and calls_for_others(back):
            before = back
            back = before.f_back
        if back is None:
            return before if before is not frame else None
        return back if back is self._base or self._is_own(back) else None

    def _is_own(self, frame: types.FrameType) -> bool:
        code = frame.f_code
        known = self._own.get(id(code))
        if known is None:
            known = self._own[id(code)] = (code, is_own(code, frame.f_globals))
        return known[1]

    def _note_built_in(self, thing: Any, frame: types.FrameType | None) -> None:
        """Note what a partial calls in C by C, which leaves no trace."""
        for _ in range(MOST_WRAPPERS):
            if type(thing) is types.BuiltinFunctionType:
                self._note_names(name_of_builtin(thing), frame)
            if not issubclass(type(thing), functools.partial):
                return
            thing = functools.partial.func.__get__(thing)

    def _note_own(self, frame: types.FrameType, code: types.CodeType) -> None:
        """A function of the learner's begins."""
        if id(code) not in self._looked_at:
            self._looked_at.add(id(code))
            for name in code.co_names:
                if issubclass(type(thing := frame.f_globals.get(name)), functools.partial):
                    self._note_built_in(thing, frame)
        if self._names and id(code) not in self._entry:
            caller = frame.f_back if frame.f_back is not None and self._is_own(frame.f_back) else frame
            if (number := self._namesakes_in(caller.f_globals).get(id(code))) is not None:
                place, index, name = self._names[number]
                self._break(place, index, name, caller)
        if self._loops is not None:
            self._note_repeated(frame, code)

    def _note_library(self, frame: types.FrameType, code: types.CodeType, caller: types.FrameType) -> None:
        """A function of a library begins, which the learner's code called, by itself or through a function in C."""
        module = frame.f_globals.get("__name__")
        if not isinstance(module, str) or module == __name__:
            return
        if code.co_name == "__getattr__":  # of a module that imports a part when it is named
            return
        self._note_names(f"{module}.{code.co_qualname}", caller, frame)
        if self._loops is not None and module.startswith("numpy") and not code.co_name.startswith("_"):
            self._note_repeated(frame, code)

    def _note_names(self, full: str, frame: types.FrameType | None, callee: types.FrameType | None = None) -> None:
        for number in self._targets.hit_by(full):
            place, index, name = self._names[number]
            self._break(place, index, as_learners_write(class_called(full, callee), name), frame)
        if self._loops is not None and (name := self._targets.disguise_of(full)):
            self._note_loop(frame, f"{name}, a loop in disguise")

    def _note_repeated(self, frame: types.FrameType, code: types.CodeType) -> None:
        """The same function, from the same instruction of the same frame, once more: `map` and its like loop so."""
        back = frame.f_back
        if back is None or back is self._base or code.co_flags & _GENERATORS:
            return
        called, call = self._called.setdefault(id(back), set()), (back.f_lasti, id(code))
        if call in called:
            self._note_loop(back, f"`{code.co_name}` called again and again, a loop in disguise")
        called.add(call)

    def _namesakes_in(self, namespace: dict) -> dict[int, int]:
        """The learner's own functions that a rule names, as they are called in this namespace."""
        found = self._namesakes.get(id(namespace))
        if found is None:
            found = self._namesakes[id(namespace)] = {}
            for number, (_, _, name) in enumerate(self._names):
                if name in namespace and not isinstance(namespace[name], types.ModuleType):
                    found |= {id(code): number for code in codes_of(namespace[name])}
        return found

    def _break(self, place: int, index: int | None, words: str, frame: types.FrameType | None) -> None:
        """Note that a rule is broken: the first time counts. `index` tells which of the rule's names."""
        if place in self._breaks:
            return
        found: dict[str, Any] = {"rule": place, "words": words[:MAX_NOTED]}
        if index is not None:
            found["name"] = index
        if frame is not None and self._is_own(frame):
            line = linecache.getline(frame.f_code.co_filename, frame.f_lineno or 0, frame.f_globals)
            found["code"] = line.strip()[:MAX_NOTED]
        self._breaks[place] = found

    # Jumps backwards

    def _looking_for_loops(self) -> contextlib.AbstractContextManager:
        if self._loops is None:
            return contextlib.nullcontext()
        return self._jumps_seen()

    def _note_loop(self, frame: types.FrameType | None, words: str = "a loop") -> None:
        if self._loops is not None:
            self._break(self._loops, None, words, frame)

    if sys.version_info >= (3, 12):

        @contextlib.contextmanager
        def _jumps_seen(self) -> Iterator[None]:
            """By `sys.monitoring`."""
            monitoring = sys.monitoring
            tool = next((n for n in (4, 3, 2, 1) if monitoring.get_tool(n) is None), None)
            if tool is None:
                yield
                return

            def jumped(code: types.CodeType, offset: int, destination: int) -> Any:
                if destination < offset and self._is_own(frame := sys._getframe(1)):
                    self._note_loop(frame)
                return monitoring.DISABLE  # an instruction that was seen once need not be seen again

            monitoring.use_tool_id(tool, "course_utils")
            monitoring.register_callback(tool, monitoring.events.JUMP, jumped)
            monitoring.restart_events()
            monitoring.set_events(tool, monitoring.events.JUMP)
            try:
                yield
            finally:
                monitoring.set_events(tool, 0)
                monitoring.register_callback(tool, monitoring.events.JUMP, None)
                monitoring.free_tool_id(tool)

    else:

        @contextlib.contextmanager
        def _jumps_seen(self) -> Iterator[None]:
            """By `sys.settrace`."""
            mine, before, in_threads = self._trace, sys.gettrace(), threading.gettrace()
            threading.settrace(mine)
            sys.settrace(mine)
            try:
                yield
            finally:
                self._disturbed |= sys.gettrace() != mine
                sys.settrace(before)
                threading.settrace(in_threads)

    def _trace(self, frame: types.FrameType, event: str, arg: Any) -> Callable | None:
        """What `sys.settrace` calls where a function begins: only the learner's with jumps are followed."""
        if self._loops in self._breaks or not self._is_own(frame) or not _jumps_back(frame.f_code):
            return None
        frame.f_trace_opcodes, frame.f_trace_lines = True, False
        self._offsets[id(frame)] = -1
        return self._step

    def _step(self, frame: types.FrameType, event: str, arg: Any) -> Callable | None:
        if event == "opcode":
            last, now = self._offsets.get(id(frame), -1), frame.f_lasti
            if now < last and last in _jumps_back(frame.f_code):
                self._note_loop(frame)
                frame.f_trace_opcodes = False
                return None
            self._offsets[id(frame)] = now
        return self._step


def broken_rule(rules: list[dict], observations: list[dict]) -> tuple[str, str]:
    """The words for the first rule that was broken on a probe, "" where none was: as told in feedback, and to the learner.

    The first are made of the rule alone, for an answer that has seen hidden probes could write something into the others.
    """
    for place, rule in enumerate(rules):
        for seen in observations:
            for broken in seen.get("breaks", ()):
                if broken["rule"] == place:
                    named = f" Yours calls {rule['names'][broken['name']]}." if rule["rule"] == "names" else ""
                    verb = "calls" if rule["rule"] == "names" else "has"
                    line = f": `{broken['code']}`" if broken.get("code") else ""
                    return rule["hint"] + named, f"{rule['hint']} Yours {verb} {broken['words']}{line}."
    return "", ""


def undecided(rules: list[dict], observations: list[dict]) -> str:
    """Why it could not be seen whether an answer keeps its rules, in words; "" where it could."""
    reasons = [seen.get("unseen", "") for seen in observations if seen["outcome"] == "returned"]
    if not rules or not reasons:
        return ""
    if set(reasons) <= {"nothing", ""}:  # a cached result needs no run; it is enough to have seen one
        return UNSEEN["nothing"] if "" not in reasons else ""
    return next(UNSEEN[reason] for reason in ("disturbed", "elsewhere") if reason in reasons)


class _Targets:
    """The full names that forbidden names stand for, among what is imported: nothing else can have been called."""

    def __init__(self, names: tuple[str, ...], loops: bool) -> None:
        self._full = [full_names(name) for name in names]
        self._disguises = {name: full_names(name) for name in LOOPS_IN_DISGUISE} if loops else {}
        self._known: dict[str, list[int]] = {}

    def hit_by(self, full: str) -> list[int]:
        """Which of the names a callable of this full name is, or belongs to."""
        found = [] if full.startswith(_MACHINERY) else self._known.get(full)
        if found is None:
            found = [number for number, targets in enumerate(self._full) if is_among(full, targets)]
            self._known[full] = found
        return found

    def disguise_of(self, full: str) -> str:
        """The name of the function that loops over Python calls which this is; "" for any other."""
        return next((name for name, targets in self._disguises.items() if is_among(full, targets)), "")


#: Modules of the course that work around an answer: `print` and `sys.stdout.write` call one, and a learner does not.
_MACHINERY = tuple(f"{__package__}.{name}." for name in ("observe", "surroundings", "values"))


@functools.lru_cache(maxsize=4096)
def _jumps_back(code: types.CodeType) -> frozenset[int]:
    """Offsets of the instructions that may jump backwards; `await` and `yield from` have one of another kind."""
    return frozenset(
        i.offset for i in dis.get_instructions(code) if "JUMP_BACKWARD" in i.opname and "NO_INT" not in i.opname
    )


_GENERATORS = inspect.CO_GENERATOR | inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR


def _forks() -> frozenset:
    found = [getattr(os, name, None) for name in ("fork", "forkpty", "posix_spawn", "posix_spawnp")]
    with contextlib.suppress(ImportError):
        import _posixsubprocess

        found.append(_posixsubprocess.fork_exec)
    return frozenset(function for function in found if function)


_FORKS = _forks()
