# Sourced by scripts/release.sh and by the release tests: names, and what differs between systems.
# shellcheck shell=bash disable=SC2034 # the names are used where this is sourced

program=terraform-provider-bahriya
release_tools=${CARGO_TARGET_DIR:-target}/release-tools
lint_tools=${CARGO_TARGET_DIR:-target}/lint-tools

fail() {
    echo "release: $*" >&2
    exit 1
}

say() { printf '\033[1m▸ %s\033[0m\n' "$*" >&2; }

# Writes the SHA-256 lines of files the same way on Linux, macOS and Windows: two spaces, no marker.
sha256_lines() {
    if command -v sha256sum >/dev/null; then
        sha256sum -- "$@" | sed 's/ \*/  /'
    else
        shasum -a 256 -- "$@"
    fi
}

# Prints the Python of an environment; Windows has it in another place.
python_of() {
    if [ -x "$1/Scripts/python.exe" ]; then
        echo "$1/Scripts/python.exe"
    else
        echo "$1/bin/python"
    fi
}

# Installs Python packages, pinned by hash, into an environment of their own, unless exactly these are there.
install_tools() {
    local environment=$1 lock=$2 system_python=python3 python
    [ -e "$environment/lock" ] && cmp -s "$lock" "$environment/lock" && return
    command -v python3 >/dev/null || system_python=python
    say "Install the tools of $lock"
    rm -rf "$environment"
    "$system_python" -m venv "$environment" ||
        fail "failed to make a Python environment: on Debian run \`apt-get install python3-venv\`"
    python=$(python_of "$environment")
    "$python" -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r "$lock"
    cp "$lock" "$environment/lock"
}
