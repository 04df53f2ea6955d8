"""Neutral words in an item of a plan; stricter where a company will read it.

What leaves the school is checked as a sharing: no label, and nothing that only looks like one. The
other items are checked as before a signature.
"""

from parties.errors import InvalidInput
from records import language, lexicons
from records.language import Author, Effect, Moment
from records.models import ActionItem
from records.plan_drafts import Draft

_READ: tuple[str, ...] = ("title", "measure", "baseline", "target")


def refuse(draft: Draft, *, school_id: int) -> None:
    """Raises InvalidInput: names the field, the words, and what could stand there. In a scope."""
    shared = draft.owner_party == ActionItem.Party.COMPANY
    moment = Moment.SHARE if shared else Moment.SIGN
    words = lexicons.of(school_id)
    for field in _READ:
        verdict = language.check(
            getattr(draft, field), moment=moment, author=Author.STAFF, lexicon=words
        )
        for found in verdict.findings:
            if found.effect == Effect.BLOCK:
                raise InvalidInput(
                    f"“{found.phrase}”不能写进{'给企业的' if shared else ''}约定。{found.note}",
                    field=field,
                    mend=f"可以写：{found.suggestion}",
                )
