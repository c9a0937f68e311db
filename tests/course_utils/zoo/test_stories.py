"""Entity and memory networks answer questions on stories as their papers say, and their gates can be looked at and taught."""

import keras
import numpy as np
import pytest

from course_utils import data, zoo
from course_utils.data import Story
from course_utils.zoo import dmn, entnet, puzzles, stories
from tests.course_utils.zoo import by_hand

pytestmark = pytest.mark.tensorflow

SIZES = {"vocabulary": 20, "answers": 3, "sentences": 5, "words": 4, "question": 3, "dimension": 6}
SMALL = {"entnet": {"blocks": 3}, "dmn": {"passes": 2}}
ON_STORY = {"entnet": by_hand.entnet_on_story, "dmn": by_hand.dmn_on_story}
GATES = {"entnet": entnet.gates, "dmn": dmn.gates}


def small(name, **changed):
    """A model with few weights, all of them drawn."""
    keras.utils.set_random_seed(1)
    model = stories.build(name, **{**SIZES, **SMALL[name], **changed})
    rng = np.random.default_rng(2)
    model.set_weights([rng.normal(0, 0.7, weight.shape) for weight in model.get_weights()])
    return model


def some_stories(count=6):
    """Stories of one sentence and more, the last one full; sentences and questions of different lengths."""
    rng = np.random.default_rng(3)
    story, question = (rng.integers(1, 20, (count, *shape)).astype("int32") for shape in ((5, 4), (3,)))
    for row, most in enumerate(np.linspace(1, 5, count).astype(int)):
        story[row, most:] = 0
        question[row, 1 + row % 3 :] = 0
    story[::2, :, 2:] = 0
    return [story, question]


def answers_of(model, inputs):
    """Its probabilities, at once: for a few stories, making a graph of it takes longer."""
    return keras.ops.convert_to_numpy(model(inputs))


def named(model):
    return {one.path.removeprefix(f"{model.name}/"): one.numpy() for one in model.weights}


@pytest.mark.parametrize("name", SMALL)
def test_a_model_and_its_gates_equal_their_formulas(name):
    model, inputs = small(name), some_stories()
    found, answers = GATES[name](model, inputs), answers_of(model, inputs)
    for row, (story, question) in enumerate(zip(*inputs, strict=True)):
        answer, gates = ON_STORY[name](named(model), story, question)
        np.testing.assert_allclose(answers[row], answer, atol=1e-5)
        told = int(story.any(axis=1).sum())
        mine, padding = (found[row][:told], found[row][told:]) if name == "entnet" else np.split(found[row], [told], 1)
        np.testing.assert_allclose(mine, gates, atol=1e-5)
        assert (padding == 0).all()


@pytest.mark.parametrize("name", SMALL)
def test_padding_changes_nothing(name):
    model, longer = small(name), small(name, sentences=8, words=6, question=7)
    rng = np.random.default_rng(4)
    for mine, its in zip(longer.weights, model.weights, strict=True):
        weights = rng.normal(size=mine.shape)  # a position mask has weights for the places of padding
        weights[: its.shape[0]] = its.numpy()
        mine.assign(weights)
    story, question = some_stories()
    padded = [np.pad(story, ((0, 0), (0, 3), (0, 2))), np.pad(question, ((0, 0), (0, 4)))]
    np.testing.assert_allclose(answers_of(longer, padded), answers_of(model, [story, question]), atol=1e-6)


@pytest.mark.parametrize(("name", "options"), [("entnet", {}), ("dmn", {}), ("dmn", {"supervised": True})])
def test_training_reaches_every_weight(name, options):
    model, answer = small(name, **options), np.arange(6) % 3
    before = named(model)
    targets = {"answer": answer, "gates": np.zeros((6, 2), int)} if options else answer
    model.run_eagerly = True
    model.fit(some_stories(), targets, epochs=2, verbose=0)
    after = named(model)
    assert not [path for path in before if "seed" not in path and np.array_equal(before[path], after[path])]


@pytest.mark.parametrize("name", SMALL)
def test_half_precision_answers_nearly_the_same(name):
    expected = answers_of(small(name), some_stories())
    keras.mixed_precision.set_dtype_policy("mixed_float16")
    try:
        half = small(name)
        answers = answers_of(half, some_stories())
        assert answers.dtype == np.float32
        np.testing.assert_allclose(answers, expected, atol=0.05)
        half.run_eagerly = True
        assert np.isfinite(half.fit(some_stories(), np.arange(6) % 3, verbose=0).history["loss"][0])
    finally:
        keras.mixed_precision.set_dtype_policy("float32")


@pytest.mark.parametrize("name", SMALL)
def test_saved_they_answer_the_same(name, tmp_path):
    """Without being told what they are made of; in a fresh process the classifiers made of the same are loaded."""
    model = small(name)
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    np.testing.assert_allclose(answers_of(loaded, some_stories()), answers_of(model, some_stories()), atol=1e-6)


@pytest.mark.parametrize("name", SMALL)
def test_the_gates_of_a_classifier_are_at_hand_too(name):
    keras.utils.set_random_seed(0)
    model = zoo.build(name, vocabulary=20, classes=3, length=15, dimension=6, sentence_length=5)
    ids = np.zeros((2, 15), "int32")
    ids[0, :7], ids[1, :12] = 3, 4
    gates = GATES[name](model, ids)
    if name == "dmn":
        np.testing.assert_allclose(gates.sum(axis=2), 1, atol=1e-5)
        gates = gates.swapaxes(1, 2)
    assert gates.shape[:2] == (2, 3)
    assert (gates[0, 2] == 0).all()
    assert (gates[0, :2] > 0).all()


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"name": "han"}, "'han' answers no questions on stories; entnet and dmn do"),
        ({"sentences": 0}, "sentences=0"),
        ({"answers": 1}, "answers=1"),
        ({"hops": 3}, "dmn has no option 'hops'; it has passes, dropout"),
        ({"passes": 0}, "passes=0: at least one"),
        ({"name": "entnet", "blocks": 0}, "blocks=0: at least one"),
        ({"name": "entnet", "supervised": True}, "supervised=True: entnet has no gates that choose a sentence"),
    ],
)
def test_what_does_not_fit_is_refused_in_words(changed, words):
    with pytest.raises(ValueError, match=words):
        stories.build(**{"name": "dmn", **SIZES, **changed})


def learned(model, puzzle, epochs, learning_rate=0.01, **options):
    """Accuracy on stories that the model has not seen, and the gates' where they are taught."""
    rng = np.random.default_rng(0)
    keras.utils.set_random_seed(0)
    sizes = {"vocabulary": puzzles.STORY_WORDS, "answers": 4, "sentences": 6, "words": 2, "question": 1}
    network = stories.build(model, **sizes, dimension=16, learning_rate=learning_rate, **options)
    story, question, supporting, answer = puzzle(rng, 2_500)
    taught = {"answer": answer, "gates": supporting} if options.get("supervised") else answer
    network.fit([story, question], taught, epochs=epochs, batch_size=50, verbose=0)
    story, question, supporting, answer = puzzle(rng, 500)
    found = network.predict([story, question], verbose=0)
    if not options.get("supervised"):
        return (found.argmax(axis=1) == answer).mean()
    assert (found["gates"].argmax(axis=2) == supporting).mean() >= 0.95
    return (found["answer"].argmax(axis=1) == answer).mean()


def of_a_bag(puzzle):
    """What a bag of the words of story and question is right about."""
    rng = np.random.default_rng(0)
    keras.utils.set_random_seed(0)
    model = zoo.build("fasttext", vocabulary=puzzles.STORY_WORDS, classes=4, length=13, optimizer="adam")
    (ids, answer), (unseen, expected) = (
        (np.concatenate([story.reshape(len(story), -1), question], axis=1), answer)
        for story, question, _, answer in (puzzle(rng, 2_500), puzzle(rng, 500))
    )
    model.fit(ids, answer, epochs=5, batch_size=50, verbose=0)
    return (model.predict(unseen, verbose=0).argmax(axis=1) == expected).mean()


def test_blocks_keep_what_was_said_last_and_a_bag_does_not():
    assert learned("entnet", puzzles.last_place, 5, blocks=6) >= 0.95
    assert of_a_bag(puzzles.last_place) <= 0.6


def test_what_was_found_says_what_to_look_for():
    assert learned("dmn", puzzles.two_facts, 8, passes=2, supervised=True) >= 0.95
    assert learned("dmn", puzzles.two_facts, 8, passes=1) <= 0.6


TOLD = [
    Story(("Mary went to the hall.", "John is in the garden."), "Where is Mary?", "hall", (0,)),
    Story(("John took it.", "Mary sat.", "John went to the hall."), "Where is it?", "garden", (0, 2)),
]


def test_a_layout_is_made_of_what_was_told():
    layout = stories.layout_for(TOLD)
    assert layout.answers == ["garden", "hall"]
    assert layout.words == sorted(
        ["mary", "went", "to", "the", "hall", "john", "is", "in", "garden", "took", "it", "sat", "where"]
    )
    assert layout.sizes == {"vocabulary": 15, "answers": 2, "sentences": 3, "words": 5, "question": 3}
    found = layout.encode(TOLD, passes=3)
    assert [[layout.words[id - 2] for id in row if id] for row in found.story[1]] == [
        ["john", "took", "it"],
        ["mary", "sat"],
        ["john", "went", "to", "the", "hall"],
    ]
    assert (found.story[0, 2] == 0).all()
    assert found.answer.tolist() == [1, 0]
    assert found.supporting.tolist() == [[0, 0, 0], [0, 2, 2]]
    assert [one.shape for one in found.inputs] == [(2, 3, 5), (2, 3)]


def test_of_a_long_story_the_end_is_read_and_what_is_unknown_is_said_so():
    layout = stories.layout_for(TOLD, sentences=2)
    stranger = Story((*TOLD[1].sentences, "Bob sat."), "Where is the elephant, Mary?", "hall", ())
    found = layout.encode([TOLD[1], stranger])
    assert [layout.words[id - 2] for id in found.story[0, 0] if id] == ["mary", "sat"]
    assert found.supporting.tolist() == [[stories.UNREAD, 1], [stories.UNREAD, stories.UNREAD]]
    assert found.story[1, 1].tolist()[0] == 1
    assert found.question[1].tolist() == [
        layout.words.index("where") + 2,
        layout.words.index("is") + 2,
        layout.words.index("the") + 2,
    ]
    with pytest.raises(ValueError, match="question 0: the answer 'attic' is none of garden, hall"):
        layout.encode([stranger._replace(answer="attic")])
    with pytest.raises(ValueError, match="no story"):
        stories.layout_for([])


def test_a_sentence_that_was_not_read_teaches_no_gate():
    model, inputs = small("dmn", supervised=True), some_stories()
    model.run_eagerly = True
    found = model(inputs)
    of_gates, of_answer = (-np.log(keras.ops.convert_to_numpy(found[name])[..., 0]) for name in ("gates", "answer"))
    answer, places = np.zeros(6, int), np.zeros((6, 2), int)
    for read in (slice(0, 2), slice(1, 2)):
        places[:, : read.start] = stories.UNREAD
        loss = model.evaluate(inputs, {"answer": answer, "gates": places}, batch_size=6, verbose=0)[0]
        assert loss == pytest.approx(of_answer.mean() + of_gates[:, read].mean(), rel=1e-4)


def test_the_stories_of_babi_are_read_whole():
    train, test = data.babi(2)
    layout = stories.layout_for(train)
    found = layout.encode(test)
    assert layout.vocabulary == 35
    assert (found.supporting != stories.UNREAD).all()
    assert (found.story != 1).all()
    for row in (0, 500, 999):
        said = [" ".join(layout.words[id - 2] for id in ids if id) for ids in found.story[row] if ids.any()]
        assert said == [sentence.lower().rstrip(".") for sentence in test[row].sentences]
        assert layout.answers[found.answer[row]] == test[row].answer
