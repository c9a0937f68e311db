"""What several exercises of the unit use: their objectives."""

WRITE = "write labels as a sequence, and search for the likeliest one"
ATTEND = "compute attention by hand: scaled, masked, over the right axis"
PLACE = "tell a network that reads all words at once where each of them stands"
TRAIN = "train a network that writes, and catch one that looks ahead"
REMEMBER = "compute by hand how two memories choose what to keep, and read their gates"
