"""Tenants whose every word is an attack, or too long: `python -m config.tests.journeys.hostile plant|remove`.

They exist in the shared tables only, which is all that the console reads.
"""

import datetime as dt
import json
import os
import sys
from typing import Any

import django

from config.local import environment

_CODE = "window.__xss=1;alert(1)"
PAYLOADS = [
    f"<script>{_CODE}</script>",
    f"</title><script>{_CODE}</script>",
    f"</textarea><script>{_CODE}</script>",
    f"</script><script>{_CODE}</script>",
    f'"><script>{_CODE}</script>',
    f"'><script>{_CODE}</script>",
    f"<img src=x onerror={_CODE}>",
    f'"><img src=x onerror="{_CODE}">',
    f"<svg onload={_CODE}>",
    f"<svg><script>{_CODE}</script></svg>",
    f"<body onload={_CODE}>",
    f"<iframe srcdoc='<script>parent.{_CODE}</script>'>",
    f"<iframe src=javascript:{_CODE}>",
    f"<a href=javascript:{_CODE}>x</a>",
    f"javascript:{_CODE}",
    f"<details open ontoggle={_CODE}>",
    f"<input autofocus onfocus={_CODE}>",
    f"<video><source onerror={_CODE}></video>",
    f"<math><mi xlink:href=javascript:{_CODE}>x",
    f"<object data=javascript:{_CODE}>",
    f"<embed src=javascript:{_CODE}>",
    f"<form action=javascript:{_CODE}><button>x",
    f"<meta http-equiv=refresh content='0;url=javascript:{_CODE}'>",
    f"<base href=javascript:{_CODE}//>",
    f"<link rel=stylesheet href=javascript:{_CODE}>",
    "<style>@import'http://evil.example/x.css';</style>",
    f'" autofocus onfocus="{_CODE}" x="',
    f"' onmouseover='{_CODE}' x='",
    f"`${{{_CODE}}}`",
    "{{7*7}}{% load x %}{{ settings.SECRET_KEY }}",
    f"<div hx-get=/switches/ hx-trigger=load hx-on::load={_CODE}>",
    "<div data-hx-get=/switches/ data-hx-trigger=load>",
    f"<!--><script>{_CODE}</script>-->",
    f"<![CDATA[<script>{_CODE}</script>]]>",
    f"\\u003cscript\\u003e{_CODE}",
    f"&lt;script&gt;{_CODE}&lt;/script&gt;",
    f"&#60;script&#62;{_CODE}",
    f"<noscript><p title='</noscript><img src=x onerror={_CODE}>'>",
    f"<template><script>{_CODE}</script></template>",
    "<marquee onstart=alert(1)>x",
    f"\u202e<script>{_CODE}</script>",
    f"<scr\x01ipt>{_CODE}</scr\x01ipt>",
]
NAMES = [
    "Ludwig-Maximilians-Gesamthochschule für Rechtswissenschaften",
    "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauuniversität",
    "University of a Name That Is Exactly Sixty Characters Long OK",
]


def main(deed: str) -> None:
    """Plant them and print their public ids, or remove them."""
    environment.borrow()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
    django.setup()
    from tenants.context import public_schema
    from tenants.models import Tenant

    with public_schema():
        if deed == "remove":
            Tenant.objects.filter(schema_name__startswith="t_hostile").delete()
            return
        at = dt.datetime.now(dt.UTC)
        ids = [_plant(number, text, at) for number, text in enumerate([*PAYLOADS, *NAMES])]
    print(json.dumps(ids))


def _plant(number: int, text: str, at: dt.datetime) -> str:
    from tenants import models

    schema = f"t_hostile{number:05}"
    tenant: Any = models.Tenant.objects.create(
        schema_name=schema,
        name=text[:120],
        status="trial",
        time_zone="Europe/Berlin",
        token_epoch="x",
        trial_ends_on=at.date() + dt.timedelta(days=20),
        created_at=at,
    )
    models.Domain.objects.create(domain=f"{number}{text[:200]}", tenant=tenant, is_primary=True)
    models.TenantEvent.objects.create(
        tenant=tenant, schema_name=schema, kind=text[:64], by=text[:254], reason=text, at=at, told_at=at
    )
    models.JobRun.objects.create(
        tenant=tenant, job=text[:64], scheduled_for=at, state="parked", attempts=8, last_error=text
    )
    later = at + dt.timedelta(days=1)
    models.WakeUp.objects.create(
        tenant=tenant, job=text[:64], due_at=at, lease_until=later, attempts=8, last_error=text
    )
    models.DueWork.objects.create(tenant=tenant, job=text[:64], local_time=dt.time(3), next_run_at=later)
    models.ServiceSwitch.objects.create(
        tenant=tenant, switch="uploads", is_off=True, changed_by=text[:254], changed_at=at, reason=text
    )
    models.TenantUpgrade.objects.create(
        tenant=tenant, schema_name=schema, fingerprint="x", state="failed", error=text, at=at
    )
    models.SignUp.objects.create(
        tenant=tenant,
        university_name=text[:120],
        subdomain=text[:30],
        time_zone="UTC",
        owner_name=text[:120],
        owner_email=text[:254],
        verified_at=at,
        state="failed",
        failed_after="reserved",
        attempts=9,
        last_error=text,
        created_at=at,
    )
    models.SupportGrant.objects.create(
        tenant=tenant,
        schema_name=schema,
        operator_email=text[:254],
        operator_name=text[:120],
        reason=f"{text} and ten letters",
        ticket=text[:60],
        minutes=15,
        decision="not_needed",
        asked_at=at,
        starts_at=at,
        ends_at=at + dt.timedelta(minutes=15),
    )
    return str(tenant.public_id)


if __name__ == "__main__":
    main(sys.argv[1])
