"""S17: the password of the database is rotated under load, and who knew the old one is thrown out."""

from gameday.faults import at_once
from gameday.scenario import Expect, Follow, Scenario
from gameday.troubles import RotatePassword

S17 = Scenario(
    code="S17",
    title="database password rotated during the load",
    steps=at_once(RotatePassword()),
    # Every process logs in again, with the secret that it reads anew; meanwhile payments are accepted (202).
    expect=Expect(moves=0, restored_s=5.0, failed_permille=5.0),
    follow=Follow(at_most_s=55.0),
)
