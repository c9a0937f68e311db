"""Calls of the unit's exercises whose values can be predicted in the head: see `autograder.authoring.banks`."""

from autograder.exercise import probe


def out_size(rng):
    for n in (5, 6, 7, 8, 9, 10, 11):  # hidden ones have 12 pixels or more, save for a few edges
        k, s, p, d = (int(m) for m in rng.integers([2, 2, 1, 2], [4, 4, 3, 4]))
        yield probe(n, 2, 2)
        yield probe(n, k, s, p=p)
        yield probe(n, k, p=p, d=d)
        yield probe(n, 3, s, p=1, d=2)


def same_pad(rng):
    for n in (8, 10, 11, 12, 13):  # hidden ones have 14 pixels or more, or fewer than 7
        yield probe(n, int(rng.integers(2, 6)), 1)
        yield probe(n, int(rng.integers(3, 6)), 2)
        yield probe(n, int(rng.integers(3, 6)), 3)


def n_params(rng):
    for _ in range(4):
        k, ins, outs = (int(m) for m in rng.integers([2, 1, 2], [4, 4, 6]))
        side = {"in_shape": (5, 5, ins), "out_shape": (6 - k, 6 - k, outs)}  # hidden ones have 6 pixels or more
        yield probe("conv", **side, kernel_size=k)
        yield probe("conv", **side, kernel_size=k, use_bias=False)
        yield probe("max_pool", in_shape=(8, 8, ins), out_shape=(4, 4, ins), kernel_size=2)
        yield probe("dense", in_shape=(2, 2, ins), out_shape=(1, 1, outs))
        yield probe("locally_connected", in_shape=(3, 3, ins), out_shape=(2, 2, outs), kernel_size=2, use_bias=False)


def conv_macs(rng):
    for _ in range(4):
        channels, filters = (int(m) for m in rng.integers([1, 2], [3, 5]))
        side = int(rng.integers(4, 6))  # hidden ones are larger
        yield probe((side, side, channels), filters, 2)
        yield probe((side, side, channels), filters, 3)
        yield probe((4, 4, channels), filters, 2, strides=2)
        yield probe((side, side, channels), filters, 3, padding="same")


def receptive_field(rng):
    # a hidden layer has a kernel of 6 at most, and a dilated one of 5; these begin with a wider one
    for k in (7, 8, 9):
        s = int(rng.integers(2, 4))
        yield probe([(k, 1, 1), (3, 1, 1)])
        yield probe([(k, s, 1), (3, 1, 1)])
        yield probe([(k, 2, 1), (2, 2, 1), (3, 1, 1)])
        yield probe([(k, 1, 2)])
        yield probe([(k, s, 1), (3, 1, 2)])
