"""The lease table without DynamoDB: one lease, which all regions of a world read, and change by condition."""

from dataclasses import replace

from failover.lease_table import LeaseTable


class LeaseInMemory(LeaseTable):
    """The lease of a `world`, with the real changes."""

    def __init__(self, world):
        self._world, self._system = world, "toy"

    def read(self):
        return self._world.lease

    def _insert(self, lease, *, reached):
        return self._settle(lambda: self._put(self.read() or lease), reached=reached)

    def _change(self, seen, wanted, *, new, given, reached, extra=""):
        same = all(getattr(self.read(), key) == getattr(seen, key) for key in given)
        found = replace(self.read(), **{key: getattr(wanted, key) for key in new}) if same else self.read()
        return self._settle(lambda: self._put(found), reached=reached)

    def _put(self, lease):
        self._world.lease = lease
