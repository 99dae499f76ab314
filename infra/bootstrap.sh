#!/bin/sh
# Makes the bucket for Terraform's state, once for an account, and an environment's backend file.
#   infra/bootstrap.sh <environment> <bucket> <region>
set -eu

if [ $# -ne 3 ]; then
  echo "usage: $0 <environment> <bucket> <region>" >&2
  exit 64
fi
environment=$1 bucket=$2 region=$3
infra=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)

if ! aws s3api head-bucket --bucket "$bucket" >/dev/null 2>&1; then
  # us-east-1 is the one Region that must not be named.
  if [ "$region" = us-east-1 ]; then
    aws s3api create-bucket --bucket "$bucket" --region "$region" >/dev/null
  else
    aws s3api create-bucket --bucket "$bucket" --region "$region" \
      --create-bucket-configuration "LocationConstraint=$region" >/dev/null
  fi
fi
aws s3api put-bucket-versioning --bucket "$bucket" --versioning-configuration Status=Enabled
aws s3api put-public-access-block --bucket "$bucket" --public-access-block-configuration \
  BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true

cat >"$infra/environments/$environment.s3.tfbackend" <<EOF
bucket       = "$bucket"
key          = "user-profile/$environment.tfstate"
region       = "$region"
encrypt      = true
use_lockfile = true
EOF
echo "state: s3://$bucket/user-profile/$environment.tfstate"
