terraform {
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.100"
    }
  }

  # Completed by -backend-config: see environments/dev.s3.tfbackend.example.
  backend "s3" {}
}
