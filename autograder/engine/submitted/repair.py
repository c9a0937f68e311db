"""What of a notebook is executed, so that nothing outside an answer's own cells costs its points.

Each test calls the course's own `check` and `grade`, whatever the notebook has bound these names to. Where an exercise
lost points and something around its answer may be why (the set-up cell, a cell that raised, a stub in the wrong place),
the notebook is put right and run once more, for these exercises alone: `put_right` says in which cells.

Nothing here runs or trusts a learner's code; what a second run gives is judged as the first was, and the better counts.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

from autograder.authoring.cells import code_cells, exercise_of, grade_id, setup_among, source_of
from autograder.engine.submitted.statements import Piece, pieces
from autograder.limits import MAX_LOOKED, MAX_PIECES


@dataclass(frozen=True)
class Lesson:
    """The code cells of a unit's own notebook, as released: nbgrader's id ("" for a plain cell) and source, in order."""

    cells: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, notebook: dict) -> Lesson:
        """The lesson's cells from its solution notebook."""
        return cls(tuple((grade_id(cell), source_of(cell)) for cell in code_cells(notebook)))

    @property
    def setup(self) -> str:
        """The set-up cell: the plain one that calls `start`; "" where there is none."""
        return setup_among(self.cells)

    def imports(self) -> list[str]:
        """The import statements of the set-up cell, one each."""
        return [piece.source for piece in pieces(self.setup) if piece.source.startswith(("import ", "from "))]

    def homes(self) -> dict[str, str]:
        """Where names that a test cell uses besides the answer's come from: name -> module of the course's helper."""
        found = {"check": "course_utils.checking"}
        for line in self.imports():
            node = ast.parse(line).body[0]
            if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("course_utils."):
                found |= {alias.asname or alias.name: node.module for alias in node.names}
        return found


class _Homes(ast.NodeTransformer):
    def __init__(self, homes: dict[str, str]) -> None:
        self.homes = homes

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.func, ast.Name) and node.func.id in self.homes:
            home, name = self.homes[node.func.id], node.func.id
            node.func = ast.parse(f"__import__({home!r}, fromlist=[{name!r}]).{name}", mode="eval").body
        return node


def guarded_test(source: str, lesson: Lesson, keep_going: bool = True) -> str:
    """A released test cell's source with the course's own `check` and `grade`, and the notebook's names left as they are.

    With `keep_going` the answer is graded even where showing its check fails; without it the last expression stays last,
    for nbgrader to read points from. A test of another form is returned as it is.
    """
    try:
        statements = ast.parse(source).body
    except SyntaxError:
        return source
    calls = [s for s in statements if not isinstance(s, ast.ImportFrom)]
    if not all(isinstance(s, ast.Expr) and isinstance(s.value, ast.Call) for s in calls):
        return source
    if any(isinstance(s, ast.ImportFrom) and s.module != "autograder" for s in statements):
        return source
    homes = lesson.homes() | {"grade": "autograder"}
    lines = [ast.unparse(_Homes(homes).visit(call)) for call in calls]
    if keep_going and len(lines) == 2:
        return f"try:\n    {lines[0]}\nfinally:\n    {lines[1]}"
    return "\n".join(lines)


def executed(notebook: dict, lesson: Lesson) -> list[str]:
    """The sources of a restored notebook's code cells, as they are executed."""
    return [
        guarded_test(source_of(cell), lesson) if exercise_of(cell) else source_of(cell) for cell in code_cells(notebook)
    ]


@dataclass
class _Cell:
    """A cell of the notebook as it was handed in, looked into."""

    index: int | None  # among the code cells; None for a text
    source: str
    name: str  # nbgrader's
    test: str | None  # of which exercise it is the test
    pieces: list[Piece]
    failed: str = ""  # the error it ended with

    def is_like_setup(self) -> bool:
        """Whether this may be the set-up cell, changed."""
        return self.index is not None and "start(" in self.source and "import" in self.source


@dataclass
class Attempt:
    """A notebook put right: the cells to run, which of them are tests, and what was done, a sentence each."""

    sources: list[str] = field(default_factory=list)
    tests: dict[str, int] = field(default_factory=dict)  # exercise -> the cell
    for_all: list[str] = field(default_factory=list)
    of: dict[str, str] = field(default_factory=dict)  # exercise -> what was done for it alone


class Suspicion:
    """What of a notebook may have cost points that an answer deserves, found by reading it and its first run's errors."""

    def __init__(self, notebook: dict, lesson: Lesson, errors: dict[int, str]) -> None:
        self.lesson = lesson
        self.cells = list(_look(notebook, errors))
        self.setup = lesson.setup.strip()
        bound = {name for piece in pieces(lesson.setup) for name in piece.binds}
        self.setup_names = frozenset(bound - {"_"})  # by which Python says that nobody needs a value
        self.setup_words = self._about_setup()
        self._code, self._texts, self._bound = _definitions(self.cells)
        self._tests = {cell.test: place for place, cell in reversed(list(enumerate(self.cells))) if cell.test}
        self._is_shadowed = self._shadowed()

    def _about_setup(self) -> str:
        """What is wrong with the set-up cell; "" where it stands as released before all graded cells, and ran."""
        if not self.setup:
            return ""
        first = next((i for i, cell in enumerate(self.cells) if cell.name), len(self.cells))
        intact = [
            i for i, cell in enumerate(self.cells) if cell.index is not None and cell.source.strip() == self.setup
        ]
        if intact and intact[0] < first:
            failed = self.cells[intact[0]].failed
            return f"the set-up cell did not run to its end ({failed})" if failed else ""
        if intact:
            return "the set-up cell stands below what needs it"
        edited = next((cell for cell in self.cells if cell.is_like_setup()), None)
        if edited is None:
            return "the set-up cell is missing"
        how = f" and did not run to its end ({edited.failed})" if edited.failed else ""
        return f"the set-up cell was changed{how}"

    def _shadowed(self) -> bool:
        """Whether the notebook's own cells bind or take away a name of the set-up cell, other than as that cell does."""
        released = {source.strip() for _, source in self.lesson.cells}
        same = {piece.source for piece in pieces(self.lesson.setup)}
        own = [cell for cell in self.cells if cell.index is not None and not cell.test]
        return any(
            (piece.binds | piece.deletes) & self.setup_names or piece.stars or piece.resets
            for cell in own
            if cell.source.strip() not in released and not cell.is_like_setup()
            for piece in cell.pieces
            if piece.source not in same
        )

    def place_of(self, id: str) -> int:
        """The place of an exercise's test."""
        return self._tests[id]

    def definitions(self, id: str) -> list[int]:
        """The places of the cells that define an answer, stubs left out; of texts only where no code does."""
        return self._code.get(id) or self._texts.get(id) or []

    def renamed(self, id: str) -> str:
        """The one function that an answer's own cells define where nothing is called as the exercise is; else ""."""
        if id in self._bound:
            return ""
        of_exercise = [cell for cell in self.cells if cell.name and not cell.test and _belongs(cell.name, id)]
        names = [name for cell in of_exercise for piece in cell.pieces for name in piece.functions]
        return names[0] if len(set(names)) == 1 else ""

    def concerns(self, id: str, answered: str) -> bool:
        """Whether another run may do more for an exercise that lost points.

        `answered` is how it was answered: "no answer", "stub", "raised" (called, it raised an error) or "other".
        """
        defined, test = self.definitions(id), self.place_of(id)
        if defined and max(defined) > test:
            return True
        if answered == "stub":
            return bool(defined)
        if answered == "no answer":
            return bool(defined or self.renamed(id))
        failed = any(cell.failed and not cell.test for cell in self.cells)
        around = self.setup_words or failed or self._is_shadowed
        return answered == "raised" and bool(around or self._missing_lesson_cells([id]))

    def put_right(self, ids: list[str]) -> Attempt:
        """The notebook put right for these exercises."""
        attempt = Attempt()
        moved = {id: max([self.place_of(id), *self.definitions(id)]) for id in ids}
        aliases = {self._last_own(id): id for id in ids if self.renamed(id)}
        answers = {place for id in ids for place in self.definitions(id)}
        back = _Lines(self)
        if self.setup_words:
            attempt.sources += [piece.source for piece in pieces(self.lesson.setup)]
            attempt.for_all.append(f"{self.setup_words}; the one released was run before all others")
        needed = self._missing_lesson_cells(ids)
        for place, cell in enumerate(self.cells):
            if not cell.test and (cell.index is not None or place in answers):
                attempt.sources += back.of(cell, ids)
            if id := aliases.get(place):
                attempt.sources.append(f"{id} = {self.renamed(id)}")
                attempt.of[id] = f"its answer is called `{self.renamed(id)}`"
            attempt.sources += needed.get(place, [])
            for id in [id for id in ids if moved[id] == place]:
                self._add_test(attempt, id, moved[id])
        if needed:
            attempt.for_all.append(
                "cells of the lesson that answers need were missing or changed; they were run as released"
            )
        if self._is_shadowed and not back.words:
            attempt.for_all.append("names of the set-up cell were given to other things; tests had them as released")
        attempt.for_all += back.words
        return attempt

    def _add_test(self, attempt: Attempt, id: str, place: int) -> None:
        if self._is_shadowed:
            guarded = [f"try:\n    {line}\nexcept BaseException: pass" for line in self.lesson.imports()]
            attempt.sources.append("\n".join(guarded))
        attempt.tests[id] = len(attempt.sources)
        attempt.sources.append(guarded_test(self.cells[self.place_of(id)].source, self.lesson))
        if place > self.place_of(id):
            attempt.of.setdefault(id, "its answer stands below its test")
        elif id not in self._code and id in self._texts:
            attempt.of.setdefault(id, "its answer stands in a text, not in a code cell")

    def _last_own(self, id: str) -> int:
        return max(i for i, c in enumerate(self.cells) if c.name and not c.test and _belongs(c.name, id))

    def _missing_lesson_cells(self, ids: list[str]) -> dict[int, list[str]]:
        """Plain cells of the lesson that the notebook lacks and these answers need: place after which to run -> sources."""
        have = {cell.source.strip() for cell in self.cells if cell.index is not None}
        plain = {
            i: pieces(source)
            for i, (id, source) in enumerate(self.lesson.cells)
            if not id and source.strip() not in have
        }
        reads = {
            name for id in ids for i in self.definitions(id) for piece in self.cells[i].pieces for name in piece.reads
        }
        wanted: set[int] = set()
        for i in sorted(plain, reverse=True):  # a cell needs only what stands above it
            if self.lesson.cells[i][1].strip() != self.setup and any(piece.binds & reads for piece in plain[i]):
                wanted.add(i)
                reads |= {name for piece in plain[i] for name in piece.reads}
        code = [(place, cell) for place, cell in enumerate(self.cells) if cell.index is not None]
        places = {cell.name or cell.source.strip(): place for place, cell in code}
        found: dict[int, list[str]] = {}
        for i in sorted(wanted):
            above = [id or source.strip() for id, source in self.lesson.cells[:i]]
            anchor = next((places[key] for key in reversed(above) if key in places), 0)
            found.setdefault(anchor, []).append(self.lesson.cells[i][1])
        return found


class _Lines:
    """A cell's lines as they are run once more: statement by statement where it failed, without what takes names away."""

    def __init__(self, suspicion: Suspicion) -> None:
        self.suspicion, self.room = suspicion, MAX_PIECES
        self.words: list[str] = []

    def of(self, cell: _Cell, ids: list[str]) -> list[str]:
        """The sources to run for this cell."""
        stubs = frozenset(id for id in ids if self.suspicion.definitions(id))
        keeps = self.suspicion.setup_names | set(ids)
        kept = []
        for piece in cell.pieces:
            if piece.resets or piece.deletes & keeps:
                self._say("names were taken away by %reset or `del`; these statements were left out")
            elif not (piece.stubs & stubs) or piece.stubs != piece.binds:
                kept.append(piece.source)
        whole = len(kept) == len(cell.pieces)
        if whole and (not cell.failed or len(kept) < 2 or len(kept) > self.room):
            return [cell.source]
        if cell.failed and not (self.suspicion.setup_words and cell.is_like_setup()):
            self._say(f"a cell ended with {cell.failed}; its other statements were run all the same")
        self.room -= len(kept)
        return kept if cell.failed and self.room > 0 else ["\n".join(kept)]

    def _say(self, words: str) -> None:
        if words not in self.words:
            self.words.append(words)


def _definitions(cells: list[_Cell]) -> tuple[dict[str, list[int]], dict[str, list[int]], set[str]]:
    """By name the places of the cells of code that define it, and of texts; and all names that any binds, to stubs too."""
    code: dict[str, list[int]] = {}
    texts: dict[str, list[int]] = {}
    bound: set[str] = set()
    for place, cell in enumerate(cells):
        if not cell.test:
            found = {name for piece in cell.pieces for name in piece.binds - piece.stubs}
            for name in found:
                (texts if cell.index is None else code).setdefault(name, []).append(place)
            bound |= {name for piece in cell.pieces for name in piece.binds}
    return code, texts, bound


def _look(notebook: dict, errors: dict[int, str]) -> Iterator[_Cell]:
    """The notebook's cells, looked into as far as there is room."""
    room, index = MAX_LOOKED, 0
    for cell in notebook["cells"]:
        source, is_code = source_of(cell), cell["cell_type"] == "code"
        room -= len(source)
        found = pieces(source) if room > 0 and (is_code or "def " in source or "=" in source) else [Piece(source)]
        yield _Cell(
            index if is_code else None,
            source,
            grade_id(cell),
            exercise_of(cell) if is_code else None,
            found,
            errors.get(index, "") if is_code else "",
        )
        index += is_code


def _belongs(name: str, id: str) -> bool:
    """Whether nbgrader's name of a cell is one of an exercise's: its id, or that with a number behind it."""
    return name == id or (name.startswith(id + "_") and name[len(id) + 1 :].isdigit())
