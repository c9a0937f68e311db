"""A chart of what it means for a class that grading runs only what answers need: minutes, unit by unit."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from autograder.proof.slices import SliceProof
from course_utils import files

CLASS = 200  # notebooks
CORES = 2  # that work side by side


def minutes(seconds: float) -> float:
    """Minutes for a class whose notebooks take so many seconds of the processor each, all cores busy."""
    return seconds * CLASS / CORES / 60


def write_chart(proofs: Sequence[SliceProof], path: Path) -> str:
    """Draw the chart, as PNG; returns its alt text.

    Of each unit: the solution's seconds of the processor, whole and in part, as `prove --sliced` has measured them.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8, 0.32 * len(proofs) + 1.2), layout="constrained")
    axes = figure.subplots()
    for place, proof in enumerate(proofs):
        for shift, seconds, colour, label in (
            (-0.19, proof.whole_seconds, "#b8bcc4", "all cells"),
            (0.19, proof.sliced_seconds, "#1f5fa8", "only what answers need"),
        ):
            took = minutes(seconds)
            axes.barh(place + shift, took, 0.36, color=colour, label=label if place == 0 else None)
            axes.text(took, place + shift, f" {took:.1f}" if took < 10 else f" {took:.0f}", va="center", fontsize=8)
    axes.set_yticks(range(len(proofs)), [proof.unit.replace("_", " ") for proof in proofs])
    axes.invert_yaxis()
    axes.margins(x=0.08)
    axes.set_xlabel(f"minutes of {CORES} cores for {CLASS} notebooks of right answers, libraries imported, data read")
    axes.spines[["top", "right"]].set_visible(False)
    figure.legend(*axes.get_legend_handles_labels(), frameon=False, ncols=2, loc="outside upper right")
    with files.replacing(path) as out:
        figure.savefig(out, format="png", dpi=110, metadata={"Software": None})
    whole, part = (sum(minutes(getattr(p, which)) for p in proofs) for which in ("whole_seconds", "sliced_seconds"))
    return (
        f"Minutes to grade {CLASS} notebooks of each unit on {CORES} cores, all cells and only what answers need: "
        f"{whole:.0f} and {part:.0f} in all."
    )
