"""What several exercises of the unit use: their objectives, the layers of the paper's net, and lots to draw."""

QUANTIZE = "turn a text into the ids of its characters"
CONVOLVE = "compute a temporal convolution by look-up, and pool over time"
BUILD = "predict the frames of a nine-layer net, and build it to its layer table"
AUGMENT = "replace words by synonyms with the right chances"
COMPARE = "follow a training schedule, and set errors side by side"

LAYERS = ((7, 3), (7, 3), (3, 1), (3, 1), (3, 1), (3, 3))  # (kernel, pool) of the six convolutional layers

MANY = 5_000  # draws: a share is then off by at most 0.0071, one standard deviation


def lots(seed, times=MANY):
    """What stands for `rng` in a probe of a function that is asked often."""
    return {"seed": int(seed), "times": times}


def geometric(p, most, first=0):
    """The chances of first, first + 1, ..., most, in proportion to p, p^2, ..."""
    weights = [p**k for k in range(most + 1 - first)]
    return [weight / sum(weights) for weight in weights]


def pick(rng, chances, first=0):
    """A number from `first` on, with these chances."""
    left = rng.random()
    for number, chance in enumerate(chances, start=first):
        left -= chance
        if left < 0:
            return number
    return first + len(chances) - 1  # rounding
