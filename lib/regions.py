"""A region is a value; its role is only where it was placed, never who is active now."""

import re
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Network


class Role(StrEnum):
    """The placement of a region. It decides where the first writer is put, and where home is."""

    PRIMARY = "primary"
    STANDBY = "standby"


@dataclass(frozen=True, slots=True)
class Region:
    """A region of AWS and the network this system has there."""

    name: str
    role: Role
    cidr: IPv4Network

    @property
    def code(self) -> str:
        """``us-east-1`` -> ``use1``, ``ap-northeast-1`` -> ``apne1``: short enough for every name limit."""
        area, side, number = self.name.rsplit("-", 2)
        compass = re.sub("north|south|east|west|central", lambda word: word[0][0], side)
        return f"{area.replace('-', '')}{compass}{number}"

    @property
    def snake(self) -> str:
        """``us-east-1`` -> ``us_east_1``: the ending of this region's outputs."""
        return self.name.replace("-", "_")
