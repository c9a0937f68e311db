"""Which system calls a notebook may not make: a seccomp filter, written by hand, for what namespaces do not hold.

Namespaces and limits leave ways around them: keys of a user outlive the process that made them, and so would tell one
notebook what another has seen; memory files and System V segments are memory that no limit counts; a socket to the
machine's host (AF_VSOCK) is no network to a network namespace; and a process may ask not to be killed with its parent.
No notebook needs any of these. What is refused fails with EPERM, as it does where a right is missing.
"""

from __future__ import annotations

import ctypes
import os
import struct
import sys

#: Refused system calls: name -> number for x86_64, for aarch64 (None: it has none). From 424 on they are the same.
REFUSED: dict[str, tuple[int, int | None]] = {
    # what outlives the process
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    # memory that no limit counts
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    "shmget": (29, 194),
    "semget": (64, 190),
    "msgget": (68, 186),
    "mq_open": (240, 180),
    # other processes, and what they do with files
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "pidfd_getfd": (438, 438),
    "process_madvise": (440, 440),
    "kcmp": (312, 272),
    "inotify_init": (253, None),
    "inotify_init1": (294, 26),
    "fanotify_init": (300, 262),
    # parts of the kernel that programs seldom need and attackers often do
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "userfaultfd": (323, 282),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    # other roots and namespaces
    "unshare": (272, 97),
    "setns": (308, 268),
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fspick": (433, 433),
    "mount_setattr": (442, 442),
    "name_to_handle_at": (303, 264),
    "open_by_handle_at": (304, 265),
}
_PRCTL, _SOCKET, _SECCOMP = (157, 167), (41, 198), (317, 277)
_PR_SET_PDEATHSIG = 1
FAMILIES = (1, 2, 10, 16)  # AF_UNIX, AF_INET, AF_INET6, AF_NETLINK: those that a network namespace holds

_COLUMN = {"x86_64": 0, "aarch64": 1}
_AUDIT = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_X32 = 0x40000000  # x86_64 has a second set of numbers above this one

_LOAD, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06  # BPF_LD|W|ABS, BPF_JMP|JEQ|K, BPF_JMP|JGE|K, BPF_RET|K
_NUMBER, _ARCHITECTURE, _ARGUMENT = 0, 4, 16  # offsets in struct seccomp_data; of the first argument the lower half
_ALLOW, _EPERM = 0x7FFF0000, 0x00050001
_SET_MODE_FILTER, _SPEC_ALLOW = 1, 4


def program(machine: str) -> bytes:
    """The filter for a processor's type, as an array of struct sock_filter. Raises KeyError for one that is unknown."""
    column = _COLUMN[machine]
    # code, operand, where to when it holds, where to when not; None: the next
    checks: list[tuple[int, int, str | None, str | None]] = []
    checks.append((_LOAD, _ARCHITECTURE, None, None))
    checks.append((_EQUAL, _AUDIT[machine], None, "refuse"))
    checks.append((_LOAD, _NUMBER, None, None))
    if machine == "x86_64":
        checks.append((_AT_LEAST, _X32, "refuse", None))
    numbers = [number for pair in REFUSED.values() if (number := pair[column]) is not None]
    checks += [(_EQUAL, number, "refuse", None) for number in numbers]
    checks.append((_EQUAL, _PRCTL[column], "prctl", None))
    checks.append((_EQUAL, _SOCKET[column], "socket", "allow"))
    places = {"prctl": len(checks)}
    checks.append((_LOAD, _ARGUMENT, None, None))
    checks.append((_EQUAL, _PR_SET_PDEATHSIG, "refuse", "allow"))
    places["socket"] = len(checks)
    checks.append((_LOAD, _ARGUMENT, None, None))
    checks += [(_EQUAL, family, "allow", None) for family in FAMILIES]
    places["refuse"] = len(checks)
    checks.append((_RETURN, _EPERM, None, None))
    places["allow"] = len(checks)
    checks.append((_RETURN, _ALLOW, None, None))

    def step(here: int, place: str | None) -> int:
        return 0 if place is None else places[place] - here - 1

    return b"".join(
        struct.pack("HBBI", code, step(here, yes), step(here, no), operand)
        for here, (code, operand, yes, no) in enumerate(checks)
    )


def filter_calls() -> bool:
    """Refuse these calls to this process and its children, for good; returns whether this system can.

    `no_new_privs` must be set: without it the kernel lets only root do this.
    """
    machine = os.uname().machine if sys.platform.startswith("linux") else ""
    if machine not in _COLUMN:
        return False
    code = ctypes.create_string_buffer(program(machine))
    header = struct.pack("HxxxxxxP", (len(code) - 1) // 8, ctypes.addressof(code))  # struct sock_fprog
    libc = ctypes.CDLL(None, use_errno=True)
    # SPEC_ALLOW: older kernels would else slow down all of the process for fear of what filtered programs do
    return libc.syscall(_SECCOMP[_COLUMN[machine]], _SET_MODE_FILTER, _SPEC_ALLOW, header) == 0


def can_filter() -> bool:
    """Whether this system lets us refuse calls; tried in a child."""
    if not sys.platform.startswith("linux"):
        return False
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            ctypes.CDLL(None).prctl(38, 1, 0, 0, 0)  # PR_SET_NO_NEW_PRIVS
            code = 0 if filter_calls() else 1
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
