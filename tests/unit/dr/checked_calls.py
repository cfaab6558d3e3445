"""Fakes whose calls are checked against AWS's own description of them."""

from typing import Any

from botocore.exceptions import ClientError
from botocore.validate import ParamValidator

from tests.unit import emulated


class Checked:
    """A client in memory: a call with a parameter that AWS does not know, or without a needed one, fails."""

    service = ""

    def __init__(self) -> None:
        self.calls: list[tuple[str, dict[str, Any]]] = []
        made = emulated.client(self.service)
        self._model = made.meta.service_model
        self._operations = made.meta.method_to_api_mapping

    def __getattr__(self, method: str) -> Any:
        if method.startswith("_") or method not in self._operations:
            raise AttributeError(method)
        operation = self._model.operation_model(self._operations[method])

        def call(**asked: Any) -> Any:
            report = ParamValidator().validate(asked, operation.input_shape)
            assert not report.has_errors(), report.generate_report()
            self.calls.append((method, asked))
            return getattr(self, f"on_{method}")(**asked)

        return call

    def get_paginator(self, method: str) -> Any:
        return type("Pages", (), {"paginate": lambda _, **asked: iter([getattr(self, method)(**asked)])})()

    def asked(self, method: str) -> list[dict[str, Any]]:
        return [asked for name, asked in self.calls if name == method]


def refused(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "no"}}, "Operation")
