"""The keys of other systems: made and revoked by whoever keeps the site in order."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from compliance.oversight.forms_events import KeyForm
from compliance.records import actions as records
from compliance.records import queries
from lms.access import guard
from lms.access.permissions import Permission
from lms.ui import http, partials
from tenants import clock


@guard.needs(Permission.SETTINGS_CHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def key_list(request: HttpRequest) -> HttpResponse:
    """All keys, and a new one. Its secret stands on the answer to the form, and nowhere again."""
    form, secret, status = KeyForm(request.POST or None), "", 200
    if request.method == "POST" and form.is_valid():
        try:
            _key, secret = records.create_key(
                name=form.cleaned_data["name"], by=guard.viewer(request), at=clock.now()
            )
        except records.Refused as error:
            form.add_error(None, str(error))
        else:
            form = KeyForm()
    if form.is_bound:
        status = 422
    context = {"form": form, "keys": queries.access_keys(), "secret": secret}
    return partials.render_page(request, "oversight/keys.html", context, status=status)


@guard.needs(Permission.SETTINGS_CHANGE)
@require_POST
def revoke(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """From now on the key opens nothing."""
    key = queries.access_keys().filter(public_id=public_id).first()
    if key is None:
        raise Http404
    try:
        records.revoke_key(key, by=guard.viewer(request), at=clock.now())
    except records.Refused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("“%(name)s” is revoked. It opens nothing any more.") % {"name": key.name})
    return http.see_other("oversight:keys")
