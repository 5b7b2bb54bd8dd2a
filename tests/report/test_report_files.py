"""What is written: the page, Markdown and LaTeX, and the table in the terminal."""

import html
import json
import re
from html.parser import HTMLParser
from types import SimpleNamespace

import pytest
from marking import mark_again, mark_as_once
from sklearn.metrics import accuracy_score, f1_score, recall_score

from ser.report.__main__ import main
from ser.report.page import _lead, _title
from ser.runs.reading import find_runs
from tests.report.conftest import SIX, SPEAKERS, forget_speakers

VOID = {"meta", "link", "br", "wbr", "hr", "col"}


class Page(HTMLParser):
    """Elements of a page; refuses a tag that closes what is not open."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.open, self.words = [], [], []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] not in ("script", "style"):
            self.words.append(data)

    def all(self, name):
        return [attributes[name] for _, attributes in self.elements if name in attributes]

    @property
    def text(self):
        """All words, in one line: neither a place to break nor a tag ends a word."""
        return "".join(self.words)


@pytest.fixture(scope="module")
def texts(written):
    return {path.suffix: path.read_text() for path in written.iterdir()}


@pytest.fixture(scope="module")
def page(texts):
    return Page(texts[".html"])


@pytest.mark.parametrize("model", ["cnn1d", "lstm"])
@pytest.mark.parametrize("suffix", [".md", ".tex", ".html"])
def test_the_figures_are_those_of_scikit_learn(sweep, texts, model, suffix):
    table = find_runs([sweep / "emodb" / model / "speaker"])[0].predictions
    sides = table["truth"], table["prediction"]
    shown = {
        recall_score(*sides, average="macro"),
        accuracy_score(*sides),
        f1_score(*sides, average="weighted"),
    }
    cells = re.split(r"[|&\\\n[]|<[^>]*>", row_of(texts[suffix], model, "speaker"))
    assert {f"{100 * value:.1f}" for value in shown} <= {cell.strip() for cell in cells}


def row_of(text, model, cv):
    """The line of the first table that begins with a model, and has a regime behind it."""
    start = rf"(\| |<th[^>]*><a href=\"#run-\d\">|^){model}\b.*?{cv}.*?(</tr>|$)"
    return re.search(start, text, re.MULTILINE)[0]


@pytest.mark.parametrize("suffix", [".md", ".tex", ".html"])
def test_missing_and_failed_folds_are_named_in_every_form(texts, suffix):
    text = (
        html.unescape(re.sub(r"<[a-z/][^>]*>", " ", texts[suffix]))
        if suffix == ".html"
        else (html.unescape(texts[suffix]))
    )
    flat = re.sub(r"[\s|&\\]+", " ", text.replace(r"\allowbreak{}", ""))
    assert re.search("emodb/ ?lstm/ ?speaker 1 0 failed RuntimeError: out of", flat)
    assert re.search("emodb/ ?lstm/ ?speaker 3 0 to do: never started", flat)


def test_every_form_is_stamped(texts):
    for text in texts.values():
        bare = re.sub(r"</?strong>", "", text)
        assert "LEAKING PROTOCOL: the figures of runs marked LEAKS are too high" in bare
        assert "published (LEAKS)" in text


def test_every_drawing_is_stamped_with_its_protocol_and_has_an_alternative_text(texts):
    drawings = re.findall(r"<svg.*?</svg>", texts[".html"], re.DOTALL)
    assert len(drawings) == 6 * 3
    assert all("protocol=" in drawing for drawing in drawings)
    assert sum("(LEAKS)" in drawing for drawing in drawings) == 6
    assert all('role="img"' in drawing and "<title" in drawing for drawing in drawings)


def test_the_page_fetches_nothing(page):
    for name in ("src", "href", "xlink:href", "srcset", "data", "action"):
        assert all(link.startswith(("#", "data:")) for link in page.all(name))
    style = " ".join(page.all("style"))
    assert "http" not in style
    assert "@import" not in style
    assert not {"iframe", "object", "embed", "img"} & {tag for tag, _ in page.elements}


def test_ids_of_the_page_are_unique_and_every_link_leads_to_one(page):
    ids = page.all("id")
    assert len(ids) == len(set(ids))
    assert {link[1:] for link in page.all("href") if link.startswith("#")} <= set(ids)


def test_references_within_drawings_lead_to_ids(texts, page):
    assert set(re.findall(r"url\(#([^)]*)\)", texts[".html"])) <= set(page.all("id"))


def test_an_odd_name_stays_text_everywhere(texts, page):
    odd = "a_b&c%,<script>alert(1)<-script>|*x*"
    assert odd in page.text
    assert "alert(1)<-script>" not in texts[".html"]
    assert "&lt;script&gt;alert(1)&lt;-script&gt;\\|\\*x\\*" in texts[".md"]


def test_an_error_stays_text_on_the_page(texts, page):
    assert "out of <b>memory</b> & more" in page.text
    assert "<b>memory" not in texts[".html"]


def test_rows_of_markdown_have_as_many_cells_as_their_heading(texts):
    tables = [part for part in texts[".md"].split("\n\n") if part.startswith("|")]
    assert len(tables) > 10
    for table in tables:
        assert len({len(re.split(r"(?<!\\)\|", row)) for row in table.splitlines()}) == 1


def test_braces_of_latex_are_balanced_and_tables_end(texts):
    bare = re.sub(r"\\[{}]", "", texts[".tex"])
    assert bare.count("{") == bare.count("}")
    assert bare.count(r"\begin{tabular}") == bare.count(r"\end{tabular}") > 1
    shrunk = r"\resizebox{\ifdim\width>\linewidth\linewidth\else\width\fi}{!}{%" + "\n"
    assert bare.count(shrunk + r"\begin{tabular}") == bare.count(r"\end{tabular}}")


def test_a_table_that_is_longer_than_a_page_is_cut_and_keeps_every_row(write_run, tmp_path):
    for number in range(45):
        write_run(f"emodb/cnn1d/speaker/s{number}", missing=[1, 2, 3], unfinished=[0])
    main([str(tmp_path / "runs"), "--output", str(tmp_path)])
    text = (tmp_path / "report.tex").read_text()
    tables = re.findall(r"\\midrule\n(.*?)\\bottomrule", text, re.DOTALL)
    assert max(table.count("\n") for table in tables) <= 40
    assert set(re.findall(r"s(\d+) & 0 &", text)) == set(map(str, range(45)))
    assert len(re.findall(r"caption\{Folds that are lacking \(\d of \d\)\}", text)) > 1


def test_runs_that_share_their_folds_share_the_picture_of_them(write_run, tmp_path):
    for model in ("cnn1d", "lstm"):
        write_run(f"emodb/{model}/speaker", logs=False)
    main([str(tmp_path / "runs"), "--output", str(tmp_path)])
    text = (tmp_path / "report.html").read_text()
    assert len(re.findall(r"<svg [^>]*-design-title", text)) == 1
    bare = text.replace("<wbr>", "")
    assert 'The same folds as <a href="#run-1">emodb/cnn1d/speaker</a>' in bare


def test_a_ranking_by_test_score_is_stamped_in_every_form(write_run, tmp_path, capsys):
    write_run(missing=[0, 1, 2, 3])
    write_run("emodb/lstm/speaker", missing=[2], unfinished=[0, 1, 3])
    main([str(tmp_path / "runs"), "--output", str(tmp_path), "--sort", "uar"])
    assert "SELECTED ON TEST" in capsys.readouterr().out
    for suffix in ("html", "md", "tex"):
        assert "SELECTED ON TEST" in (tmp_path / f"report.{suffix}").read_text()


def test_two_reports_of_the_same_runs_are_the_same(write_run, tmp_path):
    run = write_run(logs=False)
    for folder in ("a", "b"):
        main([str(run), "--output", str(tmp_path / folder)])
    for name in ("report.html", "report.md", "report.tex"):
        assert (tmp_path / "a" / name).read_text() == (tmp_path / "b" / name).read_text()


def test_tables_are_shown_though_nothing_can_be_written(write_run, tmp_path, capsys):
    run = write_run(logs=False)
    (tmp_path / "file").touch()
    with pytest.raises(SystemExit, match=r"^error: .*file cannot be read or written"):
        main([str(run), "--output", str(tmp_path / "file")])
    assert "UAR" in capsys.readouterr().out


def test_a_mistake_ends_in_one_sentence(tmp_path):
    with pytest.raises(SystemExit, match=r"error: .*nowhere does not exist; name the folder"):
        main([str(tmp_path / "nowhere")])


def test_folds_trained_on_different_versions_are_told(write_run, tmp_path):
    run = write_run(logs=False)
    path = run / "fold-02" / "seed-0" / "environment.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "precision": "bf16-mixed"}))
    main([str(mark_again(run)), "--output", str(tmp_path)])
    assert "Folds differ in precision." in (tmp_path / "report.html").read_text()


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b"epoch,val/loss\n1,x\n", b"a,b\n1,2\n"])
def test_a_log_that_was_cut_costs_its_curve_and_no_figure(write_run, tmp_path, content):
    run = write_run()
    (run / "fold-01" / "seed-0" / "csv" / "metrics.csv").write_bytes(content)
    main([str(run), "--output", str(tmp_path)])
    assert "Learning curves" in (tmp_path / "report.html").read_text()


def test_a_damaged_fold_is_named_in_every_form(write_run, tmp_path):
    run = write_run()
    path = run / "fold-01" / "seed-0" / "predictions.csv"
    path.write_text(path.read_text().replace("anger", "fear", 1))
    main([str(run), "--output", str(tmp_path)])
    for form in ("md", "tex", "html"):
        text = (tmp_path / f"report.{form}").read_text()
        assert "was changed since the training wrote it" in text


DESIGN = re.compile(r"<h3>Design of the folds</h3>.*?</figure>", re.DOTALL)


def design_in(folder):
    main([str(folder / "runs"), "--output", str(folder)])
    return DESIGN.search((folder / "report.html").read_text())[0]


def test_one_finished_fold_is_drawn_with_both_its_sides(write_run, tmp_path):
    write_run("emodb/cnn1d/stratified", missing=[1, 2, 3], logs=False)
    drawn = design_in(tmp_path)
    assert {side for side in ("train", "validation", "test") if f">{side}</text>" in drawn} == {
        *("train", "validation", "test")
    }


def test_folds_whose_speakers_are_not_named_are_not_drawn(write_run, tmp_path):
    forget_speakers(write_run("emodb/cnn1d/speaker", missing=[1, 2, 3], logs=False))
    shown = design_in(tmp_path)
    assert "<svg" not in shown
    assert "does not name the speakers on the training side" in shown


def test_a_whole_run_without_sides_is_drawn_by_what_each_fold_tests(write_run, tmp_path):
    run = write_run("emodb/cnn1d/stratified", logs=False)
    for path in run.glob("fold-*/seed-*/folds.json"):
        path.unlink()
    mark_as_once(run)
    drawn = design_in(tmp_path)
    assert ">tested in another fold</text>" in drawn
    assert ">train</text>" not in drawn


@pytest.mark.parametrize("speakers", [SPEAKERS[:3], SIX])
def test_a_handful_of_speakers_has_a_dash_for_an_interval_and_a_reason(
    write_run, tmp_path, capsys, speakers
):
    write_run(speakers=speakers, logs=False)
    main([str(tmp_path / "runs"), "--output", str(tmp_path)])
    texts = [(tmp_path / f"report{suffix}").read_text() for suffix in (".html", ".md", ".tex")]
    few = len(speakers) < 5
    for text in map(flat, [*texts, capsys.readouterr().out]):
        assert ("needs 5 of them (Cameron, Gelbach and Miller, 2008)" in text) is few
    assert bool(re.search(r"\d\.\d \[\d", texts[-1])) is not few


def flat(text):
    return re.sub(r"\s+", " ", text)


def test_a_title_of_many_corpora_counts_them_and_the_lead_names_them():
    corpora = [f"{name}_of_somebody" for name in ("calls", "letters", "speeches", "talks")]
    findings = [
        SimpleNamespace(run=SimpleNamespace(name=SimpleNamespace(corpus=c), finished=[1]))
        for c in corpora
    ]
    for found in findings:
        found.stamp = SimpleNamespace(mark="")
    assert _title(findings) == "4 runs on 4 corpora"
    assert _title(findings[:2]) == "2 runs on calls_of_somebody and letters_of_somebody"
    assert f"Corpora: {', '.join(corpora)}." in _lead(findings)
