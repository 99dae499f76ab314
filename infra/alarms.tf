locals {
  load_balancer_dimensions = { LoadBalancer = aws_lb.service.arn_suffix }
  target_group_dimensions  = { LoadBalancer = aws_lb.service.arn_suffix, TargetGroup = aws_lb_target_group.service.arn_suffix }
  service_dimensions       = { ClusterName = aws_ecs_cluster.service.name, ServiceName = local.prefix }

  # All of them compare the same way: above the threshold in `periods` minutes out of the last five.
  service_alarms = {
    server_errors = {
      description = "The service answers 5xx: read its log by request id."
      namespace   = "AWS/ApplicationELB", metric = "HTTPCode_Target_5XX_Count", statistic = "Sum"
      dimensions  = local.target_group_dimensions, threshold = 10, periods = 2
    }
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

  # An index that refuses a write makes the table refuse it too, so each index is watched.
  index_alarms = {
    for name in local.index_names : "${name}_writes_throttled" => {
      description = "DynamoDB refuses writes to ${name}, and with them those to the table."
      namespace   = "AWS/DynamoDB", metric = "WriteThrottleEvents", statistic = "Sum"
      dimensions  = { TableName = local.table_name, GlobalSecondaryIndexName = name }, threshold = 0, periods = 2
    }
  }
}

# Not encrypted with aws/sns: alarms cannot publish through that key, and they tell no personal data.
resource "aws_sns_topic" "alarms" {
  name = "${local.prefix}-alarms"
}

resource "aws_sns_topic_subscription" "alarms" {
  for_each  = var.alarm_emails
  topic_arn = aws_sns_topic.alarms.arn
  protocol  = "email"
  endpoint  = each.value
}

resource "aws_cloudwatch_metric_alarm" "service" {
  for_each            = merge(local.service_alarms, local.index_alarms)
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
  alarm_actions      = [aws_sns_topic.alarms.arn]
  ok_actions         = [aws_sns_topic.alarms.arn]
}
