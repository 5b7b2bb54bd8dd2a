"""Networks of a user's own package are known to the process that imported them, and to no other."""

from __future__ import annotations

import pytest
from torch import nn

from ser.errors import RunError
from ser.models import LSTMClassifier
from ser.models.registry import refuse_foreign


class Foreign(LSTMClassifier):
    """A network that is not part of ``ser.models``."""


@pytest.mark.parametrize("wrap", [lambda x: x, lambda x: nn.ModuleList([x])])
def test_a_foreign_network_is_refused_wherever_it_is_in_a_model(wrap):
    with pytest.raises(RunError, match=r"Foreign is not a network.*ser\.load\(path, network=For"):
        refuse_foreign(wrap(Foreign(num_classes=2, num_features=3)))


@pytest.mark.parametrize("model", [LSTMClassifier(num_classes=2, num_features=3), object()])
def test_networks_of_the_package_and_estimators_are_not_refused(model):
    assert refuse_foreign(model) is None
