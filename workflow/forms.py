"""What a person fills in, checked against its form: the first mistake becomes a clear sentence."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import ValidationError
from jsonschema.validators import extend

from parties import legible, years
from workflow.errors import InvalidInput

Schema = Mapping[str, Any]

#: What each broken rule means for the person who typed it: what is wrong, what to do.
_SENTENCES: Final[Mapping[str, tuple[str, str]]] = {
    "enum": ("不在可选范围内", "请从给出的选项中选择"),
    "const": ("不是要求的内容", "请按要求填写"),
    "maxLength": ("太长", "请缩短后重试"),
    "minLength": ("不能为空", "请填写"),
    "type": ("格式不对", "请按该项要求的类型填写"),
    "format": ("格式不对", "请按该项要求的格式填写"),
    "date": ("格式不对", f"请按该项要求的格式填写，年份在 {years.FIRST} 至 {years.LAST} 之间"),
    "pattern": ("格式不对", "请按该项要求的格式填写"),
    "minimum": ("太小", "请改为允许范围内的数"),
    "maximum": ("太大", "请改为允许范围内的数"),
    "minItems": ("太少", "请至少填写一项"),
    "maxItems": ("太多", "请减少项数"),
    "uniqueItems": ("有重复", "请删除重复项"),
}


_formats: Final = FormatChecker()


@_formats.checks("date-time", raises=ValueError)
def _is_moment(value: object) -> bool:
    """A moment with its zone. jsonschema itself knows this format only with another package."""
    if not isinstance(value, str):
        return True
    found = datetime.fromisoformat(value)
    return found.utcoffset() is not None and years.is_believable(found)


@_formats.checks("date", raises=ValueError)
def _is_day(value: object) -> bool:
    return not isinstance(value, str) or years.is_believable(date.fromisoformat(value))


def _is_long_enough(
    _validator: object, least: int, value: object, _schema: object
) -> Iterator[ValidationError]:
    """By what can be read of it: a word that is asked for says something."""
    if isinstance(value, str) and legible.length(value) < least:
        yield ValidationError("too short")


_Validator: Final = extend(  # type: ignore[no-untyped-call]
    Draft202012Validator, {"minLength": _is_long_enough}
)


def check(schema: Schema, answer: Mapping[str, Any]) -> None:
    """Refuse an answer that the form does not allow.

    Raises:
        InvalidInput: names the first wrong field, in the form's own order, and the mend.
    """
    validator = _Validator({**schema, "additionalProperties": False}, format_checker=_formats)
    order = list(schema.get("properties", {}))
    problems = [_explain(error, order) for error in validator.iter_errors(dict(answer))]
    problems += [(name, *_SENTENCES["format"]) for name, told in answer.items() if _broken(told)]
    if problems:
        field, wrong, mend = min(problems, key=lambda p: (_place(order, p[0]), p[0]))
        field = "answer" if _half(field) else field
        label = schema.get("properties", {}).get(field.split(".")[0], {}).get("title", field)
        raise InvalidInput(f"“{label}”{wrong}。", field=field, mend=f"{mend}。")


def _place(order: list[str], field: str) -> int:
    top = field.split(".", maxsplit=1)[0]
    return order.index(top) if top in order else len(order)


def _broken(value: object) -> bool:
    """Text that is no Unicode (half a character) cannot be stored."""
    return any(isinstance(text, str) and _half(text) for text in _leaves(value))


def _leaves(value: object) -> Iterator[object]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield key
            yield from _leaves(inner)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for inner in value:
            yield from _leaves(inner)
    else:
        yield value


def _half(text: str) -> bool:
    return any("\ud800" <= letter <= "\udfff" for letter in text)


def _explain(error: ValidationError, order: list[str]) -> tuple[str, str, str]:
    """Field, what is wrong, what to do."""
    path = ".".join(str(part) for part in error.absolute_path)
    rule = str(error.validator)
    filled: Mapping[str, Any] = error.instance if isinstance(error.instance, Mapping) else {}
    if rule == "required" and isinstance(error.validator_value, list):
        absent = (name for name in error.validator_value if name not in filled)
        missing = min(absent, key=lambda name: _place(order, name))
        return (f"{path}.{missing}".strip("."), "没有填写", "请填写该项")
    if rule == "additionalProperties" and isinstance(error.schema, Mapping):
        extra = sorted(set(filled) - set(error.schema.get("properties", {})))
        return (f"{path}.{extra[0]}".strip("."), "不是本表单的项目", "请删除该项")
    if rule == "format" and str(error.validator_value).startswith("date"):
        rule = "date"
    wrong, mend = _SENTENCES.get(rule, ("不符合要求", "请检查后重填"))
    return (path or "answer", wrong, mend)
