"""The page: what it shows, what it refuses, and that it works in a browser."""

from __future__ import annotations

import http.client
import io
import json
import re
import subprocess
import tempfile
import threading
from pathlib import Path

import numpy as np
import pytest
import soundfile
from browser import CHROMIUM, browser
from exports import LABELS, network

from ser.errors import ConfigError
from ser.features import UtteranceStatistics
from ser.inference.app import answers
from ser.inference.app.server import HOME, LARGEST, Server
from ser.inference.predictor import Predictor
from ser.models import MLP

RATE = 16_000
SMALL = UtteranceStatistics(parts=["mfcc", "rms"])
needs_a_browser = pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium")


@pytest.fixture(scope="module")
def server():
    """Serve two models, one of which leaks."""
    leaking = network(MLP, SMALL)
    leaking.origin |= {"protocol": "published", "leaks": "copies are dealt"}
    models = {"honest <b>": Predictor(network(MLP, SMALL)), "leaking": Predictor(leaking)}
    with Server(models, 0) as served:
        threading.Thread(target=served.serve_forever, daemon=True).start()
        yield served
        served.shutdown()


def ask(server, method, path, body=None, headers=None):
    connection = http.client.HTTPConnection(HOME, server.server_port, timeout=60)
    connection.request(method, path, body, headers or {})
    reply = connection.getresponse()
    content = reply.read()
    connection.close()
    kind = reply.getheader("Content-Type")
    return reply.status, json.loads(content) if kind == "application/json" else content


def wav(samples, rate=RATE):
    file = io.BytesIO()
    soundfile.write(file, samples, rate, format="WAV", subtype="PCM_16")
    return file.getvalue()


def test_it_listens_to_this_machine_alone(server):
    assert server.server_address[0] == "127.0.0.1"


def test_a_sound_is_judged_by_every_model_whole_and_over_time(server, speech):
    long = np.concatenate([speech, speech, np.zeros(3 * RATE, np.float32), speech])
    status, found = ask(server, "POST", "/judge", wav(long))
    assert status == 200
    assert found["duration"] == 6.0
    assert [model["name"] for model in found["models"]] == ["honest <b>", "leaking"]
    model = found["models"][0]
    wanted = server.models["honest <b>"](np.round(long * 2**15).astype(np.int16), RATE)
    assert model["probabilities"] == [wanted.probabilities[label] for label in LABELS]
    assert [moment["start"] for moment in model["moments"]] == [i / 2 for i in range(9)]
    heard = [moment["probabilities"] is not None for moment in model["moments"]]
    assert heard == [True] * 4 + [False] * 3 + [True] * 2
    assert "LEAKING PROTOCOL" in found["models"][1]["alarms"][0]
    assert len(found["waveform"]) == answers.COLUMNS


def test_nothing_of_a_sound_is_left_on_the_disk(server, speech, tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    assert ask(server, "POST", "/judge", wav(speech))[0] == 200
    assert ask(server, "POST", "/judge", b"no sound")[0] == 422
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("columns", [1, 2])
def test_a_sound_that_lasts_too_long_is_refused(server, columns, monkeypatch):
    monkeypatch.setattr(answers, "LONGEST", 1.0)
    noise = 0.1 * np.random.default_rng(0).standard_normal((RATE + 800, columns))
    status, found = ask(server, "POST", "/judge", wav(noise))
    assert status == 413
    assert "takes 1 s; cut it" in found["error"]


def test_a_file_that_is_too_large_is_refused_before_it_is_read(server):
    headers = {"Content-Length": str(LARGEST + 1)}
    status, found = ask(server, "POST", "/judge", None, headers)
    assert status == 413
    assert found["error"].endswith("cut it, or use ser.predict.")


def test_what_is_no_sound_is_refused_in_a_sentence(server):
    for body in (b"", b"<html>", wav(np.zeros(RATE))):
        status, found = ask(server, "POST", "/judge", body)
        assert status == 422
        assert "ser-app-" not in found["error"]


@pytest.mark.parametrize("headers", [{"Host": "evil.example"}, {"Origin": "http://evil.example"}])
def test_pages_from_elsewhere_are_refused(server, headers):
    assert ask(server, "POST", "/judge", b"x", headers)[0] == 403
    assert ask(server, "GET", "/models", None, headers)[0] == 403


@pytest.mark.parametrize("path", ["/../server.py", "/page.py", "/judge", "//etc/passwd"])
def test_there_are_no_other_pages(server, path):
    assert ask(server, "GET", path)[0] == 404


def test_the_page_asks_no_other_host_for_anything():
    folder = Path(answers.__file__).parent
    for name in ("page.html", "page.css", "page.js"):
        text = (folder / name).read_text()
        assert not re.findall(r"https?:|[\"'(]//", text)


def test_a_port_that_is_taken_is_named(server):
    with pytest.raises(ConfigError, match=f"port={server.server_port} cannot be used"):
        Server({}, server.server_port)


@needs_a_browser
def test_a_browser_shows_an_example(server, tmp_path):
    page = f"{server.address}?example=1&theme=dark"
    options = ["--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path}"]
    command = [CHROMIUM, *options, "--virtual-time-budget=20000", "--dump-dom", page]
    found = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True).stdout
    assert 'data-theme="dark"' in found
    assert 'data-done="judged"' in found
    assert "honest &lt;b&gt;" in found
    assert "LEAKING PROTOCOL" in found
    assert found.count('class="strip"') == 2 * len(LABELS)


@needs_a_browser
def test_a_browser_records_what_its_microphone_hears(server, speech, tmp_path):
    soundfile.write(tmp_path / "voice.wav", np.tile(speech, 3), RATE, subtype="PCM_16")
    microphone = (
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-audio-capture={tmp_path / 'voice.wav'}",
    )
    with browser(tmp_path / "settings", *microphone) as page:
        page.open(server.address)
        page.wait_for("document.querySelectorAll('.model').length == 2")  # named before any sound
        assert "waits for a sound" in page.value("document.body.innerText")
        page.value("document.getElementById('record').click()")
        page.wait_for("document.getElementById('record').classList.contains('recording')")
        page.value("setTimeout(() => document.getElementById('record').click(), 1500)")
        page.wait_for("document.body.dataset.done")
        said = page.value("document.getElementById('status').textContent")
        assert re.fullmatch(r"Your recording: \d\.\d s at \d+ Hz\.", said)
        assert page.value("document.querySelectorAll('.verdict').length") == 2
