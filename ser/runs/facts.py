"""What is known of a cell beside its predictions."""

from __future__ import annotations

from typing import TypedDict


class Environment(TypedDict, total=False):
    """Where a cell was trained.

    Args:
        versions: Version of each package that matters, and of Python.
        platform: Operating system.
        processor: Kind of the processor.
        threads: Threads of PyTorch.
        git: Revision of the code, where it lies in a repository.
        code: Fingerprint of the code.
    """

    versions: dict[str, str]
    platform: str
    processor: str
    threads: int
    git: str | None
    code: str


class Facts(Environment, total=False):
    """Facts of a training; what a learner does not have, such as epochs, is absent.

    Args:
        seconds: Time that the last attempt took.
        continued: Whether an interrupted training was continued.
        protocol: What every artefact says of a run whose figures are unlike others; mostly absent.
        folds: Number of folds that the regime gives.
        train: Rows on the training side.
        validation: Rows on the validation side.
        test: Rows on the test side.
        parameters: Weights of a network.
        epochs: Epochs that a network was trained for; of an ensemble the median of its members.
        chosen_epoch: Epoch whose weights were taken, counted from 1; of an ensemble likewise.
        accelerator: Kind of device.
        precision: Precision of the training, in Lightning's words.
        members: Networks of an ensemble.
        refit: How the epochs were chosen of a network that was trained anew on the whole training
            side.
        probabilities: How probabilities come about, where a learner has to be made to give them.
        selected: Run that was chosen, of a selected run.
    """

    seconds: float
    continued: bool
    protocol: str
    folds: int
    train: int
    validation: int
    test: int
    parameters: int
    epochs: int
    chosen_epoch: int
    accelerator: str
    precision: str
    members: int
    refit: str
    probabilities: str
    selected: str
