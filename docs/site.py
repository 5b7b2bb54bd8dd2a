"""What mkdocs is asked beside ``mkdocs.yml``: pages that lie outside ``docs``, and their links.

README becomes the first page. A link leads to the page where there is one, and else to nothing that
a site could have, such as a folder of the repository: then its words stand alone.
"""

from __future__ import annotations

import posixpath
import re
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File

ROOT = Path(__file__).parents[1]
PAGES = {
    "README.md": "index.md",
    "CONTRIBUTING.md": "contributing.md",
    "CHANGELOG.md": "changelog.md",
    "reproduce/README.md": "reproduce.md",
    "benchmarks/README.md": "benchmarks.md",
}
OF_README = (*sorted(ROOT.glob("results/*.png")), ROOT / "docs/pictures/app.png")
PICTURES = [path.relative_to(ROOT).as_posix() for path in OF_README]
SITES = {**PAGES, **{picture: picture for picture in PICTURES}}
LINK = re.compile(r"(!?)\[([^\]]*)\]\((?!\w+:)([^)#\s]*)(#[^)\s]*)?\)")
ANCHOR = re.compile(r'(?<=<a href=")(?!\w+:)([^"#]+)')  # of a link around a picture
EVIDENCE = re.compile(r"<!-- evidence of README: (\w+) -->")
LISTED = re.compile(r"[\w/-]+\.md")


def on_config(config: Any) -> Any:
    """Add pages of ``docs`` that the list of pages does not have."""
    listed = set(LISTED.findall(str(config.nav)))
    more = [path.name for path in sorted(ROOT.glob("docs/*.md")) if path.name not in listed]
    section = next(
        part["How to"] for part in config.nav if isinstance(part, dict) and "How to" in part
    )
    section.extend(more)
    return config


def on_files(files: Any, config: Any) -> Any:
    """Add the pages and pictures that lie elsewhere in the repository."""
    for source, place in PAGES.items():
        text = (ROOT / source).read_text("utf-8")
        files.append(File.generated(config, place, content=text))
    for picture in PICTURES:
        files.append(File.generated(config, picture, abs_src_path=str(ROOT / picture)))
    return files


def on_page_markdown(markdown: str, page: Any, config: Any, files: Any) -> str:
    """Lead links of the repository to pages of the site, and put tables of README in."""
    place = page.file.src_uri
    source = next((path for path, at in PAGES.items() if at == place), f"docs/{place}")
    text = EVIDENCE.sub(lambda found: _evidence(found[1]), markdown)
    text = ANCHOR.sub(lambda found: _page(found[1], source, place)[1].replace(".md", ".html"), text)
    return LINK.sub(lambda found: _link(found, source, place, files), text)


def _link(found: re.Match[str], source: str, place: str, files: Any) -> str:
    picture, words, target, anchor = found[1], found[2], found[3], found[4] or ""
    if not target:
        return found[0]
    whole, way = _page(target, source, place)
    if not (ROOT / whole).exists():
        return found[0]  # mkdocs says that it leads nowhere
    file = files.get_file_from_path(
        posixpath.normpath(posixpath.join(posixpath.dirname(place), way))
    )
    if file is None or file.inclusion.is_excluded():
        return words
    return f"{picture}[{words}]({way}{anchor})"


def _page(target: str, source: str, place: str) -> tuple[str, str]:
    """Where a link leads in the repository, and the way to that from a page of the site."""
    whole = posixpath.normpath(posixpath.join(posixpath.dirname(source), target))
    led = SITES.get(whole, whole.removeprefix("docs/"))
    return whole, posixpath.relpath(led, posixpath.dirname(place) or ".")


def _evidence(name: str) -> str:
    text = (ROOT / "README.md").read_text("utf-8")
    found = re.search(rf"<!-- evidence: {name} -->\n(.*?)<!-- end -->", text, re.S)
    if found is None:
        raise ValueError(
            f"README.md has no evidence named {name}; correct the page that asks for it."
        )
    return found[1]
