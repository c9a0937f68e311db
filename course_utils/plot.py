"""One look for every figure of the course: a palette that colour-blind readers can tell apart, and alt text always."""

from __future__ import annotations

import base64
import html
import io
import os
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import numpy as np
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

#: Okabe and Ito's eight colours (Color Universal Design, 2008), in the order in which figures use them.
PALETTE = ("#0072B2", "#E69F00", "#009E73", "#D55E00", "#CC79A7", "#56B4E9", "#F0E442", "#000000")

#: Dots an inch at which figures are stored: more than a page shows, for dense screens, and not so many that files swell.
DPI = 120


def use_course_style() -> None:
    """Set the course's Matplotlib defaults: palette, font sizes, no frame where it says nothing."""
    import matplotlib as mpl
    from cycler import cycler

    mpl.rcParams.update(
        {
            "axes.prop_cycle": cycler(color=PALETTE[:5]),
            "axes.spines.top": False,
            "axes.spines.right": False,
            "figure.constrained_layout.use": True,
            "figure.dpi": 96,
            "font.size": 11,
            "image.interpolation": "nearest",
            "image.cmap": "gray",
            "svg.hashsalt": "course",
        }
    )


class Picture:
    """A drawn figure: a PNG with its alt text, for notebooks; the alt text alone, for terminals."""

    def __init__(self, png: bytes, alt: str, width: int) -> None:
        self.png, self.alt, self.width = png, alt, width

    def _repr_html_(self) -> str:
        data = base64.b64encode(self.png).decode()
        alt = html.escape(self.alt)
        return (
            f'<img src="data:image/png;base64,{data}" alt="{alt}" width="{self.width}" '
            'style="max-width:100%;background:white">'
        )

    def __repr__(self) -> str:
        return f"[figure: {self.alt}]"


class Unseen:
    """Stands for a figure or its axes where nobody looks: takes every call and does nothing."""

    def __getattr__(self, name: str) -> Unseen:
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __call__(self, *args: object, **kwargs: object) -> Unseen:
        return self

    def __getitem__(self, index: object) -> Unseen:
        return self

    def __setitem__(self, index: object, value: object) -> None:
        pass

    def __iter__(self) -> Iterator[Unseen]:
        yield self  # so that `(line,) = axes.plot(...)` goes well


def subplots(rows: int = 1, columns: int = 1, **options: Any) -> tuple[Figure | Unseen, Any]:
    """A figure and its axes, as `matplotlib.pyplot.subplots`; in a grading run a stand-in that costs no time.

    As there, one axes or an array of them: `options` may have `squeeze`.
    """
    if not _graded():
        import matplotlib.pyplot as plt

        return plt.subplots(rows, columns, **options)
    import numpy as np

    grid = np.empty((rows, columns), object)
    grid[:] = Unseen()
    if options.get("squeeze", True):
        grid = grid.squeeze()
    return Unseen(), grid.item() if grid.ndim == 0 else grid


def _graded() -> bool:
    """Whether a grader runs this notebook: nobody looks, and drawing would be most of the time."""
    return os.environ.get("NBGRADER_EXECUTION") == "autograde"


def show(figure: Figure | Unseen, alt: str) -> None:
    """Display `figure` with its alt text, one sentence, and close it.

    Notebooks show PNG outputs without alt text, so the figure goes out as an HTML image that has one.
    Raises ValueError when `alt` is empty.
    """
    described = _only_described(alt)
    if isinstance(figure, Unseen):
        return
    if described:
        _close(figure)
        return
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=DPI, bbox_inches="tight", metadata={"Software": None})
    _close(figure)
    from PIL import Image

    width = Image.open(buffer).width * 96 // DPI  # shown at 96 dots an inch
    picture = Picture(buffer.getvalue(), " ".join(alt.split()), width)
    from IPython.core.interactiveshell import InteractiveShell

    if InteractiveShell.initialized():
        from IPython.display import display

        display(picture)
    else:
        print(picture)


def _close(figure: Figure) -> None:
    import matplotlib.pyplot as plt

    plt.close(figure)


def _only_described(alt: str) -> bool:
    """Whether this is a grading run: then the words, printed here, are all of the figure.

    Raises ValueError when `alt` is empty, wherever it runs.
    """
    if not alt.strip():
        raise ValueError("show(figure, alt=...) needs a sentence that says what the figure shows")
    if not _graded():
        return False
    print(f"[figure: {' '.join(alt.split())}]")
    return True


def number_grid(
    axes: Axes | Unseen, values: np.ndarray, title: str = "", highlight: Sequence[tuple[int, int]] = ()
) -> None:
    """Draw a small (H, W) array on `axes` as a grid of cells with their numbers; outline the `highlight`ed (row, column)s."""
    if isinstance(axes, Unseen):
        return
    import numpy as np
    from matplotlib.patches import Rectangle

    values = np.asarray(values)
    span = np.abs(values).max() or 1
    axes.imshow(values, cmap="RdBu_r", vmin=-1.6 * span, vmax=1.6 * span)  # pale enough for black numbers
    for (row, column), value in np.ndenumerate(values):
        axes.text(column, row, f"{value:g}", ha="center", va="center", fontsize=10)
    for row, column in highlight:
        axes.add_patch(Rectangle((column - 0.5, row - 0.5), 1, 1, fill=False, edgecolor=PALETTE[3], linewidth=2.5))
    axes.set(title=title, xticks=[], yticks=[])
    axes.spines[:].set_visible(False)


def images(pictures: Mapping[str, np.ndarray], alt: str, columns: int = 4, size: float = 2.4, **imshow: Any) -> None:
    """Show pictures, a dict title -> (H, W) or (H, W, 3) array, side by side in rows of `columns`."""
    if _only_described(alt):
        return
    rows = -(-len(pictures) // columns)
    width = min(columns, len(pictures))
    figure, grid = subplots(rows, width, figsize=(size * width, (size + 0.3) * rows), squeeze=False)
    for axes in grid.flat:
        axes.axis("off")
    for axes, (title, picture) in zip(grid.flat, pictures.items(), strict=False):
        axes.imshow(picture, **imshow)
        axes.set_title(title, fontsize=10)
    show(figure, alt)


def learning_curves(history: Mapping[str, Sequence[float]], alt: str, best: int | None = None) -> None:
    """Draw every metric of a training's history, a panel each, training against validation; mark epoch `best`.

    `history`: metric -> one value an epoch, as in Keras' `History.history`; `val_...` is drawn beside its metric.
    """
    if _only_described(alt):
        return
    metrics = [name for name in history if not name.startswith("val_") and len(history[name]) > 0]
    figure, grid = subplots(1, len(metrics), figsize=(4.6 * len(metrics), 3.4), squeeze=False)
    for axes, metric in zip(grid.flat, metrics, strict=True):
        for name, label, marker in ((metric, "training", "o"), (f"val_{metric}", "validation", "s")):
            if name in history:
                epochs = range(1, len(history[name]) + 1)
                axes.plot(epochs, history[name], marker=marker, markersize=4, label=label)
        if best is not None:
            axes.axvline(best, color=PALETTE[3], linestyle=":", label=f"epoch {best}")
        axes.set(xlabel="epoch", ylabel=metric)
        axes.xaxis.get_major_locator().set_params(integer=True)
        axes.legend(frameon=False)
    show(figure, alt)


def nested_lists(axes: Axes | Unseen, nested: object, title: str = "") -> None:
    """Draw nested lists of numbers on `axes`: every pair of brackets a box, every number in its place."""
    if isinstance(axes, Unseen):
        return
    from matplotlib.patches import FancyBboxPatch

    margin = 0.22

    def size(item: object) -> tuple[float, float]:  # (width, height)
        if not isinstance(item, list):
            return 1.0, 1.0
        sizes = [size(inner) for inner in item] or [(0.5, 1.0)]
        width = sum(width for width, _ in sizes) + margin * (len(sizes) + 1)
        return width, max(height for _, height in sizes) + 2 * margin

    def draw(item: object, left: float, depth: int) -> None:
        width, height = size(item)
        if not isinstance(item, list):
            axes.text(left + width / 2, 0, f"{item:g}", ha="center", va="center", fontsize=12)
            return
        colour = PALETTE[depth % len(PALETTE)]
        style = "round,pad=0,rounding_size=0.12"
        axes.add_patch(
            FancyBboxPatch((left, -height / 2), width, height, style, facecolor=colour + "30", edgecolor=colour, lw=2)
        )
        left += margin
        for inner in item:
            draw(inner, left, depth + 1)
            left += size(inner)[0] + margin

    draw(nested, 0.0, 0)
    width, height = size(nested)
    axes.set(title=title, xlim=(-0.1, width + 0.1), ylim=(-height / 2 - 0.1, height / 2 + 0.1), aspect="equal")
    axes.axis("off")
