"""The memory of large results goes back to the system as soon as they are let go."""

from __future__ import annotations

import contextlib
import ctypes

from autograder.limits import LARGE_BLOCK

_M_MMAP_THRESHOLD = -3  # of glibc's <malloc.h>


def return_large_blocks() -> None:
    """From now on give each block of LARGE_BLOCK bytes or more pages of its own, here and in what is forked from here.

    glibc does so at first, and raises its threshold to 32 MB as such blocks are let go (mallopt(3), M_MMAP_THRESHOLD): from then
    on results of many megabytes share arenas with what stays, and leave holes there that nobody gets. Other systems' allocators
    have no such setting, and nothing happens.
    """
    with contextlib.suppress(AttributeError, OSError, TypeError):  # no mallopt, or no way to ask for it
        ctypes.CDLL(None).mallopt(_M_MMAP_THRESHOLD, LARGE_BLOCK)
