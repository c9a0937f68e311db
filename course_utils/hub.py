"""A server on a JupyterHub, started as its user: `python -m course_utils.hub --folder ~/course --edition /srv/course/edition`.

The edition is brought into the user's home first, as `course.py update` brings it: work stays as it is. Then JupyterHub's own server
starts in that folder. Without `--edition` nothing is brought: so an instructor's server starts in the course.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path


def bring(folder: Path, edition: str) -> list[str]:
    """Have `folder` hold the edition at `edition` (a folder, a zip or an address); returns what was done, or why not, a line each.

    Nothing is raised for what a person has to mend, such as a full quota: the server is to start, so that they can.
    """
    from course_utils.edition.contents import LIST, Edition, read_edition
    from course_utils.edition.update import update
    from course_utils.refused import Refused, disk_refusal

    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.mkdir(mode=0o700, exist_ok=True)  # the others who work on this machine read no answer in it
        before = read_edition(folder) if (folder / LIST).is_file() else Edition({})
        return update(folder, before, edition)
    except OSError as error:
        why = f"{error.filename or folder}: {disk_refusal(error) or error.strerror or error}"
    except Refused as error:
        why = str(error)
    return [f"{folder} could not be brought to the edition at {edition}, and stays as it is: {why}"]


def surroundings(folder: Path, edition: str) -> dict[str, str]:
    """The environment variables of a server in `folder`: its root and its programs; a learner's packs and progress.

    Packs are read from the one copy of the course that all share, where that copy is a folder: a unit that was fetched before the
    learner's own folder was updated has its examples there. Progress is kept in the learner's folder, wherever a notebook lies.
    """
    programs = Path(sys.executable).parent
    found = {
        "JUPYTERHUB_ROOT_DIR": str(folder),
        "PATH": os.pathsep.join([str(programs), os.environ.get("PATH", os.defpath)]),
    }
    if edition:
        found["COURSE_EDITION"] = edition  # for `course.py update` in a terminal
        found["COURSE_PROGRESS"] = str(folder / "progress.json")
        if (content := Path(edition) / "course_utils").is_dir():
            found["COURSE_CONTENT"] = str(content)
    return found


def main(arguments: list[str] | None = None) -> None:
    """Bring the edition, then be the server; arguments that are not ours are JupyterHub's."""
    parser = argparse.ArgumentParser(prog="python -m course_utils.hub", allow_abbrev=False)
    parser.add_argument("--folder", required=True, help="where the server starts: a learner's edition, or the course")
    parser.add_argument("--edition", default="", help="the edition that is brought there: a folder, a zip, an address")
    chosen, others = parser.parse_known_args(arguments)
    try:
        folder = Path(chosen.folder).expanduser().absolute()
        home = Path.home()
    except RuntimeError:  # neither HOME nor the system's list of users tells
        sys.exit(f"{chosen.folder}: this user has no home; have the hub set HOME for the server, or make them a home")
    for line in bring(folder, chosen.edition) if chosen.edition else ():
        print(line, flush=True)
    if not folder.is_dir():  # it could not even be made
        folder = home
    if not folder.is_dir():
        sys.exit(f"there is no folder {folder}, in which this user's server would start: make it, for this user")
    os.environ.update(surroundings(folder, chosen.edition))
    os.chdir(folder)  # nbgrader reads its settings from the working directory
    serve(folder, others)


def serve(folder: Path, arguments: list[str]) -> None:
    """Be JupyterHub's server for one user, which opens on the start page, until it is stopped."""
    # jsonschema, which Jupyter imports, would build a grammar for seconds, for addresses that no Jupyter file has.
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]  # None is Python's word for "not to be had"
    from jupyterhub.singleuser import main as jupyterhub

    from course_utils.start_page import place_to_open

    # JupyterHub asks JupyterLab where to open before JupyterLab has read its settings; what the hub was told counts.
    os.environ.setdefault("JUPYTERHUB_DEFAULT_URL", place_to_open(folder))
    sys.argv = ["jupyterhub-singleuser", *arguments]
    jupyterhub()


if __name__ == "__main__":
    main()
