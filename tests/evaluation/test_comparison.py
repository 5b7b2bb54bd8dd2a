"""Comparisons against scipy, published examples, theory, and refusals of unlike runs."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from sklearn.metrics import recall_score

from ser.errors import ConfigError, RunError
from ser.evaluation.comparison import compare, fold_differences
from ser.evaluation.figures import figures
from ser.evaluation.paired import paired_bootstrap
from ser.evaluation.ttest import corrected_ttest, holm

EMOTIONS = np.array(["anger", "fear", "joy"])
NUMBERS = st.floats(-1, 1).map(lambda x: round(x, 3))


def run(accuracy, seed=0, speakers=10, each=12, seeds=1):
    """A run of leave-one-speaker-out, right with a probability of ``accuracy``."""
    rng = np.random.default_rng(seed)
    speaker = np.repeat(np.arange(speakers), each)
    truth = np.arange(speakers * each) % 3
    parts = []
    for number in range(seeds):
        right = rng.random(len(truth)) < accuracy
        guess = np.where(right, truth, (truth + rng.integers(1, 3, len(truth))) % 3)
        columns = {
            "id": [f"u{i:03d}" for i in range(len(truth))],
            "view": "original",
            "speaker": [f"{s:02d}" for s in speaker],
            "fold": speaker,
            "seed": number,
            "truth": EMOTIONS[truth],
            "prediction": EMOTIONS[guess],
        }
        shares = dict(zip([f"p_{name}" for name in EMOTIONS], np.eye(3)[:, guess], strict=True))
        parts.append(pd.DataFrame({**columns, **shares}))
    return pd.concat(parts, ignore_index=True)


def with_moments(mean, sd, size):
    """Numbers with exactly this mean and sample deviation."""
    values = stats.zscore(np.random.default_rng(0).standard_normal(size), ddof=1)
    return mean + sd * values


def test_the_corrected_test_repeats_the_example_of_scikit_learn():
    # "Statistical comparison of models using grid search" in its gallery: SVC with rbf against
    # linear kernel, 10 x 10 folds of 90 and 10 points, right-tailed p values.
    values = with_moments(0.01, 0.038297, 100)
    corrected, plain = (corrected_ttest(values, 90, n_test) for n_test in (10, 0))
    assert (corrected.t, corrected.p / 2) == pytest.approx((0.750, 0.227), abs=5e-4)
    assert (plain.t, plain.p / 2) == pytest.approx((2.611, 0.005), abs=5e-4)


def test_without_correction_it_is_the_paired_t_test_of_scipy():
    a, b = np.random.default_rng(0).random((2, 10))
    expected = stats.ttest_rel(a, b)
    found = corrected_ttest(a - b, n_train=100, n_test=0)
    assert (found.t, found.p) == pytest.approx((expected.statistic, expected.pvalue), abs=1e-12)


@settings(deadline=None)
@given(st.lists(NUMBERS, min_size=2, max_size=12), st.integers(1, 50))
def test_the_correction_is_the_formula_of_the_paper(values, n_test):
    if len(set(values)) == 1:
        return
    found = corrected_ttest(values, n_train=100, n_test=n_test)
    error = np.sqrt((1 / len(values) + n_test / 100) * np.var(values, ddof=1))
    assert found.standard_error == pytest.approx(error, rel=1e-9)
    assert found.p == pytest.approx(
        2 * stats.t.sf(abs(np.mean(values)) / error, len(values) - 1), abs=1e-9
    )
    assert found.p >= corrected_ttest(values, n_train=100, n_test=0).p
    assert corrected_ttest(np.negative(values), 100, n_test).t == pytest.approx(-found.t)


def test_p_values_are_uniform_where_folds_correlate_as_the_paper_assumes():
    # Nadeau and Bengio take the correlation of two folds to be n_test / (n_train + n_test); the
    # statistic then is exactly Student's t. The ordinary test rejects far too often.
    rng = np.random.default_rng(0)
    shared, own = rng.standard_normal((2000, 1)), rng.standard_normal((2000, 10))
    folds = np.sqrt(0.1) * shared + np.sqrt(0.9) * own
    corrected, plain = ([corrected_ttest(f, 90, n).p for f in folds] for n in (10, 0))
    assert stats.kstest(corrected, "uniform").pvalue > 0.01
    assert np.mean(np.array(plain) < 0.05) > 0.12


def test_one_fold_has_a_difference_and_nothing_else():
    found = corrected_ttest([0.1], 90, 10)
    assert found.difference == 0.1
    assert np.isnan([found.standard_error, found.t, found.p, found.detectable()]).all()


def test_a_model_does_not_differ_from_itself():
    same = run(0.6)
    test = corrected_ttest(fold_differences(same, same), 108, 12)
    assert (test.t, test.p, test.detectable()) == (0, 1, 0)
    found = paired_bootstrap(same, same)
    assert (found.interval.low, found.interval.high, found.p) == (0, 0, 1)


@pytest.mark.parametrize("folds", [3, 5, 10, 100])
@pytest.mark.parametrize("alpha", [0.05, 0.05 / 28])
def test_the_detectable_difference_is_detected_as_often_as_the_power_says(folds, alpha):
    test = corrected_ttest(with_moments(0, 0.05, folds), 90, 10)
    shift = test.detectable(alpha, power=0.8) / test.standard_error
    critical = stats.t.ppf(1 - alpha / 2, folds - 1)
    assert stats.nct.sf(critical, folds - 1, shift) == pytest.approx(0.8, abs=1e-4)


def test_the_detectable_difference_is_2_80_standard_errors_for_many_folds():
    test = corrected_ttest(with_moments(0, 0.05, 5000), 90, 10)
    assert test.detectable() / test.standard_error == pytest.approx(1.960 + 0.842, abs=2e-3)


def test_holm_repeats_the_values_of_r_that_statsmodels_is_tested_with():
    # statsmodels/stats/tests/test_multi.py, from mt.rawp2adjp of the R package multtest.
    few = [0.002, 0.004, 0.006, 0.008, 0.01, 0.012]
    assert holm(few) == pytest.approx([0.012, 0.02, 0.024, 0.024, 0.024, 0.024], abs=1e-12)
    ten = [0.001, 0.002, 0.003, 0.004, 0.005, 0.05, 0.06, 0.07, 0.08, 0.09]
    expected = [0.01, 0.018, 0.024, 0.028, 0.03, 0.25, 0.25, 0.25, 0.25, 0.25]
    assert holm(ten) == pytest.approx(expected, abs=1e-12)
    mixed = [0.838541367553, 0.000281405062, 0.0202732688798, 0.0149877310796, 5.23656777208e-05]
    rest = [0.642193923795, 0.680845947633, 0.967833824309, 0.71626938238, 0.177096952723]
    expected = [1, 2.53264555782e-03, 0.1419128821586, 0.1199018486368, 5.23656777208e-04]
    assert holm(mixed + rest) == pytest.approx([*expected, 1, 1, 1, 1, 1], abs=1e-10)


@settings(deadline=None)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=10))
def test_holm_keeps_the_order_and_lies_between_no_correction_and_bonferroni(p):
    adjusted = holm(p)
    assert (np.diff(adjusted[np.argsort(p, kind="stable")]) >= 0).all()
    assert (adjusted >= p).all()
    assert (adjusted <= np.minimum(np.multiply(p, len(p)), 1)).all()


def test_a_test_that_could_not_be_made_does_not_count_for_holm():
    np.testing.assert_allclose(holm([np.nan, 0.01, 0.04]), [np.nan, 0.02, 0.04])


def test_differences_of_a_fold_are_averaged_over_its_seeds():
    a, b = run(0.7, seed=1, seeds=2), run(0.5, seed=2, seeds=2)
    rows = (a["fold"] == 4, a["seed"] == 0), (a["fold"] == 4, a["seed"] == 1)
    uar = [
        [recall_score(t[f & s]["truth"], t[f & s]["prediction"], average="macro") for f, s in rows]
        for t in (a, b)
    ]
    found = fold_differences(a, b)
    assert found.index.tolist() == list(range(10))
    assert found[4] == pytest.approx(np.mean(uar[0]) - np.mean(uar[1]), abs=1e-12)


@pytest.mark.parametrize("unit", ["utterance", "speaker"])
def test_the_paired_bootstrap_equals_that_of_scipy(unit):
    # The standard error of a 2.5 % quantile of B normal draws is 2.7 sd / sqrt(B): 0.04 sd here.
    a, b = run(0.7, seed=1), run(0.6, seed=2)
    gain = (a["truth"] == a["prediction"]) * 1.0 - (b["truth"] == b["prediction"])
    parts = gain.groupby(a[{"utterance": "id", "speaker": "speaker"}[unit]]).mean()
    expected = stats.bootstrap(
        (parts,), np.mean, n_resamples=5000, method="percentile", rng=np.random.default_rng(1)
    )
    found = paired_bootstrap(a, b, "accuracy", unit, resamples=5000).interval
    ends = expected.confidence_interval
    assert found.estimate == pytest.approx(gain.mean())
    assert (found.low, found.high) == pytest.approx(
        (ends.low, ends.high), abs=0.2 * expected.standard_error
    )


def test_the_p_value_agrees_with_its_interval():
    found = [paired_bootstrap(run(0.7, seed=s), run(0.6, seed=s + 100)) for s in range(30)]
    clear = [each for each in found if abs(each.p - 0.05) > 0.01]
    excluded = [not each.interval.low <= 0 <= each.interval.high for each in clear]
    assert excluded == [each.p < 0.05 for each in clear]
    assert 0 < sum(excluded) < len(excluded)


def test_equal_models_are_told_apart_as_often_as_the_level_says():
    # 200 rounds: a true 5 % lies within 0.4 % and 9.6 % at three standard errors.
    p = [
        paired_bootstrap(
            run(0.6, seed=s), run(0.6, seed=s + 999), unit="utterance", resamples=300
        ).p
        for s in range(200)
    ]
    assert 0.004 <= np.mean(np.array(p) < 0.05) <= 0.096


def test_with_few_speakers_the_expanded_p_value_is_the_more_careful():
    a, b = run(0.7, seed=1), run(0.6, seed=2)
    plain, expanded = (paired_bootstrap(a, b, expanded=e) for e in (False, True))
    tail = np.sqrt(9 / 10) * stats.norm.ppf(plain.p / 2)
    assert expanded.p == pytest.approx(2 * stats.t.cdf(tail, 9))
    assert expanded.p > plain.p
    assert expanded.interval.low < plain.interval.low


def test_the_table_has_every_pair_with_figures_of_both():
    runs = {"cnn1d": run(0.9, seed=1), "lstm": run(0.6, seed=2), "chance": run(1 / 3, seed=3)}
    table = compare(runs, n_train=108, resamples=500)
    pairs = list(zip(table["a"], table["b"], strict=True))
    assert pairs == [("cnn1d", "lstm"), ("cnn1d", "chance"), ("lstm", "chance")]
    lstm = figures(runs["lstm"]["truth"], runs["lstm"]["prediction"])["uar"]
    assert table["pooled_b"][0] == table["pooled_a"][2] == pytest.approx(lstm)
    np.testing.assert_allclose(table["difference"], table["pooled_a"] - table["pooled_b"])
    np.testing.assert_allclose(table["ttest_p_holm"], holm(table["ttest_p"]))
    np.testing.assert_allclose(table["bootstrap_p_holm"], holm(table["bootstrap_p"]))
    assert (table["ttest_p_holm"] < 0.05).all()
    assert table["too_few"].all()


def test_a_row_of_the_table_is_what_the_parts_say():
    a, b = run(0.7, seed=1, seeds=2), run(0.6, seed=2, seeds=2)
    row = compare({"a": a, "b": b}, "macro_f1", n_train=90, resamples=500, seed=7).iloc[0]
    test = corrected_ttest(fold_differences(a, b, "macro_f1"), n_train=90, n_test=12)
    drawn = paired_bootstrap(a, b, "macro_f1", resamples=500, seed=7)
    assert row["ttest_p"] == test.p
    assert row["detectable"] == test.detectable()
    assert (row["low"], row["high"]) == (drawn.interval.low, drawn.interval.high)
    assert row["bootstrap_p"] == drawn.p


def test_exchanging_two_runs_turns_the_signs():
    a, b = run(0.7, seed=1), run(0.6, seed=2)
    one, other = (
        compare(pair, n_train=108).iloc[0] for pair in ({"a": a, "b": b}, {"b": b, "a": a})
    )
    assert one["t"] == -other["t"]
    assert one["difference"] == -other["difference"]
    assert one["ttest_p"] == other["ttest_p"]


def test_training_sizes_may_differ_by_fold_and_copies_are_not_counted_as_tested():
    a, b = run(0.7, seed=1), run(0.6, seed=2)
    copies = [pd.concat([t, t.assign(view="pitch")]) for t in (a, b)]
    sizes = {fold: 100 + fold for fold in range(10)}
    many = compare(dict(zip("ab", copies, strict=True)), n_train=sizes)
    one = compare({"a": a, "b": b}, n_train=104.5)
    assert many["standard_error"][0] == pytest.approx(one["standard_error"][0])


def test_training_sizes_that_lack_a_fold_are_refused():
    with pytest.raises(RunError, match="n_train lacks fold 8, 9"):
        compare({"a": run(0.7), "b": run(0.6)}, n_train=dict.fromkeys(range(8), 108))


def test_one_run_is_not_compared():
    with pytest.raises(RunError, match="needs two runs, and 1 was given"):
        compare({"a": run(0.7)}, n_train=108)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda t: t[t["fold"] < 8], "same folds: 8, 9 only in cnn1d"),
        (lambda t: t.assign(seed=1), "same seeds: 0 only in cnn1d; 1 only in lstm"),
        (lambda t: t.rename(columns={"p_joy": "p_bliss"}), "joy only in cnn1d; bliss only in lstm"),
        (lambda t: t[t["id"] != "u007"], r"u007 \(original, fold 0, seed 0, .*\) only in cnn1d"),
        (lambda t: t.replace({"speaker": {"03": "3"}}), "fold 3, .* and 7 more only in cnn1d"),
        (lambda t: t.replace({"view": {"original": "cut"}}), r"u000 \(cut, .* only in lstm"),
        (
            lambda t: t.assign(truth=t["truth"].where(t["id"] != "u007", "joy")),
            r"u007 \(.* fear\) only in cnn1d; u007 \(.* joy\) only in lstm",
        ),
        (lambda t: pd.concat([t, t[:2]]), "120 in cnn1d, 122 in lstm, some twice"),
    ],
)
def test_runs_that_were_asked_different_questions_are_refused_with_the_difference(change, words):
    with pytest.raises(RunError, match=words):
        compare({"cnn1d": run(0.7), "lstm": change(run(0.6))}, n_train=108)


def test_the_order_of_rows_is_no_difference():
    a, b = run(0.7), run(0.6, seed=1)
    pd.testing.assert_frame_equal(
        compare({"a": a, "b": b.sample(frac=1, random_state=0)}, n_train=108),
        compare({"a": a, "b": b}, n_train=108),
    )


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"figure": "war"}, "figure='war' is unknown"),
        ({"unit": "fold"}, "unit='fold' is unknown"),
        ({"n_train": 0}, "n_train=0"),
        ({"alpha": 0.9}, "0 < alpha < power < 1"),
    ],
)
def test_arguments_that_make_no_sense_are_refused(options, words):
    with pytest.raises(ConfigError, match=words):
        compare({"a": run(0.7), "b": run(0.6)}, **{"n_train": 108, **options})
