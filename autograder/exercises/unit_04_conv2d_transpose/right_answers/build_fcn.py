"""Right answers to `build_fcn`, each written in another way."""


def pooled_and_functional(input_shape):
    import keras

    layers = keras.layers
    inputs = keras.Input(input_shape)
    hidden = layers.Conv2D(12, 3, padding="same", activation="relu")(inputs)
    hidden = layers.MaxPooling2D(2)(hidden)
    hidden = layers.Conv2D(12, 3, padding="same", activation="relu")(hidden)
    hidden = layers.Conv2DTranspose(3, 2, strides=2)(hidden)
    return keras.Model(inputs, layers.Softmax()(hidden))


def down_and_up_twice(input_shape):
    import keras

    layers = keras.layers
    return keras.Sequential(
        [
            keras.Input(input_shape),
            layers.Conv2D(8, 5, strides=2, padding="same", activation="relu"),
            layers.Conv2D(16, 3, strides=2, padding="same", activation="relu"),
            layers.Conv2DTranspose(8, 4, strides=2, padding="same", activation="relu"),
            layers.Conv2DTranspose(3, 4, strides=2, padding="same", activation="softmax"),
        ]
    )


def with_a_shortcut(input_shape):
    import keras

    layers = keras.layers
    inputs = keras.Input(input_shape)
    fine = layers.Conv2D(8, 3, padding="same", activation="relu")(inputs)
    coarse = layers.Conv2D(16, 3, strides=2, padding="same", activation="relu")(fine)
    back = layers.Conv2DTranspose(8, 2, strides=2, padding="same", activation="relu")(coarse)
    joined = layers.Concatenate()([fine, back])
    return keras.Model(inputs, layers.Conv2D(3, 1, activation="softmax")(joined))


def built_layer_by_layer(input_shape):
    import keras

    model = keras.models.Sequential()
    model.add(keras.layers.Input(shape=input_shape))
    for filters in (8, 16):
        model.add(keras.layers.SeparableConv2D(filters, (3, 3), padding="same"))
        model.add(keras.layers.BatchNormalization())
        model.add(keras.layers.LeakyReLU())
        model.add(keras.layers.AveragePooling2D((2, 2)))
    model.add(keras.layers.UpSampling2D((4, 4)))
    model.add(keras.layers.Conv2DTranspose(3, (3, 3), padding="same"))
    model.add(keras.layers.Activation("softmax"))
    return model


def one_model_inside_another(input_shape):
    import keras

    layers = keras.layers
    down = keras.Sequential([layers.Conv2D(12, 4, strides=4, activation="gelu"), layers.Dropout(0.1)])
    up = keras.Sequential([layers.Conv2DTranspose(12, 4, strides=4, activation="elu"), layers.Conv2D(3, 1)])
    inputs = keras.Input(shape=input_shape)
    return keras.Model(inputs=inputs, outputs=keras.ops.softmax(up(down(inputs)), axis=-1))


def compiled_with_another_optimizer(input_shape):
    import keras

    layers = keras.layers
    model = keras.Sequential(
        [
            layers.Input(input_shape),
            layers.Rescaling(0.5),
            layers.Conv2D(6, 3, strides=2, padding="same", activation="tanh", kernel_regularizer="l2"),
            layers.Conv2DTranspose(3, 4, strides=2, padding="same", activation="softmax"),
        ]
    )
    model.compile("rmsprop", loss=keras.losses.SparseCategoricalCrossentropy(), metrics=["accuracy"])
    return model


def a_class_of_its_own(input_shape):
    import keras

    class Labeller(keras.Model):
        def __init__(self):
            super().__init__()
            self.down = keras.layers.Conv2D(8, 3, strides=2, padding="same", activation="relu")
            self.up = keras.layers.Conv2DTranspose(3, 2, strides=2, activation="softmax")

        def call(self, pictures):
            return self.up(self.down(pictures))

    model = Labeller()
    model.build((None, *input_shape))
    return model


def slow_to_learn(input_shape):
    import keras

    down = [keras.layers.Conv2D(8, 3, 2, "same", activation="sigmoid") for _ in range(2)]
    up = [keras.layers.Conv2DTranspose(8, 3, 2, "same", activation="sigmoid") for _ in range(2)]
    last = keras.layers.Conv2D(3, 1, activation="softmax")
    return keras.Sequential([keras.Input(input_shape), *down, *up, last])


def as_small_as_it_gets(input_shape):
    import keras

    inputs = keras.Input(input_shape)
    grey = keras.layers.Conv2D(2, 1, activation="relu")(inputs)
    return keras.Model(inputs, keras.layers.Conv2DTranspose(3, 1, activation="softmax")(grey))
