"""One truth for defaults: a constructor and its file in ``conf/model`` say the same."""

import pytest
from hydra.utils import get_class
from model_files import FILES, read_model

from ser import models
from ser.models.arguments import constructor_arguments


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_import_and_the_command_build_the_same_network(path):
    settings = dict(read_model(path))
    settings.pop("defaults", None)
    kind = get_class(settings.pop("_target_"))
    said = {key: p.default for key, p in constructor_arguments(kind).items()}
    assert {key: said.get(key, "no such argument") for key in settings} == settings


def test_every_network_has_a_file():
    targets = {read_model(path)["_target_"].rpartition(".")[2] for path in FILES}
    public = {name: getattr(models, name) for name in models.__all__}
    networks = {name for name, kind in public.items() if hasattr(kind, "for_data")}
    assert targets == networks - {"EmotionClassifier"}
