"""Unit 03: the arithmetic of convolutions: sizes, padding, parameters, products, receptive fields, im2col.

What every exercise of this unit keeps to:

- kernels are square and pictures need not be; shapes are (height, width, channels) without the batch;
- a window that does not fit on its (padded) input is an error, as it is in Keras;
- 'same' is TensorFlow's: one output for every started stride, an odd zero goes behind.
"""

EXERCISES = [
    "out_size",
    "same_pad",
    "n_params",
    "conv_macs",
    "receptive_field",
    "im2col",
    "trace_shapes",
]
