import pytest

from localcloud.cloudwatch.metric_math import UnknownMath, evaluate

VALUES = {"errors": 2.0, "calls": 50.0, "nothing": None, "none": 0.0}


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("errors", 2.0),
        ("100 * errors / calls", 4.0),
        ("-(errors - calls) + 1", 49.0),
        ("errors + nothing", None),
        ("errors / none", None),
        ("-nothing", None),
        ("FILL(nothing, 7)", 7.0),
        ("FILL(errors, 7)", 2.0),
        ("IF(calls > 10, 100 * errors / calls, 0)", 4.0),
        ("IF(calls < 10, 1, 0)", 0.0),
        ("IF(calls <= 10, 1)", None),
        ("IF(nothing > 1, 1, 0)", 0.0),
        ("calls >= 50", 1.0),
        ("calls == 50", 1.0),
        ("calls != 50", 0.0),
        ("SUM(errors, calls)", 52.0),
        ("MAX(errors, nothing, calls)", 50.0),
        ("MIN(errors, calls)", 2.0),
        ("AVG(errors, calls)", 26.0),
        ("SUM(nothing)", None),
    ],
)
def test_the_value_of_an_expression(expression, value):
    assert evaluate(expression, VALUES) == value


@pytest.mark.parametrize(
    "expression",
    ["unknown", "errors ** 2", "ANOMALY_DETECTION_BAND(errors, 2)", "errors >", "SUM()", "__import__('os')"],
)
def test_what_is_not_known_is_no_value(expression):
    with pytest.raises(UnknownMath, match="metric math that"):
        evaluate(expression, VALUES)
