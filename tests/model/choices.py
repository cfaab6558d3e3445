"""Where every decision of a run comes from: a seed, or the list of a run before."""

import random
from collections.abc import Sequence


class Choices:
    """Numbers below a bound, recorded. Zero is always the calm choice, so shorter and smaller is calmer.

    Args:
        seed: decides what `given` does not; None makes every further choice the calm one.
        given: the first choices.
    """

    def __init__(self, seed: int | None = None, given: Sequence[int] = ()) -> None:
        self._random = None if seed is None else random.Random(seed).random  # noqa: S311 - not a secret
        self._given = given
        self.made: list[int] = []

    def below(self, bound: int) -> int:
        """A number from 0 to bound - 1."""
        made = self.made
        if self._given and len(made) < len(self._given):
            choice = self._given[len(made)] % bound
        elif self._random:
            choice = int(self._random() * bound)
        else:
            choice = 0
        made.append(choice)
        return choice

    def one(self, options: Sequence):
        """One of the options; the first is the calm one."""
        return options[self.below(len(options))]
