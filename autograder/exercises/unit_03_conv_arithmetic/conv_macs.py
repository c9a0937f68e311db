import math

from autograder.exercise import exercise, mistake, probe

from .shared import BY_HAND, COSTS


@exercise("conv_macs", points=2, objective=COSTS, rules=[BY_HAND])
class ConvMacs:
    """Multiply-adds of a convolution over one (H, W, C) picture, those with zeros of the padding included."""

    def oracle(in_shape, filters, kernel_size, strides=1, padding="valid"):
        height, width, channels = in_shape
        last = 0 if padding == "same" else kernel_size - 1  # 'same': a window starts at every s-th pixel
        multiplied = 0
        for _top in range(0, height - last, strides):
            for _left in range(0, width - last, strides):
                for _filter in range(filters):
                    for _tap in range(kernel_size * kernel_size):
                        for _channel in range(channels):
                            multiplied += 1
        return multiplied

    examples = [
        probe((3, 4, 1), 1, 2),
        probe((7, 7, 2), 3, 3),
        probe((7, 7, 2), 3, 3, strides=2),
        probe((7, 8, 2), 3, 3, padding="same"),
        probe((8, 5, 3), 4, 3, strides=2, padding="same"),
        probe((6, 5, 2), 3, 4, padding="same"),
        probe((5, 6, 4), 2, 1),
        probe((5, 5, 1), 2, 2, padding="same", strides=2),
    ]

    def hidden(rng):
        for k in (1, 2, 3, 5):
            for s in (1, 2, 3):
                height, width, channels, filters = (int(m) for m in rng.integers([6, 6, 2, 2], [14, 14, 5, 6]))
                for padding in ("valid", "same"):
                    yield probe((height, width + 2, channels), filters, k, strides=s, padding=padding)
        yield probe((9, 11, 3), 5, 3)
        yield probe((9, 12, 3), 5, 4, 2, "same")
        yield probe((10, 7, 2), 5, 2, 1, "same")
        yield probe((3, 6, 2), 4, 3, strides=2)  # as high as the kernel
        yield probe((2, 3, 2), 3, 5, padding="same")

    @mistake(
        "You take the size of the *input*. The products are made once for each number of the *output*, and a stride "
        "or valid padding leaves fewer of those."
    )
    def input_size(in_shape, filters, kernel_size, strides=1, padding="valid"):
        return math.prod(in_shape) * kernel_size**2 * filters

    @mistake("You count the biases. Adding one is no product: a multiply-add is one weight times one input.")
    def counts_biases(in_shape, filters, kernel_size, strides=1, padding="valid"):
        places = math.prod(grid_of(in_shape, kernel_size, strides, padding))
        return places * filters * (kernel_size**2 * in_shape[2] + 1)

    @mistake("You forget the channels: at each place a filter multiplies k x k numbers in *every* channel.")
    def forgets_channels(in_shape, filters, kernel_size, strides=1, padding="valid"):
        return math.prod(grid_of(in_shape, kernel_size, strides, padding)) * filters * kernel_size**2

    @mistake("You count one filter. Each of them does its own products at every place.")
    def forgets_filters(in_shape, filters, kernel_size, strides=1, padding="valid"):
        return math.prod(grid_of(in_shape, kernel_size, strides, padding)) * in_shape[2] * kernel_size**2

    @mistake(
        "Your numbers are twice as large: those are floating-point operations (FLOPs), which count a product and its"
        " addition as two. A multiply-add is one."
    )
    def flops(in_shape, filters, kernel_size, strides=1, padding="valid"):
        return (
            2
            * math.prod(grid_of(in_shape, kernel_size, strides, padding))
            * math.prod((filters, in_shape[2], kernel_size, kernel_size))
        )

    weights_only = mistake(
        "Those are the weights. Each is used once at every place of the output: multiply by its height and width.",
        lambda in_shape, filters, kernel_size, strides=1, padding="valid": kernel_size**2 * in_shape[2] * filters,
    )

    @mistake("You ignore the stride: it makes the output smaller, down and across, so there are fewer products.")
    def stride_ignored(in_shape, filters, kernel_size, strides=1, padding="valid"):
        return math.prod((*grid_of(in_shape, kernel_size, 1, padding), filters, in_shape[2], kernel_size, kernel_size))

    @mistake("You ignore the padding: under 'same' there is an output for every started stride, ceil(n / s).")
    def padding_ignored(in_shape, filters, kernel_size, strides=1, padding="valid"):
        rows, columns = grid_of(in_shape, kernel_size, strides, "valid")
        return rows * columns * filters * in_shape[2] * kernel_size**2

    @mistake("Under 'same' you keep the size of the input. With a stride the output shrinks all the same: ceil(n / s).")
    def same_ignores_stride(in_shape, filters, kernel_size, strides=1, padding="valid"):
        rows, columns = in_shape[:2] if padding == "same" else grid_of(in_shape, kernel_size, strides, padding)
        return rows * columns * filters * in_shape[2] * kernel_size**2

    @mistake("Under 'same' you round n / s down. Every *started* stride has an output: rounded up, ceil(n / s).")
    def same_rounds_down(in_shape, filters, kernel_size, strides=1, padding="valid"):
        if padding == "same":
            rows, columns = (n // strides for n in in_shape[:2])
        else:
            rows, columns = grid_of(in_shape, kernel_size, strides, padding)
        return rows * columns * filters * in_shape[2] * kernel_size**2

    @mistake(
        "Under 'same' you put k // 2 zeros on both sides. An even kernel then has a place too many in both "
        "directions; the size is simply ceil(n / s)."
    )
    def same_by_half_kernels(in_shape, filters, kernel_size, strides=1, padding="valid"):
        zeros = 2 * (kernel_size // 2) if padding == "same" else 0
        rows, columns = ((n + zeros - kernel_size) // strides + 1 for n in in_shape[:2])
        return rows * columns * filters * in_shape[2] * kernel_size**2

    @mistake(
        "You ignore the stride and the padding: both decide how large the output is, and products are made once for "
        "each of its numbers."
    )
    def always_valid_and_dense(in_shape, filters, kernel_size, strides=1, padding="valid"):
        return math.prod((*grid_of(in_shape, kernel_size, 1, "valid"), filters, in_shape[2], kernel_size, kernel_size))

    @mistake(
        "You divide the size of the input by the stride, twice. Valid padding leaves fewer places than that, and the"
        " two sides are rounded each by itself: work out height and width of the output first."
    )
    def input_size_by_stride(in_shape, filters, kernel_size, strides=1, padding="valid"):
        return math.prod(in_shape) * kernel_size**2 * filters // strides**2

    @mistake("You square the height of the output. Pictures need not be square: height times width.")
    def square_output(in_shape, filters, kernel_size, strides=1, padding="valid"):
        return grid_of(in_shape, kernel_size, strides, padding)[0] ** 2 * filters * in_shape[2] * kernel_size**2

    @mistake(
        "Under 'same' you put (k - 1) // 2 zeros on both sides. An even kernel then has a place too few in both directions: it "
        "needs an odd number of zeros. The size is simply ceil(n / s)."
    )
    def same_by_smaller_halves(in_shape, filters, kernel_size, strides=1, padding="valid"):
        zeros = 2 * ((kernel_size - 1) // 2) if padding == "same" else 0
        rows, columns = ((n + zeros - kernel_size) // strides + 1 for n in in_shape[:2])
        return rows * columns * filters * in_shape[2] * kernel_size**2


def grid_of(in_shape, k, s, padding):
    """Height and width of a convolution's output."""
    return [math.ceil(n / s) if padding == "same" else (n - k) // s + 1 for n in in_shape[:2]]
