"""What several exercises of the unit use: their objectives, and the rule that they are worked out by hand."""

from autograder.exercise import OTHER_LIBRARIES, forbid_calls

SIZES = "predict the size of an output from kernel, stride, padding and dilation"
COSTS = "count the parameters of a layer, and the multiply-adds that it costs"
FIELD = "say how much of the input one output sees"
MATRIX = "turn a convolution into one matrix product"
TRACE = "trace every shape through a network before it is built"


def _by_scipy(*args, **named):
    """An answer that breaks the rule below."""
    import scipy.ndimage

    return scipy.ndimage.uniform_filter1d([1.0, 2.0, 3.0], 2)


BY_HAND = forbid_calls(
    *OTHER_LIBRARIES,
    "course_utils",
    hint="This one is for you to work out: plain Python and NumPy, no other library and no explorer.",
    said="plain Python and NumPy, no other library",
    broken_by=_by_scipy,
)
