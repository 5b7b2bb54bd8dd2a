"""The examples run as they stand: a project of somebody else, and a notebook."""

import ast
import json
import re
import sys
from pathlib import Path

import pytest

from ser.evaluation.figure import FIGURES

EXAMPLES = Path(__file__).parents[1] / "examples"
PROJECT = EXAMPLES / "calm_or_upset"


@pytest.fixture
def project(monkeypatch):
    """Put the project on the path, and forget it and its figure again."""
    monkeypatch.syspath_prepend(str(PROJECT))
    before = dict(FIGURES)
    yield PROJECT
    FIGURES.clear()
    FIGURES.update(before)
    for name in [name for name in sys.modules if name.partition(".")[0] == PROJECT.name]:
        del sys.modules[name]


def test_a_project_has_corpus_front_end_network_and_figure_of_its_own(project, tmp_path):
    from calm_or_upset.experiment import run
    from calm_or_upset.recordings import write

    result = run(write(tmp_path / "calls"), tmp_path, max_epochs=3)
    assert result.folder == tmp_path / "runs/calls/pooled/speaker/batch-8_epochs-3_features-contour"
    assert len(result.predictions) == 36
    missed = result.predictions.query("truth == 'upset'")["prediction"].eq("calm").mean()
    assert result.figures["missed"] == pytest.approx(missed)
    page = (tmp_path / "report/report.html").read_text("utf-8")
    assert "missed upset" in page
    assert "calls" in page


def test_the_project_depends_on_the_name_that_this_distribution_has():
    own = (PROJECT / "pyproject.toml").read_text("utf-8")
    ours = (EXAMPLES.parent / "pyproject.toml").read_text("utf-8")
    name = re.search(r'^name = "(.+?)"', ours, re.M)
    assert name
    assert f'dependencies = ["{name[1]}"]' in own


def test_the_notebook_runs_from_a_table_to_the_report(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    book = json.loads((EXAMPLES / "from_csv_to_report.ipynb").read_text("utf-8"))
    cells = ["".join(c["source"]) for c in book["cells"] if c["cell_type"] == "code"]
    assert all(not c["outputs"] for c in book["cells"] if c["cell_type"] == "code")
    world: dict = {"__name__": "__main__"}
    for cell in cells:
        exec(compile(ast.parse(cell), "notebook", "exec"), world)
    assert (tmp_path / "from_csv_to_report/report/report.html").exists()
    assert "UAR" in capsys.readouterr().out
