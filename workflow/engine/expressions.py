"""The closed language of gateways, timers, loops, parameters and decision tables.

Literals, declared names, comparisons, `and or not`, `in`, lists of these, and `clock("name")`.
There is no attribute, call, subscript, arithmetic or comprehension, so nothing can be reached that
was not put in. Text is parsed when a definition is loaded; afterwards only closures run.
"""

import ast
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any, Final, NamedTuple

from workflow.engine.errors import ExpressionFailed, ExpressionRefused

Clock = Callable[[str], datetime]


class Reading(NamedTuple):
    """Everything an expression can see."""

    values: Mapping[str, object]
    clock: Clock


Closure = Callable[[Reading], object]
#: Operands are of any type; a TypeError becomes ExpressionFailed.
Comparison = Callable[[Any, Any], object]

MAX_LENGTH: Final = 500  # characters
_MAX_DEPTH: Final = 20

_COMPARISONS: Final[Mapping[type[ast.cmpop], Comparison]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.In: lambda left, right: left in right,
    ast.NotIn: lambda left, right: left not in right,
}
_CELL_OPERATORS: Final = ("==", "!=", "<", ">", "in ", "in[", "not in ", "not in[")


@dataclass(frozen=True, slots=True)
class Expression:
    """Compiled text: what it reads, and the closure that answers it."""

    text: str
    names: frozenset[str]
    clocks: frozenset[str]
    closure: Closure = field(repr=False, compare=False)

    def run(self, reading: Reading) -> object:
        try:
            return self.closure(reading)
        except TypeError:
            raise ExpressionFailed(f"表达式 {self.text!r} 无法用现有的值计算。") from None


@dataclass(frozen=True, slots=True)
class Cell:
    """An input cell of a table: how the column's input compares to `operand`."""

    operand: Expression
    comparison: Comparison = field(repr=False, compare=False)

    def matches(self, value: object, reading: Reading) -> bool:
        try:
            return bool(self.comparison(value, self.operand.run(reading)))
        except TypeError:
            raise ExpressionFailed(f"单元格 {self.operand.text!r} 无法与输入比较。") from None


@lru_cache(maxsize=4096)
def compile_expression(text: str) -> Expression:
    """Parse `text` once; ExpressionRefused says which construct is not in the language."""
    return _compiled(text, _parse(text, shown=text))


@lru_cache(maxsize=4096)
def compile_cell(text: str) -> Cell | None:
    """A value, or one comparison such as `>= 2`; None (`-` or nothing) matches anything.

    FEEL lists and ranges (`"a","b"`, `not(3)`, `[4..7]`) mean something else to SpiffWorkflow,
    silently, so they are refused.
    """
    cell = text.strip()
    if cell in {"", "-"}:
        return None
    if not cell.startswith(_CELL_OPERATORS):
        return Cell(_compiled(text, _plain(_parse(cell, shown=text), text)), operator.eq)
    match _parse(f"x {cell}", shown=text):
        case ast.Compare(ops=[sign], comparators=[operand]):
            return Cell(_compiled(text, operand), _COMPARISONS[type(sign)])
    raise ExpressionRefused(f"单元格 {text!r} 只能有一个比较。")


def _plain(node: ast.expr, text: str) -> ast.expr:
    match node:
        case ast.Constant() | ast.Name() | ast.UnaryOp(op=ast.USub()):
            return node
    raise ExpressionRefused(f"单元格 {text!r} 须是一个值，或以 ==、!=、>=、in 等开头的一个比较。")


def _parse(text: str, *, shown: str) -> ast.expr:
    if len(text) > MAX_LENGTH:
        raise ExpressionRefused(f"表达式超过 {MAX_LENGTH} 个字符。")
    if not text.strip():
        raise ExpressionRefused("表达式为空。")
    try:
        return ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise ExpressionRefused(f"表达式 {shown!r} 读不懂。") from None


def _compiled(text: str, node: ast.expr) -> Expression:
    compiler = _Compiler()
    closure = compiler.closure(node, 0)
    return Expression(text, frozenset(compiler.names), frozenset(compiler.clocks), closure)


class _Compiler:
    """Walks one expression and collects the names and clocks that it reads."""

    def __init__(self) -> None:
        self.names: set[str] = set()
        self.clocks: set[str] = set()

    def closure(self, node: ast.expr, depth: int) -> Closure:
        if depth > _MAX_DEPTH:
            raise ExpressionRefused(f"表达式嵌套超过 {_MAX_DEPTH} 层。")
        build = _BUILDERS.get(type(node))
        if build is None:
            raise ExpressionRefused(f"表达式中不允许 {type(node).__name__}。")
        return build(self, node, depth + 1)

    def constant(self, node: ast.Constant, _depth: int) -> Closure:
        value = node.value
        if value is not None and type(value) not in {bool, int, float, str}:
            raise ExpressionRefused(f"表达式中不允许 {type(value).__name__} 常量。")
        return lambda _reading: value

    def name(self, node: ast.Name, _depth: int) -> Closure:
        name = node.id
        if name.startswith("_") or not name.isascii():
            raise ExpressionRefused(f"名称 {name!r} 不合规：字母开头，只用英文字母、数字、下划线。")
        self.names.add(name)

        def look(reading: Reading) -> object:
            try:
                return reading.values[name]
            except KeyError:
                raise ExpressionFailed(f"表达式用到未声明的名称 {name!r}。", name=name) from None

        return look

    def items(self, node: ast.List | ast.Tuple, depth: int) -> Closure:
        parts = [self.closure(item, depth) for item in node.elts]
        return lambda reading: [part(reading) for part in parts]

    def unary(self, node: ast.UnaryOp, depth: int) -> Closure:
        match node:
            case ast.UnaryOp(op=ast.Not()):
                inner = self.closure(node.operand, depth)
                return lambda reading: not inner(reading)
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as value)):
                negative = -value
                return lambda _reading: negative
        raise ExpressionRefused("表达式中只允许 not 和数字前的负号。")

    def both(self, node: ast.BoolOp, depth: int) -> Closure:
        parts = [self.closure(value, depth) for value in node.values]
        if isinstance(node.op, ast.And):
            return lambda reading: all(part(reading) for part in parts)
        return lambda reading: any(part(reading) for part in parts)

    def compare(self, node: ast.Compare, depth: int) -> Closure:
        first = self.closure(node.left, depth)
        rest: list[tuple[Comparison, Closure]] = []
        for sign, operand in zip(node.ops, node.comparators, strict=True):
            if type(sign) not in _COMPARISONS:
                raise ExpressionRefused("表达式中不允许 is，请改用 == 。")
            rest.append((_COMPARISONS[type(sign)], self.closure(operand, depth)))

        def chain(reading: Reading) -> object:
            left = first(reading)
            for holds, closure in rest:
                right = closure(reading)
                if not holds(left, right):
                    return False
                left = right
            return True

        return chain

    def call(self, node: ast.Call, _depth: int) -> Closure:
        match node:
            case ast.Call(
                func=ast.Name(id="clock"), args=[ast.Constant(value=str() as name)], keywords=[]
            ):
                self.clocks.add(name)
                return lambda reading: reading.clock(name)
        raise ExpressionRefused('表达式中只允许调用 clock("名称")。')


_BUILDERS: Final[Mapping[type[ast.expr], Callable[..., Closure]]] = {
    ast.Constant: _Compiler.constant,
    ast.Name: _Compiler.name,
    ast.List: _Compiler.items,
    ast.Tuple: _Compiler.items,
    ast.UnaryOp: _Compiler.unary,
    ast.BoolOp: _Compiler.both,
    ast.Compare: _Compiler.compare,
    ast.Call: _Compiler.call,
}
