import numpy as np
import pytest

from relics import domain

LEAST = np.nextafter(0.0, 1.0)
BELOW_ONE = np.nextafter(1.0, 0.0)
ACCEPTED = {
    domain.positive: [LEAST, 0.5, 1.0, 3.0],
    domain.nonnegative: [0.0, LEAST, 1.0, 3.0],
    domain.finite: [-3.0, -LEAST, 0.0, 1.0, 3.0],
    domain.fraction: [0.0, LEAST, 0.5, BELOW_ONE],
}
REFUSED = {
    domain.positive: [0.0, -LEAST, -3.0, np.inf, -np.inf, np.nan],
    domain.nonnegative: [-LEAST, -3.0, np.inf, -np.inf, np.nan],
    domain.finite: [np.inf, -np.inf, np.nan],
    domain.fraction: [-LEAST, 1.0, 3.0, np.inf, -np.inf, np.nan],
}
WORDS = {
    domain.positive: "positive and finite",
    domain.nonnegative: "finite and not negative",
    domain.finite: "finite",
    domain.fraction: r"in \[0, 1\)",
}


@pytest.mark.parametrize("check", ACCEPTED)
def test_what_lies_in_the_domain_comes_back_unchanged_in_the_order_given(check):
    values = ACCEPTED[check]
    first, second = check(a=values, b=values[0])
    assert first.tolist() == values and second == values[0]
    assert first.dtype == float and second.shape == ()


@pytest.mark.parametrize(("check", "bad"), [(c, x) for c, bad in REFUSED.items() for x in bad])
def test_one_value_outside_is_refused_with_its_name_and_itself(check, bad):
    """Alone and among good ones, in the first argument and in a later one."""
    good = ACCEPTED[check]
    for value in (bad, [*good, bad], [[bad], [good[0]]]):
        with pytest.raises(ValueError, match=f"^b must be {WORDS[check]}, got {bad:g}$"):
            check(a=good, b=value)


@pytest.mark.parametrize("check", ACCEPTED)
def test_the_first_of_several_bad_values_is_named(check):
    with pytest.raises(ValueError, match="got -2$" if check is not domain.finite else "got -inf$"):
        check(a=[ACCEPTED[check][1], -2.0 if check is not domain.finite else -np.inf, np.nan])


@pytest.mark.parametrize("check", ACCEPTED)
def test_what_is_no_number_is_refused(check):
    with pytest.raises(ValueError, match="^a is empty$"):
        check(a=[])
    for value in ("two", [1.0, "two"], [[0.5], [0.5, 0.5]]):
        with pytest.raises(ValueError, match="^a must be a number or an array of numbers, got "):
            check(a=value)
