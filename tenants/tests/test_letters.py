"""What a sign-up is written about: plain text is plain, whatever a university is called."""

from collections.abc import Callable

import pytest

from tenants.models import SignUp
from tenants.outbox import Letter
from tenants.provisioning import letters

NAME = "St John's & St Mary's"


@pytest.mark.parametrize(
    "write",
    [
        lambda sign_up: letters.welcome(sign_up, address="https://john.duly.localhost/welcome/x/"),
        lambda sign_up: letters.given_up(sign_up, host="john.duly.localhost"),
        lambda sign_up: letters.cancelled(sign_up, host="john.duly.localhost"),
    ],
    ids=["welcome", "given_up", "cancelled"],
)
def test_the_name_of_a_university_stands_in_the_subject_as_it_was_typed(
    write: Callable[[SignUp], Letter],
) -> None:
    letter = write(SignUp(university_name=NAME, owner_name="Ada O'Neil", locale="en"))
    assert NAME in letter.subject
    assert NAME in letter.text
    assert NAME not in letter.html, "a page escapes it"
