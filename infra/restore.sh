#!/usr/bin/env bash
# Restores a backup into a new database; never overwrites an existing one:
#   ADMIN_URL=postgresql://postgres:…@host/postgres infra/restore.sh FILE NEW_DATABASE
# The roles must exist (roles.sql). Afterwards run `alongside migrate`, which adds the signing key again.
set -euo pipefail

: "${ADMIN_URL:?give the address of a superuser, with any database}"
file=${1:?say which backup} database=${2:?say into which new database}
[[ $database =~ ^[a-z_][a-z0-9_]*$ ]] || { echo "Name the database with small letters, digits and _." >&2; exit 1; }

ask() { psql --no-psqlrc --no-password --quiet --tuples-only --no-align --set=ON_ERROR_STOP=1 --dbname="$ADMIN_URL" "$@"; }
ask --command="CREATE DATABASE $database OWNER alongside_owner TEMPLATE template0"  # fails if it exists

here=$(python3 -c 'import sys; from urllib.parse import urlsplit; print(urlsplit(sys.argv[1])._replace(path="/" + sys.argv[2]).geturl())' "$ADMIN_URL" "$database")
if ! pg_restore --no-password --exit-on-error --single-transaction --dbname="$here" "$file"; then
    ask --command="DROP DATABASE $database"
    echo "The backup could not be restored; nothing was left behind." >&2
    exit 1
fi
ask --command="REVOKE ALL ON DATABASE $database FROM PUBLIC" \
    --command="GRANT CONNECT ON DATABASE $database TO alongside_migrator, alongside_app"
echo "Restored into $database. Now run: ALONGSIDE_MIGRATOR_URL=…/$database alongside migrate"
