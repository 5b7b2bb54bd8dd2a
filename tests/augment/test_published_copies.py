import os
import subprocess
import sys

import librosa
import numpy as np
import pytest
import torch
from torch import Tensor

from ser.augment import COPIES_VERSION, VIEWS, pitch_shift, published_copies, time_stretch, view
from ser.corpora import Synthetic
from ser.corpora.synthetic.corpus import Recording
from ser.errors import ConfigError

RATE = 22_050  # Hz, of the published clips


@pytest.fixture
def clip() -> Tensor:
    """Half a second of seeded noise."""
    return 0.1 * torch.randn(RATE // 2, generator=torch.Generator().manual_seed(0))


def test_the_views_are_the_four_published_rows(clip: Tensor) -> None:
    assert tuple(published_copies(clip, RATE, "03a01Fa")) == VIEWS
    assert VIEWS == ("original", "noise", "stretch_pitch_07", "stretch_pitch_06")


@pytest.mark.parametrize("name", VIEWS)
def test_a_view_alone_is_the_view_among_all(name: str, clip: Tensor) -> None:
    assert torch.equal(
        view(name, clip, RATE, "03a01Fa", seed=3), published_copies(clip, RATE, "03a01Fa", 3)[name]
    )


def test_the_original_is_unchanged(clip: Tensor) -> None:
    assert torch.equal(view("original", clip, RATE, "03a01Fa"), clip)


@pytest.mark.parametrize("name", VIEWS)
def test_a_view_is_the_same_every_time(name: str, clip: Tensor) -> None:
    assert torch.equal(view(name, clip, RATE, "03a01Fa"), view(name, clip, RATE, "03a01Fa"))


def test_noise_differs_between_utterances(clip: Tensor) -> None:
    first, second = (view("noise", clip, RATE, name) for name in ("03a01Fa", "03a01Fb"))
    assert not torch.equal(first, second)


def test_noise_differs_between_seeds(clip: Tensor) -> None:
    first, second = (view("noise", clip, RATE, "03a01Fa", seed) for seed in (0, 1))
    assert not torch.equal(first, second)


def test_noise_does_not_depend_on_the_hash_seed_of_the_process(clip: Tensor) -> None:
    code = (
        "import torch; from ser.augment import view;"
        "print(view('noise', torch.ones(4), 22050, '03a01Fa').tolist())"
    )
    run = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONHASHSEED": "123"},
        capture_output=True,
        text=True,
        check=True,
    )
    expected = view("noise", torch.ones(4), RATE, "03a01Fa").tolist()
    assert run.stdout.strip() == str(expected)


def test_noise_levels_are_uniform_up_to_the_published_one() -> None:
    clip = torch.zeros(2000)
    clip[0] = 2.0
    noises = [view("noise", clip, RATE, str(i)) - clip for i in range(300)]
    levels = torch.stack(noises).std(1) / 2.0
    assert levels.max() == pytest.approx(0.015, rel=0.08)
    assert levels.min() < 0.0005
    assert levels.mean() == pytest.approx(0.0075, rel=0.1)


def test_noise_follows_the_signed_maximum_not_the_peak() -> None:
    clip = torch.full((1000,), -1.0)
    clip[0] = 0.0
    assert torch.equal(view("noise", clip, RATE, "03a01Fa"), clip)


@pytest.mark.parametrize(
    ("name", "semitones"), [("stretch_pitch_07", 0.7), ("stretch_pitch_06", 0.6)]
)
def test_stretched_views_are_stretched_first_and_then_shifted(
    name: str, semitones: float, clip: Tensor
) -> None:
    expected = pitch_shift(time_stretch(clip, 0.8), semitones)
    assert torch.equal(view(name, clip, RATE, "03a01Fa"), expected)


@pytest.mark.parametrize("name", ["stretch_pitch_07", "stretch_pitch_06"])
def test_stretched_views_are_a_quarter_longer(name: str, clip: Tensor) -> None:
    assert view(name, clip, RATE, "03a01Fa").shape == (round(len(clip) / 0.8),)


def test_the_global_generator_is_left_alone(clip: Tensor) -> None:
    state = torch.get_rng_state()
    published_copies(clip, RATE, "03a01Fa")
    assert torch.equal(torch.get_rng_state(), state)


def test_a_copy_can_be_made_without_autograd_bookkeeping(clip: Tensor) -> None:
    with torch.inference_mode():
        inside = published_copies(clip, RATE, "03a01Fa")
    outside = published_copies(clip, RATE, "03a01Fa")
    assert all(torch.equal(inside[name], outside[name]) for name in VIEWS)


@pytest.mark.parametrize(
    ("name", "semitones"), [("stretch_pitch_07", 0.7), ("stretch_pitch_06", 0.6)]
)
@pytest.mark.parametrize("speaking", [("03", "a01", "F"), ("14", "a05", "A"), ("16", "b10", "T")])
def test_copies_of_speech_sound_like_those_of_librosa(
    speaking: tuple[str, str, str], name: str, semitones: float
) -> None:
    recording = Recording(*speaking, take="a")
    made = Synthetic(sentences=10).waveform(recording)
    clip = librosa.resample(made, orig_sr=16_000, target_sr=RATE)[: int(2.5 * RATE)]
    slow = librosa.effects.time_stretch(clip, rate=0.8)
    expected = librosa.effects.pitch_shift(slow, sr=RATE, n_steps=semitones)
    ours = view(name, torch.from_numpy(clip), RATE, recording.id).numpy()
    sounds = (ours, expected, clip)
    made, theirs, original = (librosa.feature.mfcc(y=y, sr=RATE).mean(1) for y in sounds)
    assert np.linalg.norm(made - theirs) < 0.3 * np.linalg.norm(original - theirs)


def test_the_version_is_a_plain_number_for_cache_keys() -> None:
    assert isinstance(COPIES_VERSION, int)


def test_the_numbers_of_this_version_have_not_changed() -> None:
    expected = [1.0077249, 0.9995905, 0.9994771]
    noise = view("noise", torch.ones(3), RATE, "03a01Fa", seed=0)
    torch.testing.assert_close(noise, torch.tensor(expected), rtol=0, atol=1e-6)


def test_an_unknown_view_is_refused(clip: Tensor) -> None:
    with pytest.raises(ConfigError, match="view='echo' is unknown; choose one of original, noise"):
        view("echo", clip, RATE, "03a01Fa")


def test_a_sampling_rate_of_zero_is_refused(clip: Tensor) -> None:
    with pytest.raises(ConfigError, match="sample_rate=0 must be positive"):
        view("noise", clip, 0, "03a01Fa")
