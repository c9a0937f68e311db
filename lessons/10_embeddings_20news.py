# %% [markdown]
# # Turn words into vectors
#
# At the end you will have learned word vectors from eighteen sentences, searched those that were learned from six
# billion words, and trained networks that tell from a post which of twenty newsgroups it was written for; and you will
# have seen counting words beat them.
#
# | Section | Minutes |
# |---|---|
# | A picture first | 5 |
# | 1. An id, a row, a vector | 15 |
# | 2. Learn from the neighbours | 35 |
# | 3. Vectors from six billion words | 50 |
# | 4. What a post gives away | 25 |
# | 5. Average, and decide | 45 |
# | Break it on purpose, recap | 10 |
#
# That makes about 185 minutes, so take two sittings, with the break after section 3; the machine itself works for a
# minute or two. **You need** one-hot rows and validation from [Tell praise from
# blame](../06_imdb_dense/06_imdb_dense.ipynb), and TF-IDF, `Conv1D` and GloVe's vectors as a start from [A project: BBC
# news](../09_bbc_project/09_bbc_project.ipynb), which comes **before** this.
#
# ## You will be able to
#
# - average the vectors of a text's words, padding left out
# - make the pairs that skip-gram learns from, and compute the loss of negative sampling
# - load word vectors, and find neighbours and analogies among them
# - take out of a post what gives its newsgroup away
# - train a network that averages word vectors, and say who beats it and why

# %%
from course_utils import check, data, explore, plot, practice, question, start  # first: it quietens TensorFlow
from course_utils.observe import is_stub

import keras
import numpy as np
import pandas as pd
import tensorflow as tf

start("10_embeddings_20news")
tf.config.threading.set_intra_op_parallelism_threads(2)  # another number of threads adds in another order,
tf.config.threading.set_inter_op_parallelism_threads(2)  # and the last digits of a training would differ

# %% [markdown]
# ## A picture first
#
# Nobody told a computer what a horse is, or July. It read six billion words of encyclopedia and news, and gave each
# word 100 numbers, so that words that stand near the same other words get similar numbers. Jeffrey Pennington, Richard
# Socher and Christopher Manning called the result GloVe. The course's file has 10,000 of the commonest of its 400,000
# words (single letters and digits left out).
#
# The picture squeezes the 100 numbers into two. **Predict before you run:** which of the words below will lie together?

# %%
words, vectors = data.glove()
place = {word: i for i, word in enumerate(words)}

# %%
themes = {
    "countries": "france germany spain japan canada",
    "sports": "hockey baseball football tennis golf",
    "computers": "software internet computer windows server",
    "months": "january june october",
    "animals": "dog cat horse cow bird",
    "faith": "god jesus prayer bible",
}

# %%
from sklearn.decomposition import PCA

shown = [(theme, word) for theme, text in themes.items() for word in text.split()]
some = vectors[[place[word] for _, word in shown]]
flat = PCA(2).fit_transform(some / np.linalg.norm(some, axis=1, keepdims=True))  # (words, 2)
crowded = "june canada computer", "october germany france football server internet hockey cow dog"  # go below, or left
figure, axes = plot.subplots(figsize=(8, 5))
for i, theme in enumerate(themes):
    rows = [j for j, (each, _) in enumerate(shown) if each == theme]
    axes.scatter(*flat[rows].T, s=30, color=plot.PALETTE[i], marker="osD^vP"[i], label=theme)
    for j in rows:
        below, left = (shown[j][1] in each.split() for each in crowded)
        x, y, side = (-5, -3, "right") if left else (5, -10 if below else 3, "left")
        axes.annotate(shown[j][1], flat[j], xytext=(x, y), ha=side, textcoords="offset points", fontsize=9)
axes.set(xlabel="first direction", ylabel="second direction")
axes.legend(frameon=False, loc="center left", bbox_to_anchor=(1, 0.5))
plot.show(
    figure,
    alt="A map of 27 words: countries, sports, computing, months, animals and faith each lie in a patch of their own.",
)

# %% [markdown]
# Each theme has a patch of its own, and nobody drew it. How numbers come to know such a thing, and what good they are
# to a classifier, is what this unit is about.
#
# ## 1. An id, a row, a vector
#
# A computer can hold a word in three ways. As an **id**: *ice* is 2. As a **one-hot row**: zeros, and a 1 in place 2.
# As a **vector**: a few numbers that say something of it. Ids are names, not sizes: word 4 is not twice word 2. One-hot
# rows are all equally far from each other. Only vectors can be near or far.
#
# And the three are one thing: a one-hot row times a matrix is a row of this matrix. By hand, with four words:

# %%
table = np.array([[0, 0], [1, 2], [3, 4], [5, 6]])  # a vector for each of the ids 0 to 3
one_hot = np.array([0, 0, 1, 0])  # the word with id 2
print("one-hot times table:", one_hot @ table, "  row 2:", table[2])

# %% [markdown]
# So no product is needed. An `Embedding` layer is this table, looked up by ids, and its rows are weights that learn
# like all others. A text of ids becomes a text of vectors:

# %%
ids = np.array([[2, 3, 3], [1, 0, 0]])  # two texts; 0 fills the second one up
print("ids", ids.shape, "-> vectors", table[ids].shape)
print(table[ids].tolist())

# %% [markdown]
# ### One vector for a whole text
#
# Texts have different lengths; a classifier wants one row for each. The simplest way is the **mean** of the vectors.
# Mind the padding: the second text has one word, so its mean is `[1, 2]`, and not a third of it.
#
# ### Exercise: `masked_mean` (2 points, about 8 minutes, easy)
#
# Id 0 is padding, wherever it stands: it counts neither in the sum nor in the number of words. A text without a single
# word gets zeros.


# %%
def masked_mean(vectors, ids):
    """The mean of each text's vectors over its words.

    vectors: (n, length, d) array; ids: (n, length) array of integers, 0 for padding. Returns an (n, d) array of floats; a
    row of zeros for a text that is all padding.

    >>> masked_mean(np.array([[[1, 2], [3, 4], [9, 9]]]), np.array([[5, 7, 0]]))
    array([[2., 3.]])
    """
    ### BEGIN SOLUTION
    mask = (ids != 0)[..., None]  # (n, length, 1)
    return (vectors * mask).sum(axis=1) / np.maximum(mask.sum(axis=1), 1)
    ### END SOLUTION


# %%
check("masked_mean", masked_mean)

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# `ids != 0` is a mask, (n, length). With `[..., None]` it gets a third axis and multiplies all d numbers of a vector.
# </details>
# <details><summary>Hint 2</summary>
#
# Add the masked vectors up along axis 1; divide by how many words there are, and by 1 where there are none.
# </details>
# <details><summary>If you see nan</summary>
#
# a text without a word has 0 words, and 0 / 0 is not a number. `np.maximum(count, 1)` never is 0.
# </details>
#
# Put a `Dense` layer with softmax on that mean, and you have a classifier: look up, average, weigh. We call it the
# **CBOW classifier**, after word2vec's *continuous bag of words*, which guesses a missing word from the mean of its
# neighbours. Section 5 trains one.
#
# ## 2. Learn from the neighbours
#
# Where do good vectors come from? "You shall know a word by the company it keeps", said the linguist John Firth
# in 1957. Tomas Mikolov and his colleagues made an exercise of it, **skip-gram**: from a word, the *center*, guess the
# words in a window around it, its *context*. By hand, with `the cat sat` and a window of 1:
#
# | center | context |
# |---|---|
# | the | cat |
# | cat | the |
# | cat | sat |
# | sat | cat |
#
# ### Exercise: `skipgram_pairs` (2 points, about 8 minutes, easy)
#
# From left to right; for each center its context from left to right. It is *places* that are compared: two neighbours
# that are the same word are a pair like any other, and a pair that occurs twice is there twice.


# %%
def skipgram_pairs(tokens, window):
    """The pairs (center, context) of a text: each word with every other that stands at most `window` places away.

    tokens: list of n str; window: int, at least 1. Returns a list of tuples of two str.

    >>> skipgram_pairs(["the", "cat", "sat"], 1)
    [('the', 'cat'), ('cat', 'the'), ('cat', 'sat'), ('sat', 'cat')]
    """
    ### BEGIN SOLUTION
    pairs = []
    for i, center in enumerate(tokens):
        around = range(max(0, i - window), min(len(tokens), i + window + 1))
        pairs += [(center, tokens[j]) for j in around if j != i]
    return pairs
    ### END SOLUTION


# %%
check("skipgram_pairs", skipgram_pairs)

# %%
practice("skipgram_pairs")

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# Two loops: over the places of the centers, and over the places of the window around each.
# </details>
# <details><summary>Hint 2</summary>
#
# The window begins at `max(0, i - window)`. The end of a `range` is not part of it.
# </details>
# <details><summary>If you see a pair with the last word where the first one is meant</summary>
#
# a negative index counts from the end: `tokens[-1]` is the last word.
# </details>
#
# ### Not "which word?" but "a real pair?"
#
# To guess the one right word among 20,000, a softmax would have to compute 20,000 scores for each pair. **Negative
# sampling** asks less: is this pair real, or made up? Beside each real pair we put a few made-up ones, whose second
# word, the **negative**, is drawn at random. The product of two vectors goes through a sigmoid, $\sigma$, and should be
# near 1 for the real pair and near 0 for the others. With the center's vector $v$, the context's $u$ and the negatives
# $n_1, n_2, \ldots$ the loss is
#
# $$ -\log \sigma(u \cdot v) \; - \; \sum_i \log \sigma(-\, n_i \cdot v). $$
#
# By hand: $u \cdot v = 0$ and one negative with $n \cdot v = 0$. Both sigmoids are one half, and the loss is
# $2 \log 2 \approx 1.386$: it knows nothing yet. Push $u \cdot v$ up and $n \cdot v$ down, and it falls.


# %%
def sigmoid(z):
    return 1 / (1 + np.exp(-z))


for real, made_up in ((0.0, 0.0), (2.0, -2.0), (2.0, 2.0)):
    print(f"products {real:4} and {made_up:4}: loss {-np.log(sigmoid(real)) - np.log(sigmoid(-made_up)):.3f}")

# %% [markdown]
# ### Exercise: `negative_sampling_loss` (3 points, about 12 minutes, medium)
#
# Products can be large: `np.exp(1000)` is infinity, and the logarithm of a sigmoid that was rounded to 0 is minus
# infinity. Write it so that neither happens. ($\log \sigma(z) = -\log(1 + e^{-z})$, and NumPy has a function for the
# logarithm of a sum of two exponentials.)


# %%
def negative_sampling_loss(center, context, negatives):
    """The loss of one real pair and its negatives, with natural logarithms.

    center: (d,) array; context: (d,) array; negatives: (k, d) array, k at least 1. Returns a float, finite for any finite input.

    >>> round(negative_sampling_loss(np.array([1.0, 0.0]), np.array([0.0, 1.0]), np.array([[0.0, 2.0]])), 3)
    1.386
    """
    ### BEGIN SOLUTION
    real, made_up = context @ center, negatives @ center
    return float(np.logaddexp(0, -real) + np.logaddexp(0, made_up).sum())
    ### END SOLUTION


# %%
check("negative_sampling_loss", negative_sampling_loss)

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# `negatives @ center` are all k products at once.
# </details>
# <details><summary>Hint 2</summary>
#
# `np.logaddexp(a, b)` is $\log(e^a + e^b)$. With a = 0 and b = -z it is $-\log \sigma(z)$.
# </details>
# <details><summary>If you see inf or nan</summary>
#
# exp overflowed, or a sigmoid was rounded to 0 or 1. Do not compute the sigmoid at all.
# </details>
#
# ### Eighteen sentences
#
# Here is a tiny world of animals that eat and vehicles that drive. No sentence names two animals, or two vehicles.
# **Predict before you run:** will *cat* and *dog* become neighbours nevertheless?
#
# Whether two vectors are alike we judge by their **cosine**: their product, divided by both lengths. It is 1 where they
# point the same way, 0 where they stand at a right angle, -1 where they point in opposite directions.

# %%
feeds = [f"the hungry {who} eats {what}" for who in ("cat", "dog", "horse") for what in ("bread", "meat", "apples")]
rides = [f"we drive a {what} to {where}" for what in ("car", "bus", "truck") for where in ("town", "school", "work")]

# %%
sentences = [sentence.split() for sentence in feeds + rides]
pairs = [pair for each in sentences for pair in skipgram_pairs(each, 2)] if not is_stub(skipgram_pairs) else []
known = sorted({word for each in sentences for word in each})
print(len(sentences), "sentences,", len(known), "words,", len(pairs), "pairs")


# %% [markdown]
# A word has two vectors: one for when it is a center, one for when it is a context. The slope of the loss is short: for
# each product, *what the sigmoid says minus what is true* (1 for the real pair, 0 for a negative). By $v$ the slope of
# $u \cdot v$ is $u$, and by $u$ it is $v$: so multiply this error by the other vector. A step goes against the slope.
# (A negative is drawn from all words. By chance it may be the true context; we let that happen.)


# %%
def learn(pairs, epochs=60, d=8, negatives=4, rate=0.1):
    """Vectors (words, d) of the centers, by skip-gram with negative sampling, a step for each pair."""
    rng = np.random.default_rng(0)
    centers, contexts = rng.normal(0, 0.1, size=(2, len(known), d))
    truth = np.array([1] + [0] * negatives)
    for _ in range(epochs):
        for center, context in pairs:
            v = centers[known.index(center)]  # a view: changing it changes the table
            others = [known.index(context), *rng.integers(len(known), size=negatives)]
            error = sigmoid(contexts[others] @ v) - truth  # (1 + negatives,)
            slope = error @ contexts[others]
            np.subtract.at(contexts, others, rate * np.outer(error, v))
            v -= rate * slope
    return centers


# %%
learned = learn(pairs)
unit = learned / np.linalg.norm(learned, axis=1, keepdims=True)
cosine = pd.DataFrame(unit @ unit.T, index=known, columns=known)
chosen = ["cat", "dog", "horse", "car", "bus", "truck", "bread", "town"]
if pairs:
    assert cosine.loc["cat", "dog"] > 0.5 > cosine.loc["cat", "car"]

# %%
figure, axes = plot.subplots(figsize=(5.2, 4))
colours = axes.imshow(cosine.loc[chosen, chosen], vmin=-1, vmax=1, cmap="PuOr")
figure.colorbar(colours, label="cosine", shrink=0.8)
for (i, j), value in np.ndenumerate(cosine.loc[chosen, chosen].to_numpy()):
    axes.text(j, i, f"{value:.1f}", ha="center", va="center", fontsize=8, color="white" if value > 0.7 else "black")
axes.set(yticks=range(8), yticklabels=chosen)
axes.set_xticks(range(8), chosen, rotation=40, ha="right")
plot.show(
    figure,
    alt="Cosines between eight words as a table of colours; once the pairs are there, animals are alike, and so are vehicles.",
)

# %% [markdown]
# *Cat* and *dog* were never in one sentence. They became alike because both are hungry and eat: they keep the same
# company. (With random vectors, before `skipgram_pairs` is answered, the figure shows noise.)
#
# GloVe goes another way to the same end: it counts all pairs of neighbours first, and then fits the products of vectors
# to the logarithms of these counts.
#
# ## 3. Vectors from six billion words
#
# Such vectors come as a text file: a word a line, then its numbers. Files of word2vec begin with a line more, which
# says how many words follow and how many numbers each has.

# %%
for word in ("the", "cat"):
    print(word, *vectors[place[word]][:4].round(4), "...", len(vectors[0]), "numbers")

# %% [markdown]
# ### Exercise: `load_vectors` (3 points, about 12 minutes, medium)
#
# A network wants a matrix whose row i is the vector of the word with id i. Ids run from 1 to n without a gap, in any
# order; row 0 belongs to the padding. By hand: with `{"dog": 1, "the": 2}` and the lines `the 0.5 0.25` and `cat 1 -2`,
# row 2 is `[0.5, 0.25]`; row 1 is zeros, since *dog* has no line; and *cat* is not asked for.
#
# Pass over every line that has more or fewer than `dimension` entries after its first, such as word2vec's first line.
# (What follows a word is always numbers, and no word has two lines. Mind that `word_index` gives the *id* of a word
# here; in unit 06 it gave the rank.)


# %%
def load_vectors(lines, word_index, dimension):
    """The matrix for an `Embedding`, from the lines of a file of word vectors.

    lines: list of str, "word number number ...", no word twice; word_index: dict, word -> id, the ids 1 to n; dimension: numbers
    of a vector. A line with more or fewer numbers is passed over.
    Returns (matrix, found): an (n + 1, dimension) array of floats, zeros for the padding and for words without a line; and an
    int, how many words of `word_index` have one.

    >>> load_vectors(["the 0.5 0.25", "cat 1 -2"], {"dog": 1, "the": 2}, 2)
    (array([[0.  , 0.  ],
           [0.  , 0.  ],
           [0.5 , 0.25]]), 1)
    """
    ### BEGIN SOLUTION
    matrix, found = np.zeros((len(word_index) + 1, dimension)), 0
    for line in lines:
        word, *numbers = line.split()
        if word in word_index and len(numbers) == dimension:
            matrix[word_index[word]] = np.array(numbers, dtype=float)
            found += 1
    return matrix, found
    ### END SOLUTION


# %%
check("load_vectors", load_vectors)

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# `word, *numbers = line.split()` takes a line apart; `np.array(numbers, dtype=float)` makes numbers of the rest.
# </details>
# <details><summary>Hint 2</summary>
#
# Begin with zeros of shape (n + 1, dimension). Then go through the lines once, and ask the dictionary.
# </details>
# <details><summary>If you see a row of equal numbers that no line has</summary>
#
# the first line of a word2vec file was read as a word. It has too few numbers; NumPy spreads a single one over the row.
# </details>
#
# ### Who lives next door?
#
# Near means: pointing the same way, with a cosine near 1. Lengths are left out on purpose: they also depend on how
# common a word is. By hand: `[3, 1]` and `[9, -1]` have the product 26; divided by $\sqrt{10}$ and $\sqrt{82}$ that
# makes 0.908.
#
# ### Exercise: `nearest` (2 points, about 8 minutes, easy)


# %%
def nearest(word, words, vectors, k):
    """The k words most similar to `word` by cosine, the most similar first, `word` itself left out.

    word: one of `words`; words: list of n different str; vectors: (n, d) array, no row of zeros; k: at most n - 1. Returns a list
    of k str.

    >>> nearest("ice", ["ice", "snow", "fire"], np.array([[1.0, 0.0], [2.0, 0.5], [0.0, 1.0]]), 1)
    ['snow']
    """
    ### BEGIN SOLUTION
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    order = np.argsort(-unit @ unit[words.index(word)])
    return [words[i] for i in order if words[i] != word][:k]
    ### END SOLUTION


# %%
check("nearest", nearest)

# %%
practice("nearest")

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# Divide each row by its length, `np.linalg.norm(vectors, axis=1, keepdims=True)`; then products are cosines.
# </details>
# <details><summary>Hint 2</summary>
#
# `np.argsort` sorts upwards. Sort the negated cosines, skip the word itself, take k.
# </details>
# <details><summary>If you see the word itself</summary>
#
# nothing is nearer to a word than the word. Leave it out before you count to k.
# </details>

# %%
for word in ("guitar", "monday", "kings", "hockey") if not is_stub(nearest) else ():
    print(f"{word:8}", ", ".join(nearest(word, words, vectors, 6)))

# %% [markdown]
# *Kings* lives among devils, rangers and bruins? Most of these are sports teams, and the Los Angeles Kings play ice
# hockey. A word has **one** vector for all its meanings, and the commonest one in the news wins.
#
# ### What the numbers do not know
#
# **Predict before you run:** is *hot* nearer to *cold* or to *soup*?


# %%
def cosine_of(a, b):
    u, v = vectors[place[a]], vectors[place[b]]
    return u @ v / np.linalg.norm(u) / np.linalg.norm(v)


# %%
opposites = ("hot cold", "up down", "increase decrease", "win lose", "hot soup", "up soup")
for two in opposites:
    print(f"{two:18} {cosine_of(*two.split()):.2f}")
assert cosine_of("hot", "cold") > cosine_of("hot", "soup")

# %% [markdown]
# Opposites are close: they keep the same company, for whatever can be hot can be cold. *Alike* here means *can stand in
# the same place*, and not *means the same*. A classifier that must tell praise from blame has to learn the difference
# by itself.
#
# ### Sums of meanings
#
# *King* minus *man* plus *woman*: the way from *man* to *woman*, begun at *king*. Type words of your own: one to see
# its neighbours, three to walk. (Where nobody can type, you see a figure. There are vectors for 10,000 words, in lower
# case.)

# %% tags=["nbval-ignore-output"]
explore.meaning(words, vectors, "king", minus="man", plus="woman")

# %% [markdown]
# *Queen*! Try *paris*, *france*, *italy*, and *walking*, *walk*, *swim*. Then choose *keep them* below the words. The
# figure below shows what happens when the words asked are kept. Below it stand the neighbours of *king* alone:

# %%
explore.meaning_static(words, vectors, "king", minus="man", plus="woman", keep_asked=True)

# %%
if not is_stub(nearest):
    print("king:", ", ".join(nearest("king", words, vectors, 8)))

# %% [markdown]
# The true answer to *king − man + woman* is *king*. That is the **trick of every list of analogies**: the three words
# asked are left out. One lands close to where one began: *king* itself comes first. And *queen* is among the first
# neighbours of *king* alone, without any arithmetic. The vectors also hold what people have written, prejudice included
# (Tolga Bolukbasi and others measured it, see below). Try *doctor*, *man*, *woman*; but compare with the plain
# neighbours of *doctor* before you judge.
#
# ### Exercise: `analogy` (3 points, about 10 minutes, medium)
#
# *a is to b as c is to …*: compute $b - a + c$ from the vectors as they are, and give the word whose vector has the
# largest cosine to it, leaving out all three words asked. (In the walk above, *man* was a, *woman* was b, and *king*,
# where it began, was c.)


# %%
def analogy(a, b, c, words, vectors):
    """The word that is to c as b is to a: the largest cosine to b - a + c, none of the three.

    a, b, c: different str among `words`; words: list of n different str; vectors: (n, d) array, no row of zeros. Returns a str.

    >>> plane = np.array([[1.0, 1.0], [1.0, -1.0], [3.0, 1.0], [3.0, -1.0], [0.0, 5.0]])
    >>> analogy("man", "woman", "king", ["man", "woman", "king", "queen", "tree"], plane)
    'queen'
    """
    ### BEGIN SOLUTION
    at = [words.index(each) for each in (a, b, c)]
    target = np.array([-1, 1, 1]) @ vectors[at]
    cosines = vectors @ target / np.linalg.norm(vectors, axis=1)
    cosines[at] = -np.inf
    return words[np.argmax(cosines)]
    ### END SOLUTION


# %%
check("analogy", analogy)

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# The length of the sum divides all cosines alike, so it does not change which is largest. The lengths of the words'
# vectors do.
# </details>
# <details><summary>Hint 2</summary>
#
# Set the three cosines to minus infinity, or go through the words in order and take the first that was not asked.
# </details>
# <details><summary>If you see one of the words that you asked</summary>
#
# that is the nearest one indeed, and has to be left out: see above.
# </details>

# %%
for a, b, c in (("france", "paris", "italy"), ("good", "better", "bad"), ("walk", "walking", "swim")):
    if not is_stub(analogy):
        print(f"{a} : {b} = {c} : {analogy(a, b, c, words, vectors)}")

# %% [markdown]
# ### Checkpoint
#
# A report says: "Our vectors solve 60 of 100 analogies, so they have learned what a capital is." What would you ask
# first?
#
# - [x] How many does a method solve that ignores a and b, and gives the nearest neighbour of c?
#
#   Yes. The three words are left out, so the answer is often just the next neighbour of c. Only what goes beyond that
#   was learned from the difference.
#
# - [ ] How many numbers do the vectors have?
#
#   **More numbers mean more knowledge.** They often score higher, but that does not say what the score means.
#
# - [ ] Nothing: 60 of 100 is far above chance, which is 1 in 10,000
#
#   **Chance is what to beat.** Whoever answers any neighbour of c is far above chance, without knowing a single
#   capital.

# %%
question("solved_analogies")

# %% [markdown]
# ## 4. What a post gives away
#
# In 1993 people wrote to newsgroups, the discussion boards of the time, one for each subject: *rec.sport.hockey*,
# *sci.space*, *talk.politics.guns*. Ken Lang collected nearly 20,000 posts of 20 groups; the later ones are for
# testing. Where they cannot be had, the course uses the same posts without their headers, in small letters only. Some
# figures then differ. Nothing is taken out of these below, so that the scores with and without come out the same.

# %% tags=["nbval-ignore-output"]
frame = data.newsgroups()
canonical = frame.attrs["canonical"]
is_train = (frame["split"] == "train").to_numpy()
print(f"{is_train.sum():,} posts to train on, {(~is_train).sum():,} to test on, {frame['group'].nunique()} groups")

# %% tags=["nbval-ignore-output"]
import re

post = frame["text"][is_train & (frame["group"] == "sci.electronics")].iloc[29]
print(re.sub(r"\S+@", "...@", post)[:1000])  # whose mailbox it is does not matter here

# %% [markdown]
# Look at the lines before the text. *Organization*, *Subject*, an address: how much do *they* tell? And below, quoted
# lines, and somebody's name and place. **Predict before you run:** by how many points does a classifier get worse
# without all that?
#
# Complement naive Bayes on TF-IDF takes a moment: for each group it counts the words of all *other* groups, and a post
# belongs where its words are rarest elsewhere. scikit-learn has three functions that take out headers, signatures and
# quotes.

# %% tags=["nbval-ignore-output"]
from sklearn.datasets import _twenty_newsgroups as strippers
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.naive_bayes import ComplementNB
from sklearn.pipeline import make_pipeline

labels, raw = frame["group"].to_numpy(), frame["text"].tolist()
headless = [strippers.strip_newsgroup_header(text) if canonical else text for text in raw]
bodies = [strippers.strip_newsgroup_footer(text) if canonical else text for text in headless]
bodies = [strippers.strip_newsgroup_quoting(text) if canonical else text for text in bodies]

# %% tags=["nbval-ignore-output"]


def score(texts):
    """(which test posts are told right, the fitted pipeline) of naive Bayes on TF-IDF."""
    texts = np.array(texts, dtype=object)
    fitted = make_pipeline(TfidfVectorizer(sublinear_tf=True, min_df=2), ComplementNB())
    fitted.fit(texts[is_train], labels[is_train])
    return fitted.predict(texts[~is_train]) == labels[~is_train], fitted


# %% tags=["nbval-ignore-output"]
(hit_all, knows_all), (hit_body, _) = score(raw), score(bodies)
with_all, with_body = hit_all.mean(), hit_body.mean()
print(f"with headers, quotes and signatures {with_all:.3f}; without {with_body:.3f}")
assert not canonical or (with_all > 0.83 and with_body < 0.73)

# %% tags=["nbval-ignore-output"]
features = knows_all[0].get_feature_names_out()
weight = knows_all[1].feature_log_prob_  # (groups, words), large for a word of the group
telling = weight - np.sort(weight, axis=0)[-2]  # how far ahead of the second group
for group in ("comp.windows.x", "rec.sport.hockey", "sci.space", "talk.religion.misc"):
    row = telling[list(knows_all[1].classes_).index(group)]
    print(f"{group:20}", ", ".join(features[np.argsort(-row)[:9]]))

# %% [markdown]
# Some are the group's subject. Others are people and machines: a login, a university, a company. Do the same people
# write in both parts? We compare the addresses after *From:* (the substitute has none).

# %% tags=["nbval-ignore-output"]
address = frame["text"].str.extract(r"(?m)^From:.*?([\w.+-]+@[\w.-]+)")[0].str.lower()
met = address[~is_train].isin(set(address[is_train].dropna())).to_numpy()
print(f"{met.mean():.0%} of the test posts come from an address that also wrote posts to train on")

# %% tags=["nbval-ignore-output"]
sides = {"known address": met, "new address": ~met}
by_side = {name: [hit[which].mean() for hit in (hit_all, hit_body)] for name, which in sides.items() if which.any()}
pd.DataFrame(by_side, index=["with headers, quotes and signatures", "without"]).round(3)

# %% [markdown]
# So in part the classifier knows the *author*: on posts from an address that it has met, all that we took out is worth
# far more than on the others. Where other people write, that part is worth nothing. (And the rest? *Subject* and
# *Organization* tell something of anybody's post.) Such a **leak** is not cheating by the model; it was asked the wrong
# question.
#
# ### Exercise: `strip_post` (3 points, about 15 minutes, hard)
#
# Take out, in this order,
#
# 1. the **header**: everything up to and including the first empty line (if there is none, it is all header, and
#    nothing is left);
# 2. the **signature**: take blank space off both ends; look for the last line that is empty, holds only blanks, or,
#    blanks at its ends aside, holds only dashes; that line and all below it go. If there is no such line, or it is the
#    very first, the text stays;
# 3. **quotes**: every line that begins with `>`, with `|`, with `In article` or with `Quoted from`, and every line in
#    which `writes in`, `writes:`, `wrote:`, `says:` or `said:` stands.
#
# Then take blank space off both ends once more. Rule 2 is crude: where nobody signed, it takes the last paragraph away.
# Do it by hand, without scikit-learn.


# %%
def strip_post(text):
    """What the author of a post wrote for it: no header, no signature, no quotes.

    text: str, lines ending with "\\n". Returns a str, lines joined by "\\n", no blank space at its ends.

    >>> strip_post("From: ann@moon.edu\\nSubject: Re: orbits\\n\\nBob wrote:\\n> Is it full?\\nYes, it is.\\n\\n--\\nAnn, Moon Lab")
    'Yes, it is.'
    """
    ### BEGIN SOLUTION
    lines = text.partition("\n\n")[2].strip().split("\n")
    marks = [i for i, line in enumerate(lines) if not line.strip().strip("-")]
    if marks and marks[-1] > 0:
        lines = lines[: marks[-1]]
    quoted = re.compile(r"writes in|writes:|wrote:|says:|said:|^In article|^Quoted from|^\||^>")
    return "\n".join(line for line in lines if not quoted.search(line)).strip()
    ### END SOLUTION


# %%
check("strip_post", strip_post)

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# `text.partition("\n\n")` gives what stands before the first empty line, the line, and what stands after it.
# </details>
# <details><summary>Hint 2</summary>
#
# A line is empty, blank or dashes where `line.strip().strip("-")` is empty. Collect the numbers of such lines: the last
# one is the mark.
# </details>
# <details><summary>If you see only the last paragraph of a post</summary>
#
# the header was cut at a later empty line: `rpartition`, or `split("\n\n")[-1]`.
# </details>
#
# ## 5. Average, and decide
#
# Now ids. `data.newsgroup_ids()` does to each post what you have just done, makes words of it, and numbers the 20,000
# commonest of the *training* posts: 0 is padding, 1 an unknown word. It keeps the first 300 words.

# %% tags=["nbval-ignore-output"]
posts = data.newsgroup_ids()
(x, y), (x_test, y_test) = posts
x_train, y_train, x_val, y_val = x[:10_000], y[:10_000], x[10_000:], y[10_000:]
print("to train on", x_train.shape, " to validate", x_val.shape, " to test", x_test.shape)
print(f"{posts.groups[y[2]]}:", " ".join(posts.words[i] for i in x[2][:40] if i))

# %% [markdown]
# The file had its groups in order; here posts are shuffled, once and for all. How many of our words does GloVe know?
# Since our file of vectors was cut at 10,000 words, at most half of our 20,000 can have one.

# %% tags=["nbval-ignore-output"]
start_at = pd.DataFrame(vectors, index=words).reindex(posts.words).fillna(0.0).to_numpy("float32")  # (20,000, 100)
has_vector = start_at.any(axis=1)
covered = has_vector[x_train[x_train > 0]].mean()
print(
    f"{has_vector.mean():.0%} of the {len(has_vector):,} words have a vector: {covered:.0%} of all words in the posts"
)
print("common, without one:", ", ".join(np.array(posts.words)[2:][~has_vector[2:]][:12]))

# %% [markdown]
# Not half of the words, since the file was cut; but most of the running text, which consists of common words. This file
# of vectors also leaves out what is a single letter or digit. And *ax*? Somebody posted program files coded as letters,
# and pieces of these look like words. Look at your data: a network has to live with it.
#
# ### Frozen: GloVe as it is
#
# Keep the vectors as they are, and learn only what stands on top: a normalization of the 100 numbers, and a softmax
# with 20 weights for each of them. Then the mean of a post never changes, and we compute it once.

# %% tags=["nbval-ignore-output"]
table = keras.layers.Embedding(*start_at.shape, weights=[start_at], mask_zero=True, trainable=False)
average = keras.Sequential([keras.Input((None,), dtype="int32"), table, keras.layers.GlobalAveragePooling1D()])
means, means_val, means_test = (average.predict(some, batch_size=256, verbose=0) for some in (x_train, x_val, x_test))
print("a post is now", means.shape[1], "numbers")


# %%
def train(model, rows, rows_val, epochs, rate, **options):
    """The model after training, and its history."""
    model.compile(keras.optimizers.Adam(rate), "sparse_categorical_crossentropy", metrics=["accuracy"])
    options = {"batch_size": 128, "verbose": 0, **options}
    return model.fit(rows, y_train, validation_data=(rows_val, y_val), epochs=epochs, **options).history


# %%
def right(model, rows):
    """Which test posts the model tells right: (posts,) bool."""
    return model.predict(rows, batch_size=256, verbose=0).argmax(axis=1) == y_test


# %% tags=["nbval-ignore-output"]
frozen, curves = [], {}
for seed in (1, 2, 3):
    keras.utils.set_random_seed(seed)
    scaled = [keras.Input((100,)), keras.layers.BatchNormalization()]  # it learns faster where all 100 vary alike
    top = keras.Sequential([*scaled, keras.layers.Dense(20, activation="softmax")])
    curves["frozen"] = train(top, means, means_val, epochs=8, rate=0.01)
    frozen.append(right(top, means_test).mean())
print("frozen:", np.round(frozen, 3).tolist())
assert min(frozen) >= 0.49

# %% [markdown]
# Ten times as good as chance (one in twenty), and far behind counting. Three likely reasons: words without a vector are
# averaged in as zeros; most of the others are words such as *the* and *to*; and a mean of 100 numbers has to tell
# hockey from baseball, although the two words point almost the same way.
#
# ### Tuned: let the vectors move
#
# Again a mean and a softmax, but the table learns as well: two million numbers. (Small things differ too: dropout in
# place of the normalization, 5 epochs, the first 200 words.) **Predict before you run:** which words will move most?


# %%
length = 200  # words of a post that are read, its first: a third quicker than all, and hardly worse


def cbow(table, dropout=0.5):
    """The CBOW classifier: look up, average over the words, decide."""
    layers = [keras.layers.GlobalAveragePooling1D(), keras.layers.Dropout(dropout)]
    return keras.Sequential(
        [keras.Input((None,), dtype="int32"), table, *layers, keras.layers.Dense(20, activation="softmax")]
    )


# %%
def glove_table():
    return keras.layers.Embedding(*start_at.shape, weights=[start_at], mask_zero=True)


# %% tags=["nbval-ignore-output"]
tuned = []
for seed in (1, 2, 3):
    keras.utils.set_random_seed(seed)
    model = cbow(glove_table())
    curves["tuned"] = train(model, x_train[:, :length], x_val[:, :length], epochs=5, rate=0.01)
    tuned.append(right(model, x_test[:, :length]).mean())
print("tuned:", np.round(tuned, 3).tolist())
assert min(tuned) >= 0.66

# %% tags=["nbval-ignore-output"]
figure, panels = plot.subplots(1, 2, figsize=(9, 3), sharey=True)
for axes, (name, history) in zip(panels, curves.items(), strict=True):
    epochs = range(1, 1 + len(history["accuracy"]))
    axes.plot(epochs, history["accuracy"], "--", color=plot.PALETTE[5], label="posts to train on")
    axes.plot(epochs, history["val_accuracy"], color=plot.PALETTE[0], label="posts to validate")
    axes.set(xlabel="epoch", title=name, ylim=(0, 1))
panels[0].set(ylabel="share right")
panels[1].legend(frameon=False, loc="lower right")
plot.show(
    figure,
    alt="Accuracy by epoch: frozen, both curves stay low together; tuned, training climbs high and validation levels off.",
)

# %% tags=["nbval-ignore-output"]
print(f"validation {curves['tuned']['val_accuracy'][-1]:.3f}, test {tuned[-1]:.3f}")

# %% [markdown]
# Why is the test so much harder than the validation? A likely reason: our validation posts are drawn from the same
# months as those to train on, with the same threads and the same people, even without headers. The test posts are
# *later*. A test on later posts tells you what to expect tomorrow; a random part of old posts flatters. (For choosing
# the number of epochs it will do.)

# %% tags=["nbval-ignore-output"]
moved = np.linalg.norm(model.layers[0].get_weights()[0] - start_at, axis=1)
seen = np.bincount(x_train[:, :length].ravel(), minlength=len(moved)) >= 50
seen[:2] = False  # the padding and the unknown word
order = np.argsort(-np.where(seen, moved, 0))
print("moved most:", ", ".join(posts.words[i] for i in order[:14]))
print("moved least:", ", ".join(posts.words[i] for i in order[seen.sum() - 14 : seen.sum()]))

# %% [markdown]
# Of the words that occur 50 times or more, those that moved most decide between groups; those that moved least say
# little about any group. The network has turned GloVe's map of meanings into a map of newsgroups.
#
# ### Does the order of words help?
#
# A mean knows no order. A **convolution** sees triples of neighbours, as in unit 09. An **LSTM** reads from left to
# right and carries 64 numbers along, which it changes at every step. Step after step that is slow, so we shorten first:
# a pooling layer replaces five neighbouring vectors by their mean, which forgets the order within the five.
#
# We compare on equal terms: a mean, a convolution and an LSTM, each with the first 100 words, 3 epochs and one seed.
# **Predict before you run:** which is ahead?


# %%
def mean():
    return [keras.layers.GlobalAveragePooling1D()]


# %%
def conv():
    return [keras.layers.Conv1D(64, 3, activation="relu"), keras.layers.GlobalMaxPooling1D()]


# %%
def lstm():
    return [keras.layers.AveragePooling1D(5), keras.layers.LSTM(64)]  # 100 words, 20 places


# %% tags=["nbval-ignore-output"]
import time

ordered, first = {}, 100  # words
for name, middle in {"mean": mean, "Conv1D": conv, "LSTM": lstm}.items():
    keras.utils.set_random_seed(1)
    table = keras.layers.Embedding(*start_at.shape, weights=[start_at], mask_zero=name == "mean")  # Conv1D drops a mask
    layers = [table, *middle(), keras.layers.Dropout(0.5), keras.layers.Dense(20, activation="softmax")]
    model = keras.Sequential([keras.Input((first,), dtype="int32"), *layers])
    before = time.perf_counter()
    train(model, x_train[:, :first], x_val[:, :first], epochs=3, rate=0.004, batch_size=64)
    ordered[name] = right(model, x_test[:, :first]).mean()
    print(f"{name}: {ordered[name]:.3f} in {time.perf_counter() - before:.0f} s, {model.count_params():,} weights")

# %% [markdown]
# ### Counting, once more
#
# First on equal terms: TF-IDF of the very ids that the tuned network reads, the first 200 words of the same 10,000
# posts, and complement naive Bayes. Then with all that counting can have: words and pairs of words, of whole posts,
# from all posts to train on (the 1,314 that validate too), with three classifiers that take seconds. (Of the settings
# below, others nearby did no more than half a point better on the validation posts.) **Predict before you run:** will
# counting be ahead on equal terms? And how many points does the rest bring?

# %%
import scipy.sparse
from sklearn.feature_extraction.text import TfidfTransformer


def counted(rows):
    """(posts, 20,000) sparse counts of the words."""
    post, at = np.nonzero(rows)
    ones = np.ones(len(post), "float32")
    return scipy.sparse.csr_matrix((ones, (post, rows[post, at])), shape=(len(rows), len(posts.words)))


# %% tags=["nbval-ignore-output"]
same_ids = make_pipeline(TfidfTransformer(sublinear_tf=True), ComplementNB())
same_ids.fit(counted(x_train[:, :length]), y_train)
on_same_ids = same_ids.score(counted(x_test[:, :length]), y_test)
print(f"naive Bayes on the ids of the tuned network: {on_same_ids:.3f}")
assert not canonical or on_same_ids > np.mean(tuned)

# %% tags=["nbval-ignore-output"]
from sklearn.linear_model import SGDClassifier
from sklearn.svm import LinearSVC

counter = TfidfVectorizer(sublinear_tf=True, ngram_range=(1, 2), min_df=2, stop_words="english")
bodies = np.array(bodies, dtype=object)
pairs_train, pairs_test = counter.fit_transform(bodies[is_train]), counter.transform(bodies[~is_train])
print(f"{pairs_train.shape[1]:,} words and pairs")

# %% tags=["nbval-ignore-output"]
counting = {
    "naive Bayes": ComplementNB(),
    "logistic regression": SGDClassifier("log_loss", alpha=1e-5, max_iter=8, tol=None, random_state=0),
    "SVM": LinearSVC(C=0.3),
}

# %% tags=["nbval-ignore-output"]
by_counting = {}
for name, classifier in counting.items():
    classifier.fit(pairs_train, labels[is_train])
    by_counting[name] = classifier.score(pairs_test, labels[~is_train])
assert by_counting["naive Bayes"] >= 0.71

# %% tags=["nbval-ignore-output"]
scores = {"GloVe frozen, mean": frozen, "GloVe tuned, mean": tuned}
scores |= {f"100 words, {name}": [value] for name, value in ordered.items()}
scores["TF-IDF, same ids, naive Bayes"] = [on_same_ids]
scores |= {f"TF-IDF pairs, {name}": [value] for name, value in by_counting.items()}
figure, axes = plot.subplots(figsize=(8, 3.2))
for i, (name, values) in enumerate(scores.items()):
    axes.scatter(values, [i] * len(values), s=40, color=plot.PALETTE[1 if name.startswith("TF") else 0])
    axes.text(max(values) + 0.01, i, f"{np.mean(values):.3f}", va="center")
axes.set(xlabel="share of the test posts that is right", yticks=range(len(scores)), yticklabels=list(scores))
axes.set(xlim=(min(map(min, scores.values())) - 0.03, max(map(max, scores.values())) + 0.07))
axes.invert_yaxis()
plot.show(
    figure,
    alt="Test accuracies: frozen GloVe is far behind, the tuned mean comes close to counting, and naive Bayes on pairs leads.",
)

# %% [markdown]
# Who wins? **Counting does**: naive Bayes on pairs of words is ahead of every network, and takes a moment. On equal
# terms it is ahead as well, by less. A likely reason: a newsgroup is a subject, a subject shows in single rare words,
# and each of them has a column of its own; in a mean, one rare word is one of 200. Does the order of words help, then?
# Our three networks on equal terms do not show it: the mean is ahead of both that read order. But they had 100 words, 3
# epochs and one seed each, and with other settings it might look different.
#
# ### When vectors pay
#
# What, then, are vectors good for that others have learned? Think of somebody who has read only one post of each group.
# A word that is in none of them has no count, but it has a vector, and its neighbours may have been there. We average
# again, each word weighed by its idf, so that *puck* counts more than *the*. (The idf needs no labels, and of
# unlabelled posts we have many: both sides get it. Other values of the regression's `C` do hardly better on the
# validation posts.) **Predict before you run:** with 1, 5 and 20 posts a group, who is ahead?

# %%
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler, normalize

# %% tags=["nbval-ignore-output"]
c, c_test = counted(x_train), counted(x_test)
weigh = TfidfTransformer(sublinear_tf=True).fit(c)
idf = weigh.idf_ * (np.arange(len(posts.words)) > 1)  # nothing for the padding and the unknown word
by_idf, by_idf_test = (normalize(some @ (start_at * idf[:, None])) for some in (c, c_test))  # (posts, 100)


# %%
def with_few(a_group, seed):
    """Test accuracies of naive Bayes on TF-IDF and of a regression on GloVe's means, from so many posts a group."""
    order = np.random.default_rng(seed).permutation(len(y_train))
    few = np.concatenate([order[y_train[order] == group][:a_group] for group in range(20)])
    bayes = ComplementNB().fit(weigh.transform(c[few]), y_train[few])
    regression = make_pipeline(StandardScaler(), LogisticRegression(C=0.02)).fit(by_idf[few], y_train[few])
    return bayes.score(weigh.transform(c_test), y_test), regression.score(by_idf_test, y_test)


# %% tags=["nbval-ignore-output"]
sizes = (1, 5, 20)
small = np.array([[with_few(n, seed) for seed in range(3)] for n in sizes])  # (sizes, draws, methods)

# %% tags=["nbval-ignore-output"]
by_size = pd.DataFrame(small.mean(axis=1), index=sizes, columns=["counting", "vectors"]).rename_axis("posts a group")
ahead = small[..., 1] > small[..., 0]  # (sizes, draws): where vectors are
assert not canonical or (ahead[0].all() and not ahead[-1].any())
print("of three draws, vectors are ahead in", dict(zip(sizes, ahead.sum(axis=1).tolist(), strict=True)))
by_size.round(3)

# %% [markdown]
# With 1 post a group vectors are ahead in each of the three draws, with 20 counting is; with 5 it may depend on the
# draw. Here pretraining bought a better start, not a better end.
#
# ### What the tools do better
#
# | tool | what it does that our cells do not |
# |---|---|
# | word2vec | leaves out the commonest words at random, draws negatives by count to the power of 3/4, uses all processors |
# | gensim | the same from Python, on texts that do not fit into memory; searches neighbours of millions of words |
# | fastText | a word is the sum of its pieces, so that *hockeys* has a vector without ever having been seen |
# | Vowpal Wabbit | a linear model over hashed pairs and triples, a pass over gigabytes in minutes |
#
# ### Exercise: `final_model` (4 points, about 15 minutes, medium)
#
# Your own network. It takes (n, 300) ids as in `x`, padding included, and returns (n, 20) probabilities of the groups.
# Decide what to change on `x_val`: fewer numbers a word, more dropout, vectors that begin at random, fewer epochs.
# Leave the trained model in `final_model`.
#
# `check` shows it test posts. It wants at least 60 of a hundred right. So it opens the envelope: decide first, check
# afterwards. The points are given for *other* test posts, so it does not help to change your network until these are
# right.

# %%
final_model = ...  # your answer
### BEGIN SOLUTION
keras.utils.set_random_seed(5)
final_model = cbow(keras.layers.Embedding(20_000, 50, mask_zero=True), dropout=0.3)
final_model.compile(keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy", metrics=["accuracy"])
_ = final_model.fit(x[:, :length], y, epochs=5, batch_size=128, verbose=0)
### END SOLUTION

# %%
check("final_model", final_model)

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# `cbow` above is a good start. `mask_zero=True` tells the average to leave the padding out.
# </details>
# <details><summary>Hint 2</summary>
#
# With `Adam(0.01)` five epochs are enough; look where the validation accuracy stops rising.
# </details>
# <details><summary>If you see NaN</summary>
#
# a row of padding alone has no mean. The next section shows it.
# </details>
#
# ## Break it on purpose
#
# Every row of `x` holds at least one id that is not 0: a post of which nothing is left is one *unknown word*. What if
# one were all padding? We train on 512 posts, and empty a single one. **Predict before you run:** what will the loss
# be?

# %% tags=["nbval-ignore-output"]
broken = x_train[:512, :length].copy()
broken[100] = 0  # one post of 512 without a word
keras.utils.set_random_seed(1)
model = cbow(keras.layers.Embedding(20_000, 16, mask_zero=True))
model.compile("adam", "sparse_categorical_crossentropy")
losses = model.fit(broken, y_train[:512], batch_size=32, epochs=2, verbose=0).history["loss"]
ruined = [np.isnan(weights).mean() for weights in model.get_weights()]
print("losses", losses, " share of NaN in the table, the weights, the biases:", np.round(ruined, 3).tolist())
assert np.isnan(losses).all() and ruined[1] == ruined[2] == 1

# %% [markdown]
# One empty text, and every weight of the softmax is NaN: the mean of nothing is 0 / 0, its slope is NaN, and one step
# carries it there. In the table the rows of those words are NaN that were met afterwards. And every answer is NaN, for
# every text. So a loader must see to it that no row is empty, as ours does, or the mean must, as your `masked_mean`
# does. Look for it whenever a loss becomes NaN at once.
#
# ## Recap
#
# - *average the vectors of a text's words, padding left out*: mask, add up, divide by the number of words, and never
#   by 0.
# - *make the pairs that skip-gram learns from, and compute the loss of negative sampling*: a center and each word of
#   its window; real pairs towards 1, made-up ones towards 0; `np.logaddexp` instead of a sigmoid's logarithm.
# - *load word vectors, and find neighbours and analogies among them*: row i for id i; cosines; and the three words
#   asked are left out, which is the trick.
# - *take out of a post what gives its newsgroup away*: header, signature, quotes, in this order; a leak is worth many
#   points as long as the same people write, and nothing in another forum.
# - *train a network that averages word vectors, and say who beats it and why*: tuned far above frozen; counting ahead
#   of both, on the same words too; rare words are a likely reason.
#
# **Common errors.** Padding averaged in. A window one too narrow. The negatives' sign. A header line read as a word.
# Row 0 given to a word. The word itself as its own neighbour. An analogy praised without its trick. A test whose
# headers name the answer. One empty text that turns every answer into NaN.
#
# ## Further
#
# **Stretch task.** Let the CBOW classifier weigh its words as well: a second `Embedding` with one number a word, a
# softmax over the text, and a weighted sum in place of the mean. Which words get the largest weights, and is it worth a
# point?
#
# **Sources.**
# - T. Mikolov, I. Sutskever, K. Chen, G. Corrado, J. Dean: *Distributed Representations of Words and Phrases and their
#   Compositionality*. NeurIPS 2013. Skip-gram with negative sampling.
# - J. Pennington, R. Socher, C. Manning: *GloVe: Global Vectors for Word Representation*. EMNLP 2014.
# - J. R. Firth: *A Synopsis of Linguistic Theory, 1930-1955*. 1957. The company that a word keeps.
# - T. Linzen: *Issues in evaluating semantic spaces using word analogies*. RepEval 2016. The trick.
# - T. Bolukbasi, K.-W. Chang, J. Zou, V. Saligrama, A. Kalai: *Man is to Computer Programmer as Woman is to Homemaker?
#   Debiasing Word Embeddings*. NeurIPS 2016.
# - K. Lang: *NewsWeeder: Learning to Filter Netnews*. ICML 1995. The posts.
# - J. Rennie, L. Shih, J. Teevan, D. Karger: *Tackling the Poor Assumptions of Naive Bayes Text Classifiers*.
#   ICML 2003. Complement naive Bayes.
# - scikit-learn's user guide, *The 20 newsgroups text dataset*: what headers, quotes and signatures are worth.
#
# **Words.**
#
# | English | 繁體中文 | 한국어 |
# |---|---|---|
# | word vector |
# | embedding |
# | continuous bag of words |
# | skip-gram |
# | context window |
# | negative sampling |
# | cosine similarity |
# | analogy |
# | coverage |
# | fine-tuning |
# | data leakage |
