"""The grading engine: warm processes, a sandbox, a judge outside it, and one writer of the gradebook.

runner       starts a warm parent and hands it jobs             (the coordinator's side, trusted)
warm         the warm parent: it imports, and forks per job     (trusted; never runs a learner's code)
sandbox      what the forked child may see and use
calls        which system calls it may not make
inside       runs a notebook's cells in the child               (untrusted from its first cell on)
kernel       ipykernel's own kernel, without sockets and threads
front_end    makes a cell's outputs of what the kernel says
streams      stdout and stderr, and the descriptors behind them
moment       what an answer finds around it, as it was at its test cell
wire         the frames that leave the sandbox, read defensively
ended        how a run ended: a kind beside the words for it
fleet        the same on other machines, through Dask             (the coordinator's side)
worker       what runs there, beside warm, sandbox and inside   (trusted; sees no gradebook and no expectation)
"""

#: A change of this number runs every submission again: it stands for what the engine does with one.
ENGINE = 6
