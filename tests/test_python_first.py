"""``import ser``: what it lists is there, costs nothing, and says what it takes."""

import inspect
import subprocess
import sys

import pytest

import ser
from ser.data import EmoDBDataModule
from ser.models import CNN1D, MLP

LIGHT = """
import sys, ser
dir(ser)
print([name for name in ("torch", "pandas", "hydra", "rich") if name in sys.modules])
"""


@pytest.mark.parametrize("name", dir(ser))
def test_every_name_that_is_listed_is_there_and_says_what_it_is(name: str) -> None:
    found = getattr(ser, name)
    assert name == "__version__" or found.__doc__


@pytest.mark.parametrize("room", ["augment", "data", "features", "folds", "models"])
def test_a_room_lists_its_names_and_has_them(room: str) -> None:
    module = getattr(ser, room)
    assert set(module.__all__) <= set(dir(module))
    assert all(hasattr(module, name) for name in dir(module))


def test_the_description_names_everything_public() -> None:
    assert [
        n for n in ser.__all__ if n not in (ser.__doc__ or "") and "predict" not in n.lower()
    ] == ["__version__"]


def test_importing_and_listing_it_loads_nothing_heavy() -> None:
    command = [sys.executable, "-c", LIGHT]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "[]\n"


@pytest.mark.parametrize("network", [CNN1D, MLP])
def test_a_network_shows_the_arguments_of_its_base(network: type) -> None:
    shown = inspect.signature(network).parameters
    assert {"num_classes", "dropout", "learning_rate", "adam_eps"} <= set(shown)
    assert "optimisation" not in shown


def test_a_datamodule_shows_the_arguments_of_its_base_and_keeps_what_it_was_given() -> None:
    shown = inspect.signature(EmoDBDataModule).parameters
    assert {"root", "cv", "batch_size"} <= set(shown)
    assert "options" not in shown
    assert EmoDBDataModule("there", cv="speaker").given == {"root": "there", "cv": "speaker"}
