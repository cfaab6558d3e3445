from localcloud.route53.answers import Present
from localcloud.route53.records import Role
from localcloud.route53.timeline import Change, View, changes

KEY = ("api.x", "CNAME")
EAST = Present(target="east", role=Role.PRIMARY, ttl=60)
WEST = Present(target="west", role=Role.SECONDARY, ttl=60)


def test_what_is_seen_first_has_no_before():
    seen = list(changes(View(), View(health={"e": False}, answers={KEY: EAST}), at=1.5))
    assert seen == [
        Change(at=1.5, kind="health", subject="e", before="", after="unhealthy"),
        Change(at=1.5, kind="answer", subject="api.x", before="", after="east"),
    ]


def test_a_failover_is_told_cause_first():
    before = View(health={"e": True, "w": True}, answers={KEY: EAST})
    after = View(health={"e": False, "w": True}, answers={KEY: WEST})
    assert [(c.kind, c.before, c.after) for c in changes(before, after, at=2)] == [
        ("health", "healthy", "unhealthy"),
        ("answer", "east", "west"),
    ]


def test_nothing_is_told_when_nothing_changed():
    view = View(health={"e": True}, answers={KEY: EAST})
    assert list(changes(view, view, at=3)) == []
