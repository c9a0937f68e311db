"""The zoo beside others: fastText's own library, plain Keras models of the same layers, and a bound for reading texts."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

TIMES = 3.0  # the official library's time that the zoo's fasttext may take
EQUAL = 0.01  # accuracies this near are equal: two of 7,600 texts each are known no better
READ_SECONDS, READ_MEGABYTES = 5.0, 500.0  # for 100,000 texts of 40 words
ENCODED, ONE_BY_ONE, ENCODING_MEGABYTES = 100.0, 30.0, 1_500.0  # texts of 64 pieces a second by the clock; peak memory
STEP = 1.1  # times a plain model's step: what is left of the noise of two cores
ROUNDS, STEPS = 9, 20  # in turn, plain and zoo; steps of a round
BATCH, LENGTH, VOCABULARY, CLASSES = 32, 100, 20_000, 4  # of the models whose steps are measured
ABSENT = "not measured: fasttext-wheel is not installed; pip install fasttext-wheel==0.9.2 (Python 3.11)"
#: What is built to be measured beside a plain model: bert without published weights, which have other sizes.
BUILT: dict[str, dict[str, Any]] = {"bert": {"weights": None, "tune": "all", "dimension": 100}}
HEADINGS = ("what", "beside", "zoo", "", "promised")


def measure_zoo(texts: int = 100_000, news: int | None = None, rounds: int = ROUNDS) -> Iterator[list[str]]:
    """Rows of a table, what is beside the zoo first. `texts`: so many are read; `news`: so many of AG are learned, or all.

    Seconds are the processor's, all threads together: on a busy machine they say more than the clock.
    """
    yield from measure_fasttext(news)
    yield from measure_reading(texts)
    yield from measure_steps(rounds)
    yield from measure_encoding()


def measure_fasttext(news: int | None = None) -> Iterator[list[str]]:
    """The zoo's fasttext and the official library on the same texts of AG: as the library comes, and with the zoo's sizes."""
    ours = _in_a_process("train_ours", news)
    for what, sizes in (
        ("as it comes", {}),
        ("with the zoo's sizes", {"dim": ours["dimension"], "bucket": ours["buckets"]}),
    ):
        theirs = _in_a_process("train_theirs", news, sizes)
        name = f"fasttext on {ours['texts']:,} texts of AG, the library {what}"
        if "seconds" not in theirs:
            yield [name, ABSENT, "", "", ""]
            return
        ratio = ours["seconds"] / theirs["seconds"]
        equal = theirs["accuracy"] - ours["accuracy"] <= EQUAL
        cells = [f"{one['seconds']:.2f} s, right {one['accuracy']:.3f}" for one in (theirs, ours)]
        yield [name, *cells, f"{ratio:.1f} times", _kept(f"{TIMES:g}", ratio <= TIMES and equal)]
    parts = "  ".join(f"{name} {seconds:.2f} s" for name, seconds in ours["parts"].items())
    yield [f"  of the zoo's: {parts}", "", "", "", ""]


def measure_reading(texts: int) -> Iterator[list[str]]:
    """Read a file of texts of 40 words, make a vocabulary, encode: seconds, and the process's peak memory."""
    for ngrams in (1, 2):
        facts = _in_a_process("read_and_encode", texts, ngrams)
        kept = facts["seconds"] <= READ_SECONDS and facts["megabytes"] <= READ_MEGABYTES
        name = f"reading and encoding {texts:,} texts of 40 words{', with pairs of words' if ngrams > 1 else ''}"
        promised = _kept(f"{READ_SECONDS:g} s, {READ_MEGABYTES:g} MB", kept)
        yield [name, "", f"{facts['seconds']:.2f} s", f"{facts['megabytes']:.0f} MB", promised]


def measure_steps(rounds: int = ROUNDS) -> Iterator[list[str]]:
    """A training step of each model beside one of a plain Keras model of the same layers, in turn."""
    from course_utils.zoo import MODELS

    for name in MODELS:
        facts = _in_a_process("step_both", name, rounds)
        plain, zoo = (1000 * statistics.median(facts[which]) for which in ("plain", "zoo"))
        ratio = statistics.median(a / b for a, b in zip(facts["zoo"], facts["plain"], strict=True))
        promised = _kept(f"{STEP:g}", ratio <= STEP)
        yield [f"a training step of {name}", f"{plain:.2f} ms", f"{zoo:.2f} ms", f"{ratio:.2f} times", promised]


def measure_encoding(texts: int = 512, single: int = 100) -> Iterator[list[str]]:
    """Vectors of texts of 64 pieces with published weights, by the clock on all cores: many at once, and one after another."""
    facts = _in_a_process("encode_texts", texts, single)
    if "reason" in facts:
        yield ["vectors of texts", "", "", f"not measured: {facts['reason']}", ""]
        return
    for what, rate, promised in (
        (f"vectors of {texts} texts of 64 pieces at once", facts["at once"], ENCODED),
        (f"vectors of {single} texts, one after another", facts["one by one"], ONE_BY_ONE),
    ):
        yield [what, "", f"{rate:.0f} texts/s", "", _kept(f"{promised:g}", rate >= promised)]
    most = facts["megabytes"]
    yield [
        "  memory of both",
        "",
        "",
        f"{most:.0f} MB",
        _kept(f"{ENCODING_MEGABYTES:g} MB", most <= ENCODING_MEGABYTES),
    ]


def _kept(promised: str, kept: bool) -> str:
    return f"{promised} {'kept' if kept else 'BROKEN'}"


def _in_a_process(function: str, *arguments: Any) -> dict[str, Any]:
    """What a function of this module gives in a fresh Python: its memory is its own, and nothing is warm."""
    code = f"from autograder.bench import zoo; zoo.tell(zoo.{function}(*{arguments!r}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{function}{arguments} ended with {done.returncode}: {done.stderr[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1])


def tell(facts: dict[str, Any]) -> None:
    """Print facts as the last line, for `_in_a_process`."""
    print(json.dumps(facts))


def _news(most: int | None) -> tuple[Any, Any, Any]:
    """AG's training texts, those to stop by and those to test on, as the zoo reads them."""
    from course_utils import data
    from course_utils.zoo.text.read import Labelled
    from course_utils.zoo.text.split import split

    (texts, y), (texts_test, y_test) = data.ag_news()
    training, validation = split(Labelled(texts[:most], [(str(label),) for label in y[:most]]))
    return training, validation, Labelled(texts_test[:most], [(str(label),) for label in y_test[:most]])


def train_ours(most: int | None) -> dict[str, Any]:
    """The zoo's fasttext with its defaults: vocabulary, encoding, training and validation, and the accuracy on test texts."""
    from course_utils.zoo.text import pipeline
    from course_utils.zoo.training.train import FASTTEXT, train

    training, validation, test = _news(most)
    trained = train("fasttext", training, validation)
    answers = trained.classifier.predict_labels(test.texts)
    right = sum(answer == true for answer, true in zip(answers, test.labels, strict=True)) / len(test)
    began = time.process_time()
    made = pipeline.made_for(training.texts, **FASTTEXT)
    made.encode(training.texts)
    reading = time.process_time() - began
    facts = {"texts": len(training), "seconds": trained.seconds, "accuracy": right}
    facts |= {"dimension": trained.classifier.network.settings["dimension"], "buckets": made.buckets}
    return facts | {"parts": {"words and their ids": reading, "TensorFlow": trained.seconds - reading}}


def train_theirs(most: int | None, sizes: dict[str, int]) -> dict[str, Any]:
    """The official library on the same texts, their words split as the zoo does; {} where it is not installed.

    Both read pairs of words and pass over the texts five times; 0.5 is the rate that its tutorials and its paper's program take
    for AG. One thread: its processor time is least so.
    """
    try:
        import fasttext
    except ImportError:
        return {}
    from course_utils.zoo.text.tokens import words

    training, _, test = _news(most)
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        paths = []
        for name, part in (("train", training), ("test", test)):
            paths.append(str(Path(folder, name)))
            lines = (
                f"__label__{label} {' '.join(words(text))}\n"
                for text, (label,) in zip(part.texts, part.labels, strict=True)
            )
            Path(paths[-1]).write_text("".join(lines), encoding="utf-8")
        began = time.process_time()
        model = fasttext.train_supervised(paths[0], epoch=5, wordNgrams=2, lr=0.5, thread=1, verbose=0, **sizes)
        seconds = time.process_time() - began
        return {"seconds": seconds, "accuracy": model.test(paths[1])[1]}


def read_and_encode(texts: int, ngrams: int) -> dict[str, Any]:
    """Write a file of invented texts in another process, read and encode it here."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        path = Path(folder, "texts.txt")
        code = f"from autograder.bench import zoo; zoo.write_texts({str(path)!r}, {texts})"
        subprocess.run([sys.executable, "-c", code], check=True)
        from course_utils.zoo.text.pipeline import made_for
        from course_utils.zoo.text.read import read
        from course_utils.zoo.training.compare import peak_memory

        began = time.process_time()
        data = read([path])
        made_for(data.texts, ngrams=ngrams, buckets=200_000 if ngrams > 1 else 0).encode(data.texts)
        return {"seconds": time.process_time() - began, "megabytes": peak_memory() / 1e6}


def encode_texts(texts: int, single: int) -> dict[str, Any]:
    """Texts a second, and the process's peak memory; {"reason": ...} where the published weights cannot be had."""
    from course_utils import zoo
    from course_utils.data import DataUnavailable
    from course_utils.zoo.training.compare import peak_memory

    try:
        zoo.encode(["warm"])
    except DataUnavailable as unavailable:
        return {"reason": str(unavailable).splitlines()[0]}
    many = [f"{'the ' * 61}{number % 10}" for number in range(texts)]  # [CLS], 62 pieces, [SEP]
    rates = {}
    for what, batches in (("at once", [many]), ("one by one", [[text] for text in many[:single]])):
        zoo.encode(batches[0][:32])  # the shape is made ready
        began = time.perf_counter()
        for batch in batches:
            zoo.encode(batch, progress=False)
        rates[what] = sum(map(len, batches)) / (time.perf_counter() - began)
    return {**rates, "megabytes": peak_memory() / 1e6}


def write_texts(path: str, texts: int, length: int = 40) -> None:
    """Labelled texts of `length` words, drawn from 50,000 as often as words of a language occur: word number r as 1/r."""
    import numpy as np

    rng = np.random.default_rng(0)
    letters = rng.choice(list("etaoinshrdlu"), (50_000, 5))
    words = np.array(["".join(row) + str(number) for number, row in enumerate(letters)])
    until = np.cumsum(1 / np.arange(1, len(words) + 1))
    with open(path, "w", encoding="utf-8") as file:
        for number in range(texts):
            drawn = words[
                np.searchsorted(until, rng.uniform(0, until[-1], length), side="right").clip(max=len(words) - 1)
            ]
            file.write(f"__label__{number % CLASSES} {' '.join(drawn)}\n")


def step_both(name: str, rounds: int) -> dict[str, list[float]]:
    """Seconds of a step, round by round, of the plain model and of the zoo's."""
    import keras
    import numpy as np

    from course_utils import zoo

    rng = np.random.default_rng(0)
    ids = rng.integers(1, VOCABULARY, (STEPS * BATCH, LENGTH)).astype("int32")
    ids[np.arange(LENGTH) >= rng.integers(LENGTH // 2, LENGTH, len(ids))[:, None]] = 0
    y = rng.integers(0, CLASSES, len(ids))
    ours = zoo.build(name, vocabulary=VOCABULARY, classes=CLASSES, length=LENGTH, **BUILT.get(name, {}))
    beside = plain(name)
    optimizer = type(ours.optimizer)(float(np.asarray(ours.optimizer.learning_rate)))
    beside.compile(optimizer, ours.loss, metrics=["accuracy"])
    found: dict[str, list[float]] = {"plain": [], "zoo": []}
    for number in range(rounds + 1):
        for which, model in (("plain", beside), ("zoo", ours)):
            keras.utils.set_random_seed(number)
            began = time.process_time()
            model.fit(ids, y, batch_size=BATCH, verbose=0)
            if number:  # the first round traces the step
                found[which].append((time.process_time() - began) / STEPS)
    return found


def plain(name: str) -> Any:
    """A model of Keras's own layers, as one would write it down: the same layers and sizes as the zoo's `name`."""
    import keras
    from keras import layers

    ids = keras.Input((LENGTH,), dtype="int32")
    words = layers.Embedding(VOCABULARY, 16 if name == "fasttext" else 100, mask_zero=name != "textcnn")(ids)
    text = PLAIN[name](words)
    if name == "seq2seq":  # whose layer of outputs is wider than the classes
        return keras.Model(ids, text)
    return keras.Model(ids, layers.Dense(CLASSES, activation="softmax")(text))


def _fasttext(words: Any) -> Any:
    from keras import layers

    return layers.GlobalAveragePooling1D()(words)


def _textcnn(words: Any) -> Any:
    from keras import layers

    found = [layers.GlobalMaxPooling1D()(layers.Conv1D(100, width, activation="relu")(words)) for width in (3, 4, 5)]
    return layers.Dropout(0.5)(layers.Concatenate()(found))


def _textrnn(words: Any) -> Any:
    from keras import layers

    states = layers.Bidirectional(layers.LSTM(64, return_sequences=True))(words)
    return layers.Dropout(0.5)(layers.GlobalAveragePooling1D()(states))


def _textrnn2(words: Any) -> Any:
    from keras import layers

    states = layers.Dropout(0.5)(layers.Bidirectional(layers.LSTM(64, return_sequences=True))(words))
    return layers.Dense(64, activation="relu")(layers.Dropout(0.5)(layers.LSTM(128)(states)))


def _rcnn(words: Any) -> Any:
    from keras import layers

    left = layers.SimpleRNN(64, return_sequences=True)(words)
    right = layers.SimpleRNN(64, return_sequences=True, go_backwards=True)(words)[:, ::-1]
    left = layers.ZeroPadding1D((1, 0))(layers.Cropping1D((0, 1))(left))  # the word itself is on neither of its sides
    right = layers.ZeroPadding1D((0, 1))(layers.Cropping1D((1, 0))(right))
    y = layers.Dense(100, activation="tanh")(layers.Concatenate()([left, words, right]))
    return layers.Dropout(0.5)(layers.GlobalMaxPooling1D()(y))


def _han(words: Any) -> Any:
    import keras
    from keras import layers

    def attended(states: Any) -> Any:
        weights = layers.Softmax(axis=1)(layers.Dense(1, use_bias=False)(layers.Dense(100, activation="tanh")(states)))
        return layers.Flatten()(layers.Dot(axes=1)([weights, states]))

    sentence = keras.Input((25, 100))
    states = layers.Bidirectional(layers.GRU(50, return_sequences=True))(sentence)
    of_sentence = keras.Model(sentence, attended(states))
    sentences = layers.TimeDistributed(of_sentence)(layers.Reshape((LENGTH // 25, 25, 100))(words))
    return layers.Dropout(0.3)(attended(layers.Bidirectional(layers.GRU(50, return_sequences=True))(sentences)))


def _transformer(words: Any) -> Any:
    from keras import layers

    from course_utils.zoo.transformer import sinusoid

    x = layers.Dropout(0.1)(layers.Dense(64)(words) * 8.0 + sinusoid(LENGTH, 64)[None])
    heard = layers.MultiHeadAttention(4, 16)(x, x)
    x = layers.LayerNormalization()(x + layers.Dropout(0.1)(heard))
    thought = layers.Dense(64)(layers.Dense(128, activation="gelu")(x))
    x = layers.LayerNormalization()(x + layers.Dropout(0.1)(thought))
    return layers.Dropout(0.1)(layers.GlobalAveragePooling1D()(x))


def _seq2seq(words: Any) -> Any:
    from keras import layers, ops

    words = layers.Dropout(0.3)(words)
    states, *last = layers.Bidirectional(layers.GRU(64, return_sequences=True, return_state=True))(words)
    first = layers.Dense(64, activation="tanh", use_bias=False)(layers.Concatenate()(last))
    go = layers.Dropout(0.3)(layers.Embedding(CLASSES + 3, 100)(ops.ones_like(first[:, :1], "int32")))
    s = layers.GRU(64, return_sequences=True)(go, initial_state=first)
    heard = layers.Attention()([s, states, layers.Dense(64, use_bias=False)(states)])
    joined = layers.Dense(64, activation="tanh")(layers.Concatenate()([heard, s]))
    outputs = layers.Dense(CLASSES + 3, activation="softmax")(layers.Dropout(0.3)(joined))[:, 0, 3:]
    return outputs / ops.sum(outputs, axis=1, keepdims=True)


def _entnet(words: Any) -> Any:
    from keras import layers, ops

    number = ops.cumsum(ops.ones_like(words[:, :, 0], dtype="int32"), axis=1) - 1  # 0, 1, ... for each text
    places, keys = layers.Embedding(25, 100)(number[:, :25]), layers.Embedding(20, 100)(number[:, :20])
    sentences = ops.sum(layers.Reshape((LENGTH // 25, 25, 100))(words) * places[:, None], axis=2)
    question = ops.mean(sentences, axis=1)
    of_state, of_key, of_sentence, of_found = (layers.Dense(100, use_bias=False) for _ in range(4))
    phi, h = layers.PReLU(shared_axes=[1]), keys
    for n in range(LENGTH // 25):
        s = sentences[:, n : n + 1]
        gates = ops.sigmoid(ops.sum(s * (h + keys), axis=2, keepdims=True))
        h = layers.UnitNormalization()(h + gates * phi(of_state(h) + of_key(keys) + of_sentence(s)))
    shares = layers.Softmax(axis=1)(ops.sum(question[:, None] * h, axis=2, keepdims=True))
    found = layers.Flatten()(layers.Dot(axes=1)([shares, h]))
    return layers.Dropout(0.3)(layers.PReLU()(question + of_found(found)))


def _dmn(words: Any) -> Any:
    from keras import layers, ops

    sentences = layers.Dropout(0.3)(ops.mean(layers.Reshape((LENGTH // 25, 25, 100))(words), axis=2))
    age = ops.cumsum(ops.ones_like(sentences[:, :, 0], dtype="int32"), axis=1) - 1
    facts = sentences + layers.Embedding(LENGTH // 25, 100)(age)
    question = memory = layers.GRU(100)(words)
    hidden, score = layers.Dense(100, activation="tanh"), layers.Dense(1, use_bias=False)
    for _ in range(2):
        asked, known = question[:, None], memory[:, None]
        near = [facts * asked, facts * known, ops.abs(facts - asked), ops.abs(facts - known)]
        gates = layers.Softmax(axis=1)(score(hidden(layers.Concatenate()(near))))
        episode = layers.Flatten()(layers.Dot(axes=1)([gates, facts]))
        memory = layers.Dense(100, activation="relu")(layers.Concatenate()([memory, episode, question]))
    return layers.Dropout(0.3)(layers.Concatenate()([memory, question]))


def _bert(words: Any) -> Any:
    from keras import layers, ops

    first = ops.zeros_like(words[..., 0], "int32")  # all of a text is its first segment
    places = ops.cumsum(ops.ones_like(first), axis=1) - 1  # (batch, length)
    x = words + layers.Embedding(512, 100)(places) + layers.Embedding(2, 100)(first)
    x = layers.Dropout(0.1)(layers.LayerNormalization()(x))
    for _ in range(2):
        x = layers.LayerNormalization()(x + layers.Dropout(0.1)(layers.MultiHeadAttention(4, 25)(x, x)))
        thought = layers.Dense(100)(layers.Dense(400, activation="gelu")(x))
        x = layers.LayerNormalization()(x + layers.Dropout(0.1)(thought))
    return layers.Dropout(0.1)(layers.GlobalAveragePooling1D()(x))


PLAIN: dict[str, Callable[[Any], Any]] = {
    "fasttext": _fasttext,
    "textcnn": _textcnn,
    "textrnn": _textrnn,
    "textrnn2": _textrnn2,
    "rcnn": _rcnn,
    "han": _han,
    "transformer": _transformer,
    "seq2seq": _seq2seq,
    "entnet": _entnet,
    "dmn": _dmn,
    "bert": _bert,
}
