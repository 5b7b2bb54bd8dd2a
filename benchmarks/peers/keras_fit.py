"""``python keras_fit.py DATA.npz JOB``: train a published network in Keras, knowing nothing of ser.

Prints the seconds of each epoch and the accuracy on the test side as its last line. ``JOB`` is
JSON; ``KERAS_BACKEND`` names the backend.
"""

from __future__ import annotations

import json
import sys
import time
from typing import Any

import keras
import numpy as np
from keras import layers

EPSILON, BATCH = 1e-7, 32
MOMENTUM = 0.9  # of batch statistics: by default they are behind for some hundred steps


def convolution(filters: int, kernel: int, **options: Any) -> Any:
    """Convolution that keeps the length."""
    return layers.Conv1D(filters, kernel, padding="same", activation="relu", **options)


def normalisation() -> Any:
    """Batch normalisation with the statistics of some ten steps."""
    return layers.BatchNormalization(momentum=MOMENTUM)


def cnn1d() -> list[Any]:
    """Six convolutions over the numbers of a vector."""
    square = keras.regularizers.L2(0.01)
    return [
        convolution(256, 8),
        convolution(256, 8, kernel_regularizer=square, bias_regularizer=square),
        *(layers.MaxPooling1D(2), normalisation(), layers.Dropout(0.2)),
        *(convolution(256, 8), normalisation(), layers.MaxPooling1D(2)),
        *(convolution(128, 5), normalisation(), layers.MaxPooling1D(2)),
        layers.Dropout(0.2),
        *(convolution(128, 5), normalisation(), layers.MaxPooling1D(2)),
        *(convolution(128, 5), normalisation(), layers.MaxPooling1D(2)),
        *(layers.Dropout(0.2), layers.Flatten()),
        *(layers.Dense(512, activation="relu"), layers.Dropout(0.3)),
        *(layers.Dense(256, activation="relu"), layers.Dropout(0.3)),
    ]


def lstm() -> list[Any]:
    """Two LSTMs over the frames."""
    return [
        *(layers.LSTM(64, return_sequences=True), layers.LSTM(64)),
        *(layers.Dense(64, activation="relu"), layers.Dropout(0.2)),
    ]


class Clock(keras.callbacks.Callback):
    """Seconds of each epoch."""

    def __init__(self) -> None:
        super().__init__()
        self.seconds: list[float] = []

    def on_epoch_begin(self, *_: Any) -> None:
        """Note the time."""
        self.begin = time.perf_counter()

    def on_epoch_end(self, *_: Any) -> None:
        """Note the seconds."""
        self.seconds.append(time.perf_counter() - self.begin)


def set_threads(threads: int) -> None:
    """Pin the arithmetic of the backend to so many threads."""
    if keras.backend.backend() == "tensorflow":
        import tensorflow  # noqa: PLC0415

        tensorflow.config.threading.set_intra_op_parallelism_threads(threads)
        tensorflow.config.threading.set_inter_op_parallelism_threads(threads)
    else:
        import torch  # noqa: PLC0415

        torch.set_num_threads(threads)


def main(data: str, settings: str) -> None:
    """Train, test, and print what was found."""
    job, sides = json.loads(settings), np.load(data)
    set_threads(job["threads"])
    keras.utils.set_random_seed(job["seed"])
    body = {"cnn1d": cnn1d, "lstm": lstm}[job["network"]]()
    head = layers.Dense(int(sides["classes"]), "softmax")
    model = keras.Sequential([keras.Input(sides["train"].shape[1:]), *body, head])
    adam = keras.optimizers.Adam(job["learning_rate"], epsilon=EPSILON)
    model.compile(adam, "sparse_categorical_crossentropy")
    clock, known = Clock(), (sides["train"], sides["train_targets"])
    model.fit(*known, BATCH, job["epochs"], verbose=0, callbacks=[clock])
    predicted = model.predict(sides["test"], verbose=0).argmax(1)
    accuracy = float((predicted == sides["test_targets"]).mean())
    print(json.dumps({"seconds": clock.seconds, "accuracy": accuracy}))


if __name__ == "__main__":
    main(*sys.argv[1:])
