"""See it happen: explorers that are a widget in a live notebook and a figure with alt text everywhere else.

explore.convolution("two diagonals", "diagonal")                 # a widget in a live notebook, else the figure
explore.convolution_static("two diagonals", "diagonal", step=5)  # always the figure
explore.transposed("one to four", "one to nine", stride=2)       # a convolution run backwards, scattered or gathered
explore.sizes(7, 3, stride=2); explore.field("dilations 1, 2, 4"); explore.counts()  # sizes, receptive fields, costs
explore.activation("relu", at=1.0)                               # an activation function and its slope
explore.meaning(words, vectors, "king", minus="man", plus="woman")  # the words nearest to a sum of word vectors
explore.attention(read, {"name": "a text"})                      # the words and sentences that a network's attention weighs most
explore.masked(guess, {"name": "a sentence"}, place=3)           # what a network guesses to stand where a word is hidden
explore.vote({"one": said, "other": said}, y, labels, texts, score)  # what models say together, by how much each counts
"""

from course_utils.explore.activations import ACTIVATIONS, Activation, activation, activation_static, draw_activation
from course_utils.explore.attended_text import attention, attention_static, draw_attention
from course_utils.explore.convolution_matrix import draw_matrix, matrix_positions
from course_utils.explore.drawing import Drawing
from course_utils.explore.front_end import live_front_end
from course_utils.explore.masked_word import draw_masked, hidden_in, masked, masked_static
from course_utils.explore.member_weights import draw_vote, vote, vote_static, voted
from course_utils.explore.output_size import (
    PADDINGS,
    Case,
    case,
    draw_case,
    every_case,
    sizes,
    sizes_static,
    steps_of_formula,
)
from course_utils.explore.pooling_switches import draw_switches, switches_of
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
from course_utils.explore.stack import (
    FIELDS,
    NETS,
    Measured,
    counts,
    counts_static,
    draw_counts,
    draw_field,
    field,
    field_static,
    measure,
    seen_by,
)
from course_utils.explore.transposed_convolution import (
    FEATURE_MAPS,
    STAMPS,
    VIEWS,
    draw_transposed,
    every_transposed_case,
    gathered_until,
    inputs_of,
    spread,
    stamp_at,
    stamped_until,
    transposed,
    transposed_shape,
    transposed_static,
)
from course_utils.explore.word_space import draw_meaning, meaning, meaning_static, nearest_to

__all__ = [
    "ACTIVATIONS",
    "FEATURE_MAPS",
    "FIELDS",
    "IMAGES",
    "KERNELS",
    "NETS",
    "PADDINGS",
    "STAMPS",
    "VIEWS",
    "Activation",
    "Case",
    "Drawing",
    "Measured",
    "activation",
    "activation_static",
    "attention",
    "attention_static",
    "case",
    "convolution",
    "convolution_static",
    "counts",
    "counts_static",
    "draw",
    "draw_activation",
    "draw_attention",
    "draw_case",
    "draw_counts",
    "draw_field",
    "draw_masked",
    "draw_matrix",
    "draw_meaning",
    "draw_switches",
    "draw_transposed",
    "draw_vote",
    "every_case",
    "every_transposed_case",
    "field",
    "field_static",
    "gathered_until",
    "grid",
    "hidden_in",
    "inputs_of",
    "live_front_end",
    "masked",
    "masked_static",
    "matrix_positions",
    "meaning",
    "meaning_static",
    "measure",
    "nearest_to",
    "output_shape",
    "output_until",
    "seen_by",
    "sizes",
    "sizes_static",
    "spread",
    "stamp_at",
    "stamped_until",
    "step_at",
    "steps_of_formula",
    "switches_of",
    "transposed",
    "transposed_shape",
    "transposed_static",
    "vote",
    "vote_static",
    "voted",
]
