#!/bin/sh
# Before a new version serves: the shared tables, then the template of new tenants. Safe to repeat.
set -eu
python manage.py migrate_public
python manage.py build_template
