"""Right answers to `trace_shapes`, each written in another way."""

import math

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


def with_a_function_for_each_kind(layers, input_shape):
    def side(n, k, s, padding, d=1):
        places = len(range(0, n if padding == "same" else n - d * (k - 1), s))
        if places < 1:
            raise ValueError(f"{k} on {n}")
        return places

    shapes = [input_shape]
    for layer in layers:
        *sides, channels = shapes[-1]
        padding, kind = layer.get("padding", "valid"), layer["layer"]
        if kind == "Conv2D":
            k, s, d = layer["kernel_size"], layer.get("strides", 1), layer.get("dilation_rate", 1)
            shapes.append((*(side(n, k, s, padding, d) for n in sides), layer["filters"]))
        elif kind.endswith("Pooling2D") and not kind.startswith("Global"):
            k = layer["pool_size"]
            shapes.append((*(side(n, k, layer.get("strides", k), padding) for n in sides), channels))
        elif kind == "Dense":
            shapes.append((*sides, layer["units"]))
        else:
            shapes.append((channels,) if kind.startswith("Global") else (math.prod(shapes[-1]),))
    return shapes[1:]


def by_running_zeros_through(layers, input_shape):
    picture, found = np.zeros(input_shape, np.int8), []
    for layer in layers:
        kind = layer["layer"]
        if kind == "Flatten":
            picture = picture.ravel()
        elif kind == "GlobalAveragePooling2D":
            picture = picture.max(axis=(0, 1))
        elif kind == "Dense":
            picture = np.zeros((*picture.shape[:-1], layer["units"]), np.int8)
        else:
            k = layer.get("pool_size", layer.get("kernel_size"))
            s = layer.get("strides", layer.get("pool_size", 1))
            reach = layer.get("dilation_rate", 1) * (k - 1) + 1
            if layer.get("padding") == "same":
                picture = picture[::s, ::s]
            else:  # NumPy raises ValueError for a window larger than the picture
                picture = sliding_window_view(picture, (reach, reach), axis=(0, 1))[::s, ::s, :, 0, 0]
            if kind == "Conv2D":
                picture = np.zeros((*picture.shape[:2], layer["filters"]), np.int8)
        found.append(picture.shape)
    return found


def with_a_generator_and_match(layers, input_shape):
    def size(n, k, s=1, d=1, padding="valid"):
        free = n - 1 if padding == "same" else n - 1 - (k - 1) * d
        if free < 0:
            raise ValueError(f"a window of {(k - 1) * d + 1} on {n}")
        return free // s + 1

    def shapes(shape):
        for layer in layers:
            rest = {"padding": layer.get("padding", "valid"), "d": layer.get("dilation_rate", 1)}
            match layer, shape:
                case {"layer": "Conv2D", "filters": filters, "kernel_size": k}, (h, w, _):
                    s = layer.get("strides", 1)
                    shape = size(h, k, s, **rest), size(w, k, s, **rest), filters
                case {"layer": "MaxPooling2D" | "AveragePooling2D", "pool_size": k}, (h, w, channels):
                    s = layer.get("strides", k)
                    shape = size(h, k, s, **rest), size(w, k, s, **rest), channels
                case {"layer": "GlobalAveragePooling2D"}, (_, _, channels):
                    shape = (channels,)
                case {"layer": "Flatten"}, _:
                    shape = (math.prod(shape),)
                case {"layer": "Dense", "units": units}, (*others, _):
                    shape = (*others, units)
            yield shape

    return list(shapes(input_shape))


def with_recursion_and_arrays(layers, input_shape):
    if len(layers) == 0:
        return []
    first, *rest = layers
    kind, shape = first["layer"], np.array(input_shape)
    if "kernel_size" in first or "pool_size" in first:
        k = first.get("kernel_size") or first["pool_size"]
        s = first.get("strides") or first.get("pool_size", 1)
        if first.get("padding") != "same":
            shape[:2] -= (k - 1) * first.get("dilation_rate", 1)
        if min(shape[:2]) < 1:
            raise ValueError("the window is larger than the picture")
        shape[:2] = np.ceil(shape[:2] / s)
        shape[2] = first.get("filters", shape[2])
    elif kind == "Flatten":
        shape = shape.prod(keepdims=True)
    elif kind == "Dense":
        shape[-1] = first["units"]
    else:
        shape = shape[-1:]
    return [tuple(shape), *with_recursion_and_arrays(rest, tuple(shape))]


def with_a_class(layers, input_shape):
    class Network:
        def __init__(self, shape):
            self.shape = list(shape)

        def slide(self, reach, step, padding):
            for axis in (0, 1):
                n = self.shape[axis]
                if padding == "valid" and reach > n:
                    raise ValueError(f"{reach} > {n}")
                self.shape[axis] = len(range(0, n if padding == "same" else n - reach + 1, step))

        def Conv2D(self, filters, kernel_size, strides=1, padding="valid", dilation_rate=1):
            self.slide(dilation_rate * (kernel_size - 1) + 1, strides, padding)
            self.shape[2] = filters

        def MaxPooling2D(self, pool_size, strides=None, padding="valid"):
            self.slide(pool_size, strides or pool_size, padding)

        AveragePooling2D = MaxPooling2D

        def GlobalAveragePooling2D(self):
            del self.shape[:2]

        def Flatten(self):
            self.shape = [math.prod(self.shape)]

        def Dense(self, units):
            self.shape[-1] = units

    network, found = Network(input_shape), []
    for layer in layers:
        settings = dict(layer)
        getattr(network, settings.pop("layer"))(**settings)
        found.append(tuple(network.shape))
    return found
