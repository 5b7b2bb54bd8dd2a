"""What was changed on the command line, as a short name that every file system and shell takes.

``trainer.max_epochs=3 model.learning_rate=2e-4`` becomes ``epochs-3_lr-2e-4``. A name that does
not give its words back, or would be long, ends with some digits of their hash.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from math import isfinite
from pathlib import PurePath

LONGEST = 60  # characters of a name that is made
DIGITS = 8  # of the hash
UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")
HASHED = re.compile(rf"_[0-9a-f]{{{DIGITS}}}")
PATHS = ("cv.file",)
LISTS = ("emotions", "columns", "classes")  # too long for a name, which digits of a hash stand for

# Short forms of customary keys. Another key of model is called by its last part where that is
# free, and any other key by its whole path, so that a short form always means the same key.
SHORT = {
    "trainer.max_epochs": "epochs",
    "trainer.precision": "precision",
    "trainer.gradient_clip_val": "clip",
    "model.learning_rate": "lr",
    "model.weight_decay": "decay",
    "model.label_smoothing": "smoothing",
    "model.penalty_weight": "penalty",
    "model.hidden_size": "hidden",
    "data.batch_size": "batch",
    "features.n_mels": "n_mels",
    "features.n_mfcc": "n_mfcc",
    "features.hop": "hop",
    "features.window": "window",
    "features.duration": "duration",
    "cv.n_splits": "splits",
    "cv.inner": "inner",
    "cv.group": "group",
    "cv.file": "file",
    "shuffle_labels": "shuffled",
    "early_stopping": "patience",
    "ensemble": "ensemble",
    "refit": "refit",
    "data.balance": "balance",
    "data.group_by_length": "grouped",
    "features": "features",
    "augment": "augment",
    "protocol": "protocol",
    "grid": "grid",
}
MEANT = {short: key for key, short in SHORT.items()}
BEGIN = re.compile(
    rf"(?:^|_)({'|'.join(MEANT)}|[A-Za-z][A-Za-z0-9]*(?:\.\w+)+|[A-Za-z][A-Za-z0-9]*)-", re.ASCII
)


def short_name(experiment: str, words: Iterable[str]) -> str:
    """Name an experiment and what was changed of it; different words give different names.

    Args:
        experiment: Name of the experiment, or an empty string.
        words: Changed settings, such as ``model.learning_rate=2e-4``; of one key the last counts.

    Example:
        >>> short_name("", ["trainer.max_epochs=3", "model.learning_rate=2e-4"])
        'epochs-3_lr-2e-4'
    """
    changed = dict(_split(word) for word in words)
    tokens = sorted(_token(key, value) for key, value in changed.items())
    name = "_".join([*filter(None, [safe(experiment.rpartition("/")[2])]), *tokens])
    given_back = _read(name) == (experiment, changed)
    return _bounded(name, json.dumps([experiment, sorted(changed.items())]), given_back)


def safe_name(text: str) -> str:
    """Make a text a name; digits of its hash stand for what that loses."""
    name = safe(text)
    return _bounded(name, text, name == text and name.strip(".") != "")  # no folder above


def safe(text: str) -> str:
    """Put ``-`` for what a name may not hold."""
    return UNSAFE.sub("-", text).strip("-")


def _bounded(name: str, whole: str, kept: bool) -> str:
    if kept and len(name) <= LONGEST and not HASHED.fullmatch(name[-DIGITS - 1 :]):
        return name
    digest = hashlib.sha256(whole.encode(errors="surrogatepass")).hexdigest()[:DIGITS]
    return f"{name[: LONGEST - DIGITS - 1].rstrip('._-')}_{digest}"


def _split(word: str) -> tuple[str, str]:
    """Key and value; a key that was taken out stays one of its own, as ``~key``."""
    key, _, value = word.lstrip("+").partition("=")
    return key.lstrip("/"), plain_number(value)


def plain_number(text: str) -> str:
    """Spell a number in its shortest form, for a sweep writes ``0.0002`` where ``2e-4`` was said.

    Args:
        text: Value of a setting; what is no decimal number stays as it is.
    """
    try:
        number = float(text) if re.search("[.eE]", text) else float("nan")
    except ValueError:
        return text
    if not isfinite(number):
        return text
    shortest = Decimal(repr(number)).normalize()
    return min(f"{shortest:f}", f"{shortest:e}".replace("e+", "e"), key=len)


def _token(key: str, value: str) -> str:
    group, *parts = key.split(".")
    listed = [part for part in parts if part in LISTS]
    if group.endswith("data") and listed and value[-1:] in "]}'":
        return listed[0]
    return f"{_short(key)}-{_value(key, value)}"


def _short(key: str) -> str:
    """Shortest form of a key that means this key alone."""
    forms = (SHORT.get(key, ""), key.rpartition(".")[2])
    return next((form for form in forms if _key(form) == key), safe(key))


def _value(key: str, value: str) -> str:
    lies = key in PATHS or PurePath(value).is_absolute() or value.startswith(("~", "./", "../"))
    return safe(PurePath(value).stem if lies else value)


def _key(form: str) -> str:
    """Key that a short form means."""
    if form == "fold":  # would read like the folder of a fold
        return ""
    return MEANT.get(form, form if "." in form else f"model.{form}")


def _read(name: str) -> tuple[str, Mapping[str, str]]:
    """Experiment and settings that a name gives back; a path is never given back."""
    experiment, *parts = BEGIN.split(name)
    found = zip(map(_key, parts[::2]), parts[1::2], strict=True)
    return experiment, {key: value for key, value in found if key not in PATHS}
