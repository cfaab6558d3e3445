"""`python -m bench.pictures RUN`: the first screen of a run's report, by day and by night, for the README."""

import asyncio
import sys
import tempfile
from pathlib import Path

from bench import chromium
from gameday.report.data import read
from gameday.report.page import page
from localcloud.core.paths import REPOSITORY

FOLDER = REPOSITORY / "docs" / "images"
_WIDTH, _HEIGHT = 1120, 870
_MOST_BYTES = 300_000


async def taken(run: Path, folder: Path) -> list[Path]:
    """The pictures of *run*, one a colour scheme. Raises ValueError when one is too large to be kept."""
    made = []
    with tempfile.TemporaryDirectory() as scratch:
        report = Path(scratch) / "report.html"
        report.write_text(page(read(run)))
        async with chromium.page() as tab:
            for scheme in ("light", "dark"):
                await tab.show_as(width=_WIDTH, height=_HEIGHT, scheme=scheme)
                await tab.open(report.as_uri())
                picture = await tab.picture()
                if len(picture) > _MOST_BYTES:
                    raise ValueError(f"the {scheme} picture has {len(picture)} bytes")
                target = folder / f"report-{scheme}.png"
                target.write_bytes(picture)
                made.append(target)
    return made


def main() -> None:
    """Take the pictures of the run that the command line names, by default the last one."""
    run = Path(sys.argv[1] if len(sys.argv) > 1 else REPOSITORY / "runs" / "latest")
    for target in asyncio.run(taken(run, FOLDER)):
        sys.stdout.write(f"{target.relative_to(REPOSITORY)}: {target.stat().st_size // 1000} kB\n")


if __name__ == "__main__":
    main()
