#!/usr/bin/env bash
# Writes one whole backup:  BACKUP_URL=postgresql://alongside_backup:…@host/alongside infra/backup.sh FOLDER
# The signing key is left out, so a stolen backup cannot forge contexts. Keep ALONGSIDE_RLS_SIGNING_KEY elsewhere.
set -euo pipefail
umask 077

: "${BACKUP_URL:?give the address for the role alongside_backup}"
version=$(pg_dump --version | grep -oE '[0-9]+' | head -1)
if [ "$version" -lt 18 ]; then
  echo "pg_dump of PostgreSQL 18 or newer is needed, this is $version: install postgresql-client-18 and put it first in PATH." >&2
  exit 1
fi
folder=${1:?say into which folder}
mkdir -p "$folder"
file="$folder/alongside-$(date -u +%Y%m%dT%H%M%SZ).dump"

trap 'rm -f "$file.half"' EXIT
pg_dump --format=custom --no-password --exclude-table-data=security.key --file="$file.half" "$BACKUP_URL"
pg_restore --list "$file.half" >/dev/null  # fail if the backup cannot be read
mv "$file.half" "$file"
echo "$file"
