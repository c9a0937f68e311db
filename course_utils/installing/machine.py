"""What this machine has for the course, said in words before anything is fetched: Python, disk, memory, room for long paths."""

from __future__ import annotations

import ctypes
import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from course_utils.limits import (
    DISK_OF_DOWNLOADS,
    DISK_OF_ENVIRONMENT,
    LEAST_MEMORY,
    LONGEST_PACKAGED,
    LONGEST_PATH_WINDOWS,
)
from course_utils.refused import Refused

ON_WINDOWS = os.name == "nt"
GB = 1e9  # as disks are sold and shown


def require_room(venv: Path, say: Callable[[str], object]) -> None:
    """Say what this machine lacks for an environment at `venv`. Raises Refused where it would end half made."""
    if sys.maxsize < 2**32:
        raise Refused(
            f"{sys.executable} is a 32-bit Python, for which there is no TensorFlow: install the 64-bit one of python.org"
        )
    _require_disk(venv)
    _require_short_path(venv)
    memory = memory_of_machine()
    if memory and memory < LEAST_MEMORY:
        say(
            f"This machine has {memory / GB:.1f} GB of memory. Units 01 to 04 will run well; a unit that trains networks needs up to "
            f"{LEAST_MEMORY / GB:.0f} GB: close other programs, and shut down the other notebooks' kernels (the stop signs at the left)."
        )


def _require_disk(venv: Path) -> None:
    """Raise Refused where a disk that is written to is too full: the environment's, and the one where downloads lie meanwhile."""
    place, downloads = _existing(venv), Path(tempfile.gettempdir())
    there = (
        sum(path.stat().st_size for path in venv.rglob("*") if path.is_file() and not path.is_symlink())
        if venv.is_dir()
        else 0
    )
    need = max(0, DISK_OF_ENVIRONMENT - there)
    same = place.stat().st_dev == downloads.stat().st_dev
    free = shutil.disk_usage(place).free
    if free < need + (DISK_OF_DOWNLOADS if same else 0):
        need += DISK_OF_DOWNLOADS if same else 0
        raise Refused(
            f"The environment needs {need / GB:.1f} GB of disk, and {place} has {free / GB:.1f} GB free: make room, "
            "or name a folder on another disk in the environment variable VENV. Nothing was changed."
        )
    if not same and (free := shutil.disk_usage(downloads).free) < DISK_OF_DOWNLOADS:
        raise Refused(
            f"The downloads need {DISK_OF_DOWNLOADS / GB:.1f} GB for a while, and {downloads} has {free / GB:.1f} GB free: make room, "
            "or name a folder on another disk in the environment variable TMPDIR. Nothing was changed."
        )


def _existing(path: Path) -> Path:
    """The path, or the nearest folder above it that there is."""
    path = path.absolute()
    return path if path.exists() else _existing(path.parent)


def _require_short_path(venv: Path) -> None:
    """Raise Refused where Windows would cut the paths of packages: then pip ends with a file that is not found."""
    path = os.path.abspath(venv)
    if ON_WINDOWS and len(path) + LONGEST_PACKAGED > LONGEST_PATH_WINDOWS and not _takes_long_paths():
        raise Refused(
            f"{path} is too long a path for Windows, whose limit is {LONGEST_PATH_WINDOWS} characters with those of the packages: "
            r"move the course to a shorter place, such as C:\course, or have long paths enabled (https://pip.pypa.io/warnings/enable-long-paths)"
        )


def _takes_long_paths() -> bool:
    """Whether whoever keeps this Windows has enabled long paths."""
    try:
        import winreg

        with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, r"SYSTEM\CurrentControlSet\Control\FileSystem") as key:  # type: ignore[attr-defined]  # Windows
            return bool(winreg.QueryValueEx(key, "LongPathsEnabled")[0])  # type: ignore[attr-defined]  # Windows alone has it
    except (ImportError, OSError):
        return False


def memory_of_machine() -> int:
    """Bytes of memory that programs may use here, a container's limit included; 0 where the system does not say."""
    if ON_WINDOWS:
        return _memory_of_windows()
    try:
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return 0
    for limit in ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"):
        try:
            memory = min(memory, int(Path(limit).read_text(encoding="ascii")))
        except (OSError, ValueError):  # there is none; or it says "max"
            continue
    return max(memory, 0)


class _MemoryStatus(ctypes.Structure):
    """MEMORYSTATUSEX of Windows: https://learn.microsoft.com/windows/win32/api/sysinfoapi/ns-sysinfoapi-memorystatusex"""

    _fields_ = [
        ("length", ctypes.c_ulong),
        ("load", ctypes.c_ulong),
        ("total", ctypes.c_ulonglong),
        *((name, ctypes.c_ulonglong) for name in ("a", "b", "c", "d", "e", "f")),
    ]


def _memory_of_windows() -> int:
    status = _MemoryStatus()
    status.length = ctypes.sizeof(status)
    kernel = getattr(ctypes, "windll", None)
    return status.total if kernel and kernel.kernel32.GlobalMemoryStatusEx(ctypes.byref(status)) else 0
