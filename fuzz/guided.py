"""``python -m fuzz.guided TARGET``: inputs that go where no input went before, by atheris.

The bytes that atheris changes are those that Hypothesis draws an input from. An input with a bad
end stops the command with its traceback, and is kept in ``.hypothesis`` for ``python -m fuzz``.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

FIRST, LENGTH = 64, 4096  # inputs to begin with, of so many bytes: of few nothing can be drawn


def main(arguments: Sequence[str] | None = None) -> None:
    """Fuzz one target for some seconds."""
    parser = argparse.ArgumentParser("python -m fuzz.guided", description=__doc__)
    parser.add_argument("target", help="part of the name of a target")
    parser.add_argument("--seconds", type=int, default=600, help="how long (600)")
    chosen = parser.parse_args(arguments)
    try:
        import atheris  # noqa: PLC0415 - an extra
    except ImportError:
        parser.error("this needs the package atheris: pip install '.[fuzz]'")
    with atheris.instrument_imports(include=["ser"]):
        from fuzz.target import every_target  # noqa: PLC0415 - what is imported here is watched
        from fuzz.trying import property_of  # noqa: PLC0415

        found = [target for target in every_target() if chosen.target in target.name]
    if len(found) != 1:
        names = ", ".join(target.name for target in found or every_target())
        parser.error(f"name one target of {names}")
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as corpus:
        for number in range(FIRST):
            Path(corpus, str(number)).write_bytes(random.Random(number).randbytes(LENGTH))
        found[0].prepare(Path(folder))
        test = property_of(found[0], Path(folder), 1, remembers=True)
        options = [f"-max_total_time={chosen.seconds}", f"-max_len={LENGTH}", "-len_control=0"]
        atheris.Setup([sys.argv[0], *options, corpus], test.hypothesis.fuzz_one_input)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
