"""Right answers to `mean_pred`, each written in another way."""


def with_tensorflow(y_true, y_pred):
    import tensorflow as tf

    return tf.reduce_mean(tf.cast(y_pred, tf.float32), axis=-1)


def as_it_is(y_true, y_pred):
    return y_pred


def sum_over_size(y_true, y_pred):
    from keras import ops

    return ops.sum(y_pred, axis=-1) / y_pred.shape[-1]


def averaged(y_true, y_pred):
    from keras import ops

    return ops.average(y_pred, axis=1)


def as_a_product(y_true, y_pred):
    from keras import ops

    k = ops.shape(y_pred)[-1]
    return ops.matmul(y_pred, ops.ones((k,)) / k)


def with_axis_kept(y_true, y_pred):
    from keras import ops

    return ops.mean(ops.cast(y_pred, "float64"), axis=-1, keepdims=True)
