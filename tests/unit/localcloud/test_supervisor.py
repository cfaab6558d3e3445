import pytest

from localcloud import supervisor
from localcloud.postgres.pair import PostgresPair


class WriterChosen(Exception):
    """Starting the servers is what the test does not need."""


@pytest.mark.parametrize("primary", ["us-east-1", "us-west-2"])
async def test_the_first_writer_is_where_the_settings_say(primary, monkeypatch, tmp_path):
    def start(_: PostgresPair, writer: str) -> None:
        raise WriterChosen(writer)

    monkeypatch.setattr(PostgresPair, "start", start)
    monkeypatch.setenv("PRIMARY_REGION", primary)
    with pytest.raises(WriterChosen, match=primary):
        async with supervisor.running(folder=tmp_path):
            pass
