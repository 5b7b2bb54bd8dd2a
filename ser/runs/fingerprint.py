"""Which code this is: a hash over the package and its configuration."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from ser.errors import RunError
from ser.runs.configuration import config_folder

ANY = "any"


@cache
def fingerprint() -> str:
    """Short SHA-256 over every source file of ``ser`` and every file of ``conf``."""
    package = Path(__file__).parents[1]
    files = [*package.rglob("*.py"), *Path(config_folder()).rglob("*.yaml")]
    digest = hashlib.sha256()
    for path in sorted(files, key=lambda path: path.as_posix()):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def refuse_other_code(submitted: str | None) -> None:
    """Refuse to run a queued job with other code than it was submitted with.

    Args:
        submitted: Fingerprint when the job was queued; None or ``"any"`` accept whatever is here.

    Raises:
        RunError: If the code was changed meanwhile.
    """
    if submitted in (None, ANY) or submitted == fingerprint():
        return
    raise RunError(
        f"this job was queued with code {submitted}, and the code here is {fingerprint()} now. "
        "Start the sweep again to queue what is left with the new code, or pass code=any."
    )
