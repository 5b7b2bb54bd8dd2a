"""A multirun ends with one table of all its runs, and the leak is such a multirun."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hydra import compose, initialize_config_dir

from ser.configuration import config_folder, run_name
from ser.results import from_csv

LEAK = Path(config_folder(), "leak")
HONEST_SHUFFLED = (
    "emodb_cnn1d_augmented_kfold,model.dropout=0,protocol=honest,shuffle_labels=true,"
    "trainer.max_epochs=60"
)
STEPS = sorted(path.stem for path in LEAK.glob("*.yaml"))


def test_a_sweep_over_steps_of_the_leak_ends_with_a_table_of_them(emodb, tmp_path):
    words = [
        "experiment=leak",
        "leak=published,honest_shuffled",
        f"data.root={emodb.root}",
        f"output={tmp_path}",
        *("data.verify=false", "cv.n_splits=3", "trainer.max_epochs=1", "trainer=cpu"),
    ]
    found = subprocess.run(
        [sys.executable, "-m", "ser.train", "-m", *words],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "COLUMNS": "120"},
    )
    table = found.stdout.splitlines()[-5:]
    lines = [line for line in table if "3/3" in line]
    assert [line.split("  ")[0].strip() for line in lines] == [
        "published: copies are made, then rows are dealt to folds",
        "honest, labels shuffled",
    ]
    runs = {path.parent.name: from_csv(path) for path in tmp_path.glob("*/*/*/*/predictions.csv")}
    rows = {name: len(run) for name, run in runs.items()}
    count = len(emodb.utterances())
    assert rows == {
        "emodb_cnn1d_augmented_kfold": 4 * count,
        HONEST_SHUFFLED: count,
    }


@pytest.mark.parametrize("step", STEPS)
def test_each_step_of_the_leak_shares_its_folder_with_the_run_it_is(step):
    with initialize_config_dir(config_folder(), version_base="1.3"):
        leak = compose("train", ["experiment=leak", f"leak={step}"], return_hydra_config=True)
        words = leak.name.split(",")[1:]
        words = [f"experiment=published/{leak.name.split(',')[0]}", f"cv={leak.cv.name}", *words]
        same = compose("train", words, return_hydra_config=True)
    changed = [word for word in words if not word.startswith("cv=")]
    folder = run_name(same.hydra.runtime.choices, changed)
    assert run_name(leak.hydra.runtime.choices, [], leak.name) == folder
    for key in ("data", "features", "cv", "protocol", "augment", "model", "trainer", "seed"):
        assert leak[key] == same[key]
    assert leak.shuffle_labels == same.shuffle_labels
