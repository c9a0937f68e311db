"""UNITS on the command line: by name or number, all of them when none is named."""

from __future__ import annotations

import functools
from collections.abc import Callable

import click


def units_argument(command: Callable) -> Callable:
    """Let a command take units by name or number ("02"), and all of them when none is named."""

    @click.argument("units", nargs=-1)
    @functools.wraps(command)
    def with_units(units: tuple[str, ...], **options: object) -> None:
        from autograder.exercises import all_units, find_unit

        command([find_unit(unit) for unit in units] or all_units(), **options)

    return with_units
