#!/usr/bin/env bash
# Checks that the sandbox does what its OpenAPI document says, in both dialects, with schemathesis.
# CONFORMANCE_EXAMPLES (default 20) is the number of generated requests per operation.
set -euo pipefail
cd "$(dirname "$0")/.."

venv=target/conformance
if [ ! -x "$venv/bin/schemathesis" ]; then
    python3 -m venv "$venv"
    "$venv/bin/pip" install --quiet 'schemathesis==4.32.5'
fi
cargo build --quiet --example sandbox

work=$(mktemp -d)
sandbox=''
trap '[ -z "$sandbox" ] || kill "$sandbox" 2>/dev/null; rm -rf "$work"' EXIT

api() {
    curl --silent --show-error --fail -H "Authorization: Bearer $BAHRIYA_TOKEN" \
        -H 'Content-Type: application/json' "$@"
}

# Prints what an answer holds below its data.
field() {
    python3 -c "import json, sys; print(json.load(sys.stdin)['data']$1)"
}

# Finds the seeded project and registry, and makes a container that uses them.
fill() {
    local base="$BAHRIYA_API_URL/organisations/$BAHRIYA_ORGANISATION_ID"
    project=$(api "$base/project/shop" | field '["projects"][0]["id"]')
    registry=$(api "$base/registry/team-images" | field '["id"]')
    container=$(api "$base/containers" --data '{"handle": "web", "image": "127.0.0.1:1/web:1",
        "project": "shop", "registry": "team-images", "regions": ["falkenstein-1"]}' |
        field '')
}

# Deleting an attached registry is refused with 400, as observed, although the request is well-formed.
write_configuration() {
    echo '[parameters]'
    echo "\"path.organisation\" = \"$BAHRIYA_ORGANISATION_ID\""
    if [ "$1" = known ]; then
        echo "\"path.project\" = \"$project\""
        echo "\"path.registry\" = \"$registry\""
        echo "\"path.container\" = \"$container\""
        echo '"path.handle" = "team-images"'
        echo '"path.region" = "falkenstein-1"'
        echo '"path.version" = "1"'
    fi
    cat <<'TOML'
[[operations]]
include-operation-id = "delete-a-registry-and-spend-its-handle"
checks.positive_data_acceptance.enabled = false
TOML
}

run() {
    local configuration=$1
    shift
    "$venv/bin/schemathesis" --config-file "$configuration" \
        run "${BAHRIYA_API_URL%/console/v1}/openapi.json" --url "$BAHRIYA_API_URL" \
        --header "Authorization: Bearer $BAHRIYA_TOKEN" \
        --seed 1 --max-examples "${CONFORMANCE_EXAMPLES:-20}" --continue-on-failure --no-color "$@"
}

check() {
    local dialect=$1
    echo "== dialect $dialect"
    target/debug/examples/sandbox --seed-data --dialect "$dialect" >"$work/env" &
    sandbox=$!
    until grep -q '^# page' "$work/env" 2>/dev/null; do
        kill -0 "$sandbox" || exit 1
        sleep 0.05
    done
    # shellcheck disable=SC1091
    . "$work/env"
    fill
    # Single requests get identifiers that exist, so that they get past the 404s; sequences of requests
    # follow the links of the document and find their own.
    write_configuration known >"$work/known.toml"
    write_configuration linked >"$work/linked.toml"
    run "$work/known.toml" --phases coverage,fuzzing
    run "$work/linked.toml" --phases stateful
    kill "$sandbox"
    wait "$sandbox" 2>/dev/null || true
    sandbox=''
}

check rotate
check put
