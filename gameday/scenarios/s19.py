"""S19: the holder is lost while the issuer of access tokens is down. Who has a token goes on paying."""

from gameday.faults import Kill, Place, at_once
from gameday.scenario import Expect, Scenario
from gameday.troubles import StopIssuer

S19 = Scenario(
    code="S19",
    title="region killed, and the issuer of access tokens down",
    # The other region's gateway must know the issuer's keys by then; its own clients it meets only now.
    steps=at_once(Kill(Place.HOLDER), StopIssuer()),
    expect=Expect(moves=1, restored_s=120.0, least_rescued=1),
)
