"""Right answers to `receptive_field`, each written in another way."""

import math

import numpy as np


def there_and_up(layers):
    field, jump = 1, 1
    for k, s, d in layers:
        field += (k - 1) * d * jump
        jump *= s
    return field


def back_from_the_output(layers):
    field = 1
    for k, s, d in layers[::-1]:
        field = (field - 1) * s + d * (k - 1) + 1
    return field


def by_following_positions(layers):
    first, last = 0, 0
    for k, s, d in reversed(layers):
        first, last = first * s, last * s + (k - 1) * d
    return last - first + 1


def with_recursion(layers):
    if not layers:
        return 1
    (k, s, d), *above = layers
    return (with_recursion(above) - 1) * s + d * (k - 1) + 1


def with_arrays(layers):
    kernels, strides, dilations = np.array(layers, int).reshape(-1, 3).T
    jumps = np.cumprod(np.append(1, strides[:-1]))[: len(layers)]
    return 1 + np.sum((kernels - 1) * dilations * jumps)


def with_a_generator(layers):
    return 1 + sum((k - 1) * d * math.prod(s for _, s, _ in layers[:i]) for i, (k, _, d) in enumerate(layers))


def with_accumulate(layers):
    from itertools import accumulate

    jumps = accumulate((layer[1] for layer in layers), lambda jump, stride: jump * stride, initial=1)
    return 1 + sum((layer[0] - 1) * layer[2] * jump for layer, jump in zip(layers, jumps, strict=False))


def by_the_set_of_pixels_seen(layers):
    seen = {0}
    for k, s, d in reversed(layers):
        seen = {place * s + tap * d for place in seen for tap in range(k)}
    return max(seen) - min(seen) + 1
