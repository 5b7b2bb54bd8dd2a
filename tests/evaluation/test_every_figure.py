"""A figure is one entry: whatever shows figures shows it, the better direction included."""

import re

import numpy as np
import pandas as pd
import pytest
from rich.console import Console
from sklearn.metrics import log_loss

from ser.evaluation.comparison import compare
from ser.evaluation.figure import FIGURES, Figure
from ser.evaluation.figures import summarise
from ser.evaluation.findings import findings_of
from ser.evaluation.intervals import intervals
from ser.evaluation.ranking import ordered
from ser.report import compare_runs, report
from ser.report.run_section import strip
from ser.report.sheets import details
from ser.report.sheets.overview import compact_overview, overview
from ser.report.sheets.paper import results
from ser.runs.reading import find_runs
from tests.report.conftest import SIX, write_below


@pytest.fixture
def run(tmp_path):
    return write_below(tmp_path / "runs", logs=False, speakers=SIX)


@pytest.fixture
def brier(monkeypatch):
    """Register the Brier score of the truth alone, by its terms."""

    def terms(predictions):
        given = [row[f"p_{row['truth']}"] for _, row in predictions.iterrows()]
        return np.column_stack([(1 - np.array(given)) ** 2, np.ones(len(given))])

    figure = Figure(
        "brier",
        "Brier score",
        lambda sums: sums[..., 0] / sums[..., 1],
        (0.0, 1.0),
        "Brier, 1950",
        terms=terms,
        higher_is_better=False,
        compact=True,
        percent=False,
    )
    monkeypatch.setitem(FIGURES, "brier", figure)
    return figure


def printed(table):
    console = Console(width=80, record=True, file=open("/dev/null", "w"))  # noqa: PTH123, SIM115
    console.print(table)
    return re.sub(r"\s+", " ", console.export_text())


def test_another_figure_is_shown_by_every_table(run, brier):
    found = findings_of(find_runs([run])[0])
    value = brier.shown(found.pooled["brier"])
    assert value in printed(report(run, "a run", [], picture=False))
    assert value in printed(compare_runs({"a run": run}))
    assert value in [entry.value for entry in strip(found)]
    for sheet in (overview([found]), compact_overview([found]), details.folds(found)):
        assert "Brier score" in [column.heading for column in sheet.columns]
    cells = [row[-1].text for sheet in results([found]) for row in sheet.rows]
    assert any(cell.startswith(f"{value} [") for cell in cells)


def test_another_figure_has_an_interval_around_it(run, brier):
    found = intervals(find_runs([run])[0].predictions)["brier"]
    assert 0 < found.low < found.estimate < found.high < 1


def test_tables_of_a_paper_have_at_most_five_columns(run, brier):
    sheets = results([findings_of(find_runs([run])[0])])
    assert max(len(sheet.columns) for sheet in sheets) == 5


def test_the_lowest_log_loss_comes_first_and_is_the_better_one(tmp_path):
    sure = write_below(
        tmp_path / "runs", "emodb/cnn1d/speaker", skill=0.9, logs=False, speakers=SIX
    )
    lost = write_below(tmp_path / "runs", "emodb/lstm/speaker", skill=0.0, logs=False, speakers=SIX)
    found = [findings_of(each) for each in find_runs([lost, sure])]
    assert [f.run.name.model for f in ordered(found, "log_loss")] == ["cnn1d", "lstm"]
    tables = {f.run.name.model: f.run.predictions for f in found}
    pair = compare(tables, "log_loss", n_train=30, resamples=200).iloc[0]
    assert pair["better"] == "cnn1d"
    assert (pair["difference"] > 0) == (pair["a"] == "lstm")


def test_the_log_loss_equals_that_of_scikit_learn(run):
    table = find_runs([run])[0].predictions
    shares = table[[c for c in table if c.startswith("p_")]].to_numpy()
    shares = shares / shares.sum(1, keepdims=True)
    assert summarise(table)["pooled"]["log_loss"] == pytest.approx(
        log_loss(table["truth"], shares), abs=1e-5
    )


def test_a_table_without_probabilities_has_the_figures_that_need_none():
    table = pd.DataFrame({"id": list("abcdef"), "truth": ["x", "y"] * 3, "prediction": "x"})
    assert list(intervals(table, "utterance")) == [n for n, f in FIGURES.items() if not f.terms]


def test_resamples_of_probabilities_have_the_mean_of_the_table(run):
    table = find_runs([run])[0].predictions.reset_index(drop=True)
    found = intervals(table.assign(id=[str(i) for i in table.index]), "utterance")["log_loss"]
    # A mean of n draws: the normal interval is near that of the bootstrap.
    given = [-np.log(row[f"p_{row['truth']}"]) for _, row in table.iterrows()]
    error = np.std(given) / np.sqrt(len(given))
    assert (found.high - found.low) / (2 * 1.96 * error) == pytest.approx(1, abs=0.1)
