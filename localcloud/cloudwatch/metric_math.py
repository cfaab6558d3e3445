"""Metric math over one period: arithmetic, comparisons, and the functions that alarms use. Pure.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
"""

import ast
import operator
from collections.abc import Callable, Mapping, Sequence

Value = float | None
"""None where a metric has no data in the period."""

_ARITHMETIC: Mapping[type, Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
_COMPARISONS: Mapping[type, Callable[[float, float], bool]] = {
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}
_FOLDS: Mapping[str, Callable[[Sequence[float]], float]] = {
    "SUM": sum,
    "MAX": max,
    "MIN": min,
    "AVG": lambda values: sum(values) / len(values),
}


class UnknownMath(ValueError):
    """An expression that is not evaluated here."""


def evaluate(expression: str, values: Mapping[str, Value]) -> Value:
    """The value of an expression, None where something it needs has no data.

    Args:
        expression: such as ``100 * errors / FILL(invocations, 1)``.
        values: of the other metrics of the alarm, by their ids.

    Raises:
        UnknownMath: a function, an operator or an id is not known.
    """
    try:
        tree = ast.parse(expression.strip(), mode="eval")
    except SyntaxError as error:
        raise UnknownMath(f"metric math that cannot be read: {expression!r}") from error
    return _Period(values).of(tree.body)


class _Period:
    def __init__(self, values: Mapping[str, Value]) -> None:
        self._values = values

    def of(self, node: ast.expr) -> Value:
        match node:
            case ast.Constant(value=int() | float() as number):
                return float(number)
            case ast.Name(id=name) if name in self._values:
                return self._values[name]
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return None if (value := self.of(operand)) is None else -value
            case ast.BinOp(left=left, op=op, right=right) if type(op) in _ARITHMETIC:
                return self._arithmetic(type(op), self.of(left), self.of(right))
            case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in _COMPARISONS:
                first, second = self.of(left), self.of(right)
                known = first is not None and second is not None
                return float(_COMPARISONS[type(op)](first, second)) if known else None  # type: ignore[arg-type]
            case ast.Call(func=ast.Name(id=name), args=given, keywords=[]):
                return self._call(name, given)
        raise UnknownMath(f"metric math that is not known here: {ast.unparse(node)}")

    @staticmethod
    def _arithmetic(op: type, left: Value, right: Value) -> Value:
        if left is None or right is None or (op is ast.Div and right == 0):
            return None
        return _ARITHMETIC[op](left, right)

    def _call(self, name: str, given: Sequence[ast.expr]) -> Value:
        match name, given:
            case "FILL", [metric, otherwise]:
                return self.of(otherwise) if (value := self.of(metric)) is None else value
            case "IF", [condition, then, *otherwise] if len(otherwise) <= 1:
                chosen = [then] if self.of(condition) else otherwise
                return self.of(chosen[0]) if chosen else None
            case _, [_, *_] if name in _FOLDS:
                values = [value for value in map(self.of, given) if value is not None]
                return _FOLDS[name](values) if values else None
        raise UnknownMath(f"metric math that is not known here: {name} of {len(given)}")
