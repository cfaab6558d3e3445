"""The list of defects fits the code it would break; `make defects` says whether the tests catch them."""

from collections import Counter

import pytest

from tests.defects.defect import ROOT, Defect, read

DEFECTS = read()


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: defect.what)
def test_a_defect_can_still_be_written_into_its_file(defect: Defect) -> None:
    text = (ROOT / defect.file).read_text()
    broken = defect.written_into(text)
    assert broken != text
    if defect.file.endswith(".py"):
        compile(broken, defect.file, "exec")


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: defect.what)
def test_a_defect_names_unit_tests_that_are_there(defect: Defect) -> None:
    assert defect.tests
    for test in defect.tests:
        assert test.startswith("tests/unit/")
        assert (ROOT / test).is_file()


def test_there_are_enough_of_them_and_each_is_its_own() -> None:
    assert len(DEFECTS) >= 40
    assert Counter(defect.what for defect in DEFECTS).most_common(1)[0][1] == 1
    assert {defect.file.split("/")[0] for defect in DEFECTS} == {"config", "lambda", "lib"}


def test_a_defect_that_no_longer_fits_says_so() -> None:
    old = Defect(what="gone", file="main.py", old="no such text", new="", tests=())
    with pytest.raises(ValueError, match=r"gone: what it replaces stands 0 times in main\.py"):
        old.written_into("some text")
