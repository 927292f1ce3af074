#!/usr/bin/env bash
# Builds the image, runs what compose.yaml describes (three nodes, PostgreSQL, HAProxy) and puts it to the test: a hand-over
# between containers, a killed node, a rolling restart under load, a store that is gone for a while. Says what it saw, takes
# everything down again, and ends with 0 only when all of it held.
#
#   docker/try.sh                  # with podman; ENGINE=docker for Docker. Needs a JDK for the clients.
#   JAR=ready docker/try.sh        # with target/baton.jar as it is, instead of building it in the image
#   IDLE=600 docker/try.sh         # also: a client that does nothing for ten minutes stays connected
#   PEOPLE=30 DOCUMENTS=10 docker/try.sh   # so many in the rolling restart, instead of 1000 in 100; 0 leaves it out
#   KEEP=1 docker/try.sh           # leaves the containers running
#
# POSTGRES_IMAGE and HAPROXY_IMAGE name other images; stand-ins.sh makes some where no registry can be reached.
set -euo pipefail
cd "$(dirname "$0")/.."
read -r -a engine <<<"${ENGINE:-podman}"
image=${BATON_IMAGE:-localhost/baton}
postgres=${POSTGRES_IMAGE:-docker.io/library/postgres:17}
haproxy=${HAPROXY_IMAGE:-docker.io/library/haproxy:3.0}
port=${PORT:-18080}
network=baton-try
password=$(head -c 18 /dev/urandom | base64 | tr -d '/+=')
token=$(head -c 24 /dev/urandom | base64 | tr -d '/+=')
containers=(baton-try-store baton-try-node1 baton-try-node2 baton-try-node3 baton-try-balancer)

e() { "${engine[@]}" "$@"; }

down() {
  for name in "${containers[@]}"; do
    e rm --force --volumes "$name" >/dev/null 2>&1 || true
  done
  e network rm "$network" >/dev/null 2>&1 || true
  e volume rm baton-try-store >/dev/null 2>&1 || true
}

ended() {
  status=$?
  if [ "$status" -ne 0 ]; then
    for name in "${containers[@]}"; do
      echo "---- $name" >&2
      e logs --tail 30 "$name" >&2 2>&1 || true
    done
  fi
  [ "${KEEP:-0}" = 1 ] || down
  exit "$status"
}

healthy() { # a container, a command in it, how many seconds
  for _ in $(seq "$3"); do
    if e exec "$1" bash -c "$2" >/dev/null 2>&1; then return 0; fi
    sleep 1
  done
  echo "$1 did not come up" >&2
  return 1
}

ready="exec 3<>/dev/tcp/127.0.0.1/8081 && printf 'GET /health/ready HTTP/1.0\r\n\r\n' >&3 && head -n 1 <&3 | grep -q ' 200 '"

node() { # its number
  e run --detach --name "baton-try-node$1" --hostname "node$1" --network "$network" --network-alias "node$1" \
    --read-only --tmpfs /tmp --cap-drop ALL --security-opt no-new-privileges --stop-timeout 60 --memory 1g \
    --env BATON_AUTH_MODE=none --env BATON_CLUSTER_HOST="node$1" \
    --env BATON_CLUSTER_MEMBERS=node1:5701,node2:5701,node3:5701 --env BATON_CLUSTER_MINIMUM=2 \
    --env BATON_STORE_URL=jdbc:postgresql://store/baton --env BATON_STORE_USER=baton \
    --env BATON_STORE_PASSWORD="$password" --env BATON_DRAIN_TIME=10s \
    --env BATON_STORE_WAIT=2m --env BATON_MANAGEMENT_TOKEN="$token" "$image" >/dev/null
}

down
trap ended EXIT
if [ "${BUILD:-1}" = 1 ]; then
  echo "building $image"
  e build --quiet --file docker/Dockerfile --tag "$image" --build-arg "JAR=${JAR:-built}" . >/dev/null
fi
e network create "$network" >/dev/null
# A bridge takes over the address of one of its ports, and another one when that container is killed: what a container sends to this
# machine is lost then until it asks again. Docker and later versions of podman set it for good; here it is set if it can be.
pin() {
  local bridge
  bridge=$(e network inspect --format '{{.NetworkInterface}}' "$network" 2>/dev/null) || return 0
  [ -e "/sys/class/net/$bridge/address" ] && ip link set dev "$bridge" address "$(cat "/sys/class/net/$bridge/address")" || true
}
e run --detach --name baton-try-store --network "$network" --network-alias store \
  --env POSTGRES_USER=baton --env POSTGRES_DB=baton --env POSTGRES_PASSWORD="$password" \
  --volume baton-try-store:/var/lib/postgresql/data "$postgres" >/dev/null
healthy baton-try-store "pg_isready --quiet --username=baton --host=127.0.0.1" 60
for number in 1 2 3; do node "$number"; done
for number in 1 2 3; do healthy "baton-try-node$number" "$ready" 90; done
pin
e run --detach --name baton-try-balancer --network "$network" --publish "127.0.0.1:$port:8080" --read-only --cap-drop ALL \
  --volume "$PWD/docker/haproxy.cfg:/usr/local/etc/haproxy/haproxy.cfg:ro" "$haproxy" >/dev/null

jar=target/baton.jar
if [ ! -f "$jar" ]; then
  jar=$(mktemp -d)/baton.jar
  e cp baton-try-node1:/baton/baton.jar "$jar"
fi
address=127.0.0.1:$port
if ! timeout 2 bash -c "exec 3<>/dev/tcp/127.0.0.1/$port" 2>/dev/null; then
  # Where ports cannot be published, this machine reaches the container itself.
  address=$(e inspect --format '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}' baton-try-balancer):8080
fi
echo "three nodes are ready behind http://$address/"
java -cp "$jar" docker/Try.java "ws://$address/socket" "${IDLE:-0}" "${PEOPLE:-1000}" "${DOCUMENTS:-100}" "${engine[@]}"
