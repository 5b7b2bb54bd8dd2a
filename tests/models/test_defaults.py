"""One truth for defaults: a constructor and its file in ``conf/model`` say the same."""

from pathlib import Path

import pytest
from hydra.utils import get_class
from omegaconf import OmegaConf

from ser.models import published
from ser.models.arguments import constructor_arguments
from ser.runs.configuration import config_folder

FILES = [
    path
    for path in sorted(Path(config_folder(), "model").glob("*.yaml"))
    if OmegaConf.load(path)["_target_"].startswith("ser.models.")
]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_import_and_the_command_build_the_same_network(path):
    settings = dict(OmegaConf.load(path))
    settings.pop("defaults", None)
    kind = get_class(settings.pop("_target_"))
    said = {key: p.default for key, p in constructor_arguments(kind).items()}
    assert {key: said.get(key, "no such argument") for key in settings} == settings


def test_every_network_has_a_file():
    targets = {OmegaConf.load(path)["_target_"].rpartition(".")[2] for path in FILES}
    assert targets == set(published.__all__)
