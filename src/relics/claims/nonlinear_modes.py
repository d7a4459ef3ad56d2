"""Numbers quoted about nonlinear modes, plastic instabilities and local heat capacities."""

from __future__ import annotations

from relics.claims import Computed

CLAIMS: dict[str, Computed] = {}
