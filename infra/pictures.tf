locals {
  pictures_count = var.pictures_enabled ? 1 : 0
  # A bucket has its name in the whole world; the digest stands for account and Region, within 63 characters.
  pictures_bucket = "${local.prefix}-pictures-${substr(sha256("${local.account_id}/${var.region}"), 0, 12)}"
  # What every key begins with (src/pictures/picture-addresses.ts).
  pictures_prefix = "avatars/"
  # Written out, so that policies are known at plan.
  pictures_bucket_arn  = "arn:${local.partition}:s3:::${local.pictures_bucket}"
  pictures_objects_arn = "${local.pictures_bucket_arn}/${local.pictures_prefix}*"
}

# Pictures as the service encoded them, for nobody but the distribution to read (pictures-delivery.tf).
resource "aws_s3_bucket" "pictures" {
  count  = local.pictures_count
  bucket = local.pictures_bucket

  # Without it a profile's erasure no longer reaches its picture.
  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_s3_bucket_public_access_block" "pictures" {
  count                   = local.pictures_count
  bucket                  = aws_s3_bucket.pictures[0].id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_ownership_controls" "pictures" {
  count  = local.pictures_count
  bucket = aws_s3_bucket.pictures[0].id

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "pictures" {
  count  = local.pictures_count
  bucket = aws_s3_bucket.pictures[0].id

  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm = "AES256"
    }
  }
}

# What a person erases is gone at once: no version of it is kept.
resource "aws_s3_bucket_versioning" "pictures" {
  count  = local.pictures_count
  bucket = aws_s3_bucket.pictures[0].id

  versioning_configuration {
    status = "Disabled"
  }
}

# No rule takes a picture that is in use: the service and its sweep remove them.
resource "aws_s3_bucket_lifecycle_configuration" "pictures" {
  count  = local.pictures_count
  bucket = aws_s3_bucket.pictures[0].id

  rule {
    id     = "leftovers"
    status = "Enabled"

    filter {}

    abort_incomplete_multipart_upload {
      days_after_initiation = 1
    }

    # Should anybody turn versions on, an erased picture outlives its erasure by a day, not for ever.
    noncurrent_version_expiration {
      noncurrent_days = 1
    }
  }
}

resource "aws_s3_bucket_policy" "pictures" {
  count  = local.pictures_count
  bucket = aws_s3_bucket.pictures[0].id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "EncryptedOnTheWay"
        Effect    = "Deny"
        Principal = "*"
        Action    = "s3:*"
        Resource  = [local.pictures_bucket_arn, "${local.pictures_bucket_arn}/*"]
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      },
      {
        # GetObject alone: without ListBucket there is nothing to leaf through, and a missing picture is 403.
        Sid       = "Distribution"
        Effect    = "Allow"
        Principal = { Service = "cloudfront.amazonaws.com" }
        Action    = ["s3:GetObject"]
        Resource  = [local.pictures_objects_arn]
        Condition = { StringEquals = { "AWS:SourceArn" = aws_cloudfront_distribution.pictures[0].arn } }
      },
    ]
  })

  # S3 takes one change of a bucket's access at a time.
  depends_on = [aws_s3_bucket_public_access_block.pictures, aws_s3_bucket_ownership_controls.pictures]
}
