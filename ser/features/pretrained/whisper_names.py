"""What Whisper's weights are called by those who hand them out, and what size they are of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count

import torch
from torch import Tensor

from ser.errors import ConfigError
from ser.features.limits import require
from ser.features.mel import MOST_BANDS
from ser.features.pretrained.tensors import Tensors
from ser.features.pretrained.whisper_network import HEAD, Size

NORMS = ("attention_norm", "dense_norm", "norm")
FUSED = "queries_keys_values"


@dataclass(frozen=True)
class Names:
    """Names of the parts of an encoder.

    Args:
        first: Name of the first convolution, by which the scheme is recognised.
        positions: Name of the codes of positions.
        block: Name of a block, with a place for its number.
        parts: Names of other parts, by those of ``WhisperEncoder``; within a block those of
            queries, keys and values, or the one that they share.
        weight: Last words of weight and bias, with what separates them from the part.
        norm: The same of a layer norm.
    """

    first: str
    positions: str
    block: str
    parts: Mapping[str, str | tuple[str, str, str]]
    weight: tuple[str, str] = (".weight", ".bias")
    norm: tuple[str, str] = (".weight", ".bias")


def _hugging_face(prefix: str) -> Names:
    return Names(
        f"{prefix}conv1",
        f"{prefix}embed_positions.weight",
        f"{prefix}layers.{{}}.",
        {
            "conv2": f"{prefix}conv2",
            "norm": f"{prefix}layer_norm",
            "attention_norm": "self_attn_layer_norm",
            FUSED: ("self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"),
            "attended": "self_attn.out_proj",
            "dense_norm": "final_layer_norm",
            "wider": "fc1",
            "narrower": "fc2",
        },
    )


OPENAI = Names(
    "encoder.conv1",
    "encoder.positional_embedding",
    "encoder.blocks.{}.",
    {
        "conv2": "encoder.conv2",
        "norm": "encoder.ln_post",
        "attention_norm": "attn_ln",
        FUSED: ("attn.query", "attn.key", "attn.value"),
        "attended": "attn.out",
        "dense_norm": "mlp_ln",
        "wider": "mlp.0",
        "narrower": "mlp.2",
    },
)
CTRANSLATE2 = Names(
    "encoder/conv1",
    "encoder/position_encodings/encodings",
    "encoder/layer_{}/",
    {
        "conv2": "encoder/conv2",
        "norm": "encoder/layer_norm",
        "attention_norm": "self_attention/layer_norm",
        FUSED: "self_attention/linear_0",
        "attended": "self_attention/linear_1",
        "dense_norm": "ffn/layer_norm",
        "wider": "ffn/linear_0",
        "narrower": "ffn/linear_1",
    },
    ("/weight", "/bias"),
    ("/gamma", "/beta"),
)
ALL = (CTRANSLATE2, OPENAI, _hugging_face("model.encoder."), _hugging_face("encoder."))


def names_in(tensors: Tensors) -> Names:
    """Recognise how a file names its weights.

    Raises:
        ConfigError: If they are not those of a Whisper.
    """
    for names in ALL:  # OpenAI and Hugging Face give the first convolution one name
        if names.positions in tensors:
            return names
    raise ConfigError(
        f"weights={tensors.path} are not those of a Whisper: there is no {OPENAI.positions} or the "
        "like; name a model.bin of CTranslate2, a .pt of OpenAI, or a folder of Hugging Face."
    )


def size_of(tensors: Tensors) -> Size:
    """Read the size of an encoder off the shapes of its weights.

    Raises:
        ConfigError: If they are those of no Whisper.
    """
    names = names_in(tensors)
    convolution = tensors.shape(f"{names.first}{names.weight[0]}")
    positions = tensors.shape(names.positions)
    fits = [len(convolution), len(positions)] == [3, 2] and convolution[0] == positions[1]
    require(
        fits and positions[1] % HEAD == 0 and 0 < convolution[1] <= MOST_BANDS,
        f"weights={tensors.path} have a convolution of shape {convolution} and positions of shape "
        f"{positions}, as no Whisper has; name another file.",
    )
    norm = f"{names.parts['attention_norm']}{names.norm[0]}"
    layers = next(n for n in count() if f"{names.block.format(n)}{norm}" not in tensors)
    return Size(convolution[1], positions[1], layers, positions[0])


def weights_of(tensors: Tensors, size: Size, layer: int) -> dict[str, Tensor]:
    """Read the weights of the first blocks of an encoder, by the names of ``WhisperEncoder``.

    Args:
        tensors: Weights of the whole.
        size: Its size.
        layer: Blocks wanted.

    Raises:
        ConfigError: If one is absent, damaged or not finite.
    """
    names = names_in(tensors)
    found = {"positions": tensors.read(names.positions)}
    found |= _pair(tensors, names, "conv1", names.first)
    found |= _pair(tensors, names, "conv2", str(names.parts["conv2"]))
    if layer == size.layers:
        found |= _pair(tensors, names, "norm", str(names.parts["norm"]))
    for n in range(layer):
        found |= _block(tensors, names, n)
    bad = [name for name, value in found.items() if not value.isfinite().all()]
    require(not bad, f"weights={tensors.path}: {bad} are not finite numbers; get the file again.")
    return found


def _block(tensors: Tensors, names: Names, n: int) -> dict[str, Tensor]:
    found: dict[str, Tensor] = {}
    begin = names.block.format(n)
    for part, theirs in names.parts.items():
        if part in ("conv2", "norm"):
            continue
        if isinstance(theirs, str):
            found |= _pair(tensors, names, f"blocks.{n}.{part}", f"{begin}{theirs}")
        else:
            found |= _joined(tensors, names, f"blocks.{n}.{part}", [begin + t for t in theirs])
    return found


def _pair(tensors: Tensors, names: Names, ours: str, theirs: str) -> dict[str, Tensor]:
    weight, bias = names.norm if ours.rpartition(".")[2] in NORMS else names.weight
    return {
        f"{ours}.weight": tensors.read(f"{theirs}{weight}"),
        f"{ours}.bias": tensors.read(f"{theirs}{bias}"),
    }


def _joined(tensors: Tensors, names: Names, ours: str, theirs: list[str]) -> dict[str, Tensor]:
    """Put queries, keys and values one below the other; keys have no bias."""
    weights = [tensors.read(f"{part}{names.weight[0]}") for part in theirs]
    biases = [
        tensors.read(bias) if (bias := f"{part}{names.weight[1]}") in tensors else weight[:, 0] * 0
        for part, weight in zip(theirs, weights, strict=True)
    ]
    return {f"{ours}.weight": torch.cat(weights), f"{ours}.bias": torch.cat(biases)}
