"""``python -m ser.rerun RUN``: repeat a run from its folder, and compare the predictions.

The work is in ``ser.training.rerunning``.

Example: ``python -m ser.rerun runs/emodb/cnn1d/speaker/fold-00/seed-0 data.root=emodb``
"""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from pathlib import Path

from ser.errors import ConfigError, likely
from ser.runs.configuration import INCIDENTAL, is_incidental
from ser.runs.options import is_option, meant
from ser.system.counted import counted
from ser.system.door import door
from ser.system.paths import expanded
from ser.system.stopping import KEPT
from ser.system.streams import Lasting

HELP = ("-h", "--help")
OUTPUT = "reruns"
NAMED = ("output", "fold")
OF_ONE = re.compile(r"^data\.(?!corpora\.|corpus\.)(\w+)\.(?=\w+$)")  # as ser.train takes it
USAGE = f"""ser.rerun: repeat a run from its folder, and say whether the predictions are equal.

  python -m ser.rerun RUN [KEY=VALUE …]

  RUN            folder of a run, as runs/emodb/cnn1d/speaker, or of one of its folds, as
                 runs/emodb/cnn1d/speaker/fold-00/seed-0
  output=…       folder for what is trained (default: {OUTPUT}); nothing there is overwritten
  fold=…         one fold of the run, counted from 0 (default: all that are finished)
  data.root=…    where the corpus lies here; likewise data.file, cv.file, features.weights, and of
                 several corpora data.NAME.root
  trainer.…=…    accelerator, devices or record; features.device, data.cache

Settings are those of the run, which its folder keeps. Versions and corpus are compared, and what
differs is said. Exit code: 0 if the predictions are equal, 1 if they differ, 2 if that cannot be
said.
"""


@door(KEPT)
def main(words: Sequence[str] | None = None) -> None:
    """Repeat the run that the command line names."""
    given = sys.argv[1:] if words is None else words
    if any(word in HELP for word in given):
        Lasting(sys.stdout).write(USAGE)
        return
    try:
        run, output, changes = read_words(given)
    except ConfigError as error:
        Lasting(sys.stderr).write(f"error: {error}\n")
        raise SystemExit(2) from error
    from ser.training.rerunning import main as job

    job(run, output, changes)


def read_words(words: Sequence[str]) -> tuple[Path, Path, dict[str, str]]:
    """Read the folder of a run, where to train, and what is elsewhere here.

    Raises:
        ConfigError: If there is not one folder, or a setting would make another run of it.
    """
    for at, word in enumerate(words):
        if is_option(word) and not Path(word).exists():
            known = (*NAMED, *INCIDENTAL)
            raise ConfigError(f"{word} is no option here; {meant(words, at, known)}.")
    folders = [word for word in words if "=" not in word or Path(word).exists()]
    if len(folders) != 1:
        raise ConfigError(
            f"{counted(len(folders), 'folder is', 'folders are')} named, and one run is "
            "repeated at a time; pass the folder of a run or of a fold, as "
            "runs/emodb/cnn1d/speaker."
        )
    pairs = (word.partition("=") for word in words if word not in folders)
    changes = {OF_ONE.sub(r"data.corpora.\1.", key): value for key, _, value in pairs}
    for key in changes:
        if key not in NAMED and not is_incidental(key):
            raise ConfigError(
                f"{key}= would make another run of it{likely(key, (*NAMED, *INCIDENTAL))}; repeat "
                "it as it was, or start ser.train for other settings."
            )
    output = expanded(changes.pop("output", OUTPUT))
    return expanded(folders[0]), output, changes


if __name__ == "__main__":
    main()
