#!/bin/bash
# Runs once, in the database image, on an empty volume: the two roles and their passwords.
set -euo pipefail

psql --set ON_ERROR_STOP=1 --username postgres --dbname postgres --file /sanfang/roles.sql
psql --set ON_ERROR_STOP=1 --username postgres --dbname postgres \
    --set owner="$OWNER_PASSWORD" --set app="$APP_PASSWORD" <<'SQL'
ALTER ROLE sanfang_owner PASSWORD :'owner';
ALTER ROLE sanfang_app PASSWORD :'app';
SQL
