"""Everything that this system builds twice is a Pair: one value per region."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

T_co = TypeVar("T_co", covariant=True)
U = TypeVar("U")


@dataclass(frozen=True, slots=True)
class Pair(Generic[T_co]):
    """The same thing in both regions, in the order of the regions' names.

    Not in that of their roles: whoever swaps these in the settings must not move what belongs to a region.
    """

    first: T_co
    second: T_co

    def map(self, build: Callable[[T_co], U]) -> "Pair[U]":
        """Both built from the same function."""
        return Pair(build(self.first), build(self.second))

    def zip(self, other: "Pair[U]") -> "Pair[tuple[T_co, U]]":
        """Each with its counterpart in *other*."""
        return Pair((self.first, other.first), (self.second, other.second))

    def __iter__(self) -> Iterator[T_co]:
        yield self.first
        yield self.second
