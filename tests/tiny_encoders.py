"""Encoders of a few random numbers, in the files that real ones are handed out in."""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torchaudio import models
from torchaudio.pipelines import Wav2Vec2Bundle

WIDTH, LAYERS, POSITIONS = 128, 3, 1500  # two heads
HUGGING_FACE = {
    "blocks.": "layers.",
    "attn_ln": "self_attn_layer_norm",
    "attn.query": "self_attn.q_proj",
    "attn.key": "self_attn.k_proj",
    "attn.value": "self_attn.v_proj",
    "attn.out": "self_attn.out_proj",
    "mlp_ln": "final_layer_norm",
    "mlp.0": "fc1",
    "mlp.2": "fc2",
    "ln_post": "layer_norm",
    "positional_embedding": "embed_positions.weight",
}
CTRANSLATE2 = {
    "blocks.": "layer_",
    "attn_ln.weight": "self_attention/layer_norm/gamma",
    "attn_ln.bias": "self_attention/layer_norm/beta",
    "attn.fused": "self_attention/linear_0",
    "attn.out": "self_attention/linear_1",
    "mlp_ln.weight": "ffn/layer_norm/gamma",
    "mlp_ln.bias": "ffn/layer_norm/beta",
    "mlp.0": "ffn/linear_0",
    "mlp.2": "ffn/linear_1",
    "ln_post.weight": "layer_norm/gamma",
    "ln_post.bias": "layer_norm/beta",
    "positional_embedding": "position_encodings/encodings",
    ".": "/",
}
NUMBERS = {"float32": 0, "int8": 1, "float16": 4}
EXTRACTOR = [(16, 10, 5), *[(16, 3, 2)] * 4, *[(16, 2, 2)] * 2]
WAV2VEC2 = {
    "extractor_mode": "group_norm",
    "extractor_conv_layer_config": EXTRACTOR,
    "extractor_conv_bias": False,
    "encoder_embed_dim": 32,
    "encoder_projection_dropout": 0.1,
    "encoder_pos_conv_kernel": 8,
    "encoder_pos_conv_groups": 4,
    "encoder_num_layers": 3,
    "encoder_num_heads": 4,
    "encoder_attention_dropout": 0.1,
    "encoder_ff_interm_features": 64,
    "encoder_ff_interm_dropout": 0.0,
    "encoder_dropout": 0.1,
    "encoder_layer_norm_first": False,
    "encoder_layer_drop": 0.05,
    "aux_num_out": 5,
}
WAVLM = {**WAV2VEC2, "encoder_num_buckets": 32, "encoder_max_distance": 80}
LARGE = {"extractor_mode": "layer_norm", "encoder_layer_norm_first": True}


def whisper_state(seed: int = 0) -> dict[str, Tensor]:
    """Weights of a Whisper of three blocks, by the names of OpenAI, exact in half precision."""
    draw = np.random.default_rng(seed)
    shapes = {
        "conv1.weight": (WIDTH, 80, 3),
        "conv2.weight": (WIDTH, WIDTH, 3),
        "positional_embedding": (POSITIONS, WIDTH),
        "ln_post.weight": (WIDTH,),
    }
    for n in range(LAYERS):
        for part in ("attn.query", "attn.key", "attn.value", "attn.out"):
            shapes[f"blocks.{n}.{part}.weight"] = (WIDTH, WIDTH)
        shapes[f"blocks.{n}.mlp.0.weight"] = (4 * WIDTH, WIDTH)
        shapes[f"blocks.{n}.mlp.2.weight"] = (WIDTH, 4 * WIDTH)
        shapes[f"blocks.{n}.attn_ln.weight"] = shapes[f"blocks.{n}.mlp_ln.weight"] = (WIDTH,)
    for name in [name for name in shapes if name.endswith(".weight") and ".key." not in name]:
        shapes[f"{name[:-7]}.bias"] = shapes[name][:1]
    state = {f"encoder.{name}": 0.1 * draw.standard_normal(shape) for name, shape in shapes.items()}
    return {name: torch.from_numpy(value).half().float() for name, value in state.items()}


def as_openai(path: Path, state: Mapping[str, Tensor]) -> Path:
    """Write a ``.pt`` of OpenAI."""
    halves = {name: value.half() for name, value in state.items()}
    torch.save({"dims": {"n_mels": 80}, "model_state_dict": halves}, path)
    return path


def as_hugging_face(folder: Path, state: Mapping[str, Tensor], parts: int = 1) -> Path:
    """Write a folder of Hugging Face."""
    folder.mkdir(exist_ok=True)
    named = {f"model.{renamed(name, HUGGING_FACE)}": value for name, value in state.items()}
    names = sorted(named)
    for i in range(parts):
        share = {name: named[name] for name in names[i::parts]}
        (folder / f"model-{i}.safetensors").write_bytes(safetensors(share))
    return folder


def safetensors(tensors: Mapping[str, Tensor]) -> bytes:
    header: dict[str, Any] = {"__metadata__": {"format": "pt"}}
    content = b""
    for name, value in tensors.items():
        data = value.half().numpy().tobytes()
        offsets = [len(content), len(content) + len(data)]
        header[name] = {"dtype": "F16", "shape": list(value.shape), "data_offsets": offsets}
        content += data
    text = json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + content


def as_ctranslate2(path: Path, state: Mapping[str, Tensor], dtype: str = "float16") -> Path:
    """Write a ``model.bin`` of CTranslate2; of ``int8`` weights are quantised row by row."""
    plain = {name: value for name, value in state.items() if "attn.q" not in name}
    plain = {n: v for n, v in plain.items() if "attn.key" not in n and "attn.value" not in n}
    for n in range(LAYERS):
        begin = f"encoder.blocks.{n}.attn"
        weights = [state[f"{begin}.{part}.weight"] for part in ("query", "key", "value")]
        biases = [state[f"{begin}.query.bias"], torch.zeros(WIDTH), state[f"{begin}.value.bias"]]
        plain[f"{begin}.fused.weight"] = torch.cat(weights)
        plain[f"{begin}.fused.bias"] = torch.cat(biases)
    arrays: dict[str, Any] = {"encoder/num_heads": np.int16(2)}
    for name, value in plain.items():
        arrays |= quantised(renamed(name, CTRANSLATE2), value.numpy(), dtype)
    path.write_bytes(model_bin(arrays))
    return path


def quantised(name: str, array: Any, dtype: str) -> dict[str, Any]:
    if dtype != "int8" or array.ndim != 2 or not name.endswith("weight"):
        return {name: array.astype("float32" if dtype == "int8" else dtype)}
    scale = (127 / np.abs(array).max(1)).astype(np.float32)
    return {name: np.rint(array * scale[:, None]).astype(np.int8), f"{name}_scale": scale}


def model_bin(arrays: Mapping[str, Any]) -> bytes:
    """Write variables as CTranslate2 does."""
    content = struct.pack("<I", 6) + word("WhisperSpec") + struct.pack("<II", 3, len(arrays))
    for name, array in arrays.items():
        kind = {**NUMBERS, "int16": 2}[str(array.dtype)]
        content += word(name) + struct.pack(f"<B{array.ndim}I", array.ndim, *array.shape)
        content += struct.pack("<BI", kind, array.nbytes) + array.tobytes()
    return content + struct.pack("<I", 0)


def word(text: str) -> bytes:
    return struct.pack("<H", len(text) + 1) + text.encode() + b"\0"


def renamed(name: str, names: Mapping[str, str]) -> str:
    for theirs, other in names.items():
        name = name.replace(theirs, other)
    return name


def network_of(bundle: Wav2Vec2Bundle) -> Any:
    """Give the network of a bundle, with random weights that are the same each time."""
    make = models.wavlm_model if bundle._model_type == "WavLM" else models.wav2vec2_model
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        network = make(**bundle._params)
    draw = np.random.default_rng(0)
    for value in network.state_dict().values():
        value.copy_(torch.from_numpy(0.2 * draw.standard_normal(tuple(value.shape))))
    return network.eval()
