"""The little of NumPy that `relics.proof` needs where there is no NumPy: in the pages of the book.

Python in a page (`relics.book.page_session`) has SymPy and mpmath. Derivations are judged with
those; arrays serve only to draw the points of the probes and to see whether a replayed result has
moved. `default_rng` gives the very numbers of `numpy.random.default_rng`, so that a page judges at
the points of the certificate.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

_64 = (1 << 64) - 1
_128 = (1 << 128) - 1
_MULTIPLIER = 0x2360ED051FC65DA44385DF649FCCF645
_POOL = 4


def _hasher(start: int, factor: int) -> Callable[[int], int]:
    constant = start

    def mixed(value: int) -> int:
        nonlocal constant
        value ^= constant
        constant = constant * factor & 0xFFFFFFFF
        value = value * constant & 0xFFFFFFFF
        return value ^ value >> 16

    return mixed


def _mix(x: int, y: int) -> int:
    value = (x * 0xCA01F9DD - y * 0x4973F715) & 0xFFFFFFFF
    return value ^ value >> 16


def _words(seed: int) -> list[int]:
    words = [seed & 0xFFFFFFFF]
    while seed := seed >> 32:
        words.append(seed & 0xFFFFFFFF)
    return words


def _spread(seed: int, count: int) -> list[int]:
    """`count` words of 64 bits from a seed, as NumPy's SeedSequence makes them."""
    entropy, mixed = _words(seed), _hasher(0x43B0D7E5, 0x931E8875)
    pool = [mixed(entropy[i] if i < len(entropy) else 0) for i in range(_POOL)]
    for source in range(_POOL):
        for target in range(_POOL):
            if source != target:
                pool[target] = _mix(pool[target], mixed(pool[source]))
    for word in entropy[_POOL:]:
        for target in range(_POOL):
            pool[target] = _mix(pool[target], mixed(word))
    given = _hasher(0x8B51F9DD, 0x58F38DED)
    halves = [given(pool[i % _POOL]) for i in range(2 * count)]
    return [halves[2 * i] | halves[2 * i + 1] << 32 for i in range(count)]


class Generator:
    """Random numbers of PCG64, bit by bit those of NumPy's generator with the same seed."""

    def __init__(self, seed: int) -> None:
        a, b, c, d = _spread(seed, 4)
        self._increment = ((c << 64 | d) << 1 | 1) & _128
        self._state = (self._increment + (a << 64 | b)) & _128
        self._advance()
        self._half: int | None = None

    def _advance(self) -> None:
        self._state = (self._state * _MULTIPLIER + self._increment) & _128

    def _bits64(self) -> int:
        self._advance()
        word, turn = (self._state >> 64) ^ (self._state & _64), self._state >> 122
        return (word >> turn | word << (-turn & 63)) & _64

    def _bits32(self) -> int:
        if self._half is not None:
            half, self._half = self._half, None
            return half
        word = self._bits64()
        self._half = word >> 32
        return word & 0xFFFFFFFF

    def uniform(self, low: float = 0.0, high: float = 1.0) -> float:
        """One float between `low` and `high`."""
        return low + (high - low) * ((self._bits64() >> 11) * 2.0**-53)

    def integers(self, low: int, high: int) -> int:
        """One integer from `low` to `high - 1`; ValueError if there is none, or over 2**32."""
        count = high - low
        if not 0 < count < 1 << 32:
            raise ValueError(f"integers from {low} to {high}: accepted are 1 to 2**32 - 1 of them")
        if count == 1:
            return low
        product = self._bits32() * count
        if product & 0xFFFFFFFF < count:
            least = (1 << 32) % count
            while product & 0xFFFFFFFF < least:
                product = self._bits32() * count
        return low + (product >> 32)


def default_rng(seed: int) -> Generator:
    """A generator from a nonnegative integer."""
    if seed < 0:
        raise ValueError(f"seed {seed} is negative; accepted are integers from zero")
    return Generator(seed)


class ndarray:
    """A row of numbers, with the arithmetic that a comparison of two rows takes."""

    def __init__(self, values: Iterable[Any]) -> None:
        self.values = list(values)

    @property
    def shape(self) -> tuple[int]:
        """Length of the row."""
        return (len(self.values),)

    def __iter__(self) -> Any:
        return iter(self.values)

    def _with(self, other: Any, rule: Callable[[Any, Any], Any]) -> ndarray:
        others = other.values if isinstance(other, ndarray) else [other] * len(self.values)
        return ndarray(rule(a, b) for a, b in zip(self.values, others, strict=True))

    def __sub__(self, other: Any) -> ndarray:
        return self._with(other, lambda a, b: a - b)

    def __radd__(self, other: Any) -> ndarray:
        return self._with(other, lambda a, b: b + a)

    def __rmul__(self, other: Any) -> ndarray:
        return self._with(other, lambda a, b: b * a)

    def __gt__(self, other: Any) -> ndarray:
        return self._with(other, lambda a, b: a > b)

    def __abs__(self) -> ndarray:
        return ndarray(map(abs, self.values))


def ravel(values: Any) -> ndarray:
    """All numbers of nested rows, one after the other."""
    if isinstance(values, (list, tuple, ndarray)):
        return ndarray(x for row in values for x in ravel(row))
    return ndarray([values])


def array(values: Sequence[Any]) -> ndarray:
    """A row."""
    return ndarray(values)


def maximum(a: ndarray, b: ndarray) -> ndarray:
    """The larger of two rows, number by number."""
    return a._with(b, max)


def any(values: ndarray) -> bool:  # NumPy's name
    """Whether one of them is true."""
    return True in map(bool, values)


abs = abs  # NumPy's name
