"""The command that takes the README's pictures."""

import pytest

from bench import pictures
from gameday.report import evidence
from tests.unit.gameday.reports import judged, record

PNG = b"\x89PNG\r\n\x1a\n"


async def test_the_pictures_of_a_run_are_taken_by_day_and_by_night(tmp_path):
    of = record()
    run = evidence.write(tmp_path, of, judged(of))
    light, dark = await pictures.taken(run, tmp_path)
    assert (light.name, dark.name) == ("report-light.png", "report-dark.png")
    assert light.read_bytes()[:8] == dark.read_bytes()[:8] == PNG
    assert light.read_bytes() != dark.read_bytes()


async def test_a_picture_that_is_too_large_for_a_repository_is_refused(tmp_path, monkeypatch):
    of = record()
    run = evidence.write(tmp_path, of, judged(of))
    monkeypatch.setattr(pictures, "_MOST_BYTES", 10)
    with pytest.raises(ValueError, match="the light picture has"):
        await pictures.taken(run, tmp_path)
