# What a plan needs to know and only AWS could tell.

mock_data "aws_caller_identity" {
  defaults = { account_id = "123456789012" }
}

mock_data "aws_partition" {
  defaults = { partition = "aws", dns_suffix = "amazonaws.com" }
}

mock_data "aws_availability_zones" {
  defaults = { names = ["eu-central-1a", "eu-central-1b", "eu-central-1c", "eu-central-1d"] }
}

mock_data "aws_subnet" {
  defaults = { cidr_block = "172.31.0.0/20" }
}

mock_resource "aws_ecr_repository" {
  defaults = {
    arn            = "arn:aws:ecr:eu-central-1:123456789012:repository/user-profile"
    repository_url = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/user-profile"
  }
}

mock_resource "aws_cloudwatch_log_group" {
  defaults = { arn = "arn:aws:logs:eu-central-1:123456789012:log-group:/ecs/user-profile" }
}

mock_resource "aws_iam_role" {
  defaults = { arn = "arn:aws:iam::123456789012:role/user-profile" }
}

mock_resource "aws_iam_openid_connect_provider" {
  defaults = { arn = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com" }
}

mock_resource "aws_cognito_user_pool" {
  defaults = {
    id  = "eu-central-1_Mock00000"
    arn = "arn:aws:cognito-idp:eu-central-1:123456789012:userpool/eu-central-1_Mock00000"
  }
}

mock_resource "aws_cognito_user_pool_client" {
  defaults = { id = "mockclient" }
}

mock_resource "aws_dynamodb_table" {
  defaults = { stream_arn = "arn:aws:dynamodb:eu-central-1:123456789012:table/UserProfiles/stream/2026-01-01T00:00:00.000" }
}

mock_resource "aws_cloudwatch_event_bus" {
  defaults = { arn = "arn:aws:events:eu-central-1:123456789012:event-bus/user-profile" }
}

mock_resource "aws_sqs_queue" {
  defaults = { arn = "arn:aws:sqs:eu-central-1:123456789012:undelivered-events" }
}

mock_resource "aws_sns_topic" {
  defaults = { arn = "arn:aws:sns:eu-central-1:123456789012:alarms" }
}

mock_resource "aws_lb" {
  defaults = {
    arn        = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:loadbalancer/app/user-profile/0123456789abcdef"
    arn_suffix = "app/user-profile/0123456789abcdef"
    dns_name   = "user-profile.eu-central-1.elb.amazonaws.com"
    zone_id    = "Z0000000000000"
  }
}

mock_resource "aws_lb_target_group" {
  defaults = {
    arn        = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/user-profile/0123456789abcdef"
    arn_suffix = "targetgroup/user-profile/0123456789abcdef"
  }
}

mock_resource "aws_lb_listener" {
  defaults = { arn = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:listener/app/user-profile/0123456789abcdef/0123456789abcdef" }
}

mock_resource "aws_acm_certificate" {
  defaults = {
    arn = "arn:aws:acm:eu-central-1:123456789012:certificate/00000000-0000-0000-0000-000000000000"
    domain_validation_options = [{
      domain_name           = "profiles.example.com"
      resource_record_name  = "_proof.profiles.example.com"
      resource_record_type  = "CNAME"
      resource_record_value = "_proof.acm-validations.aws"
    }]
  }
}

mock_resource "aws_acm_certificate_validation" {
  defaults = { certificate_arn = "arn:aws:acm:eu-central-1:123456789012:certificate/00000000-0000-0000-0000-000000000000" }
}

mock_resource "aws_ecs_cluster" {
  defaults = {
    id  = "arn:aws:ecs:eu-central-1:123456789012:cluster/user-profile"
    arn = "arn:aws:ecs:eu-central-1:123456789012:cluster/user-profile"
  }
}

mock_resource "aws_ecs_task_definition" {
  defaults = { arn = "arn:aws:ecs:eu-central-1:123456789012:task-definition/user-profile:1" }
}

mock_resource "aws_security_group" {
  defaults = { id = "sg-00000000000000000" }
}

mock_resource "aws_vpc" {
  defaults = { id = "vpc-00000000000000000" }
}

mock_resource "aws_s3_bucket" {
  defaults = {
    id                          = "user-profile-pictures"
    bucket_regional_domain_name = "user-profile-pictures.s3.eu-central-1.amazonaws.com"
  }
}

mock_resource "aws_cloudfront_distribution" {
  defaults = {
    arn            = "arn:aws:cloudfront::123456789012:distribution/EMOCK0000000"
    domain_name    = "d0000000000000.cloudfront.net"
    hosted_zone_id = "Z0000000CLOUDFRONT"
  }
}

mock_resource "aws_cloudfront_origin_access_control" {
  defaults = { id = "EMOCKACCESS" }
}

mock_resource "aws_cloudfront_cache_policy" {
  defaults = { id = "mock-cache-policy" }
}

mock_resource "aws_cloudfront_response_headers_policy" {
  defaults = { id = "mock-headers-policy" }
}
