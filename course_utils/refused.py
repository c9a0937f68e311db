"""The one kind of error that speaks to a person: something was refused on purpose. Every other exception is a defect."""

from __future__ import annotations


class Refused(Exception):
    """What was asked cannot be done, and the message says what is wrong and what to do about it.

    The message is complete sentences for whoever typed the command: it names the thing, the value and the remedy.
    Commands print it in one line, without a traceback, and exit with `exit_code`. Never a base class of Python's own, such
    as LookupError: an accident of ours would then pass for a message.
    """

    exit_code = 1

    def __str__(self) -> str:
        return str(self.args[0]) if self.args else type(self).__name__
