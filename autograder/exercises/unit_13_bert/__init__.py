"""Unit 13: the pieces of words, the two tasks of pre-training, an encoder by hand, and published weights put to use.

What the exercises of this unit keep to:

- a text is [CLS] pieces [SEP], a pair [CLS] pieces [SEP] pieces [SEP]; id 0 is padding, and padding changes nothing;
- a block's weights are a dictionary of kernels (in, out) with their biases, as Keras has them; published kernels are (out, in);
- a function that draws lots gets a NumPy Generator `rng` and is judged by how often it gives what (`course_utils.chance`).
"""

EXERCISES = [
    "wordpiece",
    "encode_pair",
    "mask_tokens",
    "nsp_pairs",
    "encoder_block",
    "load_encoder",
    "pool",
    "head",
]
