"""On shuffled labels every honest regime answers with chance, and a leaking one does not."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import soundfile
import torch
from pytorch_lightning import Trainer

from ser.augment import Augmentation, Mixup
from ser.corpora.corpus import Corpus, Utterance
from ser.data.datamodule import CorpusDataModule
from ser.evaluation.figures import figures
from ser.features import FrontEnd, LogMel, UtteranceStatistics
from ser.folds import REGIMES, Regime, regime
from ser.folds.protocol import Protocol
from ser.models import MLP, EmotionClassifier, LSTMClassifier

RATE = 16_000
EMOTIONS = ("anger", "fear", "joy", "sadness")
SPEAKERS, SENTENCES, TAKES = 4, 4, 2
FOLDS = {"kfold": 4, "stratified": 4, "speaker_kfold": 3, "speaker_sentence": 2}


class Tones(Corpus):
    """Tones in noise: the emotion is the pitch, and no two recordings are alike."""

    name = "tones"
    labels = EMOTIONS
    counts = {}  # noqa: RUF012 - as in every corpus

    def __init__(self, root: Path) -> None:
        self.root = root

    def utterances(self) -> list[Utterance]:
        """List them, as their names say."""
        return [self._read(path) for path in sorted(self.root.glob("*.wav"))]

    def _read(self, path: Path) -> Utterance:
        speaker, sentence, emotion, _ = path.stem.split("-")
        session = str(int(speaker) % 3)
        return Utterance(path.stem, path, EMOTIONS[int(emotion)], speaker, sentence, session)


@pytest.fixture(scope="module")
def tones(tmp_path_factory: pytest.TempPathFactory) -> Tones:
    """Write 128 recordings of a fifth of a second."""
    root = tmp_path_factory.mktemp("tones")
    time = np.arange(RATE // 5) / RATE
    for index in np.ndindex(SPEAKERS, SENTENCES, len(EMOTIONS), TAKES):
        draw = np.random.default_rng(index)
        pitch = 200 * 1.6 ** index[2] * draw.uniform(0.95, 1.05)
        wave = 0.2 * np.sin(2 * np.pi * pitch * time) + 0.1 * draw.standard_normal(len(time))
        soundfile.write(root / f"{'-'.join(map(str, index))}.wav", wave, RATE)
    return Tones(root)


FRAMES = LogMel(RATE, window=0.032, hop=0.016, n_mels=24)
VECTORS = UtteranceStatistics(RATE, window=0.032, hop=0.016, level_window=0.032, parts=["mfcc"])
LSTM = partial(LSTMClassifier.for_data, learning_rate=3e-3, hidden_size=32, dropout=0.0)


def uar_of(
    corpus: Corpus,
    cv: Regime,
    front_end: FrontEnd = FRAMES,
    make: Callable[[CorpusDataModule], EmotionClassifier] = LSTM,
    **settings: Any,
) -> tuple[float, int]:
    """Cross-validate a small network; gives its pooled UAR and how many were tested."""
    data = CorpusDataModule(corpus, front_end, cv, batch_size=16, **settings)
    tables = [_predictions(data.at_fold(fold), make) for fold in range(data.num_folds)]
    found = pd.concat(tables)
    return figures(found["truth"], found["prediction"])["uar"], len(found)


def _predictions(
    data: CorpusDataModule, make: Callable[[CorpusDataModule], EmotionClassifier]
) -> pd.DataFrame:
    data.setup()
    torch.manual_seed(0)
    network = make(data)
    quiet = {"logger": False, "enable_checkpointing": False, "enable_progress_bar": False}
    trainer = Trainer(
        max_epochs=15,
        accelerator="cpu",
        enable_model_summary=False,
        num_sanity_val_steps=0,
        **quiet,
    )
    trainer.fit(network, data)
    chosen = torch.cat(trainer.predict(network, data)).argmax(1).tolist()
    truth = [row.emotion for row in data.fold_data.rows("test")]
    return pd.DataFrame({"truth": truth, "prediction": [data.labels[i] for i in chosen]})


def chance_at_most(tested: int) -> float:
    """Highest UAR that guessing reaches: four standard deviations above chance."""
    share = 1 / len(EMOTIONS)
    return share + 4 * (share * (1 - share) / tested) ** 0.5


def make(name: str, tmp_path: Path, corpus: Corpus) -> Regime:
    if name == "predefined":
        lines = [f"{u.id},{i % 3}" for i, u in enumerate(corpus.utterances())]
        (tmp_path / "folds.csv").write_text("\n".join(["id,fold", *lines]))
        return regime(name, file=tmp_path / "folds.csv")
    return regime(name, FOLDS.get(name))


@pytest.mark.parametrize("name", [name for name in REGIMES if name != "corpus"])  # needs several
def test_shuffled_labels_give_chance_in_every_honest_regime(name, tones, tmp_path):
    uar, tested = uar_of(tones, make(name, tmp_path, tones), shuffle_labels=True)
    assert uar < chance_at_most(tested)


@pytest.mark.parametrize("name", ["kfold", "speaker"])
def test_the_same_network_learns_the_true_labels(name, tones, tmp_path):
    uar, tested = uar_of(tones, make(name, tmp_path, tones))
    assert uar > 0.9 > chance_at_most(tested)


def test_the_mlp_with_mixup_and_balance_learns_true_labels_and_no_shuffled_ones(tones, tmp_path):
    cv, augment = make("speaker_kfold", tmp_path, tones), Augmentation(mixup=Mixup())
    settings = {"augment": augment, "balance": "emotion_speaker"}
    learnt, tested = uar_of(tones, cv, VECTORS, MLP.for_data, **settings)
    noise, _ = uar_of(tones, cv, VECTORS, MLP.for_data, shuffle_labels=True, **settings)
    assert noise < chance_at_most(tested) < 0.6 < learnt


def test_copies_dealt_as_rows_betray_themselves_on_shuffled_labels(tones, tmp_path):
    leaking = Protocol("published", unit="row", scaler="all", validation=False)
    copies = Augmentation(copies=("noise",))
    cv = make("kfold", tmp_path, tones)
    uar, tested = uar_of(tones, cv, shuffle_labels=True, protocol=leaking, augment=copies)
    assert uar > chance_at_most(tested)
