"""Unit 12: attention, a decoder and its search, and two memories, each by hand; and a network that writes."""

EXERCISES = [
    "shift_decoder",
    "beam",
    "scaled_dot_product",
    "causal_mask",
    "sinusoid",
    "reverse_model",
    "entnet_update",
    "dmn_gate",
]
