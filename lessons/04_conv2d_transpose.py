# %% [markdown]
# # Run a convolution backwards
#
# A convolution often makes maps smaller. In this notebook you make them large again, number by number; you see why the
# usual layer for it can leave a checkerboard, cure that, and end with a network that gives every pixel of a picture a
# label.
#
# | section | minutes |
# |---|---|
# | A picture first | 2 |
# | Stamp: multiply and add | 21 |
# | The same as a matrix | 13 |
# | The gradient, not the inverse | 15 |
# | How large, and how often covered | 15 |
# | Enlarge without a checkerboard | 6 |
# | Pool with switches | 17 |
# | Label every pixel | 17 |
# | Break it on purpose, recap | 4 |
#
# About 110 minutes in all. A good place for a break is after the gradient: nearly half is done there.
#
# **You need**: sliding a kernel and pooling, with stride and padding, from [Convolve and pool by
# hand](../02_convolution_and_pooling/02_convolution_and_pooling.ipynb); NumPy's slices; how a matrix is multiplied with
# a column, from [Predict every shape, count every parameter](../03_conv_arithmetic/03_conv_arithmetic.ipynb); for one
# section, what a derivative is.
#
# Before: [Predict every shape, count every parameter](../03_conv_arithmetic/03_conv_arithmetic.ipynb).
# Next: [Define, compile, fit, evaluate, predict](../05_keras_life_cycle/05_keras_life_cycle.ipynb).
#
# ## You will be able to
#
# - run a convolution backwards by stamping its kernel
# - write a convolution as a matrix, every weight in its place
# - predict the size of what comes out, and where its stamps overlap
# - enlarge a feature map without a checkerboard
# - pool with switches, and put every maximum back where it was
# - build a network that labels every pixel

# %%
from itertools import product

import cv2
import numpy as np
from matplotlib.colors import to_rgb
from scipy import signal
from sklearn.cluster import KMeans
from sklearn.datasets import load_sample_image

from course_utils import check, explore, plot, practice, question, start

start("04_conv2d_transpose")

# %% [markdown]
# ## A picture first
#
# A small dahlia, made twice as large in two ways. Both ways multiply with nine equal weights and add. Nothing in the
# small picture looks like the grid in the middle one. **Guess**: where does it come from?

# %%
photograph = load_sample_image("flower.jpg")  # (427, 640, 3), RGB, uint8
grey = cv2.cvtColor(photograph[75:355, 180:460], cv2.COLOR_RGB2GRAY)
small = cv2.resize(grey, (48, 48), interpolation=cv2.INTER_AREA).astype(float)

apart = np.zeros((96, 96))
apart[::2, ::2] = small  # a zero between all neighbours
stamped = signal.convolve2d(apart, np.full((3, 3), 4 / 9), mode="same")
repeated = cv2.blur(cv2.resize(small, (96, 96), interpolation=cv2.INTER_NEAREST), (3, 3))

# %%
plot.images(
    {"48 x 48": small, "96 x 96, one way": stamped, "96 x 96, another way": repeated},
    columns=3,
    vmin=0,
    vmax=255,
    size=3.0,
    alt="A small dahlia, the same twice as large under a fine grid of bright and dark dots, and a smooth large one.",
)

# %% [markdown]
# The middle one is a *transposed convolution*, which many networks use to draw pictures, to enlarge them, and to label
# their pixels. In this notebook you will find out where each dot of that grid comes from.
#
# ## Stamp: multiply and add
#
# A convolution looks at a whole window and writes down *one* number. Run it backwards: *one* number becomes a whole
# window. Each number of the feature map multiplies the entire kernel, and that product is a **stamp**, put down on the
# output. The number's right neighbour stamps one **stride** further to the right. Where stamps overlap, they are
# **added**. That is all of it: multiply and add, or *scatter*.
#
# By hand: the map is `[1, 2]`, the kernel `[1, 10]`, the stride 1. **Predict** the three numbers.

# %%
output = np.zeros(3)
output[0:2] += 1 * np.array([1, 10])
output[1:3] += 2 * np.array([1, 10])
print(output)

# %% [markdown]
# In two dimensions, and step by step. The outlined number makes a stamp, and the stamp lands in the outlined window.

# %%
explore.transposed_static("one to four", "one to nine", step=1)

# %% [markdown]
# The 2 has just put down its stamp, one column beside the first. **Predict**: the next number is the 3. Where does its
# stamp land, and what becomes of the 13 in the second row?

# %%
explore.transposed_static("one to four", "one to nine", step=2)

# %% [markdown]
# The stride is now the distance between two stamps. Forwards, a stride of 2 made the map about half as large;
# backwards, it makes it about twice as large. The **padding** turns round as well: forwards it added a rim of zeros, so
# backwards that rim is cut off. In JupyterLab the next cell has controls: try every stride and padding, and let it
# play. Elsewhere you see one step, with stride 2 and padding 1.

# %%
explore.transposed("three by three", "arrow", stride=2, padding=1, step=5)

# %% [markdown]
# ### Seen from the output
#
# Now stand on one place of the *output* and look back: which inputs does it see? Those whose stamps cover it. Collected
# from there, the same numbers come out of an ordinary sliding window: spread the map out (`stride - 1` zeros between
# neighbours, `k - 1 - padding` zeros around it) and slide the kernel over it, **turned by 180 degrees**, with stride 1.
# This is the *gather* view: a convolution over an input that is spread out with zeros (which is also called dilated)
# and padded.

# %%
explore.transposed_static("one to four", "one to nine", stride=2, step=7, view="gather")

# %% [markdown]
# Of nine products, only those that meet a real input count; here there are two. Do both views always agree? The next
# cell, which you need not read, tries every map of the explorer with every kernel, stride and padding.

# %%
agree = []
for y, k in product(explore.FEATURE_MAPS.values(), explore.STAMPS.values()):
    for stride, pad in product((1, 2, 3), (0, 1, 2)):
        stamps = np.nan_to_num(explore.stamped_until(np.array(y), np.array(k), stride))  # NaN: no stamp has been there
        kept = stamps[pad : stamps.shape[0] - pad, pad : stamps.shape[1] - pad]
        if pad < len(k) and kept.size:
            agree.append(np.array_equal(kept, explore.gathered_until(np.array(y), np.array(k), stride, pad)))
print(sum(agree), "of", len(agree), "agree")

# %% [markdown]
# The next figure has every case along one axis: four inputs above, the outputs below, and a line for each weight. The
# number in an output says how many inputs it sees. Keep an eye on the row with stride 2: it explains the grid on the
# dahlia.

# %%
explore.every_transposed_case()

# %% [markdown]
# ### Exercise: `conv2d_transpose` (3 points, about 9 minutes, hard)
#
# Write the transposed convolution, by hand: plain Python and NumPy, no other library, and neither `np.convolve` nor
# `np.correlate` (the check watches what your function calls). Either view will do. The result is float64, and right
# even where map and kernel are both `uint8`.


# %%
def conv2d_transpose(y, k, stride=1, pad=0):
    """Transposed convolution: what `corr2d` with this kernel, stride and padding does, run backwards.

    y: (H, W) feature map. k: (a, b) kernel, not flipped. Neither is changed; both may be of integers or floats.
    stride: how far apart the stamps of neighbours are, at least 1. pad: width of the rim that is cut off on all four
    sides, less than a and b.
    Returns a float64 array of ((H - 1) stride + a - 2 pad, (W - 1) stride + b - 2 pad), each at least 1.

    >>> conv2d_transpose(np.array([[1, 2]]), np.array([[1, 10], [100, 0]]))
    array([[  1.,  12.,  20.],
           [100., 200.,   0.]])
    """
    ### BEGIN SOLUTION
    (height, width), (a, b) = y.shape, k.shape
    total = np.zeros(((height - 1) * stride + a, (width - 1) * stride + b))
    for row, column in np.ndindex(height, width):
        top, left = row * stride, column * stride
        total[top : top + a, left : left + b] += float(y[row, column]) * k
    return total[pad : total.shape[0] - pad, pad : total.shape[1] - pad]
    ### END SOLUTION


# %%
check("conv2d_transpose", conv2d_transpose)

# %%
practice("conv2d_transpose")

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# Begin with zeros of the whole size, `(H - 1) * stride + a` by `(W - 1) * stride + b`. Loop over the numbers of the
# map. Forget the padding until all stamps are down.
#
# </details>
# <details><summary>Hint 2</summary>
#
# The stamp of the number at `row`, `column` has its corner at `row * stride`, `column * stride` and is as large as the
# kernel. A slice of the zeros is such a window, and `+=` adds to it.
#
# </details>
# <details><summary>If you see an empty array where the padding is 0</summary>
#
# `total[0:-0]` is `total[0:0]`, which is nothing. Write the end as `total.shape[0] - pad`.
#
# </details>

# %% [markdown]
# ## The same as a matrix
#
# Write a 4 x 4 image as a column of 16 numbers, row by row. A valid 3 x 3 convolution makes 4 numbers of it, and each
# is a sum of products: so there is a matrix **C** with 4 rows and 16 columns, and the convolution is `C @ x`. A row of
# C belongs to a place of the window: it holds the nine weights where the window's pixels are, and seven zeros.
# Backwards, **C-transpose** with 16 rows and 4 columns takes 4 numbers to 16. Hence the name *transposed* convolution.

# %%
explore.draw_matrix(row=4)

# %% [markdown]
# The names count rows and columns from 0: `y00` is the number of the map in row 0 and column 0, `w10` the weight of the
# kernel in row 1 and column 0, and `x10` the pixel of the picture in row 1 and column 0. Read the matrix by columns:
# column 0 is the stamp of `y00`, written flat. Its weights come in three groups of three, and between two groups is a
# zero, for in the flat image the next row of pixels begins 4 places later, not 3. Read it by rows: row 4 says what the
# pixel `x10` collects: `w10` times `y00` and `w00` times `y10`.
#
# ### Find the bug
#
# A handout prints C-transpose with 15 rows, and a band of weights that slipped. This is how such a matrix begins:
#
# ```
# w00    0    0    0
# w01  w00    0    0
# w02  w01    0    0
# w10  w02  w00    0
# w11  w10  w01  w00
# ```
#
# Four of the five lines can be found in the figure. Which one can not, and what would it do to a picture? Decide before
# you run the cell.

# %%
names = np.array([f"w{i}{j}" for i in range(3) for j in range(3)] + ["0"])
right = names[explore.matrix_positions(3, 4).T]  # position -1, the last name, is a zero
print("row 3", right[3], "\nrow 4", right[4], "\nrows ", len(right))

# %% [markdown]
# The line `w10 w02 w00 0` is two rows in one: row 3 is `0 w02 0 0` and row 4 is `w10 0 w00 0`. The last pixel of the
# first row of the picture and the first pixel of its second row were taken for one; whatever follows has moved up by
# one, and with 15 numbers nothing can be folded to 4 x 4 again. With numbers in place of letters, for the map and the
# kernel of the first figures:

# %%
explore.draw_matrix(explore.STAMPS["one to nine"], explore.FEATURE_MAPS["one to four"], row=5)

# %% [markdown]
# These sixteen numbers are what the four stamps of the first figures add up to. Nobody computes it like this: for a
# picture of 1000 x 1000 pixels, C would have a million columns, nearly all of it zeros. The matrix is there to *think*
# with.
#
# ### Exercise: `conv_matrix` (2 points, about 7 minutes, medium)
#
# Build C, not its transpose, for any kernel on any square image: plain Python and NumPy, no other library. For every
# image `x`, `conv_matrix(kernel, n) @ x.ravel()` must equal the valid correlation of `x` with the kernel, row by row.


# %%
def conv_matrix(kernel, n):
    """The matrix of a valid cross-correlation, stride 1, on an n x n image.

    kernel: (a, b) array, not changed, a and b at most n. n: side of the image, in pixels.
    Returns C, a float64 array of ((n - a + 1) (n - b + 1), n n); image and feature map are flattened row by row.

    >>> conv_matrix(np.array([[1, 2], [3, 4]]), 3)[0]
    array([1., 2., 0., 3., 4., 0., 0., 0., 0.])
    """
    ### BEGIN SOLUTION
    a, b = kernel.shape
    lines = []
    for top in range(n - a + 1):
        for left in range(n - b + 1):
            picture = np.zeros((n, n))
            picture[top : top + a, left : left + b] = kernel
            lines.append(picture.ravel())
    return np.array(lines)
    ### END SOLUTION


# %%
check("conv_matrix", conv_matrix)

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# A row of C, folded to n x n, is a picture: zeros, and the kernel where the window stands. Draw that picture, then
# flatten it.
#
# </details>
# <details><summary>Hint 2</summary>
#
# One row for each place of the window: `top` from 0 to `n - a`, and for each of them `left` from 0 to `n - b`.
#
# </details>
# <details><summary>If you see rows that are right at first and wrong from some row on</summary>
#
# Each row may be the one above, shifted by one. At the end of a row of places the window jumps to the next row of
# pixels.
#
# </details>

# %% [markdown]
# ## The gradient, not the inverse
#
# A *loss* is a number that says how wrong the answers of a network are; learning means to make it smaller. Suppose we
# know how much the loss changes when an output z of a layer changes by 1, and call that the *error* of z. (Strictly, it
# is a derivative, true for tiny changes.) In a convolution z is a sum of inputs times weights. So when an input changes
# by 1, z changes by the input's weight, and the loss by *weight times error*. An input that several windows see gets
# several such products, added up. The list of these numbers, one for each input, is the **gradient** of the loss with
# respect to the inputs.
#
# Multiply and add: this must be the transposed convolution. TensorFlow can show it, for it works out gradients by
# itself (*automatic differentiation*), from the forward convolution alone.

# %%
import keras
import tensorflow as tf

tf.config.threading.set_intra_op_parallelism_threads(2)  # their number changes the order of additions
tf.config.threading.set_inter_op_parallelism_threads(2)


def gradient_of_conv2d(y, kernel, stride, shape):
    """The gradient, with respect to a picture x of `shape`, of the sum of conv2d(x) * y."""
    x = tf.Variable(np.random.default_rng(0).normal(size=(1, *shape, 1)))
    with tf.GradientTape() as tape:
        z = tf.nn.conv2d(x, kernel[:, :, None, None], stride, "VALID")
    return tape.gradient(z, x, output_gradients=y[None, :, :, None]).numpy()[0, :, :, 0]


# %% [markdown]
# No transposed convolution stands in that cell. **Predict**: will its gradient agree with the stamps, and with
# `tf.nn.conv2d_transpose`, for strides where stamps overlap and for strides where they leave gaps?

# %%
for k, stride in ((3, 1), (3, 2), (4, 2), (2, 3)):
    rng = np.random.default_rng(k)
    y, kernel = rng.normal(size=(4, 4)), rng.normal(size=(k, k))
    shape = explore.transposed_shape(y.shape, kernel.shape, stride)
    gradient = gradient_of_conv2d(y, kernel, stride, shape)
    stamps = np.nan_to_num(explore.stamped_until(y, kernel, stride))  # NaN: no stamp has been there
    filters = kernel[:, :, None, None]
    theirs = tf.nn.conv2d_transpose(y[None, :, :, None], filters, (1, *shape, 1), stride, "VALID").numpy()[0, :, :, 0]
    equal = [np.allclose(gradient, other) for other in (stamps, theirs)]
    print(f"kernel {k}, stride {stride}: the gradient equals the stamps {equal[0]}, tf.nn.conv2d_transpose {equal[1]}")
    assert all(equal)

# %% [markdown]
# In all four cases they agree. It is no accident: as the products above show, `conv2d_transpose` *is* the gradient of
# `conv2d`. And yours? (For the last of the four.)

# %%
try:
    yours = conv2d_transpose(y, kernel, stride)
    written = yours is not None
    print(np.shape(yours) == shape and np.allclose(yours, gradient) if written else "not written yet")
except Exception as problem:
    print("yours stopped with", repr(problem))

# %% [markdown]
# For the matrix it is one line of algebra: the gradient of `(C @ x) @ y` with respect to x is `C.T @ y`. The same fact
# without any learning is the **adjoint identity**: first forwards, then a dot product with y, equals first y backwards,
# then a dot product with x.

# %%
nine = np.array(explore.STAMPS["one to nine"], float)
C = np.append(nine, 0)[explore.matrix_positions(3, 4)]  # (4, 16)
rng = np.random.default_rng(1)
x, y = rng.integers(0, 5, 16), rng.integers(0, 5, 4)
print("forwards, then with y ", (C @ x) @ y)
print("backwards, then with x", x @ (C.T @ y))
gradient = gradient_of_conv2d(y.reshape(2, 2).astype(float), nine, 1, (4, 4))
print("the gradient is C-transpose times y:", np.allclose(gradient.ravel(), C.T @ y))

# %% [markdown]
# Some books say *deconvolution*, as if it undid the convolution. Does it? **Predict** before you run: an image goes
# forwards through C, and comes back through C-transpose.

# %%
there_and_back = C.T @ (C @ x)
figure, axes = plot.subplots(1, 3, figsize=(8, 2.7))
plot.number_grid(axes[0], x.reshape(4, 4), "x")
plot.number_grid(axes[1], (C @ x).reshape(2, 2), "C x")
plot.number_grid(axes[2], there_and_back.reshape(4, 4), "C-transpose C x")
plot.show(figure, alt="A 4 by 4 image of digits, its 2 by 2 feature map, and what comes back: 4 by 4 large numbers.")
print("numbers in x:", x.size, "  numbers in C x:", (C @ x).size)

# %% [markdown]
# The shape came back, the numbers did not. They cannot: 16 numbers cannot be found from 4. The transposed convolution
# restores the *connections*, which pixel belongs to which place, and not the values.
#
# ### Checkpoint
#
# A layer `Conv2DTranspose` stands in a network, and its weights are learned. What does it compute with them?
#
# - [ ] It undoes a convolution that came before it
#
#   **A transpose taken for an inverse.** The layer has weights of its own, and even with the same weights it would be
#   the transpose, not an inverse.
#
# - [x] Forwards, what the gradient of a convolution with these weights computes
#
#   Yes. And *its* gradient is an ordinary convolution: the two have changed places.
#
# - [ ] A convolution over the map, with larger windows
#
#   **A larger window that makes a map larger.** The map has to be spread out with zeros first; a larger window alone
#   would make the map smaller.

# %%
question("what_a_transpose_computes")

# %% [markdown]
# ## How large, and how often covered
#
# Forwards, several sizes end as one: with a kernel of 3 and a stride of 2, inputs of 11 and of 12 both give 5. So
# backwards, 5 has no single answer, and a layer needs a rule. Keras has two. **Valid** keeps every stamp whole: the
# first and the last of `n` stamps start `n - 1` strides apart, and the last one is `k` long. **Same** gives `n` times
# the stride, and cuts off what hangs over. **Predict** the four sizes for 5 numbers and a kernel of 3, with strides 1
# and 2 under each rule.

# %%
for stride in (1, 2):
    for padding in ("valid", "same"):
        layer = keras.layers.Conv2DTranspose(1, 3, strides=stride, padding=padding)
        print(f"5 x 5, kernel 3, stride {stride}, {padding:5}: {layer(np.ones((1, 5, 5, 1))).shape[1]}")

# %% [markdown]
# And where the kernel is *smaller* than the stride? Then the stamps leave gaps. Four numbers, kernel 2, stride 3: the
# stamps end after 3 * 3 + 2 = 11. **Predict** what Keras gives.

# %%
layer = keras.layers.Conv2DTranspose(1, 2, strides=3, kernel_initializer="ones")
print(layer(np.ones((1, 4, 4, 1))).numpy()[0, 0, :, 0].astype(int))

# %% [markdown]
# Twelve numbers, and the last is a gap as well: Keras never goes below `n` times the stride.
#
# ### Exercise: `out_size_t` (1 point, about 4 minutes, medium)
#
# Write the size of one axis as Keras' layer has it, for any kernel and stride.


# %%
def out_size_t(n, k, s, padding):
    """Length of an axis after Keras' Conv2DTranspose.

    n: length before. k: kernel size. s: stride. All are integers of at least 1. padding: 'valid' or 'same'.
    Returns an int.

    >>> out_size_t(5, 3, 2, "valid"), out_size_t(5, 3, 2, "same"), out_size_t(4, 2, 3, "valid")
    (11, 10, 12)
    """
    ### BEGIN SOLUTION
    if padding == "same":
        return n * s
    return n * s + max(k - s, 0)
    ### END SOLUTION


# %%
check("out_size_t", out_size_t)

# %%
practice("out_size_t")

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# Settle 'same' first: one line, and the kernel does not come into it.
#
# </details>
# <details><summary>Hint 2</summary>
#
# For 'valid', compute where the last stamp ends, and compare it with `n * s`.
#
# </details>
# <details><summary>If you see 11 where 12 is expected</summary>
#
# You are right about the stamps. The layer fills up with zeros to `n * s` where the kernel is smaller than the stride.
#
# </details>

# %% [markdown]
# ### Where stamps overlap
#
# Let the map and the kernel be all ones. Then each output counts its stamps. Along one axis, with kernel 3 and stride
# 2, the figure of all cases says 1, 1, 2, 1, 2, ... In two dimensions the counts of row and column multiply.
# **Predict** the three numbers that you will see.

# %%
counts = explore.stamped_until(np.ones((4, 4)), np.ones((3, 3)), stride=2)
figure, axes = plot.subplots(figsize=(4, 4))
plot.number_grid(axes, counts, "stamps on each place: kernel 3, stride 2")
plot.show(figure, alt="A 9 by 9 grid of counts: ones, twos and fours take turns like the fields of a chessboard.")

# %% [markdown]
# Ones, twos and fours: a **checkerboard**. That is the grid which you saw on the dahlia at the beginning: places under
# four stamps got four shares of brightness, their neighbours two or one. A kernel whose size is a multiple of the
# stride, 4 with stride 2, covers evenly away from the rim.
#
# ### Exercise: `overlap_counts` (2 points, about 5 minutes, medium)
#
# Count the stamps on each place, for any kernel and stride, by hand: plain Python and NumPy, no other library, and
# neither `np.convolve` nor `np.correlate`. Your own `conv2d_transpose` is welcome.


# %%
def overlap_counts(n, k, s):
    """How many stamps of a k x k kernel cover each place, when an n x n map is run backwards with stride s.

    n, k, s: integers of at least 1. Nothing is cut off.
    Returns an array of integers of ((n - 1) s + k, (n - 1) s + k).

    >>> overlap_counts(2, 3, 2)[2]
    array([2, 2, 4, 2, 2])
    """
    ### BEGIN SOLUTION
    along = np.zeros((n - 1) * s + k, int)
    for i in range(n):
        along[i * s : i * s + k] += 1
    return np.outer(along, along)
    ### END SOLUTION


# %%
check("overlap_counts", overlap_counts)

# %%
practice("overlap_counts")

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# The count is what running ones backwards through ones gives. You have a function for that, whose result is made of
# floats.
#
# </details>
# <details><summary>Hint 2</summary>
#
# Or count along one axis: zeros, and `+= 1` on each slice of length `k`. `np.outer` multiplies rows with columns.
#
# </details>
# <details><summary>If you see the right pattern with a wrong rim</summary>
#
# Outside the map there are no numbers, so no stamps come from there: the corner is always covered once.
#
# </details>

# %% [markdown]
# ## Enlarge without a checkerboard
#
# A network could learn weights that make up for this, but it starts from random ones, and often keeps a trace. So start
# from a map without any detail: all ones. Whatever structure the output has was made by the layer. We try random
# kernels of 3 and of 4, and a third way: first **repeat every pixel** (nearest-neighbour upsampling), then convolve as
# usual.

# %%
rng = np.random.default_rng(0)
flat = np.ones((12, 12))
by_kernel = {k: explore.stamped_until(flat, rng.uniform(0, 1, (k, k)), stride=2)[4:20, 4:20] for k in (3, 4)}
upsampled = signal.correlate2d(flat.repeat(2, axis=0).repeat(2, axis=1), rng.uniform(0, 1, (3, 3)), "valid")[3:19, 3:19]
ways = {"kernel 3, stride 2": by_kernel[3], "kernel 4, stride 2": by_kernel[4], "upsample, convolve": upsampled}
plot.images(
    {name: way / way.mean() for name, way in ways.items()},
    columns=3,
    vmin=0,
    vmax=2,
    size=2.6,
    alt="What a flat map becomes: two kinds of checkerboard with the transposed convolutions, an even grey with upsampling.",
)
for name, way in ways.items():
    print(f"{name:19} darkest {way.min() / way.mean():.2f}, brightest {way.max() / way.mean():.2f} of the mean")

# %% [markdown]
# The kernel of 4 covers evenly, and still has a pattern: its even and odd places are made by different weights. After
# upsampling every place sees the whole kernel, so a flat map stays flat, whatever the weights. That is the cure, and
# the third picture at the beginning was made by it. It has its price: the convolution now runs on four times as many
# pixels.
#
# ### Exercise: `upsample_nearest` (1 point, about 3 minutes, easy)
#
# Make of each pixel a block of f x f, with plain Python and NumPy, no other library. A picture may have channels; they
# stay as they are, and so does the type.


# %%
def upsample_nearest(x, f):
    """Nearest-neighbour upsampling: every pixel becomes a block of f x f.

    x: (H, W) or (H, W, C) array, not changed. f: an integer of at least 1.
    Returns an array of (f H, f W) or (f H, f W, C), of the dtype of x.

    >>> upsample_nearest(np.array([[1, 2]]), 2)
    array([[1, 1, 2, 2],
           [1, 1, 2, 2]])
    """
    ### BEGIN SOLUTION
    return np.repeat(np.repeat(x, f, axis=0), f, axis=1)
    ### END SOLUTION


# %%
check("upsample_nearest", upsample_nearest)

# %%
practice("upsample_nearest")

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# Print `np.repeat([1, 2], 2)` and `np.tile([1, 2], 2)`. Which one keeps equal pixels together?
#
# </details>
# <details><summary>Hint 2</summary>
#
# `np.repeat` takes `axis=`. Two axes grow, one after the other.
#
# </details>
# <details><summary>If you see one long row</summary>
#
# Without an axis, `np.repeat` flattens the array first.
#
# </details>

# %% [markdown]
# ## Pool with switches
#
# Max pooling keeps the largest number of each window and forgets where it was. **Switches** remember: next to each
# maximum, its position in the map, counted flat along the rows (`row * width + column`). **Max-unpooling** puts numbers
# back to those places, and zeros everywhere else. Of several equal maxima, the first one counts.
#
# This is the map that you pooled in *Convolve and pool by hand*. **Predict** the four switches before you look.

# %%
feature_map = np.array([[1, 3, -2, -4], [5, -1, -3, -1], [0, 2, 6, 1], [4, 2, 0, 1]])
explore.draw_switches(feature_map, size=2)

# %% [markdown]
# Other numbers than the maxima can be put back. When a network learns, what goes back is the error of each maximum. The
# other pixels of its window did not count, so they get 0. Here the errors 10, 20, 30 and 40 go up through the same
# switches; and automatic differentiation agrees.

# %%
explore.draw_switches(feature_map, size=2, pooled=[[10, 20], [30, 40]])

# %%
x = tf.Variable(feature_map[None, :, :, None].astype(float))
with tf.GradientTape() as tape:
    pooled = tf.nn.max_pool2d(x, 2, 2, "VALID")
errors = np.array([[10.0, 20.0], [30.0, 40.0]])[None, :, :, None]
print(tape.gradient(pooled, x, output_gradients=errors).numpy()[0, :, :, 0].astype(int))

# %% [markdown]
# On a picture: the edges of the dahlia, pooled with windows of 4 x 4 and brought back in two ways. The blocks know how
# strong an edge is; the switches also know where it is.

# %%
edges = np.hypot(cv2.Sobel(grey, cv2.CV_64F, 1, 0), cv2.Sobel(grey, cv2.CV_64F, 0, 1))[:160, 60:220]
switches = explore.switches_of(edges, 4)
unpooled = np.zeros_like(edges)
unpooled.flat[switches] = edges.flat[switches]
blocks = edges.flat[switches].repeat(4, axis=0).repeat(4, axis=1)
plot.images(
    {"edges": edges, "pooled, repeated": blocks, "pooled, unpooled": cv2.dilate(unpooled, np.ones((2, 2)))},
    columns=3,
    vmin=0,
    vmax=400,
    size=2.8,
    alt="Edges of a dahlia; the same as coarse blocks; and as separate dots, the brightest in rows along the edges.",
)

# %% [markdown]
# (The dots are drawn two pixels wide, so that you can see them.)
#
# ### Exercise: `max_pool_switches` (3 points, about 6 minutes, medium)
#
# Pool, and keep the switches, with plain Python and NumPy, no other library and no explorer. The windows lie side by
# side; rows and columns at the end that do not fill a whole window are dropped, as in *Convolve and pool by hand*.


# %%
def max_pool_switches(x, size):
    """Max pooling that remembers where each maximum was.

    x: (H, W) array, not changed. size: side of the windows and their stride, at most H and W.
    Returns the tuple (pooled, switches), two arrays of (H // size, W // size): the maxima, of the dtype of x, and
    integers row * W + column, where in x each one is. Of several equal maxima in a window the first counts, row by row.

    >>> max_pool_switches(np.array([[1, 3, 0, 0, 9], [5, 2, 0, 7, 9]]), 2)
    (array([[5, 7]]), array([[5, 8]]))
    """
    ### BEGIN SOLUTION
    rows, columns = x.shape[0] // size, x.shape[1] // size
    pooled, switches = np.zeros((rows, columns), x.dtype), np.zeros((rows, columns), int)
    for row, column in np.ndindex(rows, columns):
        top, left = row * size, column * size
        window = x[top : top + size, left : left + size]
        down, across = divmod(int(window.argmax()), size)
        pooled[row, column] = window.max()
        switches[row, column] = (top + down) * x.shape[1] + left + across
    return pooled, switches
    ### END SOLUTION


# %%
check("max_pool_switches", max_pool_switches)

# %%
practice("max_pool_switches")

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# `window.argmax()` gives a flat position *inside* the window, and the first one where there are several.
# `divmod(position, size)` makes row and column of it.
#
# </details>
# <details><summary>Hint 2</summary>
#
# Add the corner of the window to that row and column, and flatten again, now with the width of the whole map.
#
# </details>
# <details><summary>If you see the right maxima and switches that are too small</summary>
#
# They count inside the windows. Compare with the figure: the last switch of the 4 x 4 map is 10.
#
# </details>

# %% [markdown]
# ### Exercise: `max_unpool` (2 points, about 4 minutes, easy)
#
# Put numbers back to where their switches say, with plain Python and NumPy, no other library. The shape is an argument,
# because pooling may have dropped rows and columns.


# %%
def max_unpool(y, switches, shape):
    """Max-unpooling: zeros, and each number of y at its switch.

    y: (h, w) array. switches: (h, w) integers, flat positions row * W + column, all different. Neither is changed.
    shape: (H, W) of the result. Returns an (H, W) array of the dtype of y.

    >>> max_unpool(np.array([[5, 7]]), np.array([[5, 8]]), (2, 5))
    array([[0, 0, 0, 0, 0],
           [5, 0, 0, 7, 0]])
    """
    ### BEGIN SOLUTION
    result = np.zeros(shape, y.dtype)
    result.flat[switches.ravel()] = y.ravel()
    return result
    ### END SOLUTION


# %%
check("max_unpool", max_unpool)

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# `a.flat` lets you index an array as if it were one long row, and assign to it.
#
# </details>
# <details><summary>Hint 2</summary>
#
# Or go through `y` number by number: `divmod(switch, shape[1])` gives its row and column.
#
# </details>
# <details><summary>If you see whole numbers where there were none before</summary>
#
# The zeros have a type, and an array of integers cuts off what comes after the point. `np.zeros` takes a `dtype`.
#
# </details>

# %% [markdown]
# ## Label every pixel
#
# Down, to see what is there; up again, to say where: a network that is convolutional from its first layer to its last
# gives a label to *every pixel*. It has no `Flatten` followed by a `Dense`, which would need one size, so it takes
# pictures of any size: a **fully convolutional network**. At its end stands a **softmax** over the classes. It turns
# any three numbers, one for each class, into probabilities, which lie between 0 and 1 and add up to 1. The label is the
# most probable class.
#
# Our pictures have two round patches, of which one may cover the other: one with upright stripes (label 1) and one with
# lying stripes (label 2). They lie on grey (label 0), and there is noise over all.


# %%
def draw_scene(rng, side=32):
    """One picture, (side, side, 1) float32, and its labels, (side, side) integers."""
    labels = np.zeros((side, side), np.uint8)
    for kind in rng.permutation([1, 2]).tolist():
        centre = rng.integers(4, side - 4, 2).tolist()
        cv2.circle(labels, centre, int(rng.integers(6, 10)), kind, thickness=-1)
    rows, columns = np.indices(labels.shape) + rng.integers(4)
    clean = np.choose(labels, [np.zeros(labels.shape), columns // 2 % 2 * 2 - 1, rows // 2 % 2 * 2 - 1])
    return (clean + rng.normal(0, 0.4, labels.shape)).astype(np.float32)[..., None], labels


rng = np.random.default_rng(4)
scenes = [draw_scene(rng) for _ in range(340)]
pictures, labels = (np.stack(part) for part in zip(*scenes, strict=True))
x_train, y_train, x_test, y_test = pictures[:240], labels[:240], pictures[240:], labels[240:]

# %% [markdown]
# ### Find the bug
#
# Older course material calls what comes now *clustering*. It is not: clustering finds groups that nobody named, by what
# lies close together; here every pixel of the training pictures has a label, and the network learns to give it. What
# would clustering do? **Predict**: k-means puts the pixels into three groups by their brightness. Which of the three
# labels can it find?

# %%
groups = KMeans(3, n_init=4, random_state=0).fit(x_train.reshape(-1, 1)).predict(x_test.reshape(-1, 1))
table = np.array([[np.sum((groups == g) & (y_test.ravel() == label)) for label in range(3)] for g in range(3)])
print("pixels of each label (columns) in each group (rows), in per cent of the label")
print((100 * table / table.sum(axis=0)).round().astype(int))

# %% [markdown]
# It finds bright, dark and in between. In between is the grey, roughly. The two kinds of stripes it cannot tell apart:
# both have bright and dark pixels alike, so their columns are nearly the same, and no way of naming the groups helps. A
# label depends on the *neighbours* of a pixel, and on someone who says what to call it.
#
# Now a network, with upsampling on its way up. You need not understand compiling and fitting yet: the next notebook
# explains them. What matters here are the layers, from top to bottom; `relu` replaces negative numbers by 0. The last
# fifth of the training pictures is kept apart for *validation*: during training it shows how well the network does on
# pictures that it does not learn from. The test pictures are used only to report results; nothing is chosen by them. In
# the last figure blue is label 1, orange label 2 and grey label 0; for k-means the colours are only the numbers of its
# groups.

# %%
layers = keras.layers
keras.utils.set_random_seed(0)
steps_down = [layers.Conv2D(size, 5, strides=2, padding="same", activation="relu") for size in (12, 16)]
steps_up = []
for size in (16, 8):
    steps_up += [layers.UpSampling2D(2), layers.Conv2D(size, 3, padding="same", activation="relu")]
labeller = keras.Sequential(
    [keras.Input((None, None, 1)), *steps_down, *steps_up, layers.Conv2D(3, 1, activation="softmax")]
)
labeller.compile(keras.optimizers.Adam(0.005), "sparse_categorical_crossentropy", metrics=["accuracy"])
for layer in labeller.layers:
    print(f"{layer.name.rstrip('_0123456789'):14} {layer.count_params():6,} parameters")

# %% tags=["nbval-ignore-output"]
history = labeller.fit(x_train, y_train, validation_split=0.2, epochs=6, batch_size=8, verbose=0).history
plot.learning_curves(
    history, alt="Accuracy and loss over six epochs: training and validation rise and fall together, steeply at first."
)

# %% tags=["nbval-ignore-output"]
said = labeller.predict(x_test, verbose=0).argmax(axis=-1)
print(f"pixels labelled as they should be: {(said == y_test).mean():.1%}; all grey would be {(y_test == 0).mean():.1%}")
for label in range(3):
    print(f"of those with label {label}: {(said == y_test)[y_test == label].mean():.1%}")
assert (said == y_test).mean() > 0.9

# %% tags=["nbval-ignore-output"]
colours = np.array([to_rgb("#dddddd"), to_rgb(plot.PALETTE[0]), to_rgb(plot.PALETTE[1])])
rows = {}
for i, name in enumerate(("first", "second")):
    rows[f"{name} picture"] = x_test[i, :, :, 0]
    rows[f"{name}: true"] = colours[y_test[i]]
    rows[f"{name}: k-means"] = colours[groups.reshape(y_test.shape)[i]]
    rows[f"{name}: network"] = colours[said[i]]
plot.images(
    rows,
    size=2.1,
    alt="Two pictures with striped patches, true labels, k-means' groups speckled over all, and the network's labels, "
    "which nearly match.",
)

# %% [markdown]
# The validation curve follows the training curve closely, so what the network learned holds for new pictures as well.
# Nearly all pixels of the test pictures have the right label, far more than if all were called grey, and the network
# tells the two kinds of stripes apart, since its kernels see the neighbours of a pixel. What it gets wrong lies mostly
# at the rims of the patches, where a window sees some of both sides.
#
# ### Exercise: `build_fcn` (3 points, about 8 minutes, medium)
#
# Build such a network yourself, with `Conv2DTranspose` on the way up. It is judged by what it does:
#
# - it takes pictures of `input_shape`, (H, W, C), where H and W are multiples of 4, or `None` for any size;
# - for every pixel it gives the probabilities of 3 classes, so its outputs are (H, W, 3) and add up to 1 over the last
#   axis;
# - it has at least one `Conv2DTranspose`, no `Flatten` and no `Dense`, and at most 100,000 parameters;
# - trained thirty times over on twelve small pictures, it ends with a loss that is at most nine tenths of what it was
#   in the first pass. You need not compile it: the check does.


# %%
def build_fcn(input_shape):
    """A fully convolutional network that labels every pixel with one of 3 classes.

    input_shape: (H, W, C) without the batch axis; H and W are multiples of 4, or None for any size.
    Returns a Keras model, not compiled: (batch, H, W, C) -> (batch, H, W, 3), probabilities over the last axis.

    >>> build_fcn((None, None, 1)).output_shape
    (None, None, None, 3)
    """
    ### BEGIN SOLUTION
    inputs = keras.Input(input_shape)
    half = keras.layers.Conv2D(12, 5, 2, "same", activation="relu")(inputs)
    quarter = keras.layers.Conv2D(24, 3, 2, "same", activation="relu")(half)
    back = keras.layers.Conv2DTranspose(12, 4, 2, "same", activation="relu")(quarter)
    full = keras.layers.Conv2DTranspose(8, 4, 2, "same", activation="relu")(back)
    return keras.Model(inputs, keras.layers.Conv2D(3, 1, activation="softmax")(full))
    ### END SOLUTION


# %%
check("build_fcn", build_fcn)

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# Two convolutions with stride 2 go down, two transposed ones with stride 2 come up; with `padding="same"`, sizes are
# simply halved and doubled.
#
# </details>
# <details><summary>Hint 2</summary>
#
# Begin with `keras.Input(input_shape)`. Give each layer before the last `activation="relu"`, as in the network above:
# without it, fewer pixels get the right label. End with three filters and `activation="softmax"`, which Keras takes
# over the last axis: over the classes of each pixel.
#
# </details>
# <details><summary>If you see an error about None</summary>
#
# Some layer wants to know the size: a `Flatten` (for the `Dense` after it) or a `Reshape`. Or you computed with
# `input_shape[0]` yourself. A fully convolutional network needs neither.
#
# </details>

# %% [markdown]
# Yours, on the same pictures. Where it is not written yet, the cell says so.

# %% tags=["nbval-ignore-output"]
keras.utils.set_random_seed(1)
net = build_fcn((None, None, 1))
if isinstance(net, keras.Model):
    net.compile(keras.optimizers.Adam(0.005), "sparse_categorical_crossentropy", metrics=["accuracy"])
    curve = net.fit(x_train, y_train, validation_split=0.2, epochs=6, batch_size=8, verbose=0).history["val_accuracy"]
    print("validation accuracy by epoch:", np.round(curve, 3))
else:
    print("build_fcn is not written yet")

# %% [markdown]
# ## Break it on purpose
#
# The network never saw anything but 32 x 32. **Predict** what it gives for 64 x 48, and for 33 x 33: every step down
# halves and rounds up, every step up doubles.

# %%
for side in ((64, 48), (33, 33)):
    print(side, "->", labeller.predict(np.zeros((1, *side, 1)), verbose=0).shape[1:3])

# %% [markdown]
# 33 goes to 17 and 9, and comes back as 18 and 36: three labels too many in each row, and nobody can say which pixels
# they belong to. Any size means any *multiple of 4* here. Pad the picture first, and cut the labels afterwards.
#
# ## Recap
#
# - *Run a convolution backwards by stamping its kernel*: each number stamps its multiple of the kernel, a stride apart,
#   and stamps add up; seen from the output it is a turned kernel, sliding over the map spread out with zeros.
# - *Write a convolution as a matrix, every weight in its place*: a row of C for each place of the window; C-transpose
#   goes back. It is the gradient and the adjoint, not the inverse.
# - *Predict the size of what comes out, and where its stamps overlap*: valid keeps every stamp whole, and never gives
#   less than n times the stride; same gives exactly that. Where the stride does not divide the kernel, neighbours are
#   covered unequally.
# - *Enlarge a feature map without a checkerboard*: repeat every pixel, then convolve.
# - *Pool with switches, and put every maximum back where it was*: a flat position for each maximum; zeros elsewhere.
# - *Build a network that labels every pixel*: down and up by the same factors, convolutions only, a softmax over the
#   classes of each pixel.
#
# **What goes wrong most often**: `=` where stamps should be added; a flipped kernel in the scatter view, or one not
# flipped in the gather view; a padding that adds instead of cutting; the forward formula solved for n, and wrong where
# the kernel is smaller than the stride; switches that count inside their window; a size that does not come back.
#
# ## Further
#
# **Stretch.** Nearest-neighbour upsampling by 2 is itself a transposed convolution. With which kernel and stride?
# Upsampling and then a 3 x 3 convolution is one as well, with a kernel of 4 x 4: find it (run a single 1 through both
# steps). Then check on random maps that both ways agree, and on a flat map that there is no checkerboard.
#
# **Sources**
#
# - V. Dumoulin, F. Visin, *A guide to convolution arithmetic for deep learning*, 2016,
#   [arXiv:1603.07285](https://arxiv.org/abs/1603.07285): the matrix C, and every case of the transposed convolution.
# - A. Odena, V. Dumoulin, C. Olah, *Deconvolution and Checkerboard Artifacts*, Distill 2016,
#   [doi:10.23915/distill.00003](https://doi.org/10.23915/distill.00003).
# - M. Zeiler, R. Fergus, *Visualizing and Understanding Convolutional Networks*, 2013,
#   [arXiv:1311.2901](https://arxiv.org/abs/1311.2901): max-unpooling with switches.
# - J. Long, E. Shelhamer, T. Darrell, *Fully Convolutional Networks for Semantic Segmentation*, 2015,
#   [arXiv:1411.4038](https://arxiv.org/abs/1411.4038).
# - Keras, [`Conv2DTranspose`](https://keras.io/api/layers/convolution_layers/convolution2d_transpose/) and
#   [`UpSampling2D`](https://keras.io/api/layers/reshaping_layers/up_sampling2d/).
# - The dahlia is `flower.jpg` of scikit-learn's sample images.
#
# | English | 繁體中文 | 한국어 |
# |---|---|---|
# | transposed convolution |
# | feature map |
# | stride |
# | padding |
# | matrix, transpose |
# | adjoint |
# | gradient |
# | automatic differentiation |
# | checkerboard artifact |
# | nearest-neighbour upsampling |
# | max-unpooling |
# | fully convolutional network |
# | semantic segmentation |
# | clustering |
