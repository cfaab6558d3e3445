"""The routes of the order API."""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, Protocol
from uuid import UUID

from intake.at_holder import AtHolder
from intake.documents import entry_id, idempotency_key
from intake.health import Health
from intake.http import Answer, Request, with_heads
from intake.peer import Call
from intake.principal import Principal
from intake.problems import FieldError, Problem, Refused
from intake.request_flow import LAST_START_MS
from trading.desk import LISTED, Desk, Told
from trading.order import Order, OrderState
from trading.schemas import FORM, NAME, SYNTHETIC_FORM

START = str(UUID(int=0))
"""Every order's id is after it."""


class Identification(Protocol):
    """Knows who asks."""

    @property
    def routes(self) -> Mapping[str, Callable[[Request], Answer]]:
        """Where people sign in and out."""

    def who(self, request: Request) -> Principal:
        """Who sent the request. Raises Refused."""


class OrderRoutes:
    """Answers every route of the platform.

    Args:
        version: of the bundle that runs.
    """

    def __init__(
        self,
        *,
        desk: Desk,
        at_holder: AtHolder,
        health: Health,
        version: str,
        gate: Identification,
    ) -> None:
        self._desk = desk
        self._at_holder = at_holder
        self._version = version
        self._who = gate.who
        routes: dict[str, Callable[[Request], Answer]] = {
            "POST /orders": self._place,
            "POST /synthetic-orders": self._prove,
            "GET /orders": self._list,
            "GET /orders/{order_id}": self._find,
            "DELETE /orders/{order_id}": self._cancel,
            **gate.routes,
            "GET /health": health.live,
            **health.routes,
            "GET /version": self._told_version,
        }
        self.routes = with_heads(routes)

    def answer(self, request: Request) -> Answer:
        """The answer to a request; a refusal is one too."""
        try:
            return self.routes.get(request.route, _unknown)(request)
        except Refused as refused:
            return Answer.of_refusal(refused, request.request_id, system=NAME)

    def _place(self, request: Request) -> Answer:
        by = self._who(request)
        key, order = _key(request), Order(**FORM.read(request.headers, request.body))
        call = Call(
            method="POST",
            path="/orders",
            body=order.canonical().encode(),
            headers={**_token(request), "Content-Type": "application/json", "Idempotency-Key": key},
        )

        def place() -> Answer:
            return _placed(self._desk.place(key, order, principal=by, until_ms=_until_ms(request)))

        return self._at_holder.answer(request, call, place)

    def _prove(self, request: Request) -> Answer:
        """An order that the platform places itself. This region proves what it can: nothing is passed on."""
        order = Order(**SYNTHETIC_FORM.read(request.headers, request.body))
        return _placed(self._desk.prove(_key(request), order, until_ms=_until_ms(request)))

    def _find(self, request: Request) -> Answer:
        by, order_id = self._who(request), _order_id(request)

        def find() -> Answer:
            return _answer(_found(self._desk.find(order_id, principal=by)), HTTPStatus.OK)

        return self._at_holder.answer(request, _call(request, "GET", f"/orders/{order_id}"), find)

    def _cancel(self, request: Request) -> Answer:
        by, order_id = self._who(request), _order_id(request)

        def cancel() -> Answer:
            told = _found(self._desk.cancel(order_id, principal=by, until_ms=_until_ms(request)))
            return _answer(told, HTTPStatus.OK if told.recorded else HTTPStatus.ACCEPTED)

        return self._at_holder.answer(request, _call(request, "DELETE", f"/orders/{order_id}"), cancel)

    def _list(self, request: Request) -> Answer:
        by, after = self._who(request), _after(request)

        def listed() -> Answer:
            found = self._desk.open_orders(principal=by, after=after)
            shown = [_shown(order_id, order, OrderState.OPEN) for order_id, order in found[:LISTED]]
            more = {"after": shown[-1]["order_id"]} if len(found) > LISTED else {}
            return Answer(status=HTTPStatus.OK, body={"orders": shown, **more})

        call = _call(request, "GET", f"/orders?open=true&after={after}")
        return self._at_holder.answer(request, call, listed)

    def _told_version(self, _request: Request) -> Answer:
        return Answer(status=HTTPStatus.OK, body={"version": self._version})


def _unknown(_request: Request) -> Answer:
    raise Refused(Problem.NOT_FOUND, "There is no such route.")


def _key(request: Request) -> str:
    """The client order id."""
    return idempotency_key(request.headers.get("idempotency-key"))


def _order_id(request: Request) -> str:
    return entry_id(request.path.get("order_id", ""), what="order")


def _after(request: Request) -> str:
    query = dict(request.query)
    if query.pop("open", "") != "true":
        raise Refused(
            Problem.INVALID, "Open orders are listed, and no others.", [FieldError("open", "must be true")]
        )
    after = query.pop("after", START)
    if query:
        raise Refused(Problem.INVALID, "The query is not valid; it takes open and after.")
    return entry_id(after, what="after")


def _found(told: Told | None) -> Told:
    if told is None:
        raise Refused(Problem.NOT_FOUND, "There is no such order.")
    return told


def _until_ms(request: Request) -> int:
    """When no step of it that may wait begins any more."""
    return request.arrived_ms + LAST_START_MS


def _token(request: Request) -> dict[str, str]:
    """The token of a session that is known here; the holder looks it up again."""
    return {"Authorization": request.headers["authorization"]}


def _call(request: Request, method: str, path: str) -> Call:
    """A request without a body, for another region."""
    return Call(method=method, path=path, headers=_token(request))


def _placed(told: Told) -> Answer:
    status = HTTPStatus.CREATED if told.recorded else HTTPStatus.ACCEPTED
    return _answer(told, status, headers={"Location": f"/orders/{told.order_id}"})


def _answer(told: Told, status: HTTPStatus, headers: Mapping[str, str] | None = None) -> Answer:
    return Answer(
        status=status,
        headers=headers or {},
        body=_shown(told.order_id, told.order, told.state),
        log={"order_id": told.order_id},
    )


def _shown(order_id: str, order: Order, became: OrderState) -> dict[str, Any]:
    return {"order_id": order_id, "status": became, **order.terms()}
