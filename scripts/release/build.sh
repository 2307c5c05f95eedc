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

# Prints a path as the compiler sees it; Git for Windows has its own spelling.
native_path() {
    if command -v cygpath >/dev/null; then cygpath -w "$1"; else echo "$1"; fi
}

# Prints the folders whose names would get into the executable, each with what to write instead.
# Of two that match, the compilers take the later.
path_map() {
    local commit
    commit=$(rustc -vV | sed -n 's/^commit-hash: //p')
    printf '%s=%s\n' \
        "$(native_path "$PWD")" /build \
        "$(native_path "${CARGO_HOME:-$HOME/.cargo}")" /cargo \
        "$(native_path "$(rustc --print sysroot)/lib/rustlib/src/rust")" "/rustc/$commit"
}

# Compiles for a target, with nothing of this machine in the executable.
compile() {
    local target=$1 map rust_flags='' c_flags=''
    while read -r map; do
        rust_flags="$rust_flags${rust_flags:+$'\x1f'}--remap-path-prefix=$map"
        c_flags="$c_flags${c_flags:+ }-ffile-prefix-map=$map"
    done <<EOF
$(path_map)
EOF
    case $c_flags in
    # Each folder adds one flag, and C flags are split at spaces.
    *' '*' '*' '*) fail "failed to build below a folder with a space in its name: $PWD" ;;
    esac
    # A developer's own settings must not end up in a release.
    unset RUSTFLAGS RUSTC_WRAPPER RUSTC_WORKSPACE_WRAPPER CFLAGS CXXFLAGS CPPFLAGS LDFLAGS
    export CARGO_ENCODED_RUSTFLAGS=$rust_flags CARGO_TARGET_DIR=target CARGO_INCREMENTAL=0
    case $target in
    *-linux-gnu | *-apple-darwin) export CFLAGS=$c_flags ;;
    # Git for Windows would take the ends of the map for its own paths, and translate them.
    *-windows-msvc) export MSYS2_ENV_CONV_EXCL=CARGO_ENCODED_RUSTFLAGS ;;
    esac
    scripts/executable.sh "$target"
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
