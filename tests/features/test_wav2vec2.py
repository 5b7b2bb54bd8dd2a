"""wav2vec 2.0, HuBERT and WavLM as front ends, as torchaudio computes them alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from test_pinned_numbers import compare, glide
from tiny_encoders import LARGE, WAV2VEC2, WAVLM, network_of
from torch import Tensor
from torchaudio import pipelines
from torchaudio.pipelines import Wav2Vec2Bundle

from ser.errors import ConfigError
from ser.features import Wav2Vec2, build_front_end

BUNDLES = {
    "HUBERT_TINY": Wav2Vec2Bundle("tiny.pth", WAV2VEC2, 16_000, False, "Wav2Vec2"),
    "WAV2VEC2_TINY_LARGE": Wav2Vec2Bundle(
        "large.pth", {**WAV2VEC2, **LARGE}, 16_000, True, "Wav2Vec2"
    ),
    "WAVLM_TINY": Wav2Vec2Bundle("wavlm.pth", WAVLM, 16_000, False, "WavLM"),
    "WAVLM_TINY_LARGE": Wav2Vec2Bundle("both.pth", {**WAVLM, **LARGE}, 16_000, True, "WavLM"),
}
LENGTHS = torch.tensor([9000, 5001, 700, 399, 80])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Give a folder with the weights of the tiny bundles, which torchaudio knows meanwhile."""
    folder = tmp_path_factory.mktemp("tiny")
    with pytest.MonkeyPatch.context() as patch:
        for name, bundle in BUNDLES.items():
            patch.setattr(pipelines, name, bundle, raising=False)
            torch.save(network_of(bundle).state_dict(), folder / f"{name}.pth")
        yield folder


@pytest.fixture
def waveform() -> Tensor:
    draw = torch.Generator().manual_seed(0)
    return 0.1 * torch.randn(len(LENGTHS), 9000, generator=draw)


def made(folder: Path, name: str, layer: int = 2, pooling: str = "sequence") -> Wav2Vec2:
    """Give the front end that keeps level and silence as they are."""
    settings = {"bundle": name, "layer": layer, "pooling": pooling, "trim": None, "level": None}
    return Wav2Vec2(str(folder / f"{name}.pth"), **settings)


@pytest.mark.parametrize("name", BUNDLES)
def test_the_states_are_those_that_torchaudio_gives_of_an_utterance_alone(
    folder: Path, waveform: Tensor, name: str
) -> None:
    bundle, alone = BUNDLES[name], waveform[:1]
    heard = torch.nn.functional.layer_norm(alone, alone.shape)
    with torch.no_grad():
        given = heard if bundle._normalize_waveform else alone
        expected = network_of(bundle).extract_features(given)[0]
    for layer, states in enumerate(expected, start=1):
        found = made(folder, name, layer)(alone)
        torch.testing.assert_close(found, states.transpose(1, 2), atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("pooling", ["mean_std", "thirds", "sequence"])
@pytest.mark.parametrize("name", BUNDLES)
def test_an_utterance_gives_the_same_numbers_alone_and_among_longer_ones(
    folder: Path, waveform: Tensor, name: str, pooling: str
) -> None:
    front_end = made(folder, name, pooling=pooling)
    together = front_end(waveform, LENGTHS)
    for i, length in enumerate(LENGTHS.tolist()):
        alone = front_end(waveform[i : i + 1, :length])[0]
        own = together[i, ..., : alone.shape[-1]]
        torch.testing.assert_close(own, alone, atol=1e-4, rtol=1e-4)
        assert pooling != "sequence" or not together[i, :, alone.shape[-1] :].any()
        assert int(front_end.num_frames(LENGTHS)[i]) == (alone.shape[-1] if alone.ndim == 2 else 1)


def test_the_numbers_are_those_of_their_version(folder: Path) -> None:
    front_end = made(folder, "WAVLM_TINY", pooling="mean_std")
    compare("Wav2Vec2", front_end.version, front_end(glide()[None]))


@pytest.mark.parametrize("layer", [0, 3])
def test_a_description_finds_its_weights_by_their_digest(
    folder: Path, waveform: Tensor, monkeypatch: pytest.MonkeyPatch, layer: int
) -> None:
    front_end = made(folder, "WAVLM_TINY", layer)
    spec = front_end.spec()
    assert str(folder) not in str(spec)
    with pytest.raises(ConfigError, match=r"SER_WEIGHTS.*download"):
        build_front_end(spec)
    monkeypatch.setenv("SER_WEIGHTS", str(folder))
    rebuilt = build_front_end(spec)
    assert rebuilt.spec() == spec
    assert torch.equal(rebuilt(waveform, LENGTHS), front_end(waveform, LENGTHS))


def test_weights_named_as_before_pytorch_2_are_read(folder: Path, tmp_path: Path) -> None:
    state = network_of(BUNDLES["HUBERT_TINY"]).state_dict()
    names = {"parametrizations.weight.original0": "weight_g"}
    names |= {"parametrizations.weight.original1": "weight_v"}
    for new, old in names.items():
        state = {name.replace(new, old): value for name, value in state.items()}
    torch.save(state, tmp_path / "old.pth")
    expected = made(folder, "HUBERT_TINY").load().state_dict()
    found = Wav2Vec2(str(tmp_path / "old.pth"), bundle="HUBERT_TINY", layer=2).load().state_dict()
    assert all(torch.equal(found[name], value) for name, value in expected.items())


def test_loading_leaves_random_numbers_as_they_are(folder: Path) -> None:
    torch.manual_seed(0)
    expected = torch.rand(1)
    torch.manual_seed(0)
    made(folder, "HUBERT_TINY").load()
    assert torch.equal(torch.rand(1), expected)


def test_silence_gives_finite_numbers(folder: Path) -> None:
    for name in BUNDLES:
        assert made(folder, name)(torch.zeros(2, 3000)).isfinite().all()


def test_weights_of_another_bundle_are_refused(folder: Path, waveform: Tensor) -> None:
    front_end = Wav2Vec2(str(folder / "HUBERT_TINY.pth"), bundle="HUBERT_BASE")
    with pytest.raises(ConfigError, match="choose the bundle that the file is of"):
        front_end(waveform)


def test_weights_of_another_network_are_not_called_damaged(tmp_path: Path) -> None:
    torch.save({"encoder.layer": torch.zeros(3)}, tmp_path / "other.pt")
    with pytest.raises(ConfigError, match=r"holds no .*, so it is of another network") as refused:
        Wav2Vec2(str(tmp_path / "other.pt"), layer=2)(torch.randn(1, 16_000))
    assert "damaged" not in str(refused.value)


def test_an_unknown_bundle_is_answered_with_the_one_that_was_likely_meant() -> None:
    with pytest.raises(ConfigError, match="did you mean 'HUBERT_BASE'"):
        Wav2Vec2(bundle="HUBERT_BAS")
