import math

from autograder.exercise import exercise, mistake, probe

from .shared import BY_HAND, COSTS

CUBE = {"in_shape": (7, 7, 2), "out_shape": (5, 5, 3)}


@exercise("n_params", points=2, objective=COSTS, rules=[BY_HAND])
class NParams:
    """Numbers that a layer of this kind has to learn between in_shape and out_shape."""

    def oracle(kind, **cfg):
        import keras

        ins, outs, bias = cfg["in_shape"], cfg["out_shape"], cfg.get("use_bias", True)

        def built(layer, shape):
            layer.build((None, *shape))
            return layer.count_params()

        if kind == "max_pool":
            return built(keras.layers.MaxPooling2D(cfg["kernel_size"]), ins)
        if kind == "dense":
            return built(keras.layers.Dense(math.prod(outs), use_bias=bias), (math.prod(ins),))
        k, filters = cfg["kernel_size"], outs[2]
        if kind == "conv":
            return built(keras.layers.Conv2D(filters, k, use_bias=bias), ins)
        # Keras 3 has no locally connected layer: a small convolution of its own for each place
        patch = (k, k, ins[2])
        return sum(built(keras.layers.Conv2D(filters, k, use_bias=bias), patch) for _ in range(outs[0] * outs[1]))

    examples = [
        probe("conv", in_shape=(4, 4, 1), out_shape=(3, 3, 1), kernel_size=2),
        probe("locally_connected", in_shape=(4, 4, 1), out_shape=(3, 3, 1), kernel_size=2),
        probe("dense", **CUBE),
        probe("dense", **CUBE, use_bias=False),
        probe("locally_connected", **CUBE, kernel_size=3),
        probe("conv", **CUBE, kernel_size=3),
        probe("conv", **CUBE, kernel_size=3, use_bias=False),
        probe("max_pool", in_shape=(6, 6, 4), out_shape=(3, 3, 4), kernel_size=2),
        probe("dense", in_shape=(5, 4, 3), out_shape=(1, 1, 10)),
        probe("conv", in_shape=(6, 4, 3), out_shape=(6, 4, 8), kernel_size=3, use_bias=True),
        probe("locally_connected", in_shape=(5, 4, 3), out_shape=(4, 3, 2), kernel_size=2, use_bias=False),
    ]

    def hidden(rng):
        for k in (1, 2, 3, 5):
            height, width, channels, filters = (int(m) for m in rng.integers([6, 6, 2, 2], [9, 9, 5, 7]))
            ins, outs = (height, width, channels), (height - k + 1, width - k + 1, filters)
            for kind in ("dense", "locally_connected", "conv"):
                sides = {} if kind == "dense" else {"kernel_size": k}
                yield probe(kind, in_shape=ins, out_shape=outs, **sides)
                yield probe(kind, in_shape=ins, out_shape=outs, **sides, use_bias=False)
        yield probe("conv", in_shape=(32, 30, 3), out_shape=(15, 14, 64), kernel_size=3, use_bias=True)
        yield probe("locally_connected", in_shape=(9, 8, 2), out_shape=(4, 3, 5), kernel_size=3)  # with a stride of 2
        yield probe(
            "locally_connected", in_shape=(4, 6, 3), out_shape=(4, 6, 2), kernel_size=3, use_bias=False
        )  # 'same'
        yield probe("max_pool", in_shape=(9, 8, 3), out_shape=(4, 3, 3), kernel_size=3)

    bias_per_position = mistake(
        "You give a convolution a bias for each place of its output. A filter is the same everywhere, and so is its "
        "bias: one a filter.",
        lambda kind, **cfg: count_kinds(kind, cfg, bias="place"),
    )
    forgets_channels = mistake(
        "Your filters forget the channels: a filter has a slice of k x k weights for each channel of the input.",
        lambda kind, **cfg: count_kinds(kind, cfg, channels=False),
    )
    bias_forgotten = mistake(
        "The biases are missing. A layer has them unless `use_bias=False` says otherwise: one a unit or filter.",
        lambda kind, **cfg: count_kinds(kind, cfg, bias="never"),
    )
    bias_always = mistake(
        "You count the biases even where `use_bias=False` says that there are none.",
        lambda kind, **cfg: count_kinds(kind, cfg, bias="always"),
    )
    one_bias = mistake(
        "You count one bias for the whole layer. Each filter, each unit has a bias of its own.",
        lambda kind, **cfg: count_kinds(kind, cfg, bias="one"),
    )
    shared_for_local = mistake(
        "What you call locally connected is the shared count, 57 in the example of the text: the same weights at "
        "every place. Locally connected means a filter of its own, bias included, at each of the places: 25 times as"
        " many.",
        lambda kind, **cfg: count_kinds(kind, cfg, swap={"locally_connected": "conv"}.items()),
    )
    local_for_conv = mistake(
        "You give a convolution weights of its own at every place. That would be a locally connected layer; a "
        "convolution slides one and the same filter over all places, so their number does not matter.",
        lambda kind, **cfg: count_kinds(kind, cfg, swap={"conv": "locally_connected"}.items()),
    )
    local_with_shared_bias = mistake(
        "Your locally connected layer shares its biases. Nothing is shared in it: every place has a bias for each "
        "filter too, k k C + 1 numbers.",
        lambda kind, **cfg: count_kinds(kind, cfg, local_bias="shared"),
    )

    @mistake(
        "Your dense layer joins channels only. It joins *every* number of the input with every number of the output:"
        " 7 x 7 x 2 = 98 of them with 5 x 5 x 3 = 75."
    )
    def dense_on_channels(kind, **cfg):
        if kind != "dense":
            return count_kinds(kind, cfg)
        return (cfg["in_shape"][-1] + cfg.get("use_bias", True)) * cfg["out_shape"][-1]

    @mistake(
        "You give every place of the *input* a set of weights. There is one for each place of the output, 5 x 5 in the "
        "example of the text: that is how many windows there are."
    )
    def local_on_input_places(kind, **cfg):
        if kind != "locally_connected":
            return count_kinds(kind, cfg)
        return count_kinds("conv", cfg) * pixels(cfg["in_shape"])

    @mistake("You count one filter. The last number of `out_shape` says how many there are.")
    def one_filter(kind, **cfg):
        filters = 1 if kind in ("dense", "max_pool") else cfg["out_shape"][2]
        return count_kinds(kind, cfg) // filters

    pooling_learns = mistake(
        "Pooling learns nothing: it takes the largest number of each window, so it has 0 parameters.",
        lambda kind, **cfg: count_kinds("conv" if kind == "max_pool" else kind, cfg),
    )

    one_bias_but_local = mistake(
        "You count one bias for the whole layer, or for each place. Each filter, each unit has a bias of its own.",
        lambda kind, **cfg: count_kinds(kind, cfg, bias="one", local_bias="place"),
    )
    pooling_has_a_window = mistake(
        "Pooling learns nothing: it takes the largest number of each window, so it has 0 parameters.",
        lambda kind, **cfg: (
            cfg["kernel_size"] ** 2 * cfg["in_shape"][2] if kind == "max_pool" else count_kinds(kind, cfg)
        ),
    )
    pooling_forgotten = mistake(
        "For 'max_pool' your function returns None. Pooling learns nothing: return 0.",
        lambda kind, **cfg: None if kind == "max_pool" else count_kinds(kind, cfg),
    )
    shared_bias_and_no_pooling = mistake(
        "Two things: for 'max_pool' you return None, where 0 is right; and a locally connected layer shares nothing, so every place "
        "has a bias for each filter too.",
        lambda kind, **cfg: None if kind == "max_pool" else count_kinds(kind, cfg, local_bias="shared"),
    )


def pixels(shape):
    """How many places a (H, W, C) or (H, W) shape has."""
    return shape[0] * shape[1]


def count_kinds(kind, cfg, *, channels=True, bias="filter", local_bias="own", swap=()):
    """Parameters by the book, with the deviations of the mistakes."""
    kind = dict(swap).get(kind, kind)
    if kind == "max_pool":
        return 0
    (ins, outs), with_bias = (cfg["in_shape"], cfg["out_shape"]), cfg.get("use_bias", True)
    if bias == "always":
        with_bias = True
    if bias == "never":
        with_bias = False
    if kind == "dense":
        units = math.prod(outs)
        return math.prod(ins) * units + with_bias * (1 if bias == "one" else units)
    weights = cfg["kernel_size"] ** 2 * (ins[2] if channels else 1)
    if kind == "locally_connected":
        own = {"own": pixels(outs) * outs[2], "shared": outs[2], "place": pixels(outs)}[local_bias]
        one = bias == "one" and local_bias == "own"
        return pixels(outs) * weights * outs[2] + with_bias * (1 if one else own)
    biases = {"place": pixels(outs) * outs[2], "one": 1}.get(bias, outs[2])
    return weights * outs[2] + with_bias * biases
