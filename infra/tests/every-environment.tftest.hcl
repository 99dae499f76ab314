# What holds whatever the environment: run once with each file of environments/.

mock_provider "aws" {
  source          = "./tests/mocks"
  override_during = plan
}

variables {
  image          = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/user-profile@sha256:0000000000000000000000000000000000000000000000000000000000000000"
  hosted_zone_id = "Z0123456789ABCDEFGHIJ"
}

override_resource {
  target          = aws_security_group.load_balancer
  override_during = plan
  values          = { id = "sg-load-balancer" }
}

override_resource {
  target          = aws_security_group.tasks
  override_during = plan
  values          = { id = "sg-tasks" }
}

run "entrance" {
  command = plan

  assert {
    condition     = startswith(aws_lb_listener.https.ssl_policy, "ELBSecurityPolicy-TLS13-1-2-") && aws_lb_listener.https.protocol == "HTTPS" && aws_lb_listener.https.port == 443
    error_message = "The service is reached through TLS 1.2 or 1.3 alone."
  }
  assert {
    condition     = aws_lb_listener.http.default_action[0].type == "redirect" && aws_lb_listener.http.default_action[0].redirect[0].protocol == "HTTPS"
    error_message = "Port 80 leads to HTTPS and serves nothing."
  }
  assert {
    condition     = aws_lb.service.drop_invalid_header_fields && aws_lb.service.enable_deletion_protection == var.deletion_protection
    error_message = "Malformed headers stop at the load balancer, which is protected as the environment says."
  }
  assert {
    condition     = aws_lb.service.idle_timeout < 72
    error_message = "The service keeps connections for 72 s; the load balancer must give up first."
  }
  assert {
    condition     = aws_lb_target_group.service.target_type == "ip" && aws_lb_target_group.service.health_check[0].path == "/readyz"
    error_message = "Targets are tasks, and readiness decides who gets requests."
  }
  assert {
    condition     = aws_vpc_security_group_ingress_rule.tasks_from_load_balancer.referenced_security_group_id == "sg-load-balancer" && aws_vpc_security_group_ingress_rule.tasks_from_load_balancer.cidr_ipv4 == null
    error_message = "Tasks are reached from the load balancer and from nowhere else."
  }
  assert {
    condition     = length(aws_vpc_security_group_ingress_rule.tasks_from_metrics_scraper) == 0
    error_message = "The metrics port is closed unless a scraper is named."
  }
  assert {
    condition     = aws_vpc_security_group_egress_rule.load_balancer.referenced_security_group_id == "sg-tasks"
    error_message = "The load balancer reaches the tasks and nothing else."
  }
}

run "task" {
  command = plan

  assert {
    condition     = jsondecode(aws_ecs_task_definition.service.container_definitions)[0].readonlyRootFilesystem
    error_message = "The root file system is read-only."
  }
  assert {
    condition     = jsondecode(aws_ecs_task_definition.service.container_definitions)[0].user == "1000:1000"
    error_message = "The process is not root."
  }
  assert {
    condition     = jsondecode(aws_ecs_task_definition.service.container_definitions)[0].linuxParameters == { capabilities = { add = [], drop = ["ALL"] }, initProcessEnabled = true }
    error_message = "The container has no capabilities, add is spelled out, and an init process reaps."
  }
  assert {
    condition     = !can(jsondecode(aws_ecs_task_definition.service.container_definitions)[0].healthCheck)
    error_message = "The load balancer asks; a check of the container would start Node for each question."
  }
  assert {
    condition     = alltrue([for task in [aws_ecs_task_definition.service, aws_ecs_task_definition.backfill] : task.skip_destroy])
    error_message = "A revision that running tasks or a rollback need stays registered."
  }
  assert {
    condition     = one([for variable in jsondecode(aws_ecs_task_definition.backfill.container_definitions)[0].environment : variable.value if variable.name == "NODE_OPTIONS"]) == "--max-old-space-size=${floor(tonumber(aws_ecs_task_definition.backfill.memory) * 0.75)}"
    error_message = "The backfill's heap is three quarters of its own memory."
  }
  assert {
    condition     = jsondecode(aws_ecs_task_definition.service.container_definitions)[0].logConfiguration.options["mode"] == "non-blocking" && jsondecode(aws_ecs_task_definition.service.container_definitions)[0].logConfiguration.options["max-buffer-size"] == "25m"
    error_message = "A slow log never holds a request up."
  }
  assert {
    condition     = length([for variable in jsondecode(aws_ecs_task_definition.service.container_definitions)[0].environment : variable if can(regex("SECRET|PASSWORD|ACCESS_KEY", variable.name))]) == 0
    error_message = "The service needs no secret, so none is given to it."
  }
  assert {
    condition     = !contains(keys(local.environment), "ADMIN_GROUPS") && !contains(values(local.environment), "")
    error_message = "What is not set is left out: the service refuses an empty value."
  }
  assert {
    condition     = local.environment.USER_PROFILE_TABLE_NAME == aws_dynamodb_table.profiles[0].name && local.environment.COGNITO_USER_POOL_ID == "eu-central-1_Mock00000" && length(split(",", local.environment.COGNITO_CLIENT_IDS)) == 1 + length(var.machine_clients)
    error_message = "The service is pointed at the table, the pool and every client made here."
  }
  assert {
    condition     = toset(split(",", local.environment.TRUST_PROXY)) == toset([for subnet in aws_subnet.public : subnet.cidr_block])
    error_message = "X-Forwarded-For is believed from the load balancer's subnets alone."
  }
  assert {
    condition     = can(regex("^--max-old-space-size=${floor(var.memory * 0.75)}$", local.environment.NODE_OPTIONS))
    error_message = "The heap is three quarters of the container's memory."
  }
}

run "drain" {
  command = plan

  assert {
    condition     = aws_lb_target_group.service.deregistration_delay >= tonumber(local.environment.DRAIN_DELAY) + local.request_timeout
    error_message = "The load balancer waits for the longest request that began within the drain delay."
  }
  assert {
    condition     = jsondecode(aws_ecs_task_definition.service.container_definitions)[0].stopTimeout > aws_lb_target_group.service.deregistration_delay
    error_message = "A task is killed only after the load balancer has let go of it."
  }
  assert {
    condition     = jsondecode(aws_ecs_task_definition.service.container_definitions)[0].stopTimeout == 30 && local.environment.DRAIN_DELAY == "5" && tonumber(aws_lb_target_group.service.deregistration_delay) == 20
    error_message = "By default: 5 s of drain, 20 s in the load balancer, and the end after 30 s."
  }
}

run "rollout" {
  command = plan

  assert {
    condition     = aws_ecs_service.service.deployment_minimum_healthy_percent == 100 && aws_ecs_service.service.deployment_maximum_percent == 200
    error_message = "Capacity never falls during a deployment."
  }
  assert {
    condition     = aws_ecs_service.service.deployment_circuit_breaker[0].enable && aws_ecs_service.service.deployment_circuit_breaker[0].rollback
    error_message = "A version that does not start is rolled back."
  }
  assert {
    condition     = aws_ecs_service.service.alarms[0].rollback && aws_ecs_service.service.alarms[0].alarm_names == toset(["${local.prefix}-error-rate", "${local.prefix}-unhealthy-tasks"])
    error_message = "A version that answers errors or fails its health check is rolled back."
  }
  assert {
    condition     = aws_ecs_service.service.force_new_deployment
    error_message = "Without it, a change of the capacity provider replaces the service."
  }
  assert {
    condition     = aws_ecs_service.service.propagate_tags == "SERVICE" && aws_ecs_service.service.availability_zone_rebalancing == "ENABLED" && aws_ecs_service.service.health_check_grace_period_seconds >= 900
    error_message = "Tasks carry the tags, spread over the zones, and have time to start."
  }
  assert {
    condition     = aws_ecr_repository.service.image_tag_mutability == "IMMUTABLE" && aws_ecr_repository.service.image_scanning_configuration[0].scan_on_push
    error_message = "A tag stays what it was, and images are scanned."
  }
}

run "scaling" {
  command = plan

  assert {
    condition     = aws_appautoscaling_target.service.min_capacity == var.minimum_tasks && aws_appautoscaling_target.service.max_capacity == var.maximum_tasks && aws_ecs_service.service.desired_count == var.minimum_tasks
    error_message = "Autoscaling stays within the environment's bounds and starts at the lower."
  }
  assert {
    condition     = aws_appautoscaling_target.service.min_capacity >= 2
    error_message = "One task is no service: a second one is there while the first is replaced."
  }
  assert {
    condition     = aws_appautoscaling_policy.requests.target_tracking_scaling_policy_configuration[0].predefined_metric_specification[0].predefined_metric_type == "ALBRequestCountPerTarget" && aws_appautoscaling_policy.cpu.target_tracking_scaling_policy_configuration[0].predefined_metric_specification[0].predefined_metric_type == "ECSServiceAverageCPUUtilization"
    error_message = "Requests and CPU drive the number of tasks."
  }
  assert {
    condition     = alltrue([for policy in [aws_appautoscaling_policy.requests, aws_appautoscaling_policy.cpu] : policy.target_tracking_scaling_policy_configuration[0].scale_out_cooldown < policy.target_tracking_scaling_policy_configuration[0].scale_in_cooldown])
    error_message = "Out fast, in slowly."
  }
}

run "table" {
  command = plan

  assert {
    condition     = aws_dynamodb_table.profiles[0].deletion_protection_enabled == var.deletion_protection
    error_message = "The table is protected as the environment says."
  }
  assert {
    condition     = aws_dynamodb_table.profiles[0].point_in_time_recovery[0].enabled && aws_dynamodb_table.profiles[0].point_in_time_recovery[0].recovery_period_in_days == var.table_recovery_days
    error_message = "The table can be restored."
  }
  assert {
    condition     = one(aws_dynamodb_table.profiles[0].ttl).enabled && one(aws_dynamodb_table.profiles[0].ttl).attribute_name == "expiresAt"
    error_message = "Tombstones expire."
  }
  assert {
    condition     = aws_dynamodb_table.profiles[0].on_demand_throughput[0].max_read_request_units == var.table_maximum_units.read && alltrue([for index in aws_dynamodb_table.profiles[0].global_secondary_index : index.on_demand_throughput[0].max_write_request_units == var.table_maximum_units.write])
    error_message = "The bill has a ceiling, on the table and on each index."
  }
  assert {
    condition     = !aws_dynamodb_table.profiles[0].stream_enabled && length(aws_pipes_pipe.profiles) == 0
    error_message = "There is no stream where nobody asked for events."
  }
  assert {
    condition     = toset([for index in aws_dynamodb_table.profiles[0].global_secondary_index : index.name]) == toset(local.index_names)
    error_message = "Permissions, alarms and the dashboard know every index."
  }
}

run "permissions" {
  command = plan

  # The way from the VPC to DynamoDB leads to this table and for this account.
  assert {
    condition     = alltrue([for statement in jsondecode(aws_vpc_endpoint.dynamodb[0].policy).Statement : statement.Condition.StringEquals["aws:PrincipalAccount"] == "123456789012" && alltrue([for resource in statement.Resource : startswith(resource, local.table_arn)])])
    error_message = "The endpoint opens no table but this one, and to no other account."
  }
  assert {
    condition     = [for statement in jsondecode(aws_iam_role_policy.service.policy).Statement : statement.Resource] == [["arn:aws:dynamodb:eu-central-1:123456789012:table/${var.environment}-UserProfiles"], [for index in sort([for index in aws_dynamodb_table.profiles[0].global_secondary_index : index.name]) : "arn:aws:dynamodb:eu-central-1:123456789012:table/${var.environment}-UserProfiles/index/${index}"]]
    error_message = "The service is let to the table and its indexes."
  }
  assert {
    condition = alltrue(flatten([
      for policy in [aws_iam_role_policy.service.policy, aws_iam_role_policy.backfill.policy, aws_iam_role_policy.execution.policy] : [
        for statement in jsondecode(policy).Statement : concat(
          [for action in statement.Action : !strcontains(action, "*")],
          [for resource in statement.Resource : resource != "*" || statement.Action == ["ecr:GetAuthorizationToken"]],
        )
      ]
    ]))
    error_message = "No policy names an action by wildcard, nor every resource where the action knows one."
  }
  assert {
    condition     = alltrue([for role in [aws_iam_role.service, aws_iam_role.backfill, aws_iam_role.execution] : jsondecode(role.assume_role_policy).Statement[0].Condition.StringEquals["aws:SourceAccount"] == "123456789012"])
    error_message = "ECS may take the roles for this account alone."
  }
  assert {
    condition = jsondecode(aws_iam_role_policy.execution.policy).Statement == [
      { Sid = "Image", Effect = "Allow", Action = ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"], Resource = [aws_ecr_repository.service.arn] },
      { Sid = "RegistryToken", Effect = "Allow", Action = ["ecr:GetAuthorizationToken"], Resource = ["*"] },
      { Sid = "Log", Effect = "Allow", Action = ["logs:CreateLogStream", "logs:PutLogEvents"], Resource = ["${aws_cloudwatch_log_group.service.arn}:log-stream:*"] },
    ]
    error_message = "ECS may fetch this image and write this log: without either right no task starts."
  }
  assert {
    condition     = length(aws_s3_bucket.pictures) == 0 && length(aws_s3_bucket_policy.pictures) == 0 && length(aws_cloudfront_distribution.pictures) == 0 && length(aws_cloudfront_origin_access_control.pictures) == 0 && length(aws_cloudfront_cache_policy.pictures) == 0 && length(aws_cloudfront_response_headers_policy.pictures) == 0 && length(aws_iam_role_policy.pictures) == 0 && length(aws_iam_role.pictures_sweep) == 0 && length(aws_iam_role_policy.pictures_sweep) == 0 && length(aws_ecs_task_definition.pictures_sweep) == 0 && length(aws_iam_role.pictures_schedule) == 0 && length(aws_cloudwatch_event_rule.pictures_sweep) == 0 && length(jsondecode(aws_vpc_endpoint.s3[0].policy).Statement) == 1 && length([for name in keys(local.environment) : name if startswith(name, "PICTURES_")]) == 0
    error_message = "Unless pictures are asked for, nothing is made, granted or told for them."
  }
  assert {
    condition     = length(aws_iam_role.publisher) == 0
    error_message = "No build may push where none is named."
  }
}

run "people" {
  command = plan

  assert {
    condition     = aws_cognito_user_pool.people[0].deletion_protection == (var.deletion_protection ? "ACTIVE" : "INACTIVE") && !aws_cognito_user_pool.people[0].username_configuration[0].case_sensitive
    error_message = "The pool is protected as the environment says, and Ada@ is ada@."
  }
  assert {
    condition     = aws_cognito_user_pool_client.application[0].prevent_user_existence_errors == "ENABLED" && !aws_cognito_user_pool_client.application[0].generate_secret && aws_cognito_user_pool_client.application[0].allowed_oauth_flows == toset(["code"])
    error_message = "The application's client tells no stranger who exists, and uses the code flow without a secret."
  }
  assert {
    condition     = toset([for scope in aws_cognito_resource_server.profiles[0].scope : "${aws_cognito_resource_server.profiles[0].identifier}/${scope.scope_name}"]) == toset(["profiles/read", "profiles/write", "profiles/erase"])
    error_message = "The three scopes are as the service reads them."
  }
  assert {
    condition     = length(aws_iam_role_policy.accounts) == 0 && !contains(keys(local.environment), "ACCOUNT_CLOSURE")
    error_message = "Unless it is asked for, no accounts are closed, and nothing may delete a user."
  }
  assert {
    condition     = length(aws_iam_role.reconcile) == 0 && length(aws_iam_role_policy.reconcile) == 0 && length(aws_ecs_task_definition.reconcile) == 0
    error_message = "Nor is there a task that may."
  }
  assert {
    condition     = length(aws_iam_role.follow) == 0 && length(aws_iam_role_policy.follow) == 0 && length(aws_ecs_service.follow) == 0 && length(aws_cloudwatch_event_rule.deletions) == 0 && length(aws_sqs_queue.deletions) == 0 && length(aws_sqs_queue_policy.deletions) == 0
    error_message = "Nor does anything follow the deletions of users."
  }
  assert {
    condition     = alltrue([for name, client in aws_cognito_user_pool_client.machine : client.generate_secret && client.allowed_oauth_flows == toset(["client_credentials"]) && client.allowed_oauth_scopes == toset([for scope in var.machine_clients[name] : "profiles/${scope}"])])
    error_message = "Each internal service has its own secret and its own scopes."
  }
  assert {
    condition     = length(aws_cognito_identity_provider.google) == 0 && length(aws_cognito_identity_provider.apple) == 0
    error_message = "A provider is offered only where its secret is given."
  }
}

run "watching" {
  command = plan

  assert {
    condition     = length(setsubtract(concat(flatten([for index in aws_dynamodb_table.profiles[0].global_secondary_index : ["${index.name}_reads_throttled", "${index.name}_writes_throttled"]]), ["load_balancer_errors", "unhealthy_tasks", "latency", "cpu", "memory", "table_reads_throttled", "table_writes_throttled", "internal_errors", "requests_shed", "store_failures", "signing_keys_stale", "signing_keys_unavailable", "unknown_keys", "identity_failures"]), keys(aws_cloudwatch_metric_alarm.service))) == 0
    error_message = "Errors, slowness, exhaustion and throttling of the table and of each index raise alarms."
  }
  assert {
    condition     = alltrue([for alarm in concat(values(aws_cloudwatch_metric_alarm.service), [aws_cloudwatch_metric_alarm.no_task, aws_cloudwatch_metric_alarm.error_rate]) : alarm.alarm_actions == toset(["arn:aws:sns:eu-central-1:123456789012:alarms"])])
    error_message = "Every alarm tells somebody."
  }
  assert {
    condition     = length(jsondecode(aws_cloudwatch_dashboard.service.dashboard_body).widgets) == 7
    error_message = "The dashboard shows its graphs."
  }
  assert {
    condition     = aws_cloudwatch_log_group.service.retention_in_days == var.log_retention_days
    error_message = "Logs are kept as long as the environment says."
  }
  assert {
    condition     = local.tags == merge(var.tags, { Application = "user-profile", Environment = var.environment, ManagedBy = "terraform" })
    error_message = "Everything is tagged with what it belongs to."
  }
}

run "network" {
  command = plan

  assert {
    condition     = aws_vpc_security_group_egress_rule.tasks.cidr_ipv4 == "0.0.0.0/0" && aws_vpc_security_group_egress_rule.tasks.ip_protocol == "tcp" && aws_vpc_security_group_egress_rule.tasks.from_port == 443 && aws_vpc_security_group_egress_rule.tasks.to_port == 443
    error_message = "Tasks reach Cognito, DynamoDB and the registry, all on port 443."
  }
  assert {
    condition     = aws_vpc_security_group_egress_rule.tasks.security_group_id == "sg-tasks" && aws_vpc_security_group_ingress_rule.tasks_from_load_balancer.security_group_id == "sg-tasks" && aws_vpc_security_group_egress_rule.load_balancer.security_group_id == "sg-load-balancer"
    error_message = "Each rule is on the group it is meant for."
  }
  assert {
    condition     = aws_vpc_security_group_egress_rule.load_balancer.from_port == 3000 && aws_vpc_security_group_egress_rule.load_balancer.to_port == 3000 && aws_vpc_security_group_ingress_rule.tasks_from_load_balancer.from_port == 3000 && aws_vpc_security_group_ingress_rule.tasks_from_load_balancer.to_port == 3000
    error_message = "The load balancer reaches the service's port and no other."
  }
  assert {
    condition     = alltrue([for rule in aws_vpc_security_group_ingress_rule.load_balancer : rule.security_group_id == "sg-load-balancer" && contains(var.allowed_cidrs, rule.cidr_ipv4) && contains([80, 443], rule.from_port) && rule.from_port == rule.to_port])
    error_message = "The world reaches ports 80 and 443 of the load balancer."
  }
  assert {
    condition     = length(aws_vpc_security_group_egress_rule.tasks_elsewhere) == 0
    error_message = "Nothing else is reached unless it is named."
  }
  assert {
    condition     = aws_route.public[0].destination_cidr_block == "0.0.0.0/0" && alltrue([for route in aws_route.private : route.destination_cidr_block == "0.0.0.0/0"]) && (length(aws_subnet.private) == 0 || length(aws_route.private) == length(aws_subnet.private))
    error_message = "Every subnet has a way out to Cognito."
  }
}

run "names" {
  command = plan

  assert {
    condition     = alltrue([for role in [aws_iam_role.service, aws_iam_role.backfill, aws_iam_role.execution] : startswith(role.name, "user-profile-${var.environment}-${var.region}-")]) && aws_cloudwatch_dashboard.service.dashboard_name == "user-profile-${var.environment}-${var.region}"
    error_message = "What has one name in an account carries the environment and the Region."
  }
  assert {
    condition     = aws_dynamodb_table.profiles[0].name == "${var.environment}-UserProfiles" && aws_ecs_cluster.service.name == "user-profile-${var.environment}" && aws_lb.service.name == "user-profile-${var.environment}" && aws_cloudwatch_log_group.service.name == "/ecs/user-profile-${var.environment}"
    error_message = "What has one name in a Region carries the environment."
  }
}

run "alarms" {
  command = plan

  assert {
    condition     = aws_cloudwatch_metric_alarm.no_task.treat_missing_data == "breaching" && aws_cloudwatch_metric_alarm.no_task.comparison_operator == "LessThanThreshold" && aws_cloudwatch_metric_alarm.no_task.threshold == 1
    error_message = "No task, and no word of any, is an alarm."
  }
  assert {
    condition     = one([for query in aws_cloudwatch_metric_alarm.error_rate.metric_query : query.expression if query.return_data == true]) == "IF(requests >= 100, 100 * (FILL(errors, 0) - FILL(shed, 0)) / requests, 0)"
    error_message = "A rate, from a least volume on, without the requests that were shed."
  }
  assert {
    condition     = toset([for query in aws_cloudwatch_metric_alarm.error_rate.metric_query : one(query.metric[*].metric_name) if length(query.metric) > 0]) == toset(["RequestCount", "HTTPCode_Target_5XX_Count", "RequestsShed"])
    error_message = "The rate is made of what the load balancer and the service count."
  }
  assert {
    condition     = jsondecode(aws_cloudwatch_event_rule.deployment_failed.event_pattern).detail.eventName[0] == "SERVICE_DEPLOYMENT_FAILED" && aws_cloudwatch_event_target.deployment_failed.arn == aws_sns_topic.alarms.arn
    error_message = "A failed deployment is told to the alarms' topic."
  }
  assert {
    condition = jsondecode(aws_sns_topic_policy.alarms.policy).Statement == [
      { Sid = "Alarms", Effect = "Allow", Action = ["sns:Publish"], Resource = ["arn:aws:sns:eu-central-1:123456789012:alarms"], Principal = { Service = "cloudwatch.amazonaws.com" }, Condition = { StringEquals = { "aws:SourceAccount" = "123456789012" } } },
      { Sid = "Events", Effect = "Allow", Action = ["sns:Publish"], Resource = ["arn:aws:sns:eu-central-1:123456789012:alarms"], Principal = { Service = "events.amazonaws.com" } },
    ]
    error_message = "Alarms of this account may publish, and events, for which a topic's policy may hold no condition."
  }
  assert {
    condition     = local.environment.CLOUDWATCH_METRICS_SERVICE == aws_cloudwatch_metric_alarm.service["requests_shed"].dimensions.Service
    error_message = "The service counts under the name its alarms look for."
  }
}
