"""What the sign-up pages show."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from tenants import addresses
from tenants.enums import SignUpState
from tenants.models import SignUp
from tenants.provisioning import reservation, steps
from tenants.rules import subdomains, suggestions


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is to be said about a subdomain: free or not, why, and what else there is."""

    subdomain: str
    is_free: bool
    sentence: str
    ideas: list[str]


@dataclass(frozen=True, slots=True)
class Phase:
    """One step on the progress page; ``state`` is a word of the checklist: done, now, todo or failed."""

    label: str
    state: str


def find(public_id: str) -> SignUp:
    """The sign-up of this id, with its tenant; raises SignUp.DoesNotExist."""
    return SignUp.objects.select_related("tenant").get(public_id=public_id)


def verdict(text: str, *, university_name: str = "", owner_email: str = "") -> Verdict:
    """Whether an address as typed could be had at this moment, with free ideas if it could not."""
    domain = _mail_domain(owner_email)
    try:
        subdomain = subdomains.parse_subdomain(text)
        if domain:
            subdomains.refuse_if_claimed(subdomain, email_domain=domain)
        reservation.refuse_if_taken(subdomain)
    except subdomains.SubdomainRefused as refusal:
        return Verdict(text, False, refusal.sentence, ideas(university_name or text, owner_email=owner_email))
    return Verdict(subdomain, True, "", [])


def ideas(university_name: str, *, owner_email: str = "", count: int = 3) -> list[str]:
    """Addresses that are free at this moment and that this sign-up could have."""
    domain = _mail_domain(owner_email)

    def could_have(subdomain: str) -> bool:
        try:
            subdomains.refuse_if_claimed(subdomain, email_domain=domain)
        except subdomains.SubdomainRefused:
            return False
        return reservation.is_free(subdomain)

    return suggestions.free_suggestions(university_name, is_free=could_have, email_domain=domain, count=count)


def phases(sign_up: SignUp) -> list[Phase]:
    """Every step of the preparation with how it stands."""
    order = [step.begins for step in steps.STEPS] + [SignUpState.READY]
    # One that was given up stands where it failed.
    state = sign_up.failed_after or sign_up.state
    reached = order.index(SignUpState(state)) if state in order else -1
    found = [Phase(_("Reserve the address"), "done" if reached >= 0 else "now")]
    for index, step in enumerate(steps.STEPS):
        if index < reached:
            state = "done"
        elif index == reached:
            state = "failed" if sign_up.last_error else "now"
        else:
            state = "todo"
        found.append(Phase(str(step.label), state))
    return found


def _mail_domain(owner_email: str) -> str:
    try:
        return addresses.domain_of(addresses.parse_address(owner_email))
    except addresses.BadAddress:
        return ""
