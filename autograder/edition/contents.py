"""What goes into the edition: path -> bytes, from the course's folder and from the templates beside this module.

A file is in it because a rule here takes it. Lessons, solutions, exercises, hidden packs, tests and secrets have no rule.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Collection, Iterator
from dataclasses import asdict
from pathlib import Path, PurePosixPath
from string import Template

from autograder.authoring.lesson import files_beside
from autograder.authoring.unit_list import table
from autograder.course import CONTENT, COURSE, KIT, ROOT
from autograder.edition import colab, kit, locked
from course_utils.course import FILE
from course_utils.edition.contents import NOTEBOOKS, RELEASED, EditionError

TEMPLATES = Path(__file__).parent / "templates"
#: The ways to run the course that work in an edition just as in a clone.
AS_THEY_ARE = (
    *("course.py", "environment.yml", "Dockerfile", ".dockerignore", ".devcontainer", ".binder", "jupyter"),
    *("data/manifest.toml", "data/embedded"),
)
#: Path in the edition -> the template that it is.
FROM_TEMPLATES = {
    "Makefile": "Makefile",
    ".gitignore": "gitignore",
    ".gitattributes": "gitattributes",
    "jupyter/page_config.json": "page_config.json",
    "jupyter/server_config.json": "server_config.json",
}
#: What the helper has for each unit: folders with a folder for each, and one with a file for each.
OF_UNITS = ("course_utils/examples/", "course_utils/banks/", "course_utils/questions/")
MAP = "course_utils/units.json"
SUFFIXES_OF_JUNK = (".pyc", ".partial", ".orig")


def gather(units: list[str], repository: colab.Repository | None = None, address: str = "") -> dict[str, bytes]:
    """Every file of the edition but its list; `repository` adds the variants for Colab, which fetch the edition's zip.

    Raises EditionError where one of the units has no notebook.
    """
    found = {path: file.read_bytes() for path, file in _helper(units).items()}
    for folder in AS_THEY_ARE:
        found |= {one: (ROOT / one).read_bytes() for one in _below(folder) if not of_other_units(one, units)}
    for file in (*ROOT.glob("LICEN[CS]E*"), *ROOT.glob("NOTICE.md"), *(ROOT / NOTEBOOKS).glob("*.md")):
        found[file.relative_to(ROOT).as_posix()] = file.read_bytes()
    found[FILE] = _identity().encode()
    if ROOT != KIT:
        found |= kit.beside_the_helper()
    if MAP in found:
        found[MAP] = _map_of(units, found[MAP])
    for unit in units:
        path = f"{NOTEBOOKS}{unit}/{unit}.ipynb"
        if not (ROOT / path).is_file():
            raise EditionError(f"there is no {path}: run `autograder build {unit[:2]}`")
        found[path] = found[RELEASED + path] = (ROOT / path).read_bytes()
        found |= {f"{NOTEBOOKS}{unit}/{name}": file.read_bytes() for name, file in files_beside(unit).items()}
    found |= {path: (ROOT / path).read_bytes() for path in sorted(_linked(units, found))}
    if repository:
        zip_address = address if address.startswith("http") else repository.zip_address
        found |= colab.variants(units, found, repository, zip_address)
    project = kit.project()
    if (ROOT / "requirements.lock").is_file():
        lock = locked.for_learners((ROOT / "requirements.lock").read_text(encoding="utf-8"), project)
    else:
        lock = locked.installed([*project["project"]["dependencies"], *COURSE.packages, *locked.BUILD])
    found["requirements.lock"] = lock.encode()
    found["pyproject.toml"] = _project(project, found).encode()
    found["README.md"] = _readme(units, repository, found).encode()
    found |= {path: _filled(template).encode() for path, template in FROM_TEMPLATES.items()}
    return dict(sorted(found.items()))


def of_other_units(path: str, units: list[str]) -> bool:
    """Whether a file of data/embedded/ holds the texts of a project that is none of these units."""
    project = re.fullmatch(r"data/embedded/(\d\d_\w+)\.json\.xz", path)
    return project is not None and project[1] not in units


def links_to_absent(files: dict[str, bytes]) -> dict[str, list[str]]:
    """File below notebooks/ -> the links in it that lead to no file of the edition, such as to a unit that is left out."""
    found = {}
    for path in files:
        if path.startswith(NOTEBOOKS) and path.endswith((".ipynb", ".md")):
            absent = [target for target in _targets(path, files[path]) if target not in files]
            if absent:
                found[path] = absent
    return found


def _helper(units: list[str]) -> dict[str, Path]:
    """The learner's helper, and the packs in it; of examples, banks and questions those of the units alone. Path -> file."""
    found = {
        path: KIT / path
        for path in _below("course_utils", KIT)
        if CONTENT.parent == KIT or not path.startswith(OF_UNITS)
    }
    if CONTENT != KIT / "course_utils":
        found |= {f"course_utils/{path}": CONTENT / path for path in _below(".", CONTENT)}
    return {
        path: file
        for path, file in found.items()
        if not path.startswith(OF_UNITS) or {file.parent.name, file.stem} & set(units)
    }


def _identity() -> str:
    """course.toml for learners: what the course is called, and where its packs lie in an edition."""
    told = {name: getattr(COURSE, name) for name in ("title", "slug", "blurb", "about", "welcome", "maintainers")}
    lines = [f"{name} = {json.dumps(text, ensure_ascii=False)}" for name, text in told.items() if text]
    for language in COURSE.languages:
        lines += ["", "[[languages]]"]
        lines += [f"{name} = {json.dumps(text, ensure_ascii=False)}" for name, text in asdict(language).items()]
    return "\n".join(["# Which course this is.", *lines, "", "[folders]", 'content = "course_utils"', ""])


def _below(path: str, root: Path = ROOT) -> Iterator[str]:
    """The file at a path of the course, or all below that folder, without what tools leave behind."""
    place = root / path
    if place.is_file():
        yield path
    for folder, folders, names in os.walk(place):
        folders[:] = sorted(name for name in folders if name not in ("__pycache__", ".ipynb_checkpoints"))
        for name in sorted(names):
            if not name.endswith(SUFFIXES_OF_JUNK) and not name.startswith("."):
                yield (Path(folder) / name).relative_to(root).as_posix()


def _map_of(units: list[str], text: bytes) -> bytes:
    """The start page's map, of these units alone."""
    told = {unit: facts for unit, facts in json.loads(text).items() if unit in units}
    return (json.dumps(told, indent=1, ensure_ascii=False) + "\n").encode()


def _linked(units: list[str], files: dict[str, bytes]) -> set[str]:
    """What notebooks link to besides units: a glossary, a picture. Only from notebooks/ and docs/."""
    own = {path for path in files if path.startswith(NOTEBOOKS) and path.endswith((".ipynb", ".md"))}
    found = {target for path in own for target in _targets(path, files[path]) if not target.endswith(".ipynb")}
    return {path for path in found if path.startswith((NOTEBOOKS, "docs/")) and (ROOT / path).is_file()}


def _targets(path: str, text: bytes) -> list[str]:
    """The files that a notebook or a Markdown file links to, as paths of the course."""
    words = text.decode()
    if path.endswith(".ipynb"):
        cells = json.loads(text)["cells"]
        words = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
    folder = PurePosixPath(path).parent.as_posix()
    links = re.findall(r"\]\((?![a-z]+:|#)([^)\s#]+)(?:#[^)\s]*)?\)", words)
    return sorted({os.path.normpath(f"{folder}/{link}").replace(os.sep, "/") for link in links})


def _project(project: dict, files: Collection[str]) -> str:
    """pyproject.toml for the helper alone."""
    told = project["project"]

    def as_list(requirements: list[str]) -> str:
        return "[\n" + "".join(f"    {json.dumps(text)},\n" for text in requirements) + "]"

    licences = [path for path in files if re.fullmatch(r"LICEN[CS]E[^/]*|(data/embedded/)?NOTICE.md", path)]
    return _filled(
        "pyproject.in",
        backend=json.dumps(project["build-system"]["requires"]),
        description=json.dumps(
            f"The helper of the course {COURSE.title}: data, checks, plots and explorers", ensure_ascii=False
        ),
        version=told["version"],
        license=f"license = {json.dumps(told['license'])}\n" if ROOT == KIT else "",
        licences=json.dumps(sorted(licences)),
        python=told["requires-python"],
        dependencies=as_list([*told["dependencies"], *COURSE.packages]),
        cpu=as_list(told["optional-dependencies"]["cpu"]),
        gpu=as_list(told["optional-dependencies"]["gpu"]),
        module=COURSE.slug.replace("-", "_"),
    )


def _readme(units: list[str], repository: colab.Repository | None, files: Collection[str]) -> str:
    others = []
    if "environment.yml" in files:
        others.append(
            f"With conda: `conda env create -f environment.yml`, `conda activate {COURSE.slug}`, `python course.py lab`."
        )
    if ".devcontainer/devcontainer.json" in files:
        others.append("In VS Code: *Reopen in Container*.")
    if "Dockerfile" in files:
        image = COURSE.slug.partition("-")[0]
        run = f'docker run --rm -p 8888:8888 -v "${{PWD}}:/home/learner/course" {image}'
        others.append(
            f"With Docker: `docker build -t {image} .`, then `{run}` (`-v ...` keeps your work here); open the address that it prints."
        )
    return _filled(
        "README.md",
        about=COURSE.about.strip() or f"{COURSE.blurb}.",
        table=table(units),
        others="\n".join(["", *others]) if others else "",
        online=colab.readme_lines(units, repository) if repository else "",
    )


def _filled(template: str, **words: str) -> str:
    """A template with the course's own words in it."""
    text = (TEMPLATES / template).read_text(encoding="utf-8")
    return _Template(text).substitute(title=COURSE.title, slug=COURSE.slug, **words)


class _Template(Template):
    """Fills in @{name}: a $ is Make's and the shell's."""

    delimiter = "@"
    pattern = r"@(?:(?P<escaped>@@)|(?P<named>(?!))|\{(?P<braced>\w+)\}|(?P<invalid>(?!)))"  # type: ignore[assignment]  # a text, which Template compiles
