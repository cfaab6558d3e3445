import pytest

from dr.access_token import AccessToken, NoToken
from gameday.load.credentials import Nothing, Tokens


class Issuer:
    def __init__(self) -> None:
        self.now, self.given, self.up = 1000.0, 0, True

    def token(self) -> AccessToken:
        if not self.up:
            raise NoToken("down")
        self.given += 1
        return AccessToken(f"t{self.given}", self.now + 900)


@pytest.fixture
def issuer() -> Issuer:
    return Issuer()


@pytest.fixture
def tokens(issuer) -> Tokens:
    return Tokens(issuer.token, lambda: issuer.now)


async def test_one_token_serves_until_it_is_about_to_end(tokens, issuer):
    assert await tokens.header() == await tokens.header() == {"Authorization": "Bearer t1"}
    issuer.now += 599
    assert await tokens.header() == {"Authorization": "Bearer t1"}
    issuer.now += 2
    assert await tokens.header() == {"Authorization": "Bearer t2"}


async def test_while_the_issuer_is_down_a_token_serves_to_its_end(tokens, issuer):
    await tokens.header()
    issuer.up, issuer.now = False, issuer.now + 899
    assert await tokens.header() == {"Authorization": "Bearer t1"}
    issuer.now += 1
    with pytest.raises(NoToken):
        await tokens.header()
    issuer.up, issuer.now = True, issuer.now + 5
    assert await tokens.header() == {"Authorization": "Bearer t2"}


async def test_an_issuer_that_is_down_is_not_asked_for_every_payment(tokens, issuer):
    await tokens.header()
    issuer.up, issuer.now = False, issuer.now + 700
    await tokens.header()
    issuer.up = True
    assert await tokens.header() == {"Authorization": "Bearer t1"}
    issuer.now += 5
    assert await tokens.header() == {"Authorization": "Bearer t2"}


async def test_an_api_that_asks_nobody_gets_no_header():
    assert await Nothing().header() == {}
