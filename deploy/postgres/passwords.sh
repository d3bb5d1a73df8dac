#!/bin/sh
# Gives the two logins of roles.sql their passwords, when the database container is made.
set -eu
psql --set=ON_ERROR_STOP=1 --username="$POSTGRES_USER" --dbname="$POSTGRES_DB" \
    --set=owner_password="$OWNER_PASSWORD" --set=app_password="$APP_PASSWORD" <<'SQL'
ALTER ROLE duly_owner PASSWORD :'owner_password';
ALTER ROLE duly_app PASSWORD :'app_password';
SQL
