"""What the demo's requirements rest on: an owner, a policy, laws and standards. Call inside its tenant."""

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _

from compliance.requirements.actions import Basis, Parameter, Reference, cite
from compliance.requirements.queries import library


def of_phishing(owner: Any, day: dt.date) -> Basis:
    """The policy of the university, a contract about cards, and a standard with the value that was set for it."""
    own = Reference(
        regime=_("Lindenhof information security policy"),
        control="4.2",
        asks=_("Everybody who works here is trained every year."),
        source=_("Senate, published in the bulletin"),
        effective_from=day - dt.timedelta(days=90),
    )
    often = Parameter(_("03.02.01 a: How often literacy training is repeated"), _("every 12 months"), day)
    return Basis(
        owner=owner,
        policy=_("4.2 Everybody who works at Lindenhof is trained every year in recognising attacks."),
        authorities=(*_cited("nist-800-171-r3", "03.02.01 a"), *_cited("pci-dss-4", "12.6.3.1"), own),
        parameters=(often,),
    )


def of_contractors(owner: Any) -> Basis:
    """An older standard that a partner of research still asks for."""
    return Basis(owner=owner, authorities=_cited("nist-800-171-r2", "3.2.1"))


def of_cards(owner: Any) -> Basis:
    """What the card companies ask for."""
    return Basis(
        owner=owner,
        policy=_("7.1 Whoever could see a card number is trained when they begin, and every year."),
        authorities=_cited("pci-dss-4", "12.6.3"),
    )


def of_student_data(owner: Any) -> Basis:
    """The law on records of students."""
    return Basis(owner=owner, authorities=_cited("ferpa", "99.31(a)(1)(ii)"))


def of_responders(owner: Any) -> Basis:
    """What holds for those with a part to play."""
    return Basis(
        owner=owner,
        authorities=(*_cited("nist-800-171-r3", "03.02.02 a"), *_cited("glba-safeguards", "(e)(4)")),
    )


def _cited(key: str, control_id: str) -> tuple[Reference, ...]:
    pack = library()[key][-1]
    control = pack.control(control_id)
    return (cite(pack, control),) if control else ()
