import pytest

from localcloud.fleet.ports import Endpoint, PortBook


@pytest.fixture
def book() -> PortBook:
    book = PortBook()
    book.enter("i-1", "us-east-1a", {8080: 20001})
    book.enter("i-2", "us-east-1b", {8080: 20002})
    return book


def test_the_same_port_of_two_instances_listens_at_two_places(book):
    assert book.endpoint("i-1", 8080) == Endpoint(20001, "us-east-1a")
    assert book.endpoint("i-2", 8080) == Endpoint(20002, "us-east-1b")


def test_an_instance_that_never_was_has_no_endpoint(book):
    assert book.endpoint("i-3", 8080) is None


def test_a_port_that_nothing_opens_is_dark(book):
    assert book.endpoint("i-1", 22).dark


def test_nobody_answers_at_an_instance_without_power_until_it_starts_again(book):
    book.power_off("i-1")
    assert book.endpoint("i-1", 8080).dark
    assert not book.endpoint("i-2", 8080).dark
    book.enter("i-1", "us-east-1a", {8080: 20003})
    assert book.endpoint("i-1", 8080) == Endpoint(20003, "us-east-1a")


def test_a_zone_that_is_cut_off_takes_its_instances_with_it_and_gives_them_back(book):
    book.cut_zone("us-east-1a", cut=True)
    assert (book.endpoint("i-1", 8080).dark, book.endpoint("i-2", 8080).dark) == (True, False)
    book.cut_zone("us-east-1a", cut=False)
    assert not book.endpoint("i-1", 8080).dark
