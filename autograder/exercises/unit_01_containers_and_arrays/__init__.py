"""Unit 01: containers, shapes, images as arrays, and where files live."""

EXERCISES = [
    "literal_type",
    "shape_of",
    "word_counts",
    "set_ops",
    "bgr_to_rgb",
    "to_grayscale",
    "stack_batch",
    "find_files",
]
