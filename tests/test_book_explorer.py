"""The explorer's data: frames in the order of the sliders, gaps, limits, messages."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from relics.book.explorer import MAX_FRAMES, explorer

LABELS = {"x_label": "x", "y_label": "y", "title": "t", "alt": "a curve"}


def family(compute, sliders, **options):
    return explorer(compute, sliders, **LABELS, **options).family


def series(data, frame, label):
    names = [entry["label"] for entry in data["series"]]
    for number, x, y in data["frames"][frame]:
        if number == names.index(label):
            return np.array(data["arrays"][x], float), np.array(data["arrays"][y], float)
    raise AssertionError(label)


def plane(a, b):
    x = np.linspace(1, 2, 5)
    return {"curves": {"c": (x, a * x + b)}, "marks": {"m": (a, b)}}


def test_frames_follow_the_sliders_last_one_fastest():
    a, b = [1.0, 2.0, 3.0], [10.0, 20.0]
    data = family(plane, {"a": a, "b": b})
    assert len(data["frames"]) == 6
    for i, slope in enumerate(a):
        for j, offset in enumerate(b):
            x, y = series(data, i * len(b) + j, "c")
            np.testing.assert_allclose(y, slope * x + offset, rtol=1e-4)
            assert series(data, i * len(b) + j, "m") == (slope, offset)


def test_a_shared_abscissa_is_stored_once():
    data = family(plane, {"a": [1.0, 2.0, 3.0], "b": [10.0, 20.0]})
    assert sum(len(array) == 5 for array in data["arrays"]) == 1 + 6


def test_points_off_a_logarithmic_axis_leave_a_gap():
    data = family(
        lambda a: {"curves": {"c": ([-1, 1, 2, 3], [1, 0, np.nan, 5])}},
        {"a": [1]},
        log_x=True,
        log_y=True,
    )
    x, y = series(data, 0, "c")
    np.testing.assert_array_equal(np.isnan(x), [True, False, False, False])
    np.testing.assert_array_equal(np.isnan(y), [False, True, True, False])


def test_sliders_start_in_the_middle_or_where_told():
    sliders = {"a": [1.0, 2.0, 3.0], "b": [10.0, 20.0]}
    assert explorer(plane, sliders, **LABELS).position == [1, 1]
    assert explorer(plane, sliders, **LABELS, start={"a": 3, "b": 10}).position == [2, 0]


def test_a_slider_may_choose_between_words():
    widget = explorer(
        lambda law: {"curves": {"y": ([1, 2], [1, 2 if law == "linear" else 4])}},
        {"law": ["linear", "square"]},
        start={"law": "linear"},
        **LABELS,
    )
    assert widget.family["sliders"][0]["values"] == ["linear", "square"]
    assert widget.position == [0]


def test_series_may_come_and_go():
    def sometimes(a):
        curves = {"always": ([0, 1], [0, a])}
        return {"curves": curves | ({"late": ([0, 1], [1, a])} if a > 1 else {})}

    data = family(sometimes, {"a": [1, 2]})
    assert [len(frame) for frame in data["frames"]] == [1, 2]


def test_output_has_a_still_picture_and_text_for_paper():
    data, _ = explorer(plane, {"a": [1.0, 2.0], "b": [1.0]}, **LABELS)._repr_mimebundle_()
    import base64

    picture = Image.open(io.BytesIO(base64.b64decode(data["image/png"])))
    assert picture.size[0] > 300
    assert data["text/plain"] == "a curve"
    assert "application/vnd.jupyter.widget-view+json" in data


@pytest.mark.parametrize(
    ("sliders", "options", "message"),
    [
        ({}, {}, "at least one slider"),
        ({"a": []}, {}, "slider 'a' takes a list of finite numbers"),
        ({"a": [1, float("nan")]}, {}, "slider 'a' takes a list of finite numbers"),
        ({"a": ["one", 2.0]}, {}, "slider 'a' takes a list of finite numbers or of words"),
        ({"a": ["one", "two"]}, {"start": {"a": "three"}}, "start of slider 'a' is 'three'"),
        ({"a": list(range(1, MAX_FRAMES + 2))}, {}, "601 combinations"),
        ({"a": [1, 2]}, {"start": {"a": 1.5}}, "not one of"),
        ({"a": [1, 2]}, {"start": {"b": 1}}, "'b' is no slider; the sliders are a"),
        ({"a": [1, 2]}, {"labels": {"b": "B"}}, "'b' is no slider"),
    ],
)
def test_bad_sliders_are_refused(sliders, options, message):
    with pytest.raises(ValueError, match=message):
        family(lambda a=1: {"curves": {"c": ([1, 2], [a, a])}}, sliders, **options)


@pytest.mark.parametrize(
    ("result", "message"),
    [
        ({"lines": {}}, "accepted are 'curves' and 'marks'"),
        ({"curves": {"c": ([1, 2, 3], [1, 2])}}, "'c': x and y differ in length: 3 and 2"),
        ({"curves": {"c": (np.ones((2, 2)), np.ones((2, 2)))}}, "one-dimensional"),
        ({"curves": {"c": ([], [])}}, "one-dimensional"),
        ({"curves": {"c": ([1, 2], [np.nan, np.nan])}}, "no point that can be drawn"),
        ({}, "no point that can be drawn"),
    ],
)
def test_bad_frames_are_refused(result, message):
    with pytest.raises(ValueError, match=message):
        family(lambda a: result, {"a": [1]})


def test_families_too_large_for_a_page_are_refused():
    def heavy(a):
        x = np.random.default_rng(int(a)).random(1000)
        return {"curves": {"c": (x, x + a)}}

    with pytest.raises(ValueError, match="MB are accepted"):
        family(heavy, {"a": list(range(200))})
