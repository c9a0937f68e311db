"""Unit 02: convolution, filters and pooling by hand.

What every exercise of this unit keeps to:

- filters that multiply and add (`corr2d`, `conv2d_true`, `conv_multi`, `corr2d_fast`, `sobel_edges`, `pool2d`) return
  float64, so that nothing overflows; filters that pick a value (`erode`, `dilate`, `median_filter`) keep the type;
- a window always lies whole inside the (padded) image, so sizes are rounded down;
- a kernel or structuring element is laid on as it is, never flipped, but in `conv2d_true`.
"""

EXERCISES = [
    "corr2d",
    "conv2d_true",
    "conv_multi",
    "corr2d_fast",
    "pool2d",
    "sobel_edges",
    "erode",
    "dilate",
    "median_filter",
]
