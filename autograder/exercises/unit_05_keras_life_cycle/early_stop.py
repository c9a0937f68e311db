import numpy as np

from autograder.exercise import exercise, mistake, probe

from .shared import STOP


@exercise("early_stop", points=3, objective=STOP, all_or_nothing=True)
class EarlyStop:
    """How many epochs are run when training stops `patience` epochs after the best one, and which epoch is the best."""

    def oracle(losses, patience):
        """What Keras' own callback does when it is told these losses, one an epoch."""
        import keras

        class Pretender:
            """The part of a model that the callback touches; its weights are the epoch's number."""

            stop_training, epoch, restored = False, 0, 0

            def get_weights(self):
                return self.epoch

            def set_weights(self, weights):
                self.restored = weights

        network = Pretender()
        callback = keras.callbacks.EarlyStopping("val_loss", patience=patience, mode="min", restore_best_weights=True)
        callback.set_model(network)
        callback.on_train_begin()
        for network.epoch, loss in enumerate(losses, start=1):
            callback.on_epoch_end(network.epoch - 1, {"val_loss": loss})
            if network.stop_training:
                break
        callback.on_train_end()
        return network.epoch, callback.best_epoch + 1

    examples = [
        probe([3.0, 2.0, 1.0], 1),
        probe([2.0, 1.0, 1.5, 1.2, 0.5], 2),
        probe([0.9, 0.7, 0.8, 0.6, 0.65, 0.66, 0.5], 2),
        probe([5.0, 4.0, 4.0, 4.0, 1.0], 2),
        probe([1.0, 2.0, 1.9, 1.8, 1.7, 1.6, 0.5], 3),
        probe([0.4], 2),
        probe([1.0, 2.0, 3.0], 1),
        probe([3.0, 2.0, 2.5, 2.0, 2.5, 1.0], 3),
    ]

    def hidden(rng):
        for patience in (1, 2, 3, 4, 2):
            falling = 1 / np.arange(1, 16) + 0.02 * np.arange(15)
            yield probe([round(float(v), 3) for v in falling + rng.normal(0, 0.08, 15)], patience)
        yield probe([4.0, 3.0, 3.5, 3.0, 3.5, 2.0, 1.0], 3)
        yield probe([float(v) for v in range(6, 0, -1)], 2)
        yield probe([round(float(rng.uniform(0.2, 0.9)), 3)], 2)
        yield probe([2.0, 2.0, 3.0, 1.0], 2)

    @mistake(
        "The epoch where training stops is not the one to keep: patience ran out because it was *worse*. Keep the weights of "
        "the smallest loss; that is what restore_best_weights=True is for."
    )
    def keeps_the_last(losses, patience):
        stopped, _ = stop_by(losses, patience)
        return stopped, stopped

    @mistake("Both numbers are one too small: epochs count from 1 here, positions in a list from 0.")
    def counts_from_zero(losses, patience):
        stopped, best = stop_by(losses, patience)
        return stopped - 1, best - 1

    @mistake("The number of epochs is right; the best epoch is one too small. `index` counts from 0, epochs from 1.")
    def best_from_zero(losses, patience):
        stopped, best = stop_by(losses, patience)
        return stopped, best - 1

    @mistake(
        "You compare each loss with the one *before* it. Better than yesterday is not good: patience counts the epochs since "
        "the best one so far."
    )
    def compares_with_the_last(losses, patience):
        stopped, _ = stop_by(losses, patience, better=lambda loss, best, before: loss < before)
        return stopped, int(np.argmin(losses[:stopped])) + 1

    patience_taken_off = mistake(
        "The number of epochs minus `patience` is the best epoch only where patience ran out. A training that goes on to the end of the "
        "list may have its best epoch anywhere: note it when you meet it.",
        lambda losses, patience: (stop_by(losses, patience)[0], stop_by(losses, patience)[0] - patience),
    )
    looks_ahead = mistake(
        "You look at losses from after the stop. Those epochs are never run, so that nobody knows their losses: the best is "
        "the best of the epochs that were run.",
        lambda losses, patience: (stop_by(losses, patience)[0], int(np.argmin(losses)) + 1),
    )
    one_too_late = mistake(
        "It stops one epoch too late: with patience 2, the second epoch in a row without improvement is the last.",
        lambda losses, patience: stop_by(losses, patience, late=1),
    )
    ties_renew = mistake(
        "A loss that only equals the best is no improvement: of equal losses the first is kept, and this epoch counts as one more "
        "without an improvement.",
        lambda losses, patience: stop_by(losses, patience, better=lambda loss, best, before: loss <= best),
    )
    never_stops = mistake(
        "It never stops: the number of epochs run is not always the length of the list.",
        lambda losses, patience: (len(losses), int(np.argmin(losses)) + 1),
    )
    swapped = mistake(
        "The two numbers have changed places: first the epochs run, then the best of them.",
        lambda losses, patience: stop_by(losses, patience)[::-1],
    )

    best_loss = mistake(
        "The second number is the best *loss*. Asked for is the epoch that has it, counted from 1.",
        lambda losses, patience: (stop_by(losses, patience)[0], min(losses[: stop_by(losses, patience)[0]])),
    )
    both_as_losses = mistake(
        "You return losses. Asked for are the numbers of two epochs, counted from 1.",
        lambda losses, patience: tuple(losses[epoch - 1] for epoch in stop_by(losses, patience)),
    )
    none_where_it_runs_out = mistake(
        "Where the losses end before patience does, nothing is returned: put a `return` after the loop for a training that is not "
        "stopped.",
        lambda losses, patience: found if (found := stop_by(losses, patience))[0] - found[1] >= patience else None,
    )
    best_is_the_last_of_equals = mistake(
        "It stops at the right time. Of equal losses the *first* is the best epoch, and you keep a later one.",
        lambda losses, patience: (
            stop_by(losses, patience)[0],
            max(
                i + 1
                for i in range(stop_by(losses, patience)[0])
                if losses[i] == min(losses[: stop_by(losses, patience)[0]])
            ),
        ),
    )

    minimum_of_all = mistake(
        "You begin from the smallest loss of the whole list. Training has stopped by then, perhaps: go through the epochs one by one, and "
        "look only at those before.",
        lambda losses, patience: (
            min(len(losses), losses.index(min(losses)) + 1 + patience),
            losses.index(min(losses)) + 1,
        ),
    )

    @mistake("Your patience is used up for good. A new best epoch gives all of it back: begin to count anew.")
    def never_renewed(losses, patience):
        best, waited = 1, 0
        for epoch, loss in enumerate(losses, start=1):
            if loss < losses[best - 1]:
                best = epoch
            elif epoch > 1:
                waited += 1
            if waited >= patience:
                return epoch, best
        return len(losses), best


def stop_by(losses, patience, better=lambda loss, best, before: loss < best, late=0):
    """(epochs run, best epoch), with another idea of what is an improvement, or of when patience is over."""
    best, kept, wait = np.inf, 0, 0
    for epoch, loss in enumerate(losses, start=1):
        wait += 1
        if better(loss, best, losses[epoch - 2] if epoch > 1 else np.inf):
            best, kept, wait = loss, epoch, 0
        elif wait >= patience + late:
            return epoch, kept
    return len(losses), kept
