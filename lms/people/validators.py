"""Password rules beside length and the list of common ones."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from tenants import context

LONGEST = 128
# Beside the names of the university: what people make long passwords of when they must be long.
USUAL = (
    "duly",
    "password",
    "passwort",
    "kennwort",
    "welcome",
    "training",
    "university",
    "12345678",
    "qwertyuiop",
)


class LengthLimit:
    """At most 128 characters: hashing takes time that grows with them."""

    def validate(self, password: str, user: object = None) -> None:
        """Raise ValidationError when the password is longer."""
        if len(password) > LONGEST:
            raise ValidationError(
                _("The password is %(count)d characters long; %(limit)d are allowed.")
                % {"count": len(password), "limit": LONGEST},
                code="password_too_long",
            )

    def get_help_text(self) -> str:
        """The rule in words."""
        return _("At most %(limit)d characters.") % {"limit": LONGEST}


class ContextWords:
    """Not the university's name, its address or another usual word with a few characters around it."""

    def validate(self, password: str, user: object = None) -> None:
        """Raise ValidationError when little is left of the password without such a word."""
        rest = _bare(password)
        for word in sorted(_words(), key=len, reverse=True):
            rest = rest.replace(word, "")
        if len(rest) < 8 and rest != _bare(password):
            raise ValidationError(
                _(
                    "The password is little more than the name of the university. Others would try that first."
                ),
                code="password_context",
            )

    def get_help_text(self) -> str:
        """The rule in words."""
        return _("Not the name of the university or another usual word with a few characters added.")


def _words() -> set[str]:
    tenant = context.current_tenant()
    names = [
        *USUAL,
        *(tenant.name.split() if tenant else ()),
        *(tenant.host.split(".")[:1] if tenant else ()),
    ]
    return {_bare(name) for name in names if len(_bare(name)) >= 4}


def _bare(text: str) -> str:
    return "".join(character for character in text.casefold() if character.isalnum())
