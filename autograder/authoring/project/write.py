"""Write a project unit: its lesson, its exercises, its texts, its entries in the lists of units and of data sets."""

from __future__ import annotations

import importlib
import importlib.util
import json
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from autograder import exercises
from autograder.authoring import scaffold, unit_list
from autograder.authoring.functions import lesson_functions
from autograder.authoring.lesson import lesson_path, read_lesson
from autograder.authoring.project import facts, held_out, measure
from autograder.authoring.project.facts import Asked
from autograder.authoring.project.measure import BASELINE, CNN, Reached, Run, Track
from autograder.authoring.project.texts import Part, Prepared, prepare, report
from autograder.authoring.wrap import wrap_lesson
from autograder.course import ROOT, course_secret
from course_utils import files
from course_utils.data.manifest import read_manifest
from course_utils.data.projects import pack
from course_utils.refused import Refused

_TEMPLATES = Path(__file__).parent / "templates"
MINUTES = 160


@dataclass(frozen=True)
class Project:
    """What was made: the files, the file's texts, and what was measured on them."""

    paths: list[Path]
    prepared: Prepared
    linear: dict[str, float]
    reached: list[Reached]
    bands: dict[str, dict[str, float]]


def new_project(number: str, asked: Asked, say: Any = print, track: Track = list) -> Project:
    """Make the unit `number`_`asked.name` from a file of labelled texts; nothing is written before all is measured.

    Raises Refused where the number is taken, the file does not do, or the texts cannot be told apart.
    """
    unit = f"{number}_{asked.name}"
    scaffold.require_free(unit)
    if unit in read_manifest():
        raise Refused(f"data/manifest.toml has a set called {unit} already; take another --name")
    if not asked.licence.strip():
        raise Refused("--licence is empty: say what learners may do with the texts, which are handed out to them")
    prepared = prepare(
        asked.source, f"{course_secret()}/{unit}/texts", asked.text_column, asked.label_column, asked.skip_bad
    )
    for line in report(prepared):
        say(line)
    linear = measure.linear(prepared)
    said = facts.of_texts(unit, asked, prepared, linear)
    with tempfile.TemporaryDirectory(prefix="project-") as folder:
        runs, made_up = _runs(unit, rendered(unit, {**said, **facts.UNMEASURED}), Path(folder), asked.seeds)
        reached = measure.calibrate(runs, prepared, made_up, Path(folder), track)
    bands = measure.bands(reached, prepared, len(made_up[1]), linear["most_frequent"])
    said |= facts.of_measurements(reached, bands, linear["accuracy"])
    kept = pack(prepared.held_out.texts, [prepared.names[y] for y in prepared.held_out.y])
    given = pack(prepared.shown.texts, [label for (label,) in prepared.shown.labels])
    paths = _write(unit, asked, rendered(unit, {**said, "digest": files.digest(kept)}), kept, given)
    return Project(paths, prepared, linear, reached, bands)


def rendered(unit: str, facts: dict[str, Any]) -> dict[Path, str]:
    """The text of each file of the unit, by its path in the course."""
    import jinja2

    templates = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES), keep_trailing_newline=True, undefined=jinja2.StrictUndefined
    )
    folder = exercises.unit_folder(unit)
    found = {}
    for template in sorted(path.relative_to(_TEMPLATES).as_posix() for path in _TEMPLATES.rglob("*.jinja")):
        text = templates.get_template(template).render(facts)
        if template == "lesson.py.jinja":
            found[lesson_path(unit)] = wrap_lesson(text)
        else:
            found[folder / template.removesuffix(".jinja")] = text
    return found


def _runs(unit: str, rendered: dict[Path, str], folder: Path, seeds: int) -> tuple[list[Run], tuple[Part, Part]]:
    """The trainings that calibrate the unit, as its own files have them: read from a temporary folder; and its made-up texts."""
    at = exercises.unit_folder(unit)
    for path, text in rendered.items():
        place = folder / (at.name / path.relative_to(at) if path.is_relative_to(at) else Path(path.name))
        files.write(place, text.encode())
    package = _imported(folder / at.name)
    try:
        shared = importlib.import_module(f"{package.__name__}.shared")
        runs = []
        lessons_own = lesson_functions(read_lesson(folder / f"{unit}.py"))
        for exercise in (BASELINE, CNN):
            answers = importlib.import_module(f"{package.__name__}.right_answers.{exercise}")
            runs += [Run(exercise, "lesson", lessons_own[exercise], seed) for seed in range(seeds)]
            own = [one for one in vars(answers).items() if getattr(one[1], "__module__", "") == answers.__name__]
            own = [(name, answer) for name, answer in own if not name.startswith("_")]
            runs += [Run(exercise, name, answer, 0) for name, answer in own]
        texts, y, asked, truth = shared.examples()
        return runs, (Part(texts, y), Part(list(asked), truth))
    finally:
        for name in [name for name in sys.modules if name.partition(".")[0] == package.__name__]:
            del sys.modules[name]


def _imported(folder: Path) -> ModuleType:
    """The package that a folder holds, which lies on no path of Python's."""
    spec = importlib.util.spec_from_file_location(
        folder.name, folder / "__init__.py", submodule_search_locations=[str(folder)]
    )
    assert spec is not None  # a file of Python is one that can be loaded
    assert spec.loader is not None
    package = importlib.util.module_from_spec(spec)
    sys.modules[folder.name] = package
    spec.loader.exec_module(package)
    return package


def _write(unit: str, asked: Asked, rendered: dict[Path, str], kept: bytes, given: bytes) -> list[Path]:
    """Write everything, the entries that make it a unit last. Returns the paths."""
    data = ROOT / "data"
    embedded = data / "embedded" / f"{unit}.json.xz"
    files.write(held_out.path_of(unit), kept, mode=0o600)
    files.write(embedded, given)
    for path, text in rendered.items():
        files.write(path, text.encode())
    lists = {
        data / "manifest.toml": _set_entry(unit, asked, embedded, given),
        unit_list.SOURCE: unit_list.entry(
            unit_list.Unit(
                unit, scaffold.facts_of(unit)["title"], "sort texts of our own, from cleaning to a report", MINUTES
            )
        ),
    }
    for path, entry in lists.items():
        files.write(path, f"{path.read_text(encoding='utf-8').rstrip()}\n\n{entry}".encode())
    notice = ROOT / "NOTICE.md"
    if notice.exists():
        files.write(notice, _noticed(notice.read_text(encoding="utf-8"), unit, asked).encode())
        return [*rendered, embedded, held_out.path_of(unit), *lists, notice]
    return [*rendered, embedded, held_out.path_of(unit), *lists]


def _set_entry(unit: str, asked: Asked, embedded: Path, given: bytes) -> str:
    """The texts as the list of data sets has them."""
    texts = {
        "title": f"Texts of the project {unit}",
        "about": "labelled texts for a project, without those that the grader keeps",
        "when": "special",
        "terms": " ".join(asked.licence.split()),
        "citation": f"Handed out by whoever teaches this course, from {asked.source.name}.",
    }
    lines = [f'["{unit}"]', *(f"{key} = {json.dumps(text, ensure_ascii=False)}" for key, text in texts.items())]
    lines += ["", f'[["{unit}".files]]', f'name = "{embedded.name}"', f"megabytes = {max(1, round(len(given) / 1e6))}"]
    lines += ['sources = [{ embedded = "embedded/' + embedded.name + '" }]', f'["{unit}".files.sha256]']
    lines += [f'{files.digest(given)} = "the project\'s texts"']
    return "\n".join(lines) + "\n"


def _noticed(notice: str, unit: str, asked: Asked) -> str:
    """NOTICE.md with a row for the texts, below those of the data that are part of the repository."""
    lines = notice.split("\n")
    rows = [place for place, line in enumerate(lines) if line.startswith("| `") and line.count("|") == 5]
    licence = " ".join(asked.licence.replace("|", "/").split())
    row = f"| `{unit}.json.xz` | `{unit}` | handed out by whoever teaches this course | {licence} |"
    place = rows[-1] + 1 if rows else len(lines)
    return "\n".join([*lines[:place], row, *lines[place:]])
