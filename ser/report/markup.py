"""HTML from Python: whatever is not markup already is escaped."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import TypeAlias

Child: TypeAlias = "str | Iterable[Child] | None"

VOID = frozenset(("meta", "link", "br", "hr", "col"))


class Markup(str):
    """Text that is HTML already."""

    __slots__ = ()


def element(tag: str, *children: Child, **attributes: str | bool | None) -> Markup:
    """Build an element.

    Args:
        tag: Name of the element.
        children: Text, elements, or lists of them; None is left out.
        attributes: Without value for True, left out for None and False; ``class_`` is
            ``class`` and ``data_x`` is ``data-x``.

    Example:
        >>> element("p", "a < b", class_="note")
        '<p class="note">a &lt; b</p>'
    """
    told = "".join(_attribute(name, value) for name, value in attributes.items())
    if tag in VOID:
        return Markup(f"<{tag}{told}>")
    return Markup(f"<{tag}{told}>{join(children)}</{tag}>")


def join(children: Child) -> Markup:
    """Put children together, escaping text."""
    if children is None:
        return Markup("")
    if isinstance(children, Markup):
        return children
    if isinstance(children, str):
        return Markup(escape(children))
    return Markup("".join(join(child) for child in children))


def breakable(path: str) -> Markup:
    """Let a path break behind its slashes, rather than anywhere."""
    return Markup(escape(path).replace("/", "/<wbr>"))


def _attribute(name: str, value: str | bool | None) -> str:
    if value is None or value is False:
        return ""
    word = name.rstrip("_").replace("_", "-")
    return f" {word}" if value is True else f' {word}="{escape(value)}"'
