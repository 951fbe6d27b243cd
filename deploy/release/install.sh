#!/bin/sh
# Installs pasarela {{.Tag}} for this machine into ~/.local/bin, or into the folder that
# PASARELA_INSTALL_DIR names. The archive is checked against the checksums written here.
set -eu

folder=${PASARELA_INSTALL_DIR:-$HOME/.local/bin}
base=${PASARELA_INSTALL_URL:-{{.URL}}}

system=$(uname -s | tr '[:upper:]' '[:lower:]')
machine=$(uname -m)
case $machine in
x86_64 | amd64) machine=amd64 ;;
aarch64 | arm64) machine=arm64 ;;
esac
case ${system}_$machine in
linux_amd64) sum={{sum "linux_amd64.tar.gz"}} ;;
linux_arm64) sum={{sum "linux_arm64.tar.gz"}} ;;
darwin_amd64) sum={{sum "darwin_amd64.tar.gz"}} ;;
darwin_arm64) sum={{sum "darwin_arm64.tar.gz"}} ;;
*) sum= ;;
esac
if [ -z "$sum" ]; then
	echo "pasarela {{.Tag}} has no archive for $system on $machine; see $base" >&2
	exit 1
fi

temporary=$(mktemp -d)
trap 'rm -rf "$temporary"' EXIT
archive=$temporary/pasarela.tar.gz
curl --fail --silent --show-error --location --output "$archive" "$base/pasarela_{{.Version}}_${system}_$machine.tar.gz"
if command -v sha256sum >/dev/null; then
	found=$(sha256sum "$archive" | cut -d ' ' -f 1)
else
	found=$(shasum -a 256 "$archive" | cut -d ' ' -f 1)
fi
if [ "$found" != "$sum" ]; then
	echo "the archive from $base has checksum $found instead of $sum; nothing was installed" >&2
	exit 1
fi
tar -xzf "$archive" -C "$temporary" pasarela reports
mkdir -p "$folder"
mv "$temporary/pasarela" "$folder/pasarela"
mv "$temporary/reports" "$folder/pasarela-reports"
"$folder/pasarela" version
case :$PATH: in
*:"$folder":*) ;;
*) echo "add it to your PATH: export PATH=\"$folder:\$PATH\"" ;;
esac
