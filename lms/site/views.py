"""The site's own settings: where it stands, its address, a name of its own, its history and its end."""

import datetime as dt

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lms.access import guard
from lms.access.permissions import Permission
from lms.site import forms, queries
from lms.ui import http, paging, partials
from tenants import clock, context, hosts, limits, links
from tenants.addressing import domains, renaming
from tenants.closing import actions as closing_actions
from tenants.enums import TenantStatus
from tenants.lifecycle.refusals import Refused
from tenants.rules.host_names import HostRefused
from tenants.rules.subdomains import SubdomainRefused

_FORM = ["GET", "HEAD", "POST"]


def _by(request: HttpRequest) -> str:
    return f"tenant:{guard.viewer(request).email}"


@require_safe
@guard.needs(Permission.SETTINGS_CHANGE, kept=True)
def overview(request: HttpRequest) -> HttpResponse:
    """Where the site stands, and the ways to what can be changed about it."""
    site, viewer = queries.standing(at=clock.now()), guard.viewer(request)
    page = {
        "standing": site,
        "status_label": TenantStatus(site.status).label,
        "domain": queries.domain(),
        "is_owner": Permission.SITE_OWN in viewer.permissions,
        "may_change": Permission.SITE_OWN in viewer.usable_permissions,
    }
    return partials.render_page(request, "site/overview.html", page)


@require_safe
@guard.needs(Permission.SETTINGS_CHANGE, kept=True)
def history(request: HttpRequest) -> HttpResponse:
    """What was done to the site as a whole, by whom and why."""
    page = paging.page_of(queries.events(), request)
    return partials.render_page(
        request, "site/history.html", {"page": page, "entries": queries.in_words(page)}
    )


@require_http_methods(_FORM)
@guard.needs(Permission.SITE_OWN)
def address(request: HttpRequest) -> HttpResponse:
    """Another subdomain. Says before what ends with the old one; afterwards the new one is another host."""
    at = clock.now()
    site = queries.standing(at=at)
    form = forms.RenameForm(request.POST or None, expected=site.subdomain_host)
    if form.is_valid():
        try:
            new_host = renaming.rename(
                context.require_tenant().id,
                form.cleaned_data["subdomain"],
                by=_by(request),
                reason="",
                at=at,
            )
        except (Refused, SubdomainRefused) as refusal:
            form.add_error("subdomain", refusal.sentence)
        else:
            text = _("The site answers at %(new)s now, beside %(here)s.")
            said = text % {"new": new_host, "here": site.host}
            return _moved(request, before=site.subdomain_host, after=new_host, said=said)
    page = {"form": form, "standing": site, "suffix": f".{settings.BASE_DOMAIN}"}
    return partials.render_page(request, "site/address.html", page, status=422 if form.is_bound else 200)


@require_http_methods(_FORM)
@guard.needs(Permission.SITE_OWN)
def domain(request: HttpRequest) -> HttpResponse:
    """A name of the university's own: claimed here, or how its proof stands."""
    at = clock.now()
    claimed = queries.domain()
    form = forms.DomainForm(request.POST or None)
    if form.is_valid():
        try:
            domains.claim(context.require_tenant().id, form.cleaned_data["host"], by=_by(request), at=at)
        except HostRefused as refusal:
            form.add_error("host", refusal.sentence)
        except Refused as refusal:  # somebody else was quicker: the page shows their name, and no form
            messages.warning(request, refusal.sentence)
            return http.see_other("site:domain")
        else:
            return http.see_other("site:domain")
    page = {"form": form, "domain": claimed, "standing": queries.standing(at=at)}
    return partials.render_page(request, "site/domain.html", page, status=422 if form.is_bound else 200)


@require_POST
@guard.needs(Permission.SITE_OWN)
def domain_check(request: HttpRequest) -> HttpResponse:
    """Ask the DNS now instead of at the next turn."""
    tenant = context.require_tenant()
    if not limits.allows("domain-check", str(tenant.id), most=20, within=dt.timedelta(hours=1)):
        messages.warning(
            request, _("That was asked 20 times within an hour. It is looked at by itself, too.")
        )
        return http.see_other("site:domain")
    found = domains.check(tenant.id, at=clock.now(), by=_by(request))
    if found is not None and not found.problem:
        messages.success(
            request, _("The record was found. The site answers at %(host)s.") % {"host": found.host}
        )
    return http.see_other("site:domain")


@require_http_methods(_FORM)
@guard.needs(Permission.SITE_OWN)
def domain_remove(request: HttpRequest) -> HttpResponse:
    """Give the name up."""
    claimed = queries.domain()
    if claimed is None:
        return http.see_other("site:domain")
    form = forms.RemoveDomainForm(request.POST or None, expected=claimed.host)
    if form.is_valid():
        try:
            domains.withdraw(context.require_tenant().id, by=_by(request), reason="", at=clock.now())
        except Refused as refusal:
            messages.info(request, refusal.sentence)
            return http.see_other("site:domain")
        said = _("%(host)s was removed. The site goes on here.") % {"host": claimed.host}
        return _moved(request, before=claimed.host, after=queries.standing(at=clock.now()).host, said=said)
    page = {"form": form, "domain": claimed, "standing": queries.standing(at=clock.now())}
    return partials.render_page(
        request, "site/domain_remove.html", page, status=422 if form.is_bound else 200
    )


def _moved(request: HttpRequest, *, before: str, after: str, said: str) -> HttpResponse:
    """The site no longer answers at `before`: the way to `after` for whoever sees it there, else the settings."""
    if hosts.normalise(request.get_host()) == before:
        return partials.render_page(request, "site/renamed.html", {"new": f"{links.at(after)}/"})
    messages.success(request, said)
    return http.see_other("site:overview")


@require_http_methods(_FORM)
@guard.needs(Permission.SITE_OWN, kept=True)
def closing(request: HttpRequest) -> HttpResponse:
    """Close the site; or, while it is being closed, until when that can be undone."""
    at = clock.now()
    site = queries.standing(at=at)
    form = forms.CloseForm(request.POST or None, expected=site.subdomain_host)
    if form.is_valid():
        try:
            closing_actions.start_closing(
                context.require_tenant().id, by=_by(request), reason=form.cleaned_data["reason"], at=at
            )
        except Refused as refusal:
            form.add_error(None, refusal.sentence)
        else:
            messages.success(request, _("The site is being closed. Nothing has been deleted."))
            return http.see_other("site:closing")
    page = {"form": form, "standing": site, "days": settings.CLOSING_DAYS}
    return partials.render_page(request, "site/closing.html", page, status=422 if form.is_bound else 200)


@require_POST
@guard.needs(Permission.SITE_OWN, kept=True)
def closing_cancel(request: HttpRequest) -> HttpResponse:
    """Everything as it was before."""
    try:
        closing_actions.cancel_closing(
            context.require_tenant().id, by=_by(request), reason="", at=clock.now()
        )
    except Refused as refusal:
        messages.error(request, refusal.sentence)
        return http.see_other("site:closing")
    messages.success(request, _("The site stays. Everything is as it was before."))
    return http.see_other("site:overview")
