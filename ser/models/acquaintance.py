"""Keep a network from being tested on utterances that it was fitted to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ser.errors import LeakageError, RunError
from ser.models.lightning import Callback, LightningModule, TrainerFn

if TYPE_CHECKING:
    from pytorch_lightning import Trainer

NAMED = 5  # utterances that an error lists
CARRIED = "fitted_to"


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
            pl_module.fitted_to.update(data.learnt_from())

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


def carry_along(network: Any, weights: Any, prefix: str) -> None:
    """Let weights that leave a network say whom they were fitted to, as long as they are its own.

    Args:
        network: The network.
        weights: What ``state_dict`` is about to give; it shares its memory with the network, and
            so it shares what the network learns of whom it is fitted to.
        prefix: Where the network stands in a larger one.
    """
    metadata = getattr(weights, "_metadata", {})
    if prefix[:-1] in metadata:
        metadata[prefix[:-1]][CARRIED] = network.fitted_to


def leave_behind(weights: Any) -> None:
    """Take out again what ``carry_along`` added, where a file says it in its own way."""
    getattr(weights, "_metadata", {}).get("", {}).pop(CARRIED, None)


def take_along(network: Any, said: Mapping[str, Any]) -> None:
    """Add whom weights were fitted to that a network takes over.

    Args:
        network: The network.
        said: What the weights say beside themselves.
    """
    known = said.get(CARRIED, ())
    network.fitted_to.update(number for number in known if type(number) is int)


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
