"""One thing that happens in a synthetic video."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Event:
    """An expression or an unlabelled distractor, in 0-based frames.

    Args:
        kind: `MaE`, `ME`, or a distractor: `blink`, `swallow`, `head_shift`, `speech`.
        start: First frame that differs from rest.
        apex: Frame of the largest displacement.
        hold_end: Frame at which the return to rest begins.
        end: First frame at rest again (half-open interval).
        amplitude: Peak displacement in inter-ocular distances (blink: share of the eye that is closed;
            head shift: turn in degrees).
        actions: `(action unit, weight of the person's left side, weight of the right side)`; empty for
            distractors and for morphs.
        shape: Numbers in [0, 1) that decide about details (profile, still of a morph, direction of a shift).
        emotion: Word of the label table; empty for distractors.
        label: Onset, apex and offset as a human coder marks them: 0-based, offset inclusive; None for
            distractors.
    """

    kind: str
    start: int
    apex: int
    hold_end: int
    end: int
    amplitude: float
    actions: tuple[tuple[int, float, float], ...] = ()
    shape: tuple[float, ...] = ()
    emotion: str = ''
    label: tuple[int, int, int] | None = None

    @property
    def action_units(self) -> str:
        """Action units as a coder writes them, such as `6+12` or `L14`."""
        names = []
        for unit, left, right in self.actions:
            side = '' if left > 0 and right > 0 else 'L' if left > 0 else 'R'
            names.append(f'{side}{unit}')
        return '+'.join(names)

    def as_dict(self) -> dict[str, Any]:
        """The event as plain JSON data."""
        return {**asdict(self), 'action_units': self.action_units}
