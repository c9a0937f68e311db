"""Which cells of a submission must run: what learners wrote, and all that this needs of the lesson's own cells.

What a released cell does was traced with the solution (`facts`); what learners wrote is read (`uses`), and where that does not
tell, everything runs. A released cell that works with what a learner wrote is tainted: the trace says nothing of it any more,
and it may have changed whatever it could reach, unless the source of their functions shows that these change nothing of what they
are given (`tame`).
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from autograder.limits import MAX_LOOKED, MAX_SLICED
from autograder.slicing.facts import Facts, Traced
from autograder.slicing.tame import is_built_in
from autograder.slicing.uses import FILES, LUCK, Use, draws_nothing, imports_of, is_on_disk, use_of


@dataclass(frozen=True)
class Cell:
    """A code cell of a submission, or of a lesson."""

    source: str
    graded: str = ""  # nbgrader's id; "" for a plain cell
    test: bool = False


@dataclass
class Slice:
    """What of a notebook is run: place of a code cell -> why; and of those skipped the place in the lesson."""

    run: dict[int, str] = field(default_factory=dict)
    skipped: dict[int, int] = field(default_factory=dict)
    whole: str = ""  # why all of it is run; "" where it is not
    lost: frozenset[str] = frozenset()  # all names that the skipped cells might have changed
    named: frozenset[str] = frozenset()  # all words that stand in these
    reads: dict[int, frozenset[str]] = field(default_factory=dict)  # place of a test -> names that its answer reads


def needed(cells: Sequence[Cell], lesson: Sequence[Cell], facts: Facts | None, setup: str = "") -> Slice:
    """What of a submission is run. `lesson`: the code cells of the unit's solution, of which `facts` were traced.

    `setup` is the source of the set-up cell, which always is.
    """
    if facts is None:
        return _whole(cells, "the unit's solution has not been traced")
    if len(cells) > MAX_SLICED or sum(len(cell.source) for cell in cells) > MAX_LOOKED:
        return _whole(cells, "it is too long to be looked into")
    imports: dict[str, str] = {}
    for cell in (*lesson, *cells):
        imports |= imports_of(cell.source)
    places = _matched(cells, lesson)
    answers = {cell.graded: traced.changes for cell, traced in zip(lesson, facts.cells, strict=True) if cell.graded}
    steps = []
    for place, cell in enumerate(cells):
        ours = place in places or cell.test
        use = use_of(cell.source, imports, ours)
        if why := use.opaque or ("" if ours else _sets(use)):
            return _whole(cells, f"code cell {place + 1}: {why}")
        lacks = frozenset() if ours else answers.get(cell.graded, frozenset()) - use.binds
        steps.append(_Step(cell, use, facts.cells[places[place]] if place in places else None, lacks))
    here = {cell.graded for cell in cells if cell.graded}
    gone = [
        traced
        for number, (cell, traced) in enumerate(zip(lesson, facts.cells, strict=True))
        if (cell.graded not in here if cell.graded else number not in places.values())
    ]
    reasons = _Flow(steps, {name for traced in gone for name in traced.changes}).needed(setup)
    skipped = {place: number for place, number in places.items() if place not in reasons}
    lost = frozenset(name for place in skipped for name in steps[place].changes if name not in (LUCK, FILES))
    named = frozenset(word for place in skipped for word in re.findall(r"\w+", cells[place].source))
    reads = {place: frozenset(step.reads) for place, step in enumerate(steps) if step.cell.test}
    return Slice(dict(sorted(reasons.items())), skipped, "", lost, named, reads)


#: Settings that change nothing of what other cells do.
_OWN_AFFAIRS = ("a file", "pathlib.", "tempfile.", "os.path", "os.sep", "tensorflow.config.threading")


#: Settings that a trace sees: of a cell that does what was traced it tells more than reading does.
_SEEN = ("os.environ", "os.chdir", "sys.path", "warnings.", "numpy.set_printoptions", "numpy.seterr", "matplotlib.rc")


def _sets(use: Use) -> str:
    """What a learner's cell sets, after which released cells may do something else than was traced; "" where nothing."""
    found = {what for what in use.sets if not what.startswith(_OWN_AFFAIRS) and what != "tensorflow.config"}
    return f"it sets {min(found)}" if found else ""


def _whole(cells: Sequence[Cell], why: str) -> Slice:
    return Slice(dict.fromkeys(range(len(cells)), why), {}, why)


def _matched(cells: Sequence[Cell], lesson: Sequence[Cell]) -> dict[int, int]:
    """Place in the submission -> in the lesson, of plain cells that stand in both, to the byte and in the same order."""
    count: dict[str, list[int]] = {}
    for number, cell in enumerate(lesson):
        if not cell.graded:
            count.setdefault(cell.source, []).append(number)
    often: dict[str, int] = {}
    for cell in cells:
        often[cell.source] = often.get(cell.source, 0) + 1
    pairs = [
        (place, count[cell.source][0])
        for place, cell in enumerate(cells)
        if not cell.graded and len(count.get(cell.source, ())) == 1 and often[cell.source] == 1
    ]
    return dict(_longest_rising(pairs))


def _longest_rising(pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest part of some pairs whose second numbers rise: what is not in it was moved."""
    ends: list[int] = []  # the smallest second number that ends a part of each length
    lengths = []
    for _, number in pairs:
        at = bisect_left(ends, number)
        ends[at : at + 1] = [number]
        lengths.append(at + 1)
    kept, wanted, below = [], len(ends), float("inf")
    for pair, length in zip(reversed(pairs), reversed(lengths), strict=True):
        if length == wanted and pair[1] < below:
            kept.append(pair)
            wanted, below = wanted - 1, pair[1]
    return kept[::-1]


@dataclass
class _Step:
    """A cell of the submission, what it says, and what it does as far as is known by now."""

    cell: Cell
    use: Use
    traced: Traced | None  # None: what learners wrote
    lacks: frozenset[str] = (
        frozenset()
    )  # names that the lesson's answer in this place gives to something, and it does not
    tainted: bool = False
    reads: set[str] = field(default_factory=set)  # and what is read when the values of these are called
    mutable: set[str] = field(default_factory=set)  # of these: whose values can be changed in place
    later: set[str] = field(default_factory=set)  # names by which other cells may still change these values
    in_place: set[str] = field(default_factory=set)  # names whose values it may change
    changes: set[str] = field(default_factory=set)  # these, and names that it gives to something else
    sets: set[str] = field(default_factory=set)  # settings of the process, of a released cell
    lucky: bool = False  # it may draw from the shared random states

    @property
    def clean(self) -> bool:
        """Whether it does what was traced."""
        return self.traced is not None and not self.tainted

    def settles(self, name: str) -> bool:
        """Whether after it nothing that was done to a name before matters."""
        if self.traced is None or self.tainted or self.traced.failed:
            return False
        return self.use.seeds if name == LUCK else name in self.use.settles

    def gives(self, name: str, kind: str) -> bool:
        """Whether all that this cell may make a name stand for is `inert`, or `plain`."""
        dotted = dict(self.use.imports).get(name)
        if dotted is not None:
            return kind == "inert" or draws_nothing(dotted)
        if kind == "plain" and self.use.random:
            return False
        if self.traced is not None and not self.tainted:
            return name in getattr(self.traced, kind) or name not in self.traced.changes
        return name in self.use.functions and name not in self.use.stores


def joined(names: Iterable[str], groups: list[set[str]]) -> set[str]:
    """Names, and all that groups of names link to them."""
    found, left = set(names), groups
    while touched := [group for group in left if group & found]:
        left = [group for group in left if not group & found]
        found = found.union(*touched)
    return found


class _Flow:
    """How names lead from cell to cell of one submission. What is known of names is so after the cells looked at by now."""

    def __init__(self, steps: list[_Step], gone: set[str]) -> None:
        self.steps = steps
        self.gone = gone  # names that a deleted cell had changed: wherever it stood, they are not as in the solution
        self.dirty = set(gone)  # names that may stand for something else than in the solution
        self.foreign = set(gone)  # of these: through which code may be called that learners wrote
        self.vague: set[str] = set()
        self.code: dict[str, set[str]] = {}  # name -> names that are read when its value is called
        self.rebinds: dict[str, set[str]] = {}  # name -> names that its value, called, may bind
        self.touches: dict[str, set[str]] = {}  # name -> names whose values its value, called, may change
        self.hands: dict[
            str, set[tuple[str, frozenset[str]]]
        ] = {}  # name -> functions that its value calls, and what it hands them
        self.tame: dict[str, frozenset[str]] = {}  # function that may be tame -> functions that it calls
        self.imports = {name: dotted for step in steps if step.traced for name, dotted in step.use.imports}
        self.groups: list[set[str]] = []  # of names that may lead to one object
        self._by_name: dict[str, list[_Step]] = {}
        self.writing = [s.cell.source for s in steps if s.traced is not None and any(map(is_on_disk, s.use.sets))]
        self.home_written = any(step.traced is not None and "files" in step.traced.sets for step in steps)
        for step in steps:
            self._look(step)
            self._note(step)

    def _look(self, step: _Step) -> None:
        """Find out what a cell does, where it stands."""
        use, traced = step.use, step.traced
        step.reads = self.reached(use.exposed | ({FILES} if self._reads_disk(step) else set()))
        step.tainted = traced is not None and bool(step.reads & self.dirty)
        step.mutable = {name for name in step.reads if not self.all_give(name, "inert")}
        touched = self._touched(use, step.reads)
        defines = use.defines and not self._all_tame(use)
        step.changes = set(use.binds).union(*(self.rebinds.get(name, ()) for name in step.reads))
        if any(map(is_on_disk, use.sets)) or (traced is not None and "files" in traced.sets):
            step.changes.add(FILES)
        if traced is not None:
            step.changes |= traced.changes
            step.in_place = set(traced.changes - (use.binds - touched))
            step.in_place |= self.shared(step.reads & self.vague) & self.vague
            said = {what for what in use.sets if step.tainted or not what.startswith(_SEEN)}
            step.sets = {what for what in traced.sets | said if not is_on_disk(what)}
        if step.reads & self.foreign or (traced is None and defines):  # whatever it can reach
            step.in_place |= self.shared(step.mutable | use.stores)
        elif not step.clean:  # libraries, and the lesson's own code, with other values than in the solution
            touched = self._led_to(step, touched)
            step.in_place |= self.shared((touched | use.stores) & (step.mutable | use.binds | use.stores))
        if step.tainted:
            step.in_place = self.shared(step.in_place)
        step.changes |= step.in_place
        step.in_place |= step.changes & {FILES}
        if step.tainted:
            own = (other for name in step.reads for other in self._by_name.get(name, ()) if other.traced is None)
            step.sets |= {what for other in own for what in other.use.sets if not is_on_disk(what)}
        step.later = self.shared(step.mutable) | (step.reads & {FILES})
        step.lucky = self._may_draw(step)
        if step.lucky or step.tainted or use.seeds or (traced is not None and traced.draws):
            step.changes.add(LUCK)

    def _note(self, step: _Step) -> None:
        """Add to what is known of names what a cell does."""
        use, imported = step.use, dict(step.use.imports).keys()
        self._forget({name for name in use.settles if step.settles(name)} - {LUCK, FILES})
        self.tame = {name: calls for name, calls in self.tame.items() if name not in step.changes} | dict(use.tame)
        defines = use.defines and not self._all_tame(use)
        for name in step.changes:
            self._by_name.setdefault(name, []).append(step)
            self.rebinds.setdefault(name, set()).update(use.rebinds)
            if use.defines and name in use.binds:  # called, it does with the disk what stands in it
                self.rebinds[name].update(step.changes & {FILES})
                self.code.setdefault(name, set()).update({FILES} if self._reads_disk(step) else ())
            self.touches.setdefault(name, set()).update(use.touches if use.defines else ())
            self.hands.setdefault(name, set()).update(use.hands if use.defines else ())
        if not step.clean:
            again = {name for name, dotted in use.imports if self.imports.get(name) == dotted}
            self.dirty |= (step.changes | step.lacks) - again - {LUCK}
        if (step.traced is None and defines) or step.reads & self.foreign:
            self.foreign |= step.changes - imported - {LUCK, FILES}
        vague: set[str] = set()  # pictures left out: nobody's code is in them, and what was drawn is not theirs
        if step.clean and step.traced:
            vague = set(step.traced.vague - step.traced.drawn - imported)
            self.vague |= step.traced.vague - imported
            self.groups += [set(group) for group in step.traced.shares]
            self.groups.append(set(step.traced.drawn))
            for name, read in step.traced.code:
                self.code.setdefault(name, set()).update(read)
        for name in vague if step.clean else step.changes - imported:
            self.code.setdefault(name, set()).update(use.reads)
        if vague or not step.clean:
            wild = bool(vague or step.reads & self.foreign or (defines and not step.traced))  # as in `_look`
            self.groups += self._own_groups(step, wild)

    def _forget(self, names: set[str]) -> None:
        """Forget what names stood for that a cell gives to something anew, as in the solution; what they had linked stays so."""
        self.dirty -= names - self.gone
        self.foreign -= names - self.gone
        for table in (self.code, self.rebinds, self.touches, self.hands):
            for name in names & table.keys():
                del table[name]
        for name in names:
            linked = [group for group in self.groups if name in group]
            if linked:
                others = [group for group in self.groups if name not in group]
                self.groups = [*others, set().union(*linked) - {name}]

    def _own_groups(self, step: _Step, wild: bool = False) -> list[set[str]]:
        """Names that a cell may make lead to one object; `wild`: nobody knows how, and all that it reads may be in it."""
        use = step.use
        given = set(use.binds - use.functions - dict(use.imports).keys() | use.stores)
        if wild:
            return [given | step.mutable]
        return [set(join.given & given) | (self.reached(join.flows) & (step.mutable | given)) for join in use.joins]

    def _led_to(self, step: _Step, touched: set[str]) -> set[str]:
        """Names whose values are changed where these are: what a cell has put into a name is changed through it."""
        found, before = set(touched), -1
        while before < len(found):
            before = len(found)
            for join in step.use.joins:
                if (join.given or join.flows) & found:
                    found |= self.reached(join.flows) & (step.mutable | step.use.binds)
        return found

    def _touched(self, use: Use, reads: set[str]) -> set[str]:
        """Names whose values a cell may change in place that reads these, where no learner's code is in them.

        A function that is tame changes nothing that it is handed, unless looking at it takes from it.
        """
        hands = set(use.hands).union(*(self.hands.get(name, ()) for name in reads))
        given = (names & self.vague if self.is_tame(called) else names for called, names in hands)
        return set(use.touches).union(*(self.touches.get(name, ()) for name in reads), *given)

    def _all_tame(self, use: Use) -> bool:
        """Whether a cell defines tame functions and nothing else."""
        calls = dict(use.tame)
        return bool(calls) and all(self.is_tame(name, calls) for name in calls)

    def is_tame(self, name: str, here: Mapping[str, frozenset[str]] = MappingProxyType({})) -> bool:
        """Whether a name stands for a tame function; `here`: functions that are being defined, with what they call."""
        found, todo = set(here), [*here.values()] if name in here else [frozenset({name})]
        while todo:
            for each in todo.pop() - found:
                found.add(each)
                if each in self.tame:
                    todo.append(self.tame[each])
                elif each in self._by_name or not is_built_in(each):
                    return False
        return True

    def _reads_disk(self, step: _Step) -> bool:
        """Whether a cell may read what another one has written to the disk.

        An answer that opens what it is given by its caller does not: it would need a name of the lesson's, or a file's name
        where cells of the lesson write beside the notebook.
        """
        if step.traced is not None or not step.use.reads_disk:
            return step.use.reads_disk
        ours = {name for name in step.use.reads if any(other.traced for other in self._by_name.get(name, ()))}
        named = any(text in source for text in step.use.texts if text.strip() for source in self.writing)
        return self.home_written or named or bool(ours - self.imports.keys())

    def all_give(self, name: str, kind: str) -> bool:
        """Whether a name stands for what is `inert`, or `plain`; one that no cell gives is built in, or an error."""
        return name != LUCK and all(step.gives(name, kind) for step in self._by_name.get(name, ()))

    def reached(self, names: Iterable[str]) -> set[str]:
        """Names, and all that is read when their values are called."""
        found, todo = set(), list(names)
        while todo:
            name = todo.pop()
            if name not in found:
                found.add(name)
                todo += self.code.get(name, ())
        return found

    def shared(self, names: Iterable[str]) -> set[str]:
        """Names, and all that may lead to the same objects."""
        return joined(names, self.groups)

    def _may_draw(self, step: _Step) -> bool:
        """Whether a cell may draw from the shared random states before it seeds them."""
        if step.clean and step.traced is not None:
            return step.traced.draws and bool(step.use.draws)
        if step.cell.test:
            return False  # whoever checks an answer seeds before, and puts back afterwards
        return any(not self.all_give(name, "plain") for name in self.reached(step.use.draws))

    def needed(self, setup: str) -> dict[int, str]:
        """Place of each cell that must run -> why."""
        why: dict[int, str] = {}
        for place, step in enumerate(self.steps):
            if step.traced is None:
                why[place] = f"graded: {step.cell.graded}" if step.cell.graded else "not as released"
            elif step.cell.source == setup:
                why[place] = "the set-up cell"
            elif step.sets:
                why[place] = f"it sets {min(step.sets)}"
        todo = list(why)
        while todo:
            place = todo.pop()
            for other, name in self._needs(place):
                if other not in why:
                    why[other] = f"code cell {place + 1} needs {name}"
                    todo.append(other)
        return why

    def _needs(self, place: int) -> Iterable[tuple[int, str]]:
        """The cells that a cell needs, each with a name for whose sake."""
        step = self.steps[place]
        yield from self._before(place, step.reads | ({LUCK} if step.lucky else set()))
        if step.cell.test:  # its answer is called once more when all cells have run, with the names that it had here
            for other in range(place + 1, len(self.steps)):
                if found := self.steps[other].in_place & step.later:
                    yield other, min(found)
                    yield from self._before(place, self.steps[other].reads)

    def _before(self, place: int, names: Iterable[str]) -> Iterable[tuple[int, str]]:
        """The cells above a place that have made names stand for what they stand for there."""
        for name in sorted(names):
            for other in range(place - 1, -1, -1):
                if name in self.steps[other].changes:
                    yield other, name
                    if self.steps[other].settles(name):
                        break
