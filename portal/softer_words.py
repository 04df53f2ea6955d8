"""换个说法: how else one's own words could be said, for whoever wants to know. Nothing is kept.

The button beside a text opens this in a page of its own, so that what was typed stays where it is
and is not handed in. Of the form that comes with it, the one text is read and nothing is kept.
"""

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from parties.sign_in import Identity
from portal import pages, typed
from portal.session import signed_in, viewing
from records import softer_words

#: Characters; no text of a family on any page is longer.
LONGEST: Final = 5_000
#: What a text that may be asked about is called on its page; a password is none.
_TEXTS: Final = frozenset({"baseline_now", "note", "reason", "text", "words"})


@require_POST
@signed_in(bound=True)
def look(request: HttpRequest, identity: Identity) -> HttpResponse:
    """`look` names the field of the form whose words are asked about."""
    field = request.POST.get("look", "")
    text = typed.text(request, field)[:LONGEST] if field in _TEXTS else ""
    with viewing(identity) as viewer:
        found = softer_words.offered(viewer, text)
    offers = [(one.written(text), one) for one in found]
    return pages.show(request, "softer_words", {"text": text, "offers": offers})
