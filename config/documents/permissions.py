"""docs/generated/permissions.md: who may do what, from the roles themselves."""

from lms.access.permissions import Permission
from lms.access.roles import ALL

_HEAD = """# Roles and permissions

Made from `lms/access` by `make fix`. A role is granted over the whole tenant or over one department; a person may hold
several. Everyone who is signed in may see and do what concerns only themselves.
"""


def make() -> str:
    """The whole document."""
    lines = [_HEAD, *(f"- **{role.name}** (over: {role.scope.value}): {role.description}" for role in ALL)]
    lines += ["", "| Permission | " + " | ".join(str(role.name) for role in ALL) + " |"]
    lines += ["|---|" + "---|" * len(ALL)]
    for permission in Permission:
        marks = ["yes" if permission in role.permissions else "" for role in ALL]
        lines.append(f"| `{permission.value}` | " + " | ".join(marks) + " |")
    return "\n".join(lines) + "\n"
