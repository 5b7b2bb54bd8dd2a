"""Bootstrap intervals against scipy, against theory, and against repeated sampling."""

from dataclasses import astuple

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from ser.errors import ConfigError, RunError
from ser.evaluation.figures import figures
from ser.evaluation.intervals import Interval, interval, intervals
from ser.evaluation.resampling import resample

EMOTIONS = np.array(["anger", "fear", "joy"])


def sample(rng, speakers=12, each=15, effect=0.0):
    """Predictions that are right with a probability of 0.6, or one that differs by speaker."""
    speaker = np.repeat(np.arange(speakers), each)
    truth = np.tile(np.arange(3), speakers * each)[: speakers * each]
    chance = stats.norm.cdf(0.25 + effect * rng.standard_normal(speakers))
    right = rng.random(len(truth)) < chance[speaker]
    guess = np.where(right, truth, (truth + rng.integers(1, 3, len(truth))) % 3)
    names = {"id": [f"u{i}" for i in range(len(truth))], "speaker": speaker.astype(str)}
    return pd.DataFrame({**names, "truth": EMOTIONS[truth], "prediction": EMOTIONS[guess]})


def coverage(speakers, effect, unit, *, expanded=False, rounds=200):
    """How often the interval of accuracy holds the value of an endless sample."""
    rng = np.random.default_rng(0)
    true = stats.norm.cdf(0.25 / np.sqrt(1 + effect**2))
    hits = 0
    for seed in range(rounds):
        options = {"resamples": 400, "seed": seed, "expanded": expanded}
        found = interval(sample(rng, speakers, effect=effect), "accuracy", unit, **options)
        hits += found.low <= true <= found.high
    return hits / rounds


@pytest.fixture(scope="module")
def predictions():
    return sample(np.random.default_rng(3), effect=0.5)


def test_the_estimate_is_the_pooled_figure(predictions):
    found = {name: each.estimate for name, each in intervals(predictions).items()}
    assert found == pytest.approx(figures(predictions["truth"], predictions["prediction"]))


def test_an_interval_over_speakers_equals_that_of_scipy(predictions):
    # The standard error of a 2.5 % quantile of B normal draws is 2.7 sd / sqrt(B): 0.04 sd here.
    right = predictions["truth"] == predictions["prediction"]
    sums = right.groupby(predictions["speaker"]).agg(["sum", "size"]).to_numpy().T
    expected = stats.bootstrap(
        sums,
        lambda hits, sizes, axis: hits.sum(axis) / sizes.sum(axis),
        paired=True,
        method="percentile",
        n_resamples=5000,
        rng=np.random.default_rng(1),
    )
    found = interval(predictions, "accuracy", resamples=5000)
    ends = expected.confidence_interval
    near = pytest.approx((ends.low, ends.high), abs=0.2 * expected.standard_error)
    assert (found.low, found.high) == near


def test_an_interval_of_uar_over_utterances_equals_that_of_scipy(predictions):
    truth = predictions["truth"].to_numpy()
    right = truth == predictions["prediction"].to_numpy()
    expected = stats.bootstrap(
        (np.arange(len(truth)),),
        lambda rows: np.mean([right[rows][truth[rows] == name].mean() for name in EMOTIONS]),
        vectorized=False,
        method="percentile",
        n_resamples=2000,
        rng=np.random.default_rng(1),
    )
    found = interval(predictions, "uar", "utterance", resamples=5000)
    ends = expected.confidence_interval
    near = pytest.approx((ends.low, ends.high), abs=0.3 * expected.standard_error)
    assert (found.low, found.high) == near


def test_resamples_have_the_mean_and_the_variance_of_theory():
    # Sums of n clusters drawn from n: mean n * mean, variance n * (population variance).
    counts = np.random.default_rng(0).integers(0, 3, (40, 2, 2))
    sums = resample(counts, 40_000, seed=0)
    assert sums.mean(0) == pytest.approx(counts.sum(0), abs=0.15)
    assert sums.var(0) == pytest.approx(40 * counts.var(0), rel=0.05)


def test_a_resample_holds_as_many_clusters_as_there_are():
    assert set(resample(np.eye(7, dtype=np.int64), 100, seed=0).sum(1)) == {7.0}


@pytest.mark.parametrize("unit", ["utterance", "speaker"])
def test_copies_and_repeated_seeds_of_an_utterance_are_no_new_evidence(predictions, unit):
    copies = [predictions.assign(view=view, seed=s) for view in "xy" for s in range(3)]
    many, once = (interval(table, unit=unit) for table in (pd.concat(copies), predictions))
    assert astuple(many) == pytest.approx(astuple(once), abs=1e-12)


@settings(max_examples=20, deadline=None)
@given(order=st.randoms(use_true_random=False), seed=st.integers(0, 1000))
def test_the_order_of_rows_does_not_matter(order, seed):
    table = sample(np.random.default_rng(seed), speakers=6, each=4)
    rows = order.sample(range(len(table)), len(table))
    assert intervals(table.iloc[rows], resamples=50) == intervals(table, resamples=50)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from(["utterance", "speaker"]))
def test_an_interval_lies_between_0_and_1_and_grows_with_its_level(seed, unit):
    table = sample(np.random.default_rng(seed), speakers=5, each=4)
    narrow, wide = (interval(table, unit=unit, level=level) for level in (0.8, 0.95))
    assert 0 <= wide.low <= narrow.low <= narrow.high <= wide.high <= 1


def test_equal_seeds_give_equal_intervals_and_others_do_not(predictions):
    first, again, other = (interval(predictions, seed=seed) for seed in (1, 1, 2))
    assert first == again != other


def test_the_interval_over_utterances_covers_as_often_as_it_says_where_speakers_are_alike():
    # 200 rounds: a true 95 % lies within 90.4 % and 99.6 % at three standard errors.
    assert 0.904 <= coverage(12, 0.0, "utterance") <= 0.996


def test_where_speakers_differ_only_the_interval_over_speakers_covers():
    assert coverage(20, 1.0, "utterance") < 0.75
    assert 0.88 <= coverage(20, 1.0, "speaker") <= 0.98


def test_few_speakers_cover_as_little_as_announced_and_expanding_corrects_it():
    plain, expanded = (coverage(6, 1.0, "speaker", expanded=e) for e in (False, True))
    announced = Interval(0.5, 0.4, 0.6, "speaker", clusters=6, resamples=400).coverage
    assert plain == pytest.approx(announced, abs=0.05)
    assert plain + 0.03 < expanded <= 0.97


def test_ten_speakers_are_announced_as_covering_nine_times_in_ten():
    # By Student's t: P(|T| < 1.96 sqrt(9 / 10)) with 9 degrees of freedom.
    expected = 1 - 2 * stats.t.sf(stats.norm.ppf(0.975) * np.sqrt(0.9), 9)
    found = Interval(0.5, 0.4, 0.6, "speaker", clusters=10, resamples=2000)
    assert found.coverage == pytest.approx(expected)
    assert found.coverage == pytest.approx(0.904, abs=5e-4)
    assert found.too_few
    assert not Interval(0.5, 0.4, 0.6, "speaker", clusters=20, resamples=2000).too_few


def test_an_expanded_interval_has_the_percentiles_of_student(predictions):
    # Hesterberg (2015): half of alpha becomes Phi(-sqrt(n / (n - 1)) t) with n - 1 degrees.
    tail = stats.norm.cdf(-np.sqrt(12 / 11) * stats.t.ppf(0.975, 11))
    expanded = interval(predictions, expanded=True)
    same = interval(predictions, level=1 - 2 * tail)
    assert (expanded.low, expanded.high) == pytest.approx((same.low, same.high), abs=1e-9)
    assert expanded.coverage == 0.95


def test_resamples_that_lack_an_emotion_are_counted():
    table = pd.DataFrame({"id": list("vwxyz"), "truth": list("aaaab"), "prediction": list("abaab")})
    found = interval(table, unit="utterance", resamples=20_000)
    # Each lacks "b" with a chance of (4/5)^5, and "a" with (1/5)^5.
    assert found.incomplete / 20_000 == pytest.approx((4 / 5) ** 5 + (1 / 5) ** 5, abs=0.01)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"figure": "war"}, "figure='war' is unknown .*uar.*; choose one of uar"),
        ({"unit": "fold"}, "unit='fold' is unknown; choose one of utterance"),
        ({"level": 95}, "level=95 is not between 0 and 1"),
        ({"resamples": 0}, "resamples=0 is not positive"),
    ],
)
def test_what_does_not_exist_is_refused_with_what_does(predictions, options, words):
    with pytest.raises(ConfigError, match=words):
        interval(predictions, **options)


@pytest.mark.parametrize(("speakers", "words"), [(1, "is 1 speaker"), (4, "are 4 speakers")])
def test_a_handful_of_speakers_has_no_interval_over_speakers(predictions, speakers, words):
    few = predictions[predictions["speaker"].astype(int) < speakers]
    with pytest.raises(
        RunError, match=f"there {words} in this table, and resampling needs at least 5"
    ):
        interval(few)


def test_an_interval_over_the_fewest_speakers_is_not_their_range():
    table = sample(np.random.default_rng(0), speakers=5, each=60, effect=1.0)
    right = table["truth"] == table["prediction"]
    each = right.groupby(table["speaker"]).mean()
    found = interval(table, "accuracy", resamples=20_000, expanded=True)
    assert each.min() < found.low < found.high < each.max()
