"""Numbers quoted about excitations of computer glasses: statistics, preparation, stickiness, unjamming."""

from __future__ import annotations

from relics.claims import Computed

CLAIMS: dict[str, Computed] = {}
