# %% [markdown]
# # Tell praise from blame
#
# At the end you will have a small network that reads a film review it has never seen and says whether its author liked
# the film; and, beside it, a regression on naive Bayes' word weights that does it better still.
#
# | Section | Minutes |
# |---|---|
# | A picture first | 5 |
# | 1. A review is a list of numbers | 17 |
# | 2. From a list to a row | 27 |
# | 3. A network learns, then learns too much | 22 |
# | 4. Retrain, and open the envelope | 21 |
# | 5. Counted weights, then a regression | 18 |
# | Break it on purpose, recap | 5 |
#
# That makes about 115 minutes; a good place for a break is after section 2. The machine itself works for about a
# minute. You need arrays and fancy indexing from [Hold data: containers, arrays,
# images](../01_containers_and_arrays/01_containers_and_arrays.ipynb), and the words *layer*, *loss* and *epoch* from
# the previous unit, *Define, compile, fit, evaluate, predict*. The next one, *Sort newswires into 46 topics*, does with
# many classes what you do here with two.
#
# ## You will be able to
#
# - turn word ids back into text, and a label into a word
# - turn reviews into rows of zeros and ones, and say what each encoding costs
# - hold out validation data, and read the best epoch from a history
# - train a network that tells praise from blame in reviews that it has never seen
# - weigh words by naive Bayes' log ratio

# %%
from course_utils import check, data, plot, practice, question, start  # first: it quietens TensorFlow

import keras
import numpy as np
import pandas as pd
import tensorflow as tf

start("06_imdb_dense")
tf.config.threading.set_intra_op_parallelism_threads(2)  # another number of threads adds in another order,
tf.config.threading.set_inter_op_parallelism_threads(2)  # and the last digits of a training would differ
_ = tf.add(1, 1)  # TensorFlow starts its engine here, and not in the first thing that we time

# %% [markdown]
# ## A picture first
#
# Andrew Maas and his colleagues collected 50,000 film reviews from the Internet Movie Database: half of them give the
# film at least seven stars of ten, half at most four. The stars are gone; what is left is the text and one bit, praise
# or blame. Half of the reviews are for training and half for testing, and no film is in both halves.
#
# Where the original files cannot be downloaded, the course uses a smaller substitute (the line below says which one you
# are on). All that follows works with either; some figures then differ a little from those in the text.

# %% tags=["nbval-ignore-output"]
num_words = 10_000
reviews = data.load_imdb(num_words)
(ids_train, y_train), (ids_test, y_test) = reviews
word_index = data.imdb_word_index()
print(
    f"{len(ids_train):,} reviews to train on, {len(ids_test):,} to test on; {y_train.mean():.0%} of the former are praise"
)

# %% [markdown]
# Before any network: does a single word give a review away? For each word we count in how many reviews it occurs, and
# what share of these are praise. **Predict before you run:** where will *the* lie? Where *excellent*, where *worst*?


# %%
def reviews_with(each_review):
    """How many of these reviews contain each id: (num_words,)."""
    return np.bincount(np.concatenate([np.unique(ids) for ids in each_review]), minlength=num_words)


in_praise, in_blame = reviews_with(ids_train[y_train == 1]), reviews_with(ids_train[y_train == 0])
in_all = in_praise + in_blame

# %%
often = np.flatnonzero(in_all >= 40)
often = often[often > 3]  # ids 0 to 3 are not words: the next section says why
share = in_praise[often] / in_all[often]
word_of = {rank + 3: word for word, rank in word_index.items()}

# %%
figure, axes = plot.subplots(figsize=(9, 5))
axes.scatter(in_all[often], share, s=6, alpha=0.35, color=np.where(share > 0.5, plot.PALETTE[0], plot.PALETTE[3]))
striking = np.argsort(-np.abs(share - 0.5) * np.log10(in_all[often]))[:250]
named = []
for i in [*np.searchsorted(often, [word_index["the"] + 3]), *striking]:
    x, y = np.log10(in_all[often[i]]), share[i]
    if all(abs(x - other_x) > 0.4 or abs(y - other_y) > 0.04 for other_x, other_y in named):  # else they would overlap
        axes.annotate(word_of[often[i]], (10**x, y), xytext=(4, 4), textcoords="offset points", fontsize=9)
        named.append((x, y))
axes.axhline(0.5, color="black", linewidth=0.8, linestyle="--")
axes.set(
    xscale="log", xlabel="reviews that contain the word", ylabel="share of them that is praise", ylim=(-0.02, 1.02)
)
plot.show(
    figure,
    alt="Each dot is a word; the commonest, such as the, lie near one half, rarer ones spread towards praise, such as "
    "excellent and superb, or towards blame, such as worst and terrible.",
)

# %% [markdown]
# The commonest words sit on the dashed line: everybody writes *the*. Away from it lie words that take sides, and there
# are hundreds of them. No single one decides, but a review has many words. Adding up small hints is exactly what a
# layer of a network does: $xW + b$.
#
# ## 1. A review is a list of numbers
#
# The data set does not hold words. Somebody ranked all words by how often they occur (1 is the commonest) and wrote for
# each word its **id, which is its rank plus 3**. The small ids are kept for marks: 0 is *padding*, which fills a short
# review up; 1 marks the *start*; 2 stands for an *unknown* word, one too rare to have an id of its own; 3 is never
# used. With `num_words=10_000`, ids run up to 9,999. A rarer word is not dropped: a 2 stands in its place.

# %%
print(ids_train[0][:12], "...", len(ids_train[0]), "ids")
print("smallest id of a word:", np.flatnonzero(in_all)[2], "  largest:", np.flatnonzero(in_all)[-1])

# %% [markdown]
# A tiny case to check by hand. Let there be three words, ranked like this, and the review 1, 5, 2, 4:
#
# | id | 1 | 5 | 2 | 4 |
# |---|---|---|---|---|
# | is | start | rank 2 | unknown | rank 1 |
# | with `{"the": 1, "film": 2, "was": 3}` | `<start>` | film | `<unknown>` | the |
#
# What does a rarer word cost us? This share of all ids is the unknown word:

# %%
words_in_all = sum(len(ids) for ids in ids_train)
unknown = sum(ids.count(2) for ids in ids_train)
print(f"{unknown / words_in_all:.1%} of all ids are 2, the unknown word")
print(f"shortest review {min(map(len, ids_train))} ids, longest {max(map(len, ids_train))}")

# %% [markdown]
# ### Exercise: `decode_review` (2 points, about 7 minutes, easy)
#
# Turn a list of ids back into text, words joined by single spaces. Write `<pad>`, `<start>` and `<unknown>` for ids 0,
# 1 and 2, and `<unknown>` for any other id that no word has.


# %%
def decode_review(ids, word_index):
    """The text of a review.

    ids: list of int; word_index: dict, word -> rank, counted from 1. Returns a str.

    >>> decode_review([1, 5, 2, 4], {"the": 1, "film": 2, "was": 3})
    '<start> film <unknown> the'
    """
    ### BEGIN SOLUTION
    words = {rank + 3: word for word, rank in word_index.items()}
    words.update({0: "<pad>", 1: "<start>", 2: "<unknown>"})
    return " ".join(words.get(i, "<unknown>") for i in ids)
    ### END SOLUTION


# %%
check("decode_review", decode_review)

# %%
practice("decode_review")

# %% [markdown]
# <details><summary>Hint 1</summary>The dictionary runs the wrong way: from word to rank. Make one that runs from id to
# word, once, before you walk through the ids.</details>
# <details><summary>Hint 2</summary>Add the three marks to that dictionary. <code>d.get(key, default)</code> then
# answers for every id.</details>
# <details><summary>If you see "the" where "&lt;start&gt;" should be</summary>you looked up ids as ranks. The offset is
# 3, so that the commonest word has id 4.</details>

# %% [markdown]
# Here are the beginnings of two reviews, decoded with the dictionary `word_of` that was made for the picture (`__` is
# the unknown word), and their labels.

# %%
import textwrap

for i in (np.flatnonzero(y_train == 1)[0], np.flatnonzero(y_train == 0)[1]):
    words = " ".join(word_of.get(each, "__") for each in ids_train[i][1:70])
    print(f"label {y_train[i]}:", textwrap.fill(words, 90), "...\n", sep="\n")

# %% [markdown]
# ### Find the bug: which way round?
#
# An older handout on this data set says: *"0 is positive, 1 is negative."* Our picture took 1 for praise. One of the
# two is wrong. Read the two reviews: which one?
#
# <details><summary>What you should find</summary>The handout is wrong: <b>1 is praise, 0 is blame.</b> Nothing in a
# training breaks when you read the labels the wrong way round. The network learns them all the same, and only your
# report says the opposite of the truth. So read a few examples, always.</details>

# %% [markdown]
# ### Exercise: `label_name` (1 point, about 3 minutes, easy)
#
# The name of a label, `"negative"` or `"positive"`. Raise `ValueError` for anything that is neither 0 nor 1, a
# probability such as 0.9 included: to turn a probability into a label one has to choose a threshold, and should say so.


# %%
def label_name(y):
    """The name of a label: "negative" for 0, "positive" for 1 (an int, or a NumPy integer).

    Raises ValueError for any other number. (You are not asked about 1.0 and True.)
    """
    ### BEGIN SOLUTION
    if y not in (0, 1):
        raise ValueError(f"a label is 0 or 1; got {y!r}")
    return ["negative", "positive"][y]
    ### END SOLUTION


# %%
check("label_name", label_name)

# %% [markdown]
# <details><summary>Hint 1</summary>First deal with what is not a label, then with the two that are.</details>
# <details><summary>Hint 2</summary><code>raise ValueError("a few words")</code> leaves the function at once.</details>
# <details><summary>If you see "It should refuse this input"</summary><code>if y:</code> is true for every number but 0,
# so 2 and 0.9 slip through. Compare with 0 and 1 themselves.</details>

# %% [markdown]
# ## 2. From a list to a row
#
# Reviews have different lengths; a dense layer wants rows of one length. The simplest row that keeps the words and
# forgets their order is the **multi-hot** row: one column for each id, 1 where the id occurs in the review, 0
# elsewhere. It is also called a *bag of words*, though a set would be the better name: twice *boring* is still one 1.
#
# By hand, with six ids: the review `[1, 4, 5, 4]` becomes

# %%
tiny = np.zeros((1, 6), dtype="uint8")
tiny[0, [1, 4, 5, 4]] = 1  # a list of ids as index: all of these columns at once
tiny

# %% [markdown]
# ### Exercise: `vectorize_sequences` (3 points, about 7 minutes, easy)
#
# One row for each review. The dtype is the caller's choice, and it matters more than it seems to: you will measure it
# right after.


# %%
def vectorize_sequences(seqs, dimension=10_000, dtype="float32"):
    """Multi-hot rows.

    seqs: list of n lists of ids, each below `dimension`. Returns a new (n, dimension) array of `dtype`.

    >>> vectorize_sequences([[1, 3, 3], []], dimension=5, dtype="uint8")
    array([[0, 1, 0, 1, 0],
           [0, 0, 0, 0, 0]], dtype=uint8)
    """
    ### BEGIN SOLUTION
    rows = np.zeros((len(seqs), dimension), dtype=dtype)
    for i, seq in enumerate(seqs):
        rows[i, seq] = 1
    return rows
    ### END SOLUTION


# %%
check("vectorize_sequences", vectorize_sequences)

# %%
practice("vectorize_sequences")

# %% [markdown]
# <details><summary>Hint 1</summary>Begin with an array of zeros that has its final shape and dtype.</details>
# <details><summary>Hint 2</summary>One loop over the reviews is enough: the example above the exercise sets all columns
# of one row in one go.</details>
# <details><summary>If you see float64 where float32 is expected</summary><code>np.zeros</code> makes float64 unless you
# name another dtype.</details>

# %% [markdown]
# ### What does a row cost?
#
# One review is 10,000 numbers, almost all of them 0. In float64, NumPy's default, each takes eight bytes. **Predict
# before you run:** how many megabytes are 25,000 such rows? And for a CSR matrix (*compressed sparse rows*, from
# SciPy), which writes down only the ones, and where they are?
#
# We measure on 2,500 reviews and multiply by ten, so that nobody's memory gets full.


# %%
def dense(some_reviews, dtype):
    table = np.zeros((len(some_reviews), num_words), dtype)
    for row, ids in zip(table, some_reviews, strict=True):
        row[ids] = 1
    return table


# %%
import scipy.sparse


def sparse(some_reviews):
    """The same rows as a SciPy CSR array: the columns of the ones, row after row, and where each row begins."""
    once = [np.unique(ids) for ids in some_reviews]
    starts = np.concatenate([[0], np.cumsum([len(ids) for ids in once])])
    ones = np.ones(starts[-1], "float32")
    return scipy.sparse.csr_array((ones, np.concatenate(once), starts), shape=(len(once), num_words))


# %% [markdown]
# To see that the numbers stay the same, the same small network with the same seed learns for one epoch from each of the
# four tables: float64, float32, uint8 and CSR. It has two layers of 16 units and one unit for the answer; the next
# section explains it. `Input(sparse=True)` tells Keras to expect sparse rows.


# %%
def build(**of_input):
    """10,000 -> 16 -> 16 -> 1, compiled; the weights are fresh and come from Keras' seed."""
    model = keras.Sequential(
        [
            keras.Input((num_words,), **of_input),
            keras.layers.Dense(16, activation="relu"),
            keras.layers.Dense(16, activation="relu"),
            keras.layers.Dense(1, activation="sigmoid"),
        ]
    )
    model.compile(optimizer="rmsprop", loss="binary_crossentropy", metrics=["accuracy"])
    return model


# %%
import time
import timeit


def measure(encode, **of_input):
    """Processor seconds (the best of three) and megabytes for 25,000 reviews, and the loss after one epoch, from the first 2,500."""
    once = timeit.repeat(lambda: encode(ids_train[:2500]), timer=time.process_time, number=1, repeat=3)
    rows = encode(ids_train[:2500])
    size = sum(part.nbytes for part in (rows.data, rows.indices, rows.indptr)) if of_input else rows.nbytes
    keras.utils.set_random_seed(1)
    learned = build(**of_input).fit(rows, y_train[:2500], epochs=1, batch_size=512, verbose=0)
    return {"seconds": 10 * min(once), "megabytes": 10 * size / 1e6, "loss": learned.history["loss"][0]}


# %% tags=["nbval-ignore-output"]
costs = {dtype: measure(lambda some, dtype=dtype: dense(some, dtype)) for dtype in ("float64", "float32", "uint8")}
costs["CSR"] = measure(sparse, sparse=True)
costs = pd.DataFrame(costs).T.rename_axis("for 25,000 reviews")
assert np.ptp(costs["loss"]) < 1e-5  # the same numbers come out
costs.round({"seconds": 2, "megabytes": 0, "loss": 6})

# %% tags=["nbval-ignore-output"]
figure, panels = plot.subplots(1, 2, figsize=(9, 2.6), sharey=True)
for axes, column in zip(panels, ["megabytes", "seconds"], strict=True):
    bars = axes.barh(costs.index[::-1], costs[column][::-1], color=plot.PALETTE[0])
    axes.bar_label(bars, fmt=" {:,.2f}" if column == "seconds" else " {:,.0f}")
    axes.set(xlabel=f"{column} for 25,000 reviews", xlim=(0, 1.25 * costs[column].max()))
plot.show(
    figure,
    alt="Bars of the memory and the encoding time of float64, float32, uint8 and CSR rows; float64 takes most memory.",
)

# %% [markdown]
# The losses agree up to rounding: a 1 is a 1 in any dtype, and Keras turns each batch into float32 just before it
# multiplies. So the dtype in which rows *wait* is yours to choose. From here on we use uint8, an eighth of float64. CSR
# takes a fraction of that again; on our machine it takes longer to make. It earns its place where rows get wider still.
# You will meet it again in section 5, where there are hundreds of thousands of columns.
#
# ### The product, without the matrix
#
# What does the first layer do with a row of zeros and ones? $xW$ adds up the rows of $W$ where $x$ is 1. So no one
# needs $x$ at all: take the rows of $W$ that belong to the ids, and add them. By hand, with two units:
#
# $$ [0, 1, 0, 1] \begin{bmatrix} 9 & 9 \\ 1 & 10 \\ 2 & 20 \\ 4 & 40 \end{bmatrix} = [1, 10] + [4, 40] = [5, 50] $$
#
# Row $i$ of $W$ is a little vector that belongs to word $i$: an **embedding**. Two things to look out for. A word that
# comes twice is still one 1, so its row is added once. And when reviews of different lengths are put into one array,
# they are filled up with 0, the padding, which is no word and must add nothing.

# %%
w = np.array([[9, 9], [1, 10], [2, 20], [4, 40]])
print("as a product:", np.array([0, 1, 0, 1]) @ w, "  as a sum of rows:", w[[1, 3]].sum(axis=0))

# %% [markdown]
# ### Exercise: `bag_dense` (3 points, about 9 minutes, medium)
#
# What `Dense` computes before its activation, for multi-hot rows whose column 0 is left empty, but straight from the
# ids.


# %%
def bag_dense(seqs, w, b):
    """The sum of the rows of `w` that belong to a review's ids, each id once, plus `b`.

    seqs: list of n lists of ids, where 0 is padding and adds nothing; w: (words, units); b: (units,).
    Returns an (n, units) array; for a review that is empty, or holds padding only, that is just `b`.

    >>> bag_dense([[1, 3, 3, 0]], np.array([[9., 9.], [1., 10.], [2., 20.], [4., 40.]]), np.array([0.5, 0.5]))
    array([[ 5.5, 50.5]])
    """
    ### BEGIN SOLUTION
    out = np.empty((len(seqs), len(b)))
    for i, seq in enumerate(seqs):
        once = np.unique(np.array(seq, dtype=int))
        out[i] = w[once[once > 0]].sum(axis=0) + b
    return out
    ### END SOLUTION


# %%
check("bag_dense", bag_dense)

# %% [markdown]
# <details><summary>Hint 1</summary><code>np.unique</code> gives each id once, and <code>w[ids]</code> the rows that
# belong to them.</details>
# <details><summary>Hint 2</summary>Leave the 0 out before you look up rows. The sum runs over the ids (axis 0), not
# over the units.</details>
# <details><summary>If you see an IndexError about arrays that must be of integer type</summary>an empty list becomes a
# <em>float</em> array: say <code>np.array(ids, dtype=int)</code>.</details>

# %% [markdown]
# ## 3. A network learns, then learns too much
#
# The network is the one you have seen: 16 units that each add up hints, 16 that combine them, and one whose sigmoid
# squeezes the result into a probability of praise. Its loss is binary cross-entropy: for one review, $-\log$ of the
# probability that the network gave to the true label; over many reviews, the mean of these. **Predict before you run:**
# how many parameters does it have, and where are nearly all of them?

# %%
keras.utils.set_random_seed(1)
network = build()
for layer in network.layers:
    print(
        f"{layer.name.rpartition('_')[0] or layer.name:6} {layer.kernel.shape} + {layer.bias.shape} = {layer.count_params():>7,}"
    )
print(f"{network.count_params():,} in all")

# %% [markdown]
# Nearly all are in the first layer: 16 numbers for each word. That is far more parameters than there are reviews, so
# the network could learn the training reviews by heart. We will only notice if we keep some reviews away from it: a
# **validation** part, 10,000 of the training reviews. The test set stays in its envelope until every decision has been
# made.
#
# ### Exercise: `split_validation` (2 points, about 5 minutes, easy)
#
# The first `n` examples are for validation, all others for training. (Keras has shuffled the reviews already.)


# %%
def split_validation(x, y, n):
    """Hold out the first n examples.

    x: (examples, ...) array; y: (examples,) array. Returns ((x_train, y_train), (x_val, y_val)).
    Raises ValueError when x and y differ in length, or unless 0 < n < number of examples.

    >>> split_validation(np.array([[5], [6], [7]]), np.array([1, 0, 1]), 1)
    ((array([[6], [7]]), array([0, 1])), (array([[5]]), array([1])))
    """
    ### BEGIN SOLUTION
    if len(x) != len(y):
        raise ValueError(f"{len(x)} examples but {len(y)} labels")
    if not 0 < n < len(x):
        raise ValueError(f"cannot hold out {n} of {len(x)} examples")
    return (x[n:], y[n:]), (x[:n], y[:n])
    ### END SOLUTION


# %%
check("split_validation", split_validation)

# %% [markdown]
# <details><summary>Hint 1</summary>Two slices of <code>x</code>, the same two slices of <code>y</code>.</details>
# <details><summary>Hint 2</summary>Mind the order of what you return: training first, and texts together with
# <em>their</em> labels.</details>
# <details><summary>If you see "It should refuse this input"</summary>slices never complain: <code>x[:9]</code> of five
# examples is simply all five. Test the lengths and n yourself before you slice.</details>

# %% [markdown]
# ### How many steps?
#
# We train for 20 epochs in batches of 512. An older handout counts them like this:
#
# *"15,000 examples in batches of 512 make 29 steps per epoch, and 20 epochs make 580 updates."*
#
# **Find the bug** before you run the next cells: the optimizer counts its updates itself.

# %%
x_train = dense(ids_train, "uint8")
x_val, y_val, x_part, y_part = x_train[:10_000], y_train[:10_000], x_train[10_000:], y_train[10_000:]

# %% tags=["nbval-ignore-output"]
before = time.perf_counter()
history = network.fit(x_part, y_part, epochs=20, batch_size=512, validation_data=(x_val, y_val), verbose=0).history
print(f"{time.perf_counter() - before:.0f} seconds")
assert history["loss"][-1] < 0.1 < history["loss"][0]

# %%
updates = int(network.optimizer.iterations.numpy())
print(f"{len(x_part):,} examples: {updates // 20} steps per epoch, {updates} updates")
print(f"{len(x_part):,} / 512 = {len(x_part) / 512:.2f}")

# %% [markdown]
# <details><summary>What you should find</summary>The division does not come out even, and the handout rounds down. The
# last, smaller batch is a step as well: round <em>up</em>. It holds what is left, 15,000 - 29 · 512 = 152 reviews, and
# other ones in each epoch, because <code>fit</code> shuffles before it begins anew. Who rounds down forgets that
# step.</details>

# %% [markdown]
# ### Read the history
#
# `fit` returns what happened, as a dictionary of lists. As a data frame whose index counts from 1 it reads well:

# %% tags=["nbval-ignore-output"]
frame = pd.DataFrame(history)
frame.index = pd.RangeIndex(1, len(frame) + 1, name="epoch")
frame.round(4).iloc[[0, 1, 2, 3, 4, 5, 9, 19]]

# %% tags=["nbval-ignore-output"]
plot.learning_curves(
    history,
    alt="Training loss falls towards zero for 20 epochs; validation loss falls for a few epochs and then rises steadily, "
    "while validation accuracy peaks early and slowly falls.",
)

# %% [markdown]
# Look at the two curves of the loss. For a few epochs they fall together: what the network learns holds for reviews it
# has not seen. Then they part. It goes on to learn what is peculiar to *these* reviews: it **overfits**. The validation
# accuracy falls only a little. The validation loss *rises*, and by a lot. How can that be? Keep the question in mind:
# it comes back.
#
# ### Find the bug: the best epoch
#
# From a notebook that is passed around: *"`np.argmin(history['val_loss'])` gives 5, so I retrain for 5 epochs."* What
# is wrong?
#
# <details><summary>What you should find</summary>5 is a position, counted from 0, so it is the <em>sixth</em> epoch.
# With 5 epochs the training stops one too early. It is an error without a message, the worst kind: the frame above
# counts from 1 on purpose.</details>
#
# ### Exercise: `best_epoch` (2 points, about 8 minutes, medium)
#
# Which epoch was best? Epochs count from 1. `mode` says whether small values are good (`"min"`, a loss) or large ones
# (`"max"`, an accuracy). Of equal epochs the first is best. An epoch whose value is NaN, where training has gone
# astray, never is.


# %%
def best_epoch(history, key="val_loss", mode="min"):
    """The best epoch, counted from 1, as an int.

    history: dict, metric -> list of one float per epoch; key: the metric to judge by; mode: "min" or "max".
    Raises ValueError for any other mode.

    >>> best_epoch({"val_loss": [0.4, 0.3, 0.5]})
    2
    """
    ### BEGIN SOLUTION
    if mode not in ("min", "max"):
        raise ValueError(f"mode is 'min' or 'max', not {mode!r}")
    values = np.array(history[key], dtype=float)
    return 1 + int(np.nanargmin(values) if mode == "min" else np.nanargmax(values))
    ### END SOLUTION


# %%
check("best_epoch", best_epoch)

# %%
practice("best_epoch")

# %% [markdown]
# <details><summary>Hint 1</summary><code>np.argmin</code> gives a position, counted from 0. It also has a sister that
# passes over NaN.</details>
# <details><summary>Hint 2</summary>For "max" there is <code>np.nanargmax</code>; both take the first of equal values.
# <code>int(...)</code> makes a plain int.</details>
# <details><summary>If you see an answer that is one too small</summary>position 0 is epoch 1.</details>

# %% [markdown]
# In our own training:

# %% tags=["nbval-ignore-output"]
position = int(np.argmin(history["val_loss"]))
best = position + 1
print(f"position {position} of the list, that is epoch {best}; by accuracy epoch {frame['val_accuracy'].idxmax()}")
assert 2 <= best <= 8

# %% [markdown]
# ### Checkpoint
#
# After the best epoch the validation *loss* goes up by a lot, while the validation *accuracy* falls only a little. How
# can that be?
#
# - [ ] The learning rate is too high, so training has become unstable
#
#   **A learning rate that is too high.** Then the training loss would jump about or rise as well. It falls calmly to
#   nearly 0.
#
# - [x] Most answers stay on the same side of 0.5, but the wrong ones become surer and surer
#
#   Yes. Accuracy only asks which side of 0.5 an answer is on; the loss also asks how sure it was. "99.9% praise" for a
#   review that blames costs far more than "60% praise", and is just as wrong.
#
# - [ ] The validation part is too small to measure a loss
#
#   **A measurement that is mostly noise.** With 10,000 reviews the loss is measured well: the rise is many times larger
#   than its noise.
#
# - [ ] The network has not yet learned enough: more epochs will bring the loss down again
#
#   **More epochs always help.** More epochs are what brought it up. The *training* loss is almost 0, so there is hardly
#   anything left to learn from these reviews.

# %%
question("loss_up_accuracy_steady")

# %% [markdown]
# ## 4. Retrain, and open the envelope
#
# The number of epochs was the last thing to decide. Now nothing needs to be held out any more: a fresh network learns
# from *all* training reviews, for as many epochs as were best, and is tested. Once. (With more reviews an epoch has
# more steps, 49 in place of 30; we accept that.) If you look at the test score, change something and look again, the
# test set has become a second validation set, and you no longer have an honest number to report.

# %% tags=["nbval-ignore-output"]
keras.utils.set_random_seed(1)
retrained = build()
_ = retrained.fit(x_train, y_train, epochs=best, batch_size=512, verbose=0)


# %%
def praise_of(model):
    """The model's probability of praise for each test review, encoded 5,000 at a time: less memory than all at once."""
    parts = [ids_test[start : start + 5000] for start in range(0, len(ids_test), 5000)]
    return np.concatenate([model.predict(dense(part, "uint8"), batch_size=500, verbose=0)[:, 0] for part in parts])


# %% tags=["nbval-ignore-output"]
praise = praise_of(retrained)
network_accuracy = np.mean((praise > 0.5) == y_test)
print(f"{network_accuracy:.4f} of the test reviews get the right label")
assert network_accuracy >= 0.8788 or not reviews.canonical

# %% tags=["nbval-ignore-output"]
overfitted_accuracy = np.mean((praise_of(network) > 0.5) == y_test)
print(f"the network that trained for 20 epochs: {overfitted_accuracy:.4f}")
assert overfitted_accuracy < network_accuracy

# %% [markdown]
# (The second line looks into the envelope again, but decides nothing.) Two things are different in the network that
# trained for 20 epochs: it trained for too long, and it learned from 15,000 reviews only. What overfitting alone costs,
# the table of the history tells: there the best epoch and the last one learned from the same reviews, and you can
# compare their `val_accuracy`.
#
# ### Where is it sure, where is it wrong?
#
# An accuracy says how often, never how. Two looks help: how its probabilities are spread, and which review fooled it
# most.

# %% tags=["nbval-ignore-output"]
figure, axes = plot.subplots(figsize=(7, 3))
edges = np.linspace(0, 1, 21)
axes.hist(
    [praise[y_test == 1], praise[y_test == 0]],
    edges,
    label=["praise", "blame"],
    color=[plot.PALETTE[0], plot.PALETTE[3]],
)
axes.set(xlabel="the network's probability of praise", ylabel="test reviews")
axes.legend(title="in truth", frameon=False, loc="upper center")
plot.show(
    figure,
    alt="Histogram of the predicted probability: reviews of praise pile up near 1, those of blame near 0, with few between.",
)

# %% tags=["nbval-ignore-output"]
by_praise = np.argsort(-np.where(y_test == 0, praise, 0))  # reviews of blame, the one that fooled it most first
fooled = by_praise[0]
print(f"probability of praise {praise[fooled]:.4f}, label {y_test[fooled]}:")
print(" ".join(word_of.get(i, "__") for i in ids_test[fooled][1:90]), "...")

# %% [markdown]
# Read it: what would *you* have said from the words alone, without their order? One review shows little. In the cell
# above, write `by_praise[1]`, then `by_praise[2]`, in place of `by_praise[0]`, and read the next ones as well. Look for
# irony, for "everybody says it is wonderful, but", and for labels that are plainly wrong. (These are test reviews: what
# you read here may not influence the network that you will design below.)
#
# ### The first layer is a table of words
#
# Does the sum of section 2 hold for the trained network? We compare its first layer with the sum over the ids, each
# once; then with the sum over all ids, repeats included.

# %% tags=["nbval-ignore-output"]
weights, bias = retrained.layers[0].get_weights()
some = ids_train[:1000]
product = x_train[:1000].astype("float32") @ weights + bias
once = np.stack([weights[np.unique(ids)].sum(axis=0) for ids in some]) + bias
every_time = np.stack([weights[ids].sum(axis=0) for ids in some]) + bias
print(f"largest difference {np.abs(product - once).max():.1e}; with repeats {np.abs(product - every_time).max():.1f}")
assert np.abs(product - once).max() < 1e-4
assert np.abs(product - every_time).max() > 1

# %% [markdown]
# The same product, down to rounding; and another one as soon as repeats count. Is it quicker, then, to look a few rows
# up than to multiply by thousands of zeros? **Predict before you run.** We time epochs on 2,500 reviews.

# %%
padded = np.zeros((2500, max(len(np.unique(ids)) for ids in ids_train[:2500])), "int32")
for row, ids in zip(padded, ids_train[:2500], strict=True):
    row[: len(np.unique(ids))] = np.unique(ids)  # each id once, then 0: the padding
padded.shape

# %% [markdown]
# The network that looks up is one of the kind that [branches](../05_keras_life_cycle/05_keras_life_cycle.ipynb): each
# layer is *called* on the output of the one before. `Embedding` looks up the vector of each id.
# `einsum("bwu,bw->bu", ...)` multiplies each word's vector by 1, or by 0 for the padding, and adds over the words `w`;
# a batch `b` of sums remains, with a number for each unit `u`. (The first bias is left out: it would hardly take time.)

# %%
word_ids = keras.Input((None,), dtype="int32")  # (batch, words)
vectors = keras.layers.Embedding(num_words, 16)(word_ids)  # (batch, words, 16)
is_word = keras.ops.cast(word_ids > 0, "float32")  # 0 for the padding
first = keras.layers.Activation("relu")(keras.ops.einsum("bwu,bw->bu", vectors, is_word))
answer = keras.layers.Dense(1, activation="sigmoid")(keras.layers.Dense(16, activation="relu")(first))
by_lookup = keras.Model(word_ids, answer)
by_lookup.compile(optimizer="rmsprop", loss="binary_crossentropy")


# %% tags=["nbval-ignore-output"]
def seconds(model, rows):
    """The time of an epoch, the best of four: the first one also compiles."""
    return min(timeit.repeat(lambda: model.fit(rows, y_train[:2500], batch_size=512, verbose=0), number=1, repeat=4))


print(f"product          {seconds(build(), x_train[:2500]):.2f} seconds")
print(f"look-up and sum  {seconds(by_lookup, padded):.2f} seconds")

# %% [markdown]
# On our machine the look-up was slower. Likely reasons, none of which we have measured: a processor reads the rows of a
# matrix one after the other, while rows looked up lie all over the memory; every review is padded to the length of the
# longest; and an epoch also computes slopes. Fewer operations do not mean less time: measure.
#
# ### Exercise: `final_model` (4 points, about 12 minutes, medium)
#
# Now your own network. Start from ours and change something: fewer units, one layer less, `keras.layers.Dropout(0.5)`
# between layers, another optimizer. Decide the number of epochs on `x_val`; then train a fresh one on all of `x_train`,
# and leave it in `final_model`. It takes (n, 10000) rows of zeros and ones and returns (n, 1) probabilities of praise.
#
# `check` asks it about 5,000 test reviews, so it opens the envelope: decide first, check afterwards. It wants an
# accuracy between 0.856, which 20 epochs of our network do not reach on these 5,000, and 0.93, which no network of this
# kind reaches honestly. The points are given for *other* test reviews, so it does not help to change your network until
# these are right.

# %%
final_model = ...  # your answer
### BEGIN SOLUTION
keras.utils.set_random_seed(2)
hidden = [(keras.layers.Dense(16, "relu"), keras.layers.Dropout(0.5)) for _ in range(2)]
final_model = keras.Sequential([keras.Input((num_words,)), *hidden[0], *hidden[1], keras.layers.Dense(1, "sigmoid")])
final_model.compile("rmsprop", "binary_crossentropy", metrics=["accuracy"])
_ = final_model.fit(x_train, y_train, epochs=3, batch_size=512, verbose=0)
### END SOLUTION

# %%
check("final_model", final_model)

# %% [markdown]
# <details><summary>Hint 1</summary>Train twice. First on <code>x_part</code> with <code>validation_data=(x_val,
# y_val)</code>, to see how many epochs are good; then a fresh network on <code>x_train</code>, for that many.</details>
# <details><summary>Hint 2</summary>The last layer has one unit and a sigmoid; the loss is binary cross-entropy.
# Dropout, fewer units or another optimizer move the best epoch: look for it again.</details>
# <details><summary>If you see "as reliably wrong as it should be right"</summary>somewhere a label is turned
# round.</details>

# %% [markdown]
# ## 5. Counted weights, then a regression
#
# Could we have guessed good word weights by counting, without training anything? Naive Bayes does. Add up the positive
# rows of the training set: how many have each word? Add a little $\alpha$ to each count, so that none is 0, and divide
# by the sum of them all: that is $p$, the share of each word in praise. The same for the negative rows gives $q$. The
# weight of a word is
#
# $$ r = \log \frac{p}{q} $$
#
# To judge a review, add up the $r$ of its words. A sum above 0 means praise: both classes are equally common here, so
# neither begins with an advantage.
#
# By hand: two words, `[1, 0]` is praise, `[0, 1]` is blame, $\alpha = 1$. Then $p = [2, 1]/3$, $q = [1, 2]/3$ and
# $r = [\log 2, -\log 2]$: above 0 for the word of praise, below 0 for the word of blame.

# %%
p, q = np.array([2, 1]) / 3, np.array([1, 2]) / 3
print(np.log(p / q).round(3))

# %% [markdown]
# ### Exercise: `nb_log_ratio` (3 points, about 10 minutes, medium)


# %%
def nb_log_ratio(x, y, alpha=1.0):
    """Naive Bayes' log ratio of each word: log of its share in praise over its share in blame.

    x: (reviews, words) array of numbers >= 0; y: (reviews,) array of labels 0 and 1, both present; alpha > 0 is added to
    the sum of each column of each class. Returns a (words,) array of natural logarithms.

    >>> nb_log_ratio(np.array([[1, 0], [0, 1]]), np.array([1, 0])).round(3)
    array([ 0.693, -0.693])
    """
    ### BEGIN SOLUTION
    in_positive = alpha + x[y == 1].sum(axis=0)
    in_negative = alpha + x[y == 0].sum(axis=0)
    return np.log(in_positive / in_positive.sum()) - np.log(in_negative / in_negative.sum())
    ### END SOLUTION


# %%
check("nb_log_ratio", nb_log_ratio)

# %% [markdown]
# <details><summary>Hint 1</summary><code>x[y == 1]</code> are the rows of praise; <code>.sum(axis=0)</code> adds them
# up, column by column.</details>
# <details><summary>Hint 2</summary>Add alpha to the counts first, and divide by the sum of what you then have, so that
# each class's shares add up to 1.</details>
# <details><summary>If you see inf or nan</summary>a word that one class never uses gives log 0. That is what alpha is
# for.</details>

# %% [markdown]
# ### Pairs of words
#
# A bag of words cannot tell *not good* from *good*. So we also count **pairs of neighbours** (bigrams). A pair gets the
# number `10_000 * left + right`, which no single word has. Words and pairs that occur in one review only are left out.


# %%
def terms(ids):
    """The ids of a review and the numbers of its pairs of neighbours, each once."""
    ids = np.asarray(ids)
    return np.unique(np.concatenate([ids, num_words * ids[:-1] + ids[1:]]))


terms_train = [terms(ids) for ids in ids_train]
known, in_reviews = np.unique(np.concatenate(terms_train), return_counts=True)
known = known[in_reviews >= 2]
print(f"{len(known):,} words and pairs")


# %%
def term_rows(lists):
    """CSR rows of zeros and ones with a column for each of the `known` terms."""
    flat = np.concatenate(lists)
    column = np.searchsorted(known, flat).clip(max=len(known) - 1)
    row = np.repeat(np.arange(len(lists)), [len(each) for each in lists])
    hit = known[column] == flat
    ones = np.ones(hit.sum(), "float32")
    return scipy.sparse.csr_array((ones, (row[hit], column[hit])), shape=(len(lists), len(known)))


t_train, t_test = term_rows(terms_train), term_rows([terms(ids) for ids in ids_test])
print(f"as CSR {sum(a.nbytes for a in (t_train.data, t_train.indices, t_train.indptr)) / 1e6:,.0f} MB;", end=" ")
print(f"as a uint8 array it would be {t_train.shape[0] * t_train.shape[1] / 1e9:,.1f} GB")

# %% [markdown]
# scikit-learn's naive Bayes follows the same formula. We check it on the example by hand:

# %%
from sklearn.naive_bayes import MultinomialNB

by_hand = MultinomialNB(alpha=1.0).fit([[1, 0], [0, 1]], [1, 0]).feature_log_prob_  # log q, then log p
print((by_hand[1] - by_hand[0]).round(3))

# %% [markdown]
# Of the pairs that at least 100 reviews have, which does it find most telling?

# %%
bayes = MultinomialNB(alpha=1.0).fit(t_train, y_train)
ratio = bayes.feature_log_prob_[1] - bayes.feature_log_prob_[0]
pairs = np.flatnonzero(
    (known >= num_words) & (t_train.sum(axis=0) >= 100) & (known % num_words > 3) & (known // num_words > 3)
)
for name, order in (("praise", -ratio), ("blame", ratio)):
    top = pairs[np.argsort(order[pairs])[:12]]
    print(f"{name}:", ", ".join(f"{word_of[known[i] // num_words]} {word_of[known[i] % num_words]}" for i in top))

# %% [markdown]
# Look for pairs such as *8 10* among them: that is what the ids have left of "8/10". The stars were taken out of the
# data set, but some authors write theirs into the text. A classifier that finds them is not wrong, but it has learned
# something else than we meant to teach. What a model leans on is always worth a look.
#
# Sida Wang and Christopher Manning had a simple idea in 2012: multiply each column by its $r$, and let a linear
# classifier find one factor for each column. Ours is logistic regression: one unit with a sigmoid, straight on the
# columns. Its factors begin at 0 and are kept small; where $|r|$ is large, a small factor is enough.

# %% tags=["nbval-ignore-output"]
from sklearn.linear_model import LogisticRegression

before = time.perf_counter()
weighted = LogisticRegression(tol=1e-3).fit(t_train.multiply(ratio.astype("float32")).tocsr(), y_train)
print(f"the regression trained for {time.perf_counter() - before:.0f} seconds")
regression_accuracy = weighted.score(t_test.multiply(ratio.astype("float32")).tocsr(), y_test)
scores = {
    "always the same answer": max(y_test.mean(), 1 - y_test.mean()),
    "naive Bayes, words and pairs": bayes.score(t_test, y_test),
    "16-16-1 network, words": network_accuracy,
    "regression on naive Bayes' weights, words and pairs": regression_accuracy,
}
assert regression_accuracy >= 0.91 or not reviews.canonical
pd.Series(scores, name="test accuracy").round(4).to_frame()

# %% tags=["nbval-ignore-output"]
figure, axes = plot.subplots(figsize=(8, 2.6))
colours = [plot.PALETTE[5], plot.PALETTE[5], plot.PALETTE[0], plot.PALETTE[1]]
axes.bar_label(axes.barh(list(scores), list(scores.values()), color=colours), fmt=" {:.3f}")
axes.set(xlabel="test accuracy", xlim=(0, 1.1))
plot.show(
    figure,
    alt="Bars of test accuracy: guessing one half, naive Bayes, the network, and the regression on naive Bayes' weights, which wins.",
)

# %% [markdown]
# The regression wins, and trains in the time that is printed above the table. That does not show that networks are
# weak: the regression sees *pairs*, and our network does not. Over hundreds of thousands of columns the network's first
# layer would have millions of parameters, to be learned from the same few reviews. (The stretch task below gives it
# some pairs.) Keep this rival in mind whenever somebody shows you a network for text: the question is never "how good
# is it?" but "how much better than counting?"
#
# ## Break it on purpose
#
# What if there is nothing to learn? We throw a coin for the label of each of 2,000 reviews, and train on the first
# 1,000 of them, for 15 epochs in batches of 50. **Predict before you run:** what will the accuracy on these reviews be,
# and on the other 1,000?

# %% tags=["nbval-ignore-output"]
keras.utils.set_random_seed(1)
coin = np.random.default_rng(1).integers(0, 2, size=2000)
gullible = build()
noise = gullible.fit(x_train[:1000], coin[:1000], epochs=15, batch_size=50, verbose=0).history
others = gullible.evaluate(x_train[1000:2000], coin[1000:], verbose=0, return_dict=True)
print(f"on its own reviews {noise['accuracy'][-1]:.3f}, on others {others['accuracy']:.3f}")
assert noise["accuracy"][-1] > 0.95
assert 0.4 < others["accuracy"] < 0.6

# %% [markdown]
# It learns the coin by heart. Nothing in the training numbers gives away that it knows nothing: only reviews that it
# has not seen do. This is why there is a validation part, and why a good training accuracy tells nothing about other
# reviews.
#
# ## Recap
#
# - *turn word ids back into text, and a label into a word*: the id is the rank plus 3; 0, 1 and 2 are marks, and 1 is
#   praise.
# - *turn reviews into rows of zeros and ones, and say what each encoding costs*: the dtype decides between gigabytes
#   and megabytes, and leaves the loss as it is; $xW + b$ is a sum of rows of $W$, each once.
# - *hold out validation data, and read the best epoch from a history*: where the validation loss is lowest, counted
#   from 1.
# - *train a network that tells praise from blame in reviews that it has never seen*: choose on validation data, retrain
#   on all, test once.
# - *weigh words by naive Bayes' log ratio*: smoothed shares, then the log; with pairs and a regression it beats the
#   network.
#
# **Common errors.** Ids looked up without the offset. Labels read the wrong way round. Multi-hot rows in float64. Steps
# per epoch rounded down. A position in a list taken for an epoch. A test set that was looked at more than once. A
# network that was never compared with counting.
#
# ## Further
#
# **Stretch task.** Give the network what the regression has: keep the 20,000 pairs with the largest
# $|r| \cdot \sqrt{\text{count}}$, add them as columns (CSR and `Input(sparse=True)`), and see how much of the gap
# closes.
#
# **Sources.**
# - A. Maas, R. Daly, P. Pham, D. Huang, A. Ng, C. Potts: *Learning Word Vectors for Sentiment Analysis*. ACL 2011. The
#   data set.
# - S. Wang, C. Manning: *Baselines and Bigrams: Simple, Good Sentiment and Topic Classification*. ACL 2012. Section 5.
# - C. Zhang, S. Bengio, M. Hardt, B. Recht, O. Vinyals: *Understanding deep learning requires rethinking
#   generalization*. ICLR 2017. Networks that learn coin tosses by heart.
# - F. Chollet: *Deep Learning with Python*. Manning. The 16-16-1 network on this data set.
# - Keras documentation, *IMDB movie review sentiment classification dataset*: ids, marks and the offset.
#
# **Words.**
#
# | English | 繁體中文 | 한국어 |
# |---|---|---|
# | bag of words |
# | multi-hot encoding |
# | sparse matrix |
# | validation set |
# | overfitting |
# | epoch |
# | binary cross-entropy |
# | naive Bayes |
# | bigram |
# | smoothing |
