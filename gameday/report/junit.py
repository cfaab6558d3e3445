"""The expectations of a drill as JUnit XML, which every CI system shows."""

from xml.etree import ElementTree as Xml

from gameday.judge.summary import Check, Judged
from gameday.report.console import words


def junit(summary: Judged) -> str:
    """One test suite a drill, one case an expectation; an invalid run is an error and not a failure."""
    cases = [*(_case(summary, check) for check in summary.checks), _validity(summary)]
    suite = Xml.Element(
        "testsuite",
        name=f"gameday {summary.scenario} ({summary.cloud} cloud)",
        timestamp=summary.fault_at,
        tests=str(len(cases)),
        failures=str(sum(not check.met for check in summary.checks)),
        errors=str(len(summary.invalid_reasons)),
    )
    suite.extend(cases)
    Xml.indent(suite)
    return Xml.tostring(suite, encoding="unicode", xml_declaration=True) + "\n"


def _case(summary: Judged, check: Check) -> Xml.Element:
    case = Xml.Element("testcase", classname=f"gameday.{summary.scenario}", name=check.name)
    if not check.met:
        Xml.SubElement(case, "failure", message=words(check))
    return case


def _validity(summary: Judged) -> Xml.Element:
    case = Xml.Element("testcase", classname=f"gameday.{summary.scenario}", name="the run is valid")
    for reason in summary.invalid_reasons:
        Xml.SubElement(case, "error", message=reason)
    return case
