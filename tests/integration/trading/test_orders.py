import pytest

from tests.integration.conftest import ask


def listed(call, region) -> set[str]:
    """The ids of all open orders, page by page."""
    found, after = set(), ""
    while True:
        page = call(region, f"/orders?open=true{after}").body
        found |= {order["order_id"] for order in page["orders"]}
        if "after" not in page:
            return found
        after = f"&after={page['after']}"


def test_an_order_is_open_until_it_is_cancelled(call, holder, order, key):
    placed = call(holder, "/orders", body=order, key=key)
    assert (placed.status, placed.body["status"], placed.headers["X-Region"]) == (201, "open", holder)
    path, order_id = placed.headers["Location"], placed.body["order_id"]
    found = call(holder, path)
    assert (found.status, {name: found.body[name] for name in order}) == (200, order)
    assert order_id in listed(call, holder)
    cancelled = call(holder, path, method="DELETE")
    assert (cancelled.status, cancelled.body["status"]) == (200, "cancelled")
    assert call(holder, path).body["status"] == "cancelled"
    assert order_id not in listed(call, holder)


def test_the_same_key_is_the_same_order_and_no_other(call, holder, order, key):
    first, again = (call(holder, "/orders", body=order, key=key) for _ in range(2))
    assert (first.status, again.status) == (201, 201)
    assert first.body == again.body
    assert call(holder, "/orders", body=order | {"quantity": 11}, key=key).status == 422


@pytest.mark.parametrize(
    ("change", "key"),
    [({"side": "keep"}, "integration-side"), ({"limit_minor": 0}, "integration-limit"), ({}, "")],
    ids=["side", "limit", "without-key"],
)
def test_bad_input_is_a_problem_document(call, holder, order, change, key):
    refused = call(holder, "/orders", body=order | change, key=key)
    assert refused.status in {400, 422}
    assert refused.headers["Content-Type"].startswith("application/problem+json")
    assert refused.body["instance"] == refused.headers["X-Request-Id"]


def test_the_other_region_passes_orders_cancellations_and_questions_on(call, holder, other, order, key):
    placed = call(other, "/orders", body=order, key=key)
    assert (placed.status, placed.headers["X-Region"], placed.headers["X-Forwarded-By"]) == (
        201,
        holder,
        other,
    )
    order_id = placed.body["order_id"]
    assert order_id in listed(call, other)
    assert call(other, f"/orders/{order_id}", method="DELETE").status == 200
    assert call(holder, f"/orders/{order_id}").body["status"] == "cancelled"


@pytest.mark.parametrize("bearer", [None, "nobodys"])
@pytest.mark.parametrize("path", ["/orders?open=true", "/orders/7d0a2d3e-35c5-4a0e-9f6e-000000000000"])
def test_T09_nobody_sees_orders_without_a_session(deployment, regions, path, bearer):
    for region in regions:
        refused = ask(deployment, region, path, bearer=bearer)
        assert (refused.status, refused.headers["WWW-Authenticate"]) == (401, "Bearer")


def test_T06_only_the_holder_is_ready_and_both_are_healthy(deployment, holder, other):
    assert [ask(deployment, region, "/health").status for region in (holder, other)] == [200, 200]
    assert ask(deployment, other, "/health/ready").status == 503
    assert ask(deployment, other, "/health/routable").status == 200


def test_T03_both_regions_run_the_same_bundle(deployment, regions):
    versions = {ask(deployment, region, "/version").body["version"] for region in regions}
    assert len(versions) == 1
