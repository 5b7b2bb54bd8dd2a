"""Mappings and lists are read as people write them, and come through Hydra as they were meant."""

import pytest
from hydra.core.override_parser.overrides_parser import OverridesParser

from ser.runs.command_line import spell_texts
from ser.system.written import as_written
from ser.training.spelling import word


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("{Ärger: anger, froh: joy}", {"Ärger": "anger", "froh": "joy"}),
        ("{Ärger:anger,froh:null}", {"Ärger": "anger", "froh": None}),
        ('{"joy": "happiness", "fru": null}', {"joy": "happiness", "fru": None}),
        ("{'*': null, joy: joy}", {"*": None, "joy": "joy"}),
        ("{*: null, joy: joy}", {"*": None, "joy": "joy"}),
        ("{NaN: null, #N/A: null, null: x}", {"NaN": None, "#N/A": None, "null": "x"}),
        ("{0: anger, 1: joy, 2.0: fear}", {"0": "anger", "1": "joy", "2.0": "fear"}),
        ("{emotion: Gefühl (Label), path: Datei}", {"emotion": "Gefühl (Label)", "path": "Datei"}),
        ("[0, 1, 2]", ["0", "1", "2"]),
        ("[Ärger, sehr froh]", ["Ärger", "sehr froh"]),
        ("[anger, joy]", ["anger", "joy"]),
        ("{joy: happiness}", {"joy": "happiness"}),
    ],
)
@pytest.mark.parametrize("key", ["data.emotions", "test_data.emotions", "++data.emotions.calls"])
def test_what_is_meant_comes_through(key, text, meant):
    (spelt,) = spell_texts([f"{key}={text}"])
    value = OverridesParser.create().parse_override(spelt).value()
    found = as_written(value) if isinstance(value, str) else value
    assert found == meant


@pytest.mark.parametrize("text", ["union", "null", "nonsense", "[a,b],[b,a]", "{a: [b]}", "{"])
def test_whatever_else_is_left_as_it_is(text):
    assert as_written(text) == text
    assert spell_texts([f"data.emotions={text}"]) == [f"data.emotions={text}"]


def test_a_program_spells_what_a_command_reads():
    meant = {"Ärger": "anger", "NaN": None}
    value = OverridesParser.create().parse_override(word("data.emotions", meant)).value()
    assert as_written(value) == meant
