"""What a training step frees is kept for the next one, where the C library is glibc."""

import os
import platform
import subprocess
import sys

import pytest

pytestmark = pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="the allocator is not glibc's")

STEPS = 50
MEGABYTES = 8  # of a tensor that each step makes and frees
PROGRAM = f"""
import ctypes, resource
import course_utils{{imported}}
libc = ctypes.CDLL(None)
libc.malloc.restype, libc.malloc.argtypes = ctypes.c_void_p, [ctypes.c_size_t]
libc.memset.argtypes, libc.free.argtypes = [ctypes.c_void_p, ctypes.c_int, ctypes.c_size_t], [ctypes.c_void_p]

def step():
    several = [libc.malloc({MEGABYTES} << 20) for _ in range(4)]
    for one in several:
        libc.memset(one, 1, {MEGABYTES} << 20)
    for one in several:
        libc.free(one)

step()
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range({STEPS}):
    step()
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""
PAGES = MEGABYTES * 2**20 // os.sysconf("SC_PAGESIZE")  # of one tensor


def pages_asked_for(imported, **environment):
    """How many pages the system had to give out in all steps but the first."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("MALLOC_", "GLIBC_"))}
    command = [sys.executable, "-c", PROGRAM.format(imported=imported)]
    done = subprocess.run(command, env={**plain, **environment}, capture_output=True, text=True, check=True)
    return int(done.stdout)


def test_later_steps_take_no_new_pages():
    assert pages_asked_for(".zoo") < PAGES


def test_without_the_zoo_they_do():
    assert pages_asked_for("") > 4 * PAGES


def test_what_somebody_has_set_stays():
    assert pages_asked_for(".zoo", MALLOC_MMAP_THRESHOLD_="65536") > STEPS * PAGES
