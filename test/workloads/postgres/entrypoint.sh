# What the official image does with these variables, as far as the chart of the todo stack sets them.
set -eu
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  # Beside it first: a pod that dies in the middle begins anew.
  rm -rf "$PGDATA.new"
  echo "$POSTGRES_PASSWORD" >/tmp/password
  initdb --pgdata="$PGDATA.new" --username="$POSTGRES_USER" --pwfile=/tmp/password --auth=scram-sha-256 \
    --encoding=UTF8 --locale=C.UTF-8 --no-instructions
  rm /tmp/password
  echo 'host all all all scram-sha-256' >>"$PGDATA.new/pg_hba.conf"
  echo "create database \"$POSTGRES_DB\"" | postgres --single -D "$PGDATA.new" postgres >/dev/null
  mv "$PGDATA.new" "$PGDATA"
fi
exec postgres -D "$PGDATA" -c 'listen_addresses=*'
