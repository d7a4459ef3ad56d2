"""What LW07 quotes on quantum mixing and on the elastic Casimir effect, recomputed."""

from __future__ import annotations

from relics.claims import Computed

CLAIMS: dict[str, Computed] = {}
