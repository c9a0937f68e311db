"""Which cells of a submission must run: what learners wrote, and all that this needs of the lesson's own cells.

What a released cell does was traced with the solution (`facts`); what learners wrote is read (`uses`), and where that does not
tell, everything runs. A released cell that works with what a learner wrote is tainted: the trace says nothing of it any more,
and it may have changed whatever it could reach.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from autograder.limits import MAX_LOOKED, MAX_SLICED
from autograder.slicing.facts import Facts, Traced
from autograder.slicing.uses import LUCK, Use, draws_nothing, imports_of, use_of


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
    steps = []
    for place, cell in enumerate(cells):
        use = use_of(cell.source, imports, ours=place in places or cell.test)
        if use.opaque:
            return _whole(cells, f"code cell {place + 1}: {use.opaque}")
        steps.append(_Step(cell, use, facts.cells[places[place]] if place in places else None))
    here = {cell.graded for cell in cells if cell.graded}
    gone = [
        traced
        for number, (cell, traced) in enumerate(zip(lesson, facts.cells, strict=True))
        if (cell.graded not in here if cell.graded else number not in places.values())
    ]
    reasons = _Flow(steps, {name for traced in gone for name in traced.changes}, imports).needed(setup)
    return Slice(dict(sorted(reasons.items())), {p: n for p, n in places.items() if p not in reasons})


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
    tainted: bool = False
    changes: set[str] = field(default_factory=set)

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


class _Flow:
    """How names lead from cell to cell of one submission. All that is found only grows, until nothing is added."""

    def __init__(self, steps: list[_Step], gone: set[str], imports: dict[str, str]) -> None:
        self.steps, self.gone, self.imports = steps, gone, imports
        self.code: dict[str, set[str]] = {}  # name -> names that are read when its value is called
        self.rebinds: dict[str, set[str]] = {}  # name -> names that its value, called, may bind
        self.groups: list[set[str]] = []  # of names that may lead to one object
        self.vague: set[str] = set()
        self._by_name: dict[str, list[_Step]] = {}
        for step in steps:
            step.changes |= step.use.binds | (step.traced.changes if step.traced else set())
        while self._grow():
            pass

    def _grow(self) -> bool:
        before = self._size()
        self._index()
        dirty = set(self.gone)
        for step in self.steps:
            reads = self.reached(step.use.reads)
            if step.traced is not None and (reads & dirty):
                step.tainted = True
            if step.clean:
                assert step.traced is not None
                step.changes |= step.traced.changes | step.use.binds
                step.changes |= self.shared(reads & self.vague) & self.vague
                if step.traced.draws:
                    step.changes.add(LUCK)
            else:
                mutable = {name for name in reads if not self.all_give(name, "inert")}
                step.changes |= step.use.binds | step.use.stores | self.shared(mutable | step.use.stores)
                step.changes |= set().union(*(self.rebinds.get(name, ()) for name in reads))
                if step.traced is not None or self.may_draw(step):
                    step.changes.add(LUCK)
                dirty |= step.changes - {LUCK}
        return self._size() != before

    def _index(self) -> None:
        """Take what the steps do by now together, by name."""
        self._by_name, self.code, self.rebinds, self.groups, self.vague = {}, {}, {}, [], set()
        for step in self.steps:
            for name in step.changes:
                self._by_name.setdefault(name, []).append(step)
                if step.use.rebinds:
                    self.rebinds.setdefault(name, set()).update(step.use.rebinds)
            clean = step.clean and step.traced
            if clean:
                vague = clean.vague - dict(step.use.imports).keys()
                self.vague |= vague
                self.groups += map(set, clean.shares)
                for name, read in clean.code:
                    self.code.setdefault(name, set()).update(read)
            for name in vague if clean else step.changes:
                self.code.setdefault(name, set()).update(step.use.reads)
            if not clean or vague:
                given = step.use.binds - step.use.functions - dict(step.use.imports).keys()
                self.groups.append(given | {name for name in step.use.reads if not self.all_give(name, "inert")})

    def _size(self) -> tuple[int, ...]:
        return (
            *(len(step.changes) for step in self.steps),
            sum(step.tainted for step in self.steps),
            sum(map(len, self.code.values())),
            sum(map(len, self.groups)),
            sum(map(len, self.rebinds.values())),
        )

    def all_give(self, name: str, kind: str) -> bool:
        """Whether a name stands for what is `inert`, or `plain`, whichever cell gave it."""
        if name == LUCK:
            return False
        changers = self._by_name.get(name, [])
        return all(step.gives(name, kind) for step in changers)  # a name that nobody gives is a built-in one, or an error

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
        found = set(names)
        left = self.groups
        while touched := [group for group in left if group & found]:
            left = [group for group in left if not group & found]
            found = found.union(*touched)
        return found

    def may_draw(self, step: _Step) -> bool:
        """Whether a cell may draw from the shared random states before it seeds them."""
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
            elif found := self._settings(step):
                why[place] = f"it sets {min(found)}"
        todo = list(why)
        while todo:
            place = todo.pop()
            for other, name in self._needs(place):
                if other not in why:
                    why[other] = f"code cell {place + 1} needs {name}"
                    todo.append(other)
        return why

    def _settings(self, step: _Step) -> set[str]:
        """What a released cell may set for the whole process, itself or through what learners wrote."""
        assert step.traced is not None
        found = set(step.use.sets | step.traced.sets)
        if step.tainted:
            for name in self.reached(step.use.reads):
                for other in self._by_name.get(name, ()):
                    found |= other.use.sets if other.traced is None else set()
        return found

    def _needs(self, place: int) -> Iterable[tuple[int, str]]:
        """The cells that a cell needs, each with a name for whose sake."""
        step = self.steps[place]
        names = self.reached(step.use.reads)
        lucky = step.traced.draws and bool(step.use.draws) if step.clean and step.traced else self.may_draw(step)
        for name in sorted(names | ({LUCK} if lucky else set())):
            for other in range(place - 1, -1, -1):
                if name in self.steps[other].changes:
                    yield other, name
                    if self.steps[other].settles(name):
                        break
        if step.cell.test:  # its answer is called once more when all cells have run, with the names that it had
            later = self.shared(name for name in names if not self.all_give(name, "inert"))
            for other in range(place + 1, len(self.steps)):
                if found := self.steps[other].changes & later:
                    yield other, min(found)
