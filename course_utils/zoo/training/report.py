"""A comparison or a training as a page in Markdown, with a picture beside it."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from course_utils import files
from course_utils.zoo.training.compare import Comparison
from course_utils.zoo.training.train import Trained


def table(found: Comparison) -> str:
    """The comparison as a Markdown table, the best model first."""
    head = f"| model | {found.score_name} | 95% interval | spread over seeds | from the best | p | parameters | seconds | MB |"
    lines = [head, "|---|---|---|---|---|---|---|---|---|"]
    for row in found.rows():
        p = "" if row["p"] is None else f"{row['p']:.3f}"
        difference = "" if row["p"] is None else f"{row['difference']:+.3f} [{row['below']:+.3f}, {row['above']:+.3f}]"
        spread = f"{row['spread']:.3f} of {row['seeds']}" if row["seeds"] > 1 else ""
        cells = [row["model"], f"{row['score']:.3f}", f"{row['low']:.3f} to {row['high']:.3f}", spread, difference, p]
        cells += [f"{row['parameters']:,}", f"{row['seconds']:.1f}", f"{row['megabytes']:.0f}"]
        lines.append("| " + " | ".join(cells) + " |")
    lines += [f"| {line.name} | failed: {line.failed} | | | | | | | |" for line in found.lines if line.failed]
    return "\n".join(lines)


def write_comparison(found: Comparison, path: Path) -> Path:
    """Write the page and its picture beside it; returns the page's path."""
    picture = path.with_suffix(".png")
    files.write(picture, draw(found))
    words = [
        "# Which model for these texts?",
        "",
        *found.remarks,
        "",
        table(found),
        "",
        f"![{_alt(found)}]({picture.name})",
        "",
        "Score: a mean over the seeds; its interval and that of the difference from the best by the bootstrap over the texts. Where the",
        "interval of a difference holds 0, the data do not say which is better. p: McNemar's exact test of the first seeds.",
        "Seconds: of the processor, with reading the texts, without starting Python. MB: peak memory of the model's process.",
        "",
    ]
    files.write(path, "\n".join(words).encode())
    return path


def draw(found: Comparison) -> bytes:
    """Scores with intervals over the seconds that they took, as a PNG."""
    from matplotlib.figure import Figure

    from course_utils.plot import PALETTE, use_course_style

    use_course_style()
    figure = Figure(figsize=(7, 4), layout="constrained")
    axes = figure.subplots()
    for place, row in enumerate(found.rows()):
        color = PALETTE[place % len(PALETTE)]
        error = [[max(row["score"] - row["low"], 0)], [max(row["high"] - row["score"], 0)]]
        axes.errorbar(
            max(row["seconds"], 0.1), row["score"], yerr=error, fmt="o", color=color, capsize=3, label=row["model"]
        )
    axes.set(xscale="log", xlabel="processor seconds to train", ylabel=found.score_name)
    axes.legend(loc="center left", bbox_to_anchor=(1, 0.5), frameon=False)
    kept = io.BytesIO()
    figure.savefig(kept, format="png", dpi=120)
    return kept.getvalue()


def write_training(name: str, trained: Trained, facts: dict[str, Any], path: Path) -> Path:
    """Write a page on one trained model, with its learning curves beside it."""
    picture = path.with_suffix(".png")
    files.write(picture, _curves(trained))
    epochs = len(trained.history.get("loss", []))
    words = [f"# {name}, trained on {', '.join(facts['files'])}", ""]
    words += [f"- {key}: {value}" for key, value in facts.items() if key != "files"]
    words += [f"- epochs: {epochs}{', stopped by Ctrl-C' if trained.stopped else ''}"]
    words += [f"- {remark}" for remark in trained.remarks]
    words += ["", f"![Loss on training and validation texts over {epochs} epochs.]({picture.name})", ""]
    files.write(path, "\n".join(words).encode())
    return path


def _curves(trained: Trained) -> bytes:
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator

    from course_utils.plot import use_course_style

    use_course_style()
    figure = Figure(figsize=(6, 3.5), layout="constrained")
    axes = figure.subplots()
    for key, label in (("loss", "training"), ("val_loss", "validation")):
        values = trained.history.get(key, [])
        axes.plot(range(1, len(values) + 1), values, "o-", label=label)
    axes.set(xlabel="epoch", ylabel="loss")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.legend(frameon=False)
    kept = io.BytesIO()
    figure.savefig(kept, format="png", dpi=120)
    return kept.getvalue()


def _alt(found: Comparison) -> str:
    rows = found.rows()
    return f"{found.score_name} of {len(rows)} models over seconds; the best is {rows[0]['model']} with {rows[0]['score']:.3f}."
