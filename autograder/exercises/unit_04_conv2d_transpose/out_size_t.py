from autograder.exercise import exercise, mistake, probe

from .shared import SIZES


@exercise("out_size_t", points=1, objective=SIZES)
class OutSizeT:
    """How long Keras' Conv2DTranspose makes an axis of n, with a kernel of k, a stride of s, 'valid' or 'same'."""

    def oracle(n, k, s, padding):
        import keras

        layer = keras.layers.Conv2DTranspose(1, k, strides=s, padding=padding)
        return int(layer.compute_output_shape((1, n, n, 1))[1])

    examples = [
        probe(5, 3, 1, "valid"),
        probe(5, 3, 2, "same"),
        probe(5, 3, 2, "valid"),
        probe(5, 3, 1, "same"),
        probe(4, 2, 3, "valid"),
        probe(3, 6, 2, "valid"),
        probe(1, 4, 2, "valid"),
        probe(1, 1, 3, "same"),
        probe(4, 1, 2, "valid"),
    ]

    def hidden(rng):
        for k, s in ((3, 1), (4, 2), (5, 2), (2, 2), (1, 3), (2, 4), (7, 3), (2, 5)):
            for padding in ("valid", "same"):
                yield probe(int(rng.integers(6, 40)), k, s, padding)
        yield probe(1, 4, 2, "valid")
        yield probe(2, 4, 3, "valid")
        yield probe(1, 4, 2, "same")

    inverts_the_formula = mistake(
        "Right but where the kernel is smaller than the stride. (n - 1) s + k is the shortest input that this forward "
        "formula takes back to n; Keras' layer never gives less than n s, and fills up with zeros.",
        lambda n, k, s, padding: n * s if padding == "same" else (n - 1) * s + k,
    )
    forwards = mistake(
        "That is the size of the convolution forwards. Backwards, it grows: the first number needs a whole kernel, each "
        "further one adds a stride.",
        lambda n, k, s, padding: -(-n // s) if padding == "same" else max(0, (n - k) // s + 1),
    )
    always_same = mistake(
        "You treat 'valid' like 'same'. Nothing is cut off in 'valid': the last stamp is there to its end.",
        lambda n, k, s, padding: n * s,
    )
    always_valid = mistake(
        "You treat 'same' like 'valid'. In 'same' the size is n times the stride, whatever the kernel.",
        lambda n, k, s, padding: n * s + max(k - s, 0),
    )
    same_is_n = mistake(
        "In 'same' you left the size as it was; that holds for stride 1 only. It becomes n times the stride.",
        lambda n, k, s, padding: n if padding == "same" else n * s + max(k - s, 0),
    )
    one_stride_too_many = mistake(
        "One stride too many in 'valid': n stamps are only n - 1 strides apart, and the last one is k long.",
        lambda n, k, s, padding: n * s if padding == "same" else n * s + k,
    )
