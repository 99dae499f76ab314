locals {
  # For the JavaScript heap; the rest is for buffers, sockets and Node itself.
  heap_share = 0.75

  # The service takes no empty value: what is not set is left out.
  environment = { for name, value in merge(var.opentelemetry, {
    NODE_ENV                 = "production"
    NODE_OPTIONS             = "--max-old-space-size=${floor(var.memory * local.heap_share)}"
    AWS_REGION               = var.region
    HOST                     = "0.0.0.0"
    PORT                     = tostring(local.port)
    METRICS_PORT             = tostring(local.metrics_port)
    LOG_LEVEL                = var.log_level
    USER_PROFILE_TABLE_NAME  = local.table_name
    COGNITO_USER_POOL_ID     = local.user_pool_id
    COGNITO_CLIENT_IDS       = join(",", local.client_ids)
    COGNITO_TOKEN_USE        = var.token_use
    ADMIN_GROUPS             = join(",", var.admin_groups)
    CORS_ORIGINS             = join(",", var.cors_origins)
    RATE_LIMIT_PER_MINUTE    = tostring(var.rate_limit_per_minute)
    PEOPLE_LIMIT_PER_MINUTE  = tostring(var.people_limit_per_minute)
    TRUST_PROXY              = join(",", local.load_balancer_cidrs)
    DRAIN_DELAY              = tostring(var.drain_delay)
    TOMBSTONE_RETENTION_DAYS = tostring(var.tombstone_retention_days)

    ACCOUNT_CLOSURE         = var.account_closure == "off" ? "" : var.account_closure
    ACCOUNT_CLOSURE_MAX_AGE = var.account_closure == "off" ? "" : tostring(var.account_closure_max_age)

    PICTURES_BUCKET   = var.pictures_enabled ? local.pictures_bucket : ""
    PICTURES_BASE_URL = var.pictures_enabled ? local.pictures_base_url : ""

    COGNITO_ADDITIONAL_POOLS   = join(";", [for id, clients in var.additional_user_pools : "${id}=${join(",", clients)}"])
    CLOUDWATCH_METRICS_SERVICE = local.prefix
  }) : name => value if value != "" }

  container = {
    name                   = "service"
    image                  = var.image
    essential              = true
    user                   = "1000:1000"
    environment            = [for name, value in local.environment : { name = name, value = value }]
    readonlyRootFilesystem = true
    stopTimeout            = local.stop_timeout

    linuxParameters = {
      # Without the empty add, every plan replaces the task definition.
      capabilities       = { add = [], drop = ["ALL"] }
      initProcessEnabled = true
    }

    # Logs are dropped before they are allowed to hold a request up.
    logConfiguration = {
      logDriver = "awslogs"
      options = {
        awslogs-group         = aws_cloudwatch_log_group.service.name
        awslogs-region        = var.region
        awslogs-stream-prefix = "service"
        mode                  = "non-blocking"
        max-buffer-size       = "25m"
      }
    }
  }
}

resource "aws_ecs_cluster" "service" {
  name = local.prefix

  setting {
    name  = "containerInsights"
    value = var.container_insights
  }
}

resource "aws_ecs_cluster_capacity_providers" "service" {
  cluster_name       = aws_ecs_cluster.service.name
  capacity_providers = ["FARGATE", "FARGATE_SPOT"]
}

resource "aws_ecs_task_definition" "service" {
  family                   = local.prefix
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = var.cpu
  memory                   = var.memory
  task_role_arn            = aws_iam_role.service.arn
  execution_role_arn       = aws_iam_role.execution.arn
  # Running tasks and a rollback still need the revision before: it is left registered.
  skip_destroy = true

  runtime_platform {
    operating_system_family = "LINUX"
    cpu_architecture        = var.cpu_architecture
  }

  container_definitions = jsonencode([merge(local.container, {
    portMappings = [
      { containerPort = local.port, hostPort = local.port, protocol = "tcp", name = "http" },
      { containerPort = local.metrics_port, hostPort = local.metrics_port, protocol = "tcp", name = "metrics" },
    ]
    # No health check of the container: the load balancer asks, and each start of Node to ask once
    # more costs a small task a tenth of its CPU.
  })])

  lifecycle {
    create_before_destroy = true

    precondition {
      condition     = var.image != null
      error_message = "Give image. deploy.sh builds it, pushes it and gives it by digest."
    }

    precondition {
      condition     = !contains(keys(var.additional_user_pools), local.user_pool_id)
      error_message = "additional_user_pools names the service's own pool, whose clients are known."
    }
  }
}

resource "aws_ecs_service" "service" {
  name                              = local.prefix
  cluster                           = aws_ecs_cluster.service.id
  task_definition                   = aws_ecs_task_definition.service.arn
  desired_count                     = var.minimum_tasks
  health_check_grace_period_seconds = var.health_check_grace_seconds
  availability_zone_rebalancing     = "ENABLED"
  propagate_tags                    = "SERVICE"
  enable_ecs_managed_tags           = true
  wait_for_steady_state             = var.wait_for_steady_state
  # Without it, a change of the capacity provider replaces the service.
  force_new_deployment = true

  # New tasks first, old ones after: capacity never falls below what is wanted.
  deployment_minimum_healthy_percent = 100
  deployment_maximum_percent         = 200

  capacity_provider_strategy {
    capacity_provider = var.spot ? "FARGATE_SPOT" : "FARGATE"
    weight            = 1
  }

  deployment_circuit_breaker {
    enable   = true
    rollback = true
  }

  alarms {
    enable      = true
    rollback    = true
    alarm_names = [aws_cloudwatch_metric_alarm.error_rate.alarm_name, aws_cloudwatch_metric_alarm.service["unhealthy_tasks"].alarm_name]
  }

  network_configuration {
    subnets          = local.task_subnet_ids
    security_groups  = [aws_security_group.tasks.id]
    assign_public_ip = local.assign_public_ip
  }

  load_balancer {
    target_group_arn = aws_lb_target_group.service.arn
    container_name   = "service"
    container_port   = local.port
  }

  lifecycle {
    # Autoscaling sets it.
    ignore_changes = [desired_count]

    # Waiting for a steady state also succeeds when the steady state is the old version.
    postcondition {
      condition     = !var.wait_for_steady_state || self.task_definition == aws_ecs_task_definition.service.arn
      error_message = "The deployment was rolled back: read the service's events and the tasks' logs."
    }
  }

  # A task must find its permissions, its way out and its listener in place.
  depends_on = [
    aws_ecs_cluster_capacity_providers.service,
    aws_iam_role_policy.service,
    aws_iam_role_policy.accounts,
    aws_iam_role_policy.pictures,
    aws_iam_role_policy.execution,
    aws_lb_listener.https,
    aws_route.public,
    aws_route.private,
    aws_vpc_endpoint.dynamodb,
    aws_vpc_endpoint.s3,
    aws_vpc_endpoint.interface,
  ]
}

resource "aws_security_group" "tasks" {
  name        = "${local.prefix}-tasks"
  description = "Tasks of ${local.prefix}"
  vpc_id      = local.vpc_id
}

resource "aws_vpc_security_group_ingress_rule" "tasks_from_load_balancer" {
  security_group_id            = aws_security_group.tasks.id
  description                  = "Load balancer"
  referenced_security_group_id = aws_security_group.load_balancer.id
  ip_protocol                  = "tcp"
  from_port                    = local.port
  to_port                      = local.port
}

resource "aws_vpc_security_group_ingress_rule" "tasks_from_metrics_scraper" {
  count                        = var.metrics_scraper_security_group_id == null ? 0 : 1
  security_group_id            = aws_security_group.tasks.id
  description                  = "Metrics scraper"
  referenced_security_group_id = var.metrics_scraper_security_group_id
  ip_protocol                  = "tcp"
  from_port                    = local.metrics_port
  to_port                      = local.metrics_port
}

# Cognito and DynamoDB have public addresses only, so the rule cannot name them.
resource "aws_vpc_security_group_egress_rule" "tasks" {
  security_group_id = aws_security_group.tasks.id
  description       = "AWS"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}

resource "aws_vpc_security_group_egress_rule" "tasks_elsewhere" {
  for_each          = var.additional_egress
  security_group_id = aws_security_group.tasks.id
  description       = each.key
  cidr_ipv4         = each.value.cidr
  ip_protocol       = "tcp"
  from_port         = each.value.port
  to_port           = each.value.port
}

resource "aws_cloudwatch_log_group" "service" {
  name              = "/ecs/${local.prefix}"
  retention_in_days = var.log_retention_days
}
