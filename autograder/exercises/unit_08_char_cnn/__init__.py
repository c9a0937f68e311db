"""Unit 08: text as characters: look-up convolution, the paper's nets, augmentation by thesaurus, errors side by side.

What the exercises of this unit keep to:

- id 0 is "no character of the alphabet": padding, a space, anything unknown; its row of channels is all zero;
- a text fills its row from the front, and what is over is cut off at its end *before* it is read backwards;
- a function that draws lots gets a NumPy Generator `rng` and is judged by how often it gives what (`course_utils.chance`):
  each share may be off by five standard deviations and more, so that luck decides nothing.
"""

EXERCISES = [
    "quantize",
    "lookup_conv",
    "temporal_pool",
    "frame_lengths",
    "build_char_cnn",
    "sample_geometric",
    "augment",
    "step_lr",
    "error_table",
]
