"""Coming in and going out: password, asking for a link, using it."""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import rotate_token
from django.shortcuts import redirect
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from parties import links, sign_in
from parties.browsers import sent_from_elsewhere
from parties.errors import InvalidInput, LinkWithdrawn, NotSignedIn, TooMany
from parties.models import SignInLink
from portal import errands, pages
from portal.forms import ContactForm, PasswordForm
from workflow import link_requests


@require_safe
def choose(request: HttpRequest) -> HttpResponse:
    return pages.show(
        request, "sign_in", {"contact_form": ContactForm(), "password_form": PasswordForm()}
    )


@require_http_methods(["GET", "HEAD", "POST"])
def with_password(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return redirect("portal:sign-in")
    form = PasswordForm(request.POST)
    if form.is_valid():
        try:
            sign_in.by_password(
                request.session,
                login=form.cleaned_data["login"],
                password=form.cleaned_data["password"],
                address=request.META.get("REMOTE_ADDR", ""),
            )
        except (NotSignedIn, TooMany) as refused:
            form.add_error(None, str(refused))
        else:
            rotate_token(request)
            return redirect("portal:home")
    context = {"contact_form": ContactForm(), "password_form": form}
    return pages.show(request, "sign_in", context, status=400)


@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """The page afterwards is the same whether the contact is known."""
    if request.method != "POST":
        return redirect("portal:sign-in")
    form = ContactForm(request.POST)
    if form.is_valid():
        try:
            link_requests.request(
                contact=form.cleaned_data["contact"], address=request.META.get("REMOTE_ADDR", "")
            )
        except InvalidInput as refused:
            form.add_error("contact", f"{refused}{refused.mend}")
        except TooMany as refused:
            form.add_error(None, str(refused))
        else:
            return redirect("portal:link-asked")
    context = {"contact_form": form, "password_form": PasswordForm()}
    return pages.show(request, "sign_in", context, status=400)


@require_safe
def asked(request: HttpRequest) -> HttpResponse:
    return pages.show(request, "link_asked")


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def link(request: HttpRequest, token: str) -> HttpResponse:
    """Looking spends nothing, asks nothing and sets no cookie: previews and scanners look, too.

    So there is no cookie for a CSRF token; whether another site sent the form, the browser says.
    """
    if request.method != "POST":
        return pages.show(request, "link")
    if sent_from_elsewhere(request.headers, host=request.get_host()):
        return pages.trouble(request, 403, "请在收到的消息里重新点开链接。")
    try:
        spent = sign_in.by_link(request.session, token=token)
    except LinkWithdrawn:
        return pages.show(request, "link_withdrawn", status=410)
    except NotSignedIn:
        return pages.show(request, "link_gone", {"lasts": _span(links.lasted(token))}, status=410)
    rotate_token(request)
    return _landing(spent)


def _span(lifetime: timedelta | None) -> str:
    """As people say it: whole days, else minutes; nothing for a link that nobody sent."""
    if lifetime is None:
        return ""
    return f"{lifetime.days} 天" if lifetime.days else f"{lifetime.seconds // 60} 分钟"


def _landing(spent: SignInLink) -> HttpResponse:
    """To the one thing that the link is for."""
    page = errands.page_of(spent.purpose, case_id=spent.case_id, target_id=spent.target_id)
    return redirect(page or "portal:home")


@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    sign_in.leave(request.session)
    return redirect("portal:sign-in")
