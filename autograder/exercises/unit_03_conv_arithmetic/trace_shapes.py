import math

from autograder.exercise import exercise, mistake, probe

from .shared import BY_HAND, TRACE


def conv(filters, kernel_size, **more):
    """A convolution as Keras describes it."""
    return {"layer": "Conv2D", "filters": filters, "kernel_size": kernel_size, **more}


def pool(size, kind="MaxPooling2D", **more):
    """A pooling layer as Keras describes it."""
    return {"layer": kind, "pool_size": size, **more}


def dense(units):
    """A dense layer as Keras describes it."""
    return {"layer": "Dense", "units": units}


FLATTEN, AVERAGE = {"layer": "Flatten"}, {"layer": "GlobalAveragePooling2D"}
POOL_UP = (
    "Your pooling rounds up. By default a pooling layer drops what does not fill a whole window: 5 pooled by 2 is 2."
    " Only under padding='same' is it 3."
)


@exercise("trace_shapes", points=3, objective=TRACE, rules=[BY_HAND])
class TraceShapes:
    """Shapes, without the batch, after each of the layers, which are dicts in Keras' words; ValueError: no fit."""

    def oracle(layers, input_shape):
        import keras

        shape, found = (None, *input_shape), []
        for layer in layers:
            settings = {key: value for key, value in layer.items() if key != "layer"}
            shape = getattr(keras.layers, layer["layer"])(**settings).compute_output_shape(shape)
            found.append(tuple(shape[1:]))
        return found

    examples = [
        probe([conv(3, 3)], (7, 6, 2)),
        probe([pool(2)], (5, 7, 3)),
        probe([conv(4, 3, strides=2), conv(8, 3, dilation_rate=2)], (14, 17, 3)),
        probe([conv(4, 3, strides=2, padding="same"), pool(3, strides=2, padding="same")], (9, 12, 1)),
        probe([conv(6, 3, padding="same"), pool(2), FLATTEN, dense(10)], (9, 8, 3)),
        probe([conv(5, 2), AVERAGE, dense(4)], (7, 5, 3)),
        probe([pool(3, strides=1), dense(4)], (6, 5, 2)),
        probe([pool(2), pool(2), conv(8, 3)], (9, 11, 1)),
        probe([], (5, 4, 2)),
        probe([pool(3, "AveragePooling2D"), FLATTEN, dense(6), dense(2)], (9, 6, 2)),
        probe([conv(2, 5)], (5, 6, 1)),
    ]

    def hidden(rng):
        def some(low, high):
            return int(rng.integers(low, high))

        for last in (FLATTEN, AVERAGE, FLATTEN, AVERAGE):
            head = [last, dense(some(5, 90))]
            body = [conv(some(2, 30), some(2, 5)), pool(2), conv(some(2, 30), 3, padding="same"), pool(3, strides=2)]
            yield probe([*body, *head], (some(20, 40), some(20, 40), some(1, 4)))
            strided = [conv(some(2, 30), some(2, 6), strides=some(2, 4), padding="same"), pool(2, padding="same")]
            yield probe([*strided, conv(some(2, 30), 2, strides=2)], (some(20, 40), some(20, 40), some(1, 4)))
            dilated = [conv(some(2, 30), 3, dilation_rate=some(2, 4)), pool(3, "AveragePooling2D", padding="same")]
            yield probe([*dilated, dense(some(5, 90))], (some(20, 40), some(20, 40), some(1, 4)))
        yield probe([conv(4, 5)] * 3, (14, 11, 3))
        yield probe([], (14, 11, 3))
        yield probe([conv(4, 5, padding="valid"), pool(5)], (9, 13, 2))  # both fit exactly
        yield probe([conv(3, 4, dilation_rate=2, padding="same"), conv(2, 9, padding="same"), dense(7)], (6, 5, 1))
        yield probe([pool(2, "AveragePooling2D", strides=3), FLATTEN, dense(9), dense(4)], (9, 12, 2))
        yield probe([pool(4, "AveragePooling2D")], (9, 3, 2))
        yield probe([conv(2, 3, dilation_rate=3), AVERAGE], (6, 20, 1))
        yield probe([AVERAGE], (6, 5, 4))

    pooling_rounds_up = mistake(
        POOL_UP,
        lambda layers, input_shape: trace(layers, input_shape, pool_up=True),
    )
    everything_rounds_up = mistake(
        "You round up. A window that would hang over the edge is not there: round down, unless padding is 'same'.",
        lambda layers, input_shape: trace(layers, input_shape, up=True),
    )
    pooling_moves_by_one = mistake(
        "Your pooling moves by 1 where no stride is given. A pooling layer's windows lie side by side unless told "
        "otherwise: its stride is its pool_size.",
        lambda layers, input_shape: trace(layers, input_shape, pool_step=1),
    )
    same_ignored = mistake(
        "You ignore `padding`: under 'same' the output has ceil(n / s) places, whatever the kernel.",
        lambda layers, input_shape: trace(layers, input_shape, same="ignored"),
    )
    same_keeps = mistake(
        "Under 'same' you keep the size. That holds for stride 1; with a stride it is ceil(n / s).",
        lambda layers, input_shape: trace(layers, input_shape, same="kept"),
    )
    same_rounds_down = mistake(
        "Under 'same' you round n / s down. Every *started* stride has an output: rounded up, ceil(n / s).",
        lambda layers, input_shape: trace(layers, input_shape, same="down"),
    )
    dilation_ignored = mistake(
        "You ignore `dilation_rate`: a kernel of 3 with dilation 2 reaches over 5.",
        lambda layers, input_shape: trace(layers, input_shape, dilated=False),
    )
    strides_ignored = mistake(
        "You ignore the `strides` of the convolutions: the room to move is divided by them.",
        lambda layers, input_shape: trace(layers, input_shape, strided=False),
    )

    @mistake("Your channels stay. A convolution gives one feature map for each filter: the last number is `filters`.")
    def channels_stay(layers, input_shape):
        return trace(
            layers,
            input_shape,
            change=lambda layer, before, after: (*after[:2], before[2]) if layer["layer"] == "Conv2D" else after,
        )

    with_the_input = mistake(
        "Your list starts with the shape of the input. It should hold one shape for each layer: what comes *out*.",
        lambda layers, input_shape: [tuple(input_shape), *trace(layers, input_shape)],
    )
    last_only = mistake(
        "You return the last shape. All of them are asked for: a list with one shape for each layer.",
        lambda layers, input_shape: [tuple(input_shape), *trace(layers, input_shape)][-1],
    )

    @mistake(
        "Your dense layer flattens its input. It does not: it works along the last axis and leaves the others alone,"
        " (H, W, C) -> (H, W, units). That is why a Flatten stands before it in most networks."
    )
    def dense_flattens(layers, input_shape):
        return trace(
            layers,
            input_shape,
            change=lambda layer, before, after: after[-1:] if layer["layer"] == "Dense" else after,
        )

    @mistake("Your global average keeps two axes of length 1. Height and width are gone: (C,) is left.")
    def global_keeps_axes(layers, input_shape):
        return trace(
            layers,
            input_shape,
            change=lambda layer, before, after: (1, 1, *after) if layer["layer"] == "GlobalAveragePooling2D" else after,
        )

    swapped = mistake(
        "Your heights and widths are swapped: a shape is (height, width, channels), like an image array's.",
        lambda layers, input_shape: [(s[1], s[0], s[2]) if len(s) == 3 else s for s in trace(layers, input_shape)],
    )
    no_error = mistake(
        "Your shapes are right, up to the layer whose window no longer fits. There it should stop: `raise "
        "ValueError(...)`; Keras refuses to build such a network as well.",
        lambda layers, input_shape: trace(layers, input_shape, refuse=False),
    )

    same_for_convolutions_only = mistake(
        "Your pooling layers ignore `padding`. Under 'same' they have ceil(n / s) places too, as convolutions have.",
        lambda layers, input_shape: trace(
            [without_padding(layer) if layer["layer"].endswith("Pooling2D") else layer for layer in layers], input_shape
        ),
    )
    same_by_default = mistake(
        "You take 'same' for the default. Where a layer says nothing about `padding`, it is 'valid': no zeros.",
        lambda layers, input_shape: trace([{"padding": "same", **layer} for layer in layers], input_shape),
    )
    pooling_strides_ignored = mistake(
        "Your pooling divides by `pool_size`, whatever `strides` says. The default of its stride is its size, but another may be given.",
        lambda layers, input_shape: trace(
            [{k: v for k, v in layer.items() if k != "strides" or layer["layer"] == "Conv2D"} for layer in layers],
            input_shape,
        ),
    )
    flatten_gives_a_number = mistake(
        "After `Flatten` a shape is still a tuple, of one number: `(n,)` with its comma.",
        lambda layers, input_shape: [
            shape[0] if layer["layer"] == "Flatten" else shape
            for layer, shape in zip(layers, trace(layers, input_shape), strict=True)
        ],
    )


def trace(
    layers,
    shape,
    *,
    pool_up=False,
    pool_step=None,
    same="started",
    dilated=True,
    up=False,
    strided=True,
    refuse=True,
    change=None,
):
    """Shapes by the book, with the deviations of the mistakes; `change` has the last word."""
    found = []
    for layer in layers:
        kind, before = layer["layer"], tuple(shape)
        if kind in ("Conv2D", "MaxPooling2D", "AveragePooling2D"):
            pools = kind != "Conv2D"
            k = layer["pool_size"] if pools else layer["kernel_size"]
            s = layer.get("strides") or ((pool_step or k) if pools else 1)
            s = s if strided or pools else 1
            reach = (layer.get("dilation_rate", 1) if dilated else 1) * (k - 1) + 1
            shape = []
            for n in before[:2]:
                if layer.get("padding", "valid") == "same" and same != "ignored":
                    shape.append(n if same == "kept" else n // s if same == "down" else math.ceil(n / s))
                    continue
                if n < reach and refuse:
                    raise ValueError("it does not fit")
                rounded_up = up or (pool_up and pools)
                shape.append((-(-(n - reach) // s) if rounded_up else (n - reach) // s) + 1)
            shape.append(before[2] if pools else layer["filters"])
        elif kind == "Flatten":
            shape = (math.prod(before),)
        elif kind == "GlobalAveragePooling2D":
            shape = before[2:]
        else:
            shape = (*before[:-1], layer["units"])
        shape = tuple(change(layer, before, tuple(shape)) if change else shape)
        found.append(shape)
    return found


def without_padding(layer):
    """The layer without its padding."""
    return {key: value for key, value in layer.items() if key != "padding"}
