"""See what a stack of layers does: how far one output looks back, and what each layer holds and costs.

What is computed (`seen_by`, `measure`) and what is drawn or clicked are apart. `seen_by` follows positions back, layer
by layer, through the arithmetic of `output_size`; `measure` lists shapes of weights and counts what is in them.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING, TypeVar

from course_utils.explore.drawing import Drawing, assemble, text
from course_utils.explore.front_end import Choice, Slider, explorer, names
from course_utils.explore.output_size import case
from course_utils.plot import PALETTE

if TYPE_CHECKING:
    from collections.abc import Sequence

    Layers = Sequence[tuple[int, int, int]]
    Net = Sequence[dict]
    Shape = tuple[int, ...]

Stack = TypeVar("Stack")  # Layers or Net

#: Stacks of (kernel, stride, dilation) to look back through, by name. A pooling layer counts like a convolution.
FIELDS: dict[str, Layers] = {
    "three kernels of 3": [(3, 1, 1), (3, 1, 1), (3, 1, 1)],
    "one kernel of 7": [(7, 1, 1)],
    "a stride of 2 first": [(3, 2, 1), (3, 1, 1), (3, 1, 1)],
    "a stride of 2 last": [(3, 1, 1), (3, 1, 1), (3, 2, 1)],
    "convolve, pool, convolve, pool": [(3, 1, 1), (2, 2, 1), (3, 1, 1), (2, 2, 1)],
    "dilations 1, 2, 4": [(3, 1, 1), (3, 1, 2), (3, 1, 4)],
}

#: Networks to count, by name: layers as Keras names them, a dict each.
NETS: dict[str, Net] = {
    "a dense head": [
        {"layer": "Conv2D", "filters": 16, "kernel_size": 3},
        {"layer": "MaxPooling2D", "pool_size": 2},
        {"layer": "Conv2D", "filters": 32, "kernel_size": 3},
        {"layer": "MaxPooling2D", "pool_size": 2},
        {"layer": "Flatten"},
        {"layer": "Dense", "units": 64},
        {"layer": "Dense", "units": 10},
    ],
    "an averaging head": [
        {"layer": "Conv2D", "filters": 16, "kernel_size": 3},
        {"layer": "MaxPooling2D", "pool_size": 2},
        {"layer": "Conv2D", "filters": 32, "kernel_size": 3},
        {"layer": "GlobalAveragePooling2D"},
        {"layer": "Dense", "units": 64},
        {"layer": "Dense", "units": 10},
    ],
    "one kernel of 7": [{"layer": "Conv2D", "filters": 16, "kernel_size": 7}],
    "three kernels of 3": [{"layer": "Conv2D", "filters": 16, "kernel_size": 3}] * 3,
    "strides instead of pooling": [
        {"layer": "Conv2D", "filters": 16, "kernel_size": 3, "strides": 2},
        {"layer": "Conv2D", "filters": 32, "kernel_size": 3, "strides": 2},
        {"layer": "GlobalAveragePooling2D"},
        {"layer": "Dense", "units": 64},
        {"layer": "Dense", "units": 10},
    ],
}


def seen_by(layers: Layers, n: int, output: int = 0) -> list[list[int]]:
    """Which positions one output depends on, from the input's (first) to its own (last), along one axis of n inputs.

    `layers`: (kernel, stride, dilation) from the input on, all valid. Raises ValueError where a window does not fit.
    """
    axes = _axes(layers, n)
    found = [[output]]
    for axis in reversed(axes):
        found.append(sorted({tap for place in found[-1] for tap in axis.taps(place)}))
    return found[::-1]


def _axes(layers: Layers, n: int) -> list:
    """The case of each layer, each on the outputs of the one before."""
    axes = []
    for kernel, stride, dilation in layers:
        axes.append(case(n, kernel, stride, "valid", dilation))
        n = axes[-1].size
    return axes


def _smallest(layers: Layers, outputs: int) -> int:
    """The least number of inputs that gives this many outputs."""
    n = outputs
    for kernel, stride, dilation in reversed(layers):
        n = (n - 1) * stride + dilation * (kernel - 1) + 1
    return n


def draw_field(layers: str | Layers, output: int = 0, outputs: int = 3) -> Drawing:
    """Draw a stack along one axis, the input at the bottom, and what one of its `outputs` looks back to.

    `layers`: a name (`FIELDS`) or (kernel, stride, dilation) tuples. Raises ValueError for a name that is not there.
    """
    layers = _named(layers, FIELDS)
    n = _smallest(layers, outputs)
    axes, found = _axes(layers, n), seen_by(layers, n, output)
    cell, gap, left, top = max(9.0, min(24.0, 560 / n)), 44, 190, 26
    centres = [[left + (i + 0.5) * cell for i in range(n)]]
    for axis in axes:
        below = centres[-1]
        centres.append([(below[axis.taps(i)[0]] + below[axis.taps(i)[-1]]) / 2 for i in range(axis.size)])

    def height(level: int) -> float:
        return top + (len(layers) - level) * (cell + gap)

    parts: list[str] = []
    for level, axis in enumerate(axes, start=1):
        for place in range(axis.size):
            chosen = place in found[level]
            for tap in axis.taps(place):
                look = f'stroke="{PALETTE[3]}" stroke-width="1.6"' if chosen else 'stroke="#cccccc" stroke-width="0.8"'
                parts.append(
                    f'<line x1="{centres[level][place]:g}" y1="{height(level) + cell:g}" '
                    f'x2="{centres[level - 1][tap]:g}" y2="{height(level - 1):g}" {look}/>'
                )
    names = ["input", *(f"k {k}, s {s}" + (f", d {d}" if d > 1 else "") for k, s, d in layers)]
    for level, name in enumerate(names):
        y = height(level)
        span = found[level][-1] - found[level][0] + 1
        parts.append(text(12, y + cell / 2 + 4, name, anchor="start", weight="bold"))
        parts.append(text(100, y + cell / 2 + 4, f"spans {span}", anchor="start"))
        for place, centre in enumerate(centres[level]):
            fill = PALETTE[1] if place in found[level] else "#f4f4f4"
            parts.append(
                f'<rect x="{centre - cell / 2:g}" y="{y:g}" width="{cell:g}" height="{cell:g}" fill="{fill}" '
                'stroke="#888"/>'
            )
    field = found[0][-1] - found[0][0] + 1
    alt = (
        f"A stack of {len(layers)} layers (kernel, stride, dilation): {', '.join(map(str, map(tuple, layers)))}. "
        f"Output {output} of {outputs} looks back to inputs {found[0][0]} to {found[0][-1]} of {n}: "
        f"its receptive field is {field}."
    )
    return assemble(parts, left + n * cell + 12, height(0) + cell + 12, alt)


@dataclass(frozen=True)
class Measured:
    """One layer of a network: its name, the (H, W, C) or (C,) shape it gives, the numbers it learns, its products."""

    name: str
    shape: Shape
    parameters: int
    multiply_adds: int


def measure(net: str | Net, input_shape: Shape) -> list[Measured]:
    """Shape, parameters and multiply-adds of each layer, for one picture of `input_shape` (H, W, C).

    `net`: a name (`NETS`) or Keras layers as dicts, e.g. {"layer": "Conv2D", "filters": 8, "kernel_size": 3}, with
    `strides`, `padding` and `dilation_rate` where they are not the default. Products with zeros of the padding count,
    as they are carried out; biases and pooling cost no product. Raises ValueError for a name or a kind of layer that is
    not known, ValueError where a window does not fit.
    """
    shape, measured = tuple(input_shape), []
    for layer in _named(net, NETS):
        weights, places, shape, name = _KINDS[layer["layer"]](layer, shape)
        held = prod(weights) + (weights[-1] if weights else 0)  # a bias for each filter or unit
        measured.append(Measured(name, shape, held if weights else 0, places * prod(weights) if weights else 0))
    return measured


def _places(layer: dict, shape: Shape, size: int, stride: int) -> Shape:
    padding, dilation = layer.get("padding", "valid"), layer.get("dilation_rate", 1)
    return tuple(case(n, size, stride, padding, dilation).size for n in shape[:2])


def _convolution(layer: dict, shape: Shape) -> tuple:
    size, stride, filters = layer["kernel_size"], layer.get("strides", 1), layer["filters"]
    out = _places(layer, shape, size, stride)
    name = f"Conv2D {size} × {size}" + (f", stride {stride}" if stride > 1 else "")
    return (size, size, shape[-1], filters), prod(out), (*out, filters), name


def _pooling(layer: dict, shape: Shape) -> tuple:
    size = layer.get("pool_size", 2)
    out = _places(layer, shape, size, layer.get("strides") or size)
    return (), 0, (*out, shape[-1]), f"{layer['layer'].removesuffix('2D')} {size} × {size}"


def _flatten(layer: dict, shape: Shape) -> tuple:
    return (), 0, (prod(shape),), "Flatten"


def _global(layer: dict, shape: Shape) -> tuple:
    return (), 0, shape[-1:], "global average"


def _dense(layer: dict, shape: Shape) -> tuple:
    return (shape[-1], layer["units"]), prod(shape[:-1]), (*shape[:-1], layer["units"]), f"Dense {layer['units']}"


#: Keras' name of a layer -> (shape of its weights, times they are used, shape of its output, words).
_KINDS = {
    "Conv2D": _convolution,
    "MaxPooling2D": _pooling,
    "AveragePooling2D": _pooling,
    "GlobalAveragePooling2D": _global,
    "Flatten": _flatten,
    "Dense": _dense,
}


def draw_counts(*nets: str | Net, input_shape: Shape = (32, 32, 3)) -> Drawing:
    """Draw each layer's parameters and multiply-adds as bars; several networks share one scale.

    `nets`: as for `measure`. Raises as `measure` does.
    """
    tables = [measure(net, input_shape) for net in nets]
    totals = [(sum(m.parameters for m in t), sum(m.multiply_adds for m in t)) for t in tables]
    longest = [max(*(getattr(m, of) for t in tables for m in t), 1) for of in ("parameters", "multiply_adds")]
    columns, width, line = (12, 165, 280, 545), 165, 24
    parts, y = [], 18
    titles = ("layer", "output", "parameters", "multiply-adds")
    parts += [text(x, y, title, anchor="start", weight="bold") for x, title in zip(columns, titles, strict=True)]
    words = []
    for net, table, total in zip(nets, tables, totals, strict=True):
        name = net if isinstance(net, str) else "my own" if len(nets) > 1 else ""
        y += line
        if name:
            parts.append(text(12, y + 6, name, anchor="start", size=14))
            y += line
        for m in table:
            parts.append(text(columns[0], y + 4, m.name, anchor="start"))
            parts.append(text(columns[1], y + 4, " × ".join(f"{n:,}" for n in m.shape), anchor="start"))
            for x, value, most, colour in zip(
                columns[2:], (m.parameters, m.multiply_adds), longest, (PALETTE[5], PALETTE[1]), strict=True
            ):
                bar = width * value / most
                parts.append(f'<rect x="{x}" y="{y - 9:g}" width="{bar:.2f}" height="17" fill="{colour}"/>')
                parts.append(text(x + bar + 5, y + 4, f"{value:,}", anchor="start", size=12))
            y += line
        parts.append(f'<line x1="12" y1="{y - 11:g}" x2="760" y2="{y - 11:g}" stroke="#888"/>')
        for x, said in zip((columns[0], *columns[2:]), ("in all", *(f"{n:,}" for n in total)), strict=True):
            parts.append(text(x, y + 6, said, anchor="start", weight="bold"))
        y += 12
        layers = ", ".join(f"{m.name} {m.parameters:,} and {m.multiply_adds:,}" for m in table)
        words.append(f"{name or 'the network'} has {total[0]:,} and {total[1]:,} in all ({layers})")
    alt = f"Parameters and multiply-adds for an input of {' by '.join(map(str, input_shape))}: {'; '.join(words)}."
    return assemble(parts, 810, y + 12, alt)


def _named(chosen: str | Stack, named: dict[str, Stack]) -> Stack:
    if not isinstance(chosen, str):
        return chosen
    if chosen not in named:
        raise ValueError(f"no {chosen!r} here; there are: {', '.join(named)}")
    return named[chosen]


def field_static(layers: str | Layers = "three kernels of 3", output: int = 0) -> Drawing:
    """The receptive field as a figure, the same wherever it runs. Arguments as for `draw_field`."""
    return draw_field(layers, output)


def field(layers: str | Layers = "three kernels of 3", output: int = 0) -> object:
    """The receptive-field explorer: choose a stack and one of its outputs, and see what it looks back to.

    Gives a widget where one can be clicked, else what `field_static` gives. `layers` may be your own tuples.
    """
    return explorer(
        draw_field,
        [Choice("layers", "stack", names(FIELDS), layers, width="340px"), Slider("output", "output", output, 0, 2)],
    )


def counts_static(*nets: str | Net, input_shape: Shape = (32, 32, 3)) -> Drawing:
    """Parameters and multiply-adds as a figure, the same wherever it runs. Arguments as for `draw_counts`."""
    return draw_counts(*nets, input_shape=input_shape)


def counts(first: str | Net = "a dense head", second: str | Net = "an averaging head", side: int = 32) -> object:
    """The counting explorer: two networks on pictures of side x side x 3, their parameters and multiply-adds as bars.

    Gives a widget where one can be clicked, else what `counts_static` gives.
    """
    return explorer(
        lambda first, second, side: draw_counts(first, second, input_shape=(side, side, 3)),
        [
            Choice("first", "first", names(NETS), first),
            Choice("second", "second", names(NETS), second),
            Slider("side", "side", side, 16, 128, 16),
        ],
    )
