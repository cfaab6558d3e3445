"""Everything this system builds twice is a Pair: one value per placement."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")
U = TypeVar("U")


@dataclass(frozen=True, slots=True)
class Pair(Generic[T]):
    """The same thing in the primary and in the standby region."""

    primary: T
    standby: T

    def map(self, build: Callable[[T], U]) -> "Pair[U]":
        """Both built from the same function."""
        return Pair(build(self.primary), build(self.standby))

    def zip(self, other: "Pair[U]") -> "Pair[tuple[T, U]]":
        """Each with its counterpart in *other*."""
        return Pair((self.primary, other.primary), (self.standby, other.standby))

    def __iter__(self) -> Iterator[T]:
        yield self.primary
        yield self.standby
