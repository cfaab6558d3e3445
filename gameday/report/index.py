"""The page over all runs: scenario by run, with verdict, figures and the way to each report."""

from collections.abc import Sequence
from html import escape
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from gameday.report.page import tables
from gameday.report.page.markup import Markup, document, section, table, tag
from gameday.report.page.style import STYLE
from gameday.report.page.words import count
from gameday.targets.titles import TITLES

NAME = "index.html"
_MOST_COLUMNS = 12


class _Part(BaseModel):
    """Only what the page shows: a summary of an older version has no more of it than that."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class _Measured(_Part):
    restored_s: float | None


class _Counts(_Part):
    acknowledged: int
    lost: int
    duplicated: int


class _Told(_Part):
    scenario: str
    title: str = ""
    fault_at: str
    verdict: str
    holder_before: str = ""
    holder_after: str = ""
    measured: _Measured
    payments: _Counts | None = None
    """None: the system takes none."""
    versions: dict[str, str] = {}


class Run(_Part):
    """One folder of evidence."""

    name: str
    told: _Told | None
    """None: its summary cannot be read."""
    report: bool


def runs(folder: Path) -> list[Run]:
    """All runs below *folder*, the newest first. Links such as `latest` are no runs."""
    folders = (path for path in folder.iterdir() if path.is_dir() and not path.is_symlink())
    return [_run(path) for path in sorted(folders, reverse=True) if (path / "summary.json").exists()]


def _run(path: Path) -> Run:
    try:
        told = _Told.model_validate_json((path / "summary.json").read_text())
    except ValidationError:
        told = None
    return Run(name=path.name, told=told, report=(path / "report.html").exists())


def write(folder: Path) -> Path:
    """Write the page into *folder*; it seals nothing and can be written again at any time."""
    target = folder / NAME
    target.write_text(page(runs(folder)))
    return target


def page(found: Sequence[Run]) -> str:
    """The whole page."""
    told = [run.told for run in found if run.told]
    valid = [one for one in told if one.verdict != "invalid"]
    paid = [one.payments for one in valid if one.payments]
    facts = (
        (str(len(found)), "runs"),
        (
            f"{len({one.scenario for one in valid if one.verdict == 'met'})} of {len(_known(told))}",
            "scenarios met",
        ),
        (f"{sum(one.acknowledged for one in paid):,}", "requests acknowledged in valid runs"),
        (f"{sum(one.lost for one in paid):,}", "of them lost"),
        (f"{sum(one.duplicated for one in paid):,}", "of them twice"),
    )
    header = tag(
        "header",
        tag("p", tag("span", "local cloud", class_="label"), class_="eyebrow"),
        tag("h1", "Every drill, every scenario"),
        tag("p", "Misses and invalid runs stay here like any other.", class_="lead"),
        tag("ul", *(tag("li", tag("b", n), tag("span", what)) for n, what in facts), class_="facts"),
    )
    main = tag("main", header, section("Scenario by run", _matrix(found)), section("All runs", _list(found)))
    footer = tag("footer", tag("p", "Emulated AWS on one machine. An invalid run proves nothing."))
    return document("Drills", STYLE, main, footer)


def _matrix(found: Sequence[Run]) -> Markup:
    """A row a scenario, its newest runs beside each other."""
    by_code: dict[str, list[tuple[Run, _Told]]] = {
        code: [] for code in _known([run.told for run in found if run.told])
    }
    for run in found:
        if run.told:
            by_code.setdefault(run.told.scenario, []).append((run, run.told))
    columns = min(_MOST_COLUMNS, max((len(own) for own in by_code.values()), default=0)) or 1
    head = ["scenario", *(["newest run"] + [f"{n} before" for n in range(1, columns)])]
    rows = [
        [_titled(code, own), *(_cell(*own[n]) if n < len(own) else _absent(n) for n in range(columns))]
        for code, own in sorted(by_code.items(), key=lambda one: _order(one[0]))
    ]
    return table("Verdict, and seconds to full service", head, rows)


def _known(told: Sequence[_Told]) -> list[str]:
    """Every scenario of the systems that were drilled, which codes begin with a letter of; else all."""
    systems = {one.scenario[:1] for one in told}
    return [code for code in TITLES if not systems or code[:1] in systems]


def _order(code: str) -> tuple[str, int]:
    """Codes of a system by their number."""
    number = "".join(char for char in code if char.isdigit())
    return code[:1], int(number)


def _absent(number: int) -> str:
    return "" if number else "not run"


def _titled(code: str, own: Sequence[tuple[Run, _Told]]) -> Markup:
    title = TITLES.get(code) or next((told.title for _, told in own), "")
    return tag("span", tag("b", code), f" {title}")


def _cell(run: Run, told: _Told) -> Markup:
    return tag("span", _linked(run, tables.verdict(told.verdict)), f" {_restored(told)}")


def _list(found: Sequence[Run]) -> Markup:
    head = ["run", "scenario", "verdict", "restored", "acknowledged", "lost", "twice", "revision"]
    rows = [_row(run) for run in found]
    return table(f"{count(len(found), 'run')}, the newest first", head, rows)


def _row(run: Run) -> list[str]:
    told = run.told
    if told is None:
        return [run.name, "?", "not readable by this version", *["?"] * 5]
    moved = f"{told.holder_before} → {told.holder_after}" if told.holder_before != told.holder_after else ""
    paid = told.payments
    counts = (paid.acknowledged, paid.lost, paid.duplicated) if paid else ()
    return [
        _linked(run, told.fault_at[:19].replace("T", " ")),
        f"{told.scenario} {moved}",
        tables.verdict(told.verdict),
        _restored(told),
        *([f"{one:,}" for one in counts] if counts else [""] * 3),
        told.versions.get("revision", "unknown"),
    ]


def _restored(told: _Told) -> str:
    seconds = told.measured.restored_s
    return "never" if seconds is None else f"{seconds:g} s"


def _linked(run: Run, words: str) -> Markup:
    """The way to the report, where the run has one."""
    if not run.report:
        return tag("span", words)
    return tag("a", words, href=f"{escape(run.name)}/report.html")
