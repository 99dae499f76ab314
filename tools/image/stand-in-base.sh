#!/bin/sh
# Lays out in the folder named what the Dockerfile uses of Node's public image, from this machine's
# own programs: node and npm where that image has them, a shell, five tools, and the user node.
#   tools/image/stand-in-base.sh <folder>
set -eu

root=$1
mkdir -p "$root/usr/local/bin" "$root/usr/local/lib/node_modules" "$root/usr/local/etc" "$root/usr/bin" \
  "$root/usr/lib" "$root/usr/lib64" "$root/etc/ssl/certs" "$root/dev" "$root/proc" "$root/sys" "$root/root" "$root/home/node"
mkdir -m 1777 "$root/tmp"
ln -s usr/bin "$root/bin"
ln -s usr/lib "$root/lib"
ln -s usr/lib64 "$root/lib64"

# A program under the name given, and the libraries it is linked with at their own paths.
install_program() {
  cp -L "$1" "$root$2"
  { ldd "$1" 2>/dev/null || true; } | grep -o '/[^ ]*' | while read -r library; do
    mkdir -p "$root$(dirname "$library")"
    [ -e "$root$library" ] || cp -L "$library" "$root$library"
  done
}
install_program "$(node -p process.execPath)" /usr/local/bin/node
install_program "$(command -v sh)" /usr/bin/sh
for tool in env rm mkdir cp chown; do install_program "$(command -v "$tool")" "/usr/bin/$tool"; done
# Debian's image has these as well, and prebuilt native code is linked with them.
for library in libstdc++.so.6 libgcc_s.so.1 libm.so.6 libdl.so.2 libpthread.so.0 librt.so.1 libresolv.so.2; do
  path=$(PATH=$PATH:/sbin:/usr/sbin ldconfig -p | sed -n "s|.*$library (libc6,.*=> \(.*\)|\1|p" | head -n 1)
  [ -n "$path" ] || continue
  mkdir -p "$root$(dirname "$path")"
  [ -e "$root$path" ] || cp -L "$path" "$root$path"
done

cp -R "$(npm root --global)/npm" "$root/usr/local/lib/node_modules/npm"
ln -s ../lib/node_modules/npm/bin/npm-cli.js "$root/usr/local/bin/npm"
ln -s ../lib/node_modules/npm/bin/npx-cli.js "$root/usr/local/bin/npx"

printf 'root:x:0:0:root:/root:/bin/sh\nnode:x:1000:1000::/home/node:/bin/sh\n' >"$root/etc/passwd"
printf 'root:x:0:\nnode:x:1000:\n' >"$root/etc/group"
chown 1000:1000 "$root/home/node"

# npm reaches its registry as it does outside.
authorities=${NODE_EXTRA_CA_CERTS:-/etc/ssl/certs/ca-certificates.crt}
if [ -e "$authorities" ]; then
  cp -L "$authorities" "$root/etc/ssl/certs/ca-certificates.crt"
  echo 'cafile=/etc/ssl/certs/ca-certificates.crt' >"$root/usr/local/etc/npmrc"
fi
