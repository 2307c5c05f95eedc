#!/usr/bin/env bash
# A real image registry for the demo and the tests: Debian's docker-registry with htpasswd.
#
#   registry-server.sh serve DIR             run in the foreground; prints `registry: 127.0.0.1:PORT`
#   registry-server.sh set-user DIR NAME     add a user or change the password, read from standard input
#   registry-server.sh remove-user DIR NAME  remove a user
#
# DIR holds the images, the users and the server's log. Users can be changed while the server runs.
# With REGISTRY_EXIT_WITH_STDIN=1 it ends when its standard input does.
# With REGISTRY_PUBLIC=1 it asks nobody for credentials. With REGISTRY_TLS_CERTIFICATE and REGISTRY_TLS_KEY
# (PEM files) it speaks HTTPS, else plain HTTP.
set -euo pipefail

fail() {
    echo "registry-server.sh: $*" >&2
    exit 1
}

# Installs a Debian package if its program is missing.
need() {
    local program=$1 package=$2
    command -v "$program" >/dev/null && return
    [ "$(id -u)" = 0 ] || fail "$program is missing: run \`sudo apt-get install $package\`"
    apt-get update -qq >&2
    RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive \
        apt-get install -qq -y --no-install-recommends "$package" >&2 </dev/null ||
        fail "failed to install the Debian package $package"
}

write_configuration() {
    local dir=$1
    cat >"$dir/config.yml" <<YAML
version: 0.1
log:
  accesslog:
    disabled: true
  level: info
storage:
  filesystem:
    rootdirectory: $dir/images
http:
  addr: 127.0.0.1:0
$(write_tls)
$(write_users "$dir")
YAML
}

write_tls() {
    [ -n "${REGISTRY_TLS_CERTIFICATE:-}" ] || return 0
    printf '  tls:\n    certificate: %s\n    key: %s\n' \
        "$REGISTRY_TLS_CERTIFICATE" "${REGISTRY_TLS_KEY:?is needed with a certificate}"
}

write_users() {
    [ -z "${REGISTRY_PUBLIC:-}" ] || return 0
    printf 'auth:\n  htpasswd:\n    realm: sandbox\n    path: %s/htpasswd\n' "$1"
}

serve() {
    local dir=$1
    need docker-registry docker-registry
    : >"$dir/log"
    touch "$dir/htpasswd"
    write_configuration "$dir"
    # Whatever ends this script also ends the server.
    setpriv --pdeathsig KILL -- docker-registry serve "$dir/config.yml" >"$dir/log" 2>&1 &
    local server=$!
    if [ -n "${REGISTRY_EXIT_WITH_STDIN:-}" ]; then
        exec 3<&0
        { cat <&3 >/dev/null; kill "$server" 2>/dev/null; } &
    fi
    trap 'kill "$server" 2>/dev/null; wait "$server" || true; exit 0' TERM INT
    local address='' waited=0
    while [ -z "$address" ]; do
        kill -0 "$server" 2>/dev/null || fail "the server ended: $(tail -n 3 "$dir/log")"
        [ $((waited += 1)) -lt 300 ] || fail "the server did not listen within 30 seconds"
        address=$(sed -n 's/.*listening on \(127\.0\.0\.1:[0-9]*\).*/\1/p' "$dir/log" | head -n 1)
        sleep 0.1
    done
    echo "registry: $address"
    wait "$server"
}

set_user() {
    local dir=$1 name=$2
    need htpasswd apache2-utils
    touch "$dir/htpasswd"
    # -i reads the password from standard input: it is never an argument that `ps` shows.
    htpasswd -i -B -C 5 "$dir/htpasswd" "$name" 2>/dev/null
}

remove_user() {
    local dir=$1 name=$2
    need htpasswd apache2-utils
    htpasswd -D "$dir/htpasswd" "$name" 2>/dev/null
}

[ $# -ge 2 ] || fail "usage: registry-server.sh serve|set-user|remove-user DIR [NAME]"
mkdir -p "$2"
dir=$(cd "$2" && pwd)
case $1 in
serve) serve "$dir" ;;
set-user) set_user "$dir" "${3:?a user name is needed}" ;;
remove-user) remove_user "$dir" "${3:?a user name is needed}" ;;
*) fail "unknown command $1" ;;
esac
