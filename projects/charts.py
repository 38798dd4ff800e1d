"""Pictures of numbers as plain geometry; a template writes the SVG, and a table stands beside it.

Everything is in the units of the picture's `viewBox`, whole numbers from the top left.
"""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 640, 280
LEFT, RIGHT, TOP, BOTTOM = 84, 12, 12, 28  # the margins for the words at the axes
STEPS = (1, 2, 5, 10)  # between two lines of the grid, times a power of ten


@dataclass(frozen=True)
class Tick:
    """A word at an axis, and where."""

    at: int
    label: str


@dataclass(frozen=True)
class Line:
    """One series: its key (a CSS class), its name, and the path of its steps."""

    key: str
    label: str
    path: str


@dataclass(frozen=True)
class Bar:
    x: int
    y: int
    width: int
    height: int
    label: str
    value: str


@dataclass(frozen=True)
class Chart:
    """`zero` is where the value 0 lies; `lines` or `bars` is what is drawn."""

    ticks_y: tuple[Tick, ...]
    ticks_x: tuple[Tick, ...]
    zero: int
    lines: tuple[Line, ...] = ()
    bars: tuple[Bar, ...] = ()
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT


class Scale:
    """Values on the height of a picture, with a grid of round numbers."""

    def __init__(self, values: Sequence[int]) -> None:
        lowest, highest = min([0, *values]), max([0, *values])
        self.step = grid_step(highest - lowest)
        self.low = lowest // self.step * self.step
        self.high = max(-(-highest // self.step) * self.step, self.low + self.step)

    def y(self, value: int) -> int:
        inner = HEIGHT - TOP - BOTTOM
        return HEIGHT - BOTTOM - round((value - self.low) * inner / (self.high - self.low))

    def ticks(self, words) -> tuple[Tick, ...]:
        values = range(self.low, self.high + 1, self.step)
        return tuple(Tick(self.y(value), words(value)) for value in values)


def grid_step(span: int) -> int:
    """The distance of grid lines of which four to ten fit into `span`; at least 1."""
    power = 1
    while True:
        for step in STEPS:
            if span <= 5 * step * power:
                return step * power
        power *= 10


def steps(
    series: Sequence[tuple[str, str, Sequence[int]]], names: Sequence[str], *, words
) -> Chart:
    """A line of steps per series `(key, label, values)`; a value for each of `names`.

    `words` writes a value for people.
    """
    scale = Scale([value for _key, _label, values in series for value in values])
    edges = [_x(number, len(names)) for number in range(len(names) + 1)]
    return Chart(
        ticks_y=scale.ticks(words),
        ticks_x=_names(names),
        zero=scale.y(0),
        lines=tuple(
            Line(key, label, _path([scale.y(value) for value in values], edges))
            for key, label, values in series
        ),
    )


def bars(values: Sequence[tuple[str, int]], *, words) -> Chart:
    """One bar for each `(name, value)`."""
    scale = Scale([value for _name, value in values])
    zero = scale.y(0)
    drawn = []
    for number, (name, value) in enumerate(values):
        left, right = _x(number, len(values)), _x(number + 1, len(values))
        gap = max(1, (right - left) // 6)
        top = scale.y(value)
        drawn.append(
            Bar(
                left + gap,
                min(top, zero),
                right - left - 2 * gap,
                abs(zero - top),
                name,
                words(value),
            )
        )
    return Chart(
        ticks_y=scale.ticks(words),
        ticks_x=_names([name for name, _value in values]),
        zero=zero,
        bars=tuple(drawn),
    )


def _x(number: int, of: int) -> int:
    return LEFT + round((WIDTH - LEFT - RIGHT) * number / max(of, 1))


def _names(names: Sequence[str]) -> tuple[Tick, ...]:
    """Below the middle of each column; of many only as many as can be read."""
    every = -(-len(names) // 12) or 1
    return tuple(
        Tick((_x(number, len(names)) + _x(number + 1, len(names))) // 2, name)
        for number, name in enumerate(names)
        if number % every == 0
    )


def _path(heights: Sequence[int], edges: Sequence[int]) -> str:
    parts = []
    for number, height in enumerate(heights):
        parts.append(f"{'L' if parts else 'M'}{edges[number]} {height}H{edges[number + 1]}")
    return "".join(parts)
