"""Whatever a model file holds, it ends in one sentence or in the prediction it was written for."""

from __future__ import annotations

import pickle
import subprocess
import sys
import warnings
import zipfile
from io import BytesIO

import numpy as np
import pytest
import torch
from hostile import CONTENTS, LABELS, WAVEFORM, WRONG, network_content
from pytorch_lightning import LightningModule
from skops.io import dumps, loads

import ser
from faults.nested import REMOVED, places, replaced
from ser.errors import RunError
from ser.models import LSTMClassifier
from ser.models.seal import sealed

SAME = ("onwards", "backwards", "head.0")  # weights that say no more than the others
PLACES = [
    (kind, way)
    for kind, content in CONTENTS.items()
    for way in places(content)
    if not way[-1].startswith(SAME)
]


def prediction(path):
    """Probabilities that a file predicts, or None where it is refused in one sentence."""
    try:
        said = ser.load(path)(WAVEFORM, 16_000)
    except RunError as error:
        sentence = str(error)
    else:
        return {label: said.probabilities[label] for label in LABELS}
    assert sentence.startswith(f"{path}")
    assert "\n" not in sentence
    return None


@pytest.fixture
def write(tmp_path):
    """Write a content as a model file."""

    def written(content):
        torch.save(content, tmp_path / "a.ckpt")
        return tmp_path / "a.ckpt"

    return written


@pytest.mark.parametrize(
    ("kind", "way"), PLACES, ids=lambda part: part if isinstance(part, str) else ".".join(part)
)
def test_a_value_of_any_other_type_is_refused_or_usable(write, kind, way):
    for value in WRONG:
        found = prediction(write(replaced(CONTENTS[kind], way, value)))
        assert found is None or sum(found.values()) == pytest.approx(1)


QUOTED = {
    "a weight": lambda content, word: content["state_dict"].update({word: torch.zeros(1)}),
    "a setting": lambda content, word: content["hyper_parameters"].update({word: 1}),
    "its value": lambda content, word: content["hyper_parameters"].update(recipe=word),
}


@pytest.mark.parametrize("word", ["x" * 10**6, "\x1b[31mred", "two\nlines"])
@pytest.mark.parametrize("place", QUOTED)
def test_no_error_quotes_what_a_terminal_would_choke_on(write, place, word):
    content = network_content()
    QUOTED[place](content, word)
    with pytest.raises(RunError) as error:
        ser.load(write(content))
    assert len(str(error.value)) < 600
    assert str(error.value).isprintable()


@pytest.mark.parametrize("kind", CONTENTS)
def test_no_change_of_a_file_with_a_digest_gives_another_prediction(write, kind):
    good = sealed(CONTENTS[kind])
    expected = prediction(write(good))
    for way in places(good):
        for value in (REMOVED, True, 2):
            assert prediction(write(replaced(good, way, value))) in (None, expected)


@pytest.mark.parametrize("kind", CONTENTS)
def test_no_flipped_byte_gives_another_prediction(write, kind):
    path = write(sealed(CONTENTS[kind]))
    good, expected = path.read_bytes(), prediction(path)
    for place in np.random.default_rng(0).integers(len(good), size=60):
        path.write_bytes(good[:place] + bytes([good[place] ^ 0x11]) + good[place + 1 :])
        assert prediction(path) in (None, expected)


@pytest.mark.parametrize("kind", CONTENTS)
def test_no_part_of_a_file_is_taken_for_the_whole(write, kind):
    path = write(CONTENTS[kind])
    good = path.read_bytes()
    for share in (0, 0.01, 0.5, 0.99):
        path.write_bytes(good[: int(share * len(good))])
        assert prediction(path) is None


@pytest.mark.parametrize("word", ["نیم\u200cفاصله", "👨\u200d👩", "a\u202eb", "x" * 120])
def test_labels_of_any_language_are_read(write, word):
    content = replaced(network_content(), ("ser", "labels"), [word, *LABELS[1:]])
    assert list(ser.load(write(content)).labels) == [word, *LABELS[1:]]


@pytest.mark.parametrize("word", ["", " ", "a\tb", "\x1b[31m", "a\u2028b", LABELS[1], 3])
def test_labels_that_no_corpus_has_are_refused(write, word):
    content = replaced(network_content(), ("ser", "labels"), [word, *LABELS[1:]])
    with pytest.raises(RunError, match="its labels are not 1 to 1000 different words"):
        ser.load(write(content))


def test_edited_weights_and_labels_do_not_match_the_digest(write):
    content = sealed(network_content())
    assert prediction(write(content)) is not None
    content["ser"]["labels"] = LABELS[::-1]
    with pytest.raises(RunError, match="does not match the digest"):
        ser.load(write(content))
    content = sealed(network_content())
    content["state_dict"]["head.3.bias"][0] += 1e-3
    with pytest.raises(RunError, match="does not match the digest"):
        ser.load(write(content))


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
def test_weights_that_are_not_finite_are_refused(write, value):
    content = network_content()
    content["state_dict"]["head.3.bias"][1] = value
    with pytest.raises(RunError, match=r"head\.3\.bias holds numbers that are not finite"):
        ser.load(write(content))


def test_a_storage_that_claims_more_than_its_member_has_is_refused(write):
    path = write({"ser": {}, "state_dict": {"a": torch.zeros(3)}})
    with zipfile.ZipFile(path) as archive:
        members = {info.filename: archive.read(info) for info in archive.infolist()}
    description = next(name for name in members if name.endswith("data.pkl"))
    claimed = members[description].replace(b"K\x03", b"K\xff")
    assert claimed != members[description]
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in (members | {description: claimed}).items():
            archive.writestr(name, data)
    with pytest.raises(RunError, match="claims 255 numbers for a weight"):
        ser.load(path)


def test_an_archive_that_unpacks_to_more_than_it_is_is_refused(write):
    path = write(network_content())
    with zipfile.ZipFile(path) as archive:
        members = {info.filename: archive.read(info) for info in archive.infolist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    with pytest.raises(RunError, match="not a whole one"):
        ser.load(path)


def test_an_estimator_whose_archive_unpacks_to_more_than_it_is_is_refused(write):
    content = dict(CONTENTS["linear"])
    packed = dumps(loads(content["estimator"].numpy().tobytes()), compression=zipfile.ZIP_DEFLATED)
    content["estimator"] = torch.frombuffer(bytearray(packed), dtype=torch.uint8)
    with pytest.raises(RunError, match="not a whole one"):
        ser.load(write(content))


@pytest.mark.parametrize("name", ["_n_support", "support_", "_dual_coef_", "_intercept_"])
def test_support_vectors_that_do_not_fit_each_other_are_refused(write, name):
    content = dict(CONTENTS["svm"])
    machine = loads(content["estimator"].numpy().tobytes())
    setattr(machine, name, getattr(machine, name)[..., :-1].copy())
    content["estimator"] = torch.frombuffer(bytearray(dumps(machine)), dtype=torch.uint8)
    with pytest.raises(RunError, match="support vectors of its SVC do not fit each other"):
        ser.load(write(content))


@pytest.mark.parametrize(("name", "value"), [("coef_", np.nan), ("classes_", 7), ("classes_", -1)])
def test_an_estimator_that_does_not_fit_its_labels_is_refused(write, name, value):
    content = dict(CONTENTS["linear"])
    estimator = loads(content["estimator"].numpy().tobytes())
    getattr(estimator, name).flat[0] = value
    content["estimator"] = torch.frombuffer(bytearray(dumps(estimator)), dtype=torch.uint8)
    with pytest.raises(RunError, match="does not fit labels and scaler"):
        ser.load(write(content))


def test_lists_within_themselves_and_many_times_over_are_refused(write):
    laughter = [0]
    for _ in range(30):
        laughter = [laughter] * 10
    within = []
    within.append(within)
    for nested in (laughter, within):
        content = network_content()
        content["hyper_parameters"]["dropout"] = nested
        with pytest.raises(RunError, match="lists within"):
            ser.load(write(sealed_by_name(content)))


def sealed_by_name(content):
    """Claim a digest, so that it would have to be computed."""
    return {**content, "ser": {**content["ser"], "digest": "0" * 64}}


class Allocates:
    """Pickled as a call that takes as much memory as a number says."""

    def __init__(self, kind):
        self.kind = kind

    def __reduce__(self):
        return self.kind, (10**12,)


@pytest.mark.parametrize("kind", [bytearray, torch.FloatTensor, torch.UntypedStorage])
def test_types_that_allocate_what_a_number_says_are_refused(write, kind):
    with pytest.raises(RunError, match=f"it holds a .*{kind.__name__}"):
        ser.load(write({"ser": Allocates(kind)}))


LIMITED = """
import resource, sys
import ser, ser.inference.loading
from ser.models import build_from_checkpoint, ensemble, estimator  # else part of what a file takes
from pathlib import Path
pages = int(Path("/proc/self/statm").read_text().split()[0])
resource.setrlimit(resource.RLIMIT_AS, (pages * resource.getpagesize() + 2**29,) * 2)
for path in sorted(Path(sys.argv[1]).glob("*.ckpt")):
    try:
        ser.load(path)
    except ser.errors.RunError as error:
        assert "Memory" not in str(error), error
    else:
        raise SystemExit(f"{path} was loaded")
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads its own size from /proc")
def test_hostile_sizes_are_refused_within_little_memory(tmp_path):
    front_end = network_content()["ser"]["front_end"]
    settings = [
        {"window": 1e5},
        {"sample_rate": 2**31 - 1},
        {"n_mels": 2**30},
        {"hop": 1e-9, "window": 1e-9},
        {"duration": 86_000.0, "pad": True},
        {"window": 8.0, "hop": 8.0, "n_mels": 10**5},
    ]
    hostile = [
        replaced(network_content(), ("ser", "front_end"), {**front_end, "settings": given})
        for given in settings
    ]
    hostile += [
        replaced(network_content(), ("hyper_parameters", "hidden_size"), 2**30),
        replaced(network_content(), ("hyper_parameters", "num_features"), 2**30),
        replaced(network_content(), ("ser", "labels"), [str(i) for i in range(10**5)]),
        sealed_by_name({**network_content(), "state_dict": {"a": torch.zeros(1).expand(10**12)}}),
    ]
    for number, content in enumerate(hostile):
        torch.save(content, tmp_path / f"{number}.ckpt")
    (tmp_path / "memo.ckpt").write_bytes(_remembering(2**31))
    command = [sys.executable, "-c", LIMITED, str(tmp_path)]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stderr


def _remembering(place):
    """A checkpoint whose description remembers something at a place of the unpickler's memory."""
    data = pickle.PROTO + b"\x02" + pickle.NONE + b"r" + place.to_bytes(4, "little") + b"."
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("archive/data.pkl", data)
        archive.writestr("archive/version", "3\n")
    return file.getvalue()


def test_lightning_itself_calls_nothing_that_a_checkpoint_names(write, tmp_path):
    content = network_content()
    content["hyper_parameters"] = {
        "_instantiator": "pydoc.pipepager",
        f"touch {tmp_path / 'executed'}": 1,
    }
    content["pytorch-lightning_version"] = "2.5.0"
    path = write(content)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with pytest.raises(Exception, match=r"."):
            LSTMClassifier.load_from_checkpoint(path)
    assert not (tmp_path / "executed").exists()
    assert issubclass(LSTMClassifier, LightningModule)


def test_a_checkpoint_without_a_digest_is_loaded(write):
    assert prediction(write(network_content())) == prediction(write(sealed(network_content())))
