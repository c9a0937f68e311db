"""Keras models that attack: in what an answer returns, and in the file that it saves. Only a sandbox ever loads one.

The exercise asks for a saved model that tells which of three numbers is the largest.
"""

import json
import textwrap

import numpy as np
import pytest

from autograder.authoring.packing import make_hidden_pack
from autograder.engine.attempts import Runs, run_to_last_answer
from autograder.engine.judge import judging
from autograder.engine.run.runner import WarmParent
from autograder.engine.run.sandbox import Limits, missing
from autograder.exercise import exercise, probe, right_answer
from course_utils.describe import encode
from course_utils.expect import accuracy, model
from course_utils.values import ask, temporary
from tests.autograder.engine import two_exercises
from tests.autograder.engine.test_attacks import assert_plain
from tests.autograder.engine.two_exercises import DOUBLE, START, source_of_test

pytestmark = [
    pytest.mark.skipif(bool(missing()), reason="this machine has no namespaces"),
    pytest.mark.tensorflow,
]
LIMITS = Limits(cell_seconds=10, notebook_seconds=60, memory=3 * 2**30, disk=64 * 2**20, file_size=32 * 2**20)


def asked(rng, n=30):
    x = rng.normal(size=(n, 3))
    right = accuracy(x.argmax(axis=1), 0.9)
    return probe(
        temporary("m.keras"), ask=ask(x, saved="path"), expect=model(accuracy=right, saved=model(accuracy=right))
    )


@exercise("largest", points=4, objective="save", time_limit=4.0)
class Largest:
    """A saved model that tells which of three numbers is the largest."""

    examples = [asked(np.random.default_rng(0))]

    def hidden(rng):
        yield asked(rng)

    @right_answer
    def saves(path):
        return None


DECODED = {"largest": make_hidden_pack(Largest), "double": two_exercises.DECODED["double"]}
RAW = {id: json.loads(json.dumps(encode(pack))) for id, pack in DECODED.items()}

HONEST = """
import keras
def make():
    made = keras.Sequential([keras.Input((3,)), keras.layers.Dense(3, use_bias=False, activation="softmax")])
    made.set_weights([np.eye(3) * 5])
    return made
def wrong():
    made = make()
    made.set_weights([-np.eye(3)])
    return made
"""


@pytest.fixture(scope="module")
def parent():
    with WarmParent(("tensorflow", "keras")) as one:
        yield one


def grade(parent, answer: str) -> tuple[dict[str, float], judging.Judgement, dict]:
    """Points, judgement and notebook of a notebook with this answer, and an honest one after it."""
    cells = [START, HONEST, textwrap.dedent(answer), source_of_test("largest"), DOUBLE, source_of_test("double")]
    tests = [cells.index(source_of_test(id)) for id in ("largest", "double")]
    made = {"cells": [two_exercises._cell(source, i in tests) for i, source in enumerate(cells)], "metadata": {}}
    result = run_to_last_answer(Runs(LIMITS, {}, parent.run), cells, judging.hidden_of(RAW))
    judgement = judging.fill_in(made, result, DECODED)
    return {id: score.points for id, score in judgement.scores.items()}, judgement, made


def test_an_honest_model_earns_its_points(parent):
    points, judgement, _ = grade(parent, "def largest(path):\n    made = make(); made.save(path); return made")
    assert points == {"largest": 4.0, "double": 2.0}, judgement


ZIP = """
import zipfile
def pack(path, members):
    make().save(path)
    with zipfile.ZipFile(path) as old: kept = {n: old.read(n) for n in old.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name, data in {**kept, **members(kept)}.items():
            with new.open(name, "w", force_zip64=True) as file:
                for part in ([data] if isinstance(data, bytes) else data): file.write(part)
"""
FILES = {  # what an answer saves; the model that it returns is right
    "not saved": "pass",
    "empty": "open(path, 'wb').close()",
    "no zip": "open(path, 'wb').write(b'PK' + b'x' * 5000)",
    "half a zip": "make().save(path); b = open(path, 'rb').read(); open(path, 'wb').write(b[:-200])",
    "a folder": "import os; os.mkdir(path)",
    "a pipe": "import os; os.mkfifo(path)",
    "an endless device": "import os; os.symlink('/dev/zero', path)",
    "itself": "import os; os.symlink(path, path)",
    "a zip bomb in its configuration": ZIP
    + "pack(path, lambda kept: {'config.json': (b' ' * 2**24 for _ in range(250))})",
    "a zip bomb in its weights": ZIP
    + "pack(path, lambda kept: {'model.weights.h5': (bytes(2**24) for _ in range(250))})",
    "deep JSON": ZIP + "pack(path, lambda kept: {'config.json': b'[' * 10**6})",
    "no JSON": ZIP + "pack(path, lambda kept: {'config.json': b'\\xff\\xfe{}'})",
    "weights that are none": ZIP
    + "pack(path, lambda kept: {'model.weights.h5': b'\\x89HDF\\r\\n\\x1a\\n' + b'x' * 9000})",
    "enormous layers": ZIP
    + "pack(path, lambda kept: {'config.json': kept['config.json'].replace(b'\"units\": 3', b'\"units\": 300000000000')})",
    "another class": ZIP
    + 'pack(path, lambda kept: {\'config.json\': kept[\'config.json\'].replace(b\'"class_name": "Sequential"\', b\'"class_name": "system"\').replace(b\'"module": "keras"\', b\'"module": "os"\')})',
    "a name that leads out": ZIP + "pack(path, lambda kept: {'../../../../out.txt': b'x', '/tmp/out.txt': b'x'})",
    "weights that lead out": """
        import h5py, io
        def links(kept):
            data = io.BytesIO(kept['model.weights.h5'])
            with h5py.File(data, 'r+') as file:
                place = next(n for n in ('layers/dense/vars', '_layer_checkpoint_dependencies/dense/vars') if n in file)
                del file[place]['0']
                file[place]['0'] = h5py.ExternalLink('/etc/passwd', '/0')
            return {'model.weights.h5': data.getvalue()}
        """
    + textwrap.indent(ZIP, " " * 8)
    + " " * 8
    + "pack(path, links)",
    "code in a Lambda layer": "m = keras.Sequential([keras.Input((3,)), keras.layers.Lambda(lambda x: __import__('os')._exit(3))])\nm.save(path)",
    "code that runs": """
        keras.config.enable_unsafe_deserialization()
        m = keras.Sequential([keras.Input((3,)), keras.layers.Lambda(lambda x: -x)])
        m.save(path)
        """,
    "code in from_config": """
        @keras.saving.register_keras_serializable()
        class Bad(keras.layers.Layer):
            def call(self, x): return x
            @classmethod
            def from_config(cls, config):
                import os; os._exit(0)
        keras.Sequential([keras.Input((3,)), Bad()]).save(path)
        """,
    "a loader that exits": "import keras.saving\nkeras.models.load_model = lambda *a, **k: (_ for _ in ()).throw(SystemExit)\nmake().save(path)",
    "a loader that lies": "made = wrong()\nmade.save(path)\nkeras.models.load_model = lambda *a, **k: type('M', (), {'predictions': 'right'})()",
}


@pytest.mark.parametrize("file", FILES.values(), ids=FILES.keys())
def test_a_file_that_attacks_is_no_saved_model(parent, file):
    body = textwrap.indent(textwrap.dedent(file), "    ")
    points, judgement, made = grade(parent, f"def largest(path):\n{body}\n    return make()")
    harmless = "out.txt" in file  # its configuration and weights are right, and nothing lies outside
    assert points == {"largest": 4.0 if harmless else 0.0, "double": 2.0}, judgement
    assert judgement.scores["largest"].words or harmless
    assert_plain(judgement)
    assert "root:" not in json.dumps(made)


MODELS = {  # what an answer returns
    "says it is right": "class M(keras.Model):\n    accuracy = 1.0\n    def call(self, x, training=None): return -x\n    def evaluate(self, *a, **k): return 1.0",
    "counts nothing": "class M(keras.Model):\n    layers = property(lambda s: iter(int, 1))\n    weights = property(lambda s: 1 / 0)\n    def call(self, x, training=None): return -x",
    "endless layers": "class M(keras.Model):\n    layers = property(lambda s: [s] * 10**6)\n    def call(self, x, training=None): return -x",
    "a configuration that exits": "class L(keras.layers.Layer):\n    def call(self, x): return -x\n    def get_config(self): raise SystemExit\nclass M:\n    def __new__(c): return keras.Sequential([keras.Input((3,)), L()])",
    "ends when asked": "class M(keras.Model):\n    def call(self, x, training=None):\n        import os; os._exit(0)",
    "never answers": "class M(keras.Model):\n    def call(self, x, training=None):\n        while True: pass",
    "answers too much": "class M(keras.Model):\n    def call(self, x, training=None): return np.zeros((len(x), 10**7), 'f4')",
    "answers NaN": "class M(keras.Model):\n    def call(self, x, training=None): return np.full((len(x), 3), np.nan)",
    "answers objects": "class M(keras.Model):\n    def call(self, x, training=None): return np.full((len(x), 3), keras, dtype=object)",
    "answers with all labels": "class M(keras.Model):\n    def call(self, x, training=None): return np.ones((len(x), 3))",
    "a name": "class M(keras.Model):\n    def call(self, x, training=None): return -x\nM.__name__ = '7341' * 10**5",
    "a class that lies": "class M:\n    __class__ = keras.Model\n    predictions = 'right'",
    "a description": "class M:\n    def __new__(c):\n        from course_utils.models import Interviewed\n        return Interviewed(None, {'type': 'model', 'predictions': 'right'})",
    "an interview that lies": "import course_utils.models as m\nm.interview = lambda *a: {'type': 'model', 'class': 'Sequential', 'problem': None}\nclass M:\n    def __new__(c): return wrong()",
}


@pytest.mark.parametrize("model", MODELS.values(), ids=MODELS.keys())
def test_a_model_that_lies_is_judged_by_what_it_predicts(parent, model):
    answer = f"{model}\ndef largest(path):\n    try: wrong().save(path)\n    finally: return M()"
    points, judgement, _ = grade(parent, answer)
    assert points == {"largest": 0.0, "double": 2.0}, judgement
    assert judgement.scores["largest"].words
    assert_plain(judgement)


def test_no_label_enters_the_sandbox():
    hidden = json.dumps(judging.hidden_of(RAW)["largest"])
    assert "accuracy" not in hidden
    assert "labels" not in hidden
