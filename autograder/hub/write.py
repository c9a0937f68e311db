"""Write a hub's settings: a fragment for JupyterHub, and for learners and instructors what their servers read."""

from __future__ import annotations

from pathlib import Path
from string import Template

from autograder.common.keep import kept_words, write_made
from autograder.course import COURSE, ROOT
from autograder.hub.settings import FILE, Hub
from course_utils.edition.contents import LIST
from course_utils.refused import Refused, disk_refusal

TEMPLATES = Path(__file__).parent / "templates"
#: Path below the hub's folder of settings -> the template that it is.
FILES = {
    "jupyterhub_config.py": "jupyterhub_config.in",
    "learner/nbgrader_config.py": "learner_nbgrader_config.in",
    "instructor/nbgrader_config.py": "instructor_nbgrader_config.in",
    "instructor/jupyter_server_config.py": "instructor_server_config.in",
}
#: Everybody writes into the exchange, as nbgrader wants it; the last bit keeps a learner from moving what is another's.
EXCHANGE_MODE = 0o1777


def write(hub: Hub) -> list[str]:
    """Write the settings into the hub's shared folder, and make the exchange; returns what was done and is to do, a line each.

    What a person has edited is kept beside. Raises Refused where a folder cannot be made or written to.
    """
    if Path(hub.exchange).resolve().is_relative_to(Path(hub.course).resolve()):
        raise Refused(
            f"the exchange {hub.exchange} lies in the course, which no learner may read: name a folder outside, such as /srv/exchange"
        )
    try:
        lines = [*_make_exchange(Path(hub.exchange)), *_write_settings(hub)]
    except OSError as error:
        why = disk_refusal(error) or error.strerror
        raise Refused(f"{error.filename}: {why}. Make it as whoever runs the hub, or name another folder") from error
    return [*lines, *_still_to_do(hub)]


def settings(hub: Hub) -> dict[str, bytes]:
    """Every file of the settings: path below their folder -> bytes."""
    values = {
        **{"slug": COURSE.slug, "exchange": hub.exchange, "edition": str(hub.edition), "course": hub.course},
        **{"python": hub.python, "instructors": hub.instructors, "mirror": hub.mirror, "here": str(hub.folder)},
        **{"learners_python": hub.learners_python, "in_home": f"~/{COURSE.slug}"},
    }
    words = {name: repr(value) for name, value in values.items()}
    words["title"] = COURSE.title.replace("\\", "/").replace('"', "'")  # it stands in a text of three quotes
    found = {
        path: Template((TEMPLATES / template).read_text(encoding="utf-8")).substitute(words).encode()
        for path, template in FILES.items()
    }
    return {**found, FILE: hub.as_json()}


def _make_exchange(exchange: Path) -> list[str]:
    if exchange.exists():
        return []
    exchange.mkdir(parents=True)
    exchange.chmod(EXCHANGE_MODE)  # whatever the umask
    return [f"{exchange}: made, and everybody may write into it"]


def _write_settings(hub: Hub) -> list[str]:
    """Write them, so that everybody can read them whatever the umask; a folder that was there already keeps its mode."""
    lines = []
    for path, data in settings(hub).items():
        place = hub.folder / path
        made = [folder for folder in (Path(hub.shared), hub.folder, place.parent) if not folder.exists()]
        kept = write_made(place, data, ROOT)
        for folder in made:
            folder.chmod(0o755)
        place.chmod(0o644)
        lines += [str(place), *kept_words(place, kept)]
    return lines


def _still_to_do(hub: Hub) -> list[str]:
    steps = []
    if not (hub.edition / LIST).is_file():
        steps.append(
            f"autograder release --folder {hub.shared}    # the edition that learners get; again for a newer one"
        )
    steps += [
        f"read {hub.folder / 'jupyterhub_config.py'}: the hub runs it with its own rights, so copy it to a folder of the hub's",
        'in the hub\'s jupyterhub_config.py: load_subconfig("THAT/COPY")',
        f"autograder doctor --hub --course-at {hub.shared}",
    ]
    return ["Still to do (docs/jupyterhub.md):", *(f"  {step}" for step in steps)]
