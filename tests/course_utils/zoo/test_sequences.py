"""Encoders and decoders are what their papers say, write sequences backwards where their controls do not, and are saved whole."""

import itertools
import subprocess
import sys

import keras
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_utils import zoo
from course_utils.zoo import decoder, generation, puzzles, seq2seq, sequences
from course_utils.zoo.label_sequences import LabelSequences
from tests.course_utils.zoo import by_hand
from tests.course_utils.zoo.test_models import learned, named, small, some_ids

pytestmark = pytest.mark.tensorflow

SMALL = {
    "seq2seq": (seq2seq.translator, {"dimension": 6, "units": 4}),
    "transformer": (decoder.translator, {"width": 6, "heads": 3, "hidden": 7, "blocks": 2}),
}
STEPS = 5
PREFIXES = np.array([[1, 5, 4, 7, 3], [1, 3, 3, 0, 0], [1, 8, 0, 0, 0]] * 2, "int32")


def small_translator(name, **changed):
    """One with few weights, all of them drawn."""
    make, sizes = SMALL[name]
    keras.utils.set_random_seed(1)
    model = make(30, 9, **{**sizes, **changed})
    rng = np.random.default_rng(2)
    model.set_weights([rng.normal(0, 0.7, weight.shape) for weight in model.get_weights()])
    return model


def answers(model, *given):
    """What it says without a compiled graph, which takes longer to make than to ask."""
    return keras.ops.convert_to_numpy(model(list(given)))


@given(st.lists(st.lists(st.integers(3, 9), max_size=6), min_size=1, max_size=4), st.integers(1, 5))
def test_a_decoder_is_given_what_stands_before_and_never_loses_the_end(labels, steps):
    inputs, targets = sequences.shift(labels, steps)
    for each, before, after in zip(labels, inputs.tolist(), targets.tolist(), strict=True):
        written = after[: after.index(sequences.END)]
        assert written == each[: steps - 1]
        assert before == [sequences.GO, *written, *[sequences.PAD] * (steps - 1 - len(written))]
        assert set(after[len(written) + 1 :]) <= {sequences.PAD}
    assert inputs.shape == targets.shape == (len(labels), steps)


def test_a_sequence_without_a_step_is_refused():
    with pytest.raises(ValueError, match="steps=0"):
        sequences.shift([[3]], 0)


def test_smoothing_spreads_a_share_of_each_target_and_leaves_padding_out():
    rng = np.random.default_rng(0)
    p = rng.dirichlet(np.ones(4), (2, 3)).astype("float32")
    targets = np.array([[3, 2, 0], [2, 0, 0]])
    for smoothing in (0.0, 0.1):
        each = [
            -sum(((1 - smoothing) * (k == target) + smoothing / 4) * np.log(p[row, step, k]) for k in range(4))
            for row, step, target in ((0, 0, 3), (0, 1, 2), (1, 0, 2))
        ]
        assert float(sequences.Smoothed(smoothing)(targets, p)) == pytest.approx(np.mean(each), rel=1e-5)


def test_teacher_forced_counts_outputs_and_no_padding():
    counts = sequences.TeacherForced()
    p = np.eye(4)[[[3, 1, 0], [2, 0, 0]]]
    counts.update_state(np.array([[3, 2, 0], [2, 0, 0]]), p)
    assert float(counts.result()) == pytest.approx(2 / 3)


@pytest.mark.parametrize("name", SMALL)
def test_a_translator_equals_its_formulas(name):
    model, ids = small_translator(name), some_ids()
    found = answers(model, ids, PREFIXES)
    for row, before, text in zip(found, PREFIXES, ids, strict=True):
        steps = np.count_nonzero(before)
        expected = getattr(by_hand, f"{name}_translator")(named(model), text, before[:steps])
        np.testing.assert_allclose(row[:steps], expected, atol=1e-5)


@pytest.mark.parametrize("name", SMALL)
def test_padding_of_either_side_changes_nothing(name):
    model, ids = small_translator(name), some_ids()
    longer = [np.pad(ids, ((0, 0), (0, 10))), np.pad(PREFIXES, ((0, 0), (0, 3)))]
    found = model.predict(longer, verbose=0)[:, :STEPS]
    there = PREFIXES != 0
    np.testing.assert_allclose(found[there], model.predict([ids, PREFIXES], verbose=0)[there], atol=1e-5)


@pytest.mark.parametrize("name", SMALL)
def test_a_text_of_padding_alone_is_answered(name):
    model = small_translator(name)
    assert np.isfinite(answers(model, np.zeros((6, 15), "int32"), PREFIXES)).all()


def test_only_without_the_causal_mask_an_output_sees_those_after_it():
    changed = PREFIXES.copy()
    changed[:, 1] = 6
    for name, options, sees in [
        ("seq2seq", {}, False),
        ("transformer", {}, False),
        ("transformer", {"causal": False}, True),
    ]:
        model = small_translator(name, **options)
        first, other = (answers(model, some_ids(), inputs)[:, 0] for inputs in (PREFIXES, changed))
        assert (np.abs(first - other).max() > 1e-5) == sees


@pytest.mark.parametrize("name", SMALL)
def test_training_reaches_every_weight(name):
    model = small_translator(name)
    before = named(model)
    inputs, targets = sequences.shift(PREFIXES[:, 1:], STEPS)
    model.run_eagerly = True
    model.fit([some_ids(), inputs], targets, verbose=0)
    after = named(model)
    unmoved = [
        path
        for path in before
        if not any(still in path for still in ("seed", "key/bias")) and np.array_equal(before[path], after[path])
    ]
    assert not unmoved


def test_half_precision_trains_and_answers_in_single():
    keras.mixed_precision.set_dtype_policy("mixed_float16")
    try:
        for name in SMALL:
            model = small_translator(name)
            inputs, targets = sequences.shift(PREFIXES[:, 1:], STEPS)
            model.run_eagerly = True
            assert np.isfinite(model.fit([some_ids(), inputs], targets, verbose=0).history["loss"][0])
            found = answers(model, some_ids(), inputs)
            assert found.dtype == np.float32
            assert np.isfinite(found).all(), name
    finally:
        keras.mixed_precision.set_dtype_policy("float32")


@pytest.mark.parametrize("name", SMALL)
def test_compiled_by_xla_a_translator_answers_the_same(name):
    model = small_translator(name)
    model.compile(loss=sequences.Smoothed(), jit_compile=True)
    np.testing.assert_allclose(
        model.predict([some_ids(), PREFIXES], verbose=0), answers(model, some_ids(), PREFIXES), atol=1e-5
    )


class Table:
    """Stands for a model: probabilities of the next output, drawn for each beginning and text."""

    def __init__(self, outputs):
        self.outputs = outputs

    def read(self, ids):
        return {"ids": ids}

    def write(self, inputs, notes):
        rows = np.asarray(inputs), np.asarray(notes["ids"])
        return np.array([self.after(text, before) for before, text in zip(*rows, strict=True)]), None

    def after(self, text, before):
        each = np.random.default_rng([*text, *before]).dirichlet(np.ones(self.outputs), len(before))
        return each.astype("float32")


def all_sequences(model, text, steps):
    """Every sequence of `steps` outputs with its probability, one that has ended filled with padding."""
    found = {}
    for labels in (each for n in range(steps + 1) for each in itertools.product(range(3, model.outputs), repeat=n)):
        whole = [*labels, 2][:steps]
        p = np.prod([model.after(text, [1, *whole[:at]])[-1][one] for at, one in enumerate(whole)])
        found[(*whole, *[0] * (steps - len(whole)))] = p
    return sorted(found.items(), key=lambda each: -each[1])


def test_a_beam_wide_enough_finds_the_likeliest_of_all_sequences():
    model, ids = Table(5), np.array([[7, 3], [4, 4]], "int32")
    outputs, scores = generation.beam(model, ids, 3, width=20)
    for text, rows, logs in zip(ids, outputs, scores, strict=True):
        expected = all_sequences(model, text, 3)
        assert [tuple(row) for row in rows[: len(expected)]] == [sequence for sequence, _ in expected]
        np.testing.assert_allclose(np.exp(logs[: len(expected)]), [p for _, p in expected], rtol=1e-5)
        assert (logs[len(expected) :] == -np.inf).all()


def test_a_beam_of_one_is_greedy_and_a_wider_one_never_loses_the_likeliest_that_it_holds():
    model, ids = Table(6), np.arange(3, 43).reshape(20, 2).astype("int32")
    narrow, few = generation.beam(model, ids, 4, width=1)
    np.testing.assert_array_equal(narrow[:, 0], generation.greedy(model, ids, 4))
    _, many = generation.beam(model, ids, 4, width=200)
    assert (many[:, 0] >= few[:, 0] - 1e-9).all()
    assert (many[:, 0] > few[:, 0] + 1e-3).any()  # what looks best at first does not always end best


@pytest.mark.parametrize("name", SMALL)
def test_a_model_is_written_with_as_it_is_trained(name):
    """Each greedy output is the likeliest, by what teacher forcing gives for the outputs before it."""
    model, ids = small_translator(name), some_ids()
    written = generation.greedy(model, ids, STEPS)
    before = np.concatenate([np.full((6, 1), sequences.GO), written[:, :-1]], axis=1).astype("int32")
    likeliest = answers(model, ids, before)[..., 2:].argmax(axis=2) + 2
    np.testing.assert_array_equal(np.where(written == 0, 0, likeliest), written)
    assert generation.beam(model, ids, STEPS, width=3)[0].shape == (6, 3, STEPS)


def test_attention_says_where_a_decoder_looks():
    ids = some_ids()
    for name, shape in [("seq2seq", (6, STEPS, 15)), ("transformer", (6, 3, STEPS, 15))]:
        model = small_translator(name)
        looks = generation.attention(model, ids, generation.greedy(model, ids, STEPS))
        assert looks.shape == shape
        np.testing.assert_allclose(looks.sum(axis=-1), 1, atol=1e-5)
        assert (np.moveaxis(looks, -1, 1)[ids == 0] == 0).all()
    with pytest.raises(ValueError, match="looks nowhere"):
        generation.attention(small_translator("seq2seq", attention=False), ids, PREFIXES)


def test_heads_that_do_not_share_out_the_width_are_refused():
    with pytest.raises(ValueError, match="width=6 cannot be shared out among heads=4"):
        small_translator("transformer", heads=4)


FRESH = """
import sys, keras, numpy as np
from course_utils.zoo import decoder, generation, seq2seq
from tests.course_utils.zoo.test_models import some_ids
for path in sys.argv[1:]:
    model = keras.saving.load_model(path)
    print(generation.greedy(model, some_ids(), 5).tolist(), float(model.loss.smoothing))
"""


def test_a_saved_translator_writes_the_same_in_a_fresh_process(tmp_path):
    paths, expected = [], []
    for name in SMALL:
        model = small_translator(name, smoothing=0.2)
        paths.append(tmp_path / f"{name}.keras")
        model.save(paths[-1])
        expected.append(f"{generation.greedy(model, some_ids(), 5).tolist()} 0.2")
    done = subprocess.run([sys.executable, "-c", FRESH, *map(str, paths)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.splitlines() == expected


class Enough(keras.callbacks.Callback):
    """Ends training when teacher forcing shows that the task is learned."""

    def on_epoch_end(self, epoch, logs=None):
        self.model.stop_training = logs["teacher_forced"] >= 0.995


def reversed_by(make, epochs, **options):
    """Shares of right outputs with teacher forcing, and of whole unseen sequences written greedily."""
    rng = np.random.default_rng(0)
    (ids, answers), (new, new_answers) = puzzles.reverse(rng, 2_500), puzzles.reverse(rng, 500)
    steps = puzzles.REVERSED + 1
    inputs, targets = sequences.shift(answers, steps)
    keras.utils.set_random_seed(0)
    model = make(puzzles.SYMBOLS, puzzles.SYMBOLS, **options)
    seen = model.fit([ids, inputs], targets, epochs=epochs, batch_size=50, callbacks=[Enough()], verbose=0)
    written = generation.greedy(model, new, steps)
    return seen.history["teacher_forced"][-1], generation.right(written, sequences.shift(new_answers, steps)[1])


def test_attention_over_the_source_is_what_writes_it_backwards():
    assert reversed_by(seq2seq.translator, 6)[1] >= 0.95
    assert reversed_by(seq2seq.translator, 2, attention=False)[1] <= 0.1


def test_a_transformer_writes_backwards_with_places_and_a_causal_mask():
    assert reversed_by(decoder.translator, 6)[1] >= 0.95
    assert reversed_by(decoder.translator, 2, places=False)[1] <= 0.1
    forced, by_itself = reversed_by(decoder.translator, 3, causal=False)
    assert forced >= 0.95  # it sees the answer
    assert by_itself <= 0.02  # and has learned nothing else


@pytest.mark.parametrize("most", [1, 2])
def test_the_probability_of_a_class_is_that_it_is_written_at_all(most):
    model, ids = small("seq2seq", multi_label=True, most=most, width=9), some_ids()
    expected = [by_hand.seq2seq(named(model), row, most) for row in ids]
    found = model.predict(ids, verbose=0)
    np.testing.assert_allclose(found, expected, atol=1e-5)
    fewer = small("seq2seq", multi_label=True, most=most, width=1).predict(ids, verbose=0)
    assert (fewer <= found + 1e-6).all()


def test_labels_become_the_sequences_that_shift_makes():
    y = np.random.default_rng(0).integers(0, 2, (40, 6)).astype("float32")
    model = LabelSequences(30, 6, multi_label=True, most=3, sizes={"dimension": 4, "units": 4})
    expected = sequences.shift([[*np.flatnonzero(row) + 3] for row in y], 4)
    for found, one in zip(model.as_sequences(y), expected, strict=True):
        np.testing.assert_array_equal(keras.ops.convert_to_numpy(found), one)


def either_pair(rng, texts):
    """Texts that say nothing of their labels, which are 0 and 1, or 2 and 3, and never others."""
    y = np.repeat(np.eye(2)[rng.integers(0, 2, texts)], 2, axis=1)
    return puzzles.fill(rng, texts), y.astype("float32")


def test_labels_written_as_a_sequence_go_together():
    sizes = {"vocabulary": puzzles.WORDS, "length": puzzles.LENGTH, "dimension": 8, "units": 16}
    model = zoo.build("seq2seq", classes=4, multi_label=True, learning_rate=0.01, **sizes)
    ids, y = either_pair(np.random.default_rng(0), 2_000)
    model.fit(ids, y, epochs=2, verbose=0)
    pairs = generation.beam(model.translator, ids[:50], 3, width=2)[0]
    assert {tuple(row) for row in pairs.reshape(-1, 3)} == {(3, 4, 2), (5, 6, 2)}
    np.testing.assert_allclose(model.predict(ids[:50], verbose=0), 0.5, atol=0.15)


def test_a_sequence_of_one_label_sees_order_over_a_distance():
    assert learned("seq2seq", puzzles.order, 15, units=16, dropout=0.0) >= 0.95
