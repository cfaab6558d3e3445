import gc

from localcloud.emulator import gc_freeze


class Kept:
    """Something that the collector tracks."""


def looked_at(what: object) -> bool:
    return any(one is what for one in gc.get_objects())


def test_what_survived_a_full_collection_is_not_looked_at_again():
    old = Kept()
    with gc_freeze.looked_for_once():
        gc.collect()
        new = Kept()
        assert (looked_at(old), looked_at(new)) == (False, True)
        gc.collect(1)
        assert looked_at(new)
        gc.collect()
        assert not looked_at(new)
    assert looked_at(old)


def test_new_garbage_is_still_collected():
    with gc_freeze.looked_for_once():
        gc.collect()
        cycle = Kept()
        cycle.itself = cycle
        del cycle
        assert gc.collect() >= 1


def test_the_collector_is_as_before_afterwards():
    before = list(gc.callbacks)
    with gc_freeze.looked_for_once():
        assert len(gc.callbacks) == len(before) + 1
    assert (gc.callbacks, gc.get_freeze_count()) == (before, 0)
