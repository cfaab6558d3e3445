"""A system that nobody had in mind when the core was written is played as payments are."""

from collections import Counter

import pytest

from failover.steps.inspection import inspect
from tests.model.many import play_all
from tests.model.profiles import BY_NAME
from tests.model.run import run
from tests.model.story import Story, happens, types
from tests.model.test_model import RUNS
from tests.model.toy import Toy
from tests.model.world import EAST, WEST

TOYS = max(RUNS // 20, 100)


def test_no_schedule_breaks_an_invariant():
    happened, broken = Counter(), []
    for counted, found, _ in play_all(range(TOYS), system=Toy):
        happened += counted
        broken += found
    assert broken == [], "replay one with: python -m tests.model --system toy --shrink --seed"
    assert happened["activated"] > TOYS / 4
    met = ("201", "takeover", "handed over", "stayed", "begun anew", "crash of request")
    assert [name for name in met if not happened[name]] == []


def test_a_lost_region_is_taken_over_and_no_word_is_lost():
    """The link is cut first, so the last words are in the journal only."""
    story = Story(150, {50: happens("cut", EAST), 60: happens("kill", EAST)}, Toy)
    before = set(story.world.watch.acknowledged_keys)
    assert story.served[EAST][-1] >= 58
    assert story.first(WEST) < 110
    assert before <= story.world.aurora.clusters[WEST].rows.keys()


def test_words_move_to_the_other_region_and_home_again():
    story = Story(120, {30: types("move", WEST), 70: types("move", EAST)}, Toy)
    assert story.first(WEST) < 40
    assert [second for second in story.served[EAST] if 40 < second < 70] == []
    assert story.first(EAST, after_s=70) < 80
    assert story.world.lease()[:2] == (3, EAST)


def test_an_operator_is_told_what_a_region_lacks():
    facts = []

    def look(story):
        story.world.scheduler.spawn(WEST, "dr", lambda: facts.append(inspect(story.world.site(WEST).context)))

    Story(60, {20: happens("cut", EAST), 40: look}, Toy)
    [told] = facts
    assert (told["database"], told["loss"]["rule"]) == ("replica", "L20_journal_complete")
    assert told["gap"]["missing"] > 0


def acknowledges_what_is_not_journalled(patch):
    patch.setattr(Toy, "journal", lambda *_: None)


def writes_behind_the_fence(patch):
    def write(self, _epoch, *change, raises=False):
        self.copy.ask(lambda copy: copy.writer and copy.write(*change))

    patch.setattr(Toy, "write", write)


def replays_nothing(patch):
    patch.setattr(Toy, "replay", lambda _self, **_: {})


def acknowledges_without_the_lease(patch):
    patch.setattr(Toy, "epoch", lambda self: self.site.leases.read().epoch)


@pytest.mark.parametrize(
    ("plant", "profile", "invariant", "first"),
    [
        (acknowledges_without_the_lease, "edge", "two-acknowledge", 0),
        (acknowledges_what_is_not_journalled, "storm", "not-journalled", 0),
        (writes_behind_the_fence, "there-and-back", "fenced-out", 1400),
        (replays_nothing, "one-fault", "lost", 0),
    ],
)
def test_a_system_that_lacks_what_makes_it_safe_is_found(*, monkeypatch, plant, profile, invariant, first):
    plant(monkeypatch)
    found = (run(BY_NAME[profile], seed=seed, system=Toy).broken for seed in range(first, first + 500))
    assert next(filter(None, found)).startswith(invariant)
