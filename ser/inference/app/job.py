"""Load models, and serve the page until somebody stops it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ser.errors import ConfigError, SerError
from ser.inference.app.server import Server
from ser.inference.loading import load
from ser.inference.naming import called
from ser.inference.predictor import Predictor
from ser.runs.chosen import models_of
from ser.system.terminal import Terminal

DEMO = Path("runs/synthetic/lstm/stratified/demo")
MOST = 6  # models side by side


def main(checkpoints: Sequence[Path], port: int) -> None:
    """Serve the page.

    Args:
        checkpoints: Model files; none takes that of the demo.
        port: Where; 0 takes one that is free.

    Raises:
        SystemExit: If a model cannot be loaded or the port cannot be used.
    """
    terminal = Terminal()
    try:
        server = Server(named(checkpoints or [_demo()]), port)
    except SerError as error:
        raise SystemExit(f"error: {error}") from error
    for name, model in server.models.items():
        terminal.say(f"{name}: {', '.join(model.labels)}")
        for alarm in model.alarms:
            terminal.say(f"warning: {alarm}")
    terminal.say(f"Open {server.address} in a browser on this machine; Ctrl-C stops.")
    with server:
        server.serve_forever()


def named(checkpoints: Sequence[Path]) -> dict[str, Predictor]:
    """Load models, each under a name of its own: that of its network, corpus and fold.

    Raises:
        ConfigError: If there are more than fit side by side.
        RunError: If one cannot be loaded.
    """
    if len(checkpoints) > MOST:
        raise ConfigError(
            f"{len(checkpoints)} models do not fit side by side; pass {MOST} at most."
        )
    found: dict[str, Predictor] = {}
    for path in checkpoints:
        model = load(path)
        name = _name(model)
        others = sum(known.partition(" (")[0] == name for known in found)
        found[f"{name} ({others + 1})" if others else name] = model
    return found


def _name(model: Predictor) -> str:
    origin, network = model.origin, called(model.model)
    fold = "" if origin.fold is None else f", fold {origin.fold}"
    return f"{network} on {origin.corpus}, {origin.regime}{fold}" if origin.corpus else network


def _demo() -> Path:
    found = models_of(DEMO)
    if not found:
        raise ConfigError(
            f"there is no model in {DEMO}; run make demo first, or pass checkpoint=MODEL.ckpt."
        )
    return found[0]
