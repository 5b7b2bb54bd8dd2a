"""A microphone, by a module that stands for ``sounddevice``."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from devices import InputStream, PortAudioError

from ser.predict import main


def test_windows_are_judged_until_the_time_is_over(device, checkpoint, tmp_path, capsys):
    out = tmp_path / "a.csv"
    words = ["input=microphone", "seconds=3", "window=1", "hop=0.5", f"output={out}"]
    main([f"checkpoint={checkpoint}", *words])
    said = capsys.readouterr().out
    assert [line.split()[0] for line in said.splitlines() if " s  " in line] == [
        *("0.0", "0.5", "1.0", "1.5", "2.0")
    ]
    assert out.read_text().count("microphone") == 5


def test_what_was_judged_is_written_when_somebody_stops_it(device, checkpoint, tmp_path):
    def stop(self):
        draw = np.random.default_rng(0)
        for _ in range(8):
            self.callback(draw.normal(0, 0.1, (4000, 1)), 4000, None, None)
        self.callback = None

    device.InputStream = type("Short", (InputStream,), {"__enter__": stop})
    taken = []

    class Queue(list):
        put = list.append

        def get(self):
            if not self:
                raise KeyboardInterrupt
            taken.append(1)
            return self.pop(0)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("ser.inference.microphone.SimpleQueue", Queue)
        words = ["input=microphone", "window=1", f"output={tmp_path / 'a.csv'}"]
        with pytest.raises(KeyboardInterrupt):
            main([f"checkpoint={checkpoint}", *words])
    assert len(taken) == 8
    assert (tmp_path / "a.csv").read_text().count("microphone") == 4


def test_without_the_package_it_ends_with_one_sentence(monkeypatch, checkpoint):
    monkeypatch.setitem(sys.modules, "sounddevice", None)
    with pytest.raises(SystemExit, match=r"error: input=microphone needs .* '\.\[microphone\]'"):
        main([f"checkpoint={checkpoint}", "input=microphone"])


def test_without_a_microphone_it_ends_with_one_sentence(device, checkpoint):
    def none(kind):
        raise PortAudioError("no device")

    device.query_devices = none
    with pytest.raises(SystemExit, match="error: no microphone can be opened"):
        main([f"checkpoint={checkpoint}", "input=microphone"])
