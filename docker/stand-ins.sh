#!/usr/bin/env bash
# Makes images of PostgreSQL and HAProxy out of Debian's packages, for where no image registry can be reached:
#
#   docker/stand-ins.sh            # as root, with podman (or ENGINE=docker) and debootstrap; a few minutes, once
#   POSTGRES_IMAGE=localhost/baton-postgres HAPROXY_IMAGE=localhost/baton-haproxy docker/try.sh
#
# They take the same settings as the usual images, as far as compose.yaml uses them: POSTGRES_USER, POSTGRES_PASSWORD,
# POSTGRES_DB and /var/lib/postgresql/data; /usr/local/etc/haproxy/haproxy.cfg.
set -euo pipefail
read -r -a engine <<<"${ENGINE:-podman}"
suite=${SUITE:-bookworm}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

root() { # name, packages: a small Debian with them
  debootstrap --variant=minbase --include="$2" "$suite" "$work/$1" >"$work/$1.log" 2>&1 ||
    { tail -n 20 "$work/$1.log" >&2; exit 1; }
  chmod 755 "$work/$1"
  rm -rf "$work/$1"/var/cache/apt/* "$work/$1"/var/lib/apt/lists/*
}

image() { # name, tag, changes...: what was made, as an image
  local name=$1 tag=$2
  shift 2
  tar -C "$work/$name" -c . | "${engine[@]}" import "$@" - "$tag" >/dev/null
  rm -rf "${work:?}/$name"
  echo "made $tag"
}

if ! "${engine[@]}" image inspect localhost/baton-postgres >/dev/null 2>&1; then
  root postgres postgresql
  bin=$(cd "$work/postgres" && echo usr/lib/postgresql/*/bin)
  cat >"$work/postgres/usr/local/bin/start-postgres" <<'START'
#!/bin/bash
# Makes the database the first time, then runs it; as the user postgres.
set -euo pipefail
export PGDATA=/var/lib/postgresql/data/db
if [ "$(id -u)" = 0 ]; then
  chown postgres:postgres /var/lib/postgresql/data /run/postgresql
  exec setpriv --reuid=postgres --regid=postgres --init-groups "$0" "$@"
fi
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  [ -z "${POSTGRES_PASSWORD_FILE:-}" ] || POSTGRES_PASSWORD=$(<"$POSTGRES_PASSWORD_FILE")
  : "${POSTGRES_PASSWORD:?}"
  initdb --username="$POSTGRES_USER" --pwfile=<(printf '%s\n' "$POSTGRES_PASSWORD") --auth=scram-sha-256 --encoding=UTF8
  echo "host all all all scram-sha-256" >>"$PGDATA/pg_hba.conf"
  printf "CREATE DATABASE %s;\n" "${POSTGRES_DB:-$POSTGRES_USER}" | postgres --single postgres >/dev/null
fi
exec postgres -c listen_addresses='*' "$@"
START
  chmod 755 "$work/postgres/usr/local/bin/start-postgres"
  mkdir -p "$work/postgres/run/postgresql" "$work/postgres/var/lib/postgresql/data"
  image postgres localhost/baton-postgres \
    --change "ENV PATH=/$bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" \
    --change "STOPSIGNAL SIGINT" --change "EXPOSE 5432" --change 'VOLUME /var/lib/postgresql/data' \
    --change 'ENTRYPOINT ["start-postgres"]'
fi

if ! "${engine[@]}" image inspect localhost/baton-haproxy >/dev/null 2>&1; then
  root haproxy haproxy
  image haproxy localhost/baton-haproxy \
    --change "USER haproxy" --change "STOPSIGNAL SIGUSR1" --change "EXPOSE 8080" \
    --change 'ENTRYPOINT ["haproxy", "-W", "-db", "-f", "/usr/local/etc/haproxy/haproxy.cfg"]'
fi
