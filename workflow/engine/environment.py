"""The wall: every expression of a diagram ends here, and only precompiled ones are answered.

It stands in the *environment*, because message correlation and ad-hoc completion go past the
script engine. Text that was not compiled with its definition is refused, so a sink that nobody
thought of fails closed.
"""

import ast
from collections.abc import Iterator, Mapping
from typing import Any, NoReturn

from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine
from SpiffWorkflow.bpmn.script_engine.python_environment import BasePythonScriptEngineEnvironment

from workflow.engine import registry
from workflow.engine.errors import ExpressionRefused
from workflow.engine.expressions import Clock, Expression, Reading
from workflow.engine.registry import StepContext
from workflow.engine.values import Flat


class Names(Mapping[str, object]):
    """Task data in which a declared name that nothing has decided yet reads as None."""

    def __init__(self, data: Mapping[str, object], declared: frozenset[str]) -> None:
        self._data = data
        self._declared = declared

    def __getitem__(self, name: str) -> object:
        if name in self._data:
            return self._data[name]
        if name in self._declared:
            return None
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        return iter(self._declared | self._data.keys())

    def __len__(self) -> int:
        return len(self._declared | self._data.keys())


class ClosedEnvironment(BasePythonScriptEngineEnvironment):  # type: ignore[misc]
    def __init__(
        self, expressions: Mapping[str, Expression], declared: frozenset[str], clock: Clock
    ) -> None:
        super().__init__()
        self._expressions = expressions
        self._declared = declared
        self._clock = clock

    def reading(self, data: Mapping[str, object]) -> Reading:
        return Reading(Names(data, self._declared), self._clock)

    def evaluate(
        self,
        expression: str,
        context: Mapping[str, object],
        external_context: Mapping[str, object] | None = None,
    ) -> object:
        compiled = self._expressions.get(expression)
        if compiled is None:
            raise ExpressionRefused("表达式未随流程定义一起编译，拒绝执行。")
        return compiled.run(self.reading(context))

    def execute(self, *_args: object, **_kwargs: object) -> NoReturn:
        raise ExpressionRefused("流程中不允许脚本。")

    def call_service(self, *_args: object, **_kwargs: object) -> NoReturn:
        raise ExpressionRefused("服务任务只能调用登记过的处理程序。")


class Engine(PythonScriptEngine):  # type: ignore[misc]
    """One step's view of the world. Errors pass unchanged: the stock one hides their types.

    `handled`: a handler has run in this step.
    """

    environment: ClosedEnvironment

    def __init__(
        self,
        expressions: Mapping[str, Expression],
        declared: frozenset[str],
        context: StepContext,
    ) -> None:
        super().__init__(ClosedEnvironment(expressions, declared, context.clocks))
        self.context = context
        self.at = context.at
        self.handled = False

    def validate(self, expression: str) -> None:
        """SpiffWorkflow's tables rely on SyntaxError here."""
        ast.parse(expression, mode="eval")

    def evaluate(self, task: Any, expression: str, external_context: Any = None) -> object:
        return self.environment.evaluate(expression, task.data, external_context)

    def execute(self, task: Any, script: str, external_context: Any = None) -> NoReturn:
        self.environment.execute(script)

    def call_service(
        self, task: Any, *, operation_name: str, operation_params: Mapping[str, object]
    ) -> dict[str, Flat]:
        self.handled = True
        return registry.call(
            operation_name, self.context, operation_params, prefix=task.task_spec.bpmn_id
        )
