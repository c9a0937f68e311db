"""`python -m course_utils.edition update` and `python -m course_utils.edition reset UNIT`."""

from __future__ import annotations

import argparse
import os
import sys

from course_utils.edition.contents import EditionError, course_folder, read_edition
from course_utils.edition.reset import reset
from course_utils.edition.update import update
from course_utils.refused import disk_refusal, run


def main(arguments: list[str] | None = None) -> int:
    """Do it, and print what was done; 0: all is well, 1: it could not be done, and a line says why."""
    parser = argparse.ArgumentParser(prog="python -m course_utils.edition", description="Keep your copy of the course.")
    commands = parser.add_subparsers(dest="command", required=True)
    words = "bring what is new, and leave your work as it is (from COURSE_EDITION where it is set, else from where this edition says)"
    commands.add_parser("update", help=words).add_argument(
        "whence", nargs="?", default="", help="another folder, zip file or http address"
    )
    words = "put one notebook back as it was released, and keep the old one beside it"
    commands.add_parser("reset", help=words).add_argument("unit", nargs="?", default="", help='its number, as "02"')
    chosen = parser.parse_args(arguments)
    return run(lambda: _do(chosen), print, "Stopped. Nothing is lost: the same command goes on.")


def _do(chosen: argparse.Namespace) -> None:
    root = course_folder()
    try:
        lines = _update(chosen.whence) if chosen.command == "update" else reset(root, chosen.unit)
    except OSError as error:
        if not disk_refusal(error):
            raise
        words = "Nothing is lost: see to that, then run the same again."
        raise EditionError(f"{error.filename or root}: {disk_refusal(error)}. {words}") from error
    print("\n".join(lines))


def _update(whence: str) -> list[str]:
    root = course_folder()
    edition = read_edition(root)
    address = whence or os.environ.get("COURSE_EDITION") or edition.address
    if not address:
        words = "ask your instructor, then: python course.py update ... (a folder, a zip file, or an http address)"
        raise EditionError(f"this edition does not say where newer ones are: {words}")
    return update(root, edition, address)


if __name__ == "__main__":
    sys.exit(main())
