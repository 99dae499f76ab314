#!/bin/sh
# Formats, validates and tests the Terraform, on a copy, without an AWS account.
# Prints "skipped: why" and succeeds where Terraform or its AWS provider is out of reach.
#   AWS_PROVIDER="~> 6.0" infra/ci/check.sh   tries another version than the one that is locked
set -eu

infra=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)

if ! command -v terraform >/dev/null 2>&1; then
  echo "skipped: terraform is not installed"
  exit 0
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT INT TERM

TF_CLI_CONFIG_FILE=$work/terraform.rc
TF_DATA_DIR=$work/data
TF_IN_AUTOMATION=1
CHECKPOINT_DISABLE=1
export TF_CLI_CONFIG_FILE TF_DATA_DIR TF_IN_AUTOMATION CHECKPOINT_DISABLE

: >"$TF_CLI_CONFIG_FILE"
if mirror=$(sh "$infra/ci/provider-mirror.sh"); then
  printf 'provider_installation {\n  filesystem_mirror {\n    path = "%s"\n  }\n}\n' "$mirror" >"$TF_CLI_CONFIG_FILE"
fi

terraform -chdir="$infra" fmt -check -diff -recursive

cp -R "$infra" "$work/infra"
cp "$infra/../profile.schema.json" "$work"
rm -rf "$work/infra/.terraform"
cd "$work/infra"

lock=-lockfile=readonly
if [ -n "${AWS_PROVIDER:-}" ]; then
  lock=-upgrade
  rm .terraform.lock.hcl
  cat >versions_override.tf <<EOF
terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "$AWS_PROVIDER"
    }
  }
}
EOF
fi

if ! terraform init "$lock" -backend=false -input=false -no-color >"$work/init.log" 2>&1; then
  if [ -z "$mirror" ] && grep -qiE 'failed to query available provider|could not connect|error while installing' "$work/init.log"; then
    echo "skipped: no mirror holds the AWS provider, and the public registry is out of reach"
    exit 0
  fi
  cat "$work/init.log" >&2
  exit 1
fi

terraform validate -no-color
for environment in dev production; do
  echo "environment: $environment"
  terraform test -no-color -var-file="environments/$environment.tfvars" -var-file=tests/owner.tfvars \
    -filter=tests/every-environment.tftest.hcl -filter="tests/$environment.tftest.hcl"
done
echo "variants, pictures and refusals"
terraform test -no-color -var-file=environments/dev.tfvars \
  -filter=tests/variants.tftest.hcl -filter=tests/pictures.tftest.hcl -filter=tests/refusals.tftest.hcl
echo "triggers"
cd triggers
cp ../.terraform.lock.hcl .
if [ -f ../versions_override.tf ]; then cp ../versions_override.tf .; fi
TF_DATA_DIR=$work/data-triggers
terraform init "$lock" -backend=false -input=false -no-color >"$work/init.log" 2>&1 || {
  cat "$work/init.log" >&2
  exit 1
}
terraform validate -no-color
terraform test -no-color
