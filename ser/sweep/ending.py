"""What the same command would do again, at the end of a sweep that is not whole."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from ser.errors import FailedError, SerError, StorageError, mistake

AGAIN = "The same command again trains what is left."
REFUSED = "What was refused will be refused again: correct it, or leave it out."
ALONE = "What failed is left alone by retry=false: leave that out to train it again."


def next_step(
    states: Collection[str], errors: Sequence[BaseException], *, left_out: bool, retry: bool
) -> str:
    """Say which of the cells that are not done the same command would train, and what it would not.

    Args:
        states: States of those cells.
        errors: What ended the jobs that failed.
        left_out: Whether jobs could not begin.
        retry: Whether the command trains again what failed.
    """
    refusals = [error for error in errors if _is_refusal(error)]
    alone = "failed" in states and not retry
    begun = set(states) - {"to do"} - ({"failed"} if alone else set())
    idle = "to do" in states and len(refusals) == len(errors) > 0
    refused = left_out or ("to do" in states and bool(refusals))
    sentences = [REFUSED] * refused + [ALONE] * alone
    if begun or ("to do" in states and not idle):
        failed = " or failed" if retry else ""
        part = f"The same command again trains what was interrupted{failed}."
        sentences.insert(0, part if sentences else AGAIN)
    return " ".join(sentences)


def _is_refusal(error: BaseException) -> bool:
    """Whether a job ended with what the user must correct, and not for want of room or of luck."""
    found = mistake(error)
    return isinstance(found, SerError) and not isinstance(found, StorageError | FailedError)
