"""The error of every reader."""

from __future__ import annotations

from collections.abc import Sequence

from mmaction_mespot.errors import MESpotError


class AnnotationError(MESpotError):
    """Everything that is wrong with a label table or a frame tree, listed at once.

    Args:
        origin: What was read (a file or a folder).
        problems: One line per problem; each names the place, what was found and what was expected.
    """

    def __init__(self, origin: str, problems: Sequence[str]) -> None:
        self.origin = str(origin)
        self.problems = list(problems)
        listed = [f': {len(self.problems)} problems', *self.problems]
        found = f': {self.problems[0]}' if len(self.problems) == 1 else '\n  - '.join(listed)
        super().__init__(f'{origin}{found}')

    def __reduce__(self) -> tuple:
        """Pickle by the two arguments, so that the error crosses process borders."""
        return type(self), (self.origin, self.problems)
