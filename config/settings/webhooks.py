"""Calls to other systems that are told who loses and regains access."""

from config import env

# For development and tests only: http and addresses of the own network are called as well. On a server this would let
# whoever may add a system look around behind the firewall.
WEBHOOKS_MAY_BE_LOCAL = env.flag("WEBHOOKS_MAY_BE_LOCAL", default=False)
