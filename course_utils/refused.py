"""The one kind of error that speaks to a person: something was refused on purpose. Every other exception is a defect.

`run` is what every command of the course is started with: it says the one in a line, and shows the other as it is.
"""

from __future__ import annotations

import contextlib
import errno
import sys
from collections.abc import Callable

#: Exit codes: the user stopped the command; a defect of ours ended it (what sysexits.h calls EX_SOFTWARE).
STOPPED, DEFECT = 130, 70
PROJECT = "pixels-to-paragraphs"
#: `Project-URL` labels under which a package index expects the place for reports.
_LABELS = ("issues", "issue tracker", "bug tracker", "bug reports", "tracker")
_DISK: dict[int | None, str] = {  # an error that Python code raises may have no number
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "your disk quota is used up",
    errno.EROFS: "the disk is read-only",
    errno.EACCES: "writing there is not allowed",
    errno.EPERM: "writing there is not allowed",
}


class Refused(Exception):
    """What was asked cannot be done, and the message says what is wrong and what to do about it.

    The message is complete sentences for whoever typed the command: it names the thing, the value and the remedy.
    Commands print it in one line, without a traceback, and exit with `exit_code`. Never a base class of Python's own, such
    as LookupError: an accident of ours would then pass for a message.
    """

    exit_code = 1

    def __str__(self) -> str:
        return str(self.args[0]) if self.args else type(self).__name__


def run(command: Callable[[], int | None], say: Callable[[str], object], stopped: str = "Stopped.") -> int:
    """Run a command; return its exit code. `say` prints a refusal; `stopped` is said after Ctrl-C.

    An exception that is not `Refused` is a defect: its traceback is shown, and where to report it.
    """
    show_every_letter()
    try:
        return command() or 0
    except Refused as error:
        say(str(error))
        return error.exit_code
    except KeyboardInterrupt:
        say(stopped)
        return STOPPED
    except Exception:
        import traceback

        traceback.print_exc()
        print(report_line(), file=sys.stderr)
        return DEFECT


def show_every_letter() -> None:
    """Have what stdout and stderr cannot encode written as \\u escapes: no command fails for a letter that a console lacks.

    Windows writes to a file or a pipe in the code page of its language (cp950, cp949, cp1252), which has few letters of others.
    """
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(AttributeError, ValueError, OSError):  # a notebook's, one that is closed, a test's
            stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]  # suppressed above


def report_line() -> str:
    """The line below a defect's traceback: whom to tell."""
    place = _place_for_reports()
    whom = f"at {place}" if place else "to whoever maintains this course"
    return f"This is a defect of the course's programs, not of what you did. Please report it {whom}, with the traceback above."


def _place_for_reports() -> str:
    """The address in the installed package's project URLs; "" where it has none."""
    from importlib import metadata

    try:
        urls = metadata.metadata(PROJECT).get_all("Project-URL") or []
    except metadata.PackageNotFoundError:
        return ""
    told = {label.strip().lower(): url.strip() for label, _, url in (one.partition(",") for one in urls)}
    return next((told[label] for label in _LABELS if label in told), "")


def disk_refusal(error: OSError) -> str:
    """Why the disk refused, in a few words; "" for an error that is not the disk's."""
    return _DISK.get(error.errno, "")
