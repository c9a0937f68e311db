"""Right answers to `load_encoder`, each written in another way."""


def block_by_block(tensors):
    def pair(path, turn=True):
        weight = tensors[path + ".weight"]
        return (weight.T if turn else weight), tensors[path + ".bias"]

    blocks = []
    begin, end = "encoder.layer.", ".attention.output.dense.bias"
    for number in sorted(
        int(name[len(begin) :].split(".")[0]) for name in tensors if name[:14] == begin and end in name
    ):
        at = f"encoder.layer.{number}."
        blocks.append(
            {
                "query": pair(at + "attention.self.query"),
                "key": pair(at + "attention.self.key"),
                "value": pair(at + "attention.self.value"),
                "out": pair(at + "attention.output.dense"),
                "norm_1": pair(at + "attention.output.LayerNorm", turn=False),
                "up": pair(at + "intermediate.dense"),
                "down": pair(at + "output.dense"),
                "norm_2": pair(at + "output.LayerNorm", turn=False),
            }
        )
    return {
        "word": tensors["embeddings.word_embeddings.weight"],
        "place": tensors["embeddings.position_embeddings.weight"],
        "segment": tensors["embeddings.token_type_embeddings.weight"],
        "norm": pair("embeddings.LayerNorm", turn=False),
        "blocks": blocks,
    }


_NAMES = {
    "query": "attention.self.query",
    "key": "attention.self.key",
    "value": "attention.self.value",
    "out": "attention.output.dense",
    "norm_1": "attention.output.LayerNorm",
    "up": "intermediate.dense",
    "down": "output.dense",
    "norm_2": "output.LayerNorm",
}


def numbers_from_the_names(tensors):
    last = max((int(name.split(".")[2]) for name in tensors if name.startswith("encoder.layer.")), default=-1)
    found = {"blocks": []}
    for number in range(last + 1):
        if f"encoder.layer.{number}.output.dense.weight" not in tensors:
            continue
        block = {}
        for ours, theirs in _NAMES.items():
            weight, bias = (tensors[f"encoder.layer.{number}.{theirs}.{part}"] for part in ("weight", "bias"))
            block[ours] = (weight.T, bias)  # .T of one axis changes nothing
        found["blocks"].append(block)
    for ours, theirs in (("word", "word"), ("place", "position"), ("segment", "token_type")):
        found[ours] = tensors[f"embeddings.{theirs}_embeddings.weight"]
    found["norm"] = (tensors["embeddings.LayerNorm.weight"], tensors["embeddings.LayerNorm.bias"])
    return found


def with_regular_expressions(tensors):
    import re

    import numpy as np

    ours = {theirs: name for name, theirs in _NAMES.items()}
    blocks = {}
    for name, tensor in tensors.items():
        match = re.fullmatch(r"encoder\.layer\.(\d+)\.(.+)\.(weight|bias)", name)
        if match and match[2] in ours:
            pair = blocks.setdefault(int(match[1]), {}).setdefault(ours[match[2]], {})
            pair[match[3]] = np.swapaxes(tensor, 0, 1) if tensor.ndim > 1 else tensor
    tables = {
        name: tensors["embeddings." + long + "_embeddings.weight"]
        for name, long in {"word": "word", "place": "position", "segment": "token_type"}.items()
    }
    ordered = [
        {name: (pair["weight"], pair["bias"]) for name, pair in blocks[number].items()} for number in sorted(blocks)
    ]
    return {
        **tables,
        "norm": tuple(tensors[f"embeddings.LayerNorm.{p}"] for p in ("weight", "bias")),
        "blocks": ordered,
    }


def with_copies(tensors):
    import numpy as np

    def kernel(name):
        return np.array(tensors[name + ".weight"].transpose(), order="C"), np.array(tensors[name + ".bias"])

    def norm(name):
        return tuple(tensors[f"{name}.{part}"].copy() for part in ["weight", "bias"])

    result = dict.fromkeys(["word", "place", "segment"])
    for ours, theirs in zip(result, ["word", "position", "token_type"], strict=True):
        result[ours] = tensors[f"embeddings.{theirs}_embeddings.weight"].astype("float64")
    result["norm"] = norm("embeddings.LayerNorm")
    result["blocks"] = []
    numbers = {name.split(".")[2] for name in tensors if name[:13] == "encoder.layer"}
    for number in sorted(numbers, key=int):
        at = f"encoder.layer.{number}."
        result["blocks"].append(
            {name: (norm if "norm" in name else kernel)(at + path) for name, path in _NAMES.items()}
        )
    return result


def by_one_tensor_of_each(tensors):
    import numpy as np

    get, tail = tensors.get, ".attention.self.query.bias"
    blocks = [name.removesuffix(tail).rpartition(".")[2] for name in tensors if name.endswith(tail)]
    return {
        "word": get("embeddings.word_embeddings.weight"),
        "place": get("embeddings.position_embeddings.weight"),
        "segment": get("embeddings.token_type_embeddings.weight"),
        "norm": (get("embeddings.LayerNorm.weight"), get("embeddings.LayerNorm.bias")),
        "blocks": [
            {
                name: (
                    np.einsum("oi->io", w) if (w := get(f"encoder.layer.{i}.{path}.weight")).ndim == 2 else w,
                    get(f"encoder.layer.{i}.{path}.bias"),
                )
                for name, path in _NAMES.items()
            }
            for i in sorted(blocks, key=lambda text: (len(text), text))
        ],
    }
