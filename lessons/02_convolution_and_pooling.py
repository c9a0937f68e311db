# %% [markdown]
# # Convolve and pool by hand
#
# In this notebook you build, from nothing but arrays and arithmetic, the two operations that let a network see: sliding
# a small kernel over an image, and shrinking what comes out. At the end you will know every number that a convolutional
# layer computes, and will have checked your own against OpenCV and Keras.
#
# | section | minutes |
# |---|---|
# | A picture first | 2 |
# | Slide a kernel | 24 |
# | Channels become feature maps | 15 |
# | Four ways to the same numbers | 17 |
# | Filters that clean, sharpen and find edges | 20 |
# | Shapes that shrink and grow | 15 |
# | Pool | 14 |
# | Break it on purpose, recap | 3 |
#
# About 110 minutes in all. A good place for a break is after the four ways: half is done there.
#
# **You need**: functions and loops in Python, slicing and broadcasting in NumPy.
#
# Before: [Hold data: containers, arrays, images](../01_containers_and_arrays/01_containers_and_arrays.ipynb).
# Next: [Predict every shape, count every parameter](../03_conv_arithmetic/03_conv_arithmetic.ipynb).
#
# ## You will be able to
#
# - slide a kernel over an image, as it is or flipped
# - turn the channels of an image into feature maps
# - trade loops for windows and one einsum
# - filter a picture for its edges, its noise and its shapes
# - shrink a feature map by pooling

# %%
import cv2
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from scipy import ndimage, signal
from sklearn.datasets import load_sample_image

from course_utils import check, explore, plot, practice, question, start

start("02_convolution_and_pooling")

# %% [markdown]
# ## A picture first
#
# Six pictures of one dahlia. Every one but the first was made by the same operation, and what makes them so different
# is nine numbers: a 3 x 3 array for each, in the next cell. Read these numbers and **guess**: which array finds upright
# edges, and which two soften? Then run both cells.

# %%
photograph = load_sample_image("flower.jpg")  # (427, 640, 3), RGB, uint8
dahlia = cv2.resize(photograph[75:355, 180:460], (160, 160), interpolation=cv2.INTER_AREA)
grey = cv2.cvtColor(dahlia, cv2.COLOR_RGB2GRAY)  # (160, 160), uint8

KERNELS = {
    "sharpen": np.array([[0, -1, 0], [-1, 5, -1], [0, -1, 0]]),
    "box": np.full((3, 3), 1 / 9),
    "Gaussian": np.array([[1, 2, 1], [2, 4, 2], [1, 2, 1]]) / 16,
    "Prewitt x": np.array([[-1, 0, 1], [-1, 0, 1], [-1, 0, 1]]),
    "Laplacian": np.array([[0, 1, 0], [1, -4, 1], [0, 1, 0]]),
}

# %%
filtered = {name: np.abs(cv2.filter2D(grey, cv2.CV_64F, kernel)) for name, kernel in KERNELS.items()}
plot.images(
    {"the picture": grey, **filtered},
    columns=3,
    vmin=0,
    vmax=255,
    size=2.0,
    alt="Six views of a dahlia: as it is, sharpened, softened twice, and two black ones where only edges are bright.",
)

# %% [markdown]
# *Box* and *Gaussian* soften, *Prewitt x* finds upright edges, *Laplacian* finds edges in every direction, and
# *sharpen* makes them stronger. (Results can be negative. What is drawn are their absolute values, so black is 0.) A
# network that learns to see does not get these numbers from anybody: it finds its own. But what it *does* with them is
# what you are about to do by hand.
#
# ## Slide a kernel
#
# Lay a small array of weights, the **kernel**, on the top left corner of an image. Multiply each weight with the pixel
# beneath it, add the products up, and write down the one number that results. Move the kernel one pixel to the right
# and do it again; at the end of a row, go down one. The array of all those numbers is a **feature map**: large where
# bright pixels meet large weights. Each of its numbers is a dot product, so this is a *sliding dot product*; its name
# is **cross-correlation**.
#
# Here is an image with two diagonals, and a kernel that looks for one that falls from left to right.

# %%
rows = ["100001", "010010", "001100", "100010", "010010", "001010"]
image = np.array([[int(pixel) for pixel in row] for row in rows])  # (6, 6)
diagonal = np.array([[1, -1, -1], [-1, 1, -1], [-1, -1, 1]])  # (3, 3)
explore.convolution_static(image, diagonal, step=0)

# %% [markdown]
# Three ones of the window meet three ones of the kernel, nothing meets a minus one: the sum is 3, the best this kernel
# can do with ones and zeros. **Predict before you run**: the window moves one pixel to the right. What is the next
# number? Multiply on paper, then run the cell.

# %%
explore.convolution_static(image, diagonal, step=1)

# %% [markdown]
# Now step through it yourself. In JupyterLab the next cell shows controls: pick an image, a kernel, a stride and some
# padding, then drag the step or press play. Where nothing can be clicked, you see the figure of one step instead.

# %%
explore.convolution("two diagonals", "diagonal", step=9)

# %% [markdown]
# ### Find the bug
#
# A handout prints the last row of this feature map as `3 2 -2 -1`. One of the four is wrong. The last three rows of the
# image (rows 3 to 5, counted from 0) are all you need: find it on paper before you run the cell.

# %%
printed = np.array([3, 2, -2, -1])
last_row = signal.correlate2d(image, diagonal, mode="valid")[-1]
print("printed ", printed)
print("computed", last_row)
print("wrong at column", np.flatnonzero(printed != last_row))

# %% [markdown]
# A minus sign got lost on the way to the page. Few readers add up sixteen sums to check a handout; you now have a tool
# that does.
#
# Here is a second example for your notes, with a kernel that a turn by 180 degrees changes. Compute the number in the
# middle by hand: the window is the nine pixels in the middle of the image.

# %%
five = np.array([[3, 3, 2, 1, 0], [0, 0, 1, 3, 1], [3, 1, 2, 2, 3], [2, 0, 0, 2, 2], [2, 0, 0, 0, 1]])
arrow = np.array([[0, 1, 2], [2, 2, 0], [0, 1, 2]])
print(signal.correlate2d(five, arrow, mode="valid"))

# %% [markdown]
# **Stride** is how far the window moves at each step; with stride 2 it skips every other place, across and down. **Zero
# padding** puts a frame of zeros around the image first, so that the window can also be centred on the pixels at the
# rim; without padding, a correlation is called *valid*. A window always lies whole inside the padded image, so along
# `n` pixels there are `(n + 2 * pad - k) // stride + 1` places for a kernel of `k`. The next figure sharpens the corner
# of a grey image with padding 1. The four pixels in that corner are 105 and 102, and below them 103 and 99.
# **Predict**: what is the first number? Only four weights meet a pixel of the image, and one of these four is 0.

# %%
explore.convolution_static("grey corner", "sharpen", padding=1, step=0)

# %%
print(5 * 105 - 102 - 103)
corner = np.array(explore.IMAGES["grey corner"], np.uint8)
print(cv2.filter2D(corner, -1, KERNELS["sharpen"], borderType=cv2.BORDER_CONSTANT)[0])

# %% [markdown]
# The first line is the sum; in the second, where OpenCV was asked to keep the image's type, the same place says 255,
# for a byte has no room for 320. OpenCV stops at 255. NumPy does not stop, it begins again at 0, without a word:

# %%
print(np.array([200], np.uint8) * np.array([3], np.uint8))

# %% [markdown]
# 600 would be right. A byte begins again at 256 and at 512, so it shows 600 - 512 = 88. Remember this when you choose
# the type of *your* result.
#
# ### Exercise: `corr2d` (3 points, about 10 minutes, medium)
#
# Write the cross-correlation with loops. By hand means by hand: plain Python and NumPy, no other library (`cv2`,
# `scipy`, Pillow, TensorFlow, Keras), and neither `np.convolve` nor `np.correlate`; the check watches what your
# function calls. The result is always float64, and right even where image and kernel are both `uint8`.


# %%
def corr2d(x, k, stride=1, pad=0):
    """Valid cross-correlation of an image with a kernel.

    x: (H, W) array of integers or floats, not changed. k: (a, b) array, at most as large as the padded image.
    stride: how far the window moves, across and down, at least 1. pad: width of the frame of zeros on all four sides.
    Returns a float64 array of ((H + 2 pad - a) // stride + 1, (W + 2 pad - b) // stride + 1).

    >>> corr2d(np.array([[1, 2, 0], [0, 1, 3]]), np.array([[1, 0], [2, -1]]))
    array([[0., 1.]])
    """
    ### BEGIN SOLUTION
    padded = np.pad(np.asarray(x, dtype=float), pad)
    rows = (padded.shape[0] - k.shape[0]) // stride + 1
    columns = (padded.shape[1] - k.shape[1]) // stride + 1
    result = np.zeros((rows, columns))
    for row in range(rows):
        for column in range(columns):
            top, left = row * stride, column * stride
            window = padded[top : top + k.shape[0], left : left + k.shape[1]]
            result[row, column] = (window * k).sum()
    return result
    ### END SOLUTION


# %%
check("corr2d", corr2d)

# %%
practice("corr2d")

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# Pad first (`np.pad(x, pad)` adds zeros on all four sides), and turn the numbers into floats in the same line. From
# there on you can forget that padding exists.
#
# </details>
# <details><summary>Hint 2</summary>
#
# Loop over the places of the *result*, `row` and `column`. The window that belongs to such a place begins at
# `row * stride` and `column * stride` of the padded image, and is as large as the kernel.
#
# </details>
# <details><summary>If you see numbers that differ only in the example with bytes</summary>
#
# Image and kernel are both `uint8` there. Ask yourself in which type the product is computed, and in which it is
# stored.
#
# </details>

# %% [markdown]
# ### Correlation or convolution?
#
# Mathematicians call something else **convolution**: flip the kernel upside down and left to right (that is: turn it by
# 180 degrees), then slide it. **Predict**: the image is black but for one pixel of 1, and the kernel reads 1 to 6. What
# is the result of correlation, and what of convolution? (With `mode="same"` SciPy pads with zeros, so that the result
# is as large as the image.)

# %%
single = np.zeros((3, 4), int)
single[1, 1] = 1
count = np.array([[1, 2, 3], [4, 5, 6]])
print(signal.correlate2d(single, count, mode="same"))
print(signal.convolve2d(single, count, mode="same"))

# %% [markdown]
# Correlation prints the kernel backwards: its last weight is the first to meet the pixel. Convolution, with its flip,
# stamps the kernel as it is. (A kernel of two rows has no middle row; that is why the two results lie one row apart.)
# The libraries disagree about the word: SciPy's `convolve2d` flips, OpenCV's `filter2D` and the `Conv2D` layer of Keras
# do not, although both speak of convolution. In a network it makes no difference: the weights are learned, and would
# simply be learned flipped. With a given kernel it does, unless the kernel is the same after a turn by 180 degrees.
# Which flips leave our three kernels as they are?

# %%
for name, kernel in {"diagonal": diagonal, "arrow": arrow, "count": count}.items():
    flips = {"left to right": kernel[:, ::-1], "upside down": kernel[::-1], "both": kernel[::-1, ::-1]}
    print(f"{name:8} is unchanged by", [flip for flip, result in flips.items() if np.array_equal(result, kernel)])

# %% [markdown]
# So with the diagonal of the first example you could not have seen which of the two you computed. With the arrow you
# would not notice that you forgot to flip it upside down. Test with kernels like `count`, which every flip changes.
#
# ### Exercise: `conv2d_true` (1 point, about 4 minutes, easy)
#
# Write true convolution: valid, stride 1, no padding, float64. You may call your own `corr2d`. The rest is by hand:
# plain Python and NumPy, no other library, and neither `np.convolve` nor `np.correlate`.


# %%
def conv2d_true(x, k):
    """True convolution, valid: flip the kernel along both axes, then slide it.

    x: (H, W) array. k: (a, b) array, at most as large as x; neither is changed.
    Returns a float64 array of (H - a + 1, W - b + 1).

    >>> conv2d_true(np.array([[1, 2, 0], [0, 1, 3]]), np.array([[1, 0], [2, -1]]))
    array([[4., 1.]])
    """
    ### BEGIN SOLUTION
    return corr2d(x, k[::-1, ::-1])
    ### END SOLUTION


# %%
check("conv2d_true", conv2d_true)

# %%
practice("conv2d_true")

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# A slice with the step -1 reverses an axis: `[1, 2, 3][::-1]` is `[3, 2, 1]`. An array has two axes to reverse.
#
# </details>
# <details><summary>Hint 2</summary>
#
# `k[::-1, ::-1]` reverses both axes: give that to your `corr2d`. (If `corr2d` is not right yet, this cannot be either.)
#
# </details>
# <details><summary>If you see wrong numbers, and for kernels that are not square a wrong shape too</summary>
#
# You may have transposed it, or turned it by 90 degrees. Write a 2 x 3 kernel on paper, turn the page upside down, and
# copy it.
#
# </details>

# %% [markdown]
# ## Channels become feature maps
#
# A network is a chain of **layers**. Each layer is such an operation with its weights, and works on what the layer
# before it has made. A colour picture has three channels, and the maps between two layers have dozens. A **filter**
# then has a slice of weights for each channel: it is a block of k x k x C numbers. Each slice is correlated with its
# channel, the C results are *added up* place by place to one map, and then one number, the **bias**, is added once to
# every number of that map. One filter, one feature map, however many channels come in. F filters give F feature maps,
# stacked along the last axis: the channels of the next layer.
#
# By hand: two channels of 2 x 2, one filter of 2 x 2 x 2 and bias 10. There is one place only. **Predict** its number.

# %%
first, second = np.array([[1, 3], [0, 2]]), np.array([[2, 0], [1, 1]])
for_first, for_second = np.array([[1, 0], [0, -1]]), np.array([[3, 1], [1, 0]])
from_first, from_second = (first * for_first).sum(), (second * for_second).sum()
print(from_first, "and", from_second, "and the bias 10 make", from_first + from_second + 10)

# %% [markdown]
# Now a filter with a meaning. The dahlia is orange, its leaves are green. A 1 x 1 filter with the weights 1, -1 and 0
# looks at no neighbours at all, only at the channels: it subtracts green from red. A 3 x 3 filter with the same Prewitt
# kernel in every slice adds up the upright edges of all three colours. (Where one colour rises and another falls, the
# two can cancel.) Two filters, so two feature maps; red is above zero in them, blue below.

# %%
colours = dahlia.astype(float) / 255
red_minus_green = colours @ np.array([1.0, -1.0, 0.0])
slices = [cv2.filter2D(colours[:, :, channel], -1, KERNELS["Prewitt x"].astype(float)) for channel in range(3)]
maps = {"red - green": red_minus_green, "upright edges, all channels": sum(slices)}
plot.images(
    {name: values / np.abs(values).max() for name, values in maps.items()},
    size=2.8,
    cmap="RdBu_r",
    vmin=-1,
    vmax=1,
    alt="Two feature maps of the dahlia: the orange flower stands out in the first, its upright edges in the second.",
)

# %% [markdown]
# ### Exercise: `conv_multi` (3 points, about 9 minutes, hard)
#
# Write what a convolutional layer computes from its weights: valid, stride 1, all channels, all filters, float64. By
# hand once more: plain Python and NumPy, no other library, and neither `np.convolve` nor `np.correlate`.


# %%
def conv_multi(x, w, b):
    """Feature maps of an image under F filters: correlate each channel, add up the channels, add the bias.

    x: (H, W, C) image. w: (k, k, C, F) filters, k at most H and W. b: (F,) biases. None is changed.
    Returns a float64 array of (H - k + 1, W - k + 1, F).

    >>> conv_multi(np.ones((3, 3, 2)), np.ones((2, 2, 2, 1)), np.array([0.5]))[:, :, 0]
    array([[8.5, 8.5],
           [8.5, 8.5]])
    """
    ### BEGIN SOLUTION
    k, _, channels, filters = w.shape
    maps = np.zeros((x.shape[0] - k + 1, x.shape[1] - k + 1, filters))
    for f in range(filters):
        for c in range(channels):
            maps[:, :, f] += corr2d(x[:, :, c], w[:, :, c, f])
        maps[:, :, f] += b[f]
    return maps
    ### END SOLUTION


# %%
check("conv_multi", conv_multi)

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# Begin with one filter, `w[:, :, :, 0]`, and one channel of it. You have a function for that already.
#
# </details>
# <details><summary>Hint 2</summary>
#
# Or go window by window: the window of the image is (k, k, C), and so is one filter. Their product, summed over
# everything, plus the bias, is one number of one feature map.
#
# </details>
# <details><summary>If you see the right numbers, all off by the same amount</summary>
#
# That is the bias: count how often your code adds it to one number of the map.
#
# </details>

# %% [markdown]
# ### Checkpoint
#
# A layer of 8 filters, each 3 x 3, sees a 32 x 32 colour picture. How many weights (without biases) has **one** filter?
#
# - [ ] 9
#
#   **One channel instead of three.** Nine would do for a grey picture. Each of the three channels has a 3 x 3 slice of
#   its own.
#
# - [x] 27
#
#   Yes: 3 x 3 for each of 3 channels. The size of the picture and the number of filters do not come into it.
#
# - [ ] 72
#
#   **All filters counted, and one channel.** That is 9 for each of the 8 filters: it forgets the channels, and counts
#   all the filters instead of one.
#
# - [ ] 27,648
#
#   **Weights of their own for each place.** That is 27 weights for each of 32 x 32 places. The idea of a convolution is
#   that all the places share their weights.

# %%
question("one_filter")

# %% [markdown]
# ## Four ways to the same numbers
#
# Your loops are one way to a feature map. Three others are quicker to write or to run: windows and one `einsum` in
# NumPy, OpenCV's `filter2D`, and a layer of Keras. You will write the way with windows yourself. Then you will see that
# the course's version of all four ways and your own functions agree, and time the course's four.
#
# Loops in Python are honest and slow. NumPy can show you *every window at once* without copying a pixel:
# `sliding_window_view` gives an array with two kinds of axes, first the places, then what is inside the window. And
# `einsum` says in letters what to multiply and which axes to add up: a letter that is missing after the arrow is summed
# away. In one dimension, with the windows of `[1, 2, 3, 4]`:

# %%
windows = sliding_window_view(np.array([1, 2, 3, 4]), 3)  # (place, inside)
weights = np.array([10, 0, 1])
print(windows)
print(np.einsum("pi,i->p", windows, weights))

# %% [markdown]
# `p` is the place and stays; `i` runs along the window and the weights together, and is summed away. **Predict**: what
# would `"pi,i->i"` give, and what shape would it have? Change the cell and see.
#
# ### Exercise: `corr2d_fast` (2 points, about 7 minutes, medium)
#
# The same result as `corr2d(x, k)`, with stride 1 and no padding, and **without any Python loop**: no `for`, no
# `while`, no comprehension, no loop in disguise (`map`, `np.vectorize`), no call of `corr2d`. It is by hand as well:
# plain Python and NumPy, no other library, and neither `np.convolve` nor `np.correlate`. The check watches what your
# function does when it is called. `einsum` is one way; there are others.


# %%
def corr2d_fast(x, k):
    """Valid cross-correlation without a Python loop.

    x: (H, W) array. k: (a, b) array, at most as large as x; neither is changed; both may be uint8.
    Returns a float64 array of (H - a + 1, W - b + 1).

    >>> corr2d_fast(np.array([[1, 2, 0], [0, 1, 3]]), np.array([[1, 0], [2, -1]]))
    array([[0., 1.]])
    """
    ### BEGIN SOLUTION
    windows = sliding_window_view(np.asarray(x, dtype=float), k.shape)
    return np.einsum("rcij,ij->rc", windows, k)
    ### END SOLUTION


# %%
check("corr2d_fast", corr2d_fast)

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# `sliding_window_view(x, k.shape)` has four axes: row and column of the place, then row and column inside the window.
#
# </details>
# <details><summary>Hint 2</summary>
#
# Give each of the four axes a letter. The kernel has two axes: which two of the four letters are theirs? Which two are
# left after the arrow?
#
# </details>
# <details><summary>If you see an error about operands that could not be broadcast</summary>
#
# Two axes with the same letter differ in length. Print the shape of the windows and write a letter under each number.
#
# </details>

# %% [markdown]
# ### Four ways agree
#
# A batch of pictures, three crops of the dahlia, goes four times through the Sobel kernel, which finds upright edges,
# as Prewitt's does: with loops, with windows and `einsum`, with OpenCV, and with a Keras layer whose weights we set
# ourselves. TensorFlow is imported only here, so this cell takes a few seconds.

# %%
import keras

batch = np.stack([grey[0:64, 0:64], grey[40:104, 40:104], grey[90:154, 60:124]]).astype(np.float32)  # (3, 64, 64)
sobel = np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]], np.float32)
layer = keras.layers.Conv2D(filters=1, kernel_size=3, use_bias=False)
layer.build((None, 64, 64, 1))
layer.set_weights([sobel[:, :, None, None]])  # (k, k, C, F)


# %%
def with_loops(pictures):
    result = np.zeros((len(pictures), 62, 62), np.float32)
    for n, row, column in np.ndindex(result.shape):
        result[n, row, column] = (pictures[n, row : row + 3, column : column + 3] * sobel).sum()
    return result


def with_windows(pictures):
    return np.einsum("nrcij,ij->nrc", sliding_window_view(pictures, (3, 3), axis=(1, 2)), sobel)


def with_opencv(pictures):
    whole = [cv2.filter2D(picture, -1, sobel, borderType=cv2.BORDER_CONSTANT) for picture in pictures]
    return np.stack(whole)[:, 1:-1, 1:-1]


def with_keras(pictures):
    return layer(pictures[..., None]).numpy()[..., 0]


# %%
for way in (with_windows, with_opencv, with_keras):
    print(f"{way.__name__:14} largest difference from the loops: {np.abs(way(batch) - with_loops(batch)).max():g}")

# %% [markdown]
# There is no difference between them. And yours? Where a function is not written yet, the cell says so.

# %%
for mine in (corr2d, corr2d_fast):
    try:
        yours = [mine(picture, sobel) for picture in batch]
        written = yours[0] is not None
        difference = f"{np.abs(np.array(yours) - with_loops(batch)).max():g}" if written else "not written yet"
    except Exception as problem:
        difference = f"it stopped with {problem!r}"
    print(f"your {mine.__name__:11} largest difference from the loops: {difference}")

# %% [markdown]
# Which is quickest? The next cell takes the best of five runs each. The times differ from machine to machine, so the
# `assert` tests the results only.

# %% tags=["nbval-ignore-output"]
from time import perf_counter

for way in (with_loops, with_windows, with_opencv, with_keras):
    times = []
    for _ in range(5):
        began = perf_counter()
        result = way(batch)
        times.append(perf_counter() - began)
    assert np.allclose(result, with_loops(batch))
    print(f"{way.__name__:14} {min(times) * 1000:8.2f} ms")

# %% [markdown]
# The loops are slowest by far: Python looks at one window after the other, and the others do the same in compiled code.
#
# `filter2D` gives a picture of the same size, so it must invent pixels beyond the rim, and by default it does not take
# zeros: it mirrors the picture at its outermost pixels (`BORDER_REFLECT_101`: a b c becomes b **a b c** b). If you
# compare it with a padded layer, you get a surprise. **Predict** where the two results differ.

# %%
zeros = cv2.filter2D(five.astype(float), -1, arrow.astype(float), borderType=cv2.BORDER_CONSTANT)
mirrored = cv2.filter2D(five.astype(float), -1, arrow.astype(float))
print(zeros)
print(mirrored - zeros)
print("zeros equal SciPy's padding:", np.array_equal(zeros, signal.correlate2d(five, arrow, mode="same")))

# %% [markdown]
# Only the rim differs, and only `BORDER_CONSTANT` agrees with zero padding. The 3 x 3 in the middle of the first array
# is the example that you know from above.
#
# ## Filters that clean, sharpen and find edges
#
# Smoothing kernels add up to 1, so an even surface keeps its brightness: the **box** takes a plain mean, the
# **Gaussian** lets the middle count most. The **identity**, a single 1 in the middle, changes nothing. The identity
# minus the **Laplacian** is the kernel that **sharpens**: it adds to each pixel what sets it apart from its neighbours.
# Kernels that add up to 0 answer "is there a change?": **Prewitt** and **Sobel** take the difference of right and left
# (or of below and above), the Laplacian compares a pixel with its four neighbours.

# %%
identity = np.array([[0, 0, 0], [0, 1, 0], [0, 0, 0]])
print("identity changes nothing:", np.array_equal(cv2.filter2D(grey, -1, identity), grey))
print("identity - Laplacian sharpens:", np.array_equal(identity - KERNELS["Laplacian"], KERNELS["sharpen"]))
for name, kernel in KERNELS.items():
    print(f"{name:10} adds up to {round(float(kernel.sum()), 6):g}")

# %% [markdown]
# ### Smoothing removes noise, and costs contrast
#
# We add noise to a closer crop of the petals and average it away again with larger and larger boxes. Two numbers tell
# the story. *Noise left* is how far the smoothed noisy picture is from the smoothed clean one (standard deviation).
# Fine detail is what a 9 x 9 blur would take away. *Contrast kept* says how much of it the smoothing left: its standard
# deviation after smoothing, divided by that before.

# %%
petals = cv2.cvtColor(photograph[130:290, 230:390], cv2.COLOR_RGB2GRAY)  # (160, 160), uint8
clean = petals.astype(float)
noisy = clean + np.random.default_rng(2).normal(0, 25, clean.shape)


def detail(picture):
    return (picture - cv2.blur(picture, (9, 9))).std()


for size in (1, 3, 5, 7):
    smooth = cv2.blur(clean, (size, size))
    left, kept = (cv2.blur(noisy, (size, size)) - smooth).std(), detail(smooth) / detail(clean)
    print(f"box {size} x {size}: noise left {left:5.2f}   contrast kept {kept:.0%}")

# %%
plot.images(
    {"noisy": noisy, "box 3 x 3": cv2.blur(noisy, (3, 3)), "box 7 x 7": cv2.blur(noisy, (7, 7))},
    columns=3,
    vmin=0,
    vmax=255,
    alt="A flower full of noise, then smoothed with a small box and with a large one: less grain, and softer petals.",
)

# %% [markdown]
# The mean of nine independent errors varies a third as much as one error: that is the first step down. But the rim of a
# petal is detail too, and a box averages it away like noise.
#
# Some noise is not small everywhere but huge in a few places: dead pixels, dust. A mean spreads such a speck over its
# neighbours. The **median** sorts the window and takes the middle value; a speck lands at one end, and is gone. Try it
# on nine numbers: **predict** mean and median.

# %%
speck = np.array([[10, 10, 12], [11, 255, 12], [10, 13, 11]])
print("mean", round(speck.mean(), 1), "  median", np.median(speck))

# %%
rng = np.random.default_rng(7)
specks = np.where(rng.random(petals.shape) < 0.06, rng.choice([0, 255], petals.shape), petals).astype(np.uint8)
cleaned = {"specks": specks, "box 3 x 3": cv2.blur(specks, (3, 3)), "median 3 x 3": cv2.medianBlur(specks, 3)}
for name, picture in cleaned.items():
    print(f"{name:13} mean distance from the clean picture {np.abs(picture - clean).mean():.1f}")
plot.images(
    cleaned,
    columns=3,
    vmin=0,
    vmax=255,
    alt="The flower with black and white specks; a box smears each speck into a blot, a median removes nearly all.",
)

# %% [markdown]
# By this measure, the box leaves the picture further from the clean one than the specks did: it touches every pixel to
# dilute a few. The median brings it closer.
#
# ### Exercise: `median_filter` (2 points, about 5 minutes, easy)
#
# Each pixel becomes the median of the k x k window around it; k is odd. Beyond the border, repeat the outermost pixels
# (OpenCV's `BORDER_REPLICATE`, SciPy's `nearest`, `mode="edge"` of `np.pad`). A filter that *picks* a pixel has no need
# of floats: the result keeps the shape and the type of the image. `np.median` is welcome: plain Python and NumPy, no
# other library.


# %%
def median_filter(x, k):
    """Median of each k x k window; border pixels are repeated outwards.

    x: (H, W) array of integers or floats, not changed. k: odd number of pixels, at least 1.
    Returns a new (H, W) array of the same dtype as x.

    >>> median_filter(np.array([[10, 10, 12], [11, 255, 12], [10, 13, 11]], np.uint8), 3)[1]
    array([10, 11, 12], dtype=uint8)
    """
    ### BEGIN SOLUTION
    windows = sliding_window_view(np.pad(x, k // 2, mode="edge"), (k, k))
    return np.median(windows, axis=(2, 3)).astype(x.dtype)
    ### END SOLUTION


# %%
check("median_filter", median_filter)

# %%
practice("median_filter")

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# How many pixels must you add on each side so that a 3 x 3 window fits around the corner pixel? And a k x k window?
#
# </details>
# <details><summary>Hint 2</summary>
#
# `np.median` takes `axis=(2, 3)`: both axes of the window at once. One axis after the other is not the same.
#
# </details>
# <details><summary>If you see the right numbers and still "wrong"</summary>
#
# Look at the type: `np.median` gives floats, the picture may have integers.
#
# </details>

# %% [markdown]
# ### Edges: how fast does it get brighter?
#
# Sobel's kernel for x weighs the difference of right and left, the middle row twice; its transpose (rows and columns
# exchanged) does the same for below and above. The two numbers at a pixel, `gx` and `gy`, are an arrow that points to
# where it gets brighter, and its length is the strength of the edge. An edge from light to dark has a *negative* `gx`.
# **Predict**: what becomes of it if the result is uint8, as the picture is?

# %%
step_down_and_up = np.array([[200, 200, 10, 10, 200, 200]] * 3, np.uint8)
print("kept as bytes ", cv2.Sobel(step_down_and_up, -1, 1, 0)[1])
print("kept as floats", cv2.Sobel(step_down_and_up, cv2.CV_64F, 1, 0)[1])

# %% [markdown]
# Half of the edges are gone, and the others are cut off at 255. On the dahlia:

# %%
gx_bytes = cv2.Sobel(grey, -1, 1, 0).astype(float)
gx, gy = cv2.Sobel(grey, cv2.CV_64F, 1, 0), cv2.Sobel(grey, cv2.CV_64F, 0, 1)
print(f"{(gx < 0).mean():.0%} of the pixels have a negative gx; as bytes they are all 0")
plot.images(
    {"gx, bytes": gx_bytes, "|gx|, floats": np.abs(gx), "|gy|, floats": np.abs(gy), "magnitude": np.hypot(gx, gy)},
    size=2.1,
    vmin=0,
    vmax=400,
    alt="Sobel edges of the dahlia: in bytes its right rim is missing; in floats both "
    "rims; the magnitude has them all.",
)

# %% [markdown]
# ### Exercise: `sobel_edges` (2 points, about 7 minutes, medium)
#
# Return three maps: `gx`, `gy` and the magnitude `sqrt(gx**2 + gy**2)`, all float64 and as large as the image. Beyond
# the border, mirror the image as OpenCV does (reflect-101, which NumPy calls `np.pad(..., mode="reflect")`). Your own
# functions are welcome. By hand: plain Python and NumPy, no other library, and neither `np.convolve` nor
# `np.correlate`.


# %%
def sobel_edges(image):
    """Sobel's gradient: how much brighter it gets to the right (gx) and downwards (gy), and the arrow's length.

    image: (H, W) array of uint8 or floats, H and W at least 2, not changed; mirrored at its border (reflect-101).
    gx comes from the kernel [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]], gy from its transpose; neither is flipped.
    Returns the tuple (gx, gy, magnitude) of (H, W) float64 arrays; nothing is clipped or rounded.

    >>> gx, gy, magnitude = sobel_edges(np.array([[200, 200, 10, 10]] * 3, np.uint8))
    >>> gx[1]
    array([   0., -760., -760.,    0.])
    """
    ### BEGIN SOLUTION
    padded = np.pad(np.asarray(image, dtype=float), 1, mode="reflect")
    kernel = np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]])
    gx, gy = corr2d(padded, kernel), corr2d(padded, kernel.T)
    return gx, gy, np.sqrt(gx**2 + gy**2)
    ### END SOLUTION


# %%
check("sobel_edges", sobel_edges)

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# First to floats, then pad by one, then slide two kernels. Which of your functions slides?
#
# </details>
# <details><summary>Hint 2</summary>
#
# `return gx, gy, magnitude` returns a tuple of three arrays, in that order.
#
# </details>
# <details><summary>If you see numbers that are right inside and wrong along the rim</summary>
#
# There are several ways to continue a picture beyond its border. Print `np.pad(np.array([1, 2, 3]), 1, mode=...)` for
# `"constant"`, `"edge"`, `"symmetric"` and `"reflect"`.
#
# </details>

# %% [markdown]
# ## Shapes that shrink and grow
#
# A filter need not add up. Let a window keep its **smallest** value, and bright shapes lose their outermost pixels:
# **erosion**. Let it keep its **largest**, and they gain a rim of pixels: **dilation**. A **structuring element** says
# which neighbours count: it is an array of ones and zeros whose centre is laid on the pixel. Pixels under a 1 count,
# the others do not. Erosion followed by dilation removes what is thinner than the element and leaves the rest nearly as
# it was.

# %%
key = np.zeros((60, 90), np.uint8)
cv2.circle(key, (22, 30), 14, 255, 7)
for start_at, end_at in (((38, 30), (82, 30)), ((66, 30), (66, 44)), ((79, 30), (79, 44))):
    cv2.line(key, start_at, end_at, 255, 5)
dusty = np.where(np.random.default_rng(5).random(key.shape) < 0.02, 255, key).astype(np.uint8)
square = np.ones((3, 3), np.uint8)
eroded, dilated = cv2.erode(dusty, square), cv2.dilate(dusty, square)
plot.images(
    {"dusty": dusty, "eroded": eroded, "dilated": dilated, "eroded, then dilated": cv2.dilate(eroded, square)},
    size=2.2,
    alt="A key in dust: thin and clean after erosion, fat with blots after dilation, clean and whole after both.",
)

# %% [markdown]
# By hand: the hook below has its centre, the pixel above and the pixel to the right. **Predict** what dilation makes of
# a single bright pixel: does it grow up and to the right, or down and to the left?

# %%
hook = np.array([[0, 1, 0], [0, 1, 1], [0, 0, 0]], np.uint8)
dot = np.zeros((3, 3), np.uint8)
dot[1, 1] = 1
print(cv2.dilate(dot, hook))
print(ndimage.grey_dilation(dot, footprint=hook, mode="constant"))
turned = ndimage.grey_dilation(dot, footprint=hook[::-1, ::-1], mode="constant")
print("SciPy with the hook turned by 180 degrees gives OpenCV's:", np.array_equal(turned, cv2.dilate(dot, hook)))

# %% [markdown]
# Correlation or convolution, once more! OpenCV lays the element on each pixel as it is, so the pixel *below* the dot
# has the dot above it, and lights up. SciPy flips the element for dilation, as textbooks do, so that a dot grows into
# the element's own shape. For erosion neither flips. This course keeps OpenCV's way: **never flipped**. Pixels outside
# the picture are ignored: they neither darken nor brighten the border.
#
# ### Exercise: `erode` (2 points, about 6 minutes, medium)
#
# The picture is uint8: a mask of 0 and 1, or grey values. The element has odd sides (not always equal), and a 1 at its
# centre. By hand: plain Python and NumPy, no other library.


# %%
def erode(x, se):
    """Erosion: each pixel becomes the smallest of the pixels under the ones of the structuring element.

    x: (H, W) uint8 array, not changed. se: (a, b) array of 0 and 1, a and b odd, its centre on the pixel, not flipped.
    Pixels outside the picture are ignored. Returns a new (H, W) uint8 array.

    >>> erode(np.array([[1, 1, 1, 0, 1]], np.uint8), np.ones((1, 3), np.uint8))
    array([[1, 1, 0, 0, 0]], dtype=uint8)
    """
    ### BEGIN SOLUTION
    half = [(side // 2, side // 2) for side in se.shape]
    padded = np.pad(x, half, constant_values=255)
    return sliding_window_view(padded, se.shape)[:, :, se == 1].min(axis=2)
    ### END SOLUTION


# %%
check("erode", erode)

# %%
practice("erode")

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# "Ignored" is easily said with padding: fill the frame with a value that no byte exceeds. For example,
# `np.pad(x, ((1, 1), (2, 2)), constant_values=7)` adds one row of sevens above and below, and two columns on either
# side.
#
# </details>
# <details><summary>Hint 2</summary>
#
# A mask picks values out of a window: `window[se == 1]` is a flat array of the pixels under the ones.
#
# </details>
# <details><summary>If you see zeros all along the border</summary>
#
# Your frame takes part in the minimum. Zeros outside are always the smallest.
#
# </details>

# %% [markdown]
# ### Exercise: `dilate` (1 point, about 3 minutes, easy)
#
# The same with the largest value, by hand: plain Python and NumPy, no other library. Mind what the frame has to be
# filled with now, and do not flip the element.


# %%
def dilate(x, se):
    """Dilation: each pixel becomes the largest of the pixels under the ones of the structuring element.

    x: (H, W) uint8 array, not changed. se: (a, b) array of 0 and 1, a and b odd, its centre on the pixel, not flipped.
    Pixels outside the picture are ignored. Returns a new (H, W) uint8 array.

    >>> dilate(np.array([[0, 0, 1, 0, 0]], np.uint8), np.array([[0, 1, 1]], np.uint8))
    array([[0, 1, 1, 0, 0]], dtype=uint8)
    """
    ### BEGIN SOLUTION
    half = [(side // 2, side // 2) for side in se.shape]
    padded = np.pad(x, half, constant_values=0)
    return sliding_window_view(padded, se.shape)[:, :, se == 1].max(axis=2)
    ### END SOLUTION


# %%
check("dilate", dilate)

# %%
practice("dilate")

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# Begin with a copy of your `erode`. Two things change.
#
# </details>
# <details><summary>Hint 2</summary>
#
# In the docstring's example the element has its centre and the pixel to the right. A dark pixel lights up if *its*
# right neighbour is bright, so the bright spot grows to the left.
#
# </details>
# <details><summary>If you see the shape grow to the wrong side</summary>
#
# You flipped the element, as SciPy does. Lay it on as it is.
#
# </details>

# %% [markdown]
# ## Pool
#
# A feature map says "an edge is *exactly here*". Often "an edge is *about here*" is worth more: it survives a small
# shift, and needs fewer numbers. **Max pooling** cuts the map into windows and keeps the largest number of each;
# **average pooling** keeps the mean. The windows usually do not overlap (the stride equals the size), but they may.
# What does not fill a whole window at the end is dropped. **Global** pooling makes the whole map one window: one number
# for each channel.
#
# **Predict** all four results of 2 x 2 max pooling, and the first of average pooling:

# %%
feature_map = np.array([[1, 3, -2, -4], [5, -1, -3, -1], [0, 2, 6, 1], [4, 2, 0, 1]])
blocks = feature_map.reshape(2, 2, 2, 2)  # (row, inside row, column, inside column)
print("max\n", blocks.max(axis=(1, 3)))
print("average\n", blocks.mean(axis=(1, 3)))

# %% [markdown]
# In the window at the top right every number is negative, and so is its maximum. Keep that in mind. Now with the Sobel
# magnitude of the dahlia, and one number for each colour channel by global average pooling:

# %%
magnitude = np.hypot(gx, gy)
parts = magnitude.reshape(20, 8, 20, 8)
plot.images(
    {"magnitude, 160 x 160": magnitude, "max, 20 x 20": parts.max((1, 3)), "average, 20 x 20": parts.mean((1, 3))},
    columns=3,
    vmin=0,
    vmax=500,
    alt="The dahlia's edges, and the same pooled to 20 by 20: the maximum stays bright, the average is dim.",
)
print("global average of red, green and blue:", dahlia.mean(axis=(0, 1)).round(1))

# %% [markdown]
# How much does a shift of one pixel change? Compare each map with itself, shifted by one pixel before it was pooled:

# %%
shifted = np.roll(magnitude, 1, axis=1).reshape(20, 8, 20, 8)
print(f"not pooled  {np.corrcoef(magnitude.ravel(), np.roll(magnitude, 1, axis=1).ravel())[0, 1]:.2f}")
for name, pool in {"max pooled": np.max, "avg. pooled": np.mean}.items():
    print(f"{name}  {np.corrcoef(pool(parts, (1, 3)).ravel(), pool(shifted, (1, 3)).ravel())[0, 1]:.2f}")

# %% [markdown]
# These numbers are *correlation coefficients*, another meaning of the word: 1.00 would say that the pattern is the
# same. The pooled maps hardly notice the shift.
#
# ### Exercise: `pool2d` (3 points, about 8 minutes, medium)
#
# Write both kinds of pooling, by hand: plain Python and NumPy, no other library. Without a `stride` the windows lie
# side by side. No padding: the size is rounded down. A `mode` that is neither `'max'` nor `'average'` is an error, and
# should not pass in silence: `raise ValueError(...)`.


# %%
def pool2d(x, size, stride=None, mode="max"):
    """Pool a feature map: the largest number, or the mean, of each whole size x size window.

    x: (H, W) array, not changed. size: side of the window, at most H and W. stride: how far it moves; None: by `size`.
    mode: 'max' or 'average'; anything else raises ValueError.
    Returns a float64 array of ((H - size) // stride + 1, (W - size) // stride + 1).

    >>> pool2d(np.array([[1, 3, -2, -4, 9], [5, -1, -3, -1, 9]]), 2)
    array([[ 5., -1.]])
    """
    ### BEGIN SOLUTION
    if mode not in ("max", "average"):
        raise ValueError(f"mode is {mode!r}; it can be 'max' or 'average'")
    stride = stride or size
    result = np.zeros(((x.shape[0] - size) // stride + 1, (x.shape[1] - size) // stride + 1))
    for row, column in np.ndindex(result.shape):
        top, left = row * stride, column * stride
        window = x[top : top + size, left : left + size]
        result[row, column] = window.max() if mode == "max" else window.mean()
    return result
    ### END SOLUTION


# %%
check("pool2d", pool2d)

# %%
practice("pool2d")

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# It is `corr2d` with another sum: the same places, the same windows, and `max` or `mean` in place of multiply and add.
#
# </details>
# <details><summary>Hint 2</summary>
#
# Settle `stride` and `mode` in the first lines, before any loop: `None` becomes `size`, an unknown mode raises.
#
# </details>
# <details><summary>If you see one row or column too many</summary>
#
# Your last window hangs over the edge (slices do not complain when they are cut short). Compute the size of the result
# first.
#
# </details>

# %% [markdown]
# ### Checkpoint
#
# A 5 x 5 map of negative numbers is padded with zeros to 6 x 6 and then max pooled with windows of 2 x 2. What is
# wrong?
#
# - [ ] Nothing: zeros are neutral
#
#   **Zero as neutral for a maximum.** For a sum it is. For a maximum, the neutral number is minus infinity: a zero
#   beats everything negative.
#
# - [x] The windows with padding say 0, which was nowhere in the map
#
#   Yes. This is why pooling layers either drop what does not fit or ignore the padding; they never let it compete.
#
# - [ ] The result is 3 x 3, and 5 is not divisible by 2
#
#   **A size that cannot be rounded up.** Rounding up to 3 x 3 is a choice that some layers make (`padding="same"`). The
#   trouble is in the numbers.

# %%
question("padded_maximum")

# %% [markdown]
# ## Break it on purpose
#
# A blur divides the sum of nine pixels by nine. What if that sum is kept in a byte, as the picture is? A byte counts to
# 255 and starts again at 0. **Predict** which parts of the picture survive, the bright ones or the dark ones.

# %%
windows = sliding_window_view(grey, (3, 3))
broken = windows.sum(axis=(2, 3), dtype=np.uint8) // 9
right = windows.sum(axis=(2, 3)) // 9
print("nine bytes add up to", 9 * 255, "at most; largest value: broken", broken.max(), "right", right.max())
print(f"{(broken == right).mean():.0%} of the pixels are right")
plot.images(
    {"sum kept in a byte": broken * (255 / 28), "sum kept in an int": right},
    size=2.8,
    vmin=0,
    vmax=255,
    alt="Left, a blur whose sums wrapped around: the dahlia in bands of noise. Right, the same blur done right.",
)

# %% [markdown]
# Only where nine pixels add up to less than 256, in the darkest parts, is the result right. The left picture is
# stretched to full brightness; nothing in it could exceed 28, which is 255 // 9. There was no error and no warning.
# Bytes are for storing pictures, floats for computing with them.
#
# ## Recap
#
# - *Slide a kernel over an image, as it is or flipped*: a dot product at each place; a flip makes correlation a true
#   convolution. Stride skips places, padding adds some, and the size is rounded down.
# - *Turn the channels of an image into feature maps*: a filter has a slice for each channel, sums over all, adds one
#   bias.
# - *Trade loops for windows and one einsum*: the windows are a view with axes for place and inside; letters say what is
#   summed.
# - *Filter a picture for its edges, its noise and its shapes*: differences find edges, means trade noise for contrast,
#   medians drop specks, smallest and largest values shrink and grow.
# - *Shrink a feature map by pooling*: the largest or the mean of each whole window; global pooling makes one number of
#   each channel's whole map.
#
# **What goes wrong most often**: computing in uint8; a loop that stops one window early; a stride on one axis only;
# comparing with OpenCV without saying which border; a bias added more than once; zeros that win a maximum; an element
# or kernel that somebody flipped.
#
# ## Further
#
# **Stretch.** The Gaussian kernel is a column times a row: `np.outer([1, 2, 1], [1, 2, 1]) / 16`. Filter with the row,
# then with the column, and compare with the 3 x 3 kernel. How many multiplications does each way need for a pixel, with
# 3 x 3 and with 15 x 15? Which of the kernels of this notebook can be split like this? (`np.linalg.matrix_rank` knows.)
#
# **Sources**
#
# - I. Goodfellow, Y. Bengio, A. Courville, *Deep Learning*, MIT Press 2016, [chapter
#   9](https://www.deeplearningbook.org/contents/convnets.html): convolution, correlation and pooling in networks.
# - V. Dumoulin, F. Visin, *A guide to convolution arithmetic for deep learning*, 2016,
#   [arXiv:1603.07285](https://arxiv.org/abs/1603.07285).
# - OpenCV, [Image filtering](https://docs.opencv.org/4.x/d4/d86/group__imgproc__filter.html): borders, `filter2D`,
#   `Sobel`, `erode`, `dilate`.
# - SciPy, [multidimensional image processing](https://docs.scipy.org/doc/scipy/tutorial/ndimage.html); NumPy,
#   [`sliding_window_view`](https://numpy.org/doc/stable/reference/routines.lib.html); Keras,
#   [`Conv2D`](https://keras.io/api/layers/convolution_layers/convolution2d/).
# - The dahlia is `flower.jpg` of scikit-learn's sample images.
#
# | English | 繁體中文 | 한국어 |
# |---|---|---|
# | kernel, filter |
# | cross-correlation |
# | convolution |
# | feature map |
# | stride |
# | zero padding |
# | channel |
# | bias |
# | edge |
# | gradient |
# | median filter |
# | erosion, dilation of a shape |
# | structuring element |
# | max pooling, average pooling |
# | global average pooling |
