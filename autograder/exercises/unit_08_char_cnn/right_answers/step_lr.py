"""Right answers to `step_lr`, each written in another way."""

import numpy as np


def power(epoch):
    return 0.01 / 2 ** min(epoch // 3, 10)


def loop(epoch):
    rate = 0.01
    for _ in range(min(10, epoch // 3)):
        rate = rate / 2
    return rate


def from_a_list(epoch):
    rates = [0.01 * 0.5**halvings for halvings in range(11) for _ in range(3)]
    return rates[epoch] if epoch < len(rates) else rates[-1]


def early_return(epoch):
    if epoch >= 30:
        return 0.01 / 1024
    return 0.01 / (1 << epoch // 3)


def with_recursion(epoch):
    def rate(steps):
        return 0.01 if steps == 0 else rate(steps - 1) / 2

    return rate(min(epoch, 30) // 3)


def with_math(epoch):
    import math

    return math.ldexp(0.01, -min(math.floor(epoch / 3), 10))


def schedule_of_keras(epoch):
    import keras

    schedule = keras.optimizers.schedules.ExponentialDecay(0.01, 3, 0.5, staircase=True)
    return float(schedule(np.minimum(epoch, 30)))


def with_numpy(epoch):
    return np.float64(0.01) * np.exp2(-np.clip(epoch // 3, 0, 10).astype(float))
