locals {
  pictures_base_url = var.pictures_enabled ? "https://${coalesce(var.pictures_domain_name, aws_cloudfront_distribution.pictures[0].domain_name)}" : null
  # Seconds that the edge may go on serving a picture after it was removed: what people can be told.
  pictures_edge_seconds = 86400
}

resource "aws_cloudfront_origin_access_control" "pictures" {
  count                             = local.pictures_count
  name                              = "${local.global_prefix}-pictures"
  description                       = "Reads the pictures of ${local.prefix}"
  origin_access_control_origin_type = "s3"
  signing_behavior                  = "always"
  signing_protocol                  = "sigv4"
}

# The path alone makes a picture. Browsers keep one for as long as its object says, a year; the edge,
# which a removal doesn't reach, for a day.
resource "aws_cloudfront_cache_policy" "pictures" {
  count       = local.pictures_count
  name        = "${local.global_prefix}-pictures"
  comment     = "By path alone, a day at most"
  min_ttl     = 0
  default_ttl = local.pictures_edge_seconds
  max_ttl     = local.pictures_edge_seconds

  parameters_in_cache_key_and_forwarded_to_origin {
    cookies_config {
      cookie_behavior = "none"
    }
    headers_config {
      header_behavior = "none"
    }
    query_strings_config {
      query_string_behavior = "none"
    }
  }
}

# Even a file that a browser could take for a page can do nothing there.
resource "aws_cloudfront_response_headers_policy" "pictures" {
  count   = local.pictures_count
  name    = "${local.global_prefix}-pictures"
  comment = "Pictures, and nothing that runs"

  security_headers_config {
    content_type_options {
      override = true
    }
    content_security_policy {
      content_security_policy = "default-src 'none'; frame-ancestors 'none'; sandbox"
      override                = true
    }
    strict_transport_security {
      access_control_max_age_sec = 31536000
      override                   = true
    }
  }

  # The account page reads the picture before, to give it back. Anybody may: they are public.
  cors_config {
    access_control_allow_credentials = false
    origin_override                  = true

    access_control_allow_origins {
      items = ["*"]
    }
    access_control_allow_methods {
      items = ["GET", "HEAD"]
    }
    access_control_allow_headers {
      items = ["Accept"]
    }
  }

  # Pages of any origin may show them, those that isolate themselves too.
  custom_headers_config {
    items {
      header   = "cross-origin-resource-policy"
      value    = "cross-origin"
      override = true
    }
  }
}

resource "aws_cloudfront_distribution" "pictures" {
  count           = local.pictures_count
  comment         = "Pictures of ${local.prefix}"
  enabled         = true
  is_ipv6_enabled = true
  http_version    = "http2and3"
  aliases         = var.pictures_domain_name[*]

  origin {
    origin_id                = "bucket"
    domain_name              = aws_s3_bucket.pictures[0].bucket_regional_domain_name
    origin_access_control_id = aws_cloudfront_origin_access_control.pictures[0].id
  }

  default_cache_behavior {
    target_origin_id           = "bucket"
    viewer_protocol_policy     = "https-only"
    allowed_methods            = ["GET", "HEAD"]
    cached_methods             = ["GET", "HEAD"]
    cache_policy_id            = aws_cloudfront_cache_policy.pictures[0].id
    response_headers_policy_id = aws_cloudfront_response_headers_policy.pictures[0].id
    # WebP is compressed as it is.
    compress = false
  }

  restrictions {
    geo_restriction {
      restriction_type = "none"
    }
  }

  viewer_certificate {
    cloudfront_default_certificate = var.pictures_certificate_arn == null
    acm_certificate_arn            = var.pictures_certificate_arn
    ssl_support_method             = var.pictures_certificate_arn == null ? null : "sni-only"
    # With its own name, CloudFront leaves no choice.
    minimum_protocol_version = var.pictures_certificate_arn == null ? "TLSv1" : "TLSv1.2_2021"
  }
}

resource "aws_route53_record" "pictures" {
  for_each = var.pictures_enabled && var.pictures_hosted_zone_id != null ? toset(["A", "AAAA"]) : toset([])
  zone_id  = var.pictures_hosted_zone_id
  name     = var.pictures_domain_name
  type     = each.key

  alias {
    name                   = aws_cloudfront_distribution.pictures[0].domain_name
    zone_id                = aws_cloudfront_distribution.pictures[0].hosted_zone_id
    evaluate_target_health = false
  }
}
