"""How passwords are kept: Argon2id with OWASP's parameters for an interactive sign-in."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2id46MiB(Argon2PasswordHasher):
    """46 MiB, one pass, one lane: about 50 ms, and small enough for many sign-ins at once."""

    memory_cost = 47104
    time_cost = 1
    parallelism = 1
