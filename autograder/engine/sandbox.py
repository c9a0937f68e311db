"""The sandbox of one notebook: what its process may see, and how much it may use. Linux namespaces, by hand.

`enter` is called in a freshly forked child, before any of the learner's code. It builds a root of its own from read-only
binds of the system, the interpreter and the learner's helper package, with private /tmp, /proc and /dev; unshares mounts,
processes, network, IPC and host name; gives up every right; and sets resource limits. It works as root (the notebook
then runs as a user of its own) and, where the kernel allows user namespaces, as an ordinary user.

By hand and not with bubblewrap because the child is forked from a warm parent: bubblewrap starts programs anew, and the
start (imports of seconds) is what the warm parent saves.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import sys
from dataclasses import asdict, dataclass, field
from pathlib import Path

_CLONE = {
    "mount": 0x00020000,
    "uts": 0x04000000,
    "ipc": 0x08000000,
    "user": 0x10000000,
    "pid": 0x20000000,
    "net": 0x40000000,
}
_MS_RDONLY, _MS_NOSUID, _MS_NODEV, _MS_REMOUNT, _MS_BIND, _MS_REC, _MS_PRIVATE = 1, 2, 4, 32, 4096, 16384, 1 << 18
_MNT_DETACH = 2
_PR_SET_NO_NEW_PRIVS, _PR_SET_DUMPABLE, _PR_SET_PDEATHSIG, _PR_CAPBSET_DROP = 38, 4, 1, 24
_SYS_PIVOT_ROOT = {"x86_64": 155, "aarch64": 41}

SYSTEM_FOLDERS = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64")
#: Of /etc only what libraries read: the linker's cache, time zone, alternatives, fonts, no passwords.
SYSTEM_FILES = ("/etc/ld.so.cache", "/etc/localtime", "/etc/alternatives", "/etc/fonts", "/etc/ssl/openssl.cnf")
DEVICES = ("null", "zero", "full", "random", "urandom")
HOST_NAME = b"sandbox"


@dataclass(frozen=True)
class Limits:
    """What one notebook may use. Seconds, bytes and counts."""

    cell_seconds: float = 120.0
    notebook_seconds: float = 600.0
    memory: int = 4 * 2**30  # of address space above what the warm parent has
    processes: int = 256  # and threads
    file_size: int = 256 * 2**20
    disk: int = 512 * 2**20  # of the private /tmp
    output: int = 32 * 2**20  # of all frames that leave the sandbox
    open_files: int = 512


@dataclass(frozen=True)
class View:
    """What of the machine a notebook sees: read-only paths, and the user it runs as."""

    read_only: tuple[str, ...] = field(default_factory=tuple)
    uid: int = 65_000  # used when started by root; one per worker, so that limits on processes do not add up

    def as_dict(self) -> dict:
        """Plain data, for a frame."""
        return asdict(self)


class SandboxError(OSError):
    """A step of entering the sandbox failed; the message names it."""


def default_view(slot: int = 0) -> View:
    """The interpreter, the environment, the learner's helper, and the data: nothing else of this machine."""
    import course_utils

    helper = Path(course_utils.__file__).resolve().parent
    paths = {sys.prefix, sys.base_prefix, os.path.realpath(sys.executable), str(helper)}
    paths |= {
        str(path)
        for path in (helper.parent / "data", os.environ.get("COURSE_DATA"), os.environ.get("COURSE_MIRROR"))
        if path
    }
    existing = sorted(path for path in paths if os.path.exists(path))
    outer = [path for path in existing if not any(Path(path).is_relative_to(o) and path != o for o in existing)]
    return View(tuple(outer), 65_000 + slot)


def missing() -> list[str]:
    """What this machine lacks for the sandbox, a line each; empty where all of it works. Tried in a child, not guessed."""
    if not sys.platform.startswith("linux"):
        return [f"namespaces: {sys.platform} has none; submissions run with your rights"]
    pid = os.fork()
    if pid == 0:
        code = 1
        with contextlib.suppress(BaseException):
            unshare_all()
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


def unshare_all() -> None:
    """Leave the parent's namespaces; the next child forked is process 1 of its own. As a user: become root inside first."""
    uid, gid = os.geteuid(), os.getegid()
    flags = _CLONE["mount"] | _CLONE["uts"] | _CLONE["ipc"] | _CLONE["pid"] | _CLONE["net"]
    if uid == 0:
        _call("unshare", _libc().unshare(flags))
        return
    _call("unshare", _libc().unshare(flags | _CLONE["user"]))
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"0 {uid} 1")
    Path("/proc/self/gid_map").write_text(f"0 {gid} 1")


def enter(view: View, limits: Limits) -> None:
    """Make this process (number 1 of its namespace) a sandboxed one, for good. Raises SandboxError naming the step."""
    _call("prctl", _libc().prctl(_PR_SET_PDEATHSIG, 9, 0, 0, 0))
    _libc().sethostname(HOST_NAME, len(HOST_NAME))
    _build_root(view, limits)
    _give_up_rights(view)
    set_limits(limits)


def set_limits(limits: Limits) -> None:
    """Resource limits of this process and its children: also where there are no namespaces."""
    for which, amount in (
        (resource.RLIMIT_AS, _address_space() + limits.memory),
        (resource.RLIMIT_FSIZE, limits.file_size),
        (resource.RLIMIT_NOFILE, limits.open_files),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NPROC, limits.processes),
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
    root = next(folder for folder in ("/mnt", "/media", "/srv", "/var") if os.path.isdir(folder))
    _mount(None, "/", None, _MS_REC | _MS_PRIVATE)
    _mount("tmpfs", root, "tmpfs", _MS_NOSUID | _MS_NODEV, "size=4m,mode=755")
    os.makedirs(root + "/tmp")
    _mount("tmpfs", root + "/tmp", "tmpfs", _MS_NOSUID | _MS_NODEV, f"size={limits.disk},mode=1777")
    for folder in SYSTEM_FOLDERS:
        if os.path.islink(folder):
            os.symlink(os.readlink(folder), root + folder)
        elif os.path.isdir(folder):
            _bind(folder, root + folder)
    for path in (*SYSTEM_FILES, *view.read_only):
        if os.path.exists(path):
            _bind(path, root + path)
    _write(root + "/etc/passwd", "learner:x:{0}:{0}::/tmp/home:/bin/sh\n".format(view.uid if os.geteuid() == 0 else 0))
    _write(root + "/etc/hosts", "127.0.0.1 localhost\n")
    os.makedirs(root + "/dev/shm")
    for name in DEVICES:
        _write(f"{root}/dev/{name}", "")
        _mount(f"/dev/{name}", f"{root}/dev/{name}", None, _MS_BIND)
    _mount("tmpfs", root + "/dev/shm", "tmpfs", _MS_NOSUID | _MS_NODEV, "size=64m,mode=1777")
    os.makedirs(root + "/proc")
    _mount("proc", root + "/proc", "proc", _MS_NOSUID | _MS_NODEV)
    os.makedirs(root + "/.old")
    number = _SYS_PIVOT_ROOT.get(os.uname().machine)
    if number is None:
        raise SandboxError(f"no sandbox for processors of type {os.uname().machine}")
    _call("pivot_root", _libc().syscall(number, root.encode(), (root + "/.old").encode()))
    os.chdir("/")
    _call("umount the old root", _libc().umount2(b"/.old", _MNT_DETACH))
    os.rmdir("/.old")
    _mount(None, "/", None, _MS_REMOUNT | _MS_BIND | _MS_RDONLY | _MS_NOSUID | _MS_NODEV)


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
    os.environ.update(
        HOME="/tmp/home", TMPDIR="/tmp", USER="learner", PWD="/tmp/work", MPLCONFIGDIR="/tmp/home/.matplotlib"
    )
    for name in [
        n
        for n in os.environ
        if n.startswith(("COURSE_SECRET", "COURSE_HIDDEN", "COURSE_ROOT", "SSH_", "AWS_", "GITHUB_"))
    ]:
        del os.environ[name]


def _drop_capabilities() -> None:
    """Clear every capability of this process (capset(2), version 3 of its structures)."""
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)
    data = (ctypes.c_uint32 * 6)()
    _call("capset", _libc().capset(ctypes.byref(header), ctypes.byref(data)))


def _bind(source: str, target: str) -> None:
    """Show `source` at `target`, read-only, without devices and set-user-id programs."""
    if os.path.isdir(source):
        os.makedirs(target, exist_ok=True)
    else:
        _write(target, "")
    _mount(source, target, None, _MS_BIND | _MS_REC)
    _mount(None, target, None, _MS_REMOUNT | _MS_BIND | _MS_RDONLY | _MS_NOSUID | _MS_NODEV)


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
