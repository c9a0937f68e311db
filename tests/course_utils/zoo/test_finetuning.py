"""BERT fine-tuned: what is to be trained is and nothing else, what stays is computed once, and it is a model of the zoo."""

import contextlib
import io
import warnings

import keras
import numpy as np
import pytest

from course_utils import data, zoo
from course_utils.zoo import bert, finetuning, minilm
from course_utils.zoo.__main__ import main
from course_utils.zoo.by_length import in_batches
from course_utils.zoo.text import pieces
from course_utils.zoo.text.read import Labelled
from course_utils.zoo.text.wordpiece import WordPiece
from course_utils.zoo.training.train import Plan, train

pytestmark = pytest.mark.tensorflow

IDS = np.array([[2, 7, 8, 3, 9, 3], [2, 5, 3, 0, 0, 0], [2, 6, 9, 3, 0, 0], [2, 8, 3, 7, 7, 3]], "int32")
SEGMENTS = np.array([[0, 0, 0, 0, 1, 1], [0] * 6, [0] * 6, [0, 0, 0, 1, 1, 1]], "int32")
Y = np.array([0, 1, 2, 1])


def read():
    """A small encoder with random weights, biases too."""
    keras.utils.set_random_seed(3)
    found = bert.encoder(12, width=12, blocks=2, heads=3, hidden=20, places=16, dropout=0.0)
    rng = np.random.default_rng(3)
    found.set_weights([rng.normal(0, 0.5, weights.shape) for weights in found.get_weights()])
    return found


def tuned(tune, **options):
    return finetuning.fine_tuned(read(), 3, tune=tune, dropout=0.0, **options)


def parts(path):
    """The part of the network that a weight belongs to."""
    return path.split("/")[0]


@pytest.mark.parametrize(
    ("tune", "expected"),
    [
        ("head", {"classes"}),
        ("last", {"classes", "block_1"}),
        ("all", {"classes", "block_1", "block_0", "places"}),
    ],
)
def test_gradients_reach_what_is_to_be_tuned_and_nothing_else(tune, expected):
    model = tuned(tune)
    before = {weight.path: weight.numpy() for weight in model.weights}
    model.fit([IDS, SEGMENTS], Y, epochs=2, verbose=0)
    moved = {path for path, old in before.items() if not np.array_equal(old, {w.path: w for w in model.weights}[path])}
    assert {parts(path) for path in moved} == expected
    still = {path for path in before if parts(path) in expected} - moved
    assert all(path.endswith(("key/bias", "seed_generator_state")) for path in still)  # of a key's bias see test_models


@pytest.mark.parametrize("tune", finetuning.TUNED)
def test_a_saved_one_is_trained_on_as_before(tune, tmp_path):
    model = tuned(tune)
    model.fit([IDS, SEGMENTS], Y, verbose=0)
    model.save(tmp_path / "saved.keras")
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # Keras would warn of an optimizer that is left out
        again = keras.saving.load_model(tmp_path / "saved.keras")
    assert [w.path for w in again.trainable_weights] == [w.path for w in model.trainable_weights]
    for one in (model, again):
        one.fit([IDS, SEGMENTS], Y, shuffle=False, verbose=0)
    np.testing.assert_allclose(again.predict([IDS, SEGMENTS]), model.predict([IDS, SEGMENTS]), atol=1e-6)


@pytest.mark.parametrize(("tune", "pool"), [("head", "first"), ("last", "mean")])
def test_what_is_computed_once_trains_as_what_is_computed_each_time(monkeypatch, tune, pool):
    asked = []
    once = finetuning.in_batches
    monkeypatch.setattr(finetuning, "in_batches", lambda *given: asked.append(1) or once(*given))
    found = []
    for room in (2**30, 0):
        monkeypatch.setattr(finetuning, "MAX_KEPT", room)
        model = tuned(tune, pool=pool)
        history = model.fit(
            [IDS, SEGMENTS], Y, validation_data=([IDS[:2], SEGMENTS[:2]], Y[:2]), epochs=3, shuffle=False, verbose=0
        ).history
        found.append((model.get_weights(), history))
        assert len(asked) == 2  # texts to train on and to check with, whatever the epochs
    for one, other in zip(*(weights for weights, _ in found), strict=True):
        np.testing.assert_allclose(one, other, atol=1e-4)
    np.testing.assert_allclose(found[0][1]["val_loss"], found[1][1]["val_loss"], rtol=1e-4)


def test_predictions_in_batches_by_length_are_those_of_the_network():
    model = tuned("all")
    expected = keras.ops.convert_to_numpy(model([IDS, SEGMENTS]))
    np.testing.assert_allclose(model.predict([IDS, SEGMENTS], batch_size=3, verbose=0), expected, atol=1e-5)
    np.testing.assert_allclose(expected.sum(axis=1), 1, atol=1e-5)
    assert model.predict(np.zeros((0, 6), "int32"), verbose=0).shape == (0, 3)


def test_batches_hold_texts_of_about_the_same_length_and_come_back_in_order():
    ids = np.zeros((5, 21), "int32")
    for row, length in enumerate((3, 20, 9, 0, 21)):
        ids[row, :length] = row + 1
    shapes = []

    def states(both):
        shapes.append(both[0].shape)
        return both[0][..., None] + both[1][..., None]

    np.testing.assert_array_equal(in_batches(states, ids, 0 * ids, 2)[..., 0], ids)
    assert shapes == [(2, 24), (2, 16), (1, 8)]
    means = in_batches(lambda both: both[0].max(axis=1, keepdims=True), ids, 0 * ids, 2)
    assert means[:, 0].tolist() == [1, 2, 3, 0, 5]


def test_ids_alone_are_one_text_and_segments_matter():
    model = tuned("head")
    alone = model.predict(IDS, verbose=0)
    np.testing.assert_allclose(alone, model.predict([IDS, 0 * SEGMENTS], verbose=0), atol=1e-6)
    assert abs(alone - model.predict([IDS, SEGMENTS], verbose=0))[[0, 3]].max() > 1e-3


def test_the_first_place_or_the_mean_stands_for_the_text():
    states = keras.ops.convert_to_numpy(read()([IDS, SEGMENTS]))
    means = np.array([row[ids != 0].mean(axis=0) for row, ids in zip(states, IDS, strict=True)])
    for pool, expected in (("mean", means), ("first", states[:, 0])):
        np.testing.assert_allclose(tuned("head", pool=pool).kept(IDS, SEGMENTS)["text"], expected, atol=1e-5)


def test_a_copy_is_trained_and_the_first_stays():
    first = read()
    before = first.get_weights()
    other = bert.copy_of(first)
    model = finetuning.fine_tuned(other, 3, tune="all", learning_rate=0.1)
    model.fit([IDS, SEGMENTS], Y, verbose=0)
    for one, old, new in zip(first.get_weights(), before, other.get_weights(), strict=True):
        np.testing.assert_array_equal(one, old)
        assert one.shape == new.shape
    assert any((one != new).any() for one, new in zip(before, other.get_weights(), strict=True))


def test_several_labels_have_a_probability_each():
    model = tuned("last", multi_label=True)
    model.fit([IDS, SEGMENTS], np.eye(3)[[0, 1, 2, 1]], verbose=0)
    found = model.predict([IDS, SEGMENTS], verbose=0)
    assert ((found >= 0) & (found <= 1)).all()
    assert abs(found.sum(axis=1) - 1).max() > 0.01


def test_where_a_head_looks_adds_up_to_one_and_is_no_padding():
    model = read()
    found = bert.attention(model, IDS, SEGMENTS)
    assert [each.shape for each in found] == [(4, 3, 6, 6)] * 2
    for each in found:
        np.testing.assert_allclose(each.sum(axis=-1), 1, atol=1e-5)
        assert each[1, :, :, 3:].max() == 0
    np.testing.assert_allclose(bert.attention(model, IDS)[0], bert.attention(model, IDS, 0 * SEGMENTS)[0])


SIZES = {"vocabulary": 12, "classes": 3, "length": 6}


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"tune": "some", "weights": None}, "tune='some': choose one of head, last, all"),
        ({"pool": "max", "weights": None}, "pool='max': choose one of mean, first"),
        ({"weights": "bert-large"}, "weights='bert-large': choose 'minilm', or None"),
        ({}, "vocabulary=12: MiniLM has 30,522 pieces"),
        ({"blocks": 2}, "MiniLM's sizes are fixed.*leave blocks out"),
        ({"dimension": 100}, "it has vectors of its own: leave vectors and dimension out"),
        ({"vectors": np.zeros((12, 5))}, "it has vectors of its own: leave vectors and dimension out"),
        ({"depth": 2}, "bert has no option 'depth'; it has weights, tune"),
    ],
)
def test_what_does_not_fit_is_refused_in_words(changed, words):
    with pytest.raises(ValueError, match=words):
        zoo.build("bert", **{**SIZES, **changed})


def test_more_places_than_are_known_are_refused():
    with pytest.raises(ValueError, match="a text has 17 places; 16 are known"):
        read()([np.ones((1, 17), "int32"), np.zeros((1, 17), "int32")])


LETTERS = WordPiece(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *"abcdefg", *(f"##{c}" for c in "abcdefg")])


def test_a_pipeline_of_pieces_lays_texts_out():
    made = pieces.made_for(["ab c", "a"], LETTERS, most_length=20)
    assert (made.width, made.vocabulary) == (5, 19)
    expected = [["[CLS]", "a", "##b", "c", "[SEP]"], ["[CLS]", "[UNK]", "[SEP]", "[PAD]", "[PAD]"]]
    found = made.encode(["ab c", "zebra"])
    assert [[LETTERS.vocabulary[one] for one in row] for row in found] == expected
    assert made.encode(["abcdefg"])[0, -1] == LETTERS.id_of["[SEP]"]
    assert pieces.Pieces(**made.facts()).encode(["ab c"]).tolist() == found[:1].tolist()
    assert made.encode([]).shape == (0, 5)


@pytest.mark.parametrize(("asked", "length"), [(None, 20), (1, 3), (7, 7), (99, 20)])
def test_a_pipeline_of_pieces_has_room_for_a_word_and_an_end(asked, length):
    texts = ["a b c d e f g" * 3] * 90 + ["abc"] * 10
    assert pieces.made_for(texts, LETTERS, asked, most_length=20).width == length


def test_a_pipeline_of_pieces_is_as_long_as_most_texts():
    texts = ["a"] * 96 + ["a b c d e"] * 4
    assert pieces.made_for(texts, LETTERS, most_length=20).width == 3
    with pytest.raises(ValueError, match="no text"):
        pieces.made_for([], LETTERS, most_length=20)


def ran(*arguments):
    """The exit code and all that was written."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
        code = main([str(one) for one in arguments])
    return code, out.getvalue()


FILMS = [f"__label__{'good' if i % 2 else 'bad'} a {'lovely' if i % 2 else 'awful'} film number {i}" for i in range(40)]


@pytest.fixture
def films(tmp_path):
    path = tmp_path / "films.txt"
    path.write_text("\n".join(FILMS), "utf-8")
    return path


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("textcnn", "--tune", "head"), "--tune is for bert; textcnn has nothing that was learned before."),
        (("bert", "--glove"), "bert has vectors of its own. Leave --glove out."),
    ],
)
def test_an_option_of_another_model_is_refused(films, arguments, words):
    model, *options = arguments
    code, said = ran("train", model, films, *options)
    assert code == 1
    assert words in said


def test_without_its_weights_one_is_told_how_to_get_them(films, monkeypatch, tmp_path):
    def nowhere(name):
        raise data.DataUnavailable("MiniLM (minilm) is not available here. What to do: connect to the network.")

    monkeypatch.setattr(data, "locate", nowhere)
    monkeypatch.setattr(minilm, "_tokenizer", minilm._tokenizer.__wrapped__)
    code, said = ran("train", "bert", films, "-o", tmp_path / "m.keras")
    assert (code, said) == (1, "MiniLM (minilm) is not available here. What to do: connect to the network.\n")


@pytest.fixture(scope="module")
def weights():
    """Skip where the published weights cannot be had."""
    try:
        return data.locate("minilm")
    except data.DataUnavailable as unavailable:
        pytest.skip(str(unavailable).splitlines()[0])


def test_real_weights_are_trained_saved_and_used_from_the_command_line(weights, films, tmp_path):
    """Twenty texts a label; words of praise and blame that no training text has are understood all the same."""
    saved, new = tmp_path / "m.keras", tmp_path / "new.txt"
    code, said = ran("train", "bert", films, "-o", saved, "--tune", "head")
    assert code == 0, said
    new.write_text("what a wonderful movie, I enjoyed it\na terrible, boring picture, I hated it\n", "utf-8")
    code, said = ran("predict", saved, new)
    assert code == 0, said
    assert [line.split("  ")[1] for line in said.splitlines()] == ["good", "bad"]


def test_training_changes_a_copy_and_not_what_encode_reads_with(weights):
    before = zoo.encode(["a sentence"])
    labels = [("x",), ("y",)] * 4
    few = Labelled([f"{'cat' if i % 2 else 'stone'} {i}" for i in range(8)], labels)
    trained = train("bert", few, few, Plan(epochs=1, options={"tune": "last"}))
    block = trained.classifier.network.encoder.get_layer("block_5").query.kernel
    assert abs(block - minilm.minilm().get_layer("block_5").query.kernel).numpy().max() > 0
    np.testing.assert_array_equal(zoo.encode(["a sentence"]), before)
