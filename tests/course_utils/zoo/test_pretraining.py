"""Masked words and pairs are drawn as the paper has it, only chosen places count, and a masked word is guessed from the others."""

import subprocess
import sys

import keras
import numpy as np
import pytest
from scipy import special

from course_utils.zoo import bert, pretraining, puzzles
from course_utils.zoo.text.wordpiece import WordPiece

pytestmark = pytest.mark.tensorflow

FIRSTS = ["a dog runs", "a cat sleeps", "two men talk", "the sun shines now", "a bird sings", "one boy reads a book"]
SECONDS = ["the dog is fast", "the cat is tired", "the men are old", "it is hot", "it is loud", "the book is long"]


@pytest.fixture(scope="module")
def pieces():
    return pretraining.whole_words(FIRSTS + SECONDS, least=1)


@pytest.fixture
def model(pieces):
    """A small one with random weights, biases too."""
    keras.utils.set_random_seed(3)
    found = pretraining.Pretraining(bert.encoder(len(pieces.vocabulary), width=12, blocks=1, heads=3, dropout=0.0))
    rng = np.random.default_rng(3)
    found.set_weights([rng.normal(0, 0.5, weights.shape) for weights in found.get_weights()])
    return found


def test_whole_words_are_the_frequent_ones():
    found = pretraining.whole_words(["b a b, c", "b a"], least=2)
    assert found.vocabulary == [*pretraining.SPECIAL, "b", "a"]
    assert found.pieces("a c b") == ["a", "[UNK]", "b"]


def test_a_seventh_of_the_words_is_chosen_and_shown_in_three_ways():
    pieces = WordPiece([*pretraining.SPECIAL, *(f"w{n}" for n in range(995))])
    rng = np.random.default_rng(0)
    ids = rng.integers(5, 1_000, (500, 100))
    shown, chosen = pretraining.mask_words(ids, pieces, rng)
    assert (chosen.sum(axis=1) == 15).all()
    assert np.abs(chosen.mean(axis=0) - 0.15).max() < 5 * np.sqrt(0.15 * 0.85 / 500)  # no place is preferred
    assert (shown[~chosen] == ids[~chosen]).all()
    of_chosen = shown[chosen]
    masked, same = of_chosen == pieces.id_of["[MASK]"], of_chosen == ids[chosen]
    error = np.sqrt(0.1 * 0.9 / len(of_chosen))
    assert masked.mean() == pytest.approx(0.8, abs=5 * 2 * error)
    assert same.mean() == pytest.approx(0.1, abs=5 * error)
    others = of_chosen[~masked & ~same]
    assert len(np.unique(others)) > 400  # of 995 words: any of them
    assert others.min() >= 5


def test_no_mark_is_chosen_and_a_text_with_a_word_has_a_place(pieces):
    marks = [pieces.id_of[name] for name in pretraining.SPECIAL]
    rng = np.random.default_rng(0)
    for text in ("dog", "dog zebra", "", "a dog runs"):
        ids, _ = pieces.encode([text] * 200, 20, ["zebra"] * 200)
        ids = np.pad(ids, [(0, 0), (0, 4)])
        shown, chosen = pretraining.mask_words(ids, pieces, rng)
        assert not np.isin(ids[chosen], marks).any()
        assert (chosen.sum(axis=1) == (1 if text else 0)).all()
        assert shown.dtype == ids.dtype


def test_half_of_the_seconds_are_their_own_and_no_other_is_by_chance():
    rng = np.random.default_rng(0)
    for count in (2, 3, 1_000):
        which, is_next = pretraining.draw_seconds(count, rng)
        assert is_next.sum() == count // 2
        assert ((which == np.arange(count)) == (is_next == 1)).all()
        assert ((which >= 0) & (which < count)).all()
    many = np.array([pretraining.draw_seconds(4, rng)[0] for _ in range(300)])
    assert {tuple(row) for row in np.stack([np.tile(np.arange(4), (300, 1)).ravel(), many.ravel()], 1)} == {
        (first, second) for first in range(4) for second in range(4)
    }
    with pytest.raises(ValueError, match="count=1"):
        pretraining.draw_seconds(1, rng)


def test_each_time_a_batch_is_masked_anew_and_holds_what_stood_there(pieces):
    batches = pretraining.Batches(pieces, FIRSTS, SECONDS, length=16, batch=4, seed=0)
    assert len(batches) == 2
    seen = set()
    for _ in range(10):
        inputs, targets, weights = batches[0]
        assert inputs["ids"].shape == inputs["segments"].shape == (4, 16)
        assert inputs["places"].shape == targets["words"].shape == weights["words"].shape
        there = weights["words"] > 0
        assert there.any(axis=1).all()
        restored = inputs["ids"].copy()
        for row in range(4):
            places = inputs["places"][row][there[row]]
            assert len(set(places)) == len(places)
            restored[row, places] = targets["words"][row][there[row]]
        texts = [" ".join(pieces.vocabulary[one] for one in row if one) for row in restored]
        own = {f"[CLS] {one} [SEP] {other} [SEP]" for one, other in zip(FIRSTS, SECONDS, strict=True)}
        assert [text in own for text in texts] == targets["next"].tolist()
        seen.add(inputs["ids"].tobytes())
    assert len(seen) > 5
    orders = set()
    for _ in range(5):
        orders.add((tuple(batches.order), tuple(batches.which)))
        batches.on_epoch_end()
    assert len(orders) > 1


def test_the_same_seed_gives_the_same_batches(pieces):
    first, second = (pretraining.Batches(pieces, FIRSTS, SECONDS, 16, 4, seed=7) for _ in range(2))
    for number in (0, 1, 0):
        for one, other in zip(first[number], second[number], strict=True):
            for name in one:
                np.testing.assert_array_equal(one[name], other[name])


def by_hand(model, inputs):
    """Both heads in NumPy, a place and a word at a time, on the encoder's states."""
    states = keras.ops.convert_to_numpy(model.encoder([inputs["ids"], inputs["segments"]]))
    table = np.asarray(model.encoder.get_layer("places").word.embeddings)
    (turn, shift), (gamma, beta) = model.words.turn.get_weights(), model.words.norm.get_weights()
    bias = np.asarray(model.words.bias)
    words = np.zeros((*inputs["places"].shape, len(table)))
    for row, places in enumerate(inputs["places"]):
        for at, place in enumerate(places):
            x = states[row, place] @ turn + shift
            x = x * (1 + special.erf(x / np.sqrt(2))) / 2
            x = (x - x.mean()) / np.sqrt(x.var() + bert.EPSILON) * gamma + beta
            words[row, at] = [x @ word + b for word, b in zip(table, bias, strict=True)]
    (pool, pool_bias), (last, last_bias) = model.pool.get_weights(), model.next.get_weights()
    return {"words": words, "next": np.tanh(states[:, 0] @ pool + pool_bias) @ last + last_bias}


@pytest.fixture
def batch(pieces):
    return pretraining.Batches(pieces, FIRSTS, SECONDS, length=16, batch=6, seed=1)[0]


def test_both_heads_equal_their_formulas(model, batch):
    found = {name: keras.ops.convert_to_numpy(each) for name, each in model(batch[0]).items()}
    for name, expected in by_hand(model, batch[0]).items():
        np.testing.assert_allclose(found[name], expected, atol=1e-4)


def test_words_go_in_and_come_out_by_one_table(model, batch, pieces):
    width, words = 12, len(pieces.vocabulary)
    heads = model.count_params() - model.encoder.count_params()
    assert heads == (width * width + width) + 2 * width + words + (width * width + width) + 2 * width + 2
    table = model.encoder.get_layer("places").word
    before = keras.ops.convert_to_numpy(model(batch[0])["words"])
    (changed,) = table.get_weights()
    never_shown = pieces.id_of["[UNK]"]
    changed[never_shown] += 1.0
    table.set_weights([changed])
    after = keras.ops.convert_to_numpy(model(batch[0])["words"])
    moved = np.abs(after - before).max(axis=(0, 1)) > 1e-4
    assert np.flatnonzero(moved).tolist() == [never_shown]


def test_only_chosen_places_count_in_the_loss(model, batch):
    pretraining.compile_for(model, steps=1)
    inputs, targets, weights = batch
    found = model.evaluate(inputs, targets, sample_weight=weights, batch_size=6, verbose=0, return_dict=True)
    logits = by_hand(model, inputs)
    there = weights["words"] > 0
    assert not there.all()
    each = -np.take_along_axis(special.log_softmax(logits["words"], axis=-1), targets["words"][..., None], axis=-1)
    pairs = -special.log_softmax(logits["next"], axis=-1)[np.arange(6), targets["next"]]
    assert found["loss"] == pytest.approx(each[..., 0][there].mean() + pairs.mean(), rel=1e-4)


def test_training_reaches_every_weight_of_encoder_and_heads(model, pieces):
    before = [np.array(each) for each in model.get_weights()]
    pretraining.pretrain(model, pretraining.Batches(pieces, FIRSTS, SECONDS, 16, 3), epochs=2)
    moved = {weight.path: abs(weight.numpy() - old).max() for weight, old in zip(model.weights, before, strict=True)}
    # one number added to all keys adds the same to every score of a place, and so changes no weight
    assert [
        path for path, by in moved.items() if by == 0 and not path.endswith(("key/bias", "seed_generator_state"))
    ] == []


def test_the_rate_rises_and_falls():
    rate = pretraining.WarmUp(0.1, warm=10, steps=100)
    found = [float(rate(step)) for step in range(101)]
    assert found[0] == pytest.approx(0.01)
    assert max(found) == pytest.approx(0.1)
    assert found.index(max(found)) in (9, 10)
    assert found[100] == 0
    assert (np.diff(found[10:]) < 0).all()


def test_saved_it_answers_the_same_in_a_fresh_process(model, batch, tmp_path):
    model.save(tmp_path / "model.keras")
    np.savez(tmp_path / "batch.npz", **batch[0])
    np.save(tmp_path / "before.npy", keras.ops.convert_to_numpy(model(batch[0])["words"]))
    code = (
        "import sys, numpy as np, keras, course_utils.zoo.pretraining\n"
        "at = sys.argv[1]\n"
        "inputs = dict(np.load(at + '/batch.npz'))\n"
        "model = keras.saving.load_model(at + '/model.keras')\n"
        "out = keras.ops.convert_to_numpy(model(inputs)['words'])\n"
        "np.testing.assert_allclose(out, np.load(at + '/before.npy'), atol=1e-5)\n"
        "assert model.words.turn is not None and model.count_params() == int(sys.argv[2])\n"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path), str(model.count_params())], check=True, timeout=300)


def test_guesses_are_probabilities_of_words_for_each_mask(model, pieces):
    found = pretraining.guesses(model, pieces, "a [MASK] runs", "the [MASK] is fast", most=3)
    assert [len(each) for each in found] == [3, 3]
    for each in found:
        chances = [chance for _, chance in each]
        assert chances == sorted(chances, reverse=True)
        assert all(piece in pieces.id_of for piece, _ in each)
    (everything,) = pretraining.guesses(model, pieces, "a [MASK]", most=1_000)
    assert sum(chance for _, chance in everything) == pytest.approx(1, abs=1e-5)
    with pytest.raises(ValueError, match=r"no \[MASK\] in 'a dog'"):
        pretraining.guesses(model, pieces, "a dog")


def test_scores_count_what_was_chosen(model, pieces):
    def batches():
        return pretraining.Batches(pieces, FIRSTS * 20, SECONDS * 20, 16, 30, seed=2)

    again = batches()
    pairs = [again[number] for number in range(len(again))]
    chosen = np.concatenate([targets["words"][weights["words"] > 0] for _, targets, weights in pairs])
    counts = np.bincount(chosen)
    model.words.bias.assign(np.where(np.arange(len(pieces.vocabulary)) == counts.argmax(), 1e6, 0))
    model.next.bias.assign([0.0, 1e6])
    found = pretraining.scores(model, batches())
    assert found["words"] == found["commonest"] == counts.max() / len(chosen)
    assert found["next"] == np.concatenate([targets["next"] for _, targets, _ in pairs]).mean() == 0.5


def guessed(blocks, epochs):
    """How often a small network says which word the mask hides, on puzzles that it has not seen."""
    keras.utils.set_random_seed(0)
    read = bert.encoder(puzzles.WORDS, width=16, blocks=blocks, heads=2, places=puzzles.LENGTH, dropout=0.0)
    model = pretraining.Pretraining(read)
    rng = np.random.default_rng(0)

    def batch(texts):
        ids, y = puzzles.masked(rng, texts)
        places = np.argmax(ids == 3, axis=1)[:, None].astype("int32")
        inputs = {"ids": ids, "segments": np.zeros_like(ids), "places": places}
        return inputs, {"words": 1 + y[:, None], "next": y}, {"words": np.ones((texts, 1)), "next": np.zeros(texts)}

    inputs, targets, weights = batch(4_000)
    pretraining.compile_for(model, epochs * 125, learning_rate=0.003)
    model.fit(inputs, targets, sample_weight=weights, epochs=epochs, verbose=0)
    inputs, targets, _ = batch(500)
    found = model.predict(inputs, verbose=0)["words"][:, 0]
    return float((found.argmax(axis=1) == targets["words"][:, 0]).mean())


def test_a_masked_word_is_guessed_from_the_others_and_not_from_its_place():
    assert guessed(blocks=1, epochs=10) >= 0.95
    assert guessed(blocks=0, epochs=3) <= 0.6
