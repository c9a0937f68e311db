"""What is stored of answers is read again as it was written, that of the first version too; what is damaged is none."""

import gzip
import json

import pytest

from autograder.engine.judge import judging
from autograder.engine.record.answers import StoredAnswers, answers_path, read_answers
from autograder.engine.run.ended import End, Ended
from autograder.engine.run.runner import Result

ANSWERS = [{"answer": "double", "stub": True}, {"answer": "total", "refused": "too large"}]


@pytest.mark.parametrize("ended", [None, *(Ended(kind, f"of the kind {kind}") for kind in End)], ids=str)
def test_what_is_written_is_read_again(ended):
    stored = StoredAnswers.of(Result(answers=ANSWERS, sealed=["double"], ended=ended), {"double": "abc"})
    assert StoredAnswers.unpacked(stored.packed()) == stored
    assert stored.as_result().ended == ended
    assert stored.to("total") == ANSWERS[1:]


def test_the_words_of_the_first_version_are_still_said():
    first = {"answers": [], "sealed": ["double"], "reason": "the process died (SIGSEGV)", "probes": {"double": "abc"}}
    stored = StoredAnswers.unpacked(gzip.compress(json.dumps(first).encode()))
    assert stored.ended == Ended(End.UNKNOWN, "the process died (SIGSEGV)")
    assert "died (SIGSEGV)" in judging.score("double", stored.as_result(), {"points": 2}).words
    assert StoredAnswers.unpacked(gzip.compress(json.dumps({**first, "reason": ""}).encode())).ended is None


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}",
        b"\x1f\x8b\x08junk",
        *(gzip.compress(text, mtime=0) for text in (b"", b"[]", b"{}", b'{"answers": 3}')),
    ],
)
def test_what_is_damaged_is_none(tmp_path, data):
    path = answers_path(tmp_path, "01_small", "ada")
    assert read_answers(tmp_path, "01_small", "ada") is None
    path.parent.mkdir(parents=True)
    path.write_bytes(data)
    assert read_answers(tmp_path, "01_small", "ada") is None
