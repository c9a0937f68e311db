"""The members of the table on GoEmotions, as they were trained once: what every model says of every test text.

    from course_utils.zoo import table
    members = table.load()
    members.test["textcnn"]         # probabilities (seeds, 5427, 28) float16
    members.y_test                  # the right labels (5427, 28) uint8, in the order of members.classes

They are kept in less than 4 MB: as log-odds in steps of 0.1, those below -6 (a probability of 0.0025) as -6. That moves a member's
top-5 score by 0.0013 at most from what the table in docs/zoo.md has, which was made before.
Of the 5,426 validation texts, on which an ensemble is selected, the first 1,000 are kept.
`python -m course_utils.zoo compare --data goemotions` makes them anew.
"""

from __future__ import annotations

import functools
import io
import lzma
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

NAME, FILE = "goemotions_members", "goemotions_members.npz.xz"
STEP, LOWEST, HIGHEST = 0.1, -6.0, 12.0  # of log-odds; all steps fit into eight bits
VALIDATION_TEXTS = 1_000


@dataclass(frozen=True)
class Table:
    """What is kept. `test` and `validation`: model -> probabilities (seeds, texts, 28) float16."""

    names: tuple[str, ...]  # of the models, in the order of training
    classes: tuple[str, ...]
    test: dict[str, np.ndarray]
    validation: dict[str, np.ndarray]  # of the first 1,000 validation texts; without those that are sums of several
    seconds: dict[str, float]  # of the processor, the mean of a member
    parameters: dict[str, int]
    y_test: np.ndarray  # (texts, 28) uint8
    y_validation: np.ndarray


def load() -> Table:
    """What was embedded. Raises DataUnavailable where the data cannot be had."""
    from course_utils import data

    parts = data.goemotions()
    arrays = _arrays()
    names = tuple(arrays["names"].tobytes().decode().split("\n"))
    kept = {
        part: {name: unpack(arrays[f"{part} {name}"]) for name in names if f"{part} {name}" in arrays}
        for part in ("test", "validation")
    }
    facts = dict(zip(names, arrays["facts"].tolist(), strict=True))
    return Table(
        names,
        parts.classes,
        kept["test"],
        kept["validation"],
        {name: seconds for name, (seconds, _) in facts.items()},
        {name: int(parameters) for name, (_, parameters) in facts.items()},
        parts.test[1],
        parts.validation[1][:VALIDATION_TEXTS],
    )


@functools.cache
def _arrays() -> dict[str, np.ndarray]:
    from course_utils import data

    (found,) = data.locate(NAME).values()
    with np.load(io.BytesIO(lzma.decompress(found.read())), allow_pickle=False) as arrays:
        return {name: arrays[name] for name in arrays.files}


def pack(probabilities: np.ndarray) -> np.ndarray:
    """Probabilities (seeds, texts, labels) as steps of log-odds, (labels, seeds, texts) int8: of a label all together, they shrink."""
    p = np.clip(np.asarray(probabilities, "float64"), 1e-9, 1 - 1e-9)
    steps = np.clip(np.log(p / (1 - p)), LOWEST, HIGHEST) / STEP
    return np.ascontiguousarray(np.moveaxis(np.round(steps), 2, 0).astype("int8"))


def unpack(steps: np.ndarray) -> np.ndarray:
    """Probabilities (seeds, texts, labels) float16 from what `pack` gives."""
    z = np.moveaxis(steps, 0, 2).astype("float32") * STEP
    return (1 / (1 + np.exp(-z))).astype("float16")


def packed(
    test: Mapping[str, np.ndarray], validation: Mapping[str, np.ndarray], facts: Mapping[str, tuple[float, int]]
) -> bytes:
    """The file: model -> probabilities (seeds, texts, labels), and seconds and parameters. Of validation the first texts."""
    arrays: dict[str, Any] = {f"test {name}": pack(each) for name, each in test.items()}
    arrays |= {f"validation {name}": pack(each[:, :VALIDATION_TEXTS]) for name, each in validation.items()}
    out = io.BytesIO()
    names = np.frombuffer("\n".join(test).encode(), "uint8")
    arrays |= {"names": names, "facts": np.array([facts[name] for name in test], "float64")}
    np.savez(out, **arrays)
    return lzma.compress(out.getvalue(), preset=9 | lzma.PRESET_EXTREME)
