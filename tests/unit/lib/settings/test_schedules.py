import pytest

from lib.settings import schedules


@pytest.mark.parametrize(
    "expression",
    [
        "rate(1 minute)",
        "rate(5 minutes)",
        "rate(2 days)",
        "cron(0 9 ? * TUE *)",
        "cron(0 5 * * ? *)",
        "cron(0/15 8-18 ? * MON-FRI *)",
        "cron(0 0 1,15 JAN,jul ? 2027-2030)",
        "cron(0 8 ? * 2#1 *)",
        "cron(*/10 * L * ? *)",
        "cron(0 8 3W * ? *)",
        "cron(0 8 ? * 6L *)",
    ],
)
def test_what_aws_takes_passes(expression):
    assert schedules.require(expression) == expression


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        ("every day", "AWS takes cron"),
        ("rate(0 minutes)", "AWS takes cron"),
        ("rate(1\u0660 minutes)", "AWS takes cron"),
        ("cron(\u0660 9 ? * TUE *)", "no minutes"),
        ("cron(0/\u0661 9 ? * TUE *)", "no minutes"),
        ("cron(0 8 1\u0660W * ? *)", "no day-of-month"),
        ("rate(1 minutes)", "singular"),
        ("rate(2 minute)", "plural"),
        ("cron(0 9 * * TUE)", "5 fields"),
        ("cron(0 9 * * TUE *)", "exactly one of"),
        ("cron(0 9 ? * ? *)", "exactly one of"),
        ("cron(60 9 ? * TUE *)", "60 is no minutes"),
        ("cron(0 24 ? * TUE *)", "24 is no hours"),
        ("cron(0 9 ? 13 TUE *)", "13 is no month"),
        ("cron(0 9 ? * NEV *)", "NEV is no day-of-week"),
        ("cron(0 9 ? * 8 *)", "8 is no day-of-week"),
        ("cron(0/0 9 ? * 2 *)", "0/0 is no minutes"),
        ("cron(1-2-3 9 ? * 2 *)", "1-2-3 is no minutes"),
        ("cron(0 9 ? * 2 1969)", "1969 is no year"),
    ],
)
def test_what_aws_refuses_is_said(expression, said):
    with pytest.raises(ValueError, match=said):
        schedules.require(expression)
