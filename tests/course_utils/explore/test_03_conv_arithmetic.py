"""The explorers of unit 03 say what Keras says: sizes, what an output sees, receptive fields, parameters, products."""

import itertools
import re
import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_utils import explore

SIZES, KERNELS, STRIDES, DILATIONS = (1, 2, 5, 7, 8, 12, 31), (1, 2, 3, 4, 5), (1, 2, 3, 4), (1, 2, 3)
PADDINGS = ("valid", "same", "full", 0, 1, 2, 3, (0, 1), (2, 1))
GRID = list(itertools.product(SIZES, KERNELS, STRIDES, PADDINGS, DILATIONS))


def keras_size(n, kernel, stride, padding, dilation):
    """The size that Keras' layers give; ValueError where Keras refuses.

    Keras has neither full padding nor a number of zeros, but a layer that pads; and no layer with a stride *and* a
    dilation, but a convolution at every place of which pooling by 1 keeps every s-th.
    """
    from keras import layers

    shape = (None, n, 1)
    if padding not in ("valid", "same"):
        zeros = dilation * (kernel - 1) if padding == "full" else padding
        shape = layers.ZeroPadding1D(zeros).compute_output_shape(shape)
        padding = "valid"
    if stride > 1 and dilation > 1:
        shape = layers.Conv1D(1, kernel, padding=padding, dilation_rate=dilation).compute_output_shape(shape)
        return layers.MaxPooling1D(1, strides=stride, padding=padding).compute_output_shape(shape)[1]
    layer = layers.Conv1D(1, kernel, strides=stride, padding=padding, dilation_rate=dilation)
    return layer.compute_output_shape(shape)[1]


def attempt(compute, *arguments):
    """What it gives, or "refused" for a ValueError."""
    try:
        return compute(*arguments)
    except ValueError:
        return "refused"


def test_the_size_is_keras_on_every_configuration_of_the_grid():
    assert len(GRID) >= 500
    ours = {c: attempt(lambda *a: explore.case(*a).size, *c) for c in GRID}
    keras = {c: attempt(keras_size, *c) for c in GRID}
    assert {c: (ours[c], keras[c]) for c in GRID if ours[c] != keras[c]} == {}
    sizes = [size for size in ours.values() if size != "refused"]
    assert len(sizes) >= 500  # so that the grid is not agreed upon by refusing it
    assert ours[(7, 3, 2, "valid", 1)] == 3


def test_a_layer_with_two_axes_has_the_sizes_of_both():
    from keras import layers

    for (height, width), kernel, stride, padding in itertools.product(
        [(7, 7), (8, 5), (9, 12)], KERNELS, STRIDES, ("valid", "same")
    ):
        layer = layers.Conv2D(4, kernel, strides=stride, padding=padding)
        sides = tuple(explore.case(n, kernel, stride, padding).size for n in (height, width))
        assert layer.compute_output_shape((None, height, width, 3)) == (None, *sides, 4)


@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize(("stride", "dilation"), [(1, 1), (2, 1), (3, 1), (4, 1), (1, 2), (1, 3)])
def test_what_an_output_sees_is_what_changes_it_in_a_real_layer(padding, stride, dilation):
    """A batch of single pixels through a layer of ones: output i is 1 for pixel j exactly where i sees j."""
    import keras

    for n, kernel in itertools.product((7, 8, 12), KERNELS):
        if dilation * (kernel - 1) + 1 > n:
            continue
        layer = keras.layers.Conv1D(
            1,
            kernel,
            strides=stride,
            padding=padding,
            dilation_rate=dilation,
            kernel_initializer="ones",
        )
        joined = keras.ops.convert_to_numpy(layer(np.eye(n)[..., None]))[..., 0].T  # (outputs, n)
        axis = explore.case(n, kernel, stride, padding, dilation)
        drawn = np.zeros((axis.size, n))
        for output in range(axis.size):
            drawn[output, [tap for tap in axis.taps(output) if 0 <= tap < n]] = 1
        np.testing.assert_array_equal(joined, drawn, err_msg=f"n {n}, kernel {kernel}")
        assert axis.unseen() == [*np.flatnonzero(joined.sum(axis=0) == 0)]


def test_stride_and_dilation_together_see_what_tensorflow_computes():
    import tensorflow as tf

    for n, kernel, stride, dilation, padding in itertools.product((9, 12), (2, 3), (2, 3), (2, 3), ("valid", "same")):
        pixels = tf.reshape(tf.eye(n), (n, n, 1, 1))  # (batch, H, W, C)
        taps = tf.ones((kernel, 1, 1, 1))
        joined = tf.nn.conv2d(pixels, taps, [stride, 1], padding.upper(), dilations=[dilation, 1])[:, :, 0, 0]
        axis = explore.case(n, kernel, stride, padding, dilation)
        drawn = [[float(pixel in axis.taps(output)) for output in range(axis.size)] for pixel in range(n)]
        np.testing.assert_array_equal(joined.numpy(), drawn)


def net_of_keras(net, input_shape):
    import keras

    model = keras.Sequential([keras.Input(input_shape)])
    for layer in net:
        model.add(getattr(keras.layers, layer["layer"])(**{k: v for k, v in layer.items() if k != "layer"}))
    return model


MORE = [
    [
        {"layer": "Conv2D", "filters": 5, "kernel_size": 4, "strides": 2, "padding": "same"},
        {"layer": "Dense", "units": 7},
    ],
    [
        {"layer": "Conv2D", "filters": 3, "kernel_size": 3, "dilation_rate": 2},
        {"layer": "AveragePooling2D", "pool_size": 3, "strides": 2, "padding": "same"},
        {"layer": "Flatten"},
        {"layer": "Dense", "units": 4},
    ],
]


@pytest.mark.parametrize("net", [*explore.NETS.values(), *MORE])
@pytest.mark.parametrize("input_shape", [(32, 32, 3), (29, 40, 2)])
def test_shapes_parameters_and_products_of_a_network_are_keras_and_the_profilers(net, input_shape):
    import tensorflow as tf

    model, rows = net_of_keras(net, input_shape), explore.measure(net, input_shape)
    assert [row.shape for row in rows] == [layer.output.shape[1:] for layer in model.layers]
    assert [row.parameters for row in rows] == [layer.count_params() for layer in model.layers]
    assert sum(row.parameters for row in rows) == model.count_params()
    for row, layer in zip(rows, model.layers, strict=True):
        if not layer.weights:
            assert row.multiply_adds == 0
            continue
        if getattr(layer, "dilation_rate", (1,))[0] > 1:  # TensorFlow pads these to even sizes, and counts that
            assert row.multiply_adds == layer.kernel.shape.num_elements() * np.prod(layer.output.shape[1:3])
            continue
        call = tf.function(lambda x, layer=layer: layer(x))
        graph = call.get_concrete_function(tf.TensorSpec((1, *layer.input.shape[1:]))).graph
        options = tf.compat.v1.profiler.ProfileOptionBuilder.float_operation()
        options |= {"output": "none", "account_type_regexes": ["Conv2D", "MatMul"]}
        products = tf.compat.v1.profiler.profile(graph, options=options).total_float_ops // 2
        assert row.multiply_adds == products, row


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.integers(1, 4), st.integers(1, 3), st.integers(1, 3)), max_size=4),
    st.integers(0, 2),
)
def test_a_receptive_field_is_the_support_of_the_influence(layers, output):
    """Touch one pixel at a time: the output changes for those, and only those, that the drawing marks."""
    from course_utils.explore.stack import _smallest

    n = _smallest(layers, 3)

    def outputs(x):  # (pixels touched, n) -> (pixels touched, 3), by shifted slices
        for kernel, stride, dilation in layers:
            length = x.shape[1] - dilation * (kernel - 1)
            x = sum(x[:, tap * dilation : tap * dilation + length] for tap in range(kernel))[:, ::stride]
        return x

    influence = outputs(np.eye(n, dtype=object))  # Python integers: no overflow, however deep
    assert influence.shape == (n, 3)
    assert explore.seen_by(layers, n, output)[0] == [*np.flatnonzero(influence[:, output] != 0)]
    assert explore.seen_by(layers, n, output)[-1] == [output]


def test_the_receptive_fields_of_the_lesson_are_the_support_of_a_gradient():
    import tensorflow as tf

    for name, layers in explore.FIELDS.items():
        x = tf.Variable(tf.ones((1, 60, 1), tf.float64))
        with tf.GradientTape() as tape:
            y = x
            for kernel, stride, dilation in layers:
                taps = np.zeros((dilation * (kernel - 1) + 1, 1, 1))
                taps[::dilation] = 1
                y = tf.nn.conv1d(y, taps, stride, "VALID")
            target = y[0, 1, 0]
        support = np.flatnonzero(tape.gradient(target, x).numpy())
        assert explore.seen_by(layers, 60, 1)[0] == [*support], name
        assert f"receptive field is {support[-1] - support[0] + 1}." in explore.field_static(name, 1).alt


def test_the_worked_examples_of_the_lesson():
    assert explore.case(7, 3, 2).size == explore.case(8, 3, 2).size == 3
    assert explore.case(8, 3, 2).unseen() == [7]
    assert explore.case(7, 3, 2, dilation=2).unseen() == [1, 3, 5]
    assert "places: 2 + 1 = 3." in explore.sizes_static(7, 3, 2, step=8).alt
    dense, averaging = (
        sum(m.parameters for m in explore.measure(name, (32, 32, 3))) for name in list(explore.NETS)[:2]
    )
    assert dense > 10 * averaging


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: explore.case(0, 3), "start at 1"),
        (lambda: explore.case(3, 5), "does not fit on 3 pixels"),
        (lambda: explore.case(7, 3, padding="some"), "valid, same, full"),
        (lambda: explore.case(7, 3, padding=-1), "starts at 0"),
        (lambda: explore.case(7, 3).taps(5), "outside 0 to 4"),
        (lambda: explore.sizes_static(7, 3, step=25), "outside 0 to 24"),
        (lambda: explore.field_static("no such"), "three kernels of 3"),
        (lambda: explore.counts_static("no such"), "a dense head"),
        (lambda: explore.counts_static("a dense head", input_shape=(6, 6, 3)), "does not fit"),
    ],
)
def test_errors_say_what_would_work(call, words):
    with pytest.raises(ValueError, match=re.escape(words)):
        call()


def drawings():
    """Every case of the first explorer's controls at a few steps, and everything that the others can show."""
    for n, kernel, stride, padding, dilation in itertools.product(
        (3, 7, 9), (1, 2, 3, 5), (1, 2, 4), ("valid", "same", "full", 1), (1, 3)
    ):
        axis = attempt(explore.case, n, kernel, stride, padding, dilation)
        if axis != "refused":
            yield explore.sizes_static(n, kernel, stride, padding, dilation, step=axis.size**2 // 2)
    yield explore.every_case()
    yield from (explore.field_static(name, output) for name in explore.FIELDS for output in range(3))
    yield from (explore.counts_static(name, "a dense head") for name in explore.NETS)


def test_every_drawing_is_well_formed_has_alt_text_and_stays_within_its_frame():
    for drawing in drawings():
        root = ElementTree.fromstring(drawing.svg)
        assert root.get("aria-label") == drawing.alt
        assert len(drawing.alt) > 40
        width, height = float(root.get("width")), float(root.get("height"))
        assert width <= 1000
        for box in root.iter("{http://www.w3.org/2000/svg}rect"):
            if box.get("x"):
                assert float(box.get("x")) + float(box.get("width")) <= width
                assert float(box.get("y")) + float(box.get("height")) <= height


def test_the_formula_fills_in_line_by_line_and_is_whole_at_the_end():
    shown = [explore.sizes_static(7, 3, 2, step=step) for step in range(9)]
    assert [drawing.svg.count(">?<") for drawing in shown] == [3, 2, 1, 0, 0, 0, 0, 0, 0]
    assert [drawing.svg.count("+ 1 = ?<") for drawing in shown] == [1, 1, 1, 0, 0, 0, 0, 0, 0]
    assert explore.sizes_static(7, 7).svg.count(">?<") == 0  # a single step shows all


def test_the_numbers_of_a_formula_add_up():
    """Every line of the formula is arithmetic that Python confirms, for every configuration of the grid."""
    for configuration in GRID:
        axis = attempt(explore.case, *configuration)
        if axis == "refused":
            continue
        for _, _, numbers in explore.steps_of_formula(axis):
            left, right = numbers.replace(", rounded down", "").replace("×", "*").replace("−", "-").split(" = ")
            assert eval(left.replace("/", "//")) == int(right), numbers


def test_the_figures_are_the_same_every_time_and_carry_their_alt_text():
    calls = (
        explore.sizes_static,
        explore.every_case,
        explore.field_static,
        lambda: explore.counts_static("a dense head"),
    )
    for call in calls:
        first, second = call(), call()
        assert first.svg == second.svg
        assert f'alt="{first.alt}"' in first._repr_html_()


@pytest.fixture(params=["0", "1"])
def live(request, monkeypatch):
    monkeypatch.setenv("COURSE_WIDGETS", request.param)
    return request.param == "1"


@pytest.mark.parametrize("name", ["sizes", "field", "counts"])
def test_a_widget_where_it_can_be_clicked_carries_the_figure_of_a_headless_run(name, live):
    shown = getattr(explore, name)()
    assert isinstance(shown, explore.Drawing) is not live
    static = {"counts": lambda: explore.counts_static("a dense head", "an averaging head")}
    figure = static.get(name, getattr(explore, f"{name}_static"))()
    if live:
        bundle = shown._repr_mimebundle_()
        assert "application/vnd.jupyter.widget-view+json" in bundle
        assert bundle["text/html"] == figure._repr_html_()
        assert shown.children[-1].value == figure.svg
    else:
        assert shown.svg == figure.svg


@pytest.fixture
def widgets(monkeypatch):
    monkeypatch.setenv("COURSE_WIDGETS", "1")


def test_the_controls_reach_every_case_and_the_step_moves_back(widgets):
    explorer = explore.sizes(7, 3, step=20)
    (inputs, kernels), (strides, dilations), (paddings,), (play, steps) = (
        row.children for row in explorer.children[:4]
    )
    figure = explorer.children[4]
    strides.value = 2
    assert steps.value == steps.max == play.max == 8
    assert figure.value == explore.draw_case(7, 3, 2, step=8).svg
    for kernel, stride, dilation, padding in itertools.product((1, 3, 5), (1, 3), (1, 2), ("valid", "same", "full", 2)):
        kernels.value, strides.value, dilations.value, paddings.value = kernel, stride, dilation, padding
        steps.value = 0
        try:
            expected = explore.draw_case(7, kernel, stride, padding, dilation).svg
        except ValueError as problem:
            expected = f"<p>{problem}</p>"
        assert figure.value == expected
    inputs.value = 9
    assert steps.max == explore.case(9, 5, 3, 2, 2).size ** 2 - 1


def test_the_controls_of_the_other_explorers_redraw(widgets):
    field = explore.field([(5, 2, 1), (3, 1, 1)])
    assert "receptive field is 9." in field.children[-1].value
    stacks, places = field.children[0].children
    stacks.value, places.value = "dilations 1, 2, 4", 2
    assert field.children[-1].value == explore.draw_field("dilations 1, 2, 4", 2).svg
    counts = explore.counts()
    first, _, side = counts.children[0].children
    first.value, side.value = "strides instead of pooling", 64
    expected = explore.draw_counts("strides instead of pooling", "an averaging head", input_shape=(64, 64, 3)).svg
    assert counts.children[-1].value == expected
