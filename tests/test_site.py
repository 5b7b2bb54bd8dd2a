"""The site: every page has its place, links lead somewhere, nothing is fetched from elsewhere."""

import importlib.util
import inspect
import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
NEEDED = ("mkdocs", "material", "mkdocstrings", "mkdocstrings_handlers.python")
FETCHED = re.compile(
    r"""<(?:script|link|img|iframe)[^>]*\s(?:src|href)=["']?(?:https?:)?//[^>]*>"""
)


def test_every_page_of_the_list_exists_and_no_page_below_a_folder_is_left_out() -> None:
    listed = set(re.findall(r"[\w/-]+\.md", (ROOT / "mkdocs.yml").read_text().partition("nav:")[2]))
    made = {"index.md", "contributing.md", "changelog.md", "reproduce.md", "benchmarks.md"}
    there = {path.relative_to(ROOT / "docs").as_posix() for path in ROOT.glob("docs/**/*.md")}
    assert listed - made <= there
    assert {page for page in there - listed if "/" in page} == set()


@pytest.mark.parametrize("page", sorted(ROOT.glob("docs/reference/*.md")), ids=lambda p: p.stem)
def test_what_the_reference_describes_exists(page: Path) -> None:
    for name in re.findall(r"^::: (\S+)$", page.read_text(), re.M):
        module, _, last = name.rpartition(".")
        found = importlib.import_module(module)
        assert hasattr(found, last) or importlib.util.find_spec(name), name


@pytest.mark.parametrize("room", ["augment", "corpora", "data", "features", "folds", "models"])
def test_the_reference_has_every_public_class_and_function(room: str) -> None:
    described = {name for page in ROOT.glob("docs/reference/*.md")
                 for name in re.findall(r"^::: (\S+)$", page.read_text(), re.M)}  # fmt: skip
    module = importlib.import_module(f"ser.{room}")
    named = {name: getattr(module, name) for name in module.__all__}
    public = {
        n: f"{v.__module__}.{n}"
        for n, v in named.items()
        if inspect.isroutine(v) or inspect.isclass(v)
    }
    assert [
        path for path in public.values() if not {path, path.rpartition(".")[0]} & described
    ] == []


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    for package in NEEDED:
        try:
            found = importlib.util.find_spec(package)
        except ModuleNotFoundError:
            found = None
        if found is None:
            pytest.skip(f"{package} is not installed: pip install '.[docs]', as make docs does")
    from mkdocs.commands.build import build
    from mkdocs.config import load_config

    target = tmp_path_factory.mktemp("site")
    config = load_config(str(ROOT / "mkdocs.yml"), site_dir=str(target), strict=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["mkdocs"])
        config.plugins.on_startup(command="build", dirty=False)
        build(config)  # every warning, such as a link that leads nowhere, is an error
    return target


def test_the_site_is_built_without_a_warning_and_has_every_page(site: Path) -> None:
    names = {path.relative_to(site).with_suffix("").as_posix() for path in site.rglob("*.html")}
    pages = {
        p.relative_to(ROOT / "docs").with_suffix("").as_posix() for p in ROOT.glob("docs/*.md")
    }
    assert pages | {"index", "tutorial/first-hour", "method/leakage"} <= names
    assert "learning_rate" in (site / "reference/models.html").read_text("utf-8")
    assert "copies of test utterances" in (site / "index.html").read_text("utf-8")
    assert "honest, labels shuffled" in (site / "method/leakage.html").read_text("utf-8")


def test_the_site_fetches_nothing_from_elsewhere(site: Path) -> None:
    for page in site.rglob("*.html"):
        assert FETCHED.findall(page.read_text("utf-8")) == [], page


def test_whatever_a_page_of_the_site_asks_for_is_there(site: Path) -> None:
    for page in site.rglob("*.html"):
        asked = re.findall(r"""<[^>]*\s(?:src|href)=["']?([^"'\s>#]+)""", page.read_text("utf-8"))
        local = {word for word in asked if not re.match(r"\w+:", word)}
        places = {site / word[1:] if word[0] == "/" else page.parent / word for word in local}
        assert [place for place in places if not place.exists()] == [], page
    assert (site / "site.css").is_file()
