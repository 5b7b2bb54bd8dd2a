"""What the collector is told to leave alone at the start of a training."""

from __future__ import annotations

import gc
import weakref

from ser.training.imports import import_job


class Node:
    """An object that only the collector frees, since it holds itself."""

    def __init__(self):
        self.itself = self


def test_garbage_of_an_earlier_training_is_freed_in_the_next():
    import_job()
    node = weakref.ref(Node())
    import_job()
    assert gc.isenabled()
    gc.collect()
    assert node() is None
