"""Limits of authoring, grading and showing: seconds, memory and sizes, each with its reason.

What a notebook's process needs of them stands in `autograder.engine.run.limits`, which workers get; what the learner's helper
needs in `course_utils.limits`. docs/limits.md is made of the three.
"""

# What is handed in. Whoever has more hands in by accident (a data set, an environment), or to stop the grading.

MAX_NOTEBOOK = 32 * 2**20  # bytes, stored outputs not counted: a solution of the course has less than 100,000
MAX_CELLS = 2_000  # of a notebook: a lesson has 130 at most
MAX_NOTEBOOK_PARTS = 1_000_000  # commas and brackets of the notebook's JSON: parsed, each takes much more than its byte
# strings and brackets of a file whose stored outputs are passed over: they take time, one by one
MAX_TOKENS = 8_000_000
MAX_CELL = 1_000_000  # characters of one cell's source: parsers take many times that in memory
MAX_BESIDE_BYTES = 32 * 2**20  # of all files beside the notebook together: they travel to each run of it
MAX_BESIDE_FILES = 1_000  # beside the notebook: more are an environment or a data set
MAX_BESIDE_ENTRIES = 20_000  # of a folder that are looked at: a million of them would take long
MAX_NAMED = 3  # files that a remark names: the rest is a number
MAX_SOURCE = 200_000  # characters of a cell that is looked into; a longer one is one opaque piece
MAX_LOOKED = 2_000_000  # characters of a notebook that are looked into when it is put right: a solution has 60,000
MAX_SLICED = 500  # code cells of a notebook of which only those that answers need are run; of a longer one all are
SAMPLED = 50  # one in so many submissions is run whole as well, where grading runs what answers need
MAX_PIECES = 400  # cells that a notebook put right may have more than it had: each runs by itself
MAX_CHOICES = 20  # outputs of a cell in which a checkpoint's choice is looked for: the course's have two
CHUNK = 4 * 2**20  # bytes of a file with stored outputs that are read at a time: it may have any size, memory not
SHORT = 4_096  # bytes of an unfinished text that may still be a key, or of a gap that may lead to its value
MAX_TIME = 100  # characters that a time may take: no format is longer, and the parser's time grows with them
MAX_STAMP = 4096  # bytes of a timestamp.txt: one line
MAX_ID = 128  # characters of a student id in nbgrader's gradebook
MAX_PATH = 1_000  # characters of a path within a download, or of a name in a table; systems take 255 in each part
MAX_ID_BYTES = 200  # of the file names that are made of it: a system takes 255, some of them for an ending

# Downloads of an LMS, whose archives strangers made.

MAX_UNPACKED = 2**30  # bytes of all archives of one learner: far more than notebooks take, far less than a disk
MAX_UNPACKED_FILES = 5_000  # of all archives of one learner: an environment has ten times as many
MAX_RUN_BYTES = 16 * 2**30  # of a whole download: a large class, each with a data set
MAX_RUN_FILES = 200_000  # of a whole download
MAX_RATIO = 200  # times its size that an archive may unpack to: text shrinks to a tenth, a zip bomb to a thousandth
# bytes up to which an archive may unpack whatever its ratio: zeros compress well, and harm nobody
RATIO_FROM = 16 * 2**20
CHUNK_OF_ARCHIVE = 2**20  # bytes that are unpacked at a time, and counted
MAX_ARCHIVE_DEPTH = 3  # of archives in a learner's archive: a zip of zips happens, a zip that holds itself is an attack
MAX_PATH_PARTS = 40  # folders of a path
MAX_NAME = 200  # bytes of a file's name: a system takes 255, some of them for an ending
MAX_TABLE = 32 * 2**20  # bytes of a roster: no table of a class has more
MAX_ROWS = 50_000  # of a roster: more learners than any university's course has
MAX_COLUMNS = 2_000  # of a roster: Canvas gives one to each assignment
MAX_FIELD = 10_000  # characters of a roster's cell: a quote that is not closed takes the rest of the file
MAX_ADDED = 60  # characters of what an LMS adds to a file's name that are looked at
FEW = 10  # files that are alike and left out of which the table tells: the rest is in collect.log

# Tries: what somebody else broke is tried again, what an answer breaks costs that answer.

KILLED_RETRIES = 2  # of a notebook that somebody else killed
MORE_RUNS = 5  # of a notebook whose answers end its process: each finds the points of what stands behind one
ENGINE_RETRIES = 2  # of a submission whose engine, not whose code, failed
MOST_JUDGINGS = 6  # attempts to judge one submission: each leaves out what broke the one before
KEPT_LATER_BYTES = 2**20  # of what the runs of one submission gave that are kept until it may run alone; many may wait
KEPT_BYTES = 32 * 2**20  # of what its runs gave that are kept for the next attempt: to run again is slower, and as good

# Judging: work of ours on what a learner's code gave, in a process of its own.

STEP_SECONDS = 10.0  # of the processor for one step: far more than an honest one takes
WHOLE_SECONDS = 60.0  # of the processor for all steps of one submission
STEP_MEMORY = 1024 * 2**20  # bytes above what was there before
JUDGING_MEMORY = 384 * 2**20  # bytes for judging one submission: several are judged at a time
FRESH_MEMORY = 100 * 2**20  # bytes of memory after a request above which a process is made anew: nothing piles up
GUARDED_CLOCK = 10  # times the processor's seconds that may pass on the clock of a busy machine
MAX_OUTPUT_TEXT = 200_000  # characters of one output that are kept: a class's notebooks must stay small enough to store
MAX_MIME = 8 * 2**20  # characters of one picture or other rich output
MAX_OUTPUTS = 5_000  # of one cell that are kept
MAX_OUTPUT_DEPTH = 40  # of a rich output that is JSON, as it is stored: its readers go down by recursion
# tags and attributes of HTML in all outputs of a notebook together: cleaning takes time by these
MAX_NOTEBOOK_STEPS = 400_000
MAX_LINES = 2_000  # of one cell's text; nbgrader itself keeps 1,000
MAX_JSON = 200_000  # characters of one output that is JSON, as it is written: a number a line
MAX_WRITTEN = 16 * 2**20  # characters of all outputs of a notebook, as they are written
MAX_CONVERTED = 4 * MAX_NOTEBOOK  # characters of a notebook that nbgrader's conversion gives: it is read again
MAX_LOG_LINE = 2_000  # characters of a line that the conversion of a submission logs
# bytes of a learner's stored answers: all that may leave a sandbox, each character as an escape
MAX_STORED = 192 * 2**20
# bytes of a block of memory that gets pages of its own: it goes back to the system as soon as it is let go
LARGE_BLOCK = 2**20
MAX_JUDGED_OUTPUTS = 20  # errors and results of one test: IPython gives one of each
MAX_JUDGED_TEXT = 2_000  # characters of words, hint or remark that a graded cell may hold: what is longer is not ours
MAX_WORDS = 120  # characters of an error that a remark quotes
# that another program may keep the gradebook to itself: nbgrader's own commands hold it for moments
GRADEBOOK_SECONDS = 30.0

# Several machines.

CONNECT_SECONDS = 8.0  # for the scheduler to answer
WORKER_SECONDS = 15.0  # for a first worker to be there
GREET_SECONDS = 600.0  # for a worker to say what it has; it may have to fetch data
GONE_SECONDS = 5.0  # without the scheduler, and it is gone
ALONE_SECONDS = 300.0  # without any worker that can be used, and the run ends
LOOK_SECONDS = 0.5  # between two looks at which workers there are
MOST_LOST = 3  # workers that one notebook may lose: it may be what ends them
MOST_FAULTS = 3  # failures of a worker's own engine, one after the other, after which it gets no more work
MOST_PLACES = 256  # notebooks at a time; each waiting one is held in memory here

# What is shown of a learner's work: whoever looks at it, in a browser, must not wait.

PAGE_SECONDS = 30.0  # for all texts of one feedback page
TEXT_SECONDS = 10.0  # of the processor for laying out one text; what takes longer is shown as it was written
PAGE_WORK_SECONDS = 10.0  # of the processor for a submission's page in the formgrader; a person waits for it
PAGE_CLOCK = 3.0  # times these that may pass on the clock of a busy machine
PAGE_MEMORY = 768 * 2**20  # bytes for a submission's page in the formgrader, beside its server
MAX_PAGE = 64 * 2**20  # characters of a submission's page in the formgrader: more makes a browser stand still
MAX_CODE = 100_000  # characters of one cell that are shown
MAX_COLOURED = 50_000  # characters of code that get colours: finding them takes time
# characters of a line of code that gets colours: some rules of the highlighter take time by its square
MAX_LINE = 1_000
MAX_SHOWN_OUTPUTS = 200  # of one cell that the formgrader shows
MAX_SHOWN_TEXT = 20_000  # characters of one output that the formgrader shows
MAX_EXAMPLE = 5_000  # characters of a learner's code that the report quotes
MAX_REMARK = 140  # characters of one remark in a table
MAX_HTML_DEPTH = 100  # of elements in elements: parsers and browsers go down by recursion
MAX_TEXT_STEPS = 200_000  # tags and attributes of one text; a table of 10,000 cells has about 25,000
MAX_COPIED = 4 * 2**20  # characters of a text that stand in it once and are shown many times
MAX_SHOWN = 20_000  # characters of a source that is shown in place of its page
MAX_VALUE = 4_000  # characters of an attribute that is no picture
# elements of a drawing, what is referred to counted each time: 600 characters can hold a browser up for minutes
MAX_DRAWN = 100_000
MAX_TAG = 4_000  # characters of the drawing's own tag
MAX_MARKDOWN = 50_000  # characters, also of one line; a longer text is shown as it is written
MAX_FORMULAS = 1_000  # of one text: each is set by itself
MAX_TEX = 2_000  # characters of one formula
MAX_LEVEL = 60  # of its MathML, elements in elements
MAX_STYLE = 4_000  # characters of one style attribute
MAX_SHEET = 500_000  # characters of one style element
MAX_JOINED = 1_000_000  # characters of styles that several of its rules make up

# Authors' commands.

ANSWER_SECONDS = 5.0  # for one call of an answer, unless its exercise says more: an honest answer takes milliseconds
MAX_TITLE = 100  # characters of an imported unit's title: a heading may be a paragraph, and a title stands in tables
BUILD_CELL_SECONDS = 600  # for one cell of a solution when it is built: it may fetch data
MISTAKE_SECONDS = 1.0  # that a mistake is waited for on a probe: some of them loop for ever on purpose
# for a cell of a mutant: one that never ends is wrong, there is no need to wait for it as for a learner
MUTANT_CELL_SECONDS = 60
MUTANT_SECONDS = 90  # for all cells of a mutant
LAB_SECONDS = 120  # for JupyterLab to answer; it needs about three on an idle machine

# A project of an instructor's own texts: each hidden probe carries them, and a network has to learn them in a cell's seconds.

MAX_PROJECT_TEXTS = 4_000  # that are drawn of a larger file, its classes in their shares
MAX_PROJECT_TEXT = 5_000  # characters of a text that are kept: an array of text is as wide as its longest item
MAX_PROJECT_DIRT = 200  # rows that are empty, and as many that have two labels, for learners to find
MAX_PROJECT_CLASSES = 46  # as many as the course's largest set has
MAX_PROJECT_READ = 250  # words, or letters, of a text that the lesson's convolution reads
TRAININGS_IN_A_CELL = 5  # a cell's seconds must hold so many of ours: learners' networks may be larger
