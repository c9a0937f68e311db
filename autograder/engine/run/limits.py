"""Limits of the process that runs a notebook, and of those around it: seconds, memory and sizes, each with its reason.

They stand here since this folder is all that a worker gets of the engine. What grading needs elsewhere stands in
`autograder.limits`; docs/limits.md is made of both, and of `course_utils.limits`.
"""

# What a notebook may use in its sandbox. `c.Execute.timeout` in nbgrader_config.py overrules CELL_SECONDS.

CELL_SECONDS = 120  # of the processor for one cell: the longest of the course's trains for half a minute on two cores
NOTEBOOK_SECONDS = 600.0  # of the processor for all cells: a unit that trains takes two minutes at most
MEMORY = 4 * 2**30  # bytes of address space above what the warm process has, whose libraries are everyone's
PROCESSES = 256  # and threads, of which TensorFlow has dozens; a fork bomb soon has more
FILE_SIZE = 256 * 2**20  # bytes of one file: a saved model of the course has some millions
DISK = 512 * 2**20  # bytes of the private /tmp, which lies in memory
OUTPUT = 32 * 2**20  # bytes of all frames that leave the sandbox: whoever judges must hold them
OPEN_FILES = 512  # of one process at a time: far more than a lesson opens
TERMINALS = 16  # that one notebook may have open at a time: they come from the machine's own store
BYTES_PER_FILE = 2**14  # of room on a private disk: an empty file takes a kilobyte of the kernel's memory, and no room

# Time by the clock: on a busy machine a right answer waits for the processor, and must not lose its points by that.

CELL_CLOCK = 6.0  # times its seconds that a cell may take by the clock
NOTEBOOK_CLOCK = 3.0  # times its seconds that a notebook may take: not all of its cells wait long
SHORTEST_LOOK = 0.05  # seconds between two looks: more often, and looking is what takes the time
WATCH = 0.5  # seconds between two looks at the memory of a notebook that has started processes
GRACE = 3.0  # seconds between a polite interrupt of a cell and the end of its process: libraries tidy up slowly
# seconds in which a sealed notebook's process must take the hidden probes: it may be filling memory
HANDING_OVER = 60.0
# times that tasks of a notebook may stop the event loop while a cell waits in it: an endless one never ends otherwise
MOST_STOPS = 1_000
FRESH_SECONDS = 60.0  # in which a folder may not be held yet by whoever made it

# What leaves a notebook: who reads it must not need more memory than the notebook may.

MAX_FRAME = 96 * 2**20  # bytes: a notebook with all that lies beside it, as large as either may be
# commas and opening brackets of one frame: a parsed JSON takes memory by these, not by its bytes
MAX_FRAME_PARTS = 2_000_000
# brackets within brackets: what is near Python's own limit could be read here and not where it goes on
MAX_FRAME_DEPTH = 200
MAX_CELL_OUTPUT = 4 * 2**20  # bytes, as they leave, that one cell may show at a time; the rest is cut and said to be
MAX_ERROR = 2_000  # characters of an error's name, and of what it says: people read a few lines of it
# commas and brackets that all cells may show together: a quarter of what may leave a notebook
MAX_SHOWN_PARTS = 500_000
MAX_SHOWN_DEPTH = 50  # of a rich output that is JSON: deeper than any library's, far from Python's own limit
PIPE = 2**20  # bytes that a pipe may hold: the fewer waits, the better

# Workers of a cluster.

IDLE_SECONDS = 300.0  # after which the warm processes of a grading that nothing is heard of are ended
SLOTS = 500  # user numbers for notebooks, from View's 65,000 on: the one after them is "nobody", the next may not exist
MOST_UNPACKED = 256 * 2**20  # bytes of one job, or of what came of it: twice what either may be
LOG_LINES = 20  # of what a warm process said, kept for an error's message
