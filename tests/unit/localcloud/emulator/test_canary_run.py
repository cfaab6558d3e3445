"""S08: the zip of a canary runs in Node, finds its site by the cloud's DNS, and tells what it saw."""

import io
import zipfile

import pytest

from localcloud.emulator.canaries.run import CanaryRun, Step, every_s, fly, metrics

SCRIPT = """
const { synthetics } = require('@aws/synthetics-puppeteer');
exports.handler = async () => {
  await synthetics.executeStep('first', async () => 1);
  await synthetics.executeStep('second', async () => { %s });
};
"""


def zipped(text):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("nodejs/node_modules/site.js", text)
    return packed.getvalue()


def run(body, within_s=30):
    return fly(zipped(SCRIPT % body), "site.handler", {"WORD": "broken"}, dns_port=9, within_s=within_s)


def test_S08_a_script_that_ends_well_passes_with_all_its_steps():
    seen = run("return 2;")
    assert seen.passed
    assert [(step.name, step.passed) for step in seen.steps] == [("first", True), ("second", True)]


def test_S08_a_step_that_throws_fails_the_run_and_says_why():
    seen = run("throw new Error(process.env.WORD);")
    assert (seen.passed, seen.failure) == (False, "broken")
    assert [step.passed for step in seen.steps] == [True, False]


def test_S08_a_script_that_hangs_or_cannot_be_read_fails():
    assert "no result within" in run("await new Promise(() => setTimeout(() => 0, 60000));", 3).failure
    assert "no result" in fly(zipped("not a script"), "site.handler", {}, dns_port=9, within_s=30).failure


def test_S08_a_run_is_measured_as_synthetics_measures_it():
    told = [*metrics("c", CanaryRun("broken", 5.0, (Step("first", passed=True, ms=2.0),)))]
    names = [(one["MetricName"], one["Value"], len(one["Dimensions"])) for one in told]
    assert names == [
        ("SuccessPercent", 0.0, 1),
        ("Failed", 1.0, 1),
        ("Duration", 5.0, 1),
        ("SuccessPercent", 100.0, 2),
        ("Duration", 2.0, 2),
    ]


def test_S08_a_schedule_is_a_rate_in_minutes():
    assert (every_s("rate(1 minute)"), every_s("rate(5 minutes)")) == (60, 300)
    with pytest.raises(ValueError, match="only rate"):
        every_s("cron(0 * * * ? *)")
