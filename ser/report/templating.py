"""Templates, and what keeps words from being taken for markup in each kind of document.

Whatever is put into a template is escaped, unless it is markup already.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

FOLDER = Path(__file__).with_name("templates")
MARKDOWN = re.compile(r"([\\`*\[\]|#~])|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])")
LATEX = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "%": r"\%",
    "_": r"\_",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': r"\textquotedbl{}",
    "–": "--",
    "−": "$-$",
    "±": r"$\pm$",
    "×": r"$\times$",
    "·": r"$\cdot$",
    "…": r"\ldots{}",
}
LONG = 20  # letters, from which a name may break at more than a slash
JOINTS = r"(?<=[/,_=+])(?=.)|(?<=\.)(?=\D)"
WARNING = re.compile(r"[A-Z]{3,} [A-Z]+[^:]*:")


def html(name: str, **content: Any) -> str:
    """Fill a template of HTML."""
    environment = _environment()
    environment.filters.update(breakable=breakable, warning=warning, file=_file)
    return environment.get_template(name).render(**content)


def markdown(name: str, **content: Any) -> str:
    """Fill a template of Markdown."""
    return _environment(finalize=_escaping(escape_markdown)).get_template(name).render(**content)


def latex(name: str, **content: Any) -> str:
    """Fill a template of LaTeX; its signs are angle brackets, for braces are taken."""
    signs = {
        "block_start_string": "<%",
        "block_end_string": "%>",
        "variable_start_string": "<<",
        "variable_end_string": ">>",
        "comment_start_string": "<#",
        "comment_end_string": "#>",
    }
    environment = _environment(finalize=_escaping(escape_latex), **signs)
    return environment.get_template(name).render(**content)


def escape_markdown(words: str) -> str:
    """Keep Markdown and HTML from seeing more than words."""
    marked = MARKDOWN.sub(lambda match: f"\\{match[0]}", " ".join(words.split()))
    return marked.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def escape_latex(words: str) -> str:
    """Keep LaTeX from seeing more than words; a leading bracket would be an argument of a row."""
    plain = " ".join(map(_latex_word, words.split()))
    return f"{{}}{plain}" if plain.startswith(("[", "*")) else plain


def breakable(words: str) -> Markup:
    """Let a long name break behind the signs that join its parts, and a short one nowhere."""
    return Markup(" ").join(Markup("<wbr>").join(_parts(word)) for word in words.split(" "))


def warning(sentence: str) -> tuple[str, str]:
    """Divide a sentence into its beginning, if that is a warning in capitals, and the rest."""
    match = WARNING.match(sentence)
    return (match[0], sentence[match.end() :]) if match else ("", sentence)


def _latex_word(word: str) -> str:
    parts = ("".join(LATEX.get(letter, letter) for letter in part) for part in _parts(word))
    return r"\allowbreak{}".join(parts)


def _parts(word: str) -> list[str]:
    """Divide a word where a line may end within it."""
    return re.split(JOINTS if len(word) > LONG else "(?<=/)(?=.)", word)


def _environment(**options: Any) -> Environment:
    return Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        **options,
    )


def _escaping(rule: Callable[[str], str]) -> Callable[[Any], Markup]:
    """Escape by a rule of its own; what comes out is markup, so that HTML does not escape it."""
    return lambda value: value if isinstance(value, Markup) else Markup(rule(str(value)))


def _file(name: str) -> Markup:
    return Markup((FOLDER / name).read_text(encoding="utf-8"))
