"""Probe arguments that are too large or too alive to be stored: they are described by name and made when needed.

`describe_argument` describes an argument of a probe, `restore` makes the value that a description stands for. And `ask`: what
a probe wants to know of the Keras model that an answer returns.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from course_utils.describe import Description, describe


@dataclass(frozen=True)
class Tree:
    """A folder with these files: path relative to the folder -> text. An answer receives a temporary `pathlib.Path`."""

    files: Mapping[str, str]


@dataclass(frozen=True)
class Dataset:
    """Rows `start` to `stop` of one column of one split of a data set that `course_utils.data` can load."""

    name: str
    split: str
    column: str
    start: int = 0
    stop: int | None = None
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Temporary:
    """A path in a new temporary folder; no file is there yet. An answer receives a `pathlib.Path`, or a str if `text`."""

    name: str
    text: bool = False


@dataclass(frozen=True)
class Tensor:
    """An array that an answer receives as a TensorFlow tensor."""

    array: Any


@dataclass(frozen=True)
class Drawn:
    """One column of the examples that `course_utils.pictures` draws from a seed."""

    name: str
    column: str
    n: int
    seed: int
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Model:
    """A Keras model, made where the answer runs: layers one after the other, with these weights."""

    input_shape: tuple[int | None, ...]
    layers: list[tuple[str, Mapping[str, Any]]]  # ("Dense", {"units": 3, "activation": "relu"})
    weights: list[Any] | None = None  # arrays in the order of `get_weights`; None: as Keras draws them
    compile: Mapping[str, Any] | None = None  # arguments of `compile`
    functional: bool = False
    updates: int = 0  # how often its optimizer is said to have stepped


@dataclass(frozen=True)
class Steps:
    """A function from the tokens so far to the logarithms of the chances of each next token; a table that can be kept."""

    table: Mapping[tuple[int, ...], Sequence[float]]  # tokens so far -> the chance of each token to come next


@dataclass(frozen=True)
class Learner:
    """A function from rows and labels to what it has learned from them: one of `course_utils.learners`."""

    name: str
    classes: int


def tree(files: Mapping[str, str]) -> Tree:
    """A temporary folder with these files, e.g. `tree({"a.png": "", "deep/b.png": ""})`."""
    return Tree(dict(files))


def dataset(name: str, split: str, column: str, start: int = 0, stop: int | None = None, **options: Any) -> Dataset:
    """Rows of a data set, e.g. `dataset("imdb_ids", "test", "x", 0, 5000, encode="multi_hot")`."""
    return Dataset(name, split, column, start, stop, options)


def temporary(name: str, text: bool = False) -> Temporary:
    """A path to write to, e.g. `temporary("model.keras")`; its folder is new and is removed after the call."""
    return Temporary(name, text)


def tensor(array: Any) -> Tensor:
    """A TensorFlow tensor, e.g. `tensor([[1.0, 2.0]])`: `check` imports TensorFlow when the answer is called."""
    return Tensor(array)


def drawn(name: str, column: str, n: int, seed: int, **options: Any) -> Drawn:
    """Column "x" (pictures) or "y" (labels) of `n` examples, e.g. `drawn("left_or_right", "x", 400, seed=5)`."""
    return Drawn(name, column, n, seed, options)


def model(
    input_shape: tuple,
    *layers: tuple[str, Mapping[str, Any]],
    weights: list | None = None,
    compile: Mapping[str, Any] | None = None,
    functional: bool = False,
    updates: int = 0,
) -> Model:
    """A Keras model, e.g. `model((4,), ("Dense", {"units": 3, "activation": "relu"}), ("Dense", {"units": 1}))`.

    `weights`: the arrays that `get_weights` would give, so that what it predicts is the same everywhere. `compile`: what its
    `compile` is given, plain values only, e.g. `{"optimizer": "adam", "loss": "mse"}`. `functional`: made of calls rather
    than as a `Sequential`. `updates`: what a compiled model's optimizer counts as its steps so far.
    """
    return Model(tuple(input_shape), list(layers), weights, compile, functional, updates)


def steps(table: Mapping[tuple[int, ...], Sequence[float]]) -> Steps:
    """A step of a decoder, e.g. `steps({(): [0.1, 0.6, 0.3], (1,): [0.9, 0.1, 0.0], (2,): [1.0, 0.0, 0.0]})`.

    The answer receives a function: it takes the tokens so far, in a list, tuple or array, and gives a (tokens,) array, the
    natural logarithm of each chance. For tokens that the table does not have, all that may come are equally likely.
    """
    return Steps({tuple(int(token) for token in so_far): [float(p) for p in row] for so_far, row in table.items()})


def learner(name: str, classes: int) -> Learner:
    """A way to learn, e.g. `learner("nearest", classes=3)`: see `course_utils.learners`.

    The answer receives a function `fit`: it takes x, (n, width), and y, (n,), and gives a function from rows to (rows, classes).
    """
    return Learner(name, classes)


def ask(
    *predict: Any,
    fit: tuple[Any, Any] | None = None,
    epochs: int = 1,
    batch_size: int = 32,
    learning_rate: float | None = None,
    compile: Mapping[str, Any] | None = None,
    saved: str = "",
    seed: int = 0,
) -> dict:
    """What a probe asks of the model that an answer returns: `probe(4, 3, ask=ask(x, fit=(x, y), epochs=20))`.

    `predict`: batches of inputs (arrays, or what `drawn` and `dataset` stand for); the model's outputs for each are
    noted. `fit`: inputs and targets to train it on, by `compile` where that is given or else as it was compiled, at this
    `learning_rate` where one is given; the losses and metrics of each epoch are noted, and the outputs once more.
    `saved`: the name of the argument that is a path: the file there is loaded, and what was loaded is asked the
    same. `seed`: seeds Keras before the answer is called. All of this happens where the answer runs and counts
    towards its time limit; the probe takes the inputs there, and what is expected of the outputs stays behind.
    """

    def plain(value: Any) -> dict:
        described = describe_argument(value)
        if described["type"] not in ("array", "drawn", "dataset") or described.get("tensor"):
            raise ValueError(f"a model is asked about arrays, drawn examples and data sets, not {described['type']!r}")
        return described

    training = None
    if fit is not None:
        x, y = map(plain, fit)
        training = {"x": x, "y": y, "epochs": epochs, "batch_size": batch_size}
        training["learning_rate"] = learning_rate
        training["compile"] = dict(compile) if compile else None
    return {"predict": [plain(each) for each in predict], "fit": training, "saved": saved, "seed": seed}


def describe_argument(value: Any) -> Description:
    """Describe a probe's argument: like `describe`; what this module makes when needed stays a reference."""
    if isinstance(value, Tree):
        return {"type": "tree", "files": dict(value.files)}
    if isinstance(value, Dataset):
        return {"type": "dataset", "ref": {**vars(value), "options": dict(value.options)}}
    if isinstance(value, Drawn):
        return {"type": "drawn", "ref": {**vars(value), "options": dict(value.options)}}
    if isinstance(value, Temporary):
        return {"type": "temporary", "ref": dict(vars(value))}
    if isinstance(value, Tensor):
        import numpy

        return {**describe(numpy.asarray(value.array)), "tensor": True}
    if isinstance(value, Model):
        import numpy

        recipe = {**vars(value), "type": "model recipe", "input_shape": list(value.input_shape)}
        recipe["layers"] = [[name, dict(options)] for name, options in value.layers]
        recipe["compile"] = dict(value.compile) if value.compile else None
        recipe["weights"] = None if value.weights is None else [describe(numpy.asarray(w)) for w in value.weights]
        return recipe
    if isinstance(value, Steps):
        return {"type": "steps", "table": [[list(so_far), list(row)] for so_far, row in value.table.items()]}
    if isinstance(value, Learner):
        return {"type": "learner", "ref": dict(vars(value))}
    described = describe(value)
    if described["type"] in ("object", "model"):
        raise ValueError(
            f"a probe cannot hold {value!r}: only plain values, containers, arrays, and what course_utils.values makes"
        )
    return described


class Workspace:
    """Where the folders of one probe live, as a context manager: made by `folder`, removed at the end."""

    def __init__(self) -> None:
        self._temporary: list[tempfile.TemporaryDirectory] = []
        self.roots: list[Path] = []

    def __enter__(self) -> Workspace:
        return self

    def __exit__(self, *error: object) -> None:
        for folder in self._temporary:
            folder.cleanup()

    def _new(self) -> Path:
        temporary = tempfile.TemporaryDirectory(prefix="probe_", ignore_cleanup_errors=True)
        self._temporary.append(temporary)
        self.roots.append(Path(temporary.name).resolve())
        return self.roots[-1]

    def path(self, temporary: Temporary) -> Path | str:
        """The path `temporary.name` in a new temporary folder."""
        path = self._new() / temporary.name
        return str(path) if temporary.text else path

    def folder(self, tree: Tree) -> Path:
        """Write the tree's files into a new temporary folder; return its absolute path."""
        root = self._new()
        for name, text in tree.files.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return root


_COLLECTIONS = {"list": list, "tuple": tuple, "set": set, "frozenset": frozenset}


def restore(described: Description, workspace: Workspace | None = None) -> Any:
    """The value that a description stands for, freshly made: what a probe's argument becomes when an answer is called.

    `workspace` holds the temporary folders of `tree` arguments.
    Raises ValueError for a description that stands for no value (an `object`), or for a folder without a `workspace`.
    """
    kind = described["type"]
    if kind == "NoneType":
        return None
    if kind == "complex":
        return complex(*described["value"])
    if kind in ("bool", "int", "float", "str", "bytes"):
        return described["value"]
    if kind in _COLLECTIONS:
        return _COLLECTIONS[kind]([restore(item, workspace) for item in described["items"]])
    if kind == "dict":
        return {restore(key, workspace): restore(item, workspace) for key, item in described["items"]}
    if kind == "array":
        return _restore_array(described)
    if kind == "path":
        return Path(described["value"])
    if kind in ("tree", "temporary"):
        if workspace is None:
            raise ValueError(f"a {kind} argument is in a workspace, and there is none")
        is_tree = kind == "tree"
        return workspace.folder(Tree(described["files"])) if is_tree else workspace.path(Temporary(**described["ref"]))
    return _restore_large(described)


def _restore_array(described: Description) -> Any:
    if described.get("tensor"):
        import tensorflow

        return tensorflow.constant(described["value"])
    array = described["value"].copy()
    return array[()] if described.get("scalar") else array


def _restore_large(described: Description) -> Any:
    """What takes long to make, and other modules to make it."""
    kind = described["type"]
    if kind == "dataset":
        from course_utils import data

        return data.resolve(Dataset(**described["ref"]))
    if kind == "drawn":
        from course_utils import pictures

        return pictures.resolve(**described["ref"])
    if kind == "learner":
        from course_utils import learners

        return learners.resolve(**described["ref"])
    if kind == "steps":
        return _step_of({tuple(so_far): row for so_far, row in described["table"]})
    if kind == "model recipe":
        from course_utils import models

        weights = described["weights"]
        return models.make_model(described, None if weights is None else [restore(each) for each in weights])
    raise ValueError(f"a description of type {kind!r} stands for no value")


def _step_of(table: dict[tuple[int, ...], list[float]]) -> Callable[[Any], Any]:
    """The function that a table of `steps` stands for."""
    import numpy as np

    width = len(next(iter(table.values())))

    def step(tokens: Any) -> Any:
        row = table.get(tuple(int(token) for token in tokens), [1 / width] * width)
        with np.errstate(divide="ignore"):
            return np.log(np.array(row, float))

    return step
