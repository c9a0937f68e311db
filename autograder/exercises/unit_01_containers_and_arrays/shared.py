"""What several exercises of the unit use: their objectives, some words, a small picture."""

import numpy as np

LITERALS = "tell from its brackets and commas what a literal makes"
SHAPES = "read the shape of nested lists and arrays"
CONTAINERS = "count and compare with dicts and sets"
IMAGES = "move pictures between BGR, RGB, grey and float, and stack them into a batch"
FILES = "find the files of a data set without leaving your folder"

WORDS = ("cat", "dog", "the", "a", "film", "plot", "don't", "it's", "well-made", "snake_case", "café", "2024", "3.5")

BLOCK = (np.arange(18).reshape(2, 3, 3) * 7).astype(np.uint8)
