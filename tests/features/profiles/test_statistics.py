"""Statistics of small cohorts, against published worked examples and against scipy on random cohorts."""

import random
from decimal import Decimal
from math import log, sqrt

import pytest
from scipy.stats import binomtest, norm

from alongside.features.profiles.statistics import (
    NO_DISPERSION,
    Interval,
    Sample,
    dispersion,
    funnel_limits,
    mean_interval,
    median,
    pooled,
    quantile,
    variance_of,
    wilson_interval,
)
from tests.sampling import SEED

COHORTS = 1_000
NEWCOMBE = [
    (81, 263, "0.2553", "0.3662"),
    (15, 148, "0.0624", "0.1605"),
    (0, 20, "0.0000", "0.1611"),
    (1, 29, "0.0061", "0.1718"),
]
"""Newcombe, Statistics in Medicine 17 (1998) 857-872, table I, method 3: pupils, cohort, lower and upper end."""

BCG = [
    (4, 119, 11, 128),
    (6, 300, 29, 274),
    (3, 228, 11, 209),
    (62, 13536, 248, 12619),
    (33, 5036, 47, 5761),
    (180, 1361, 372, 1079),
    (8, 2537, 10, 619),
    (505, 87886, 499, 87892),
    (29, 7470, 45, 7232),
    (17, 1699, 65, 1600),
    (186, 50448, 141, 27197),
    (5, 2493, 3, 2338),
    (27, 16886, 29, 17825),
]
"""Thirteen trials of a vaccine (Colditz and others, 1994): ill and not ill with it, ill and not ill without it."""

BCG_MEAN, BCG_Q, BCG_BETWEEN = -0.7141, 152.2330, 0.3088
"""The published results for the logarithm of the relative risk: mean, Cochran's Q, and the variance between trials by
DerSimonian and Laird (Viechtbauer, Journal of Statistical Software 36 (2010), section 3)."""


@pytest.mark.parametrize(("pupils", "cohort", "low", "high"), NEWCOMBE)
def test_intervals_equal_the_published_examples(pupils: int, cohort: int, low: str, high: str) -> None:
    """Wilson's intervals have the ends printed in Newcombe's paper."""
    found = wilson_interval(Decimal(pupils) / cohort, cohort)
    places = Decimal("0.0001")
    assert (found.low.quantize(places), found.high.quantize(places)) == (Decimal(low), Decimal(high))


def test_dispersion_equals_a_published_example() -> None:
    """The variance between units is that of a published meta-analysis, and so are the limits that follow from it."""
    effects, variances = [], []
    for ill, well, control_ill, control_well in BCG:
        effects.append(log(ill / (ill + well)) - log(control_ill / (control_ill + control_well)))
        variances.append(1 / ill - 1 / (ill + well) + 1 / control_ill - 1 / (control_ill + control_well))
    weights = [1 / one for one in variances]
    centre = sum(w * one for w, one in zip(weights, effects, strict=True)) / sum(weights)
    found = dispersion(
        [Decimal(repr(one - centre)) for one in effects],
        [Decimal(repr(one)) for one in variances],
        winsorised=Decimal(0),
    )
    assert float(found.ratio * len(BCG)) == pytest.approx(BCG_Q, abs=5e-4)
    assert float(found.between) == pytest.approx(BCG_BETWEEN, abs=5e-5)
    both = [1 / (one + float(found.between)) for one in variances]
    mean = sum(w * one for w, one in zip(both, effects, strict=True)) / sum(both)
    assert mean == pytest.approx(BCG_MEAN, abs=5e-5)
    limits = funnel_limits(
        Decimal(str(BCG_MEAN)), Decimal(repr(variances[0])), found.between, Decimal("1.96"), proportion=False
    )
    half = 1.96 * sqrt(variances[0] + BCG_BETWEEN)
    assert float(limits.low) == pytest.approx(BCG_MEAN - half, abs=1e-3)
    assert float(limits.high) == pytest.approx(BCG_MEAN + half, abs=1e-3)


def test_winsorising_follows_the_published_program() -> None:
    """The ratio of dispersion of six units equals what an independent calculation with numpy's quantiles gives."""
    scores = [-3.2, -0.4, 0.1, 0.6, 1.1, 4.9]
    low, high = -3.2 + 0.5 * 2.8, 1.1 + 0.5 * 3.8  # the quantiles of 10% and 90% of six values
    expected = sum(min(max(one, low), high) ** 2 for one in scores) / 6
    found = dispersion([Decimal(str(one)) for one in scores], [Decimal(1)] * 6)
    assert float(found.ratio) == pytest.approx(expected, abs=1e-6)


def test_a_thousand_random_cohorts_agree_with_scipy() -> None:
    """Intervals of proportions and of means, and pooled years, equal scipy's on random cohorts."""
    chance = random.Random(f"{SEED} cohorts")
    z = norm.ppf(0.975)
    for _ in range(COHORTS):
        cohort = chance.randint(1, 400)
        pupils = chance.randint(0, cohort)
        found = wilson_interval(Decimal(pupils) / cohort, cohort)
        expected = binomtest(pupils, cohort).proportion_ci(0.95, method="wilson")
        assert float(found.low) == pytest.approx(expected.low, abs=1e-6)
        assert float(found.high) == pytest.approx(expected.high, abs=1e-6)

        mean, spread = chance.uniform(80, 120), chance.uniform(1, 20)
        of_mean = mean_interval(Decimal(repr(mean)), cohort, Decimal(repr(spread)))
        low, high = norm.interval(0.95, loc=mean, scale=spread / sqrt(cohort))
        assert float(of_mean.low) == pytest.approx(low, abs=1e-6)
        assert float(of_mean.high) == pytest.approx(high, abs=1e-6)

        target = Decimal(chance.randint(5, 95)) / 100
        limits = funnel_limits(
            target, variance_of(target, cohort, None), Decimal(0), Decimal(repr(float(z))), proportion=True
        )
        share, limit = Decimal(pupils) / cohort, Decimal("0.000002")
        interval = wilson_interval(share, cohort)
        near_an_end = min(abs(target - interval.low), abs(target - interval.high)) < limit
        assert near_an_end or limits.holds(share) == interval.holds(target)


def test_pooling_weights_each_year_by_its_pupils() -> None:
    """Three years of 8, 9 and 11 pupils give the share of all 28 pupils."""
    years = [Sample(Decimal(6) / 8, 8), Sample(Decimal(3) / 9, 9), Sample(Decimal(7) / 11, 11)]
    found = pooled(years)
    assert found is not None
    assert found.cohort == 28
    assert float(found.value) == pytest.approx(16 / 28, abs=1e-6)
    assert pooled([]) is None
    assert pooled([Sample(Decimal(1), 0)]) is None


def test_limits_of_proportions_never_bend_back() -> None:
    """Limits get no narrower as cohorts get smaller, and stay between 0 and 1 (FunnelPlotR 0.4.0 had to mend this)."""
    for target in (Decimal("0.02"), Decimal("0.5"), Decimal("0.98")):
        before = Interval(target, target)
        for cohort in (2000, 500, 120, 60, 30, 15, 8, 4, 2, 1):
            limits = funnel_limits(
                target, variance_of(target, cohort, None), Decimal("0.001"), Decimal("3.09"), proportion=True
            )
            assert 0 <= limits.low <= before.low
            assert before.high <= limits.high <= 1
            before = limits


def test_equal_schools_have_no_dispersion() -> None:
    """Schools that differ less than by chance have no variance between them; neither has a single school."""
    same = dispersion([Decimal("0.01"), Decimal("-0.01"), Decimal(0)], [Decimal("0.01")] * 3)
    assert same.between == 0
    assert dispersion([Decimal(1)], [Decimal(1)]) == NO_DISPERSION
    assert dispersion([Decimal(1), Decimal(2)], [Decimal(0), Decimal(0)]) == NO_DISPERSION


@pytest.mark.parametrize(("value", "cohort"), [("0.5", 0), ("1.2", 10), ("-0.1", 10)])
def test_impossible_proportions_are_refused(value: str, cohort: int) -> None:
    """No interval is invented for no pupils, or for a share below 0 or above 1."""
    with pytest.raises(ValueError, match="between 0 and 1"):
        wilson_interval(Decimal(value), cohort)


def test_quantiles_are_linear_between_values() -> None:
    """The median of an even number of values is the mean of the two in the middle."""
    values = [Decimal(one) for one in (4, 1, 3, 2)]
    assert median(values) == Decimal("2.5")
    assert quantile(values, Decimal(1)) == 4
