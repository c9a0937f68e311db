"""Right answers to `save_and_reload`, each written in another way."""


def usual(model, path):
    import keras

    model.save(path)
    return keras.models.load_model(path)


def by_functions(model, path):
    import keras

    keras.saving.save_model(model, str(path), overwrite=True)
    return keras.saving.load_model(filepath=str(path))


def by_a_checkpoint(model, path):
    import keras

    keep = keras.callbacks.ModelCheckpoint(path)
    keep.set_model(model)
    keep.on_epoch_end(0, {})
    return keras.models.load_model(path)


def moved_into_place(model, path):
    import keras

    first = path.with_name("first.keras")
    model.save(first)
    loaded = keras.models.load_model(first)
    first.rename(path)
    return loaded


def with_tensorflow(model, path):
    import tensorflow as tf

    tf.keras.models.save_model(model, path)
    if not path.is_file():
        raise FileNotFoundError(path)
    return tf.keras.models.load_model(path, compile=True, safe_mode=True)


def bytes_copied(model, path):
    import tempfile
    from pathlib import Path

    import keras

    with tempfile.TemporaryDirectory() as folder:
        elsewhere = Path(folder) / "copy.keras"
        keras.Model.save(model, path, include_optimizer=True)
        elsewhere.write_bytes(path.read_bytes())
        return keras.models.load_model(elsewhere)
