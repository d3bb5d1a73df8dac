#!/bin/sh
# Before a new version serves: the shared tables, the template of new tenants, then every tenant, then the pool. Safe to repeat.
# Options go to migrate_tenants (--close-failed, --jobs 8): docs/operations/migrations.md.
set -eu
python manage.py migrate_public
python manage.py build_template
python manage.py migrate_tenants "$@"
python manage.py pool --refill
