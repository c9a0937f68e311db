# %% [markdown]
# # Predict every shape, count every parameter
#
# In this notebook you learn to read a network like a recipe: before anything is built or trained you will say how large
# every output is, how many numbers every layer learns, how much work it does, and how much of the picture it sees. Then
# Keras will agree with you.
#
# | section | minutes |
# |---|---|
# | A picture first | 3 |
# | Where can the window lie? | 15 |
# | Valid, same, full | 12 |
# | What a layer learns, and what it costs | 20 |
# | How far does one output see? | 13 |
# | A convolution is a matrix | 14 |
# | Trace a whole network | 24 |
# | Break it on purpose, recap | 4 |
#
# About 105 minutes in all. A good place for a break is before "How far does one output see?".
#
# **You need**: kernel, stride, padding and channels, as in the notebook before; whole-number division in Python; for
# one section, how a matrix is multiplied with a column: each row with the column, number by number, and added up.
#
# Before: [Convolve and pool by hand](../02_convolution_and_pooling/02_convolution_and_pooling.ipynb).
# Next: [Run a convolution backwards](../04_conv2d_transpose/04_conv2d_transpose.ipynb).
#
# ## You will be able to
#
# - predict the size of an output from kernel, stride, padding and dilation
# - count the parameters of a layer, and the multiply-adds that it costs
# - say how much of the input one output sees
# - turn a convolution into one matrix product
# - trace every shape through a network before it is built

# %%
import math

import matplotlib.pyplot as plt
import numpy as np
from scipy import signal

from course_utils import check, explore, plot, practice, question, start

start("03_conv_arithmetic")

# %% [markdown]
# ## A picture first
#
# Two networks for the same task, ten classes of 32 x 32 colour pictures. They begin alike, with convolutions and
# pooling, and differ only in how they end, in their *head*. Both heads have two dense layers (each number that comes
# out is joined with each that goes in), but the second one first averages each feature map to one number. *Learned* are
# the weights and biases, for which training finds values. **Predict before you run**: which layer holds most of the
# numbers that are learned, and which does most of the work?

# %%
explore.counts_static("a dense head", "an averaging head")

# %% [markdown]
# One layer holds nearly all of the first network's numbers, and does hardly any of its work. The second network
# averages each feature map to one number before it: it has a tenth of the numbers and costs nearly the same. Nothing
# was trained for this figure, nothing even ran: shapes, numbers and products follow from a few rules. These rules are
# what this notebook is about.
#
# ## Where can the window lie?
#
# A 7 x 7 picture goes through `Conv2D(1, 3, strides=2)` (one filter, a kernel of 3 x 3). How large is what comes out?
# Rows and columns do not depend on each other, so we think along one axis of `n = 7` pixels. A window of `k = 3` covers
# pixels 0 to 2, moves by the stride `s = 2` to pixels 2 to 4, and again to 4 to 6. One more move would lead over the
# edge, so there are three **places**: the output is 3 x 3.

# %%
for output, first in enumerate(range(0, 7 - 3 + 1, 2)):
    print(f"output {output} sees pixels {first} to {first + 2}")

# %% [markdown]
# In general there is some **room to move**: what the input has beyond the window. Whole strides fit into it, and the
# place where the window starts counts as well. In the explorer below the four lines fill in as the window moves. In
# JupyterLab, pick sizes, press play, and go through every case you can think of; elsewhere you see the last step.

# %%
explore.sizes(7, 3, stride=2, step=8)

# %% [markdown]
# **Predict**: the picture grows to 8 x 8. How large is the output, and what happens to the last row of pixels?

# %%
explore.sizes_static(8, 3, stride=2, step=8)

# %% [markdown]
# Still 3 x 3. There is room for two and a half moves, half a move is none, and no output ever sees the last row and
# column, crossed out here. Many sizes give the same output: a shape tells you less about its input than you may think.
#
# The `k` weights that a kernel has along one axis are called its **taps**. **Dilation** pulls the taps apart: with
# `d = 2` there is a gap of one pixel between neighbours, so three taps **reach** over 5 pixels, with `d = 3` over 7. In
# general they reach over d (k - 1) + 1. No weight is added, the layer only looks further.

# %%
explore.sizes_static(7, 3, dilation=2, step=4)

# %% [markdown]
# All of it in one line, with `p` zeros on either side. The half brackets mean "rounded down":
#
# $$\text{size} = \left\lfloor \frac{n + 2p - d\,(k - 1) - 1}{s} \right\rfloor + 1$$
#
# ### Find the bug
#
# A handout gives another formula for the size of an output, as code:
# `(image_size-(kernel_size-((kernel_size-1)/2))/strides`. Something is wrong before you compute anything: count its
# parentheses. Suppose that one is missing before the `/`. **Predict** what it then says for 7, 3, 2.

# %%
formula = "(image_size-(kernel_size-((kernel_size-1)/2))/strides"
print(formula.count("("), "opened,", formula.count(")"), "closed")
for n, k, s in ((7, 3, 2), (7, 3, 1), (7, 5, 1), (9, 5, 2)):
    says = (n - (k - ((k - 1) / 2))) / s  # the same, with the parenthesis that is missing
    print(f"n {n}, k {k}, s {s}: the handout says {says:g}, the window has {explore.case(n, k, s).size} places")

# %% [markdown]
# Two and a half outputs. The formula takes half a window off where the whole window has to fit, forgets the place where
# it starts, and divides without rounding. For a kernel of 3 and stride 1 these errors cancel, and in other cases now
# and then by chance. That may be why nobody noticed. Test a formula where its parts cannot cancel.
#
# ### Exercise: `out_size` (2 points, about 6 minutes, easy)
#
# Write the formula for one axis. A window that does not fit on the padded input has no place at all: raise `ValueError`
# with a message that names the sizes (nobody checks its words). In this unit the answers are yours to work out: plain
# Python and NumPy, no other library and no explorer.


# %%
def out_size(n, k, s=1, p=0, d=1):
    """How many outputs a convolution has along one axis.

    n: pixels of the input. k: taps of the kernel. s: stride. p: zeros on either side. d: dilation, 1 for none.
    All are whole numbers; n, k, s and d start at 1, p at 0. Returns an int, at least 1.
    Raises ValueError where the window reaches over more than the padded input.

    >>> out_size(7, 3, 2)
    3
    """
    ### BEGIN SOLUTION
    room = n + 2 * p - (d * (k - 1) + 1)
    if room < 0:
        raise ValueError(f"a kernel of {k} with dilation {d} does not fit on {n} pixels with padding {p}")
    return room // s + 1
    ### END SOLUTION


# %%
check("out_size", out_size)

# %%
practice("out_size")

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# Take it in four steps, as the explorer does: the reach, the room, the moves, the places. Each is one line.
#
# </details>
# <details><summary>Hint 2</summary>
#
# `//` divides and rounds down. Which of the four numbers tells you that the window does not fit?
#
# </details>
# <details><summary>If you see a float where an int is expected</summary>
#
# Somewhere there is a `/`. With `int(...)` around it the type is right, but for negative numbers the rounding is not.
#
# </details>

# %% [markdown]
# ## Valid, same, full
#
# Three amounts of padding have names. **Valid**: none; only real pixels are seen. **Same**: as many zeros as it takes
# to keep the size at stride 1. **Full**: enough zeros that even a window which touches only the outermost pixel has a
# place. On either side, that is one zero less than the reach. Here is one axis of 7 under a kernel of 3, with strides
# 1, 2 and 3, and with dilation 2 in the lower half. Lines lead from each output up to what it sees; dotted ones end at
# a zero.

# %%
explore.every_case()

# %% [markdown]
# Look for the crosses: pixels that nobody sees. They are not only at the end. With stride 2 *and* dilation 2, every
# second pixel is seen by no output at all; Keras' layers refuse the two together. They have no full padding either: you
# put a `ZeroPadding2D` in front.
#
# With a stride, "same" does not keep the size, although it is called so: TensorFlow gives one output to every *started*
# stride, that is n / s rounded **up**. Then it adds as few zeros as make the last window whole, half of them before the
# pixels and half after them. Where their number is odd, there is one more **after** them. **Predict** the zeros for a
# kernel of 4 at stride 1.

# %%
for kernel, stride in ((3, 1), (4, 1), (3, 2), (4, 2), (1, 2)):
    axis = explore.case(8, kernel, stride, "same")
    print(f"8 pixels, k {kernel}, s {stride}: {axis.before} before, {axis.after} after, {axis.size} outputs")

# %% [markdown]
# An even kernel has no middle, so it cannot be centred on a pixel; a stride can leave a side without any zeros.
# PyTorch's `padding=1` puts a zero on *both* sides, so the same weights at stride 2 look at other pixels there. This
# matters when you move weights from one library to the other.
#
# ### Exercise: `same_pad` (2 points, about 7 minutes, medium)
#
# How many zeros does TensorFlow put before and after? There is no dilation here. Work it out with plain Python and
# NumPy, no other library.


# %%
def same_pad(n, k, s):
    """The zeros that 'same' padding puts around n pixels under a kernel of k taps with stride s.

    n, k, s: whole numbers, at least 1. Returns the tuple (before, after) of two ints, neither below 0.

    >>> same_pad(5, 4, 1)
    (1, 2)
    """
    ### BEGIN SOLUTION
    places = math.ceil(n / s)
    zeros = max(0, (places - 1) * s + k - n)
    return zeros // 2, zeros - zeros // 2
    ### END SOLUTION


# %%
check("same_pad", same_pad)

# %%
practice("same_pad")

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# There are n / s places, rounded up (`math.ceil`, or `-(-n // s)`). At which pixel does the last window start, and
# where does it end? What is missing there is the number of zeros in all.
#
# </details>
# <details><summary>Hint 2</summary>
#
# With a large stride and a small kernel the last window ends before the picture does. Then nothing is missing, and less
# than nothing is not asked for.
#
# </details>
# <details><summary>If you see that the sum of both is right, but not the two</summary>
#
# Half of an odd number: one side takes the half rounded down, the other what is left. Which side is which?
#
# </details>

# %% [markdown]
# ## What a layer learns, and what it costs
#
# A layer that turns 7 x 7 x 2 numbers into 5 x 5 x 3 can be wired in three ways. A **dense** layer joins every output
# with every input. A **locally connected** layer joins each output with its window only, with weights of its own at
# every place. A **convolution** does the same with *one* set of weights for all places: they are **shared**. Here are
# the three along one axis, from 7 inputs (columns) to 5 outputs (rows). Every colour is a number to be learned, white
# is no connection.

# %%
band = np.array([[0 <= column - row < 3 for column in range(7)] for row in range(5)])
numbers = np.arange(35).reshape(5, 7)
wirings = {
    "dense": numbers,
    "locally connected": np.where(band, numbers, np.nan),
    "convolution": np.where(band, (np.arange(7) - np.arange(5)[:, None]) * 14 + 3, np.nan),
}
figure, panels = plt.subplots(1, 3, figsize=(9.5, 2.7))
for axes, (name, matrix) in zip(panels, wirings.items(), strict=True):
    axes.imshow(matrix, cmap="viridis", vmin=0, vmax=34)
    learned = len(np.unique(matrix[~np.isnan(matrix)]))
    axes.set(title=f"{name}: {learned} weights", xlabel="input", ylabel="output", xticks=range(7), yticks=range(5))
plot.show(
    figure, alt="Three 5 by 7 matrices: one full with 35 colours, one a band of 15 colours, one a band of only 3."
)

# %% [markdown]
# ### Find the bug
#
# How many numbers does each wiring learn for 7 x 7 x 2 -> 5 x 5 x 3 with windows of 3 x 3? Each filter sees 3 x 3 x 2 =
# 18 inputs and adds one bias. A handout says of this layer: "dense 7,350" and "locally connected 3 x (9 + 9 + 1) = 57".
# One of the two names does not belong to its number. **Predict** which, and what number does belong to it; then run the
# cell.

# %%
ins, outs, window = 7 * 7 * 2, 5 * 5 * 3, 3 * 3 * 2
print(f"dense              {ins * outs:,}, with biases {ins * outs + outs:,}")
print(f"locally connected  {5 * 5 * 3} outputs of {window} + 1: {outs * (window + 1):,}")
print(f"convolution        {3} filters of {window} + 1: {3 * (window + 1):,}")

# %% [markdown]
# The handout's 57 is the *shared* count, that of the convolution: three filters, two slices of 9 and one bias each.
# Without sharing each of the 25 places has these for itself: 25 x 57 = 1,425. Locality saves a factor of five here,
# sharing another 25; a handout that mixes them up hides the larger of the two ideas. (And its 7,350 leaves out the
# biases that its 57 counts.)
#
# ### Exercise: `n_params` (2 points, about 6 minutes, easy)
#
# Count the numbers that a layer learns. `**cfg` collects whatever is given by name into a dict, so that
# `n_params("conv", in_shape=(7, 7, 2), ...)` arrives as `cfg["in_shape"]`. What may be left out is read with
# `cfg.get("use_bias", True)`. Plain Python and NumPy, no other library: no layer is built here.


# %%
def n_params(kind, **cfg):
    """How many numbers a layer learns, biases included.

    kind: 'dense' (flattens its input), 'locally_connected', 'conv' or 'max_pool'.
    cfg: in_shape (H, W, C) and out_shape (H', W', F), tuples; kernel_size, an int, the side of the square window (not
    given for 'dense'); use_bias, True where it is not given. Returns an int.

    >>> n_params("conv", in_shape=(4, 4, 1), out_shape=(3, 3, 1), kernel_size=2)
    5
    """
    ### BEGIN SOLUTION
    bias = 1 if cfg.get("use_bias", True) else 0
    if kind == "max_pool":
        return 0
    if kind == "dense":
        return (math.prod(cfg["in_shape"]) + bias) * math.prod(cfg["out_shape"])
    rows, columns, filters = cfg["out_shape"]
    one_set = (cfg["kernel_size"] ** 2 * cfg["in_shape"][2] + bias) * filters
    return rows * columns * one_set if kind == "locally_connected" else one_set
    ### END SOLUTION


# %%
check("n_params", n_params)

# %%
practice("n_params")

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# Ask for each kind: how many inputs does one output see, how many outputs have weights of their own, and is there a
# bias with each of them?
#
# </details>
# <details><summary>Hint 2</summary>
#
# `math.prod((7, 7, 2))` multiplies the numbers of a shape. A bias is like one more input that always says 1.
#
# </details>
# <details><summary>If you see a KeyError</summary>
#
# A dense layer has no `kernel_size`, and `use_bias` is given only where it is False: do not read what this kind does
# not need.
#
# </details>

# %% [markdown]
# ### Products
#
# Sharing weights saves memory, not work: every one of them is used at every place. The usual measure of work is the
# **multiply-add** (MAC): one weight times one input, added to the sum. So count the weights of the filters, and
# multiply by the places of the *output*. Products with the zeros of the padding count, for they are carried out; biases
# do not. **Predict** what a stride of 2 does to both numbers of the layer above.

# %%
weights = 3 * window
for stride in (1, 2):
    places = explore.case(7, 3, stride).size ** 2
    print(f"stride {stride}: {weights} weights x {places} places = {weights * places:,} multiply-adds")

# %% [markdown]
# The weights stay, the work shrinks to little more than a third. (People also quote **FLOPs**, which count the product
# and the addition as two: twice as many.) Now compare networks for yourself: where widgets work, choose any two, and
# move the side of the picture. Which of the two columns changes with it, and in which layers? The answer is below the
# figure.

# %%
explore.counts("a dense head", "strides instead of pooling")

# %% [markdown]
# With the side of the picture the multiply-adds of every convolution change, for it has more places. The numbers that
# are learned change in one layer only: the dense layer that comes right after a `Flatten`, and so does its work.
#
# ### Exercise: `conv_macs` (2 points, about 6 minutes, easy)
#
# Count the multiply-adds of a convolution over one picture, with plain Python and NumPy, no other library. The picture
# need not be square, the kernel is.


# %%
def conv_macs(in_shape, filters, kernel_size, strides=1, padding="valid"):
    """How many weights are multiplied with inputs when a convolution goes over one picture.

    in_shape: (H, W, C). filters, kernel_size (its side), strides: ints. padding: 'valid' or 'same', as in Keras.
    Returns an int. Products with zeros of the padding count, biases do not.

    >>> conv_macs((3, 4, 1), 1, 2)
    24
    """
    ### BEGIN SOLUTION
    places = 1
    for n in in_shape[:2]:
        places *= math.ceil(n / strides) if padding == "same" else out_size(n, kernel_size, strides)
    return places * kernel_size**2 * in_shape[2] * filters
    ### END SOLUTION


# %%
check("conv_macs", conv_macs)

# %%
practice("conv_macs")

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# Two factors: the weights of all filters together, and the places of the output. You have a function for the places of
# one axis if the padding is valid.
#
# </details>
# <details><summary>Hint 2</summary>
#
# Under 'same' you need no zeros to know the size: every started stride has one output.
#
# </details>
# <details><summary>If you see numbers that are too large wherever there is a stride</summary>
#
# Did you multiply with the height and width of the input? Products are made once for each number that comes *out*.
#
# </details>

# %% [markdown]
# ## How far does one output see?
#
# One output of a kernel of 3 sees 3 pixels. One output of a second such layer sees 3 numbers of the first, and each of
# these sees 3 pixels: they overlap. What an output of the last layer can see of the input is its **receptive field**.
# **Predict** it for three layers with a kernel of 3, then count the orange pixels.

# %%
explore.field_static("three kernels of 3", output=1)

# %% [markdown]
# Each layer adds k - 1 = 2 pixels. That makes 7, as for a single kernel of 7. So why stack? Compare what both hold and
# cost on 16 feature maps of 32 x 32:

# %%
explore.counts_static("one kernel of 7", "three kernels of 3", input_shape=(32, 32, 16))

# %% [markdown]
# The same view for little more than half the numbers and two thirds of the work. And between three layers there is room
# for two nonlinearities (functions such as "replace negative numbers by 0", which a later notebook explains); without
# one, stacked convolutions compute no more than a single one could. Now put a stride of 2 in the *first* layer. Its
# outputs lie two pixels apart, so each later layer adds 2 x 2. **Predict** the field. Then: does it matter whether the
# stride comes first or last?

# %%
explore.field_static("a stride of 2 first", output=1)

# %%
explore.field_static("a stride of 2 last", output=1)

# %% [markdown]
# It matters: a stride widens the field of what comes *after* it. Every layer has a **jump**, how many pixels apart its
# inputs lie in the picture: the product of the strides of all layers before it. A layer adds d (k - 1) jumps. A pooling
# layer counts like a convolution: it has a window and a stride. Dilations that grow from layer to layer see far for
# their price; here they double:

# %%
explore.field("dilations 1, 2, 4", output=1)

# %% [markdown]
# You can find a receptive field without any formula, by experiment: give the network a picture in which one pixel alone
# is 1, and see whether the output is different from 0. Do that for each pixel. Here are three layers of ones, the
# second with stride 2:

# %%
ones = np.ones(3)


def stack(x):
    return np.convolve(np.convolve(np.convolve(x, ones, "valid"), ones, "valid")[::2], ones, "valid")


touched = [pixel for pixel in range(15) if stack(np.eye(15)[pixel])[1] != 0]
print("output 1 changes with the pixels", touched, "a field of", len(touched))

# %% [markdown]
# ### Exercise: `receptive_field` (3 points, about 7 minutes, medium)
#
# The layers come as a list of tuples `(k, s, d)`, the first nearest to the input. Count along one axis, from the first
# to the last pixel that is seen, holes included. Plain Python and NumPy, no other library.


# %%
def receptive_field(layers):
    """How many pixels, along one axis, one output of a stack spans.

    layers: list of (k, s, d), kernel, stride and dilation of each layer from the input on, not changed; pooling counts
    like a convolution. Returns an int: from the first to the last pixel that is seen; 1 for an empty list.

    >>> receptive_field([(3, 2, 1), (3, 1, 1)])
    7
    """
    ### BEGIN SOLUTION
    span, jump = 1, 1
    for kernel, stride, dilation in layers:
        span += dilation * (kernel - 1) * jump
        jump *= stride
    return span
    ### END SOLUTION


# %%
check("receptive_field", receptive_field)

# %%
practice("receptive_field")

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# Walk from the input up with two numbers: the field so far, and the jump. Both start at 1.
#
# </details>
# <details><summary>Hint 2</summary>
#
# In which order do you update them? A layer's own stride says where its *outputs* lie; its window lies on its inputs.
#
# </details>
# <details><summary>If you see the right field only where the strides are 1</summary>
#
# Draw two layers, the first with stride 2, on paper: how many pixels apart are two neighbours of the middle row?
#
# </details>

# %% [markdown]
# ## A convolution is a matrix
#
# Sums of products with the same weights again and again: that is a matrix product. There are two ways to see it. The
# first makes a matrix of the **picture**: each window, flattened, is a row. Then *one* product with the kernel,
# flattened as well, gives all places at once. This is **im2col**, "image to columns" (many programs lay the windows
# down as columns; ours are rows).

# %%
picture = np.array([[1, 2, 3], [4, 5, 6], [7, 8, 9]])
kernel = np.array([[1, 0], [2, -1]])
windows = np.array([[1, 2, 4, 5], [2, 3, 5, 6], [4, 5, 7, 8], [5, 6, 8, 9]])
print(windows @ kernel.ravel(), signal.correlate2d(picture, kernel, mode="valid").ravel())

# %%
figure, (left, right) = plt.subplots(1, 2, figsize=(6.5, 2.6))
plot.number_grid(left, picture, "the picture", highlight=[(0, 1), (0, 2), (1, 1), (1, 2)])
plot.number_grid(right, windows, "its windows, one per row", highlight=[(1, column) for column in range(4)])
plot.show(figure, alt="A 3 by 3 picture, and a 4 by 4 matrix whose second row is the picture's second 2 by 2 window.")

# %% [markdown]
# With channels a row holds k x k x C numbers, in the order of the weights `(k, k, C, F)`: the channels of a pixel, then
# the next pixel of the window, then its next row. F filters are a matrix of (k k C, F), and all feature maps come from
# one product. Matrix products are what processors are best at, so libraries have computed convolutions this way for
# years; the price is memory, for a pixel is copied into every window that it lies in.
#
# ### Exercise: `im2col` (3 points, about 8 minutes, medium)
#
# Make the matrix, with a stride and with channels: plain Python and NumPy, no other library. Places come in reading
# order: across first, then down.


# %%
def im2col(x, k, s):
    """The windows of a picture as the rows of a matrix.

    x: (H, W, C) array, not changed. k: side of the window, at most H and W. s: stride, at least 1. No padding.
    Returns an array of (places, k * k * C), of the dtype of x: places in reading order; in a row the window's rows,
    in these its pixels, in these the channels.

    >>> im2col(np.array([[[1], [2], [3]], [[4], [5], [6]]]), 2, 1)
    array([[1, 2, 4, 5],
           [2, 3, 5, 6]])
    """
    ### BEGIN SOLUTION
    tops = range(0, x.shape[0] - k + 1, s)
    lefts = range(0, x.shape[1] - k + 1, s)
    return np.array([x[top : top + k, left : left + k].ravel() for top in tops for left in lefts])
    ### END SOLUTION


# %%
check("im2col", im2col)

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# A slice `x[top : top + k, left : left + k]` is a window with all its channels, (k, k, C). `.ravel()` lays it out in
# one row, the last axis running fastest.
#
# </details>
# <details><summary>Hint 2</summary>
#
# The last window starts at H - k. `range` leaves out its end, and takes a step as its third number.
#
# </details>
# <details><summary>If you see the right numbers in the wrong order</summary>
#
# Look at a row of the example with two channels: neighbours should be the two channels of one pixel. If not, an axis
# was moved before the flattening.
#
# </details>

# %% [markdown]
# ### The other matrix
#
# The second way makes a matrix of the **kernel**. The picture, flattened, is one long vector; each output is a row of
# weights that are zero wherever its window does not reach. Column j of that matrix is what comes out if only pixel j
# is 1. So we can find the matrix of *any* convolution by asking it about each pixel.

# %%
nine = np.arange(1, 10).reshape(3, 3)
single_pixels = np.eye(36).reshape(36, 6, 6)
matrix = np.array([signal.correlate2d(pixel, nine, mode="valid").ravel() for pixel in single_pixels]).T
print("shape", matrix.shape, " weights that are not zero:", np.count_nonzero(matrix), "of", matrix.size)
noise = np.random.default_rng(1).normal(size=(6, 6))
print("equals sliding:", np.allclose(matrix @ noise.ravel(), signal.correlate2d(noise, nine, mode="valid").ravel()))

# %%
figure, axes = plt.subplots(figsize=(8.6, 4.2))
drawn = axes.imshow(np.where(matrix == 0, np.nan, matrix), cmap=plt.get_cmap("viridis", 9), vmin=0.5, vmax=9.5)
axes.set(xlabel="pixel of the 6 x 6 input, flattened", ylabel="place of the 4 x 4 output, flattened")
axes.set(xticks=range(0, 36, 6), yticks=range(0, 16, 4))
axes.vlines(np.arange(5.5, 35, 6), -0.5, 15.5, color="#bbbbbb", linewidth=0.8)
axes.hlines(np.arange(3.5, 15, 4), -0.5, 35.5, color="#bbbbbb", linewidth=0.8)
figure.colorbar(drawn, label="weight of the kernel", ticks=range(1, 10), shrink=0.8)
plot.show(
    figure,
    alt="A 16 by 36 matrix with nine diagonal stripes, a stripe for each weight of the kernel; the rest is empty.",
)

# %% [markdown]
# Nine stripes, one for each weight: the same nine numbers in every row, moved along. It is the band of the figure
# above, in two dimensions; three quarters of it are zeros, so nobody stores it. But it tells us that a convolution is
# *linear* (twice the picture gives twice the map, and the sum of two pictures gives the sum of their maps), and that it
# can be turned around: the transposed matrix leads from 16 numbers back to 36. That is the next notebook's subject.
#
# ## Trace a whole network
#
# Now put the rules in a row. A network is a list of layers, each with its settings; here they are dicts with Keras' own
# words, and `layer` says which one it is. Convolutions and pooling follow the size formula (a pooling layer's stride is
# its `pool_size` unless given), `GlobalAveragePooling2D` leaves one number for each channel, `Flatten` one long vector.
# Keras' `Dense` joins the numbers of the *last* axis only, and replaces that axis. (The dense layer of the sections
# above was a `Flatten` and then a `Dense`.) TensorFlow is imported here, for the first time, so this cell takes a few
# seconds.

# %%
import keras

layer = keras.layers.Conv2D(1, 3, strides=2)
print("7 x 7 becomes", layer(np.zeros((1, 7, 7, 1))).shape[1:3], "as drawn at the top")
print("Dense on", (5, 6, 2), "gives", keras.layers.Dense(4).compute_output_shape((None, 5, 6, 2))[1:])

# %%
LAYERS = [
    {"layer": "Conv2D", "filters": 16, "kernel_size": 5, "strides": 2, "padding": "same"},
    {"layer": "MaxPooling2D", "pool_size": 3, "strides": 2},
    {"layer": "Conv2D", "filters": 32, "kernel_size": 3, "dilation_rate": 2},
    {"layer": "MaxPooling2D", "pool_size": 2},
    {"layer": "Flatten"},
    {"layer": "Dense", "units": 10},
]
model = keras.Sequential([keras.Input((45, 64, 3))])
for settings in LAYERS:
    kind = getattr(keras.layers, settings["layer"])
    model.add(kind(**{name: value for name, value in settings.items() if name != "layer"}))

# %% [markdown]
# **Predict** with pencil and paper what each layer makes of a picture of 45 x 64 x 3, and how many numbers it learns,
# before you look at what Keras says.

# %%
for settings, built in zip(LAYERS, model.layers, strict=True):
    print(f"{settings['layer']:13} {built.output.shape[1:]!s:14} {built.count_params():7,} parameters")

# %% [markdown]
# The rules and Keras agree on every line, and on the total:

# %%
by_the_rules = explore.measure(LAYERS, (45, 64, 3))
assert [row.shape for row in by_the_rules] == [built.output.shape[1:] for built in model.layers]
print(f"{sum(row.parameters for row in by_the_rules):,} by the rules, {model.count_params():,} in Keras")

# %% [markdown]
# ### Exercise: `trace_shapes` (3 points, about 14 minutes, hard)
#
# Say the shape after every layer, without building any: plain Python and NumPy, no other library. Your `out_size` does
# most of the work; if you let its `ValueError` through, a network that shrinks to nothing is refused at the right
# layer.


# %%
def trace_shapes(layers, input_shape):
    """The shape of what comes out of each layer, for one picture, so without the batch.

    layers: list of dicts with Keras' names, not changed. 'layer' is one of 'Conv2D' (filters, kernel_size, and, where
    they are not the default, strides, padding, dilation_rate), 'MaxPooling2D' or 'AveragePooling2D' (pool_size, and
    strides, padding), 'GlobalAveragePooling2D', 'Flatten' and 'Dense' (units). Sizes are ints, the same in both
    directions.
    input_shape: (H, W, C). Returns a list of tuples, one for each layer.
    Raises ValueError where a window no longer fits.

    >>> trace_shapes([{"layer": "MaxPooling2D", "pool_size": 2}, {"layer": "Flatten"}], (5, 7, 3))
    [(2, 3, 3), (18,)]
    """

    ### BEGIN SOLUTION
    def slide(n, window, stride, layer):
        if layer.get("padding", "valid") == "same":
            return math.ceil(n / stride)
        return out_size(n, window, stride, d=layer.get("dilation_rate", 1))

    shape, shapes = tuple(input_shape), []
    for layer in layers:
        if layer["layer"] == "Conv2D":
            sides = [slide(n, layer["kernel_size"], layer.get("strides", 1), layer) for n in shape[:2]]
            shape = (*sides, layer["filters"])
        elif layer["layer"] in ("MaxPooling2D", "AveragePooling2D"):
            size = layer["pool_size"]
            sides = [slide(n, size, layer.get("strides", size), layer) for n in shape[:2]]
            shape = (*sides, shape[2])
        elif layer["layer"] == "GlobalAveragePooling2D":
            shape = shape[2:]
        elif layer["layer"] == "Flatten":
            shape = (math.prod(shape),)
        else:
            shape = (*shape[:-1], layer["units"])
        shapes.append(shape)
    return shapes
    ### END SOLUTION


# %%
check("trace_shapes", trace_shapes)

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# Keep one variable `shape` and a list. For each layer: find the new shape, append it, go on with it.
# `layer.get("strides", 1)` reads a setting that may not be there.
#
# </details>
# <details><summary>Hint 2</summary>
#
# Write a small function for one axis first: pixels, window, stride, padding and dilation in, places out. Convolution
# and pooling both use it, for height and for width.
#
# </details>
# <details><summary>If you see shapes that are right except after pooling</summary>
#
# Which stride has a pooling layer whose dict does not mention one? And does it round down?
#
# </details>

# %% [markdown]
# ### Checkpoint
#
# A network with two convolutions, a `GlobalAveragePooling2D` and a `Dense` gets pictures of twice the height and twice
# the width. What happens to its parameters and to its multiply-adds?
#
# - [ ] Both are about four times as many
#
#   **Parameters that grow with the picture.** There are four times as many places, but the same weights slide over all
#   of them. Which of the two numbers knows about places?
#
# - [x] The parameters stay, the multiply-adds are about four times as many
#
#   Yes. Weights are shared over places, work is done at each. ("About", for valid padding takes off a rim.)
#
# - [ ] Both stay: the network is the same
#
#   **Work that does not grow with the picture.** The network stays as it is, its work does not: every filter now visits
#   four times as many places.
#
# - [ ] The parameters are four times as many, for the dense layer sees more
#
#   **A global average taken for a `Flatten`.** After a `Flatten` the weights of the dense layer would be four times as
#   many. After the global average there is one number for each channel, however large the picture.

# %%
question("twice_the_picture")

# %% [markdown]
# ## Break it on purpose
#
# "Same" keeps the size, so it must be harmless. Let a disc go through twelve layers that average 2 x 2 pixels under
# 'same' padding. Let the same sharp disc, in a second run, go through six layers that average 3 x 3. **Predict** what
# differs.

# %%
rows, columns = np.mgrid[0:48, 0:48]
disc = ((rows - 24) ** 2 + (columns - 24) ** 2 < 64).astype(float)


def average_same(x, k):
    before, after = (k - 1) // 2, k // 2  # what 'same' adds at stride 1
    return signal.correlate2d(np.pad(x, (before, after)), np.full((k, k), 1 / k**2), mode="valid")


pictures = {"the disc": disc, "12 times 2 x 2": disc, "6 times 3 x 3": disc}
for name, times, k in (("12 times 2 x 2", 12, 2), ("6 times 3 x 3", 6, 3)):
    for _ in range(times):
        pictures[name] = average_same(pictures[name], k)
for name, x in pictures.items():
    print(f"{name:15} centre at row {(x * rows).sum() / x.sum():.1f}, column {(x * columns).sum() / x.sum():.1f}")

# %%
plot.images(
    pictures,
    columns=3,
    alt="A sharp disc in the middle; a soft one that has drifted to the upper left; a soft one that has not moved.",
)

# %% [markdown]
# The even kernel moved the picture: the extra zero always comes after the pixels, so the middle of each window lies
# half a pixel further right and down. That moves the picture half a pixel up and to the left. No shape changed, no
# error was raised. Where the place matters, as in finding edges or organs, this is one reason why most kernels are odd.
#
# ## Recap
#
# - *Predict the size of an output from kernel, stride, padding and dilation*: the reach, the room that is left, whole
#   strides in it, and one for the start. Valid adds nothing, same gives an output to every started stride, full adds
#   the reach less one on either side.
# - *Count the parameters of a layer, and the multiply-adds that it costs*: a set of weights is what one output sees,
#   plus a bias. A convolution has one set for each filter, a locally connected layer one for each filter at each place.
#   Products: the weights times the places of the output.
# - *Say how much of the input one output sees*: each layer adds d (k - 1) jumps; a jump is the product of the strides
#   before it.
# - *Turn a convolution into one matrix product*: windows as rows times the kernel as a column; or a striped matrix
#   times the picture as a column.
# - *Trace every shape through a network before it is built*: one layer after the other, and stop where a window no
#   longer fits.
#
# **What goes wrong most often**: dividing without rounding down; forgetting the place where the window starts; the
# padding of one side only; 'same' taken to keep the size in spite of a stride; a bias at every place; the height and
# width of the *input* in the products; a stride that widens the field of its own layer; pooling that rounds up.
#
# ## Further
#
# **Stretch.** A *depthwise separable* convolution filters each channel by itself (one k x k slice for each channel),
# then mixes the channels with a 1 x 1 convolution. Count its parameters and multiply-adds for 7 x 7 x 2 -> 5 x 5 x 3,
# and for 56 x 56 x 128 -> 56 x 56 x 128 under 'same'. How many times cheaper is it than a convolution? Check with
# `keras.layers.SeparableConv2D(...).count_params()`.
#
# **Sources**
#
# - V. Dumoulin, F. Visin, *A guide to convolution arithmetic for deep learning*, 2016,
#   [arXiv:1603.07285](https://arxiv.org/abs/1603.07285): every case, with figures.
# - TensorFlow, [notes on padding](https://www.tensorflow.org/api_docs/python/tf/nn#notes_on_padding_2): what 'SAME'
#   adds, and where; PyTorch, [`Conv2d`](https://docs.pytorch.org/docs/stable/generated/torch.nn.Conv2d.html).
# - Keras, [`Conv2D`](https://keras.io/api/layers/convolution_layers/convolution2d/) and
#   [`MaxPooling2D`](https://keras.io/api/layers/pooling_layers/max_pooling2d/).
# - A. Araujo, W. Norris, J. Sim, *Computing Receptive Fields of Convolutional Neural Networks*, Distill 2019,
#   [doi:10.23915/distill.00021](https://distill.pub/2019/computing-receptive-fields/).
# - K. Chellapilla, S. Puri, P. Simard, *High Performance Convolutional Neural Networks for Document Processing*, 2006,
#   [hal-00112631](https://inria.hal.science/inria-00112631): convolution as a matrix product.
#
# | English | 繁體中文 | 한국어 |
# |---|---|---|
# | stride |
# | padding |
# | dilation |
# | parameter |
# | bias |
# | fully connected layer |
# | locally connected layer |
# | weight sharing |
# | multiply-add |
# | receptive field |
# | sparse matrix |
# | shape |
