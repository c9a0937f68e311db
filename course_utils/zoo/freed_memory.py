"""Memory that a training step frees is kept for the next step.

A step asks for the same tensors as the one before. glibc's allocator gives what is freed back to the system at once, and the system
clears each page before it gives it out again: up to a third of a training's processor time. https://man7.org/linux/man-pages/man3/mallopt.3.html
"""

from __future__ import annotations

import os
import sys

from course_utils.limits import HEAP_KEPT, LARGEST_IN_HEAP, MEMORY_KEPT

#: glibc's numbers of its settings, from malloc.h.
M_TRIM_THRESHOLD, M_TOP_PAD, M_MMAP_THRESHOLD = -1, -2, -3


def keep() -> bool:
    """Have the allocator keep what is freed, up to MEMORY_KEPT bytes; whether it does.

    Nothing is done where the allocator is not glibc's, or where somebody has set it by the environment.
    """
    if not sys.platform.startswith("linux") or _set_already():
        return False
    import ctypes

    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is None:  # another C library
        return False
    asked = {M_MMAP_THRESHOLD: LARGEST_IN_HEAP, M_TRIM_THRESHOLD: MEMORY_KEPT, M_TOP_PAD: HEAP_KEPT}
    return all(mallopt(what, size) == 1 for what, size in asked.items())


def _set_already() -> bool:
    tuned = "glibc.malloc" in os.environ.get("GLIBC_TUNABLES", "")
    return tuned or any(name.startswith("MALLOC_") for name in os.environ)
