"""Numbers quoted about the pendulum."""

from relics import pendulum
from relics.claims import Computed

CLAIMS = {"TOY99-c1": Computed(lambda: float(pendulum.period(1.0)), "s", "relics.pendulum.period")}
