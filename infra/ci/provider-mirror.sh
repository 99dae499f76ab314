#!/bin/sh
# Prints the folder of a local provider mirror that holds the AWS provider, if there is one:
# TERRAFORM_PROVIDER_MIRROR, or a place where mirrors are usually kept.
for folder in "${TERRAFORM_PROVIDER_MIRROR:-}" "${HOME:-}/.terraform.d/plugins" \
  /usr/local/share/terraform/plugins /usr/share/terraform/plugins /opt/*; do
  if [ -n "$folder" ] && [ -d "$folder/registry.terraform.io/hashicorp/aws" ]; then
    echo "$folder"
    exit 0
  fi
done
exit 1
