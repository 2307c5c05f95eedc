# The executable runs where there is nothing but the certificate authorities' file: by hand, as a plugin, and under
# Terraform, with an API whose authority is known from that file alone.
. "$(dirname "$0")/lib.sh"

root=$WORK/root
mkdir -p "$root/plugin" "$root/tmp" "$root/etc/ssl/certs"
unzip -q "$archive" "$executable" -d "$root/plugin"
plugin=$root/plugin/$executable

refused "the executable needs no loader" '^$' grep -w INTERP <<<"$(readelf --wide --program-headers "$plugin")"
refused "the executable needs no library" '^$' grep -w NEEDED <<<"$(readelf --wide --dynamic "$plugin")"

as_root=()
[ "$(id -u)" = 0 ] || as_root=(sudo --non-interactive)
# Runs a program in the root, as this user, with these variables and no others, for so long at most.
inside() {
    ${as_root[@]+"${as_root[@]}"} timeout "$limit" env -i "${environment[@]}" \
        chroot --userspec="$(id -u):$(id -g)" "$root" "$@"
}
limit=120
environment=(PATH=/usr/sbin:/usr/bin:/sbin:/bin)

holds "it says its version there" same "$program $version" "$(inside "/plugin/$executable" --version)"

# As go-plugin starts it, without TLS: the line says core protocol 1, plugin protocol 6, and a socket.
handshake() {
    environment+=(TF_PLUGIN_MAGIC_COOKIE=d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2
        PLUGIN_PROTOCOL_VERSIONS=6)
    # It serves until it is ended, which is what the status says.
    limit=5 inside "/plugin/$executable" >"$WORK/handshake" 2>"$WORK/handshake.log" || [ $? = 124 ]
    cat "$WORK/handshake.log"
    grep -E '^1\|6\|unix\|/tmp/.+\|grpc\|' "$WORK/handshake"
}
holds "it shakes hands there" handshake

# Terraform is one static file, and starts the provider with mutual TLS.
install -D "$(command -v terraform)" "$root/bin/terraform"
write_requirement "$root/config"
organisation=7b1f0c52-6a0e-4a53-9d0e-3f4b8f0a7c11
cat >>"$root/config/main.tf" <<'HCL'
data "bahriya_organisation" "this" {}
output "name" {
  value = data.bahriya_organisation.this.name
}
HCL
mkdir -p "$root/mirror/$address"
cp "$archive" "$root/mirror/$address"

# An authority that exists for this test alone, and a server that it vouches for.
certificate() { openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj "/CN=$1" -keyout "$WORK/$1.key" -out "$WORK/$1.pem" "${@:2}" 2>/dev/null; }
certificate authority
certificate server -CA "$WORK/authority.pem" -CAkey "$WORK/authority.key" \
    -addext subjectAltName=IP:127.0.0.1 -addext basicConstraints=critical,CA:FALSE
python3 tests/release/organisation_server.py "$WORK/server.pem" "$WORK/server.key" "$organisation" \
    >"$WORK/port" 2>"$WORK/server.log" &
server=$!
trap 'kill "$server"' EXIT
until grep -q . "$WORK/port"; do
    kill -0 "$server"
    sleep 0.1
done
environment+=(HOME=/tmp CHECKPOINT_DISABLE=1 BAHRIYA_TOKEN=nobodys-token "BAHRIYA_ORGANISATION_ID=$organisation"
    "BAHRIYA_API_URL=https://127.0.0.1:$(cat "$WORK/port")/console/v1")

terraform_inside() { inside /bin/terraform -chdir=/config "$@"; }
holds "Terraform installs it there" terraform_inside init -input=false -no-color -plugin-dir=/mirror
system_authorities=$(openssl version -d | sed 's/.*"\(.*\)"/\1/')/certs/ca-certificates.crt
cp "$system_authorities" "$root/etc/ssl/certs/ca-certificates.crt"
refused "an API of an unknown authority is not believed there" 'not issued by an authority that this machine trusts' \
    terraform_inside plan -input=false -json
unasked() { ! grep GET "$WORK/server.log"; }
holds "and it is not asked anything" unasked
cat "$WORK/authority.pem" >>"$root/etc/ssl/certs/ca-certificates.crt"
planned() { terraform_inside plan -input=false -no-color | grep -F '+ name = "Bare root"'; }
holds "Terraform and it read from an API there, whose authority is in the system's file" planned

# What Terraform brought and wrote is in folders of its own.
others=$(cd "$root" && find . -type f -not -path './config/*' -not -path './mirror/*' -not -path './tmp/*')
refused "the root has held nothing else" '^$' \
    grep -vxE "\./(plugin/$executable|bin/terraform|etc/ssl/certs/ca-certificates\.crt)" <<<"$others"
