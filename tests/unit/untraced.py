"""What coverage need not see: code of others in which none of ours runs. Traced, it takes twice as long."""

import functools
import importlib
import sys
from collections.abc import Callable
from typing import Any

OTHERS = {
    "botocore.client": ("BaseClient._convert_to_request_dict", "BaseClient._make_request"),
    "botocore.session": ("Session.create_client", "Session.get_service_model"),
    "jsii._kernel.providers.process": ("_NodeProcess.send",),
    "moto.core.models": ("MockAWS.start", "MockAWS.stop"),
}


def hide() -> None:
    """Stops the tracing of this process while it is in there. Nothing happens where nothing is traced."""
    if sys.gettrace() is None:
        return
    for module, names in OTHERS.items():
        for name in names:
            owner, _, method = name.partition(".")
            class_ = getattr(importlib.import_module(module), owner)
            setattr(class_, method, _untraced(getattr(class_, method)))


def _untraced(function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def untraced(*arguments: Any, **named: Any) -> Any:
        tracer = sys.gettrace()
        sys.settrace(None)
        try:
            return function(*arguments, **named)
        finally:
            sys.settrace(tracer)

    return untraced
