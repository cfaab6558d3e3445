"""Everything that this system builds twice is a Pair: one value per region."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")
U = TypeVar("U")


@dataclass(frozen=True, slots=True)
class Pair(Generic[T]):
    """The same thing in both regions, in the order of the regions' names.

    Not in that of their roles: whoever swaps these in the settings must not move what belongs to a region.
    """

    first: T
    second: T

    def map(self, build: Callable[[T], U]) -> "Pair[U]":
        """Both built from the same function."""
        return Pair(build(self.first), build(self.second))

    def zip(self, other: "Pair[U]") -> "Pair[tuple[T, U]]":
        """Each with its counterpart in *other*."""
        return Pair((self.first, other.first), (self.second, other.second))

    def __iter__(self) -> Iterator[T]:
        yield self.first
        yield self.second
