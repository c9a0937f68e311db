"""Unit 04: convolution run backwards, upsampling, unpooling, and a network that labels every pixel.

What every exercise of this unit keeps to:

- `conv2d_transpose` is the adjoint of the correlation of unit 02: same kernel, never flipped, the same stride and
  padding; `pad` is what the *forward* convolution put around its input, so it is cut off here;
- its size is (n - 1) s + k - 2 p, as short as it can be; Keras' layer never goes below n s, which `out_size_t` tells;
- a switch is a flat position, row * width + column, in the map that was pooled.
"""

EXERCISES = [
    "conv_matrix",
    "conv2d_transpose",
    "out_size_t",
    "overlap_counts",
    "upsample_nearest",
    "max_pool_switches",
    "max_unpool",
    "build_fcn",
]
