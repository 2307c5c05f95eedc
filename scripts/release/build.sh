# Sourced by scripts/release.sh: from a target to its executable, its archive and its bill of materials.
# shellcheck shell=bash disable=SC2154 # program and release_tools come from lib.sh

# Prints the time that all files of a release bear.
commit_time() {
    git log -1 --format=%ct 2>/dev/null ||
        fail "failed to read the time of the last commit: outside of a clone, set SOURCE_DATE_EPOCH"
}

# Prints the system and architecture as the Registry names them.
platform_of() {
    case $1 in
    x86_64-unknown-linux-gnu) echo linux_amd64 ;;
    aarch64-unknown-linux-gnu) echo linux_arm64 ;;
    x86_64-apple-darwin) echo darwin_amd64 ;;
    aarch64-apple-darwin) echo darwin_arm64 ;;
    x86_64-pc-windows-msvc) echo windows_amd64 ;;
    aarch64-pc-windows-msvc) echo windows_arm64 ;;
    *) fail "no platform is known for the target $1: add it to platform_of in scripts/release/build.sh" ;;
    esac
}

# Compiles for a target. A developer's own settings must not end up in a release.
compile() {
    case $PWD${CARGO_HOME:-$HOME/.cargo} in
    *' '*) fail "failed to build below a folder with a space in its name: C flags are split at spaces" ;;
    esac
    unset RUSTFLAGS CARGO_ENCODED_RUSTFLAGS RUSTC_WRAPPER RUSTC_WORKSPACE_WRAPPER CFLAGS CXXFLAGS CPPFLAGS LDFLAGS
    CARGO_TARGET_DIR=target scripts/executable.sh "$1"
}

# Writes the archive and the bill of materials of a compiled target.
package() {
    local target=$1 version=$2 dist=$3 platform suffix='' file files=()
    platform=$(platform_of "$target")
    case $platform in windows_*) suffix=.exe ;; esac
    local executable="target/$target/release/$program$suffix" stem="$dist/${program}_${version}_$platform"
    for file in LICENSE* README.md CHANGELOG.md; do
        [ ! -e "$file" ] || files+=("$file")
    done
    "$(python_of "$release_tools")" scripts/release/archive.py "$stem.zip" \
        "$executable=${program}_v$version$suffix" ${files[@]+"${files[@]}"}
    "$(python_of "$release_tools")" scripts/release/sbom.py "$target" "$executable" "$stem.cdx.json"
}
