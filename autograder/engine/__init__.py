"""The grading engine: warm processes, a sandbox, a judge outside it, and one writer of the gradebook.

command      what `autograder grade` and `autograder judge` do around the coordinator
coordinator  moves submissions through the rooms below, several at a time
attempts     all runs of one notebook
judging_process  reads and judges one submission within limits
rejudge      judges stored answers again, by exercises that have changed
gate         lets one notebook run while no other one does
memory       gives back what large results took

submitted/   what a learner handed in, read and put back to what was released
run/         the trust boundary: all that executes a notebook, and the frames that leave it    (untrusted from the first cell on)
judge/       compares what came out with what is expected, in a process with limits
record/      keeps it: the one writer
cluster/     the same on other machines, through Dask              (a worker sees no gradebook and no expectation)

Each module's first line says what it is for.
"""

#: A change of this number runs every submission again: it stands for what the engine does with one.
ENGINE = 6
