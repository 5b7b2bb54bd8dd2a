"""Words stay words in every form, and what a learner does not have is a dash."""

import json
import re

import pandas as pd
import pytest
from marking import mark_again
from rich.console import Console

from ser.report import compare_runs, report
from ser.report.__main__ import main
from ser.report.drawings.canvas import drawing, fitted
from ser.report.drawings.confusion import counted_as, draw_confusion, save_confusion
from ser.report.templating import breakable, escape_latex, escape_markdown
from ser.runs.checked import read_predictions

ODD = "$x_1$ [red]<b>&|*_{%#"


@pytest.fixture
def odd(write_run):
    """Give predictions whose emotions and speakers are full of signs."""
    table = read_predictions(write_run(logs=False))
    table = table.replace({"truth": {"joy": ODD}, "prediction": {"joy": ODD}})
    return table.rename(columns={"p_joy": f"p_{ODD}"})


def printed(table):
    console = Console(width=80)
    with console.capture() as capture:
        console.print(table)
    return capture.get()


def test_an_emotion_that_looks_like_a_formula_is_drawn_as_it_is_written(odd):
    drawn = draw_confusion(odd, "run-1", ODD)
    assert "$x_1$ [red]&lt;b&gt;&amp;|*_{%#" in drawn
    assert "<b>" not in drawn


def test_a_long_title_of_odd_words_is_saved_without_being_taken_for_a_formula(odd, tmp_path):
    save_confusion(odd, tmp_path / "confusion.png", f"{ODD}/" * 20, [ODD])
    assert (tmp_path / "confusion.png").read_bytes().startswith(b"\x89PNG")


def test_counts_of_several_seeds_say_so(odd):
    both = pd.concat([odd.assign(seed=seed) for seed in (0, 1)])
    shaded = "shaded by the share of the true emotion."
    assert counted_as(odd) == f"Counts, {shaded}"
    assert counted_as(both) == f"Counts of all 2 seeds, {shaded}"


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("title", ["\x1b[31mred", "\x07", "日本", "a\tb\x00", "$\\frac{", " "])
def test_a_title_of_any_letters_is_drawn(title, odd, tmp_path):
    save_confusion(odd, tmp_path / "x.png", title, [title])
    assert (tmp_path / "x.png").stat().st_size


@pytest.mark.parametrize("words", ["a/" * 200, "x" * 300, "many words " * 40])
def test_no_line_of_a_title_is_wider_than_its_drawing(words):
    with drawing(3) as (figure, _):
        lines = fitted(figure, words, 12)
        title = figure.suptitle(lines, fontsize=12)
        width = title.get_window_extent().width
    assert len(lines.splitlines()) > 1
    assert width <= figure.bbox.width
    assert re.sub(r"\s", "", lines) == re.sub(r"\s", "", words)


def test_signs_of_the_terminal_are_printed_and_not_obeyed(write_run):
    run = write_run(logs=False)
    assert "[red]" in printed(report(run, ODD, [ODD], picture=False))
    assert "[red]x" in printed(compare_runs({"[red]x": run.parent / "not-begun"}))


@pytest.mark.parametrize("sign", list("\\{}$&#%_~^"))
def test_every_sign_of_latex_is_escaped(sign):
    bare = re.sub(r"\\text[a-z]+\{\}|\\[{}$&#%_]", "", escape_latex(f"a{sign}b"))
    assert bare == "ab"


def test_a_long_name_may_break_between_its_parts_and_a_short_one_only_at_a_slash():
    long = "emodb_cnn1d_augmented_protocol-honest"
    assert escape_latex(long).replace(r"\_\allowbreak{}", "_") == long
    assert "<wbr>" in breakable(long)
    for name in ("max_epochs=40", "adam_eps=1e-7", "speaker_sentence"):
        assert "allowbreak" not in escape_latex(name)
        assert breakable(f"a/{name}, {name}") == f"a/<wbr>{name}, {name}"


def test_markdown_sees_no_table_no_markup_and_no_emphasis():
    assert escape_markdown("a|b <i> *c* _d_") == "a\\|b &lt;i&gt; \\*c\\* \\_d\\_"


def test_a_learner_without_epochs_has_a_dash(write_run, tmp_path):
    run = write_run()
    for path in run.glob("fold-*/seed-*/environment.json"):
        facts = json.loads(path.read_text())
        for key in ("epochs", "chosen_epoch", "precision"):
            del facts[key]
        path.write_text(json.dumps(facts))
    mark_again(run)
    lines = printed(report(run, "svm", [], picture=False)).splitlines()
    assert [line.split()[2] for line in lines if line.split()[:1] == ["00"]] == ["–"]
    main([str(run), "--output", str(tmp_path)])
    assert "| 0 | 0 | 16 | – |" in (tmp_path / "report.md").read_text()


def test_rows_of_a_sweep_are_named_by_what_differs(write_run):
    runs = {
        f"a long title {rate}": write_run(
            f"emodb/cnn1d/speaker/model.learning_rate={rate}", **{"model": {"learning_rate": rate}}
        )
        for rate in (0.0002, 0.001)
    }
    text = printed(compare_runs(runs))
    assert "learning_rate=2e-4" in text
    assert "learning_rate=0.001" in text
    assert "title" not in text


@pytest.mark.parametrize(
    ("missing", "counted"), [((), "8/8"), ((2, 3), "4/8")], ids=["whole", "half"]
)
def test_the_table_of_a_sweep_counts_folds_at_each_seed_as_a_report_does(
    write_run, tmp_path, missing, counted
):
    run = write_run(seeds=[0, 1], missing=missing)
    assert f" {counted} " in printed(compare_runs({"a run": run}))
    main([str(run), "--output", str(tmp_path)])
    assert f"| {counted} |" in (tmp_path / "report.md").read_text()


def test_comparisons_of_one_regime_have_titles_of_their_own(write_run, tmp_path):
    for seed in (0, 1):
        for model in ("cnn1d", "lstm"):
            write_run(f"emodb/{model}/speaker/s{seed}", seeds=[seed], logs=False)
    main([str(tmp_path / "runs"), "--output", str(tmp_path)])
    text = (tmp_path / "report.md").read_text()
    titles = re.findall(r"## Model against model: .*", text)
    assert sorted(title.rpartition(", ")[2] for title in titles) == ["seed 0", "seed 1"]


def test_with_two_corpora_the_run_is_the_link(write_run, tmp_path):
    for corpus in ("emodb", "iemocap"):
        write_run(f"{corpus}/cnn1d/speaker", logs=False)
    main([str(tmp_path / "runs"), "--output", str(tmp_path)])
    text = (tmp_path / "report.html").read_text()
    assert len(re.findall(r'<th[^>]*><a href="#run-\d">cnn1d</a>', text)) == 2
