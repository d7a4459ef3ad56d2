"""How changes of the physics are drawn, their verdicts kept, and their share estimated."""

import json
import re
import tomllib
from pathlib import Path

import mutants
import pytest
from scipy.stats import binom

RULES = tomllib.loads(Path(mutants.__file__).with_name("mutants.toml").read_text("utf-8"))["rule"]

NAMES = [f"relics.rfot.x_barrier__mutmut_{i}" for i in range(1, 60)]


def test_a_draw_depends_on_names_and_seed_alone_and_not_on_their_order():
    drawn = mutants.draw(NAMES, 12, 0)
    assert len(set(drawn)) == 12 and set(drawn) <= set(NAMES)
    assert drawn == mutants.draw(NAMES[::-1], 12, 0)
    assert drawn != mutants.draw(NAMES, 12, 1)


def test_a_larger_sample_contains_a_smaller_one_and_no_sample_means_all():
    assert mutants.draw(NAMES, 30, 5)[:12] == mutants.draw(NAMES, 12, 5)
    for sample in (None, 1000):
        assert sorted(mutants.draw(NAMES, sample, 5)) == sorted(NAMES)


def test_every_name_is_drawn_equally_often():
    counts = dict.fromkeys(NAMES, 0)
    for seed in range(2000):
        for name in mutants.draw(NAMES, 12, seed):
            counts[name] += 1
    expected = binom(2000, 12 / len(NAMES))
    spread = sum((c - expected.mean()) ** 2 for c in counts.values()) / len(NAMES)
    assert spread == pytest.approx(expected.var(), rel=0.6)
    assert all(abs(c - expected.mean()) < 5 * expected.std() for c in counts.values())


def record(name, key="one", state="killed"):
    return {"module": "rfot", "key": key, "name": name, "state": state}


def test_verdicts_come_back_for_the_same_content_alone(tmp_path):
    path = tmp_path / "below" / "judged.jsonl"
    assert mutants.kept(path, "one") == {}
    for name, key in [("a", "one"), ("b", "other"), ("c", "one")]:
        mutants.keep(path, record(name, key))
    assert mutants.kept(path, "one") == {name: record(name) for name in "ac"}
    assert mutants.kept(path, "other") == {"b": record("b", "other")}


def test_a_line_cut_short_costs_that_verdict_and_no_other(tmp_path):
    path = tmp_path / "judged.jsonl"
    mutants.keep(path, record("a"))
    mutants.keep(path, record("b"))
    path.write_text(path.read_text()[:-9])
    assert set(mutants.kept(path, "one")) == {"a"}
    mutants.keep(path, record("c"))
    assert set(mutants.kept(path, "one")) == {"a", "c"}
    assert json.loads(path.read_text().splitlines()[-1]) == record("c")


def test_a_key_changes_with_module_and_tests(tmp_path):
    for name in ("module.py", "test_module.py"):
        (tmp_path / name).write_text("x = 1\n")
    both = ["module.py", "test_module.py"]
    first = mutants.content(tmp_path, both)
    assert first == mutants.content(tmp_path, both)
    keys = {first, mutants.content(tmp_path, both[:1])}
    for name in both:
        (tmp_path / name).write_text("x = 2\n")
        keys.add(mutants.content(tmp_path, both))
    assert len(keys) == 4


@pytest.mark.parametrize(
    ("noticed", "total", "low", "high"),
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
        (29, 29, 0.8830, 1.0),
    ],
)
def test_interval_is_that_published(noticed, total, low, high):
    """R. G. Newcombe, Statist. Med. 17, 857 (1998), Table I, method 3; the last by symmetry."""
    assert mutants.interval(noticed, total) == pytest.approx((low, high), abs=5e-5)


def test_nothing_drawn_says_nothing():
    assert mutants.interval(0, 0) == (0.0, 1.0)


def test_the_last_line_gives_an_interval_where_a_sample_was_drawn():
    assert mutants.summary(81, 3, 182, 12) == (
        "81 of 263 changes noticed (30.8%, 95 % interval 25.5% to 36.6%, "
        "up to 12 drawn in each module); 3 change nothing"
    )
    assert mutants.summary(81, 3, 182, None) == (
        "81 of 263 changes noticed (30.8%); 3 change nothing"
    )


def test_a_rule_excuses_what_both_its_patterns_fit_in_the_modules_that_it_names():
    rule = {"before": "lru_cache", "after": "None", "reason": "only speed"}
    fits = ("@lru_cache(9)", "@lru_cache(None)")
    assert mutants.excused("rfot", *fits, [rule]) == "only speed"
    assert mutants.excused("rfot", "@lru_cache(9)", "@lru_cache(8)", [rule]) == ""
    assert mutants.excused("rfot", "x = 1", "x = None", [rule]) == ""
    narrow = [rule | {"modules": ["mosaic", "phonons"]}]
    assert mutants.excused("phonons", *fits, narrow) == "only speed"
    assert mutants.excused("rfot", *fits, narrow) == ""


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["before"][:30])
def test_a_rule_says_why_and_fits_a_line_of_each_module_that_it_names(rule):
    assert rule["reason"] and set(rule) <= {"modules", "before", "after", "reason"}
    for module in rule.get("modules", []):
        text = (mutants.ROOT / "src" / "relics" / f"{module}.py").read_text(encoding="utf-8")
        lines = [line.strip() for line in text.splitlines()]
        assert any(re.search(rule["before"], line) for line in lines), module


def test_every_physics_module_has_a_test_that_imports_it():
    assert [name for name in mutants.modules() if not mutants.tests_of(name)] == []
