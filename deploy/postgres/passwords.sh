#!/bin/sh
# Gives the logins of roles.sql their passwords, when the database container is made. A login whose variable is empty
# keeps none and cannot sign in.
set -eu
psql --set=ON_ERROR_STOP=1 --username="$POSTGRES_USER" --dbname="$POSTGRES_DB" \
    --set=owner_password="$OWNER_PASSWORD" --set=app_password="$APP_PASSWORD" \
    --set=operator_password="${OPERATOR_PASSWORD:-}" --set=backup_password="${BACKUP_PASSWORD:-}" \
    --set=readonly_password="${READONLY_PASSWORD:-}" <<'SQL'
ALTER ROLE duly_owner PASSWORD :'owner_password';
ALTER ROLE duly_app PASSWORD :'app_password';
ALTER ROLE duly_operator PASSWORD :'operator_password';
ALTER ROLE duly_backup PASSWORD :'backup_password';
ALTER ROLE duly_readonly PASSWORD :'readonly_password';
SQL
