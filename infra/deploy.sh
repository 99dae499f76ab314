#!/bin/sh
# Builds the image of the commit that is checked out, pushes it, and applies an environment with it.
#   infra/deploy.sh <environment> [terraform apply arguments]
set -eu

if [ $# -lt 1 ]; then
  echo "usage: $0 <environment> [terraform apply arguments]" >&2
  exit 64
fi
environment=$1
shift
infra=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
root=$(dirname -- "$infra")
# A tag is never moved, so it must name a commit and nothing else.
if [ -n "$(git -C "$root" status --porcelain)" ]; then
  echo "$0: commit your changes first; the image is tagged with the commit" >&2
  exit 65
fi
tag=$(git -C "$root" rev-parse --short=12 HEAD)
variables=environments/$environment.tfvars

cd "$infra"
terraform init -input=false -reconfigure -lockfile=readonly -backend-config="environments/$environment.s3.tfbackend"

# The registry first: the service cannot start before it holds the image.
terraform apply -var-file="$variables" "$@" \
  -target=aws_ecr_repository.service -target=aws_ecr_lifecycle_policy.service
repository=$(terraform output -raw repository_url)
platform=$(terraform output -raw image_platform)
region=$(echo "$repository" | cut -d. -f4)

aws ecr get-login-password --region "$region" |
  docker login --username AWS --password-stdin "${repository%%/*}"
if ! docker buildx imagetools inspect "$repository:$tag" >/dev/null 2>&1; then
  # A builder of its own: Docker's default one can't push another processor's image everywhere.
  # Nothing is run on that processor (Dockerfile), so no emulator is needed.
  builder=user-profile
  docker buildx inspect "$builder" >/dev/null 2>&1 ||
    docker buildx create --name "$builder" --driver docker-container >/dev/null
  docker buildx build --builder "$builder" --platform "$platform" --target service \
    --build-arg "REVISION=$tag" --tag "$repository:$tag" --push "$root"
fi
digest=$(docker buildx imagetools inspect "$repository:$tag" --format '{{.Manifest.Digest}}')

terraform apply -var-file="$variables" -var="image=$repository@$digest" "$@"
