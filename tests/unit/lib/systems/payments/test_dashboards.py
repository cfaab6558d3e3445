"""P07: what is seen of both regions, in both."""

import json


def dashboards(stacks):
    return stacks["world"].by("aws_cloudwatch_dashboard", "dashboard_name")


def graphs(stacks):
    body = next(iter(dashboards(stacks).values()))["dashboard_body"]
    return [w["properties"] for w in json.loads(body)["widgets"] if w["type"] == "metric"]


def test_P07_each_region_keeps_a_dashboard_with_the_same_body(stacks):
    kept = dashboards(stacks)
    assert {name: dashboard["provider"] for name, dashboard in kept.items()} == {
        "payments-overview-use1-test": "aws.use1",
        "payments-overview-usw2-test": "aws.usw2",
    }
    assert len({dashboard["dashboard_body"] for dashboard in kept.values()}) == 1


def test_P07_every_widget_names_its_region_and_both_regions_show_the_same(stacks):
    titles = {"us-east-1": [], "us-west-2": []}
    for graph in graphs(stacks):
        titles[graph["region"]].append(graph["title"].removesuffix(f", {graph['region']}"))
    assert titles["us-east-1"] == titles["us-west-2"]
    assert len(titles["us-east-1"]) == 13


def test_P07_databases_functions_tables_apis_and_the_lease_are_shown(stacks):
    for region, code in (("us-east-1", "use1"), ("us-west-2", "usw2")):
        lines = [line for graph in graphs(stacks) if graph["region"] == region for line in graph["metrics"]]
        shown = {(line[0], line[1]) for line in lines}
        assert shown >= {
            ("AWS/RDS", "AuroraGlobalDBRPOLag"),
            ("AWS/RDS", "CPUUtilization"),
            *(("AWS/Lambda", name) for name in ("Invocations", "Errors", "Duration")),
            *(("AWS/DynamoDB", f"Consumed{way}CapacityUnits") for way in ("Read", "Write")),
            ("AWS/ApiGateway", "5xx"),
            ("payments-test", "LeaseRemaining"),
            ("payments-test", "KeeperTicks"),
        }
        clusters = {line[3] for line in lines if line[0] == "AWS/RDS"}
        assert clusters == {f"payments-ledger-{code}-test"}
        assert {line[3] for line in lines if line[0] == "AWS/Lambda"} == {
            f"payments-{what}-test" for what in ("service", "keeper", "steps", "reconciler")
        }


def test_P07_widgets_do_not_overlap(stacks):
    body = next(iter(dashboards(stacks).values()))["dashboard_body"]
    taken = set()
    for widget in json.loads(body)["widgets"]:
        rows = range(widget["y"], widget["y"] + widget["height"])
        cells = {(x, y) for x in range(widget["x"], widget["x"] + widget["width"]) for y in rows}
        assert not cells & taken
        assert max(x for x, _ in cells) < 24
        taken |= cells
