"""The world of a reader: a clone, an environment, and the files that texts speak of, all small."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pandas as pd
import soundfile
from filelock import FileLock

from ser.corpora.synthetic import Synthetic
from tests.corpora.named_layouts import TREES
from tests.documents.reading import ROOT

RATE = 16000  # Hz
CALLERS = ("anna", "bert", "cara", "dora", "emil")
WORDS = {"N": "neutral", "W": "anger", "F": "joy"}
OURS = {"W": "anger", "F": "happiness"}
FIRST = (
    "python -m ser.train model=svm data=emodb cv=speaker",
    "python -m ser.train model=svm data=emodb cv=speaker normalise=speaker",
    "python -m ser.train model=cnn1d data=emodb cv=stratified",
    "python -m ser.train model=cnn1d data=emodb cv=speaker",
)
PYTHON = """#!/bin/sh
[ "$1 $2" = "-m pip" ] && exit 0
exec {python} "$@"
"""


def build(place: Path) -> Path:
    """Write a clone whose trainings last one epoch, its environment, and what texts speak of."""
    clone = place / "clone"
    place.mkdir(parents=True, exist_ok=True)
    with FileLock(place / ".lock"):
        if not (clone / ".ready").exists():
            _build(place, clone)
    return clone


def _build(place: Path, clone: Path) -> None:
    """Build, or go on where an earlier start was stopped."""
    _copy(clone)
    _environment(clone)
    _sounds(place / "voices", clone)
    _published(clone / "Audio_Speech_Actors_01-24")
    _own(clone)
    for line in FIRST:
        run(line, clone, check=True)
    _left_by_trainings(clone)
    (clone / ".ready").touch()


def run(line: str, clone: Path, *, check: bool = False) -> subprocess.CompletedProcess[str]:
    """Run a line as a reader would, in the clone with its environment."""
    command = ["bash", "-c", line]
    found = subprocess.run(
        command, cwd=clone, env=variables(clone), capture_output=True, text=True, input="",
        errors="replace", check=False,
    )  # fmt: skip
    if check and found.returncode:
        raise RuntimeError(f"{line} ended with {found.returncode}: {found.stderr[-2000:]}")
    return found


def variables(clone: Path) -> dict[str, str]:
    """Environment variables of a reader."""
    mine = {k: v for k, v in os.environ.items() if not k.startswith(("SER_", "PYTEST", "VIRTUAL"))}
    return {
        **mine,
        "PATH": f"{clone / '.venv/bin'}:{os.environ['PATH']}",
        "PYTHONPATH": os.pathsep.join([str(clone), os.environ.get("PYTHONPATH", "")]),
        "SER_EMODB": str(clone / "emodb"),
        "SER_CACHE": str(clone.parent / "cache"),
        "OMP_NUM_THREADS": "1",
        "COLUMNS": "120",
    }


def _copy(clone: Path) -> None:
    """Copy what git tracks, with settings under which nothing lasts."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    for name in listed.stdout.splitlines():
        if (ROOT / name).is_file():
            (clone / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, clone / name)
    _edit(clone / "conf/grid/mlp.yaml", "20,40,80", "1,2")
    for path in [*clone.glob("conf/**/*.yaml"), *clone.glob("reproduce/conf/**/*.yaml")]:
        text = re.sub(r"(max_epochs: )\d+", r"\g<1>1", path.read_text("utf-8"))
        path.write_text(text, "utf-8")
    _edit(clone / "conf/data/emodb.yaml", "verify: true", "verify: false")
    _edit(clone / "conf/data/ravdess.yaml", "verify: true", "verify: false")
    _edit(clone / "conf/data/synthetic.yaml", "sentences: 5", "sentences: 2")


def _edit(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    if old not in text:
        raise ValueError(f"{path} has no {old}; correct tests/documents/world.py.")
    path.write_text(text.replace(old, new), "utf-8")


def _environment(clone: Path) -> None:
    """Write a .venv that is the one in which this runs, and is not installed into."""
    folder = clone / ".venv/bin"
    folder.mkdir(parents=True, exist_ok=True)
    _script(folder / "python", PYTHON.format(python=sys.executable))
    _script(folder / "pip", "#!/bin/sh\nexit 0\n")
    _script(folder / "ser", '#!/bin/sh\nexec python -m ser "$@"\n')
    _script(folder / "ser-train", '#!/bin/sh\nexec python -m ser.train "$@"\n')
    (folder / "activate").write_text(f"export PATH={folder}:$PATH\n")
    for marker in (".core", ".installed"):
        (clone / ".venv" / marker).touch()


def _script(path: Path, text: str) -> None:
    path.write_text(text)
    path.chmod(0o755)


def _sounds(voices: Path, clone: Path) -> None:
    """Write an EmoDB of two sentences, calls of a third, and single recordings."""
    (clone / "emodb/wav").mkdir(parents=True, exist_ok=True)
    spoken = Synthetic(voices, sentences=5)
    sentences = sorted({u.sentence for u in spoken.utterances()})
    for utterance in spoken.utterances():
        if utterance.sentence in sentences[2:4]:
            shutil.copy(utterance.path, clone / "emodb/wav")
    rows = [_call(u.path, clone) for u in spoken.utterances() if _is_call(u.path, sentences[4])]
    pd.DataFrame(filter(None, rows)).to_csv(clone / "calls.csv", index=False)
    calls = sorted((clone / "calls").rglob("*.wav"))
    for name, path in zip(("a.wav", "b.wav", "b, c.wav"), calls[::3], strict=False):
        shutil.copy(path, clone / name)
    shutil.copytree(clone / "calls", clone / "examples/onnx_only/calls", dirs_exist_ok=True)
    hour = np.concatenate([soundfile.read(path)[0] for path in calls[:6]])
    soundfile.write(clone / "hour.wav", hour, RATE)
    soundfile.write(clone / "b.flac", soundfile.read(calls[0])[0], RATE)


def _is_call(path: Path, sentence: str) -> bool:
    return path.stem[2:5] == sentence and path.stem[5] in WORDS


def _call(path: Path, clone: Path) -> dict[str, str]:
    """Copy a recording to ``calls/EMOTION/SPEAKER_1.wav``, and give its row."""
    speaker, emotion = path.stem[:2], WORDS[path.stem[5]]
    target = clone / "calls" / emotion / f"s{speaker}_1.wav"
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(path, target)
    place, label = target.relative_to(clone).as_posix(), emotion
    if emotion == "neutral" and int(speaker) % 2:
        label = "frustration"
    beside = {"speaker": speaker, "sentence": "greeting"}
    return {"path": place, "wav": place, "emotion": emotion, "label": label, **beside}


def _published(root: Path) -> None:
    """Write RAVDESS, a moment of noise a file."""
    draw = np.random.default_rng(0)
    for name in TREES["ravdess"]():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(root / name, draw.normal(0, 0.1, RATE // 5), RATE)


def _own(clone: Path) -> None:
    """Write the corpus that docs/corpora.md makes a class for, with that class."""
    own, draw = clone / "own", np.random.default_rng(1)
    (own / "wavs").mkdir(parents=True, exist_ok=True)
    (own / "conf/data").mkdir(parents=True, exist_ok=True)
    text = (ROOT / "docs/corpora.md").read_text("utf-8")
    (own / "calls.py").write_text(re.findall(r"```python\n(.*?)```", text, re.S)[0])
    (own / "conf/data/calls.yaml").write_text(re.findall(r"```yaml\n(.*?)```", text, re.S)[0])
    for emotion, count in (("anger", 120), ("joy", 80)):
        for number in range(count):
            name = f"{CALLERS[number % len(CALLERS)]}_{emotion}_{number}.wav"
            soundfile.write(own / "wavs" / name, draw.normal(0, 0.1, RATE // 5), RATE)


def _left_by_trainings(clone: Path) -> None:
    """Put models where texts have them, and write predictions as others do."""
    runs = clone / "runs/emodb/svm"
    shutil.copy(runs / "speaker/fold-00/seed-0/model.ckpt", clone / "model.ckpt")
    shutil.copy(runs / "speaker/fold-01/seed-0/model.ckpt", clone / "other.ckpt")
    if find_spec("safetensors"):
        run("python -m ser.export checkpoint=model.ckpt to=safetensors output=export", clone)
    knowing = next(path for path in runs.glob("speaker/norm*/fold-00/seed-0/model.ckpt"))
    shutil.copy(knowing, clone / "speaker.ckpt")
    ours = pd.read_csv(runs / "speaker/predictions.csv")
    ours[["id", "prediction", "fold"]].to_csv(clone / "theirs.csv", index=False)
    folds = [{"id": i, "fold": f, "side": s} for i, f, s in _sides(ours)]
    pd.DataFrame(folds).to_csv(clone / "their_folds.csv", index=False)
    words = {ours_: word for word, ours_ in OURS.items()}
    other = {"clip": ours["id"] + ".wav", "guess": ours["prediction"].replace(words)}
    other |= {"gold": ours["truth"].replace(words), "part": ours["fold"]}
    pd.DataFrame(other).to_csv(clone / "others.csv", index=False)
    if find_spec("audformat"):
        _database(clone)


def _sides(table: pd.DataFrame) -> Iterator[tuple[str, int, str]]:
    place = dict(zip(table["id"], table["fold"], strict=True))
    for fold in sorted(set(place.values())):
        for name, own in place.items():
            yield name, fold, "test" if own == fold else "train"


def _database(clone: Path) -> None:
    """Write the calls as a database of audformat."""
    import audformat

    rows = pd.read_csv(clone / "calls.csv", dtype=str)
    database = audformat.Database("calls")
    labels = sorted(set(rows["emotion"]))
    database.schemes["emotion"] = audformat.Scheme(labels=labels)
    for name in ("speaker", "transcription"):
        database.schemes[name] = audformat.Scheme("str")
    database["files"] = audformat.Table(audformat.filewise_index(list(rows["path"])))
    values = {"emotion": rows["emotion"], "speaker": rows["speaker"]}
    for name, column in {**values, "transcription": rows["sentence"]}.items():
        database["files"][name] = audformat.Column(scheme_id=name)
        database["files"][name].set(list(column))
    database.save(str(clone / "database"))
    shutil.copytree(clone / "calls", clone / "database/calls", dirs_exist_ok=True)
