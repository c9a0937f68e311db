"""The filter of system calls: for each processor it refuses what it lists, and nothing else."""

import struct

import pytest

from autograder.engine.run import calls

EPERM, ALLOW = 0x00050001, 0x7FFF0000


def decide(machine: str, number: int, argument: int = 0, architecture: int | None = None) -> int:
    """What the filter returns for a system call: a kernel's work, in small."""
    audit = calls._AUDIT[machine] if architecture is None else architecture
    data = struct.pack("iIQQ", number, audit, 0, argument)
    code, place, accumulator = calls.program(machine), 0, 0
    while True:
        what, yes, no, operand = struct.unpack_from("HBBI", code, 8 * place)
        place += 1
        if what == calls._RETURN:
            return operand
        if what == calls._LOAD:
            (accumulator,) = struct.unpack_from("I", data, operand)
        else:
            holds = accumulator == operand if what == calls._EQUAL else accumulator >= operand
            place += yes if holds else no


@pytest.mark.parametrize(("machine", "column"), [("x86_64", 0), ("aarch64", 1)])
def test_what_is_listed_is_refused_and_the_rest_is_not(machine, column):
    refused = {pair[column] for pair in calls.REFUSED.values()} - {None}
    special = {calls._PRCTL[column], calls._SOCKET[column]}
    for number in range(470):
        if number not in special:
            assert decide(machine, number) == (EPERM if number in refused else ALLOW), number
    prctl, socket = calls._PRCTL[column], calls._SOCKET[column]
    assert [decide(machine, prctl, option) for option in (1, 2, 4, 38)] == [EPERM, ALLOW, ALLOW, ALLOW]
    assert [decide(machine, socket, family) for family in (1, 2, 10, 16)] == [ALLOW] * 4
    assert [decide(machine, socket, family) for family in (17, 38, 40)] == [EPERM] * 3


def test_other_sets_of_numbers_are_refused():
    assert decide("x86_64", 0x40000000 + 1) == EPERM
    for machine, other in (("x86_64", 0x40000003), ("aarch64", 0x40000028)):  # the 32-bit ones of the same processors
        assert decide(machine, 1, architecture=other) == EPERM


def test_numbers_are_those_of_one_call_each():
    for column in (0, 1):
        numbers = [pair[column] for pair in calls.REFUSED.values() if pair[column] is not None]
        assert len(set(numbers)) == len(numbers)
    assert all(pair[0] == pair[1] for pair in calls.REFUSED.values() if pair[0] >= 424)
    with pytest.raises(KeyError):
        calls.program("riscv64")
