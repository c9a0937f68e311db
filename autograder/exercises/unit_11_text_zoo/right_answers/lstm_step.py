"""Right answers to `lstm_step`, each written in another way."""

import numpy as np


def in_four_parts(x, h, c, w, u, b):
    def sigmoid(z):
        return 1 / (1 + np.exp(-z))

    i, f, candidate, o = np.split(x @ w + h @ u + b, 4)
    c = sigmoid(f) * c + sigmoid(i) * np.tanh(candidate)
    return sigmoid(o) * np.tanh(c), c


def with_scipy(x, h, c, w, u, b):
    from scipy.special import expit

    z = (x.dot(w) + h.dot(u) + b).reshape(4, -1)
    new = expit(z[1]) * c + expit(z[0]) * np.tanh(z[2])
    return expit(z[3]) * np.tanh(new), new


def unit_by_unit(x, h, c, w, u, b):
    from math import exp, tanh

    units = len(h)
    new_h, new_c = np.zeros(units), np.zeros(units)
    for j in range(units):
        z = []
        for gate in range(4):
            column = gate * units + j
            total = float(b[column])
            for k in range(len(x)):
                total += x[k] * w[k, column]
            for k in range(units):
                total += h[k] * u[k, column]
            z.append(total)
        i, f, o = (1 / (1 + exp(-z[at])) for at in (0, 1, 3))
        new_c[j] = f * c[j] + i * tanh(z[2])
        new_h[j] = o * tanh(new_c[j])
    return new_h, new_c


def one_matrix_for_both(x, h, c, w, u, b):
    n = h.shape[0]
    z = np.concatenate([x, h]) @ np.vstack([w, u]) + b
    gates = 0.5 * (np.tanh(z / 2) + 1)  # the sigmoid, written with tanh
    remembered = gates[n : 2 * n] * c + gates[:n] * np.tanh(z[2 * n : 3 * n])
    return gates[3 * n :] * np.tanh(remembered), remembered


def cell_of_keras(x, h, c, w, u, b):
    import keras

    cell = keras.layers.LSTMCell(h.size)
    cell.build((None, x.size))
    for variable, value in zip(cell.weights, (w, u, b)):
        variable.assign(value)
    step, states = cell(x[None].astype("float32"), [h[None].astype("float32"), c[None].astype("float32")])
    return np.array(step)[0], np.array(states[1])[0]


def layer_of_keras(x, h, c, w, u, b):
    import keras

    layer = keras.layers.LSTM(len(h), return_state=True)
    layer.build((1, 1, len(x)))
    layer.set_weights([w, u, b])
    start = [np.array([h], "float32"), np.array([c], "float32")]
    _, new_h, new_c = layer(np.array([[x]], "float32"), initial_state=start)
    return np.asarray(new_h)[0], np.asarray(new_c)[0]


def with_einsum(x, h, c, w, u, b):
    n = len(h)
    z = np.einsum("d,dgn->gn", x, w.reshape(-1, 4, n)) + np.einsum("m,mgn->gn", h, u.reshape(n, 4, n)) + b.reshape(4, n)
    i, f, o = 1 / (1 + np.exp(-z[[0, 1, 3]]))
    c = c * f
    c += i * np.tanh(z[2])
    return np.tanh(c) * o, c
