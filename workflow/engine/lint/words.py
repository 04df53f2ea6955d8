"""The words of a diagram: supported elements and attributes, and why others are refused."""

from collections.abc import Mapping
from typing import Final

ELEMENTS: Final = frozenset(
    {
        # the frame
        "definitions",
        "collaboration",
        "participant",
        "process",
        "laneSet",
        "childLaneSet",
        "lane",
        "flowNodeRef",
        # events
        "startEvent",
        "endEvent",
        "intermediateCatchEvent",
        "intermediateThrowEvent",
        "boundaryEvent",
        "timerEventDefinition",
        "timeDate",
        "timeDuration",
        "signalEventDefinition",
        "messageEventDefinition",
        "errorEventDefinition",
        "escalationEventDefinition",
        "conditionalEventDefinition",
        "condition",
        "terminateEventDefinition",
        "signal",
        "message",
        "error",
        "escalation",
        # activities
        "userTask",
        "serviceTask",
        "businessRuleTask",
        "subProcess",
        "callActivity",
        "multiInstanceLoopCharacteristics",
        "loopCardinality",
        "loopDataInputRef",
        "inputDataItem",
        "completionCondition",
        "standardLoopCharacteristics",
        "loopCondition",
        # gateways and flows
        "exclusiveGateway",
        "parallelGateway",
        "inclusiveGateway",
        "eventBasedGateway",
        "sequenceFlow",
        "conditionExpression",
        "incoming",
        "outgoing",
        # words around it
        "extensionElements",
        "documentation",
        "textAnnotation",
        "text",
        "association",
        "group",
        "category",
        "categoryValue",
    }
)

ATTRIBUTES: Final[Mapping[str, frozenset[str]]] = {
    # The last five are written by modellers with harmless values; vocabulary.py checks those.
    "*": frozenset(
        {"id", "name"}
        | {"startQuantity", "completionQuantity", "isForCompensation"}
        | {"triggeredByEvent", "behavior"}
    ),
    "definitions": frozenset(
        {"targetNamespace", "exporter", "exporterVersion", "expressionLanguage", "typeLanguage"}
    ),
    "process": frozenset({"isExecutable", "processType", "isClosed"}),
    "collaboration": frozenset({"isClosed"}),
    "participant": frozenset({"processRef"}),
    "startEvent": frozenset({"isInterrupting"}),
    "boundaryEvent": frozenset({"attachedToRef", "cancelActivity"}),
    "subProcess": frozenset({"default"}),
    "callActivity": frozenset({"calledElement"}),
    "exclusiveGateway": frozenset({"default", "gatewayDirection"}),
    "inclusiveGateway": frozenset({"default", "gatewayDirection"}),
    "parallelGateway": frozenset({"gatewayDirection"}),
    "eventBasedGateway": frozenset({"gatewayDirection"}),
    "sequenceFlow": frozenset({"sourceRef", "targetRef"}),
    "signalEventDefinition": frozenset({"signalRef"}),
    "messageEventDefinition": frozenset({"messageRef"}),
    "errorEventDefinition": frozenset({"errorRef"}),
    "escalationEventDefinition": frozenset({"escalationRef"}),
    "error": frozenset({"errorCode"}),
    "escalation": frozenset({"escalationCode"}),
    "multiInstanceLoopCharacteristics": frozenset({"isSequential"}),
    "standardLoopCharacteristics": frozenset({"loopMaximum", "testBefore"}),
    "documentation": frozenset({"textFormat"}),
    "textAnnotation": frozenset({"textFormat"}),
    "association": frozenset({"sourceRef", "targetRef", "associationDirection"}),
    "group": frozenset({"categoryValueRef"}),
    "categoryValue": frozenset({"value"}),
}

#: SpiffWorkflow extensions and the parents below which they mean something.
EXTENSIONS: Final[Mapping[str, frozenset[str]]] = {
    "properties": frozenset({"extensionElements"}),
    "property": frozenset({"properties"}),
    "serviceTaskOperator": frozenset({"extensionElements"}),
    "parameters": frozenset({"serviceTaskOperator"}),
    "parameter": frozenset({"parameters"}),
    "calledDecisionId": frozenset({"extensionElements"}),
}

_COMPENSATION: Final = ("event.compensation", "补偿不会执行。", "改为普通任务，用网关连接。")
_DATA: Final = ("data.object", "不支持数据对象及其关联。", "删除它；数据由任务的表单给出。")
_CORRELATION: Final = ("event.correlation", "不支持消息关联。", "删除它；系统按个案投递消息。")
_BEHAVIOUR: Final = ("instances.behavior", "多实例的行为事件会被忽略。", "删除它。")
_SCRIPT: Final = ("script.task", "脚本任务会执行代码。", "改用已登记的服务任务。")
_AD_HOC: Final = ("subprocess.adhoc", "不支持即席子流程。", "改为用户任务和网关。")

#: Silently wrong or unsupported in SpiffWorkflow 3.2.0 (engine.md 1), or a way to run code.
REFUSED: Final[Mapping[str, tuple[str, str, str]]] = {
    "scriptTask": _SCRIPT,
    "script": _SCRIPT,
    "compensateEventDefinition": _COMPENSATION,
    "linkEventDefinition": ("event.link", "链接事件会使流程停住不动。", "直接用顺序流连接。"),
    "complexGateway": ("gateway.complex", "不支持复杂网关。", "改用包容网关。"),
    "adHocSubProcess": _AD_HOC,
    "transaction": ("subprocess.transaction", "不支持事务子流程。", "改为普通子流程。"),
    "cancelEventDefinition": ("event.cancel", "不支持取消事件。", "改用错误或信号边界事件。"),
    "timeCycle": (
        "timer.cycle",
        "循环定时会漂移，不受支持。",
        "改用一次性定时器加网关回路，或每月新开一个实例。",
    ),
    "eventDefinitionRef": (
        "event.reference",
        "不支持引用式事件定义。",
        "把事件定义直接写在事件里面。",
    ),
    "complexBehaviorDefinition": _BEHAVIOUR,
    "oneBehaviorEventRef": _BEHAVIOUR,
    "noneBehaviorEventRef": _BEHAVIOUR,
    "loopDataOutputRef": ("instances.output", "多实例的汇总输出会丢数据。", "改由服务任务汇总。"),
    "outputDataItem": ("instances.output", "多实例的汇总输出会丢数据。", "改由服务任务汇总。"),
    "dataObject": _DATA,
    "dataObjectReference": _DATA,
    "dataStore": _DATA,
    "dataStoreReference": _DATA,
    "dataInputAssociation": _DATA,
    "dataOutputAssociation": _DATA,
    "ioSpecification": _DATA,
    "property": _DATA,
    "correlationProperty": _CORRELATION,
    "correlationKey": _CORRELATION,
    "correlationPropertyRetrievalExpression": _CORRELATION,
    "correlationSubscription": _CORRELATION,
    "messageFlow": ("event.message_flow", "消息流只是画图，不会执行。", "改用信号或消息事件。"),
    "task": ("task.untyped", "未指定类型的任务没有人办理。", "改为用户任务或服务任务。"),
    "manualTask": ("task.manual", "手工任务不会进入任何人的待办。", "改为用户任务。"),
    "sendTask": ("task.message", "不支持发送任务。", "改用服务任务。"),
    "receiveTask": ("task.message", "不支持接收任务。", "改用消息中间捕获事件。"),
    "import": ("xml.import", "不能引入其他文件。", "删除 import。"),
}
