"""See it happen: explorers that are a widget in a live notebook and a figure with alt text everywhere else.

explore.convolution("two diagonals", "diagonal")                 # a widget in a live notebook, else the figure
explore.convolution_static("two diagonals", "diagonal", step=5)  # always the figure
"""

from course_utils.explore.drawing import Drawing
from course_utils.explore.front_end import live_front_end
from course_utils.explore.sliding_window import (
    IMAGES,
    KERNELS,
    convolution,
    convolution_static,
    draw,
    grid,
    output_shape,
    output_until,
    step_at,
)

__all__ = [
    "IMAGES",
    "KERNELS",
    "Drawing",
    "convolution",
    "convolution_static",
    "draw",
    "grid",
    "live_front_end",
    "output_shape",
    "output_until",
    "step_at",
]
