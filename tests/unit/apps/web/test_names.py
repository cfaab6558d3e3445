import pytest

from apps.web.names import follow

HOSTS = frozenset({"main.abc.rds.amazonaws.com", "copy.abc.rds.amazonaws.com"})


def test_W08_the_private_name_is_followed_to_the_database_that_it_leads_to():
    lookup = lambda name: ("copy.abc.rds.amazonaws.com.", [name], ["10.0.0.1"])  # noqa: E731
    assert follow("db.example.internal", HOSTS, lookup) == "copy.abc.rds.amazonaws.com"


def test_a_name_that_leads_elsewhere_is_not_followed_whatever_DNS_says():
    lookup = lambda name: ("main.abc.rds.example.com", [name], ["10.6.6.6"])  # noqa: E731
    with pytest.raises(OSError, match="which is none of the databases"):
        follow("db.example.internal", HOSTS, lookup)


def test_the_name_of_a_database_needs_no_question():
    assert follow("main.abc.rds.amazonaws.com", HOSTS, None) == "main.abc.rds.amazonaws.com"
