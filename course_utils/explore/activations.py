"""The activation explorer: an activation function and its slope, read at a place of one's choice."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from course_utils.explore.drawing import Drawing, assemble, number, text
from course_utils.explore.front_end import Choice, Slider, explorer, names
from course_utils.plot import PALETTE

REACH = 4.0  # the drawing runs from -REACH to REACH
LOW, HIGH = -1.5, 4.0  # of the values drawn
SIZE, LEFT, TOP = 300, 46, 34  # pixels: side of the plot, and room for the numbers at its edge


@dataclass(frozen=True)
class Activation:
    """One number in, one number out; its slope; and its formula as one would write it."""

    value: Callable[[float], float]
    slope: Callable[[float], float]
    formula: str


def _sigmoid(x: float) -> float:
    return 0.5 * (1 + math.tanh(x / 2))


def _normal(x: float) -> float:
    """The share of a standard normal distribution below x."""
    return 0.5 * (1 + math.erf(x / math.sqrt(2)))


#: By the names that Keras gives them, with its settings (the slope of `leaky_relu` below zero is 0.2).
ACTIVATIONS = {
    "linear": Activation(lambda x: x, lambda x: 1.0, "x"),
    "relu": Activation(lambda x: max(x, 0.0), lambda x: float(x > 0), "max(x, 0)"),
    "leaky_relu": Activation(lambda x: max(x, 0.2 * x), lambda x: 1.0 if x > 0 else 0.2, "max(x, 0.2 x)"),
    "gelu": Activation(
        lambda x: x * _normal(x),
        lambda x: _normal(x) + x * math.exp(-x * x / 2) / math.sqrt(2 * math.pi),
        "x × (share of a normal distribution below x)",
    ),
    "softplus": Activation(lambda x: math.log1p(math.exp(-abs(x))) + max(x, 0.0), _sigmoid, "log(1 + exp(x))"),
    "sigmoid": Activation(_sigmoid, lambda x: _sigmoid(x) * (1 - _sigmoid(x)), "1 / (1 + exp(−x))"),
    "tanh": Activation(math.tanh, lambda x: 1 - math.tanh(x) ** 2, "(exp(x) − exp(−x)) / (exp(x) + exp(−x))"),
    "softsign": Activation(lambda x: x / (1 + abs(x)), lambda x: 1 / (1 + abs(x)) ** 2, "x / (1 + |x|)"),
}


def draw_activation(name: str = "relu", at: float = 1.0) -> Drawing:
    """The function (blue), its slope (orange, dashed) and both values at `at`, from -4 to 4.

    Raises ValueError, naming the functions that there are, for another name, and for a place outside the drawing.
    """
    if name not in ACTIVATIONS:
        raise ValueError(f"there is no activation {name!r} here; there are {', '.join(ACTIVATIONS)}")
    if not -REACH <= at <= REACH:
        raise ValueError(f"at={at} lies outside the drawing, which runs from {-REACH:g} to {REACH:g}")
    chosen = ACTIVATIONS[name]
    value, slope = chosen.value(at), chosen.slope(at)
    parts = [*_axes(), _curve(chosen.value, PALETTE[0], ""), _curve(chosen.slope, PALETTE[3], "7 4")]
    for height, colour in ((value, PALETTE[0]), (slope, PALETTE[3])):
        if LOW <= height <= HIGH:
            parts.append(f'<circle cx="{_x(at):g}" cy="{_y(height):.2f}" r="5" fill="{colour}"/>')
    x, y = LEFT + SIZE + 24, TOP + 30
    lines = (
        (f"{name}(x) = {chosen.formula}", "black"),
        (f"at x = {number(at)}", "black"),
        (f"its value is {number(round(value, 4))}", PALETTE[0]),
        (f"its slope (dashed) is {number(round(slope, 4))}", PALETTE[3]),
    )
    for i, (words, colour) in enumerate(lines):
        weight = "bold" if colour != "black" else "normal"
        line = text(x, y + 28 * i, words, size=14, anchor="start", weight=weight)
        parts.append(line.replace('fill="black"', f'fill="{colour}"'))
    alt = (
        f"The activation function {name}, {chosen.formula}, and its slope from {-REACH:g} to {REACH:g}: at x = {at:g} its "
        f"value is {value:.4g} and its slope {slope:.4g}."
    )
    return assemble(parts, x + 360, TOP + SIZE + 40, alt)


def activation_static(name: str = "relu", at: float = 1.0) -> Drawing:
    """The explorer as a figure, the same wherever it runs. Arguments as for `draw_activation`."""
    return draw_activation(name, at)


def activation(name: str = "relu", at: float = 1.0) -> object:
    """The activation explorer: pick a function and move along it.

    Gives a widget where one can be clicked, else what `activation_static` gives (a notebook run without a browser, a
    terminal).
    """
    return explorer(
        draw_activation,
        [
            Choice("name", "function", names(ACTIVATIONS), name),
            Slider("at", "x", at, -REACH, REACH, 0.25, width="420px"),
        ],
    )


def _x(value: float) -> float:
    return LEFT + (value + REACH) / (2 * REACH) * SIZE


def _y(value: float) -> float:
    return TOP + (HIGH - value) / (HIGH - LOW) * SIZE


def _axes() -> list[str]:
    """The two axes through 0, with a number at each whole step."""
    ends = ((_x(-REACH), _y(0), _x(REACH), _y(0)), (_x(0), _y(LOW), _x(0), _y(HIGH)))
    parts = [
        f'<line x1="{a:g}" y1="{b:.2f}" x2="{c:g}" y2="{d:.2f}" stroke="#888" stroke-width="1"/>' for a, b, c, d in ends
    ]
    for step in range(-4, 5):
        parts.append(text(_x(step), _y(LOW) + 18, number(step), size=12))
        if LOW <= step <= HIGH:
            parts.append(text(LEFT - 10, _y(step) + 4, number(step), size=12, anchor="end"))
    return [*parts, text(_x(0), _y(LOW) + 36, "x", size=13)]


def _curve(function: Callable[[float], float], colour: str, dash: str) -> str:
    """The function's line, broken where it leaves the drawing or jumps."""
    runs: list[list[str]] = [[]]
    before = None
    for i in range(-200, 201):
        x = i * REACH / 200
        value = function(x)
        jumps = before is not None and abs(value - before) > 0.5
        if not LOW <= value <= HIGH or jumps:
            runs.append([])
        if LOW <= value <= HIGH:
            runs[-1].append(f"{_x(x):.2f},{_y(value):.2f}")
        before = value
    dashes = f' stroke-dasharray="{dash}"' if dash else ""
    lines = (
        f'<polyline points="{" ".join(run)}" fill="none" stroke="{colour}" stroke-width="2.5"{dashes}/>'
        for run in runs
        if len(run) > 1
    )
    return "".join(lines)
