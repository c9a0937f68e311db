"""Right answers to `n_params`, each written in another way."""

import math

import numpy as np


def with_a_table(kind, in_shape, out_shape, kernel_size=0, use_bias=True):
    (h, w, c), (rows, columns, filters) = in_shape, out_shape
    per_filter = kernel_size * kernel_size * c + int(use_bias)
    return {
        "dense": (h * w * c + int(use_bias)) * rows * columns * filters,
        "locally_connected": rows * columns * filters * per_filter,
        "conv": filters * per_filter,
        "max_pool": 0,
    }[kind]


def with_arrays(kind, **cfg):
    rows, columns, filters = cfg["out_shape"]
    k, channels = cfg.get("kernel_size"), cfg["in_shape"][2]
    shapes = {
        "dense": lambda: [(*cfg["in_shape"], rows, columns, filters), (rows, columns, filters)],
        "locally_connected": lambda: [(rows, columns, k, k, channels, filters), (rows, columns, filters)],
        "conv": lambda: [(k, k, channels, filters), (filters,)],
        "max_pool": lambda: [(0,), (0,)],
    }[kind]()
    return sum(int(np.zeros(shape, np.uint8).size) for shape in shapes[: 1 + cfg.get("use_bias", True)])


def one_kind_by_another(kind, **cfg):
    def count(kind):
        if kind == "conv":
            one_filter = cfg["kernel_size"] ** 2 * cfg["in_shape"][-1] + cfg.get("use_bias", True)
            return one_filter * cfg["out_shape"][-1]
        if kind == "locally_connected":
            return count("conv") * cfg["out_shape"][0] * cfg["out_shape"][1]
        return 0

    if kind != "dense":
        return count(kind)
    inputs, units = (math.prod(cfg[name]) for name in ("in_shape", "out_shape"))
    return inputs * units + (units if cfg.get("use_bias", True) else 0)


def with_match_and_numpy_ints(kind, *, in_shape, out_shape, kernel_size=None, use_bias=True):
    units = np.prod(out_shape)
    match kind:
        case "dense":
            seen, sets = np.prod(in_shape), units
        case "locally_connected":
            seen, sets = kernel_size * kernel_size * in_shape[2], units
        case "conv":
            seen, sets = kernel_size * kernel_size * in_shape[2], out_shape[2]
        case _:
            return 0
    return seen * sets + sets * use_bias


def with_a_class(kind, **cfg):
    class Layer:
        def __init__(self, in_shape, out_shape, kernel_size=0, use_bias=True):
            self.ins, self.outs, self.bias = in_shape, out_shape, int(use_bias)
            self.window = kernel_size**2 * in_shape[2]

        def dense(self):
            return math.prod(self.outs) * (math.prod(self.ins) + self.bias)

        def conv(self):
            return self.outs[2] * (self.window + self.bias)

        def locally_connected(self):
            return sum(self.conv() for _ in range(self.outs[0]) for _ in range(self.outs[1]))

        def max_pool(self):
            return 0

    return getattr(Layer(**cfg), kind)()
