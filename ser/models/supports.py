"""Support vectors of a file: libsvm reads them by the sizes that they state, unchecked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ser.errors import RunError


def check_supports(estimator: Any) -> None:
    """Refuse a support vector machine whose arrays do not have the sizes that belong together.

    Args:
        estimator: Estimator of a file; those that it is made of are checked as well.

    Raises:
        RunError: If there is one, anywhere within it.
    """
    for part in _within(estimator):
        if hasattr(part, "_n_support") and not _consistent(part):
            raise RunError(
                f"the support vectors of its {type(part).__name__} do not fit each other; the file "
                "is damaged."
            )


def _within(estimator: Any) -> Iterator[Any]:
    """Give an estimator and all that it holds, each once."""
    left, seen = [estimator], set()
    while left:
        part = left.pop()
        if id(part) in seen:
            continue
        seen.add(id(part))
        yield part
        if isinstance(part, list | tuple):
            left += part
        elif isinstance(part, dict):
            left += part.values()
        else:
            left += vars(part).values() if hasattr(part, "__dict__") else []


def _consistent(machine: Any) -> bool:
    vectors, features = machine.support_vectors_.shape
    classes = len(machine.classes_)
    pairs = classes * (classes - 1) // 2
    counts = machine._n_support
    return (
        counts.shape == (classes,)
        and bool((counts >= 0).all())
        and int(counts.sum()) == vectors
        and features == machine.n_features_in_
        and machine.support_.shape == (vectors,)
        and machine._dual_coef_.shape == (classes - 1, vectors)
        and machine._intercept_.shape == (pairs,)
        and {machine._probA.shape, machine._probB.shape} <= {(0,), (pairs,)}
    )
