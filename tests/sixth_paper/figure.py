"""Period of a pendulum against its length."""

import numpy as np

from relics import pendulum
from relics.figures import Fact, Recipe, Table
from relics.plotting import style, subplots


def compute():
    L = np.geomspace(0.1, 10, 20)
    return {"period": Table({"L": L, "P": pendulum.period(L)}, {"L": "m", "P": "s"})}


def draw(panels):
    with style():
        figure, axes = subplots()
        axes.loglog(panels["period"]["L"], panels["period"]["P"])
        axes.set(xlabel="length / m", ylabel="period / s")
    return figure


def facts(panels):
    rows = panels["period"]
    slope = np.diff(np.log(rows["P"])) / np.diff(np.log(rows["L"]))
    return [Fact(f"slope {slope.mean():.9f}", bool(abs(slope - 0.5).max() < 1e-9))]


PERIOD = Recipe(compute, draw, facts, caption="Period of a pendulum.", alt="A straight line.")
