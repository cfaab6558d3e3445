"""S02: what balancers and DNS know of containers."""

import pytest

from localcloud.fleet.ports import PortBook
from localcloud.fleet.tasks import TaskPorts

NAME = "sessions.internal.example"


def container(number, **changed):
    return {
        "id": f"c{number}",
        "task": f"arn:aws:ecs:us-east-1:123456789012:task/all/{number}",
        "definition": "sessions",
        "address": f"10.0.0.{number}",
        "zone": "us-east-1a",
        "ports": [[8080, 20_000 + number]],
        "lives": True,
        "leaving": False,
        **changed,
    }


@pytest.fixture
def tasks():
    return TaskPorts(PortBook())


def test_S02_a_task_is_found_at_its_address_and_by_its_name_until_it_is_gone(tasks):
    tasks.follow([container(1), container(2)], {NAME: ["10.0.0.1", "10.0.0.2"]})
    assert tasks.book.endpoint("10.0.0.1", 8080).port == 20_001
    service = tasks.services()[NAME]
    assert {service.ports[8080], *service.others[8080]} == {20_001, 20_002}
    tasks.follow([container(2)], {NAME: ["10.0.0.2"]})
    assert tasks.book.endpoint("10.0.0.1", 8080).dark
    assert tasks.services()[NAME].ports == {8080: 20_002}


def test_S02_a_name_that_leads_to_nobody_is_not_served(tasks):
    tasks.follow([container(1)], {NAME: []})
    assert tasks.services() == {}
    tasks.follow([], {NAME: ["10.0.0.9"]})
    assert not tasks.services()[NAME].healthy


def test_a_container_is_known_by_its_task_while_it_lives(tasks):
    first = container(1)
    tasks.follow([first, container(2, lives=False)], {})
    assert tasks.container_of(first["task"]) == "c1"
    with pytest.raises(ValueError, match="is none of"):
        tasks.container_of(container(2)["task"])
    assert [one["lives"] for one in tasks.told()] == [True, False]


def test_S02_the_tasks_of_a_zone_are_those_that_live_there(tasks):
    tasks.follow([container(1), container(2, lives=False), container(3, zone="us-east-1b")], {})
    assert tasks.in_zone("us-east-1a") == [container(1)["task"]]
