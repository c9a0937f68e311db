"""bAbI's stories: what was told before each question, and the sentences that hold the answer."""

import pytest

from course_utils import data
from course_utils.data import stories
from course_utils.values import dataset


@pytest.mark.parametrize("task", [1, 2])
def test_a_task_has_its_questions_and_needs_no_network(task):
    train, test = data.babi(task)
    assert (len(train), len(test)) == (10_000, 1_000)
    for story in train + test:
        assert story.question.startswith("Where is ")
        assert story.question.endswith("?")
        assert story.answer in {"bathroom", "bedroom", "garden", "hallway", "kitchen", "office"}
        assert len(story.supporting) == task
        assert all(sentence.endswith(".") for sentence in story.sentences)


@pytest.mark.parametrize("task", [1, 2])
def test_the_supporting_sentences_hold_the_answer(task):
    for story in data.babi(task).test:
        thing = story.question.removeprefix("Where is ").removeprefix("the ").rstrip("?")
        told = [story.sentences[number] for number in story.supporting]
        assert thing in told[0]
        assert any(story.answer in sentence for sentence in told)


def test_a_story_begins_anew_where_its_lines_are_numbered_from_one():
    first = "1 Ann went to the hall.\n2 Where is Ann? \thall\t1\n3 Ann went to the attic.\n4 Where is Ann? \tattic\t3\n"
    told = stories._stories(first + "1 Bob went to the hall.\n2 Where is Bob? \thall\t1\n")
    assert [story.sentences for story in told] == [
        ("Ann went to the hall.",),
        ("Ann went to the hall.", "Ann went to the attic."),
        ("Bob went to the hall.",),
    ]
    assert [story.supporting for story in told] == [(0,), (1,), (0,)]
    assert [story.question for story in told] == ["Where is Ann?", "Where is Ann?", "Where is Bob?"]


def test_another_task_is_refused_by_its_number():
    for task in (0, 3, "1"):
        with pytest.raises(ValueError, match=f"task={task!r}"):
            data.babi(task)


def test_rows_can_be_referred_to():
    test = data.babi(2).test
    assert data.resolve(dataset("babi", "test", "answer", 3, 5, task=2)) == [story.answer for story in test[3:5]]
    assert data.resolve(dataset("babi", "train", "question", 0, 1)) == [data.babi(1).train[0].question]
