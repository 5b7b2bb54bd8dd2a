"""What texts ask a reader to type: commands, and examples in Python."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

ROOT = Path(__file__).parents[2]
TEXTS = [
    *sorted(ROOT.glob("[!C]*.md")),
    ROOT / "CONTRIBUTING.md",
    *sorted(ROOT.glob("docs/**/*.md")),
]
TEXTS += [ROOT / "reproduce/README.md", ROOT / "benchmarks/README.md"]
TEXTS += sorted(ROOT.glob("examples/**/*.md"))
STARTS = "python -m|python [a-z]|ser-|ser [a-z]|make |pip |source |eval |find |cat |tmux "
FIRST = rf"(?:[A-Z_]+=\S+ )?(?:{STARTS})"
BLOCK = re.compile(rf"^ {{4}}({FIRST}.*)$", re.M)
INLINE = re.compile(r"`((?:python -m|make|pip install|tensorboard|mlflow|ser) [^`]+)`")
NAMED = re.compile(r"python -m [\w.]+|ser \w+")  # a command that is named, with nothing to do
EXAMPLE = re.compile(r"```python\n(.*?)```", re.S)


def lines(path: Path) -> list[str]:
    """Give each command of a text once, without its comment, in the order of the text."""
    text = path.read_text("utf-8").replace("\\\n", " ")
    found = [(m.start(), m[1]) for pattern in (BLOCK, INLINE) for m in pattern.finditer(text)]
    bare = [re.sub(r"\s+", " ", re.sub(r" {2,}#.*", "", line)).strip() for _, line in sorted(found)]
    return [line for line in dict.fromkeys(bare) if not NAMED.fullmatch(line)]


def commands(path: Path) -> list[list[str]]:
    """Give the words of every command of the house in a text."""
    words = (shlex.split(line, comments=True) for line in lines(path))
    return [found for found in words if found[:2] == ["python", "-m"]]


def examples(path: Path) -> list[str]:
    """Give the examples of a text, in its order."""
    return EXAMPLE.findall(path.read_text("utf-8"))
