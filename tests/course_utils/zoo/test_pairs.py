"""Models of pairs are what their papers say, leave padding alone, learn with every weight, and see what one text cannot show."""

import keras
import numpy as np
import pytest

from course_utils import zoo
from course_utils.zoo import puzzles
from course_utils.zoo.pairs import FEATURES, Joined, bilinear, pair_features
from tests.course_utils.zoo import by_hand

pytestmark = pytest.mark.tensorflow

SIZES = {"vocabulary": 30, "classes": 3, "length": 9, "dimension": 6}
SMALL = {
    "joint_bilstm": {"units": 4},
    "two_cnn": {"filters": 4, "hidden": 5},
    "two_bilstm": {"units": 4, "scores": 2},
}
BOTH = {"features": "both", "hidden": 5}


def small(name, **changed):
    """A model with few weights, all of them drawn."""
    keras.utils.set_random_seed(1)
    model = zoo.build_pairs(name, **{**SIZES, **SMALL[name], **changed})
    rng = np.random.default_rng(2)
    model.set_weights([rng.normal(0, 0.7, weight.shape) for weight in model.get_weights()])
    return model


def some_pairs(count=6, length=9):
    """Texts of different lengths: first texts grow longer, second ones shorter."""
    rng = np.random.default_rng(3)
    a, b = rng.integers(1, 30, (2, count, length)).astype("int32")
    for row, most in enumerate(np.linspace(1, length, count).astype(int)):
        a[row, most:] = 0
        b[count - 1 - row, most:] = 0
    return [a, b]


def answers_of(model, inputs):
    """What it gives, at once: for a few pairs, making a graph of it takes longer."""
    return keras.ops.convert_to_numpy(model(inputs))


def named(model):
    return {one.path.removeprefix(f"{model.name}/"): one.numpy() for one in model.weights}


def test_every_model_is_tried():
    assert set(SMALL) == set(zoo.PAIR_MODELS)


@pytest.mark.parametrize(("name", "options"), [*((name, {}) for name in SMALL), ("two_bilstm", BOTH)])
def test_a_model_equals_its_formulas(name, options):
    model, pairs = small(name, **options), some_pairs()
    more = {"features": True} if options else {}
    expected = [getattr(by_hand, name)(named(model), a, b, **more) for a, b in zip(*pairs, strict=True)]
    np.testing.assert_allclose(answers_of(model, pairs), expected, atol=1e-5)


def test_a_number_has_the_mean_and_the_spread_that_were_given():
    pairs = some_pairs()
    model = small("two_cnn", classes=None, number=(3.5, 2.0))
    standard = [by_hand.two_cnn(named(model), a, b) for a, b in zip(*pairs, strict=True)]
    np.testing.assert_allclose(answers_of(model, pairs), 3.5 + 2 * np.array(standard), rtol=1e-5)


@pytest.mark.parametrize("features", FEATURES)
def test_features_are_the_parts_that_they_name(features):
    model, (a, b) = small("two_cnn", features=features, hidden=0), some_pairs()
    parts = []
    for one, other in zip(a, b, strict=True):
        u, v = (by_hand.filters_of(named(model), ids, (1, 2, 3)) for ids in (one, other))
        known = {"u": u, "v": v, "difference": abs(u - v), "product": u * v}
        parts.append(np.concatenate([known[part] for part in FEATURES[features]]))
    found = keras.Model(model.inputs, model.get_layer("compared").output)
    np.testing.assert_allclose(answers_of(found, [a, b]), parts, atol=1e-5)


@pytest.mark.parametrize("name", SMALL)
def test_padding_changes_nothing(name):
    model, longer = small(name), small(name, length=14)
    longer.set_weights(model.get_weights())
    pairs = some_pairs()
    padded = [np.pad(ids, ((0, 0), (0, 5))) for ids in pairs]
    np.testing.assert_allclose(answers_of(longer, padded), answers_of(model, pairs), atol=1e-6)


def test_two_texts_become_one_with_a_mark_between_and_padding_behind():
    joined = Joined(7)([np.array([[1, 2, 0], [0, 0, 0]], "int32"), np.array([[3, 0, 0], [4, 5, 6]], "int32")])
    assert np.asarray(joined).tolist() == [[1, 2, 7, 3, 0, 0, 0], [7, 4, 5, 6, 0, 0, 0]]


@pytest.mark.parametrize("name", SMALL)
def test_pairs_of_padding_alone_are_answered(name):
    assert np.isfinite(answers_of(small(name), [np.zeros((2, 9), "int32")] * 2)).all()


@pytest.mark.parametrize(
    ("name", "options"),
    [*((name, {}) for name in SMALL), ("two_bilstm", BOTH), ("two_cnn", {"classes": None, "number": (0.0, 1.0)})],
)
def test_training_reaches_every_weight(name, options):
    model, before = small(name, **options), None
    before = named(model)
    model.run_eagerly = True
    model.fit(some_pairs(12), np.arange(12) % 3, epochs=2, verbose=0)
    after = named(model)
    assert not [path for path in before if "seed" not in path and np.array_equal(before[path], after[path])]


@pytest.mark.parametrize("name", SMALL)
def test_half_precision_answers_nearly_the_same(name):
    expected = answers_of(small(name), some_pairs())
    keras.mixed_precision.set_dtype_policy("mixed_float16")
    try:
        half = small(name)
        found = answers_of(half, some_pairs())
        assert found.dtype == np.float32
        np.testing.assert_allclose(found, expected, atol=0.05)
        half.run_eagerly = True
        assert np.isfinite(half.fit(some_pairs(), np.arange(6) % 3, verbose=0).history["loss"][0])
    finally:
        keras.mixed_precision.set_dtype_policy("float32")


def test_compiled_by_xla_a_model_answers_the_same():
    for name in ("two_cnn", "joint_bilstm"):
        plain, compiled = small(name), small(name, jit_compile=True)
        expected = answers_of(plain, some_pairs())
        np.testing.assert_allclose(compiled.predict(some_pairs(), verbose=0), expected, atol=1e-5)


def test_pair_features_do_not_know_which_text_came_first():
    u, v = np.random.default_rng(0).normal(size=(2, 4, 3))
    found = np.asarray(pair_features(u, v))
    assert found.shape == (4, 6)
    np.testing.assert_array_equal(found, np.asarray(pair_features(v, u)))
    np.testing.assert_allclose(found, np.concatenate([abs(u - v), u * v], axis=1), rtol=1e-6)
    model, (a, b) = small("two_cnn", features="symmetric"), some_pairs()
    np.testing.assert_allclose(answers_of(model, [a, b]), answers_of(model, [b, a]), atol=1e-6)
    ordered = small("two_cnn", features="both")
    assert abs(answers_of(ordered, [a, b]) - answers_of(ordered, [b, a])).max() > 0.05


def test_a_bilinear_score_is_a_sum_over_both_vectors():
    rng = np.random.default_rng(0)
    u, v, m = rng.normal(size=(4, 3)), rng.normal(size=(4, 2)), rng.normal(size=(5, 3, 2))
    one = [sum(u[n, i] * m[0, i, j] * v[n, j] for i in range(3) for j in range(2)) for n in range(4)]
    np.testing.assert_allclose(np.asarray(bilinear(u, m[0], v)), one, rtol=1e-5)
    several = np.asarray(bilinear(u, m, v))
    assert several.shape == (4, 5)
    np.testing.assert_allclose(several, np.einsum("nd,kde,ne->nk", u, m, v), rtol=1e-5)


def test_vectors_are_where_training_begins_and_may_stay():
    vectors = np.random.default_rng(0).normal(size=(30, 6)).astype("float32")
    for name in SMALL:
        model = zoo.build_pairs(name, **{**SIZES, **SMALL[name], "vectors": vectors, "tune_vectors": False})
        model.run_eagerly = True
        model.fit(some_pairs(), np.arange(6) % 3, verbose=0)
        np.testing.assert_array_equal(named(model)["words/embeddings"][:30], vectors)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"name": "two_towers"}, "no model of pairs 'two_towers'; the zoo has joint_bilstm, two_cnn, two_bilstm"),
        ({"depth": 3}, "two_cnn has no option 'depth'; it has features, widths"),
        ({"features": "sum"}, "features='sum': choose one of concatenation"),
        ({"classes": None}, "classes=None, number=None: one of the two"),
        ({"number": (0, 1)}, r"classes=3, number=\(0, 1\): one of the two"),
        ({"classes": None, "number": (3, 0)}, "standard deviation of the answers must be above 0"),
        ({"classes": 1}, "classes=1"),
        ({"vectors": np.zeros((3, 2))}, r"shape \(3, 2\); \(30, dimension\) is needed"),
        ({"name": "two_bilstm", "scores": 0}, "scores=0: at least one"),
    ],
)
def test_what_does_not_fit_is_refused_in_words(changed, words):
    with pytest.raises(ValueError, match=words):
        zoo.build_pairs(**{"name": "two_cnn", **SIZES, **changed})


class Enough(keras.callbacks.Callback):
    """Ends training when what was to be shown has been shown."""

    def on_epoch_end(self, epoch, logs=None):
        self.model.stop_training = logs["val_accuracy"] >= 0.97


def learned(name, epochs, keys=6, **options):
    """Accuracy on pairs that the model has not seen."""
    rng = np.random.default_rng(0)
    trained_on, seen, (pairs, y) = (puzzles.same_word(rng, count, keys) for count in (3_000, 300, 500))
    keras.utils.set_random_seed(0)
    sizes = {"vocabulary": puzzles.WORDS, "classes": 2, "length": puzzles.PAIR_LENGTH, "dimension": 16}
    model = zoo.build_pairs(name, **sizes, **{"learning_rate": 0.01, "dropout": 0.0, **options})
    model.fit(*trained_on, validation_data=seen, epochs=epochs, batch_size=50, callbacks=[Enough()], verbose=0)
    return float((model.predict(pairs, verbose=0).argmax(axis=1) == y).mean())


CHANCE = 0.6  # four standard errors above a half


def test_comparing_sees_what_two_texts_share_and_laying_them_side_by_side_does_not():
    options = {"filters": 16, "widths": (1, 2), "hidden": 0}
    assert learned("two_cnn", 12, **options, features="symmetric") >= 0.95
    assert learned("two_cnn", 12, **options, features="concatenation") <= CHANCE


def test_a_bilinear_score_sees_what_two_texts_share():
    assert learned("two_bilstm", 15, units=16) >= 0.95


def test_who_reads_both_texts_as_one_sees_what_they_share():
    assert learned("joint_bilstm", 25, keys=2, units=24) >= 0.95
