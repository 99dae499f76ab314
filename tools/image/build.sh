#!/bin/sh
# Builds a stage of the Dockerfile without a container engine, on a stand-in for its base, and
# prints the folder of the image's root, and then how the image is configured, as JSON.
#   tools/image/build.sh <work folder> <stage>
# Everything is kept in the work folder but the cache of npm, so removing it leaves no trace.
set -eu

tools=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
project=$(CDPATH='' cd -- "$tools/../.." && pwd)
work=$1
stage=$2
base=$(sed -n 's/^ARG NODE_IMAGE=//p' "$project/Dockerfile")

# Cache mounts are kept under TMPDIR.
export BUILDAH_ISOLATION=chroot TMPDIR="$project/.cache/image"
mkdir -p "$TMPDIR"
in_store() {
  command=$1
  shift
  buildah --storage-driver vfs --root "$work/store" --runroot "$work/run" "$command" "$@"
}

if ! in_store inspect --type image "docker.io/library/$base" >/dev/null 2>&1; then
  sh "$tools/stand-in-base.sh" "$work/base"
  container=$(in_store from scratch)
  in_store add --quiet "$container" "$work/base" / >/dev/null
  in_store config --env PATH=/usr/local/bin:/usr/bin --cmd node "$container"
  in_store commit --quiet --rm --format docker "$container" "docker.io/library/$base" >/dev/null
  rm -rf "$work/base"
fi

in_store bud --pull-never --format docker --target "$stage" --tag "built:$stage" \
  --file "$project/Dockerfile" "$project" >&2
container=$(in_store from --pull-never "built:$stage")
in_store mount "$container"
in_store inspect --type image "built:$stage"
