# What exists can be used, and what is optional added, with environments/dev.tfvars as the ground.

mock_provider "aws" {
  source          = "./tests/mocks"
  override_during = plan
}

variables {
  image          = "example.com/user-profile:test"
  hosted_zone_id = "Z0123456789ABCDEFGHIJ"
}

run "existing_vpc" {
  command = plan

  variables {
    existing_vpc = {
      vpc_id                   = "vpc-0aaaaaaaaaaaaaaaa"
      load_balancer_subnet_ids = ["subnet-0aaaaaaaaaaaaaaaa", "subnet-0bbbbbbbbbbbbbbbb"]
      task_subnet_ids          = ["subnet-0cccccccccccccccc"]
    }
  }

  assert {
    condition     = length(aws_vpc.own) == 0 && length(aws_subnet.public) == 0 && length(aws_subnet.private) == 0 && length(aws_nat_gateway.own) == 0 && length(aws_internet_gateway.own) == 0 && length(aws_vpc_endpoint.dynamodb) == 0 && length(aws_default_security_group.own) == 0
    error_message = "Nothing of the existing VPC is made or touched."
  }
  assert {
    condition     = aws_lb_target_group.service.vpc_id == "vpc-0aaaaaaaaaaaaaaaa" && aws_security_group.tasks.vpc_id == "vpc-0aaaaaaaaaaaaaaaa"
    error_message = "The service lives in the existing VPC."
  }
  assert {
    condition     = aws_ecs_service.service.network_configuration[0].subnets == toset(["subnet-0cccccccccccccccc"]) && !aws_ecs_service.service.network_configuration[0].assign_public_ip
    error_message = "Tasks go to the subnets named, without public addresses unless asked."
  }
  assert {
    condition     = toset(aws_lb.service.subnets) == toset(["subnet-0aaaaaaaaaaaaaaaa", "subnet-0bbbbbbbbbbbbbbbb"])
    error_message = "The load balancer goes to its own subnets."
  }
  assert {
    condition     = local.environment.TRUST_PROXY == "172.31.0.0/20,172.31.0.0/20"
    error_message = "The ranges to believe are read from the load balancer's subnets."
  }
}

run "existing_pool" {
  command = plan

  variables {
    existing_user_pool = { id = "eu-central-1_Existing1", client_ids = ["clientone", "clienttwo"] }
    machine_clients    = {}
  }

  assert {
    condition     = length(aws_cognito_user_pool.people) == 0 && length(aws_cognito_user_pool_client.application) == 0 && length(aws_cognito_user_pool_client.machine) == 0 && length(aws_cognito_resource_server.profiles) == 0 && length(aws_cognito_user_pool_domain.people) == 0
    error_message = "Nothing of the existing pool is made or touched."
  }
  assert {
    condition     = local.environment.COGNITO_USER_POOL_ID == "eu-central-1_Existing1" && local.environment.COGNITO_CLIENT_IDS == "clientone,clienttwo"
    error_message = "The service takes the existing pool's tokens."
  }
  assert {
    condition     = jsondecode(aws_iam_role_policy.backfill.policy).Statement[1].Resource == ["arn:aws:cognito-idp:eu-central-1:123456789012:userpool/eu-central-1_Existing1"]
    error_message = "The backfill may list the existing pool and no other."
  }
}

run "pool_of_another_region" {
  command = plan

  variables {
    existing_user_pool  = { id = "us-east-1_Existing1", client_ids = ["clientone"] }
    machine_clients     = {}
    existing_table_name = "dev-UserProfiles"
    table_maximum_units = null
    account_closure     = "admin"
  }

  assert {
    condition     = jsondecode(aws_iam_role_policy.backfill.policy).Statement[1].Resource == ["arn:aws:cognito-idp:us-east-1:123456789012:userpool/us-east-1_Existing1"] && jsondecode(aws_iam_role_policy.accounts[0].policy).Statement[0].Resource == ["arn:aws:cognito-idp:us-east-1:123456789012:userpool/us-east-1_Existing1"]
    error_message = "A second Region takes the tokens of the same pool, and finds its users where the pool is."
  }
}

run "the_longest_names" {
  command = plan

  variables {
    name                    = "twenty-characters-it"
    environment             = "elevenchars"
    region                  = "ap-southeast-2"
    account_closure         = "admin"
    events                  = true
    github_repository       = "example/user-profile-service"
    nat_gateways            = "per_zone"
    interface_endpoints     = true
    pictures_enabled        = true
    pictures_sweep_schedule = "rate(7 days)"
    reconcile               = true
    reconcile_follow        = true
  }

  assert {
    condition = alltrue([
      for role in [
        aws_iam_role.service, aws_iam_role.execution, aws_iam_role.backfill, aws_iam_role.reconcile[0], aws_iam_role.follow[0],
        aws_iam_role.events[0], aws_iam_role.pictures_sweep[0], aws_iam_role.pictures_schedule[0], aws_iam_role.publisher[0],
      ] : startswith(role.name, "twenty-characters-it-elevenchars-ap-southeast-2-") && length(role.name) <= 64
    ])
    error_message = "The longest of names and Regions, with all that is optional, leave every name within AWS's bounds."
  }
}

run "what_the_service_takes" {
  command = plan

  variables {
    cors_origins             = ["https://app.example.com", "http://localhost:5173", "http://127.0.0.1:8080", "https://a-1.xn--bcher-kva.example:8443", "http://[::1]:3000"]
    admin_groups             = ["admins", "support/team-1"]
    rate_limit_per_minute    = 1
    people_limit_per_minute  = 100
    tombstone_retention_days = 36500
    additional_user_pools    = { "us-gov-west-1_Old000001" = ["1example23456789", "web_app+2"] }
    opentelemetry            = { OTEL_EXPORTER_OTLP_ENDPOINT = "https://collector.example.com/otlp", OTEL_EXPORTER_OTLP_TRACES_ENDPOINT = "" }
  }

  assert {
    condition     = local.environment.CORS_ORIGINS == "https://app.example.com,http://localhost:5173,http://127.0.0.1:8080,https://a-1.xn--bcher-kva.example:8443,http://[::1]:3000" && local.environment.ADMIN_GROUPS == "admins,support/team-1"
    error_message = "Lists reach the service as they are."
  }
  assert {
    condition     = local.environment.RATE_LIMIT_PER_MINUTE == "1" && local.environment.PEOPLE_LIMIT_PER_MINUTE == "100" && local.environment.TOMBSTONE_RETENTION_DAYS == "36500"
    error_message = "The service's own bounds are within Terraform's."
  }
}

run "existing_table" {
  command = plan

  variables {
    existing_table_name = "Profiles.old"
    table_maximum_units = null
  }

  assert {
    condition     = length(aws_dynamodb_table.profiles) == 0 && local.environment.USER_PROFILE_TABLE_NAME == "Profiles.old"
    error_message = "The existing table is used and none is made."
  }
  assert {
    condition     = jsondecode(aws_iam_role_policy.service.policy).Statement[0].Resource == ["arn:aws:dynamodb:eu-central-1:123456789012:table/Profiles.old"]
    error_message = "Permissions follow the table."
  }
}

run "move_to_another_table" {
  command = plan

  variables {
    table_name              = "dev-UserProfiles-2"
    previous_table_name     = "dev-UserProfiles"
    reconcile               = true
    reconcile_follow        = true
    pictures_enabled        = true
    pictures_sweep_schedule = "rate(7 days)"
  }

  assert {
    condition = {
      for role, policy in {
        service        = aws_iam_role_policy.service
        backfill       = aws_iam_role_policy.backfill
        reconcile      = aws_iam_role_policy.reconcile[0]
        follow         = aws_iam_role_policy.follow[0]
        pictures_sweep = aws_iam_role_policy.pictures_sweep[0]
      } : role => one([for statement in jsondecode(policy.policy).Statement : statement.Resource if statement.Sid == "Profiles"])
      } == {
      for role in ["service", "backfill", "reconcile", "follow", "pictures_sweep"] :
      role => ["arn:aws:dynamodb:eu-central-1:123456789012:table/dev-UserProfiles-2", "arn:aws:dynamodb:eu-central-1:123456789012:table/dev-UserProfiles"]
    }
    error_message = "Until the last task of before is gone, every role may use both tables."
  }
  assert {
    condition     = one([for statement in jsondecode(aws_iam_role_policy.service.policy).Statement : statement.Resource if statement.Sid == "Lookups"]) == flatten([for name in ["dev-UserProfiles-2", "dev-UserProfiles"] : [for index in local.index_names : "arn:aws:dynamodb:eu-central-1:123456789012:table/${name}/index/${index}"]])
    error_message = "And look up through the indexes of both."
  }
  assert {
    condition     = jsondecode(aws_vpc_endpoint.dynamodb[0].policy).Statement[0].Resource == concat(local.table_arns, local.index_arns) && length(local.table_arns) == 2
    error_message = "The way from the VPC leads to both."
  }
  assert {
    condition     = local.environment.USER_PROFILE_TABLE_NAME == "dev-UserProfiles-2" && aws_dynamodb_table.profiles[0].name == "dev-UserProfiles-2"
    error_message = "New tasks use the new one."
  }
}

run "replicas" {
  command = plan

  variables {
    table_replica_regions = ["us-east-1", "ap-southeast-2"]
  }

  assert {
    condition     = toset([for replica in aws_dynamodb_table.profiles[0].replica : replica.region_name]) == toset(["us-east-1", "ap-southeast-2"])
    error_message = "Each Region named holds a replica."
  }
  assert {
    condition     = alltrue([for replica in aws_dynamodb_table.profiles[0].replica : replica.point_in_time_recovery && replica.propagate_tags])
    error_message = "Replicas can be restored, and are tagged."
  }
  assert {
    condition     = aws_dynamodb_table.profiles[0].stream_enabled && aws_dynamodb_table.profiles[0].stream_view_type == "NEW_AND_OLD_IMAGES"
    error_message = "Replication reads a stream of both images."
  }
}

run "events" {
  command = plan

  variables {
    events = true
  }

  assert {
    condition     = aws_dynamodb_table.profiles[0].stream_enabled && aws_dynamodb_table.profiles[0].stream_view_type == "KEYS_ONLY"
    error_message = "The stream holds keys and nothing personal."
  }
  assert {
    condition     = toset(regexall("<\\$\\.([A-Za-z.]+)>", aws_pipes_pipe.profiles[0].target_parameters[0].input_template)[*][0]) == toset(["dynamodb.Keys.userId.S", "eventName", "dynamodb.SequenceNumber"])
    error_message = "An event carries the id, the kind of change and its place in the sequence."
  }
  assert {
    condition     = can(jsondecode(replace(aws_pipes_pipe.profiles[0].target_parameters[0].input_template, "/<[^>]+>/", "\"x\"")))
    error_message = "The event is JSON once its places are filled."
  }
  assert {
    condition     = aws_pipes_pipe.profiles[0].source_parameters[0].dynamodb_stream_parameters[0].dead_letter_config[0].arn == aws_sqs_queue.undelivered_events[0].arn && length(aws_cloudwatch_metric_alarm.undelivered_events) == 1
    error_message = "A change that cannot be handed on is kept, and somebody is told."
  }
  assert {
    condition = jsondecode(aws_iam_role_policy.events[0].policy).Statement == [
      { Sid = "Stream", Effect = "Allow", Action = ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:ListStreams"], Resource = [aws_dynamodb_table.profiles[0].stream_arn] },
      { Sid = "Bus", Effect = "Allow", Action = ["events:PutEvents"], Resource = [aws_cloudwatch_event_bus.profiles[0].arn] },
      { Sid = "Undelivered", Effect = "Allow", Action = ["sqs:SendMessage"], Resource = [aws_sqs_queue.undelivered_events[0].arn] },
    ]
    error_message = "The pipe may read the stream, write to the bus and to the queue, and no more."
  }
  assert {
    condition     = aws_pipes_pipe.profiles[0].source_parameters[0].dynamodb_stream_parameters[0].batch_size <= 10
    error_message = "An event bus takes ten events in one call."
  }
  assert {
    condition     = aws_pipes_pipe.profiles[0].log_configuration[0].level == "ERROR" && startswith(aws_cloudwatch_log_group.events[0].name, "/aws/vendedlogs/")
    error_message = "The pipe says why it could not hand a change on."
  }
}

run "events_beside_replicas" {
  command = plan

  variables {
    events                = true
    table_replica_regions = ["us-east-1"]
  }

  assert {
    condition     = aws_dynamodb_table.profiles[0].stream_view_type == "NEW_AND_OLD_IMAGES" && !strcontains(aws_pipes_pipe.profiles[0].target_parameters[0].input_template, "Image")
    error_message = "Replication needs the images in the stream; events still leave them there."
  }
}

run "identity_providers" {
  command = plan

  variables {
    google = { client_id = "google-id", client_secret = "google-secret" }
    apple  = { client_id = "apple-id", team_id = "TEAM", key_id = "KEY", private_key = "PEM" }
  }

  assert {
    condition     = aws_cognito_user_pool_client.application[0].supported_identity_providers == toset(["COGNITO", "Google", "SignInWithApple"])
    error_message = "The application offers the providers whose secrets are given."
  }
  assert {
    condition     = alltrue([for provider in [aws_cognito_identity_provider.google[0], aws_cognito_identity_provider.apple[0]] : provider.attribute_mapping["email_verified"] == "email_verified"])
    error_message = "Without email_verified mapped, every sign-in makes the address unproved."
  }
}

run "events_without_a_log" {
  command = plan

  variables {
    events           = true
    events_log_level = "OFF"
  }

  assert {
    condition     = length(aws_cloudwatch_log_group.events) == 0 && length(aws_pipes_pipe.profiles[0].log_configuration) == 0
    error_message = "No log is made where none is asked for."
  }
}

run "zones_by_name" {
  command = plan

  variables {
    zones        = ["eu-central-1c", "eu-central-1a", "eu-central-1b"]
    nat_gateways = "one"
  }

  assert {
    condition     = keys(aws_subnet.public) == ["eu-central-1a", "eu-central-1b", "eu-central-1c"] && keys(aws_nat_gateway.own) == ["eu-central-1c"]
    error_message = "The zones named are used, the first of them for the one way out."
  }
}

run "telemetry" {
  command = plan

  variables {
    opentelemetry     = { OTEL_EXPORTER_OTLP_ENDPOINT = "http://10.1.2.3:4318", OTEL_TRACES_SAMPLER = "traceidratio" }
    additional_egress = { collector = { cidr = "10.1.2.3/32", port = 4318 } }
  }

  assert {
    condition     = local.environment.OTEL_EXPORTER_OTLP_ENDPOINT == "http://10.1.2.3:4318" && local.environment.OTEL_TRACES_SAMPLER == "traceidratio"
    error_message = "The service is told where its spans go."
  }
  assert {
    condition     = aws_vpc_security_group_egress_rule.tasks_elsewhere["collector"].cidr_ipv4 == "10.1.2.3/32" && aws_vpc_security_group_egress_rule.tasks_elsewhere["collector"].from_port == 4318 && aws_vpc_security_group_egress_rule.tasks_elsewhere["collector"].to_port == 4318
    error_message = "The collector is reached, on its port alone."
  }
}

run "additional_pools" {
  command = plan

  variables {
    additional_user_pools = { "eu-central-1_Old000001" = ["one", "two"], "us-east-1_Old000002" = ["three"] }
  }

  assert {
    condition     = local.environment.COGNITO_ADDITIONAL_POOLS == "eu-central-1_Old000001=one,two;us-east-1_Old000002=three"
    error_message = "Further pools are written as the service reads them."
  }
}

run "paged" {
  command = plan

  variables {
    alarm_topic_arns = ["arn:aws:sns:eu-central-1:123456789012:pager"]
  }

  assert {
    condition     = alltrue([for alarm in aws_cloudwatch_metric_alarm.service : contains(alarm.alarm_actions, "arn:aws:sns:eu-central-1:123456789012:pager")])
    error_message = "The pager is told too."
  }
}

run "table_by_its_old_name" {
  command = plan

  variables {
    table_name = "UserProfiles"
  }

  assert {
    condition     = aws_dynamodb_table.profiles[0].name == "UserProfiles" && endswith(local.table_arn, ":table/UserProfiles")
    error_message = "A table made before keeps its name."
  }
}

run "metrics_scraper" {
  command = plan

  variables {
    metrics_scraper_security_group_id = "sg-0ddddddddddddddddd"
  }

  assert {
    condition     = aws_vpc_security_group_ingress_rule.tasks_from_metrics_scraper[0].referenced_security_group_id == "sg-0ddddddddddddddddd" && aws_vpc_security_group_ingress_rule.tasks_from_metrics_scraper[0].from_port == 9464
    error_message = "The scraper named reads the metrics port."
  }
}

run "publisher" {
  command = plan

  variables {
    github_repository = "example/user-profile-service"
  }

  assert {
    condition     = alltrue([for subject in jsondecode(aws_iam_role.publisher[0].assume_role_policy).Statement[0].Condition.StringLike["token.actions.githubusercontent.com:sub"] : startswith(subject, "repo:example/user-profile-service:ref:refs/")])
    error_message = "Only that repository's branch and tags may push; a pull request may not."
  }
  assert {
    condition     = length(aws_iam_openid_connect_provider.github) == 1
    error_message = "The account's provider for GitHub is made where none is named."
  }
}

run "publisher_beside_others" {
  command = plan

  variables {
    github_repository        = "example/user-profile-service"
    github_oidc_provider_arn = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"
  }

  assert {
    condition     = length(aws_iam_openid_connect_provider.github) == 0 && jsondecode(aws_iam_role.publisher[0].assume_role_policy).Statement[0].Principal.Federated == var.github_oidc_provider_arn
    error_message = "An account has one provider for GitHub: the one that is there is used."
  }
}

run "longer_drain" {
  command = plan

  variables {
    drain_delay = 20
  }

  assert {
    condition     = tonumber(aws_lb_target_group.service.deregistration_delay) == 35 && jsondecode(aws_ecs_task_definition.service.container_definitions)[0].stopTimeout == 45 && local.environment.DRAIN_DELAY == "20"
    error_message = "The chain of time moves as one."
  }
}

run "certificate_from_elsewhere" {
  command = plan

  variables {
    certificate_arn = "arn:aws:acm:eu-central-1:123456789012:certificate/11111111-1111-1111-1111-111111111111"
    hosted_zone_id  = null
  }

  assert {
    condition     = length(aws_acm_certificate.own) == 0 && length(aws_route53_record.service) == 0 && aws_lb_listener.https.certificate_arn == var.certificate_arn
    error_message = "A certificate and a name kept elsewhere are enough."
  }
}

run "accounts_closed_by_right" {
  command = plan

  variables {
    account_closure         = "admin"
    account_closure_max_age = 300
    additional_user_pools   = { "eu-west-1_Old" = ["clientone"] }
    machine_clients         = { closer = ["close"] }
  }

  assert {
    condition = jsondecode(aws_iam_role_policy.accounts[0].policy).Statement == [{
      Sid      = "Logins"
      Effect   = "Allow"
      Action   = ["cognito-idp:AdminDeleteUser", "cognito-idp:AdminGetUser", "cognito-idp:ListUsers"]
      Resource = [aws_cognito_user_pool.people[0].arn, "arn:aws:cognito-idp:eu-west-1:123456789012:userpool/eu-west-1_Old"]
    }]
    error_message = "The service may find and delete users of its pools, and of no others."
  }
  assert {
    condition     = local.environment.ACCOUNT_CLOSURE == "admin" && local.environment.ACCOUNT_CLOSURE_MAX_AGE == "300"
    error_message = "The service is told."
  }
  assert {
    condition     = contains([for scope in aws_cognito_resource_server.profiles[0].scope : scope.scope_name], "close")
    error_message = "The scope to close accounts is there, for who is given it."
  }
}

run "accounts_closed_by_own_token" {
  command = plan

  variables {
    account_closure = "own-token"
  }

  assert {
    condition     = length(aws_iam_role_policy.accounts) == 0 && local.environment.ACCOUNT_CLOSURE == "own-token"
    error_message = "A person's own token needs no right of the service's."
  }
}

run "reconcile" {
  command = plan

  variables {
    reconcile             = true
    additional_user_pools = { "eu-west-1_Old" = ["clientone"] }
  }

  assert {
    condition     = [for statement in jsondecode(aws_iam_role_policy.reconcile[0].policy).Statement : statement.Resource] == [[local.table_arn], [aws_cognito_user_pool.people[0].arn, "arn:aws:cognito-idp:eu-west-1:123456789012:userpool/eu-west-1_Old"]]
    error_message = "It reaches the table and every pool, and nothing else."
  }
  assert {
    condition     = jsondecode(aws_iam_role.reconcile[0].assume_role_policy).Statement[0].Condition.StringEquals["aws:SourceAccount"] == "123456789012"
    error_message = "ECS may take the role for this account alone."
  }
  assert {
    condition     = jsondecode(aws_ecs_task_definition.reconcile[0].container_definitions)[0].command == ["node", "dist/cli/reconcile.js"]
    error_message = "Started without more, it only looks."
  }
}

run "commands" {
  command = plan

  variables {
    reconcile = true
    existing_vpc = {
      vpc_id                   = "vpc-0aaaaaaaaaaaaaaaa"
      load_balancer_subnet_ids = ["subnet-0aaaaaaaaaaaaaaaa", "subnet-0bbbbbbbbbbbbbbbb"]
      task_subnet_ids          = ["subnet-0cccccccccccccccc"]
    }
  }

  assert {
    condition = { backfill = output.backfill_command, reconcile = output.reconcile_command } == {
      for name in ["backfill", "reconcile"] :
      name => "aws ecs run-task --region eu-central-1 --cluster user-profile-dev --launch-type FARGATE --task-definition user-profile-dev-${name} --network-configuration 'awsvpcConfiguration={subnets=[subnet-0cccccccccccccccc],securityGroups=[sg-00000000000000000],assignPublicIp=DISABLED}'"
    }
    error_message = "Each command is started by its own task definition, with the service's way out."
  }
  assert {
    condition     = output.pictures_sweep_command == null
    error_message = "What is not there is not started."
  }
  assert {
    condition     = jsondecode(aws_ecs_task_definition.backfill.container_definitions)[0].command == ["node", "dist/cli/backfill.js"]
    error_message = "Started without more, the backfill only counts."
  }
}

run "reconcile_follow" {
  command = plan

  variables {
    reconcile_follow      = true
    additional_user_pools = { "eu-west-1_Old" = ["clientone"] }
  }

  override_resource {
    target          = aws_sqs_queue.deletions[0]
    override_during = plan
    values          = { arn = "arn:aws:sqs:eu-central-1:123456789012:waiting", url = "https://sqs.eu-central-1.amazonaws.com/123456789012/waiting" }
  }
  override_resource {
    target          = aws_sqs_queue.dead_deletions[0]
    override_during = plan
    values          = { arn = "arn:aws:sqs:eu-central-1:123456789012:dead", url = "https://sqs.eu-central-1.amazonaws.com/123456789012/dead" }
  }
  override_resource {
    target          = aws_cloudwatch_event_rule.deletions[0]
    override_during = plan
    values          = { arn = "arn:aws:events:eu-central-1:123456789012:rule/deletions" }
  }

  assert {
    condition = jsondecode(aws_cloudwatch_event_rule.deletions[0].event_pattern) == {
      source      = ["aws.cognito-idp"]
      detail-type = ["AWS API Call via CloudTrail"]
      detail = {
        eventSource = ["cognito-idp.amazonaws.com"]
        eventName   = ["AdminDeleteUser", "DeleteUser"]
        "$or" = [
          { requestParameters = { userPoolId = [aws_cognito_user_pool.people[0].id, "eu-west-1_Old"] } },
          { requestParameters = { userPoolId = [{ exists = false }] } },
        ]
      }
    }
    error_message = "The rule takes deletions of the pools' users, and those that name no pool."
  }
  assert {
    condition     = aws_cloudwatch_event_target.deletions[0].arn == "arn:aws:sqs:eu-central-1:123456789012:waiting" && aws_cloudwatch_event_target.deletions[0].dead_letter_config[0].arn == "arn:aws:sqs:eu-central-1:123456789012:dead"
    error_message = "Events go to the queue, and what can't be delivered to the dead letters."
  }
  assert {
    condition     = jsondecode(aws_sqs_queue.deletions[0].redrive_policy) == { deadLetterTargetArn = "arn:aws:sqs:eu-central-1:123456789012:dead", maxReceiveCount = 6 }
    error_message = "What can't be settled is kept."
  }
  assert {
    condition     = aws_sqs_queue.deletions[0].visibility_timeout_seconds >= 120 && aws_sqs_queue.dead_deletions[0].message_retention_seconds > aws_sqs_queue.deletions[0].message_retention_seconds
    error_message = "A message stays with the task that has it, and a dead letter outlasts its time in the queue."
  }
  assert {
    condition = { for name, policy in aws_sqs_queue_policy.deletions : name => jsondecode(policy.policy).Statement } == {
      for name in ["waiting", "dead"] : name => [{
        Sid       = "DeletedUsers"
        Effect    = "Allow"
        Action    = ["sqs:SendMessage"]
        Resource  = ["arn:aws:sqs:eu-central-1:123456789012:${name}"]
        Principal = { Service = "events.amazonaws.com" }
        Condition = {
          ArnEquals    = { "aws:SourceArn" = "arn:aws:events:eu-central-1:123456789012:rule/deletions" }
          StringEquals = { "aws:SourceAccount" = "123456789012" }
        }
      }]
    }
    error_message = "The rule alone may write to the queues."
  }
  assert {
    condition = jsondecode(aws_iam_role_policy.follow[0].policy).Statement == [
      { Sid = "Deletions", Effect = "Allow", Action = ["sqs:DeleteMessage", "sqs:ReceiveMessage"], Resource = ["arn:aws:sqs:eu-central-1:123456789012:waiting"] },
      { Sid = "Profiles", Effect = "Allow", Action = ["dynamodb:BatchGetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"], Resource = [local.table_arn] },
      { Sid = "People", Effect = "Allow", Action = ["cognito-idp:AdminGetUser", "cognito-idp:ListUsers"], Resource = [aws_cognito_user_pool.people[0].arn, "arn:aws:cognito-idp:eu-west-1:123456789012:userpool/eu-west-1_Old"] },
    ]
    error_message = "The task reads its queue, finds people, erases profiles, and no more."
  }
  assert {
    condition     = jsondecode(aws_iam_role.follow[0].assume_role_policy).Statement[0].Condition.StringEquals["aws:SourceAccount"] == "123456789012" && length(aws_iam_role_policy.follow_pictures) == 0
    error_message = "ECS may take the role for this account alone; without pictures there is nothing in S3 to it."
  }
  assert {
    condition     = aws_ecs_service.follow[0].desired_count == 1 && aws_ecs_task_definition.follow[0].cpu == "256" && aws_ecs_task_definition.follow[0].memory == "512"
    error_message = "One small task."
  }
  assert {
    condition     = jsondecode(aws_ecs_task_definition.follow[0].container_definitions)[0].command == ["node", "dist/cli/reconcile.js", "--follow"]
    error_message = "It follows."
  }
  assert {
    condition     = { for variable in jsondecode(aws_ecs_task_definition.follow[0].container_definitions)[0].environment : variable.name => variable.value if contains(["NODE_OPTIONS", "RECONCILE_QUEUE_URL"], variable.name) } == { NODE_OPTIONS = "--max-old-space-size=384", RECONCILE_QUEUE_URL = "https://sqs.eu-central-1.amazonaws.com/123456789012/waiting" }
    error_message = "It knows its queue, and its heap fits into the task."
  }
  assert {
    condition     = aws_cloudwatch_metric_alarm.dead_deletions[0].dimensions.QueueName == aws_sqs_queue.dead_deletions[0].name && aws_cloudwatch_metric_alarm.dead_deletions[0].threshold == 0 && aws_cloudwatch_metric_alarm.waiting_deletions[0].dimensions.QueueName == aws_sqs_queue.deletions[0].name
    error_message = "Somebody is told of dead letters, and of events that nobody reads."
  }
  assert {
    condition     = !contains(keys(local.environment), "RECONCILE_QUEUE_URL") && length(aws_iam_role.reconcile) == 0
    error_message = "The service knows nothing of it, and the weekly run is a choice of its own."
  }
}

run "no_triggers" {
  command = plan

  assert {
    condition     = length(aws_cognito_user_pool.people[0].lambda_config) == 0
    error_message = "The pool calls nothing unless it is told to."
  }
}

run "triggers" {
  command = plan

  variables {
    user_pool_triggers = {
      pre_sign_up          = "arn:aws:lambda:eu-central-1:123456789012:function:pre-sign-up"
      pre_token_generation = "arn:aws:lambda:eu-central-1:123456789012:function:pre-token-generation"
    }
  }

  assert {
    condition     = aws_cognito_user_pool.people[0].lambda_config[0].pre_sign_up == var.user_pool_triggers.pre_sign_up && aws_cognito_user_pool.people[0].lambda_config[0].post_confirmation == null
    error_message = "The pool calls the functions that are named."
  }
  assert {
    condition     = one(aws_cognito_user_pool.people[0].lambda_config[0].pre_token_generation_config).lambda_arn == var.user_pool_triggers.pre_token_generation && one(aws_cognito_user_pool.people[0].lambda_config[0].pre_token_generation_config).lambda_version == "V2_0"
    error_message = "Of access tokens version 2 is told; version 3 would be asked about the trigger's own token."
  }
}
