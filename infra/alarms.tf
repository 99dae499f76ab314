locals {
  load_balancer_dimensions = { LoadBalancer = aws_lb.service.arn_suffix }
  target_group_dimensions  = { LoadBalancer = aws_lb.service.arn_suffix, TargetGroup = aws_lb_target_group.service.arn_suffix }
  service_dimensions       = { ClusterName = aws_ecs_cluster.service.name, ServiceName = local.prefix }

  # What the service logs of itself (src/telemetry/metrics-log.ts); test/infra/metrics.test.ts holds
  # the names equal.
  own_namespace  = "UserProfile"
  own_dimensions = { Service = local.prefix }

  alarm_actions = concat([aws_sns_topic.alarms.arn], tolist(var.alarm_topic_arns))

  # Each rings in a minute above its threshold, `periods` times within the last five.
  service_alarms = {
    load_balancer_errors = {
      description = "The load balancer answers 5xx itself: no task answered in time, or none is there."
      namespace   = "AWS/ApplicationELB", metric = "HTTPCode_ELB_5XX_Count", statistic = "Sum"
      dimensions  = local.load_balancer_dimensions, threshold = 10, periods = 2
    }
    unhealthy_tasks = {
      description = "Tasks fail their health check."
      namespace   = "AWS/ApplicationELB", metric = "UnHealthyHostCount", statistic = "Maximum"
      dimensions  = local.target_group_dimensions, threshold = 0, periods = 3
    }
    latency = {
      description = "The slowest hundredth of the answers is too slow."
      namespace   = "AWS/ApplicationELB", metric = "TargetResponseTime", statistic = "p99"
      dimensions  = local.target_group_dimensions, threshold = var.latency_alarm_seconds, periods = 3
    }
    cpu = {
      description = "The tasks' CPU stays high: scaling is at its maximum, or too slow."
      namespace   = "AWS/ECS", metric = "CPUUtilization", statistic = "Average"
      dimensions  = local.service_dimensions, threshold = 85, periods = 5
    }
    memory = {
      description = "The tasks' memory is nearly used up."
      namespace   = "AWS/ECS", metric = "MemoryUtilization", statistic = "Maximum"
      dimensions  = local.service_dimensions, threshold = 90, periods = 3
    }
    table_reads_throttled = {
      description = "DynamoDB refuses reads: a hot key, a ceiling, or growth faster than it doubles."
      namespace   = "AWS/DynamoDB", metric = "ReadThrottleEvents", statistic = "Sum"
      dimensions  = { TableName = local.table_name }, threshold = 0, periods = 2
    }
    table_writes_throttled = {
      description = "DynamoDB refuses writes: a hot key, a ceiling, or growth faster than it doubles."
      namespace   = "AWS/DynamoDB", metric = "WriteThrottleEvents", statistic = "Sum"
      dimensions  = { TableName = local.table_name }, threshold = 0, periods = 2
    }
  }

  # An index that refuses a write makes the table refuse it too, and a look-up reads the index alone.
  index_alarms = merge([for name in local.index_names : {
    "${name}_reads_throttled" = {
      description = "DynamoDB refuses look-ups through ${name}."
      namespace   = "AWS/DynamoDB", metric = "ReadThrottleEvents", statistic = "Sum"
      dimensions  = { TableName = local.table_name, GlobalSecondaryIndexName = name }, threshold = 0, periods = 2
    }
    "${name}_writes_throttled" = {
      description = "DynamoDB refuses writes to ${name}, and with them those to the table."
      namespace   = "AWS/DynamoDB", metric = "WriteThrottleEvents", statistic = "Sum"
      dimensions  = { TableName = local.table_name, GlobalSecondaryIndexName = name }, threshold = 0, periods = 2
    }
  }]...)

  own_alarms = {
    internal_errors = {
      description = "A fault of the service's own: its log has the error under the request id."
      namespace   = local.own_namespace, metric = "InternalErrors", statistic = "Sum"
      dimensions  = local.own_dimensions, threshold = 0, periods = 1
    }
    requests_shed = {
      description = "Tasks turn requests away because they are overloaded: more tasks, or larger ones."
      namespace   = local.own_namespace, metric = "RequestsShed", statistic = "Sum"
      dimensions  = local.own_dimensions, threshold = 0, periods = 3
    }
    store_failures = {
      description = "Requests fail because DynamoDB does not answer in time."
      namespace   = local.own_namespace, metric = "StoreFailures", statistic = "Sum"
      dimensions  = local.own_dimensions, threshold = 5, periods = 2
    }
    signing_keys_stale = {
      description = "Cognito's signing keys could not be confirmed for an hour; after six, no token is accepted."
      namespace   = local.own_namespace, metric = "SigningKeyAge", statistic = "Maximum"
      dimensions  = local.own_dimensions, threshold = 3600, periods = 3
    }
    signing_keys_unavailable = {
      description = "Requests fail because a task has no signing keys: its way to Cognito is broken."
      namespace   = local.own_namespace, metric = "SigningKeyFailures", statistic = "Sum"
      dimensions  = local.own_dimensions, threshold = 0, periods = 2
    }
    unknown_keys = {
      description = "Many tokens name a signing key that Cognito doesn't publish: somebody makes them up."
      namespace   = local.own_namespace, metric = "UnknownKeys", statistic = "Sum"
      dimensions  = local.own_dimensions, threshold = 60, periods = 3
    }
    clock_skew = {
      description = "A task's clock is more than 2 s off: tokens are judged by a corrected one for as long as that can be."
      namespace   = local.own_namespace, metric = "ClockSkew", statistic = "Maximum"
      dimensions  = local.own_dimensions, threshold = 2, periods = 3
    }
    credential_failures = {
      description = "A task gets no new AWS credentials: once the last ones expire it takes no more traffic."
      namespace   = local.own_namespace, metric = "CredentialFailures", statistic = "Sum"
      dimensions  = local.own_dimensions, threshold = 0, periods = 3
    }
    identity_failures = {
      description = "Cognito does not say who people are: their profiles start without names."
      namespace   = local.own_namespace, metric = "IdentityFailures", statistic = "Sum"
      dimensions  = local.own_dimensions, threshold = 10, periods = 3
    }
  }
}

# Not encrypted with aws/sns: alarms cannot publish through that key, and they tell no personal data.
resource "aws_sns_topic" "alarms" {
  name = "${local.prefix}-alarms"
}

resource "aws_sns_topic_policy" "alarms" {
  arn = aws_sns_topic.alarms.arn

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "Alarms"
        Effect    = "Allow"
        Action    = ["sns:Publish"]
        Resource  = [aws_sns_topic.alarms.arn]
        Principal = { Service = "cloudwatch.amazonaws.com" }
        Condition = { StringEquals = { "aws:SourceAccount" = local.account_id } }
      },
      {
        # EventBridge supports no condition in a topic's policy: with one its events are lost silently.
        # https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html
        Sid       = "Events"
        Effect    = "Allow"
        Action    = ["sns:Publish"]
        Resource  = [aws_sns_topic.alarms.arn]
        Principal = { Service = "events.amazonaws.com" }
      },
    ]
  })
}

resource "aws_sns_topic_subscription" "alarms" {
  for_each  = var.alarm_emails
  topic_arn = aws_sns_topic.alarms.arn
  protocol  = "email"
  endpoint  = each.value
}

resource "aws_cloudwatch_metric_alarm" "service" {
  for_each            = merge(local.service_alarms, local.index_alarms, local.own_alarms)
  alarm_name          = "${local.prefix}-${replace(each.key, "_", "-")}"
  alarm_description   = each.value.description
  namespace           = each.value.namespace
  metric_name         = each.value.metric
  dimensions          = each.value.dimensions
  statistic           = startswith(each.value.statistic, "p") ? null : each.value.statistic
  extended_statistic  = startswith(each.value.statistic, "p") ? each.value.statistic : null
  comparison_operator = "GreaterThanThreshold"
  threshold           = each.value.threshold
  period              = 60
  evaluation_periods  = 5
  datapoints_to_alarm = each.value.periods
  # No traffic is no trouble.
  treat_missing_data = "notBreaching"
  alarm_actions      = local.alarm_actions
  ok_actions         = local.alarm_actions
}

# A load balancer without targets reports nothing, so no data is the alarm itself.
resource "aws_cloudwatch_metric_alarm" "no_task" {
  alarm_name          = "${local.prefix}-no-task"
  alarm_description   = "No task serves: read the service's events and the last lines of stopped tasks."
  namespace           = "AWS/ApplicationELB"
  metric_name         = "HealthyHostCount"
  dimensions          = local.target_group_dimensions
  statistic           = "Maximum"
  comparison_operator = "LessThanThreshold"
  threshold           = 1
  period              = 60
  evaluation_periods  = 2
  treat_missing_data  = "breaching"
  alarm_actions       = local.alarm_actions
  ok_actions          = local.alarm_actions
}

# Rolls a deployment back, so a single error in a quiet minute must not ring it, nor a crowd that
# any version would turn away: shed requests are answered 503, and are taken off again.
resource "aws_cloudwatch_metric_alarm" "error_rate" {
  alarm_name          = "${local.prefix}-error-rate"
  alarm_description   = "More than ${var.error_rate_alarm.percent}% of the requests are answered 5xx, those turned away as overload left out."
  comparison_operator = "GreaterThanThreshold"
  threshold           = var.error_rate_alarm.percent
  evaluation_periods  = 5
  datapoints_to_alarm = 2
  treat_missing_data  = "notBreaching"
  alarm_actions       = local.alarm_actions
  ok_actions          = local.alarm_actions

  metric_query {
    id          = "rate"
    label       = "Errors in percent"
    expression  = "IF(requests >= ${var.error_rate_alarm.least_requests_per_minute}, 100 * (FILL(errors, 0) - FILL(shed, 0)) / requests, 0)"
    return_data = true
  }

  dynamic "metric_query" {
    for_each = {
      requests = { namespace = "AWS/ApplicationELB", name = "RequestCount", dimensions = local.target_group_dimensions }
      errors   = { namespace = "AWS/ApplicationELB", name = "HTTPCode_Target_5XX_Count", dimensions = local.target_group_dimensions }
      shed     = { namespace = local.own_namespace, name = "RequestsShed", dimensions = local.own_dimensions }
    }
    content {
      id = metric_query.key

      metric {
        namespace   = metric_query.value.namespace
        metric_name = metric_query.value.name
        dimensions  = metric_query.value.dimensions
        stat        = "Sum"
        period      = 60
      }
    }
  }
}

# ECS tells of a deployment that failed or was rolled back, and of tasks it can't start, as events.
resource "aws_cloudwatch_event_rule" "deployment_failed" {
  name        = "${local.prefix}-deployment-failed"
  description = "A deployment of ${local.prefix} failed, or its tasks can't be placed"

  event_pattern = jsonencode({
    source      = ["aws.ecs"]
    detail-type = ["ECS Deployment State Change", "ECS Service Action"]
    resources   = ["arn:${local.partition}:ecs:${var.region}:${local.account_id}:service/${aws_ecs_cluster.service.name}/${aws_ecs_service.service.name}"]
    detail = {
      eventName = ["SERVICE_DEPLOYMENT_FAILED", "SERVICE_TASK_PLACEMENT_FAILURE", "SERVICE_TASK_START_IMPAIRED"]
    }
  })
}

resource "aws_cloudwatch_event_target" "deployment_failed" {
  rule = aws_cloudwatch_event_rule.deployment_failed.name
  arn  = aws_sns_topic.alarms.arn
}
