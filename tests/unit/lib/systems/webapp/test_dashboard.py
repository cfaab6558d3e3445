"""W07: the dashboard shows whatever an alarm watches."""

import json


def test_W07_every_metric_of_an_alarm_is_on_the_dashboard(here):
    board = here.only("aws_cloudwatch_dashboard")
    assert board["dashboard_name"] == "webapp-overview-test"
    widgets = [one for one in json.loads(board["dashboard_body"])["widgets"] if one["type"] == "metric"]
    shown = {(line[0], line[1]) for widget in widgets for line in widget["properties"]["metrics"]}
    watched = {(one["namespace"], one["metric_name"]) for one in here.all("aws_cloudwatch_metric_alarm")}
    assert watched <= shown
    assert {widget["properties"]["region"] for widget in widgets} == {"us-east-1"}


def test_W07_no_widget_covers_another(here):
    widgets = json.loads(here.only("aws_cloudwatch_dashboard")["dashboard_body"])["widgets"]
    places = [(one["x"], one["y"]) for one in widgets]
    assert len(set(places)) == len(places)
    assert all(one["x"] + one["width"] <= 24 for one in widgets)
