"""Numbers quoted about oscillator models and about the specific heat."""

from __future__ import annotations

from relics.claims import Computed

CLAIMS: dict[str, Computed] = {}
