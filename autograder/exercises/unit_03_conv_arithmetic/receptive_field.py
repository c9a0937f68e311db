import math

import numpy as np

from autograder.exercise import exercise, mistake, probe

from .shared import BY_HAND, FIELD


@exercise("receptive_field", points=3, objective=FIELD, rules=[BY_HAND])
class ReceptiveField:
    """Pixels, along one axis, from the first to the last that one output of a stack of (k, s, d) layers sees."""

    def oracle(layers):
        import tensorflow as tf

        x = tf.ones((1, 1200, 1), tf.float64)
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = x
            for k, s, d in layers:
                taps = np.zeros((d * (k - 1) + 1, 1, 1))  # TensorFlow has no gradient of a dilated one on a CPU
                taps[::d] = 1
                y = tf.nn.conv1d(y, tf.constant(taps), stride=s, padding="VALID")
            middle = y[0, y.shape[1] // 2, 0]
        touched = np.flatnonzero(tape.gradient(middle, x).numpy())
        return int(touched[-1] - touched[0] + 1)

    examples = [
        probe([(3, 1, 1)]),
        probe([(3, 1, 1), (3, 1, 1)]),
        probe([(3, 2, 1), (3, 1, 1)]),
        probe([(3, 1, 1), (3, 2, 1)]),
        probe([(3, 1, 2), (5, 1, 1)]),
        probe([(5, 2, 1), (2, 2, 1), (3, 1, 2), (3, 3, 1)]),
        probe([]),
        probe([(3, 2, 1), (3, 2, 2), (3, 1, 2)]),
        probe([(1, 2, 1), (3, 1, 1)]),
    ]

    def hidden(rng):
        for depth in (1, 2, 2, 3, 3, 4, 5):
            yield probe([(int(rng.integers(2, 7)), int(rng.integers(1, 4)), 1) for _ in range(depth)])
        for depth in (1, 2, 3, 4):
            yield probe(
                [(int(rng.integers(2, 6)), int(rng.integers(1, 3)), int(rng.integers(2, 4))) for _ in range(depth)]
            )
        yield probe([(3, 1, 1), (2, 2, 1)] * 3 + [(3, 1, 1)])
        yield probe([(3, 1, 2**i) for i in range(6)])
        yield probe([(3, 1, 1)] * 9)
        yield probe([(1, 2, 1), (1, 1, 3), (4, 3, 1), (3, 1, 1)])

    ignores_stride = mistake(
        "You ignore the strides. Behind a layer with stride 2 neighbours lie two pixels apart, so whatever comes "
        "*after* it widens the field twice as much.",
        lambda layers: 1 + sum((k - 1) * d for k, _, d in layers),
    )

    @mistake("You ignore the dilations: a kernel reaches over d (k - 1) + 1 positions of the layer before it.")
    def ignores_dilation(layers):
        field, jump = 1, 1
        for k, s, _ in layers:
            field, jump = field + (k - 1) * jump, jump * s
        return field

    @mistake(
        "You let a layer's own stride widen its own field. What a window spans does not depend on where the next one"
        " lies: only the strides of the layers *before* it count."
    )
    def own_stride(layers):
        field, jump = 1, 1
        for k, s, d in layers:
            jump *= s
            field += (k - 1) * d * jump
        return field

    @mistake(
        "You multiply by the strides of the layers that come *after*. It is the strides before a layer, nearer to "
        "the input, that pull its inputs apart."
    )
    def strides_from_behind(layers):
        field, jump = 1, 1
        for k, s, d in reversed(layers):
            field, jump = field + (k - 1) * d * jump, jump * s
        return field

    @mistake(
        "You multiply the field by each layer's stride on the way up. That works from the output back: field = "
        "(field - 1) s + d (k - 1) + 1, the last layer first. On the way up it is the jump that is multiplied."
    )
    def field_times_stride(layers):
        field = 1
        for k, s, d in layers:
            field = field * s + d * (k - 1)
        return field

    only_own_stride = mistake(
        "You multiply by the layer's own stride. It is the strides of all layers *before* it, multiplied with one another,"
        " that pull its inputs apart; its own one only counts for the layers after it.",
        lambda layers: 1 + sum((k - 1) * d * s for k, s, d in layers),
    )
    kernels_only = mistake(
        "You ignore strides and dilations. A dilation widens the layer's own window, a stride all the windows after it.",
        lambda layers: 1 + sum(k - 1 for k, _, _ in layers),
    )
    sum_of_kernels = mistake(
        "You add up the kernels. A second kernel of 3 adds 2, not 3: one of its taps is already counted.",
        lambda layers: sum(k for k, _, _ in layers),
    )
    product_of_kernels = mistake(
        "You multiply the kernels. Windows overlap: at stride 1 a kernel of k adds k - 1 pixels, whatever comes before.",
        lambda layers: math.prod(k for k, _, _ in layers),
    )
    starts_at_zero = mistake(
        "You start from 0. Without any layer an output sees itself: 1.",
        lambda layers: ReceptiveField.oracle(layers) - 1,
    )

    @mistake("You add k for each layer where k - 1 is new: one tap lies where the field already is.")
    def adds_the_kernel(layers):
        field, jump = 1, 1
        for k, s, d in layers:
            field, jump = field + k * d * jump, jump * s
        return field

    @mistake("Your strides add up. They multiply: two layers with stride 2 pull neighbours four pixels apart.")
    def strides_added(layers):
        field, jump = 1, 1
        for i, (k, s, d) in enumerate(layers):
            field += (k - 1) * d * jump
            jump = s if i == 0 else jump + s
        return field

    @mistake(
        "Your numbers are right, and some of them are floats: with NumPy the product of nothing is 1.0. `math.prod` "
        "keeps ints; so does a jump that starts from 1."
    )
    def float_from_an_empty_product(layers):
        return 1 + sum((k - 1) * d * np.prod([s for _, s, _ in layers[:i]]) for i, (k, _, d) in enumerate(layers))

    @mistake(
        "A dilation widens the window of its own layer only. The layers after it see neighbours that lie as far apart as before: "
        "it is the strides alone that are multiplied."
    )
    def dilation_in_the_jump(layers):
        field, jump = 1, 1
        for k, s, d in layers:
            field, jump = field + d * (k - 1) * jump, jump * s * d
        return field

    @mistake("You add the strides up. They multiply: two layers with stride 2 pull neighbours four pixels apart.")
    def strides_less_one_added(layers):
        field, jump = 1, 1
        for k, s, d in layers:
            field, jump = field + d * (k - 1) * jump, jump + s - 1
        return field

    @mistake(
        "You add the whole reach of every layer. One of its pixels is counted already: start from 1, and let each layer add "
        "d (k - 1) jumps."
    )
    def whole_reaches(layers):
        field, jump = 0, 1
        for k, s, d in layers:
            field, jump = field + (d * (k - 1) + 1) * jump, jump * s
        return field

    @mistake(
        "You start from 0 and add 1 in each layer. Start from 1, since without any layer an output sees itself, and let each layer "
        "add d (k - 1) jumps."
    )
    def one_for_each_layer(layers):
        return ReceptiveField.oracle(layers) - 1 + len(layers)
