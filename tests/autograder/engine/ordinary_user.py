"""Run a command as an ordinary user of this machine, from a test that runs as root:

    python -m tests.autograder.engine.ordinary_user UID COMMAND ...

An interpreter or a course in a folder that only root may enter (`/root`) is shown at the same place to this user, in a mount
namespace of the command's own: nothing of the machine is changed.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from autograder.course import ROOT
from autograder.engine.run import sandbox

UID = 65_431  # nobody's: no account is needed to run as a number


def needed() -> set[Path]:
    """What the user has to be able to read: the interpreter, its environment, the course."""
    return {Path(path).resolve() for path in (sys.prefix, sys.base_prefix, ROOT)}


def closed_folder(path: Path) -> Path | None:
    """The first folder on the way to `path` that others may not enter; None where there is none."""
    return next((folder for folder in reversed(path.parents) if not folder.stat().st_mode & 0o001), None)


def show(paths: set[Path]) -> None:
    """In a mount namespace of its own, make paths below closed folders reachable, and nothing else of these folders."""
    sandbox._call("unshare", sandbox._libc().unshare(sandbox._CLONE["mount"]))
    sandbox._mount(None, "/", None, sandbox._MS_REC | sandbox._MS_PRIVATE)
    closed = {path: folder for path in paths if (folder := closed_folder(path))}
    kept = {}
    for path in closed:
        kept[path] = tempfile.mkdtemp(prefix="shown-")
        sandbox._mount(str(path), kept[path], None, sandbox._MS_BIND | sandbox._MS_REC)
    for folder in set(closed.values()):
        sandbox._mount("tmpfs", str(folder), "tmpfs", 0, "size=1m,mode=755")
    for path, at in kept.items():
        path.mkdir(parents=True, exist_ok=True)
        sandbox._mount(at, str(path), None, sandbox._MS_BIND | sandbox._MS_REC)
        sandbox._call("umount", sandbox._libc().umount2(at.encode(), sandbox._MNT_DETACH))
        os.rmdir(at)


def become(uid: int) -> None:
    """Be this user, without any right of root's, for good."""
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)


def why_not() -> str:
    """Why this machine cannot show what an ordinary user can do; "" where it can. Tried in a child."""
    if not sys.platform.startswith("linux"):
        return f"{sys.platform} has no namespaces"
    pid = os.fork()
    if pid == 0:
        status = 3
        try:
            if os.geteuid() == 0:
                show(needed())
                become(UID)
            status = 4
            sandbox._call("unshare", sandbox._libc().unshare(sandbox._CLONE["user"]))
            status = 0
        finally:
            os._exit(status)
    return {
        0: "",
        3: "root may not make a mount namespace here, so nothing can be shown to another user",
        4: "this kernel lets no ordinary user make user namespaces",
    }[os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])]


def main() -> None:
    """Be an ordinary user and run the command; who is one already just runs it."""
    uid, *command = sys.argv[1:]
    if os.geteuid() == 0:
        show(needed())
        become(int(uid))
    os.execvp(command[0], command)


if __name__ == "__main__":
    main()
