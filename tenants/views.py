"""The public host: what Duly is, and how a university gets its site."""

import datetime as dt
import uuid

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tenants import clock, hosts, limits, links
from tenants.agreements import actions as agreements
from tenants.enums import SignUpState
from tenants.forms import AddressForm, CodeForm, SignUpForm
from tenants.models import RollUpInvitation, SignUp
from tenants.provisioning import actions as provisioning
from tenants.provisioning import reservation
from tenants.rules import subdomains, time_zones
from tenants.signup import actions, queries
from tenants.visitors import SeeOther, open_to_all, own_sign_up, remember

_HOUR = dt.timedelta(hours=1)


@require_safe
@open_to_all("the front door")
def landing(request: HttpRequest) -> HttpResponse:
    """What Duly is, for somebody who has never heard of it."""
    demo = hosts.resolve(reservation.host_of("demo")) if settings.ALLOW_DEMO else None
    return render(request, "tenants/landing.html", {"demo_url": links.origin(demo) if demo else ""})


@require_safe
@open_to_all("what one agrees to before signing up")
def terms(request: HttpRequest) -> HttpResponse:
    """The terms of use."""
    return render(request, "tenants/terms.html")


@open_to_all("how a university begins")
def sign_up(request: HttpRequest) -> HttpResponse:
    """The form. ``check`` and ``use`` are the buttons of the address, for browsers without JavaScript."""
    at = clock.now()
    invitation = _invitation(request, at)
    if request.method != "POST":
        code = request.GET.get("department", "")[:40] if invitation else ""
        return _form_page(request, SignUpForm(at=at, invitation=invitation, initial={"department": code}))
    if "check" in request.POST or "use" in request.POST:
        return _form_page(request, _with_checked_address(request, at), is_checked=True)
    form = SignUpForm(request.POST, at=at, invitation=invitation)
    if form.is_valid() and not limits.allows(
        "sign-up", limits.visitor_address(request), most=30, within=_HOUR
    ):
        form.add_error(None, _("Too many sign-ups came from your network. Nothing was sent; wait an hour."))
    if not form.is_valid():
        return _form_page(request, form, status=422)
    details = {
        name: value for name, value in form.cleaned_data.items() if name not in {"accepted", "department"}
    }
    begun = actions.start(**details, locale=get_language() or "en", invitation=invitation, at=at)
    response = SeeOther(reverse("tenants:code", args=[begun.public_id]))
    remember(response, begun)
    return response


@require_POST
@open_to_all("the live check of the address while it is typed")
def address_check(request: HttpRequest) -> HttpResponse:
    """The verdict on an address, as a part of the sign-up page."""
    at = clock.now()
    if not limits.allows(
        "address", limits.visitor_address(request), most=120, within=dt.timedelta(minutes=1)
    ):
        return HttpResponse(status=429)
    if "use" in request.POST:
        form = _with_checked_address(request, at)
        return render(request, "tenants/sign_up.html#address", _address_context(request, form))
    return render(request, "tenants/sign_up.html#verdict", _address_context(request, None))


@open_to_all("proves the mailbox of whoever began the sign-up")
def code(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """The six digits."""
    begun = own_sign_up(request, public_id)
    if begun.state != SignUpState.UNVERIFIED:
        return SeeOther(reverse("tenants:progress", args=[public_id]))
    form = CodeForm(request.POST or None)
    if not form.is_valid():
        return _code_page(request, begun, form, status=422 if form.is_bound else 200)
    try:
        actions.confirm(begun.pk, code=form.cleaned_data["code"], at=clock.now())
    except actions.CodeRefused as refusal:
        form.add_error("code", _code_sentence(refusal))
        return _code_page(request, begun, form, status=422)
    return SeeOther(reverse("tenants:progress", args=[public_id]))


@require_POST
@open_to_all("sends the code once more to whoever began the sign-up")
def another_code(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """A new code in place of the old one."""
    begun = own_sign_up(request, public_id)
    try:
        actions.send_another_code(begun.pk, at=clock.now())
    except actions.TooSoon:
        form = CodeForm()
        return _code_page(request, begun, form, too_soon=True, status=429)
    return SeeOther(reverse("tenants:code", args=[public_id]) + "?sent=again")


@open_to_all("another address for whoever proved the mailbox")
def another_address(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """The address was taken while the code was on its way."""
    begun = own_sign_up(request, public_id)
    if begun.state != SignUpState.UNADDRESSED:
        return SeeOther(reverse("tenants:progress", args=[public_id]))
    form = AddressForm(request.POST or None)
    if form.is_valid():
        try:
            actions.choose_address(begun.pk, subdomain=form.cleaned_data["subdomain"], at=clock.now())
        except subdomains.SubdomainRefused as refusal:
            form.add_error("subdomain", refusal.sentence)
        else:
            return SeeOther(reverse("tenants:progress", args=[public_id]))
    context = {
        "form": form,
        "sign_up": begun,
        "ideas": queries.ideas(begun.university_name, owner_email=begun.owner_email),
    }
    return render(request, "tenants/another_address.html", context, status=422 if form.is_bound else 200)


@require_safe
@open_to_all("shows the preparation to whoever began the sign-up")
def progress(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """How far the site is; asked again every second by htmx, every five seconds without JavaScript."""
    begun = own_sign_up(request, public_id)
    if begun.state == SignUpState.UNVERIFIED:
        return SeeOther(reverse("tenants:code", args=[public_id]))
    if begun.state == SignUpState.UNADDRESSED:
        return SeeOther(reverse("tenants:another-address", args=[public_id]))
    phases = queries.phases(begun)
    done_count = sum(phase.state == "done" for phase in phases)
    tenant = begun.tenant
    is_given_up = begun.state == SignUpState.FAILED
    is_cancelled = begun.state in {SignUpState.CANCELLING, SignUpState.CANCELLED}
    context = {
        "sign_up": begun,
        "phases": phases,
        "done_count": done_count,
        "is_ready": begun.state == SignUpState.READY,
        "is_given_up": is_given_up,
        "is_cancelled": is_cancelled,
        # Nothing changes any more unless somebody does something: no need to ask every second.
        "asks_again": ""
        if is_cancelled or begun.state == SignUpState.READY
        else "15s"
        if is_given_up
        else "1s",
        "stuck": next((phase for phase in phases if phase.state == "failed"), None),
        "host": reservation.host_of(begun.subdomain),
        "site_url": links.absolute(begun.welcome_path or "/", tenant.ref()) if tenant else "",
    }
    part = "#preparation" if request.headers.get("HX-Request") == "true" else ""
    response = render(request, f"tenants/progress.html{part}", context)
    response["Vary"] = "HX-Request, Cookie"
    return response


@require_POST
@open_to_all("tries a failed step again for whoever began the sign-up")
def try_again(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Do not wait for the next try."""
    begun = own_sign_up(request, public_id)
    if limits.allows("try-again", str(public_id), most=10, within=_HOUR):
        provisioning.try_again(begun.pk, at=clock.now())
    return SeeOther(reverse("tenants:progress", args=[public_id]))


def _form_page(
    request: HttpRequest, form: SignUpForm, *, is_checked: bool = False, status: int = 200
) -> HttpResponse:
    context = {
        "form": form,
        "is_invited_in_vain": bool(request.GET.get("department")) and form.invitation is None,
        "old_zones": time_zones.old_names(),
        **(_address_context(request, form) if is_checked or form.is_bound else {"host_suffix": _suffix()}),
    }
    return render(request, "tenants/sign_up.html", context, status=status)


def _with_checked_address(request: HttpRequest, at: dt.datetime) -> SignUpForm:
    """What was typed, unjudged but for the address; a chosen idea is filled in."""
    typed = {name: request.POST.get(name, "") for name in SignUpForm.base_fields}
    if chosen := request.POST.get("use"):
        typed["subdomain"] = chosen
    return SignUpForm(initial=typed, at=at, invitation=_invitation(request, at))


def _invitation(request: HttpRequest, at: dt.datetime) -> RollUpInvitation | None:
    """The invitation whose code came with the link or the form, while it can be used."""
    typed = request.POST.get("department") or request.GET.get("department", "")
    if not typed or not limits.allows(
        "department-code", limits.visitor_address(request), most=200, within=_HOUR
    ):
        return None
    return agreements.open_invitation(typed[:40], at=at)


def _address_context(request: HttpRequest, form: SignUpForm | None) -> dict[str, object]:
    subdomain = request.POST.get("use") or request.POST.get("subdomain", "")
    name, email = request.POST.get("university_name", "")[:120], request.POST.get("owner_email", "")[:254]
    found = queries.verdict(subdomain[:80], university_name=name, owner_email=email) if subdomain else None
    return {
        "form": form,
        "verdict": found,
        "ideas": found.ideas if found else queries.ideas(name, owner_email=email),
        "host_suffix": _suffix(),
    }


def _suffix() -> str:
    return reservation.host_of("")


def _code_page(
    request: HttpRequest, begun: SignUp, form: CodeForm, *, too_soon: bool = False, status: int = 200
) -> HttpResponse:
    context = {
        "form": form,
        "sign_up": begun,
        "was_sent_again": request.GET.get("sent") == "again",
        "is_too_soon": too_soon,
        "has_more_codes": begun.code_sent_count < actions.MOST_CODES,
        "minutes": int(actions.CODE_LASTS.total_seconds() // 60),
    }
    return render(request, "tenants/code.html", context, status=status)


def _code_sentence(refusal: actions.CodeRefused) -> str:
    if refusal.reason == "expired":
        return _("This code is no longer valid. Ask for a new one below.")
    if refusal.reason == "tries":
        return _("That was the last try with this code. Ask for a new one below.")
    return _("This is not the code we sent. Tries left: %(count)d.") % {"count": refusal.tries_left}
