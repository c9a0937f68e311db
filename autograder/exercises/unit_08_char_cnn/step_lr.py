from fractions import Fraction

from autograder.exercise import exercise, mistake, probe

from .shared import COMPARE


@exercise("step_lr", points=1, objective=COMPARE, all_or_nothing=True)
class StepLr:
    """The step size of an epoch, counted from 0: it begins with 0.01 and is halved every 3 epochs, ten times in all."""

    def oracle(epoch):
        rate, halved = Fraction(1, 100), 0
        for each in range(1, epoch + 1):
            if each % 3 == 0 and halved < 10:
                rate, halved = rate / 2, halved + 1
        return float(rate)

    examples = [
        probe(0),
        probe(2),
        probe(3),
        probe(5),
        probe(6),
        probe(29),
        probe(30),
        probe(40),
        probe(8),
        probe(33),
        probe(12),
        probe(20),
        probe(100),
    ]

    def hidden(rng):
        for epoch in (1, 4, 8, 9, 10, 11, 32, 33, 34, *rng.integers(12, 30, size=4).tolist(), 100):
            yield probe(int(epoch))

    from_one = mistake(
        "Off by one: Keras counts epochs from 0, so that 0, 1 and 2 share the first step size, and epoch 3 is the first with half of it.",
        lambda epoch: 0.01 * 0.5 ** min(max(epoch - 1, 0) // 3, 10),
    )
    too_early = mistake(
        "Off by one: you halve an epoch too early. 0, 1 and 2 are three epochs; the step is halved when epoch 3 begins.",
        lambda epoch: 0.01 * 0.5 ** min((epoch + 1) // 3, 10),
    )
    smooth = mistake(
        "Your step size falls a little each epoch. It stays for three epochs, then is halved: divide with `//`.",
        lambda epoch: 0.01 * 0.5 ** min(epoch / 3, 10),
    )
    every_epoch = mistake(
        "You halve every epoch. Every third one is asked for: epoch // 3 halvings.",
        lambda epoch: 0.01 * 0.5 ** min(epoch, 10),
    )
    for_ever = mistake(
        "It goes on for ever: after the tenth halving, from epoch 30 on, the step size stays as it is.",
        lambda epoch: 0.01 * 0.5 ** (epoch // 3),
    )
    twice_as_often = mistake(
        "You divide by 2, 4, 6, ... Halving again and again divides by 2, 4, 8, ...: powers of two.",
        lambda epoch: 0.01 / (2 * min(epoch // 3, 10) or 1),
    )
    counts_up = mistake(
        "You divide by 1, 2, 3, 4, ... Halving again and again divides by 1, 2, 4, 8, ...: powers of two.",
        lambda epoch: 0.01 / (min(epoch // 3, 10) + 1),
    )
    ten_epochs = mistake(
        "You stop after ten *epochs*. There are ten halvings, one every three epochs: limit `epoch // 3`, not `epoch`.",
        lambda epoch: 0.01 * 0.5 ** (min(epoch, 10) // 3),
    )
    nine_halvings = mistake(
        "You stop after nine halvings. The tenth is at epoch 30.",
        lambda epoch: 0.01 * 0.5 ** min(epoch // 3, 9),
    )
    eleven_halvings = mistake(
        "You halve once too often: the tenth halving, at epoch 30, is the last.",
        lambda epoch: 0.01 * 0.5 ** min(epoch // 3, 11),
    )
    every_other = mistake(
        "You halve after other numbers of epochs than three.",
        lambda epoch: 0.01 * 0.5 ** min(epoch // 2, 10),
    )
    tenths = mistake(
        "A tenth each time is another schedule: this one halves.",
        lambda epoch: 0.01 * 0.1 ** min(epoch // 3, 10),
    )
    constant = mistake(
        "Your step size does not change. It is halved every three epochs.",
        lambda epoch: 0.01,
    )
