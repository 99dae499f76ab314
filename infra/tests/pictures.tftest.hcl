# Uploaded pictures, with environments/dev.tfvars as the ground.

mock_provider "aws" {
  source          = "./tests/mocks"
  override_during = plan
}

variables {
  image            = "example.com/user-profile:test"
  hosted_zone_id   = "Z0123456789ABCDEFGHIJ"
  pictures_enabled = true
}

run "bucket" {
  command = plan

  assert {
    condition     = can(regex("^user-profile-dev-pictures-[0-9a-f]{12}$", aws_s3_bucket.pictures[0].bucket)) && length("${join("", [for i in range(32) : "x"])}-pictures-${substr(aws_s3_bucket.pictures[0].bucket, -12, -1)}") <= 63
    error_message = "The bucket's name is the environment's, and fits with the longest of names."
  }
  assert {
    condition     = aws_s3_bucket_public_access_block.pictures[0].block_public_acls && aws_s3_bucket_public_access_block.pictures[0].block_public_policy && aws_s3_bucket_public_access_block.pictures[0].ignore_public_acls && aws_s3_bucket_public_access_block.pictures[0].restrict_public_buckets
    error_message = "Nothing can make the bucket public."
  }
  assert {
    condition     = aws_s3_bucket_ownership_controls.pictures[0].rule[0].object_ownership == "BucketOwnerEnforced" && one(one(aws_s3_bucket_server_side_encryption_configuration.pictures[0].rule).apply_server_side_encryption_by_default).sse_algorithm == "AES256"
    error_message = "Objects have no access lists of their own, and are encrypted at rest."
  }
  assert {
    condition     = aws_s3_bucket_versioning.pictures[0].versioning_configuration[0].status == "Disabled"
    error_message = "What is erased is gone: no versions are kept."
  }
  assert {
    condition     = length(aws_s3_bucket_lifecycle_configuration.pictures[0].rule) == 1 && length(aws_s3_bucket_lifecycle_configuration.pictures[0].rule[0].expiration) == 0 && length(aws_s3_bucket_lifecycle_configuration.pictures[0].rule[0].transition) == 0
    error_message = "No rule takes a picture that is in use."
  }
  assert {
    condition     = aws_s3_bucket_lifecycle_configuration.pictures[0].rule[0].status == "Enabled" && aws_s3_bucket_lifecycle_configuration.pictures[0].rule[0].abort_incomplete_multipart_upload[0].days_after_initiation == 1 && aws_s3_bucket_lifecycle_configuration.pictures[0].rule[0].noncurrent_version_expiration[0].noncurrent_days == 1
    error_message = "Unfinished uploads, and versions where somebody turned them on, go after a day."
  }
  assert {
    condition = jsondecode(aws_s3_bucket_policy.pictures[0].policy).Statement == [
      { Sid = "EncryptedOnTheWay", Effect = "Deny", Principal = "*", Action = "s3:*", Resource = ["arn:aws:s3:::${aws_s3_bucket.pictures[0].bucket}", "arn:aws:s3:::${aws_s3_bucket.pictures[0].bucket}/*"], Condition = { Bool = { "aws:SecureTransport" = "false" } } },
      { Sid = "Distribution", Effect = "Allow", Principal = { Service = "cloudfront.amazonaws.com" }, Action = ["s3:GetObject"], Resource = ["arn:aws:s3:::${aws_s3_bucket.pictures[0].bucket}/avatars/*"], Condition = { StringEquals = { "AWS:SourceArn" = "arn:aws:cloudfront::123456789012:distribution/EMOCK0000000" } } },
    ]
    error_message = "This distribution may read pictures and list nothing, and nobody comes without TLS."
  }
}

run "delivery" {
  command = plan

  assert {
    condition     = one(aws_cloudfront_distribution.pictures[0].origin).origin_access_control_id == "EMOCKACCESS" && one(aws_cloudfront_distribution.pictures[0].origin).domain_name == aws_s3_bucket.pictures[0].bucket_regional_domain_name && aws_cloudfront_origin_access_control.pictures[0].signing_behavior == "always" && aws_cloudfront_origin_access_control.pictures[0].signing_protocol == "sigv4" && aws_cloudfront_origin_access_control.pictures[0].origin_access_control_origin_type == "s3"
    error_message = "The distribution signs what it asks the bucket for."
  }
  assert {
    condition     = toset(aws_cloudfront_distribution.pictures[0].default_cache_behavior[0].allowed_methods) == toset(["GET", "HEAD"]) && aws_cloudfront_distribution.pictures[0].default_cache_behavior[0].viewer_protocol_policy == "https-only" && length(aws_cloudfront_distribution.pictures[0].ordered_cache_behavior) == 0
    error_message = "Pictures are read, through TLS, and nothing else is done with them."
  }
  assert {
    condition     = aws_cloudfront_distribution.pictures[0].default_cache_behavior[0].cache_policy_id == "mock-cache-policy" && aws_cloudfront_distribution.pictures[0].default_cache_behavior[0].origin_request_policy_id == null && alltrue([for parameters in aws_cloudfront_cache_policy.pictures[0].parameters_in_cache_key_and_forwarded_to_origin : parameters.cookies_config[0].cookie_behavior == "none" && parameters.headers_config[0].header_behavior == "none" && parameters.query_strings_config[0].query_string_behavior == "none"])
    error_message = "Neither cookies, nor headers, nor queries reach the bucket or divide the cache."
  }
  assert {
    condition     = aws_cloudfront_cache_policy.pictures[0].min_ttl == 0 && aws_cloudfront_cache_policy.pictures[0].default_ttl == 86400 && aws_cloudfront_cache_policy.pictures[0].max_ttl == 86400
    error_message = "A removed picture is served for a day more at most."
  }
  assert {
    condition     = aws_cloudfront_distribution.pictures[0].default_cache_behavior[0].response_headers_policy_id == "mock-headers-policy" && aws_cloudfront_response_headers_policy.pictures[0].security_headers_config[0].content_type_options[0].override && aws_cloudfront_response_headers_policy.pictures[0].security_headers_config[0].content_security_policy[0] == { content_security_policy = "default-src 'none'; frame-ancestors 'none'; sandbox", override = true }
    error_message = "No browser takes a picture for a page, nor runs what it might hold."
  }
  assert {
    condition     = one(aws_cloudfront_response_headers_policy.pictures[0].cors_config[0].access_control_allow_origins).items == toset(["*"]) && !aws_cloudfront_response_headers_policy.pictures[0].cors_config[0].access_control_allow_credentials && one(aws_cloudfront_response_headers_policy.pictures[0].cors_config[0].access_control_allow_methods).items == toset(["GET", "HEAD"])
    error_message = "Pages of any origin may read a picture, and nobody's credentials go with it."
  }
  assert {
    condition     = [for header in one(aws_cloudfront_response_headers_policy.pictures[0].custom_headers_config).items : "${header.header}: ${header.value}"] == ["cross-origin-resource-policy: cross-origin"]
    error_message = "Pages of any origin may show a picture."
  }
  assert {
    condition     = length(aws_cloudfront_distribution.pictures[0].aliases) == 0 && aws_cloudfront_distribution.pictures[0].viewer_certificate[0].cloudfront_default_certificate && length(aws_route53_record.pictures) == 0 && output.pictures_base_url == "https://d0000000000000.cloudfront.net"
    error_message = "Without a name of one's own, pictures have CloudFront's."
  }
}

run "service" {
  command = plan

  assert {
    condition     = local.environment.PICTURES_BUCKET == aws_s3_bucket.pictures[0].bucket && local.environment.PICTURES_BASE_URL == "https://d0000000000000.cloudfront.net"
    error_message = "The service is told where pictures are kept and served."
  }
  assert {
    condition = jsondecode(aws_iam_role_policy.pictures[0].policy).Statement == [
      { Sid = "Pictures", Effect = "Allow", Action = ["s3:DeleteObject", "s3:PutObject"], Resource = ["arn:aws:s3:::${aws_s3_bucket.pictures[0].bucket}/avatars/*"] },
      { Sid = "PersonsPictures", Effect = "Allow", Action = ["s3:ListBucket"], Resource = ["arn:aws:s3:::${aws_s3_bucket.pictures[0].bucket}"], Condition = { StringLike = { "s3:prefix" = ["avatars/*"] } } },
    ]
    error_message = "The service may put, remove and list pictures of this bucket, and read none."
  }
  assert {
    condition = [for statement in jsondecode(aws_vpc_endpoint.s3[0].policy).Statement : statement if statement.Sid == "Pictures"] == [
      { Sid = "Pictures", Effect = "Allow", Principal = { AWS = "*" }, Action = ["s3:DeleteObject", "s3:PutObject", "s3:ListBucket"], Resource = ["arn:aws:s3:::${aws_s3_bucket.pictures[0].bucket}", "arn:aws:s3:::${aws_s3_bucket.pictures[0].bucket}/avatars/*"], Condition = { StringEquals = { "aws:PrincipalAccount" = "123456789012" } } },
    ] && length(jsondecode(aws_vpc_endpoint.s3[0].policy).Statement) == 2
    error_message = "The way from the VPC to S3 leads to image layers and to this bucket, for this account."
  }
}

run "sweep" {
  command = plan

  assert {
    condition     = jsondecode(aws_ecs_task_definition.pictures_sweep[0].container_definitions)[0].command == ["node", "dist/cli/pictures.js", "sweep"] && aws_ecs_task_definition.pictures_sweep[0].skip_destroy && jsondecode(aws_ecs_task_definition.pictures_sweep[0].container_definitions)[0].readonlyRootFilesystem
    error_message = "The task counts, unless it is told to remove."
  }
  assert {
    condition     = { for variable in jsondecode(aws_ecs_task_definition.pictures_sweep[0].container_definitions)[0].environment : variable.name => variable.value } == merge(local.environment, { NODE_OPTIONS = "--max-old-space-size=768" })
    error_message = "It looks at the service's own table and bucket, with three quarters of its memory for the heap."
  }
  assert {
    condition = jsondecode(aws_iam_role_policy.pictures_sweep[0].policy).Statement == [
      { Sid = "Profiles", Effect = "Allow", Action = ["dynamodb:Scan"], Resource = [local.table_arn] },
      { Sid = "Pictures", Effect = "Allow", Action = ["s3:DeleteObject"], Resource = ["arn:aws:s3:::${aws_s3_bucket.pictures[0].bucket}/avatars/*"] },
      { Sid = "EverybodysPictures", Effect = "Allow", Action = ["s3:ListBucket"], Resource = ["arn:aws:s3:::${aws_s3_bucket.pictures[0].bucket}"], Condition = { StringLike = { "s3:prefix" = ["avatars/*"] } } },
    ] && jsondecode(aws_iam_role.pictures_sweep[0].assume_role_policy).Statement[0].Condition.StringEquals["aws:SourceAccount"] == "123456789012"
    error_message = "The sweep reads the table, lists and removes pictures, and changes no profile."
  }
  assert {
    condition     = length(aws_cloudwatch_event_rule.pictures_sweep) == 0 && length(aws_cloudwatch_event_target.pictures_sweep) == 0 && length(aws_cloudwatch_event_rule.pictures_sweep_failed) == 0 && length(aws_cloudwatch_metric_alarm.pictures_sweep_refused) == 0 && length(aws_iam_role.pictures_schedule) == 0
    error_message = "Nothing is removed by itself unless that is asked for."
  }
}

run "scheduled_sweep" {
  command = plan

  variables {
    pictures_sweep_schedule = "rate(7 days)"
  }

  assert {
    condition     = aws_cloudwatch_event_rule.pictures_sweep[0].schedule_expression == "rate(7 days)" && jsondecode(aws_cloudwatch_event_target.pictures_sweep[0].input).containerOverrides == [{ name = jsondecode(aws_ecs_task_definition.pictures_sweep[0].container_definitions)[0].name, command = ["node", "dist/cli/pictures.js", "sweep", "--yes"] }]
    error_message = "By schedule, what is found is removed."
  }
  assert {
    condition     = one(aws_cloudwatch_event_target.pictures_sweep[0].ecs_target).launch_type == "FARGATE" && one(one(aws_cloudwatch_event_target.pictures_sweep[0].ecs_target).network_configuration).assign_public_ip == aws_ecs_service.service.network_configuration[0].assign_public_ip && one(aws_cloudwatch_event_target.pictures_sweep[0].ecs_target).task_count == 1
    error_message = "It runs once, with the service's way out."
  }
  assert {
    condition = jsondecode(aws_iam_role_policy.pictures_schedule[0].policy).Statement == [
      { Sid = "Sweep", Effect = "Allow", Action = ["ecs:RunTask"], Resource = ["arn:aws:ecs:eu-central-1:123456789012:task-definition/user-profile-dev-pictures-sweep:*"], Condition = { ArnEquals = { "ecs:cluster" = aws_ecs_cluster.service.arn } } },
      { Sid = "Roles", Effect = "Allow", Action = ["iam:PassRole"], Resource = [aws_iam_role.pictures_sweep[0].arn, aws_iam_role.execution.arn], Condition = { StringEquals = { "iam:PassedToService" = "ecs-tasks.amazonaws.com" } } },
    ]
    error_message = "The schedule may start this task in this cluster, and no more."
  }
  assert {
    condition     = { for name, value in jsondecode(aws_cloudwatch_event_rule.pictures_sweep_failed[0].event_pattern).detail : name => value if name != "startedBy" } == { group = ["family:${aws_ecs_task_definition.pictures_sweep[0].family}"], lastStatus = ["STOPPED"], "$or" = [{ containers = { exitCode = [{ anything-but = [0] }] } }, { stopCode = ["TaskFailedToStart"] }] } && aws_cloudwatch_event_target.pictures_sweep_failed[0].arn == aws_sns_topic.alarms.arn
    error_message = "Somebody is told of a sweep that fails, stops short or never starts."
  }
  assert {
    condition     = try(jsondecode(aws_cloudwatch_event_rule.pictures_sweep_failed[0].event_pattern).detail.startedBy, null) == [{ prefix = "events-rule/" }]
    error_message = "A sweep by hand, whose outcome somebody reads, sends no message."
  }
  assert {
    condition     = aws_cloudwatch_metric_alarm.pictures_sweep_refused[0].namespace == "AWS/Events" && aws_cloudwatch_metric_alarm.pictures_sweep_refused[0].metric_name == "FailedInvocations" && aws_cloudwatch_metric_alarm.pictures_sweep_refused[0].dimensions == tomap({ RuleName = aws_cloudwatch_event_rule.pictures_sweep[0].name }) && toset(aws_cloudwatch_metric_alarm.pictures_sweep_refused[0].alarm_actions) == toset([aws_sns_topic.alarms.arn])
    error_message = "Somebody is told of a sweep that ECS refuses to start."
  }
}

run "schedule_that_is_none" {
  command = plan

  variables {
    pictures_sweep_schedule = "weekly"
  }

  expect_failures = [var.pictures_sweep_schedule]
}

run "schedule_in_fortnights" {
  command = plan

  variables {
    pictures_sweep_schedule = "rate(7 fortnights)"
  }

  expect_failures = [var.pictures_sweep_schedule]
}

run "schedule_of_five_fields" {
  command = plan

  variables {
    pictures_sweep_schedule = "cron(0 3 * * 0)"
  }

  expect_failures = [var.pictures_sweep_schedule]
}

run "schedule_by_the_calendar" {
  command = plan

  variables {
    pictures_sweep_schedule = "cron(0 3 ? * SUN *)"
  }

  assert {
    condition     = aws_cloudwatch_event_rule.pictures_sweep[0].schedule_expression == "cron(0 3 ? * SUN *)"
    error_message = "A day of the week will do as well."
  }
}

run "schedule_without_pictures" {
  command = plan

  variables {
    pictures_enabled        = false
    pictures_sweep_schedule = "rate(7 days)"
  }

  expect_failures = [var.pictures_sweep_schedule]
}

run "name_of_its_own" {
  command = plan

  variables {
    pictures_domain_name     = "pictures.example.com"
    pictures_certificate_arn = "arn:aws:acm:us-east-1:123456789012:certificate/11111111-1111-1111-1111-111111111111"
    pictures_hosted_zone_id  = "Z0123456789ABCDEFGHIJ"
  }

  assert {
    condition     = aws_cloudfront_distribution.pictures[0].aliases == toset(["pictures.example.com"]) && local.environment.PICTURES_BASE_URL == "https://pictures.example.com"
    error_message = "Pictures are served, and addressed, under the name given."
  }
  assert {
    condition     = aws_cloudfront_distribution.pictures[0].viewer_certificate[0].acm_certificate_arn == var.pictures_certificate_arn && !aws_cloudfront_distribution.pictures[0].viewer_certificate[0].cloudfront_default_certificate && aws_cloudfront_distribution.pictures[0].viewer_certificate[0].minimum_protocol_version == "TLSv1.2_2021" && aws_cloudfront_distribution.pictures[0].viewer_certificate[0].ssl_support_method == "sni-only"
    error_message = "With its certificate, and TLS 1.2 or later."
  }
  assert {
    condition     = toset([for record in aws_route53_record.pictures : "${record.type} ${record.name} ${record.alias[0].name}"]) == toset(["A pictures.example.com d0000000000000.cloudfront.net", "AAAA pictures.example.com d0000000000000.cloudfront.net"])
    error_message = "The name leads to the distribution, by IPv4 and IPv6."
  }
}

run "schema_without_pictures" {
  command = plan

  variables {
    profile_schema_file = "tests/no-pictures.schema.json"
  }

  expect_failures = [var.pictures_enabled]
}

run "region_without_cloudfront" {
  command = plan

  variables {
    region = "cn-north-1"
  }

  expect_failures = [var.pictures_enabled]
}

run "the_services_own_name" {
  command = plan

  variables {
    pictures_domain_name     = "profiles.dev.example.com"
    pictures_certificate_arn = "arn:aws:acm:us-east-1:123456789012:certificate/11111111-1111-1111-1111-111111111111"
  }

  expect_failures = [var.pictures_domain_name]
}

run "name_without_pictures" {
  command = plan

  variables {
    pictures_enabled         = false
    pictures_domain_name     = "pictures.example.com"
    pictures_certificate_arn = "arn:aws:acm:us-east-1:123456789012:certificate/11111111-1111-1111-1111-111111111111"
  }

  expect_failures = [var.pictures_domain_name]
}

run "certificate_of_another_region" {
  command = plan

  variables {
    pictures_domain_name     = "pictures.example.com"
    pictures_certificate_arn = "arn:aws:acm:eu-central-1:123456789012:certificate/11111111-1111-1111-1111-111111111111"
  }

  expect_failures = [var.pictures_certificate_arn]
}

run "name_without_certificate" {
  command = plan

  variables {
    pictures_domain_name = "pictures.example.com"
  }

  expect_failures = [var.pictures_certificate_arn]
}

run "zone_without_name" {
  command = plan

  variables {
    pictures_hosted_zone_id = "Z0123456789ABCDEFGHIJ"
  }

  expect_failures = [var.pictures_hosted_zone_id]
}
