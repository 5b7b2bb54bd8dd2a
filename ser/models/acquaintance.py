"""Keep a network from being tested on utterances that it was fitted to."""

from __future__ import annotations

from typing import Any

from pytorch_lightning import Callback, LightningModule, Trainer
from pytorch_lightning.trainer.states import TrainerFn

from ser.errors import LeakageError, RunError

NAMED = 5  # utterances that an error lists


class KeepApart(Callback):
    """Note whom a network is fitted to, and refuse to test it on them.

    What a datamodule serves is known by its ``fold_data``; loaders that come without a
    datamodule cannot be judged.
    """

    def on_train_start(self, trainer: Trainer, pl_module: Any) -> None:
        """Refuse a fold whose test side the network knows already, then note its other sides.

        Raises:
            LeakageError: If the network was fitted to some of the test side.
        """
        data = _fold_of(trainer)
        if data is not None:
            _refuse_known(pl_module, data)
            pl_module.fitted_to |= data.learnt_from().keys()

    def on_validation_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Refuse another fold, where a trainer does nothing but validate.

        Raises:
            LeakageError: If the network was fitted to some of the test side.
        """
        if trainer.state.fn == TrainerFn.VALIDATING:
            self.on_test_start(trainer, pl_module)

    def on_test_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Refuse a test side that the network knows.

        Raises:
            LeakageError: If the network was fitted to some of it.
        """
        data = _fold_of(trainer)
        if data is not None:
            _refuse_known(pl_module, data)

    on_predict_start = on_test_start


def read_fitted_to(described: Any) -> set[int]:
    """Whom a network was fitted to, as its checkpoint says; one of an earlier version does not.

    Raises:
        RunError: If that is no list of whole numbers.
    """
    found = described.get("fitted_to", [])
    if not isinstance(found, list) or not all(type(number) is int for number in found):
        raise RunError("what it was fitted to is not a list of numbers; the file is damaged.")
    return set(found)


def _fold_of(trainer: Any) -> Any:
    return getattr(getattr(trainer, "datamodule", None), "fold_data", None)


def _refuse_known(network: Any, data: Any) -> None:
    held_out = data.held_out()
    known = sorted(held_out[key] for key in held_out.keys() & network.fitted_to)
    if not known:
        return
    more = ", …" if len(known) > NAMED else ""
    kind = type(network).__name__
    raise LeakageError(
        f"this {kind} was fitted to {len(known)} of the {len(held_out)} utterances that fold "
        f"{data.fold.index} tests ({', '.join(known[:NAMED])}{more}), so that its figures would be "
        f"too high. Build a new network for each fold: {kind}.for_data(datamodule)."
    )
