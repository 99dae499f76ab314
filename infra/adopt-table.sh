#!/bin/sh
# Puts another table, such as a restored one, in the place of an environment's table in Terraform's
# state. The table before is left as it is, without an owner. Nothing in AWS is changed: the next
# apply does that. docs/operations.md says when and in which order.
#   infra/adopt-table.sh <environment> <table> [terraform import arguments]
set -eu

if [ $# -lt 2 ]; then
  echo "usage: $0 <environment> <table> [terraform import arguments]" >&2
  exit 64
fi
environment=$1 table=$2
shift 2
infra=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
address='aws_dynamodb_table.profiles[0]'

cd "$infra"
terraform init -input=false -reconfigure -lockfile=readonly -backend-config="environments/$environment.s3.tfbackend"
backup=$(mktemp)
terraform state pull >"$backup"
echo "state before: $backup"

before=
if terraform state list "$address" | grep -q .; then
  before=$(terraform state show -no-color "$address" | sed -n 's/^ *id *= "\(.*\)"$/\1/p')
  if [ "$before" = "$table" ]; then
    echo "$table is the environment's table already"
    exit 0
  fi
  terraform state rm "$address"
fi
terraform import -input=false -var-file="environments/$environment.tfvars" -var="table_name=$table" \
  -var=image=none "$@" "$address" "$table"
echo "set table_name = \"$table\"${before:+ and previous_table_name = \"$before\"} in environments/$environment.tfvars, commit, and run deploy.sh"
