"""The sandbox of one notebook: what its process may see, and how much it may use. Linux namespaces, by hand.

`enter` is called in a freshly forked child, before any of the learner's code. It builds a root of its own from read-only
binds of the system, the interpreter and the learner's helper package, with private /tmp, /proc and /dev; unshares mounts,
processes, network, IPC and host name; gives up every right; sets resource limits; and has the kernel refuse what these do
not hold (`calls`). It works as root (the notebook then runs as a user of its own) and, where the kernel allows user
namespaces, as an ordinary user.

By hand and not with bubblewrap because the child is forked from a warm parent: bubblewrap starts programs anew, and the
start (imports of seconds) is what the warm parent saves.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import signal
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from autograder.engine.run.calls import filter_calls
from autograder.engine.run.limits import (
    BYTES_PER_FILE,
    CELL_SECONDS,
    DISK,
    FILE_SIZE,
    MEMORY,
    NOTEBOOK_SECONDS,
    OPEN_FILES,
    OUTPUT,
    PROCESSES,
    TERMINALS,
)

_CLONE = {
    "mount": 0x00020000,
    "uts": 0x04000000,
    "ipc": 0x08000000,
    "user": 0x10000000,
    "pid": 0x20000000,
    "net": 0x40000000,
}
_MS_RDONLY, _MS_NOSUID, _MS_NODEV, _MS_NOEXEC, _MS_REMOUNT, _MS_BIND, _MS_REC = 1, 2, 4, 8, 32, 4096, 16384
_MS_PRIVATE = 1 << 18
_MNT_DETACH = 2
_PR_SET_NO_NEW_PRIVS, _PR_SET_DUMPABLE, _PR_SET_PDEATHSIG, _PR_CAPBSET_DROP = 38, 4, 1, 24
_PR_SET_CHILD_SUBREAPER = 36
_SYS_PIVOT_ROOT = {"x86_64": 155, "aarch64": 41}
_SYS_KEYCTL = {"x86_64": 250, "aarch64": 219}
_SYS_MOUNT_SETATTR = 442  # the same on every processor; Linux 5.12 and later
_AT_FDCWD, _AT_RECURSIVE = -100, 0x8000
_KEYCTL_JOIN_SESSION_KEYRING = 1

SYSTEM_FOLDERS = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64")
#: Of /etc only what libraries read: the linker's cache, time zone, alternatives, fonts, no passwords.
SYSTEM_FILES = ("/etc/ld.so.cache", "/etc/localtime", "/etc/alternatives", "/etc/fonts", "/etc/ssl/openssl.cnf")
DEVICES = ("null", "zero", "full", "random", "urandom")
#: What Python calls a folder of installed packages.
PACKAGES = ("site-packages", "dist-packages")
HOST_NAME = b"sandbox"
#: Of a course's folder what no learner's code may see, wherever that folder lies.
PRIVATE = (
    *("autograder", "solutions", "submitted", "autograded", "feedback", "answers", "grading_logs", "source"),
    *("exercises", "private"),
    *("gradebook.db", "gradebook.db-journal", "gradebook.db-wal", ".git", ".grading"),
)


@dataclass(frozen=True)
class Limits:
    """What one notebook may use: seconds, bytes and counts; and what is imported for it."""

    cell_seconds: float = CELL_SECONDS
    notebook_seconds: float = NOTEBOOK_SECONDS
    memory: int = MEMORY  # of address space above what the warm parent has
    processes: int = PROCESSES  # and threads
    file_size: int = FILE_SIZE
    disk: int = DISK  # of the private /tmp
    output: int = OUTPUT  # of all frames that leave the sandbox
    open_files: int = OPEN_FILES
    packages: tuple[
        str, ...
    ] = ()  # that it imports: those that the warm parent left for later are imported before it begins

    def importing(self, packages: tuple[str, ...]) -> Limits:
        """The same limits for a notebook that imports these packages."""
        return replace(self, packages=packages)

    def within(self, seconds: float) -> Limits:
        """The same limits for a repetition that may take so many seconds."""
        return replace(self, notebook_seconds=seconds)


@dataclass(frozen=True)
class View:
    """What of the machine a notebook sees: read-only paths, what is hidden inside them, and the user it runs as."""

    read_only: tuple[str, ...] = field(default_factory=tuple)
    hidden: tuple[str, ...] = field(default_factory=tuple)
    uid: int = 65_000  # used when started by root; one per worker, so that limits on processes do not add up

    def as_dict(self) -> dict:
        """Plain data, for a frame."""
        return asdict(self)


class SandboxError(OSError):
    """A step of entering the sandbox failed; the message names it."""


def default_view(slot: int = 0) -> View:
    """The interpreter, the environment, the learner's helper, and the data: nothing else of this machine."""
    import autograder
    import course_utils

    helper = Path(course_utils.__file__).resolve().parent
    paths = {sys.prefix, sys.base_prefix, os.path.realpath(sys.executable), str(helper)}
    # A path file may lead to packages outside the environment: to those of a hub, or of a user.
    paths |= {path for path in sys.path if Path(path).name in PACKAGES}
    paths |= {
        str(path)
        for path in (helper.parent / "data", *map(os.environ.get, ("COURSE_CONTENT", "COURSE_DATA", "COURSE_MIRROR")))
        if path
    }
    existing = sorted(path for path in paths if os.path.exists(path))
    outer = [path for path in existing if not any(Path(path).is_relative_to(o) and path != o for o in existing)]
    # Where the course is installed into the environment, or lies in a folder of data or of the system, the grader's part
    # is covered; so are the submissions and grades of the course that the command was called in.
    roots = [Path(autograder.__file__).resolve().parent.parent]
    with contextlib.suppress(FileNotFoundError):  # the folder that we are in was removed
        roots.append(Path.cwd())
    private = [*(str(root / name) for root in roots for name in PRIVATE), os.environ.get("COURSE_HIDDEN_PACKS", "")]
    shown = (*outer, *SYSTEM_FOLDERS)
    covered = tuple(
        dict.fromkeys(path for path in private if path and any(Path(path).is_relative_to(o) for o in shown))
    )
    return View(tuple(outer), covered, 65_000 + slot)


def missing() -> list[str]:
    """What this machine lacks for the sandbox, a line each; empty where all of it works. Tried in a child, not guessed."""
    if not sys.platform.startswith("linux"):
        return [f"namespaces: {sys.platform} has none; submissions run with your rights"]
    pid = os.fork()
    if pid == 0:
        code = 1
        with contextlib.suppress(BaseException):
            unshare_processes()
            inner = os.fork()
            if inner == 0:
                with contextlib.suppress(BaseException):
                    enter(default_view(), Limits())
                    os._exit(0)
                os._exit(1)
            code = os.waitstatus_to_exitcode(os.waitpid(inner, 0)[1])
        os._exit(code)
    works = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    return [] if works else ["namespaces: this system does not let us make them; submissions run with your rights"]


def die_with_parent() -> None:
    """Be killed when the process that forked this one ends, however it ends."""
    if sys.platform.startswith("linux"):
        _libc().prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def unshare_processes() -> None:
    """From now on children are in a process namespace of their own. As a user: become root of a user namespace first."""
    uid, gid = os.geteuid(), os.getegid()
    if uid == 0:
        _call("unshare", _libc().unshare(_CLONE["pid"]))
        return
    _call("unshare", _libc().unshare(_CLONE["pid"] | _CLONE["user"]))
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"0 {uid} 1")
    Path("/proc/self/gid_map").write_text(f"0 {gid} 1")


def enter(view: View, limits: Limits) -> None:
    """Make this process (number 1 of its namespace) a sandboxed one, for good. Raises SandboxError naming the step."""
    os.setsid()  # else `os.kill(0, 9)` would reach the coordinator: a group of processes spans namespaces
    _call("unshare", _libc().unshare(_CLONE["mount"] | _CLONE["uts"] | _CLONE["ipc"] | _CLONE["net"]))
    _libc().sethostname(HOST_NAME, len(HOST_NAME))
    _first_to_die()
    _leave_keyring()
    _build_root(view, limits)
    _give_up_rights(view)
    _call("prctl", _libc().prctl(_PR_SET_PDEATHSIG, 9, 0, 0, 0))  # a change of user had cleared it
    set_limits(limits)
    filter_calls()


def _first_to_die() -> None:
    """When the machine's memory runs out, let the kernel end this process, not the coordinator."""
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")


def _leave_keyring() -> None:
    """Join a new, empty session keyring: the instructor's may hold keys and tickets. Not every kernel has keyrings."""
    number = _SYS_KEYCTL.get(os.uname().machine)
    if number is not None:
        _libc().syscall(number, _KEYCTL_JOIN_SESSION_KEYRING, None)


def enter_without(limits: Limits, folder: str) -> None:
    """What there is of a sandbox on a machine without namespaces: limits, a folder and an environment of its own."""
    if sys.platform.startswith("linux"):
        _call("no_new_privs", _libc().prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
        _first_to_die()
    home, work = f"{folder}/home", f"{folder}/work"
    for path in (home, work):
        os.mkdir(path, 0o700)
    os.chdir(work)
    _set_environment(home, work, folder)
    set_limits(limits, others=_processes_of_user())
    filter_calls()


def _set_environment(home: str, work: str, temporary: str) -> None:
    """Names of folders; everything else that could be of use to anyone was left behind by the warm parent already."""
    os.environ.update(HOME=home, TMPDIR=temporary, USER="learner", PWD=work, MPLCONFIGDIR=f"{home}/.matplotlib")
    tempfile.tempdir = None  # asked for before, it would still name the old one


def adopt_orphans() -> None:
    """From now on processes whose parents have ended become children of this one, and `kill_orphans` finds them."""
    if sys.platform.startswith("linux"):
        _libc().prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def kill_orphans() -> None:
    """Kill every child of this process, and what they leave behind, until there is none."""
    for _ in range(10_000):
        found = _children().get(os.getpid())
        if not found:
            return
        for pid in found:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, 9)
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, 0)


def _children() -> dict[int, list[int]]:
    """Every process's children, from /proc (its `children` files are not in every kernel); empty where there is none."""
    found: dict[int, list[int]] = {}
    for entry in os.listdir("/proc") if os.path.isdir("/proc/self") else ():
        if entry.isdigit():
            with contextlib.suppress(OSError):
                after_name = Path(f"/proc/{entry}/stat").read_text().rpartition(")")[2].split()
                found.setdefault(int(after_name[1]), []).append(int(entry))
    return found


def memory_of_several(found: Iterable[int]) -> int:
    """Bytes used by these processes, shared pages counted once; 0 for a single one.

    A single process is held by its own limit, which the kernel keeps; there is none for several together.
    """
    found, texts = list(found), []
    if len(found) < 2:
        return 0
    for one in found:
        with contextlib.suppress(OSError):  # it has just ended
            texts.append(Path(f"/proc/{one}/smaps_rollup").read_text())
    lines = [line.split() for text in texts for line in text.splitlines() if line.startswith("Pss:")]
    return sum(int(line[1]) * 1024 for line in lines)


def _processes_of_user() -> int:
    """Threads that this user runs now: a limit on processes counts them all where there are no namespaces."""
    count = 0
    with contextlib.suppress(OSError):
        for entry in os.scandir("/proc"):
            with contextlib.suppress(OSError):
                if entry.name.isdigit() and entry.stat().st_uid == os.getuid():
                    count += len(os.listdir(f"{entry.path}/task"))
    return count


def set_limits(limits: Limits, others: int = 0) -> None:
    """Resource limits of this process and its children; `others` more processes of this user run already."""
    for which, amount in (
        (resource.RLIMIT_AS, _address_space() + limits.memory),
        (resource.RLIMIT_FSIZE, limits.file_size),
        (resource.RLIMIT_NOFILE, limits.open_files),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NPROC, limits.processes + others),
    ):
        _, hard = resource.getrlimit(which)
        ceiling = amount if hard == resource.RLIM_INFINITY else min(amount, hard)
        resource.setrlimit(which, (ceiling, ceiling))


def _address_space() -> int:
    """Bytes of address space that this process has now: TensorFlow's libraries alone map gigabytes."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    except OSError:
        return 0


def _build_root(view: View, limits: Limits) -> None:
    # Any folder will do: a new file system is mounted on it, seen by this process alone.
    base = next(folder for folder in ("/mnt", "/media", "/srv", "/var") if os.path.isdir(folder))
    _mount(None, "/", None, _MS_REC | _MS_PRIVATE)
    _mount("tmpfs", base, "tmpfs", _MS_NOSUID | _MS_NODEV, "size=4m,mode=755")
    root = base + "/inside"
    os.makedirs(root + "/tmp")
    _mount(
        "tmpfs",
        root + "/tmp",
        "tmpfs",
        _MS_NOSUID | _MS_NODEV,
        f"size={limits.disk},nr_inodes={limits.disk // BYTES_PER_FILE},mode=1777",
    )
    for folder in SYSTEM_FOLDERS:
        if os.path.islink(folder):
            os.symlink(os.readlink(folder), root + folder)
        elif os.path.isdir(folder):
            _bind(folder, root + folder)
    for path in (*SYSTEM_FILES, *view.read_only):
        if os.path.exists(path):
            _bind(path, root + path)
    for path in view.hidden:
        if os.path.isdir(root + path):
            _mount("tmpfs", root + path, "tmpfs", _MS_RDONLY | _MS_NOSUID | _MS_NODEV, "size=4k,mode=000")
        elif os.path.exists(root + path):
            _mount("/dev/null", root + path, None, _MS_BIND)
    _write(root + "/etc/passwd", "learner:x:{0}:{0}::/tmp/home:/bin/sh\n".format(view.uid if os.geteuid() == 0 else 0))
    _write(root + "/etc/hosts", "127.0.0.1 localhost\n")
    os.makedirs(root + "/dev/shm")
    for name in DEVICES:
        _write(f"{root}/dev/{name}", "")
        _mount(f"/dev/{name}", f"{root}/dev/{name}", None, _MS_BIND)
    _mount("tmpfs", root + "/dev/shm", "tmpfs", _MS_NOSUID | _MS_NODEV, "size=64m,nr_inodes=4096,mode=1777")
    _give_terminals(root)
    os.makedirs(root + "/proc")
    _mount("proc", root + "/proc", "proc", _MS_NOSUID | _MS_NODEV)
    os.makedirs(base + "/old")
    number = _SYS_PIVOT_ROOT.get(os.uname().machine)
    if number is None:
        raise SandboxError(f"no sandbox for processors of type {os.uname().machine}")
    _call("pivot_root", _libc().syscall(number, base.encode(), (base + "/old").encode()))
    os.chdir("/")
    _call("umount the old root", _libc().umount2(b"/old", _MNT_DETACH))
    os.rmdir("/old")
    _mount(None, "/", None, _MS_REMOUNT | _MS_BIND | _MS_RDONLY | _MS_NOSUID | _MS_NODEV)
    # The old root is gone already; chroot besides, because the kernel lets no process make user namespaces (in which it
    # would have every capability again) whose root is not its mount namespace's.
    os.chroot("/inside")
    os.chdir("/")


def _give_terminals(root: str) -> None:
    """A few pseudo-terminals of its own: IPython runs `!command` in one. Where the kernel gives none, such a cell fails."""
    os.makedirs(root + "/dev/pts")
    options = f"newinstance,ptmxmode=0666,mode=620,max={TERMINALS}"
    with contextlib.suppress(SandboxError):
        _mount("devpts", root + "/dev/pts", "devpts", _MS_NOSUID | _MS_NOEXEC, options)
        os.symlink("pts/ptmx", root + "/dev/ptmx")


def _give_up_rights(view: View) -> None:
    """Become an ordinary user without capabilities, for good; own a home and a working folder in /tmp."""
    as_root = os.getuid() == 0 and Path("/proc/self/uid_map").read_text().split()[2] != "1"
    for folder in ("/tmp/home", "/tmp/work"):
        os.mkdir(folder, 0o700)
        if as_root:
            os.chown(folder, view.uid, view.uid)
    for capability in range(64):
        _libc().prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0)  # past the last one it fails, and nothing is lost
    if as_root:
        os.setgroups([])
        os.setresgid(view.uid, view.uid, view.uid)
        os.setresuid(view.uid, view.uid, view.uid)
    _drop_capabilities()
    _call("no_new_privs", _libc().prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
    os.chdir("/tmp/work")
    _set_environment("/tmp/home", "/tmp/work", "/tmp")


def _drop_capabilities() -> None:
    """Clear every capability of this process (capset(2), version 3 of its structures)."""
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)
    data = (ctypes.c_uint32 * 6)()
    _call("capset", _libc().capset(ctypes.byref(header), ctypes.byref(data)))


def _bind(source: str, target: str) -> None:
    """Show `source` at `target`, with what is mounted below it, read-only, without devices and set-user-id programs."""
    if os.path.isdir(source):
        os.makedirs(target, exist_ok=True)
    else:
        _write(target, "")
    _mount(source, target, None, _MS_BIND | _MS_REC)
    flags = _MS_RDONLY | _MS_NOSUID | _MS_NODEV
    attributes = (ctypes.c_uint64 * 4)(flags & 7, 0, 0, 0)  # struct mount_attr: set, clear, propagation, user namespace
    call = _libc().syscall(
        _SYS_MOUNT_SETATTR, _AT_FDCWD, target.encode(), _AT_RECURSIVE, ctypes.byref(attributes), ctypes.c_size_t(32)
    )
    if call != 0:  # an older kernel: one mount at a time
        for point in _mounts_below(target):
            _mount(None, point, None, _MS_REMOUNT | _MS_BIND | flags | _kept_flags(point))


def _mounts_below(target: str) -> list[str]:
    """The mount points at and below a path, from /proc/self/mountinfo."""
    points = [line.split()[4] for line in Path("/proc/self/mountinfo").read_text().splitlines()]
    points = [point.encode().decode("unicode_escape") for point in points]  # a space is written \040
    return sorted({point for point in points if point == target or point.startswith(target + "/")})


def _kept_flags(point: str) -> int:
    """Of a mount's flags those that a remount in a user namespace may not drop."""
    have = os.statvfs(point).f_flag
    relatime = 1 << 21 if have & 4096 else 0  # statvfs and mount number this one differently
    return have & (8 | 1024 | 2048) | relatime


def _write(path: str, text: str) -> None:
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as file:
        file.write(text)


def _mount(source: str | None, target: str, kind: str | None, flags: int, options: str = "") -> None:
    encode = lambda text: text.encode() if text is not None else None  # noqa: E731
    result = _libc().mount(encode(source), encode(target), encode(kind), ctypes.c_ulong(flags), encode(options or None))
    _call(f"mount {source or ''} on {target}", result)


def _call(what: str, result: int) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise SandboxError(number, f"{what}: {os.strerror(number)}")


_loaded: list[ctypes.CDLL] = []


def _libc() -> ctypes.CDLL:
    if not _loaded:
        _loaded.append(ctypes.CDLL(None, use_errno=True))
    return _loaded[0]
