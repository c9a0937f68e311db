"""Stories, questions on them, and the models of the zoo that answer: `entnet` and `dmn`.

train, test = data.babi(1)
layout = stories.layout_for(train)
seen, new = layout.encode(train), layout.encode(test)
model = stories.build("dmn", **layout.sizes, passes=2)
model.fit(seen.inputs, seen.answer, epochs=10)
model.predict(new.inputs).argmax(axis=1) == new.answer
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import keras
import numpy as np

from course_utils.data.stories import Story
from course_utils.zoo import dmn, entnet
from course_utils.zoo.text.pipeline import FIRST, PADDING, UNKNOWN
from course_utils.zoo.text.tokens import words as words_of

#: Name -> from the vectors of a story's and a question's words to what the answer is made of, and the gates that can be taught.
MODELS: dict[str, Callable] = {"entnet": entnet.answer, "dmn": dmn.answer}
UNREAD = -1  # the place of a supporting sentence that stands before those that are read, or is not known
RATE = 0.01  # of learning, if nothing else is asked for
DIMENSION = 40  # numbers of a word: a story of bAbI has few different ones
#: Standard deviation of words' first vectors. Keras's are so small that all gates begin equally wide open; then the entity network
#: takes long to tell one person from another.
SPREAD = 0.5


class Asked(NamedTuple):
    """Stories and questions as ids, and what is to be answered. Id 0 is padding; it stands behind words and behind sentences.

    `supporting` has the places of the supporting sentences, one for each pass, the last repeated where they are fewer; -1 for one
    that is not read or not known.
    """

    story: np.ndarray  # (n, sentences, words) int32
    question: np.ndarray  # (n, words) int32
    answer: np.ndarray  # (n,) int64, places in `Layout.answers`
    supporting: np.ndarray  # (n, passes) int64, places among the sentences

    @property
    def inputs(self) -> list[np.ndarray]:
        """What a model takes."""
        return [self.story, self.question]


@dataclass
class Layout:
    """How stories become ids. `words` have the ids 2, 3, ...; an unknown word is 1. Sizes are those of the arrays.

    Of a longer story the last `sentences` sentences are read, of a longer sentence or question its first words.
    """

    words: list[str]
    answers: list[str]
    sentences: int
    words_in_sentence: int
    words_in_question: int
    _ids: dict[str, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        self._ids = {word: FIRST + place for place, word in enumerate(self.words)}

    @property
    def vocabulary(self) -> int:
        """How many ids words can have, padding and the unknown word among them."""
        return FIRST + len(self.words)

    @property
    def sizes(self) -> dict[str, int]:
        """The sizes that `build` asks for."""
        return {
            "vocabulary": self.vocabulary,
            "answers": len(self.answers),
            "sentences": self.sentences,
            "words": self.words_in_sentence,
            "question": self.words_in_question,
        }

    def encode(self, stories: Sequence[Story], passes: int = 2) -> Asked:
        """The ids of `stories`. Raises ValueError for an answer that is not among `answers`."""
        story = np.full((len(stories), self.sentences, self.words_in_sentence), PADDING, "int32")
        question = np.full((len(stories), self.words_in_question), PADDING, "int32")
        answer = np.zeros(len(stories), "int64")
        supporting = np.zeros((len(stories), passes), "int64")
        known: dict[str, list[int]] = {}  # sentences come again and again: each is looked up once
        for row, one in enumerate(stories):
            if one.answer not in self.answers:
                raise ValueError(f"question {row}: the answer {one.answer!r} is none of {', '.join(self.answers)}")
            left_out = max(len(one.sentences) - self.sentences, 0)
            for place, sentence in enumerate(one.sentences[left_out:]):
                if sentence not in known:
                    known[sentence] = self._lookup(sentence)[: self.words_in_sentence]
                story[row, place, : len(known[sentence])] = known[sentence]
            ids = self._lookup(one.question)[: self.words_in_question]
            question[row, : len(ids)] = ids
            answer[row] = self.answers.index(one.answer)
            places = [max(each - left_out, UNREAD) for each in one.supporting or (UNREAD,)][:passes]
            supporting[row] = places + [places[-1]] * (passes - len(places))
        return Asked(story, question, answer, supporting)

    def _lookup(self, text: str) -> list[int]:
        return [self._ids.get(word, UNKNOWN) for word in words_of(text)]


def layout_for(stories: Sequence[Story], sentences: int | None = None) -> Layout:
    """A layout from training stories alone. `sentences` of a story are read: as many as the longest has, unless given."""
    if not stories:
        raise ValueError("there is no story to make a layout of")
    told = {sentence: words_of(sentence) for one in stories for sentence in one.sentences}
    asked = {one.question: words_of(one.question) for one in stories}
    return Layout(
        sorted({word for text in (*told.values(), *asked.values()) for word in text}),
        sorted({one.answer for one in stories}),
        sentences or max(len(one.sentences) for one in stories),
        max(map(len, told.values())),
        max(map(len, asked.values())),
    )


def build(
    name: str,
    *,
    vocabulary: int,
    answers: int,
    sentences: int,
    words: int,
    question: int,
    dimension: int = DIMENSION,
    supervised: bool = False,
    learning_rate: float | keras.optimizers.schedules.LearningRateSchedule | None = None,
    jit_compile: bool | str = "auto",
    **options: Any,
) -> keras.Model:
    """A compiled model: story (batch, sentences, words) and question (batch, question), ids -> probabilities (batch, answers).

    With `supervised`, which the DMN alone has, the gates (batch, passes, sentences) come out as well and are taught which
    sentence each pass is to find: outputs and targets are then dictionaries, {"answer": ..., "gates": ...}.
    `learning_rate` is 0.01 unless given. `options` are the model's own: those of `answer` in its file.
    Raises ValueError for what does not fit.
    """
    if name not in MODELS:
        raise ValueError(f"{name!r} answers no questions on stories; {' and '.join(MODELS)} do")
    if vocabulary < 2 or answers < 2 or min(sentences, words, question) < 1:
        raise ValueError(
            f"vocabulary={vocabulary}, answers={answers}, sentences={sentences}, words={words}, question={question}: "
            "at least 2, 2, 1, 1 and 1 are needed"
        )
    known = [one.name for one in inspect.signature(MODELS[name]).parameters.values() if one.kind == one.KEYWORD_ONLY]
    if strange := sorted(set(options) - set(known)):
        raise ValueError(f"{name} has no option {strange[0]!r}; it has {', '.join(known)}")
    inputs = [
        keras.Input((sentences, words), dtype="int32", name="story"),
        keras.Input((question,), dtype="int32", name="question_ids"),
    ]
    apart = keras.initializers.RandomNormal(stddev=SPREAD)
    vectors = keras.layers.Embedding(vocabulary, dimension, apart, mask_zero=True, name="words")
    found, gates = MODELS[name](*map(vectors, inputs), **options)
    if supervised and gates is None:
        raise ValueError(f"supervised=True: {name} has no gates that choose a sentence; the dmn has")
    answer = keras.layers.Dense(answers, "softmax", dtype="float32", name="classes")(found)
    model = keras.Model(inputs, {"answer": answer, "gates": gates} if supervised else answer, name=name)
    loss, score = "sparse_categorical_crossentropy", "accuracy"
    of_gates = keras.losses.SparseCategoricalCrossentropy(ignore_class=UNREAD)
    model.compile(
        keras.optimizers.Adam(RATE if learning_rate is None else learning_rate),
        loss={"answer": loss, "gates": of_gates} if supervised else loss,
        metrics={"answer": score, "gates": score} if supervised else [score],
        jit_compile=jit_compile,
    )
    return model
