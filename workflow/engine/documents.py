"""Reads XML and JSON that people upload. Lint and the engine see the very same tree."""

import re
from typing import Any, Final

import orjson
from lxml import etree

from workflow.engine.errors import ProcessInvalid

MAX_BYTES: Final = 1_000_000
MAX_DEPTH: Final = 64
MAX_ELEMENTS: Final = 20_000

BPMN: Final = "http://www.omg.org/spec/BPMN/20100524/MODEL"
BPMNDI: Final = "http://www.omg.org/spec/BPMN/20100524/DI"
DC: Final = "http://www.omg.org/spec/DD/20100524/DC"
SPIFF: Final = "http://spiffworkflow.org/bpmn/schema/1.0/core"
DMN: Final = frozenset(
    {
        "https://www.omg.org/spec/DMN/20191111/MODEL/",
        "http://www.omg.org/spec/DMN/20180521/MODEL/",
    }
)
NSMAP: Final = {"bpmn": BPMN, "bpmndi": BPMNDI, "dc": DC, "spiff": SPIFF}

_ENCODING: Final = re.compile(r"""\A\s*<\?xml[^>]*?\bencoding\s*=\s*["']([^"']+)["']""")


class DocumentRefused(ProcessInvalid):
    """A file that is not read at all. `rule` is the lint rule, `mend` what to do."""

    code = "process.document_refused"

    def __init__(self, rule: str, message: str, mend: str) -> None:
        super().__init__(message, rule=rule)
        self.rule = rule
        self.mend = mend


def parse_xml(data: bytes) -> Any:
    """The root element. Without DOCTYPE, entities, comments, other encodings or excess size."""
    text = _text(data)
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise DocumentRefused(
            "xml.doctype", "文件含有 DOCTYPE 或实体声明。", "删除 <!DOCTYPE …> 及实体声明。"
        )
    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(text.encode(), parser)
    except etree.XMLSyntaxError as error:
        raise DocumentRefused(
            "xml.unreadable",
            f"不是合法的 XML（第 {error.lineno} 行）。",
            "用建模工具重新导出该文件。",
        ) from None
    _check_size(root)
    return root


def parse_json(data: bytes) -> dict[str, Any]:
    if len(data) > MAX_BYTES:
        raise _too_large()
    try:
        value = orjson.loads(data)
    except orjson.JSONDecodeError:
        raise DocumentRefused(
            "json.unreadable", "不是合法的 JSON。", "改正该文件的格式。"
        ) from None
    if not isinstance(value, dict):
        raise DocumentRefused("json.unreadable", "表单须是一个 JSON 对象。", "改成 {…}。")
    return value


def _text(data: bytes) -> str:
    if len(data) > MAX_BYTES:
        raise _too_large()
    if not data.strip():
        raise DocumentRefused("xml.empty", "文件是空的。", "选择正确的文件，或重新导出。")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _wrong_encoding() from None
    declared = _ENCODING.match(text)
    if "\0" in text or (declared and declared[1].lower() not in {"utf-8", "utf8"}):
        raise _wrong_encoding()
    return _ENCODING.sub(lambda match: match[0].replace(match[1], "UTF-8"), text, count=1)


def _check_size(root: Any) -> None:
    depth = count = 0
    for event, _element in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        count += event == "start"
        if depth > MAX_DEPTH:
            raise DocumentRefused(
                "xml.deep", f"元素嵌套超过 {MAX_DEPTH} 层。", "拆成调用活动或减少嵌套。"
            )
    if count > MAX_ELEMENTS:
        raise DocumentRefused(
            "xml.large", f"文件超过 {MAX_ELEMENTS} 个元素。", "拆成多个流程，用调用活动连接。"
        )


def _too_large() -> DocumentRefused:
    return DocumentRefused(
        "xml.large", f"文件超过 {MAX_BYTES:,} 字节。", "拆成多个流程，用调用活动连接。"
    )


def _wrong_encoding() -> DocumentRefused:
    return DocumentRefused("xml.encoding", "文件不是 UTF-8 编码。", "以 UTF-8 编码重新保存。")
