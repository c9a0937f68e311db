"""BERT's encoder equals its formulas, padding changes nothing, and MiniLM's vectors are those that were published."""

import io
import subprocess
import sys

import keras
import numpy as np
import pytest
from scipy import special

from course_utils import data, zoo
from course_utils.zoo import bert, minilm

SIZES = {"width": 12, "blocks": 2, "heads": 3, "hidden": 20, "places": 16}


@pytest.fixture
def model():
    """A small encoder with random weights, biases too."""
    keras.utils.set_random_seed(3)
    found = bert.encoder(30, **SIZES)
    rng = np.random.default_rng(3)
    found.set_weights([rng.normal(0, 0.5, weights.shape) for weights in found.get_weights()])
    return found


def by_hand(model, ids, segments):
    """The encoder in NumPy, a text and a place at a time, after the paper's formulas."""

    def norm(x, layer):
        gamma, beta = (np.asarray(each) for each in (layer.gamma, layer.beta))
        return (x - x.mean()) / np.sqrt(x.var() + bert.EPSILON) * gamma + beta

    def dense(x, layer):
        return x @ np.asarray(layer.kernel) + np.asarray(layer.bias)

    first = model.get_layer("places")
    word, place, segment = (np.asarray(each.embeddings) for each in (first.word, first.place, first.segment))
    out = []
    for row, parts in zip(ids, segments, strict=True):
        states = [
            norm(word[one] + place[at] + segment[part], first.norm)
            for at, (one, part) in enumerate(zip(row, parts, strict=True))
        ]
        for block in (layer for layer in model.layers if layer.name.startswith("block")):
            size = len(states[0]) // block.heads
            query, key, value = ([dense(x, layer) for x in states] for layer in (block.query, block.key, block.value))
            after = []
            for at, x in enumerate(states):
                taken = []
                for head in range(block.heads):
                    of = slice(head * size, (head + 1) * size)
                    looks = [n for n, one in enumerate(row) if one != 0]
                    weights = special.softmax([query[at][of] @ key[n][of] / np.sqrt(size) for n in looks])
                    taken.append(sum(weight * value[n][of] for weight, n in zip(weights, looks, strict=True)))
                x = norm(x + dense(np.concatenate(taken), block.out), block.norms[0])
                up = dense(x, block.up)
                gelu = up * (1 + special.erf(up / np.sqrt(2))) / 2
                after.append(norm(x + dense(gelu, block.down), block.norms[1]))
            states = after
        out.append(states)
    return np.array(out)


IDS = np.array([[2, 7, 8, 3, 9, 3], [2, 5, 3, 0, 0, 0]], "int32")
SEGMENTS = np.array([[0, 0, 0, 0, 1, 1], [0, 0, 0, 0, 0, 0]], "int32")


def test_the_encoder_equals_its_formulas(model):
    found = keras.ops.convert_to_numpy(model([IDS, SEGMENTS]))
    words = IDS != 0
    np.testing.assert_allclose(found[words], by_hand(model, IDS, SEGMENTS)[words], atol=1e-5)


def test_padding_changes_nothing(model):
    longer = np.pad(IDS, [(0, 0), (0, 5)])
    found = keras.ops.convert_to_numpy(model([longer, np.pad(SEGMENTS, [(0, 0), (0, 5)])]))[:, :6]
    words = IDS != 0
    np.testing.assert_allclose(found[words], keras.ops.convert_to_numpy(model([IDS, SEGMENTS]))[words], atol=1e-5)


def test_order_and_segment_matter(model):
    states = keras.ops.convert_to_numpy(model([IDS[:1], SEGMENTS[:1]]))
    turned = keras.ops.convert_to_numpy(model([IDS[:1, [0, 2, 1, 3, 4, 5]], SEGMENTS[:1]]))
    assert abs(states[0, 1] - turned[0, 2]).max() > 0.01
    other = keras.ops.convert_to_numpy(model([IDS[:1], 0 * SEGMENTS[:1]]))
    assert abs(states - other).max() > 0.01


def test_training_reaches_every_weight(model):
    model.compile("sgd", "mse")
    before = [np.array(each) for each in model.get_weights()]
    target = np.random.default_rng(0).normal(size=(2, 6, 12))
    model.fit([IDS, SEGMENTS], target, epochs=1, verbose=0)
    moved = {weight.path: abs(weight.numpy() - old).max() for weight, old in zip(model.weights, before, strict=True)}
    # one number added to all keys adds the same to every score of a place, and so changes no weight
    assert [path for path, by in moved.items() if by == 0 and not path.endswith("key/bias")] == []


def test_heads_that_do_not_share_out_the_width_are_refused():
    with pytest.raises(ValueError, match="width=10 cannot be shared out among heads=3"):
        bert.encoder(30, width=10, heads=3)


def test_saved_it_answers_the_same_in_a_fresh_process(model, tmp_path):
    model.save(tmp_path / "encoder.keras")
    np.save(tmp_path / "before.npy", keras.ops.convert_to_numpy(model([IDS, SEGMENTS])))
    code = (
        "import sys, numpy as np, keras, course_utils.zoo.bert\n"
        "at = sys.argv[1]\n"
        f"ids, segments = np.array({IDS.tolist()}, 'int32'), np.array({SEGMENTS.tolist()}, 'int32')\n"
        "out = keras.ops.convert_to_numpy(keras.saving.load_model(at + '/encoder.keras')([ids, segments]))\n"
        "np.testing.assert_allclose(out, np.load(at + '/before.npy'), atol=1e-6)\n"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True, timeout=300)


def test_published_weights_are_put_where_they_belong(model):
    """Names and (out, in) kernels as they are published, made from the model itself, filled into another."""
    tensors = {}
    first = model.get_layer("places")
    for name, table in (("word", first.word), ("position", first.place), ("token_type", first.segment)):
        tensors[f"embeddings.{name}_embeddings.weight"] = np.asarray(table.embeddings)

    def put(name, layer):
        scale, shift = layer.get_weights()
        tensors[f"{name}.weight"], tensors[f"{name}.bias"] = (scale.T, shift)

    put("embeddings.LayerNorm", first.norm)
    for number in range(2):
        block, at = model.get_layer(f"block_{number}"), f"encoder.layer.{number}."
        for name in ("query", "key", "value"):
            put(f"{at}attention.self.{name}", getattr(block, name))
        put(f"{at}attention.output.dense", block.out)
        put(f"{at}intermediate.dense", block.up)
        put(f"{at}output.dense", block.down)
        put(f"{at}attention.output.LayerNorm", block.norms[0])
        put(f"{at}output.LayerNorm", block.norms[1])
    other = bert.encoder(30, **SIZES)
    minilm.fill(other, tensors)
    for mine, its in zip(model.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_array_equal(mine, its)
    del tensors["encoder.layer.1.output.dense.bias"]
    with pytest.raises(KeyError, match=r"encoder\.layer\.1\.output\.dense\.bias"):
        minilm.fill(other, tensors)


@pytest.fixture(scope="module")
def weights():
    """Skip where the published weights cannot be had."""
    try:
        return data.locate("minilm")
    except data.DataUnavailable as unavailable:
        pytest.skip(str(unavailable).splitlines()[0])


def test_vectors_are_the_published_models(weights):
    """The three sentences, and the similarities, of https://sbert.net/docs/quickstart.html."""
    vectors = zoo.encode(["The weather is lovely today.", "It's so sunny outside!", "He drove to the stadium."])
    assert vectors.shape == (3, 384)
    published = [[1, 0.6660, 0.1046], [0.6660, 1, 0.1411], [0.1046, 0.1411, 1]]
    np.testing.assert_allclose(vectors @ vectors.T, published, atol=1e-4)


def test_a_text_has_the_same_vector_alone_and_among_others_in_any_order(weights):
    texts = ["One.", "Two words", "", "A much longer text that is padded least of all " * 3, "x " * 400]
    vectors = zoo.encode(texts, batch_size=2)
    for text, vector in zip(texts, vectors, strict=True):
        np.testing.assert_allclose(zoo.encode([text])[0], vector, atol=2e-5)
    assert zoo.encode([]).shape == (0, 384)


def test_the_stored_bits_are_those_of_the_vectors(weights):
    (found,) = data.locate("comment_bits").values()
    packed = np.load(io.BytesIO(found.read()))
    comments = data.goemotions().train[0][: len(packed)]
    some = np.random.default_rng(0).integers(0, len(packed), 48)
    bits = zoo.encode([comments[i] for i in some]) > 0
    assert (bits == np.unpackbits(packed[some], axis=1)).mean() > 0.999  # near 0 a sign hangs on the last digit


def test_one_text_without_brackets_is_refused():
    with pytest.raises(TypeError, match=r"put the one text in brackets"):
        zoo.encode("One text")
