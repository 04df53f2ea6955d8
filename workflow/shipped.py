"""What bpmn/ holds: the bundle that a new instance begins with, and the form of each task."""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Final
from uuid import UUID

from django.conf import settings

from workflow.engine import bundles, definitions, documents
from workflow.engine.bundles import Bundle
from workflow.engine.definitions import load, properties
from workflow.engine.forms import Form, read_form
from workflow.models import HumanTask, ProcessDefinition, ProcessInstance

#: Of a visit: whom one met. An answer at the door is that person's, whoever is asked first.
#: Of a plan that ends with something left: why. Else whoever began before could not close it.
_ASKED_SINCE: Final = {
    "meeting_visit": frozenset({"met"}),
    "follow_up_decision": frozenset({"why_open"}),
}
#: Types of answers that are typed, unless there is a choice.
_TYPED: Final = ("string", "integer", "number")


def form_of(task: HumanTask) -> Form:
    """The form as this task's definition has it, and what it has to ask since; a task from outside
    a diagram uses the shipped.
    """
    if task.instance is None or task.instance.definition_id is None:
        return _shipped_form(Path(settings.BPMN_DIR), task.form)
    definition = load(_stored(task.instance.definition_id))
    return _asking(definition.forms.get(task.form) or Form(task.form, {}))


def _asking(form: Form) -> Form:
    """With the questions that a form of before did not ask, and that its answer now needs."""
    missing = _ASKED_SINCE.get(form.key, frozenset()) - form.schema.get("properties", {}).keys()
    if not missing:
        return form
    now = _shipped_form(Path(settings.BPMN_DIR), form.key).schema["properties"]
    asked = {**form.schema["properties"], **{name: now[name] for name in sorted(missing)}}
    return Form(form.key, {**form.schema, "properties": asked})


def roles_of(instance_id: UUID, task: str) -> list[str]:
    """Roles that the instance's own definition gives the user task `task`; empty if unknown."""
    instance = ProcessInstance.objects.filter(pk=instance_id)
    found = instance.values_list("definition_id", flat=True).first()
    if found is None:
        return []
    for spec in load(_stored(found)).specs():
        if spec.bpmn_id == task:
            written = properties(spec).get("roles", "") or spec.lane or ""
            return [role.strip() for role in written.split(",") if role.strip()]
    return []


def word_for(form: str, *, field: str, code: str) -> str:
    """How the form that bpmn/ holds now names a closed choice; the code itself if it does not."""
    known = _shipped_form(Path(settings.BPMN_DIR), form).schema
    labels = known.get("properties", {}).get(field, {}).get("x-labels", {})
    return str(labels.get(code, code))


def typed_question(field: str, value: str) -> str | None:
    """What the forms that bpmn/ holds now ask to be typed into `field`, empty if not all of them
    ask the same. None: none of them does, or the value was chosen.
    """
    titles, chosen = _typed_questions(Path(settings.BPMN_DIR)).get(
        field, (frozenset(), frozenset())
    )
    if not titles or value in chosen:
        return None
    return next(iter(titles)) if len(titles) == 1 else ""


def rule_label(process_key: str, table: str, *, output: str, text: str) -> str:
    """How the table that `process_key` begins with now describes the rule with this result."""
    found = definitions.of(bundle(process_key)).table(table)
    return "" if found is None else found.label(output, text)


def _stored(definition_id: UUID) -> bytes:
    return bytes(ProcessDefinition.objects.values_list("bundle", flat=True).get(pk=definition_id))


@lru_cache(maxsize=256)
def _shipped_form(folder: Path, key: str) -> Form:
    path = folder / bundles.form_file(key)
    if not key or not path.is_file():
        return Form(key, {})
    return read_form(key, documents.parse_json(path.read_bytes()))


@lru_cache(maxsize=64)
def _typed_questions(folder: Path) -> Mapping[str, tuple[frozenset[str], frozenset[str]]]:
    """By question: how it is asked where it is typed, and what may be chosen elsewhere."""
    found: dict[str, tuple[frozenset[str], frozenset[str]]] = {}
    for path in sorted(folder.glob(bundles.form_file("*"))):
        for name, rule in _shipped_form(folder, path.stem).schema.get("properties", {}).items():
            titles, chosen = found.get(name, (frozenset(), frozenset()))
            codes = {str(one) for one in rule.get("enum", [])}
            typed = not codes and "x-people" not in rule and rule.get("type") in _TYPED
            asked = frozenset({str(rule.get("title", ""))} if typed else ())
            found[name] = titles | asked, chosen | codes
    return found


def bundle(process_key: str) -> Bundle:
    """The bundle that bpmn/ holds now; read once per process."""
    return _collected(Path(settings.BPMN_DIR), process_key)


def first_of(*process_keys: str) -> str:
    """The first process that bpmn/ holds; the first named if it holds none of them."""
    folder = Path(settings.BPMN_DIR)
    found = (key for key in process_keys if (folder / f"{key}.bpmn").is_file())
    return next(found, process_keys[0])


@lru_cache(maxsize=64)
def _collected(folder: Path, process_key: str) -> Bundle:
    return bundles.collect(process_key, bundles.read_folder(folder))
