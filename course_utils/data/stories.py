"""bAbI: stories of a few sentences, questions on them, and the sentences that hold the answer."""

from __future__ import annotations

import functools
from typing import Any, NamedTuple

from course_utils.data import cache, fetch
from course_utils.data.archive import members
from course_utils.data.choose import original_line
from course_utils.data.manifest import data_set
from course_utils.data.rows import no_options, rows_of

NAME = "babi"
#: Task -> how its files are called.
FILES = {1: "qa1_single-supporting-fact", 2: "qa2_two-supporting-facts"}


class Story(NamedTuple):
    """What was told before a question, the question, its answer (one word), and the numbers of the sentences it takes."""

    sentences: tuple[str, ...]
    question: str
    answer: str
    supporting: tuple[int, ...]  # places in `sentences`, in the order in which the answer is found


class Stories(NamedTuple):
    """Unpacks as `train, test = babi(1)`."""

    train: list[Story]
    test: list[Story]


def babi(task: int) -> Stories:
    """Load one of the tasks: 1, the answer is in one sentence, or 2, it takes two. 10,000 questions to train, 1,000 to test.

    Each question comes with all that was told before it, the sentences as they are written. Raises ValueError for another
    task.
    """
    train, test, source = _read(_task(task))
    cache.say(source)
    return Stories(list(train), list(test))


def resolve_babi(split: str, column: str, start: int, stop: int | None, options: dict[str, Any]) -> Any:
    """Rows of "train" or "test": a field of `Story`, as a list. The option `task` is 1 unless given."""
    no_options(NAME, options, ("task",))
    train, test, _ = _read(_task(options.get("task", 1)))
    splits = {
        name: {field: [getattr(story, field) for story in part] for field in Story._fields}
        for name, part in (("train", train), ("test", test))
    }
    return rows_of(NAME, splits, split, column, start, stop)


def prepare(refresh: bool = False) -> str:
    """Have the embedded file; return the line on it."""
    return original_line(NAME, fetch.find_all(data_set(NAME)))


def forget() -> None:
    """Drop what this process has loaded, so that the next call looks again."""
    _read.cache_clear()


def _task(task: Any) -> int:
    if task not in FILES:
        raise ValueError(f"task={task!r}: the course has the tasks 1 and 2 of bAbI")
    return int(task)


@functools.cache
def _read(task: int) -> tuple[tuple[Story, ...], tuple[Story, ...], str]:
    files = fetch.find_all(data_set(NAME))
    (found,) = files.values()
    texts = members(found)
    train, test = (_stories(texts[f"{FILES[task]}_{part}.txt"]) for part in ("train", "test"))
    return train, test, original_line(NAME, files)


def _stories(text: str) -> tuple[Story, ...]:
    """The questions of a file. Its lines are numbered from 1 in each story, the questions among them too."""
    stories = []
    sentences: list[str] = []
    place: dict[int, int] = {}  # number of a line -> place in `sentences`
    for line in text.splitlines():
        number, _, rest = line.partition(" ")
        if int(number) == 1:
            sentences, place = [], {}
        question, *answer = rest.split("\t")
        if not answer:
            place[int(number)] = len(sentences)
            sentences.append(rest.strip())
        else:
            supporting = tuple(place[int(each)] for each in answer[1].split())
            stories.append(Story(tuple(sentences), question.strip(), answer[0], supporting))
    return tuple(stories)
