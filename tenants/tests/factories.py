"""Moments and tenants that tests agree on."""

import datetime as dt

# A Monday morning in both tenants' zones' working week: 10:00 in Berlin, 04:00 in New York.
AT = dt.datetime(2026, 11, 23, 9, 0, tzinfo=dt.UTC)
