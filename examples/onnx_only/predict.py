"""Emotion of audio files by a ``model.onnx`` that ser.export wrote: neither PyTorch nor ser.

python predict.py model.onnx a.wav b.wav
"""

import json
import sys

import numpy as np
import onnxruntime
import soundfile


def read(path, about):
    """Read a file as the model takes it, or say why it cannot be."""
    rate, shortest = int(about["sample_rate"]), int(about["shortest"])
    samples, found = soundfile.read(path, dtype="float32", always_2d=True)
    mono = samples.mean(axis=1)
    if found != rate:
        sys.exit(
            f"{path} has {found} Hz, and the model reads {rate} Hz; convert it: "
            f"ffmpeg -i {path} -ar {rate} converted.wav"
        )
    if len(mono) < shortest:
        sys.exit(f"{path} has {len(mono)} samples, and the model reads {shortest} or more.")
    if np.ptp(mono) < 1e-6:
        sys.exit(f"{path} is digital silence.")
    return mono


def main(model, *paths):
    """Print the emotion of each file, and the probability of each emotion."""
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    about = session.get_modelmeta().custom_metadata_map
    for alarm in json.loads(about["alarms"]):
        print(f"warning: {alarm}", file=sys.stderr)
    labels = json.loads(about["labels"])
    sounds = [read(path, about) for path in paths]
    lengths = np.array([len(sound) for sound in sounds], np.int64)
    waveform = np.zeros((len(sounds), lengths.max()), np.float32)
    for row, sound in zip(waveform, sounds):
        row[: len(sound)] = sound
    (answers,) = session.run(None, {"waveform": waveform, "lengths": lengths})
    for path, shares in zip(paths, answers):
        ranked = sorted(zip(labels, shares), key=lambda pair: -pair[1])
        print(f"{path}: {', '.join(f'{label} {share:.1%}' for label, share in ranked)}")


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
