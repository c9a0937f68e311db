# %% [markdown]
# # Define, compile, fit, evaluate, predict
#
# At the end you will have trained networks of your own, defined in two ways, saved them, loaded them again and asked
# them about flowers, tumours and arrows that they had never seen.
#
# | Section | Minutes |
# |---|---|
# | A picture first | 3 |
# | 1. A model is a function | 12 |
# | 2. Layers, and two ways to join them | 22 |
# | 3. Compile: what should become smaller? | 46 |
# | 4. Fit and evaluate | 26 |
# | 5. Save, load, serve | 10 |
# | 6. Left or right | 17 |
# | Reading old code | 4 |
# | Break it on purpose, recap | 5 |
#
# That makes about 145 minutes: take them in two sittings, with the break after section 3. The machine works for about
# one minute.
#
# **You need** arrays and broadcasting from [Hold data: containers, arrays,
# images](../01_containers_and_arrays/01_containers_and_arrays.ipynb), and feature maps and pooling from [Convolve and
# pool by hand](../02_convolution_and_pooling/02_convolution_and_pooling.ipynb).
#
# **Before:** [Run a convolution backwards](../04_conv2d_transpose/04_conv2d_transpose.ipynb). **Next:** [Tell praise
# from blame](../06_imdb_dense/06_imdb_dense.ipynb), where such a network reads.
#
# ## You will be able to
#
# - define and compile a model for two classes, for many and for numbers, as a Sequential and as a functional model
# - choose the loss that fits the labels, and compute softmax cross-entropy and its gradient by hand
# - write a metric of your own, and say how often `fit` updates the weights
# - stop a training at the right moment, and keep the best epoch
# - save a model, load it and get the same predictions
# - train a small convolutional network that judges pictures it has never seen

# %%
from course_utils import check, explore, pictures, plot, practice, question, start  # first: it quietens TensorFlow

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops

start("05_keras_life_cycle")
tf.get_logger().setLevel("ERROR")  # it would complain that we make many small models
tf.config.threading.set_intra_op_parallelism_threads(2)  # another number of threads adds in another order,
tf.config.threading.set_inter_op_parallelism_threads(2)  # and the last digits of a training would differ
_ = tf.add(1, 1)  # TensorFlow starts its engine here, and not in the first thing that we time

# %% [markdown]
# ## A picture first
#
# Which way does each arrow point? Now write down, in words, a rule that a program could follow. Mind the lines and dots
# that point nowhere, the noise, and that the arrow may stand anywhere.

# %%
x_arrows, y_arrows = pictures.left_or_right(1000, seed=1)
plot.images(
    {f"{i}: {pictures.LABELS[y_arrows[i]]}": x_arrows[i, :, :, 0] for i in range(12)},
    columns=6,
    size=1.5,
    cmap="gray",
    alt="Twelve noisy grey pictures, each with one arrow of another size, place and tilt, among stray lines and dots; six point left.",
)

# %% [markdown]
# You see it at once and cannot say how. A network will find a rule by itself, from examples. In section 6 you will
# train one, and it will have to prove itself on arrows that it has never seen. First, what is a network?
#
# ## 1. A model is a function
#
# A model takes an array and gives an array: $\hat y = f(x)$. What sets it apart from other functions is that it has
# **weights**, numbers that training may change. The simplest layer, `Dense` without bias and activation, multiplies by
# a matrix. Books write an example as a column $x$ and its layer as $A x$; many columns side by side are a matrix $X$,
# and $Y = AX$. By hand, two layers one after the other:

# %%
A = np.array([[2, 1], [0, 1]])
B = np.array([[1, -1], [1, 0]])
x = np.array([3, -1])
print("A x =", A @ x, "  B (A x) =", B @ (A @ x), "  (B A) x =", (B @ A) @ x)

# %% [markdown]
# The last two agree, for every x: two matrices in a row *are* one matrix. A hundred linear layers can do no more than
# one. So between two layers stands a **nonlinearity**, such as relu, which turns negative numbers into 0.
#
# Keras and NumPy keep one example in each *row*. Then everything is transposed: `x @ kernel`, where `kernel` is $A$
# with rows and columns exchanged. So the next cell writes `grid @ A.T`, and it means $AX$.
#
# **Predict before you run:** below is a grid of points, first as it is, then after the matrix A, then after A and relu.
# Which of the three pictures could a single matrix not have drawn?

# %%
grid = np.stack(np.meshgrid(np.linspace(-2, 2, 17), np.linspace(-2, 2, 17)), axis=-1).reshape(-1, 2)  # (points, 2)
stages = {"X": grid, "Y = AX": grid @ A.T, "relu(AX)": np.maximum(grid @ A.T, 0)}

# %%
figure, panels = plot.subplots(1, 3, figsize=(10, 3.4), sharex=True, sharey=True)
for axes, (name, points) in zip(panels, stages.items(), strict=False):
    axes.scatter(*points.T, c=np.hypot(*grid.T), cmap="viridis", s=12)
    axes.set(title=name, xlabel="first number", ylabel="second number", aspect="equal")
plot.show(
    figure,
    alt="A square grid of points; after the matrix a slanted parallelogram; after relu all of it pressed into the upper right  "
    "quarter, with many points on its edges.",
)

# %% [markdown]
# A matrix stretches, turns and shears: straight lines stay straight, and parallel ones parallel. relu presses all
# points with a negative number flat onto the edge: there the lines get a bend. Such bends let a network separate points
# along lines that are not straight. Let two networks of equal size learn which points lie inside a ring, one with relu
# between its layers, one without.

# %%
rng = np.random.default_rng(0)
points = rng.uniform(-2, 2, (400, 2)).astype("float32")
inside = (np.abs(np.hypot(*points.T) - 1.2) < 0.45).astype("float32")


# %%
def in_ring(activation):
    """A network of two hidden layers with this activation, trained on the ring."""
    keras.utils.set_random_seed(1)
    hidden = [layers.Dense(24, activation) for _ in range(2)]
    model = keras.Sequential([keras.Input((2,)), *hidden, layers.Dense(1, "sigmoid")])
    model.compile(keras.optimizers.Adam(0.02), "binary_crossentropy", metrics=["accuracy"])
    model.fit(points, inside, epochs=40, batch_size=100, verbose=0)
    return model


# %% tags=["nbval-ignore-output"]
without, bending = in_ring(None), in_ring("relu")
right = {
    name: model.evaluate(points, inside, verbose=0)[1] for name, model in (("without", without), ("with relu", bending))
}
print(
    {name: round(share, 2) for name, share in right.items()}, f"and {1 - inside.mean():.2f} of the points lie outside"
)
assert right["without"] < 0.7 < 0.85 < right["with relu"]

# %%
plane = np.stack(np.meshgrid(*2 * [np.linspace(-2, 2, 60)]), axis=-1).reshape(-1, 2)
surfaces = {"no activation": without(plane).numpy(), "relu": bending(plane).numpy()}

# %%
figure, panels = plot.subplots(1, 2, figsize=(8, 3.6), sharey=True)
for axes, (name, surface) in zip(panels, surfaces.items(), strict=False):
    axes.imshow(surface.reshape(60, 60), extent=(-2, 2, -2, 2), origin="lower", cmap="Greys", vmin=0, vmax=1.4)
    axes.scatter(*points[inside == 1].T, s=8, color=plot.PALETTE[3], label="in the ring")
    axes.scatter(*points[inside == 0].T, s=8, color=plot.PALETTE[0], marker="x", linewidth=0.8, label="outside")
    axes.set(title=name, xlabel="first number", ylabel="second number")
figure.legend(*axes.get_legend_handles_labels(), loc="outside lower center", ncols=2, frameon=False)
plot.show(
    figure,
    alt="Two maps of the plane with dots in a ring and crosses around it: without an activation the network's map is almost even "
    "grey, with relu it is a dark ring.",
)

# %% [markdown]
# The darker the grey, the more probable the network finds the ring. Without an activation it has no better idea than
# one nearly even grey.
#
# ### Activations
#
# relu is one of many. Some are for hidden layers, some for the last one, where they decide what an output can *be*:
#
# | last layer | its outputs | for |
# |---|---|---|
# | no activation (`linear`) | any number | regression |
# | one unit, `sigmoid` | a number from 0 to 1 | two classes: the probability of class 1 |
# | k units, `softmax` | k numbers from 0 to 1, sum 1 | one of k classes |
# | k units, `sigmoid` | k numbers from 0 to 1 | k yes-or-no questions |
#
# The slope matters as much as the value: training multiplies slopes, layer by layer. Where a slope is 0, nothing is
# learned. In the figure the solid line is the value, and the dashed line its slope.

# %%
figure, panels = plot.subplots(2, 4, figsize=(11, 4.6), sharex=True, sharey=True)
places = np.linspace(-4, 4, 161)
for axes, (name, function) in zip(np.ravel(panels), explore.ACTIVATIONS.items(), strict=False):
    axes.plot(places, [function.value(place) for place in places], color=plot.PALETTE[0], label="value")
    slopes = [function.slope(place) for place in places]
    axes.plot(places, slopes, color=plot.PALETTE[3], linestyle="--", label="slope")
    axes.set(title=name, ylim=(-1.5, 4), xlabel="x")
panels[0, 0].legend(frameon=False, loc="lower right")
plot.show(
    figure,
    alt="Eight activation functions and, dashed, their slopes: linear, relu, leaky relu, gelu, softplus, sigmoid, tanh and softsign.",
)

# %% [markdown]
# Read one off, place by place. **Predict:** how steep is the sigmoid at x = 0, where it is steepest? At x = 4, how much
# is left of that?

# %%
explore.activation("sigmoid", at=4.0)

# %%
sigmoid = explore.ACTIVATIONS["sigmoid"]
print(f"slope at 0: {sigmoid.slope(0.0):.4f}, at 4: {sigmoid.slope(4.0):.4f}")

# %% [markdown]
# ## 2. Layers, and two ways to join them
#
# A layer is a function, too, and most have weights. Call one on zeros of the right shape and look at what comes out.
# The batch axis always comes first; the list below leaves it out. **Predict** the number of parameters of the first two
# lines.

# %%
row, text, picture = np.zeros((2, 8)), np.zeros((2, 10, 8)), np.zeros((2, 28, 28, 3))  # a batch of 2 of each
for shown, layer in [
    (row, layers.Dense(4)),
    (picture, layers.Conv2D(4, 3)),
    (picture, layers.MaxPooling2D(2)),
    (text, layers.Conv1D(4, 3)),
    (text, layers.SimpleRNN(4)),
    (text, layers.GRU(4)),
    (text, layers.LSTM(4)),
    (row, layers.Dropout(0.5)),
    (row, layers.BatchNormalization()),
]:
    before, after = shown.shape[1:], tuple(layer(shown).shape[1:])
    print(f"{type(layer).__name__:20}{before!s:>12} -> {after!s:12}{layer.count_params():5} parameters")

# %% [markdown]
# Dense: 8 x 4 weights and 4 biases. A convolution shares its 3 x 3 x 3 weights over all places. The recurrent layers
# read a text from its first to its last step and keep a state: SimpleRNN has one matrix for the input, one for the
# state, and a bias: (8 + 4 + 1) x 4 = 52 numbers. The LSTM has four such sets, 208. The GRU has three, and Keras gives
# each of them a second bias: 3 x (52 + 4) = 168. Unit 08 uses `Conv1D` and an LSTM.
#
# **Two layers behave differently while training.** Dropout sets each of its inputs to 0 with a certain probability,
# here 0.5, and scales the others up, so that the sum stays the same on average. How many become 0 is chance: of the
# eight below it is five. BatchNormalization uses the mean and spread of the batch; later, averages that it has kept.

# %%
ones = np.ones((1, 8), "float32")
drop = layers.Dropout(0.5, seed=3)
print("training: ", drop(ones, training=True).numpy())
print("predicting:", drop(ones, training=False).numpy())

# %% [markdown]
# **Regularisers** add a penalty to the loss, so that weights (`kernel_regularizer`), biases (`bias_regularizer`) or
# outputs (`activity_regularizer`) stay small. **L2** with a factor adds the factor times the sum of the squares, **L1**
# the factor times the sum of the absolute values. By hand: weights [3, -4], bias 2, input [1, 1], so the output is 1.
# L2 with 0.1 on the weights, L1 with 0.1 on the bias, L2 with 0.1 on the output. **Predict** the three penalties.

# %%
restrained = layers.Dense(
    1,
    kernel_regularizer=keras.regularizers.L2(0.1),
    bias_regularizer=keras.regularizers.L1(0.1),
    activity_regularizer=keras.regularizers.L2(0.1),
)

# %%
restrained.build((None, 2))
restrained.set_weights([np.array([[3.0], [-4.0]]), np.array([2.0])])
output = restrained(np.array([[1.0, 1.0]]))
print("output", output.numpy(), " penalties", sorted(round(float(penalty), 3) for penalty in restrained.losses))

# %% [markdown]
# 0.1 x (9 + 16) for the weights, 0.1 x 2 for the bias, 0.1 x 1 for the output.
#
# ### Sequential and functional
#
# A **Sequential** model is a list of layers. A **functional** model is drawn like a diagram: begin with an `Input`,
# call each layer on what the one before gave, and say at the end what goes in and what comes out. The second way can
# branch, join, and have several inputs; a list cannot. First the same network in both ways.
#
# The data for both: 150 irises of three species, four lengths each in centimetres, collected by Edgar Anderson and made
# famous by Ronald Fisher in 1936. A third is kept apart for the end.

# %%
from sklearn.datasets import load_breast_cancer, load_iris
from sklearn.model_selection import train_test_split

iris = load_iris()
parts = train_test_split(iris.data, iris.target, test_size=1 / 3, stratify=iris.target, random_state=1)
x_iris, x_iris_test, y_iris, y_iris_test = parts
print(x_iris.shape, x_iris_test.shape, *iris.target_names)

# %%
scale = layers.Normalization()
scale.adapt(x_iris)  # the mean and the spread of each column, of the training part only

# %%
by_list = keras.Sequential(
    [
        keras.Input((4,)),
        scale,
        layers.Dense(16, activation="relu"),
        layers.Dense(3, activation="softmax"),
    ]
)
by_list.summary()

# %%
inputs = keras.Input((4,))
hidden = layers.Dense(16, activation="relu")(scale(inputs))
outputs = layers.Dense(3, activation="softmax")(hidden)
by_calls = keras.Model(inputs, outputs)

# %% [markdown]
# Are they the same function? Not yet: each was given random weights of its own. Give the second the weights of the
# first:

# %%
before = np.abs(by_list(x_iris) - by_calls(x_iris)).max()
by_calls.set_weights(by_list.get_weights())
after = np.abs(by_list(x_iris) - by_calls(x_iris)).max()
print("differ before:", bool(before > 0.01), "  differ after:", bool(after > 1e-6))

# %% [markdown]
# Same layers, same weights, same function: how you wrote it down makes no difference to what it computes.
#
# Now what a list cannot do. Here the scaled lengths go into *two* layers, and `Concatenate` puts the two results side
# by side: 8 and 8 numbers are 16.
#

# %%
inputs = keras.Input((4,))
scaled = scale(inputs)
bent = layers.Dense(8, activation="relu")(scaled)  # one branch
straight = layers.Dense(8)(scaled)  # the other one
joined = layers.Concatenate()([bent, straight])  # (batch, 16)
branching = keras.Model(inputs, layers.Dense(3, activation="softmax")(joined))
print(branching(x_iris[:2]).shape, f"{branching.count_params()} parameters")

# %%
figure, axes = plot.subplots(figsize=(9, 2.2))
places = {"Input\n4": (0, 0), "scale\n4": (1, 0), "Dense, relu\n8": (2.2, 1), "Dense\n8": (2.2, -1)}
places |= {"Concatenate\n16": (3.5, 0), "Dense, softmax\n3": (5.2, 0)}
a, b, above, below, join, out = places.values()
for name, place in places.items():
    axes.text(*place, name, ha="center", va="center", bbox={"boxstyle": "round", "facecolor": "white"})
for start_at, end_at in ((a, b), (b, above), (b, below), (above, join), (below, join), (join, out)):
    axes.annotate("", end_at, start_at, arrowprops={"arrowstyle": "->", "shrinkA": 34, "shrinkB": 46})
axes.set(xlim=(-0.5, 5.9), ylim=(-1.8, 1.8))
axes.axis("off")
plot.show(
    figure,
    alt="A diagram: Input, then scale; two arrows lead to two Dense layers of 8 units, and from both to Concatenate with 16 "
    "numbers, then to a Dense layer of 3.",
)

# %% [markdown]
# And a **fully convolutional** network has no Dense layer at all, so that nothing ties it to one size. Its `Input`
# leaves height and width open, and it answers at every pixel:

# %%
anywhere = keras.Sequential(
    [
        keras.Input((None, None, 1)),
        layers.Conv2D(8, 3, padding="same", activation="relu"),
        layers.Conv2D(2, 1, activation="softmax"),  # two classes, at each pixel
    ]
)
for height, width in [(28, 28), (17, 40)]:
    print((height, width), "->", anywhere(np.zeros((1, height, width, 1))).shape)

# %% [markdown]
# ## 3. Compile: what should become smaller?
#
# `compile` says how a model is to be trained: which **loss** should become smaller, which **optimizer** takes the
# steps, and which **metrics** we want to read meanwhile. The loss follows from the task and from the form of the
# labels. Labels can be whole numbers, such as 2, or **one-hot** rows: a 1 in the column of the class and 0 elsewhere,
# so that with four classes label 2 is `[0, 0, 1, 0]`.
#
# | task | labels | last layer | loss |
# |---|---|---|---|
# | `"two"` classes | 0 or 1, shape (n,) or (n, 1) | 1 unit, sigmoid | `binary_crossentropy` |
# | `"many"` classes | integers from 0, shape (n,) or (n, 1) | k units, softmax | `sparse_categorical_crossentropy` |
# | `"many"` classes | one-hot rows, shape (n, k) | k units, softmax | `categorical_crossentropy` |
# | `"several"` labels at once | 0s and 1s, shape (n, k) | k units, sigmoid | `binary_crossentropy` |
# | `"regression"` | any numbers | k units, no activation | `mean_squared_error` |
#
# So for many classes, for two, for numbers, and with a metric of your own (section 4):
#
# ```python
# model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
# model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
# model.compile(optimizer="rmsprop", loss="mean_squared_error", metrics=["mean_absolute_error"])
# model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy", mean_pred])
# ```
#
# ### Exercise: `build` (4 points, about 10 minutes, medium)
#
# A small factory for compiled networks with one hidden layer or more, and the losses of the table above. To practise
# both ways: make `"many"` a `keras.Sequential`, and `"two"` a functional model; `"regression"` is up to you. The labels
# of `"many"` will be integers. Classes want the metric `"accuracy"`. `check` looks at what your models do: it shows
# them numbers and trains them for 20 epochs at the learning rate 0.01, to see whether their loss falls.


# %%
def build(kind, n_in, n_out):
    """A compiled network for rows of n_in numbers.

    kind: "two" (one probability; n_out is 1), "many" (n_out probabilities with the sum 1) or "regression" (n_out numbers of any
    size). Returns a keras.Model that turns (n, n_in) into (n, n_out). Raises ValueError for another kind.

    >>> build("many", 4, 3).output_shape
    (None, 3)
    """
    ### BEGIN SOLUTION
    if kind == "two":
        inputs = keras.Input((n_in,))
        hidden = layers.Dense(16, activation="relu")(inputs)
        model = keras.Model(inputs, layers.Dense(n_out, activation="sigmoid")(hidden))
        model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
        return model
    if kind not in ("many", "regression"):
        raise ValueError(f"kind is two, many or regression; got {kind!r}")
    last, loss = {"many": ("softmax", "sparse_categorical_crossentropy"), "regression": (None, "mean_squared_error")}[
        kind
    ]
    model = keras.Sequential(
        [keras.Input((n_in,)), layers.Dense(16, activation="relu"), layers.Dense(n_out, activation=last)]
    )
    model.compile(optimizer="adam", loss=loss, metrics=["accuracy"] if kind == "many" else [])
    return model
    ### END SOLUTION


# %%
check("build", build)

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# Three things differ between the kinds: the activation of the last layer, the loss, and the metrics. The tables above
# list the first two; the exercise says which kinds want a metric.
#
# </details>
# <details><summary>Hint 2</summary>
#
# The functional way in three steps: `inputs = keras.Input((n_in,))`, then `x = layers.Dense(...)(inputs)` and so on,
# then `keras.Model(inputs, x)`. Compile before you return.
#
# </details>
# <details><summary>If you see "the only value that a softmax over one unit has"</summary>
#
# Softmax divides each power by the sum of all. With one unit that is a number divided by itself.
#
# </details>

# %% [markdown]
# ### Exercise: `loss_for` (2 points, about 6 minutes, easy)
#
# Put the table into a function: given the task and some labels, name the loss. Labels that cannot belong to the task
# raise `ValueError`, and so does a task that is not in the table. For `"regression"` any labels will do.


# %%
def loss_for(task, labels):
    """The full name of the Keras loss for a task and labels of this form.

    task: "two", "many", "several" or "regression"; labels: an array of shape (n,), (n, 1) or (n, k). Returns a str. Raises ValueError
    for another task, for "two" and "several" with other labels than 0 and 1, for "two" with more than one column, for "several" with only
    one, and for "many" with rows of several columns that are not one-hot.

    >>> loss_for("many", np.array([[0, 1], [1, 0]]))
    'categorical_crossentropy'
    """
    ### BEGIN SOLUTION
    columns = labels.shape[1] if labels.ndim == 2 else 1
    zeros_and_ones = np.isin(labels, [0, 1]).all()
    if task == "regression":
        return "mean_squared_error"
    if task == "two" and columns == 1 and zeros_and_ones:
        return "binary_crossentropy"
    if task == "several" and columns > 1 and zeros_and_ones:
        return "binary_crossentropy"
    if task == "many" and columns == 1:
        return "sparse_categorical_crossentropy"
    if task == "many" and zeros_and_ones and (labels.sum(axis=1) == 1).all():
        return "categorical_crossentropy"
    raise ValueError(f"no loss for task {task!r} with labels of shape {labels.shape}")
    ### END SOLUTION


# %%
check("loss_for", loss_for)

# %%
practice("loss_for")

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# First find out how many columns the labels have: `labels.ndim` and `labels.shape`. An array of shape (n, 1) has one.
#
# </details>
# <details><summary>Hint 2</summary>
#
# A table is one-hot when it holds only 0s and 1s and every row has the sum 1. `np.isin(labels, [0, 1]).all()` answers
# the first.
#
# </details>
# <details><summary>If you see that two names are mixed up</summary>
#
# *sparse* is about the labels: one integer instead of a row that is almost all zeros. The loss that comes out is the
# same number.
#
# </details>

# %% [markdown]
# ### What the cross-entropy computes
#
# A network for k classes ends in k numbers $z$, the **logits**. Softmax makes probabilities of them,
# $p_i = e^{z_i} / \sum_j e^{z_j}$, and the loss of an example, its **cross-entropy**, is $-\log p_y$, the surprise at
# its true class y: 0 for a network that is sure and right, and large where the true class got a small probability.

# %%
figure, axes = plot.subplots(figsize=(6, 2.6))
share = np.linspace(0.005, 1, 300)
axes.plot(share, -np.log(share), color=plot.PALETTE[0])
for at in (0.75, 0.25, 0.05):
    axes.plot(at, -np.log(at), "o", color=plot.PALETTE[3])
    axes.annotate(f"{-np.log(at):.2f}", (at, -np.log(at)), xytext=(6, 4), textcoords="offset points")
axes.set(xlabel="probability of the true class", ylabel="loss")
plot.show(
    figure,
    alt="The loss, minus log p, falls from above 5 at a probability near 0 to 0 at 1; it is 3.00 at 0.05, 1.39 at 0.25, 0.29 at 0.75.",
)

# %% [markdown]
# By hand, with logits [0, log 3] and true class 1: the powers are 1 and 3, so $p_1$ = 3/4 and the loss is $\log(4/3)$.
# What happens to the loss if one logit grows a little? **Predict** for each of the two: does it rise or fall?


# %%
def loss_of(z):
    """The loss of one example whose true class is 1."""
    return -np.log(np.exp(z[1]) / np.exp(z).sum())


z, step = np.array([0, np.log(3)]), 0.001
print(f"p = {np.exp(z) / np.exp(z).sum()}, loss {loss_of(z):.4f}")
for i in range(2):
    change = loss_of(z + step * np.eye(2)[i]) - loss_of(z)
    print(f"logit {i} larger by {step}: the loss changes by {change:+.5f}, {change / step:+.2f} times the step")

# %% [markdown]
# These two factors are the **gradient** of the loss: how fast it grows with each logit. They are 0.25 - 0 and 0.75 - 1:
# what the network said, $[0.25, 0.75]$, minus what is true, $[0, 1]$. So it is for any number of classes. The gradient
# is negative for the true class, whose logit training therefore makes larger, and positive for all others. For a batch
# of N examples the loss is the mean of N losses, so each row of the gradient is divided by N, too.
#
# ### Exercise: `softmax_cross_entropy` (3 points, about 11 minutes, medium)
#
# Write loss and gradient for a batch: plain Python and NumPy, no other library. Keep it safe: logits may be 1000, and
# $e^{1000}$ is more than a float can hold. A softmax does not change when the same number is subtracted from all logits
# of a row.


# %%
def softmax_cross_entropy(z, y):
    """The mean loss of a batch and its gradient.

    z: (N, K) float array of logits; y: (N,) integers from 0 to K - 1; neither is changed.
    Returns (loss, grad): a float, and the (N, K) array of the derivatives of the loss by each logit.

    >>> softmax_cross_entropy(np.array([[0.0, 0.0]]), np.array([1]))
    (0.6931471805599453, array([[ 0.5, -0.5]]))
    """
    ### BEGIN SOLUTION
    rows = np.arange(len(y))
    shifted = z - z.max(axis=1, keepdims=True)  # the largest is 0 now: exp cannot overflow
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    grad = np.exp(log_p)
    grad[rows, y] -= 1
    return float(-log_p[rows, y].mean()), grad / len(y)
    ### END SOLUTION


# %%
check("softmax_cross_entropy", softmax_cross_entropy)

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# `z - z.max(axis=1, keepdims=True)` takes each row's largest logit off. Then work with logarithms: log p = z - log(sum
# of exp(z)). The sum, too, is one number for each *row*: without `keepdims=True` NumPy takes it for one of each column,
# and where N = K it does so without an error.
#
# </details>
# <details><summary>Hint 2</summary>
#
# `log_p[np.arange(len(y)), y]` picks the true class of each row. For the gradient, subtract 1 in the same places of p.
#
# </details>
# <details><summary>If you see nan or inf</summary>
#
# Either exp overflowed, or a probability became 0 before its logarithm was taken.
#
# </details>

# %% [markdown]
# ### Optimizers: how to take a step
#
# The gradient points uphill. Plain gradient descent (`SGD`) takes a step the other way, its length the gradient times
# the **learning rate**. *Momentum* lets the step roll on like a ball. *RMSprop* divides each weight's step by the
# recent size of its gradients, *Adam* does both. Below, four of them walk in a long valley, twenty times as steep
# across as along; the minimum is at (0, 0).

# %%
walkers = {
    "SGD": keras.optimizers.SGD(0.08),
    "with momentum": keras.optimizers.SGD(0.01, momentum=0.85),
    "RMSprop": keras.optimizers.RMSprop(0.15),
    "Adam": keras.optimizers.Adam(0.3),
}
paths = {}

# %%
for name, optimizer in walkers.items():
    place = keras.Variable([-9.0, 1.0])
    paths[name] = [place.numpy().copy()]
    for _ in range(60):
        along, across = paths[name][-1]
        optimizer.apply([ops.array([along, 20 * across])], [place])  # the gradient of (along² + 20 across²) / 2
        paths[name].append(place.numpy().copy())

# %%
figure, axes = plot.subplots(figsize=(9, 3.6))
along, across = np.meshgrid(np.linspace(-10, 4, 80), np.linspace(-2, 2, 60))
axes.contour(along, across, along**2 + 20 * across**2, levels=12, colors="lightgrey")
for (name, path), colour in zip(paths.items(), plot.PALETTE, strict=False):
    axes.plot(*np.array(path).T, marker=".", markersize=4, linewidth=1, color=colour, label=name)
axes.plot(0, 0, "k*", markersize=12)
axes.set(xlabel="first weight", ylabel="second weight")
axes.legend(frameon=False, ncols=4)
plot.show(
    figure,
    alt="Contours of a long valley and four paths to its minimum: SGD zigzags at first, momentum and Adam swing, RMSprop goes almost straight.",
)

# %% [markdown]
# SGD zigzags: a learning rate that is good along the valley is almost too large across it. With momentum and with Adam
# the walker runs past the minimum, and swings back. RMSprop goes almost straight.
#
# Adam and RMSprop have a step length of their own for each weight, so that one learning rate serves steep and flat
# directions. That is why people often try them first. None of the four is best everywhere, and another learning rate
# would draw another picture.
#
# ## 4. Fit and evaluate
#
# `fit` goes through the data in batches and updates the weights once for each batch. It returns a **History** whose
# `history` is a dict: for the loss and each metric one number per epoch, and the same again with `val_` for the part
# that is held out by `validation_split`.

# %% tags=["nbval-ignore-output"]
by_list.compile(optimizer=keras.optimizers.Adam(0.02), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
history = by_list.fit(x_iris, y_iris, epochs=25, batch_size=16, validation_split=0.2, shuffle=True, verbose=0).history
print({name: round(values[-1], 3) for name, values in history.items()})

# %%
plot.learning_curves(
    history,
    alt="Loss and accuracy of the iris network over 25 epochs, on the training part and on the validation part.",
)

# %% [markdown]
# Only now the test part, once. `evaluate` gives loss and metrics; `predict` gives the outputs themselves, here three
# probabilities for each flower.

# %% tags=["nbval-ignore-output"]
print(
    {
        name: round(value, 3)
        for name, value in by_list.evaluate(x_iris_test, y_iris_test, verbose=0, return_dict=True).items()
    }
)

# %% tags=["nbval-ignore-output"]
probabilities = by_list.predict(x_iris_test[:3], verbose=0)
for p, truth in zip(probabilities, y_iris_test, strict=False):
    print(p.round(3), "->", iris.target_names[p.argmax()], "  in truth", iris.target_names[truth])
assert by_list.evaluate(x_iris_test, y_iris_test, verbose=0)[1] > 0.85

# %% [markdown]
# ### Exercise: `n_updates` (1 point, about 3 minutes, easy)
#
# How often did that `fit` change the weights? Write a function that answers for any number of examples, batch size and
# epochs.


# %%
def n_updates(n, batch, epochs):
    """How often `fit` updates the weights.

    n: number of training examples; batch: batch_size; epochs: how often it goes through them all; all are ints of at least 1.
    Returns an int.

    >>> n_updates(10, 4, 3)
    9
    """
    ### BEGIN SOLUTION
    return -(-n // batch) * epochs
    ### END SOLUTION


# %%
check("n_updates", n_updates)

# %%
practice("n_updates")

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# Ten examples in batches of four: 4, 4 and then?
#
# </details>
# <details><summary>Hint 2</summary>
#
# Rounding up without floats: `-(-n // batch)`; or `math.ceil(n / batch)`.
#
# </details>
# <details><summary>If you see a number that is too small by <code>epochs</code></summary>
#
# The small batch comes at the end of every epoch, and is thrown away in none.
#
# </details>

# %% [markdown]
# ### A metric of your own
#
# A metric is a function of the targets and the predictions, written with `keras.ops`, because inside `fit` it works on
# symbols. Keras calls it once for each batch and takes the mean. Of what? If it returns one number for each
# **example**, of all examples. If it returns one number for the batch, of the batches: then the last batch counts as
# much as the others, although it is smaller.
#
# Predictions 1, 1, 1, 1, 0 in batches of four: the means of the two batches are 1 and 0. **Predict** what each way
# gives.

# %%
print(
    "mean of the batches' means:",
    np.mean([np.mean([1, 1, 1, 1]), np.mean([0])]),
    "  mean of all:",
    np.mean([1, 1, 1, 1, 0]),
)

# %% [markdown]
# ### Exercise: `mean_pred` (2 points, about 5 minutes, medium)
#
# The mean prediction is worth watching: when it runs to 0 or 1 for everything, a network has given up. Write it so that
# it is right for any batch size. `check` evaluates with it as Keras does.


# %%
def mean_pred(y_true, y_pred):
    """The mean prediction of each example.

    y_true, y_pred: (batch, k) tensors; y_true is not needed, but Keras passes it. Returns a (batch,) tensor.

    >>> mean_pred(ops.zeros((2, 1)), ops.array([[0.5], [1.0]])).numpy()
    array([0.5, 1. ], dtype=float32)
    """
    ### BEGIN SOLUTION
    return ops.mean(y_pred, axis=-1)
    ### END SOLUTION


# %%
check("mean_pred", mean_pred)

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# `ops.mean` works like `np.mean`, with the same `axis`.
#
# </details>
# <details><summary>Hint 2</summary>
#
# The batch axis is the first one. It has to stay: take the mean along the last.
#
# </details>
# <details><summary>If you see 0.5 where 0.8 is expected</summary>
#
# That is the mean of the batches' means. You return one number for a whole batch.
#
# </details>

# %% [markdown]
# ### Find the bug: a perfect score
#
# An older handout trains on 569 tumours, 30 measurements each, benign (1) or malignant (0). It ends like this, and
# reports the number that it prints. What is wrong?
#
# ```python
# model.fit(X, y, epochs=60)
# print("accuracy:", model.evaluate(X, y)[1])
# ```
#
# <details><summary>What you should find</summary>
#
# It evaluates on the data that it was trained on. That measures memory. Split first, and never show the network what it
# will be judged by; scale with the mean and spread of the training part only, for the same reason.
#
# </details>
#
# How large is the difference? We train a network with far too many weights, on 100 of the tumours, and ask it about
# these and about the others.

# %%
cancer = load_breast_cancer()
x_seen, x_new, y_seen, y_new = train_test_split(
    cancer.data, cancer.target, train_size=100, stratify=cancer.target, random_state=4
)
to_scale = layers.Normalization()
to_scale.adapt(x_seen)

# %%
keras.utils.set_random_seed(3)
x, y = np.array(to_scale(x_seen)), y_seen
oversized = keras.Sequential([keras.Input((30,)), layers.Dense(256, "relu"), layers.Dense(1, "sigmoid")])
oversized.compile(keras.optimizers.Adam(0.01), "binary_crossentropy", metrics=["accuracy"])

# %% tags=["nbval-ignore-output"]
oversized.fit(x, y, epochs=25, batch_size=32, verbose=0)
on_seen = oversized.evaluate(x, y, verbose=0)[1]
on_new = oversized.evaluate(np.array(to_scale(x_new)), y_new, verbose=0)[1]
print(f"on its own 100 tumours {on_seen:.3f}, on the other 469 {on_new:.3f}")
assert on_seen > 0.99 > on_new

# %% [markdown]
# The first number would be the handout's, and it promises perfection to a doctor. The second is what patients would
# get.
#
# ### Early stopping and checkpoints
#
# How many epochs? Let the validation loss decide. `EarlyStopping` watches it, and ends the training when it has not
# improved for `patience` epochs. With `restore_best_weights=True` it then goes back to the best epoch.
# `ModelCheckpoint` writes the best model to a file as it goes, so that a power cut costs nothing. Both are
# **callbacks**: `fit` calls them at the end of each epoch.

# %%
import tempfile
from pathlib import Path

folder = Path(tempfile.mkdtemp())
stop = keras.callbacks.EarlyStopping("val_loss", patience=4, restore_best_weights=True)
keep = keras.callbacks.ModelCheckpoint(folder / "best.keras", monitor="val_loss", save_best_only=True)

# %%
x_fit, x_val, y_fit, y_val = train_test_split(x_new, y_new, test_size=0.3, stratify=y_new, random_state=2)
keras.utils.set_random_seed(1)
measurements = keras.Input((30,))
thought = layers.Dense(64, "relu", kernel_regularizer=keras.regularizers.L2(1e-4))(to_scale(measurements))
doctor = keras.Model(measurements, layers.Dense(1, "sigmoid")(layers.Dropout(0.3)(thought)))
doctor.compile(keras.optimizers.Adam(0.003), "binary_crossentropy", metrics=["accuracy"])

# %% tags=["nbval-ignore-output"]
history = doctor.fit(
    x_fit, y_fit, epochs=60, batch_size=32, validation_data=(x_val, y_val), verbose=0, callbacks=[stop, keep]
).history
print(f"{len(history['loss'])} epochs run, the best was epoch {stop.best_epoch + 1}")
assert len(history["loss"]) < 60

# %%
plot.learning_curves(
    history,
    best=stop.best_epoch + 1,
    alt="Training and validation loss and accuracy of the tumour network until early stopping; the best epoch is marked.",
)

# %% [markdown]
# Here the 100 tumours of before can serve as a test: no weight was trained on them. (One thing is not clean: `to_scale`
# took its means and spreads from these 100. In your own work, adapt the scaling to the part that you train on.)

# %% tags=["nbval-ignore-output"]
kept = keras.models.load_model(folder / "best.keras")
print(
    f"test accuracy {doctor.evaluate(x_seen, y_seen, verbose=0)[1]:.3f}; of the checkpoint {kept.evaluate(x_seen, y_seen, verbose=0)[1]:.3f}"
)
assert np.allclose(doctor(x_seen), kept(x_seen), atol=1e-5)

# %% [markdown]
# ### Exercise: `early_stop` (3 points, about 7 minutes, medium)
#
# Do what the callback does. Epoch by epoch you learn the validation loss; you may not peek at later ones. Patience 2 by
# hand: of the losses 5, 4, 4.5, 4.2, 1, four epochs are run (the two after the best did not improve on 4), and epoch 2
# is kept. The 1 is never seen.


# %%
def early_stop(losses, patience):
    """When training stops, and which epoch is kept.

    losses: list of the validation losses, one per epoch, as long as the longest training would be; patience: int of at least 1. Training
    ends after the `patience`-th epoch in a row that is not below the best loss so far. Returns (stopped, best): the number of epochs run,
    and the epoch with the smallest loss among them, the first of equals, both counted from 1.

    >>> early_stop([5.0, 4.0, 4.5, 4.2, 1.0], patience=2)
    (4, 2)
    """
    ### BEGIN SOLUTION
    best = 1
    for epoch, loss in enumerate(losses, start=1):
        if loss < losses[best - 1]:
            best = epoch
        if epoch - best >= patience:
            return epoch, best
    return len(losses), best
    ### END SOLUTION


# %%
check("early_stop", early_stop)

# %%
practice("early_stop")

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# Walk through the losses and remember the epoch of the best one so far.
#
# </details>
# <details><summary>Hint 2</summary>
#
# How many epochs have gone by since the best one? That difference is what patience is compared with.
#
# </details>
# <details><summary>If you see that one number is too small by one</summary>
#
# Positions in a list count from 0, epochs from 1: `enumerate(losses, start=1)`.
#
# </details>

# %% [markdown]
# ### Regression
#
# The same life with numbers instead of classes: no activation at the end, mean squared error, and no accuracy. How far
# is a prediction off, on average? That is the mean absolute error, in the units of the target.

# %%
t = rng.uniform(-3, 3, (300, 1)).astype("float32")
wave = (3 * np.sin(2 * t) + rng.normal(0, 0.4, t.shape)).astype("float32")

# %% tags=["nbval-ignore-output"]
keras.utils.set_random_seed(2)
curve = keras.Sequential([keras.Input((1,)), layers.Dense(64, "gelu"), layers.Dense(64, "gelu"), layers.Dense(1)])
curve.compile(keras.optimizers.Adam(0.01), "mean_squared_error", metrics=["mean_absolute_error"])
errors = curve.fit(t, wave, epochs=60, batch_size=30, verbose=0).history["mean_absolute_error"]
print(
    f"mean absolute error {errors[0]:.2f} after the first epoch, {errors[-1]:.2f} after the last; noise alone makes 0.32"
)
assert errors[-1] < 0.6

# %%
figure, axes = plot.subplots(figsize=(7, 3.2))
line = np.linspace(-3.6, 3.6, 200)[:, None]
axes.scatter(t, wave, s=8, color=plot.PALETTE[0], label="measured")
axes.plot(line, curve(line).numpy(), color=plot.PALETTE[3], label="the network")
axes.set(xlabel="t", ylabel="value")
axes.legend(frameon=False)
plot.show(
    figure,
    alt="Noisy points of a wave and the network's smooth curve through them; outside the measured range the curve leaves the wave.",
)

# %% [markdown]
# Inside the measured range it follows the wave. Outside it is wrong, and nothing in its output says so.
#
# ### Checkpoint
#
# In the curves of the tumour network, the validation accuracy of the first epochs is *higher* than the training
# accuracy. Why?
#
# - [ ] The validation data leaked into the training
#
#   **A leak suspected behind every good number.** A leak would raise *both* curves, and lastingly. Here only the first
#   epochs differ.
#
# - [x] The training number is taken while the network still learns, with dropout on; the validation number after the
#   epoch, with dropout off
#
#   Yes. The training accuracy of an epoch is a mean over its batches, of which the first met a worse network than the
#   last; and with dropout it works with part of its units.
#
# - [ ] Early stopping chose the epochs that way
#
#   **Early stopping changes what was measured.** It only ends a training. What was measured before stays as it was.

# %%
question("validation_above_training")

# %% [markdown]
# ## 5. Save, load, serve
#
# A trained model is worth keeping. Three ways, and what each keeps:
#
# | call | file | architecture | weights | loss, optimizer and its state |
# |---|---|---|---|---|
# | `model.save(path)` | `.keras` | yes | yes | yes |
# | `model.save_weights(path)` | `.weights.h5` | no | yes | the state only |
# | `model.to_json()` | text | yes | no | loss and optimizer, not the state |

# %% tags=["nbval-ignore-output"]
doctor.save(folder / "doctor.keras")
doctor.save_weights(folder / "doctor.weights.h5")
print({path.name: f"{path.stat().st_size / 1024:.0f} KB" for path in sorted(folder.iterdir())})

# %% tags=["nbval-ignore-output"]
again = keras.models.load_model(folder / "doctor.keras")
print("largest difference of two predictions:", float(np.abs(again(x_seen) - doctor(x_seen)).max()))
assert np.allclose(again(x_seen), doctor(x_seen), atol=1e-6)

# %% [markdown]
# Weights alone need the code that made the model. Someone who forgets a layer learns of it only if the shapes do not
# fit. A `.keras` file can also carry Python code: load only files whose origin you trust.
#
# ### Exercise: `save_and_reload` (2 points, about 5 minutes, easy)
#
# Save a model so that everything is kept, load it, and return what was loaded: another object, the same predictions,
# ready to train on.


# %%
def save_and_reload(model, path):
    """Save `model` to the file `path` and return the model that is loaded from it.

    model: a compiled keras.Model; path: a pathlib.Path that ends in .keras; no file is there yet. Returns a new keras.Model with the
    same architecture, weights, loss and optimizer state.
    """
    ### BEGIN SOLUTION
    model.save(path)
    return keras.models.load_model(path)
    ### END SOLUTION


# %%
check("save_and_reload", save_and_reload)

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# Two lines. The table above says which call keeps everything.
#
# </details>
# <details><summary>Hint 2</summary>
#
# `keras.models.load_model(path)` makes a new model of a `.keras` file, compiled as it was.
#
# </details>
# <details><summary>If you see "It is not compiled"</summary>
#
# You left the loss and the optimizer behind: `compile=False`, or a model made anew from its architecture.
#
# </details>

# %% [markdown]
# ### Serve it
#
# To *serve* a model is to let others ask it, one case at a time, in their own words. The scaling must be part of the
# model, as it is in ours, or every caller has to know the means of your training data.


# %%
def ask_about(model, flower):
    """The species of one flower, and how sure the model is. flower: four lengths in centimetres."""
    p = model(np.array([flower], "float32")).numpy()[0]
    return f"{iris.target_names[p.argmax()]} ({p.max():.0%})"


# %% tags=["nbval-ignore-output"]
for flower in ([5.0, 3.4, 1.5, 0.2], [6.7, 3.0, 5.2, 2.3]):
    print(flower, "->", ask_about(by_list, flower))
assert ask_about(by_list, [5.0, 3.4, 1.5, 0.2]).startswith("setosa")

# %% [markdown]
# **Now yours, from end to end.** With your `build` and your `save_and_reload` in place, the next cell takes both of
# your models through a whole life: the Sequential one learns irises, the functional one tumours; both are saved, loaded
# and asked. Run it again when you have written them. (The cell scales the numbers outside of your models, so these two
# are not ready to be served.)


# %%
def whole_life(kind, x, y, x_test, y_test, epochs=60):
    """Build, fit, save, load, evaluate: the loaded model and its test accuracy; None while the functions are not written."""
    mean, spread = x.mean(axis=0), x.std(axis=0)
    x, x_test = ((part - mean) / spread for part in (x, x_test))
    keras.utils.set_random_seed(1)
    model = build(kind, x.shape[1], 1 if kind == "two" else 3)
    if not isinstance(model, keras.Model):
        return None
    model.fit(x, y, epochs=epochs, batch_size=16, verbose=0)
    served = save_and_reload(model, folder / f"{kind}.keras")
    return None if served is None else served.evaluate(x_test, y_test, verbose=0, return_dict=True)["accuracy"]


# %% tags=["nbval-ignore-output"]
for kind, data in {"many": (x_iris, y_iris, x_iris_test, y_iris_test), "two": (x_fit, y_fit, x_seen, y_seen)}.items():
    reached = whole_life(kind, *data, epochs=60 if kind == "many" else 15)
    print(
        f"{kind}:",
        "write build and save_and_reload first" if reached is None else f"{reached:.3f} of the unseen cases right",
    )
    assert reached is None or reached > 0.85

# %% [markdown]
# ## 6. Left or right
#
# Back to the arrows. First a dense network: each of its units has a weight of its own for each of the 784 pixels. We
# train it on 1,000 pictures and watch 1,000 others. **Predict before you run:** what will the two accuracies be?

# %%
x_other, y_other = pictures.left_or_right(1000, seed=2)
keras.utils.set_random_seed(1)
dense = keras.Sequential(
    [keras.Input((28, 28, 1)), layers.Flatten(), layers.Dense(128, "relu"), layers.Dense(1, "sigmoid")]
)
dense.compile(keras.optimizers.Adam(0.001), "binary_crossentropy", metrics=["accuracy"])

# %% tags=["nbval-ignore-output"]
history = dense.fit(x_arrows, y_arrows, epochs=25, batch_size=64, validation_data=(x_other, y_other), verbose=0).history
print(f"accuracy on its own pictures {history['accuracy'][-1]:.2f}, on others {history['val_accuracy'][-1]:.2f}")
assert history["accuracy"][-1] > history["val_accuracy"][-1] + 0.15

# %%
plot.learning_curves(
    history,
    alt="The dense network's training accuracy rises over 25 epochs, while its validation accuracy stays little above one half.",
)

# %% [markdown]
# It learns its pictures by heart. What it learned from an arrow head in the upper left corner does not help it with one
# in the lower right corner. A convolution looks for the same mark everywhere, and pooling asks whether it was
# *anywhere*. That is the question here.
#
# ### Exercise: `left_or_right` (4 points, about 10 minutes, hard)
#
# Write a function that trains a network on the pictures it is given and returns it. `check` hands it 2,000 pictures,
# and shows the network 500 others: at least 85% right. That takes our own network less than 20 seconds on two cores;
# `check` waits for up to 60.


# %%
def left_or_right(x, y):
    """A network that tells arrows that point right from arrows that point left.

    x: (n, 28, 28, 1) float32 pictures from 0 to 1; y: (n,) ints, 0 for left and 1 for right. Returns a trained keras.Model that turns
    (m, 28, 28, 1) pictures into (m, 1) probabilities of "right".
    """
    ### BEGIN SOLUTION
    keras.utils.set_random_seed(1)
    model = keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(16, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(32, 3, padding="same", activation="relu"),
            layers.GlobalMaxPooling2D(),
            layers.Dense(32, activation="relu"),
            layers.Dense(1, activation="sigmoid"),
        ]
    )
    model.compile(keras.optimizers.Adam(0.003), "binary_crossentropy", metrics=["accuracy"])
    model.fit(x, y, epochs=8, batch_size=32, verbose=0)
    return model
    ### END SOLUTION


# %%
check("left_or_right", left_or_right)

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# `Conv2D` with relu, `MaxPooling2D`, `Conv2D` with relu again, then `GlobalMaxPooling2D`, a small `Dense` layer and one
# unit with a sigmoid.
#
# </details>
# <details><summary>Hint 2</summary>
#
# Nothing happens in the first epochs, then it learns quickly: watch the validation accuracy with
# `validation_split=0.2`. A learning rate of 0.003 for Adam gets there in eight epochs.
#
# </details>
# <details><summary>If you see an accuracy near 60%</summary>
#
# It has learned its own pictures. Fewer weights, more convolution: a Flatten over large feature maps ties the arrow to
# its place again.
#
# </details>

# %% [markdown]
# ## Reading old code
#
# Much code on the web was written for Keras 1 or 2. What you will meet, and what it is now:
#
# | old | today |
# |---|---|
# | `from keras.layers.core import Dense` | `from keras.layers import Dense` |
# | `Dense(output_dim=8, init="uniform")` | `Dense(8, kernel_initializer="random_uniform")` |
# | `Dense(8, input_shape=(4,))` | `keras.Input((4,))` as the first layer |
# | `K.mean(y_pred)` from `keras.backend` | `keras.ops.mean(y_pred, axis=-1)` |
# | `np_utils.to_categorical(y)` | `keras.utils.to_categorical(y)` |
# | `model.fit(..., nb_epoch=5)` | `model.fit(..., epochs=5)` |
# | `model.predict_classes(x)` | `model.predict(x).argmax(axis=-1)`, or `> 0.5` for one unit |
# | `model.save("model.h5")` | `model.save("model.keras")` |
#
# Most of it fails at once, with a clear message:

# %%
old = {
    "from keras.layers.core import Dense": lambda: __import__("keras.layers.core"),
    "K.mean(y_pred)": lambda: keras.backend.mean([1.0]),
    "np_utils.to_categorical(y)": lambda: __import__("keras.utils.np_utils"),
    'Dense(8, init="uniform")': lambda: layers.Dense(8, init="uniform"),
    "model.predict_classes(x)": lambda: by_list.predict_classes(x_iris),
}
for line, run in old.items():
    try:
        run()
    except Exception as error:
        print(f"{line:38}{type(error).__name__}: {str(error)[:70]}")

# %% [markdown]
# The dangerous one is `.h5`: it **saves, with no more than a warning (which the next cell switches off), and fails when
# you load**, perhaps weeks later. The old format writes down the short name `"mse"`, which the new reader does not
# find. Saved as `.keras`, the same model comes back.

# %%
import absl.logging

absl.logging.set_verbosity(absl.logging.ERROR)  # Keras advises against .h5 on stderr, where nbgrader looks for failures
small = keras.Sequential([keras.Input((2,)), layers.Dense(1)])
small.compile("adam", "mse", metrics=["mae"])
small.fit(np.zeros((4, 2)), np.zeros((4, 1)), verbose=0)
small.save(folder / "new.keras")
small.save(folder / "old.h5")

# %%
print("new.keras: loaded as a", type(keras.models.load_model(folder / "new.keras")).__name__)
try:
    keras.models.load_model(folder / "old.h5")
except ValueError as error:
    print("old.h5:", str(error)[:60], "...")

# %%
import gc

_ = gc.collect()  # the failed attempt leaves Keras reading in the old way until its last trace is gone

# %% [markdown]
# If all you have is the file: `load_model("old.h5", compile=False)` leaves the loss out and loads the rest.
#
# ## Break it on purpose
#
# The tumour network again, with one word changed: `softmax` instead of `sigmoid` on its single unit. **Predict before
# you run:** will it crash? If not, what will its accuracy be?

# %% tags=["nbval-ignore-output"]
import warnings

keras.utils.set_random_seed(1)
broken = keras.Sequential([keras.Input((30,)), to_scale, layers.Dense(32, "relu"), layers.Dense(1, "softmax")])
broken.compile("adam", "binary_crossentropy", metrics=["accuracy"])
with warnings.catch_warnings(record=True) as told:
    warnings.simplefilter("always")
    broken.fit(x_fit, y_fit, epochs=5, verbose=0)
    accuracy = broken.evaluate(x_val, y_val, verbose=0)[1]

# %% tags=["nbval-ignore-output"]
print("Keras only warns:", str(told[0].message)[:74], "...")
print(f"accuracy {accuracy:.3f}; share of benign tumours {y_val.mean():.3f}")
assert abs(accuracy - y_val.mean()) < 1e-6

# %% [markdown]
# It calls every tumour benign, with certainty. An accuracy that equals the share of a class is always worth a second
# look.
#
# ## Recap
#
# - *define and compile a model for two classes, for many and for numbers, as a Sequential and as a functional model*:
#   the last activation and the loss follow from the task; a list and a diagram of the same layers are the same
#   function.
# - *choose the loss that fits the labels, and compute softmax cross-entropy and its gradient by hand*: *sparse* is for
#   integers; subtract the largest logit first; the gradient is softmax minus one-hot, over N.
# - *write a metric of your own, and say how often `fit` updates the weights*: one number for each example; batches of
#   an epoch rounded up, times epochs.
# - *stop a training at the right moment, and keep the best epoch*: patience counts from the best epoch so far, and the
#   best is what you keep.
# - *save a model, load it and get the same predictions*: `.keras` keeps architecture, weights, loss and optimizer;
#   weights alone do not.
# - *train a small convolutional network that judges pictures it has never seen*: the same weights everywhere, then
#   "anywhere?".
#
# **Common errors.** No activation between layers. A softmax over one unit. Sparse loss with one-hot labels. Scaling
# with the test data's mean. Evaluating on the training data. Keeping the last epoch instead of the best. Saving weights
# without the code. A test part that was looked at more than once.
#
# ## Further
#
# **Stretch task.** Draw what your `left_or_right` network looks for: take the feature maps before its
# `GlobalMaxPooling2D` with `keras.Model(model.inputs, model.layers[2].output)`, and lay them over a few arrows. Which
# filter lights up at a head that points left?
#
# **Sources.**
# - F. Chollet and others: *Keras documentation*, keras.io: the Sequential and functional guides, losses, callbacks,
#   saving.
# - R. Fisher: *The use of multiple measurements in taxonomic problems*. Annals of Eugenics, 1936; E. Anderson collected
#   the irises.
# - W. Street, W. Wolberg, O. Mangasarian: *Nuclear feature extraction for breast tumor diagnosis*. 1993. The tumours,
#   as scikit-learn ships them.
# - D. Kingma, J. Ba: *Adam: a method for stochastic optimization*. ICLR 2015.
# - N. Srivastava, G. Hinton, A. Krizhevsky, I. Sutskever, R. Salakhutdinov: *Dropout*. JMLR 2014.
# - S. Ioffe, C. Szegedy: *Batch normalization*. ICML 2015.
#
# **Words.**
#
# | English | 繁體中文 | 한국어 |
# |---|---|---|
# | layer |
# | activation function |
# | loss function |
# | optimizer |
# | learning rate |
# | regularisation |
# | batch |
# | early stopping |
# | checkpoint |
# | logits |
