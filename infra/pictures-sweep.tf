locals {
  pictures_sweep_name  = "${local.prefix}-pictures-sweep"
  pictures_sweep_count = var.pictures_enabled && var.pictures_sweep_schedule != null ? 1 : 0
}

# Finds pictures that no profile refers to, as a crash leaves them, and removes them when told --yes.
# With a role of its own: it stores nothing and writes no profile.
resource "aws_ecs_task_definition" "pictures_sweep" {
  count                    = local.pictures_count
  family                   = local.pictures_sweep_name
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = 256
  memory                   = local.command_memory
  task_role_arn            = aws_iam_role.pictures_sweep[0].arn
  execution_role_arn       = aws_iam_role.execution.arn
  skip_destroy             = true

  runtime_platform {
    operating_system_family = "LINUX"
    cpu_architecture        = var.cpu_architecture
  }

  container_definitions = local.command_containers["pictures-sweep"]

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_cloudwatch_event_rule" "pictures_sweep" {
  count               = local.pictures_sweep_count
  name                = local.pictures_sweep_name
  description         = "Removes pictures that no profile refers to"
  schedule_expression = var.pictures_sweep_schedule
}

resource "aws_cloudwatch_event_target" "pictures_sweep" {
  count    = local.pictures_sweep_count
  rule     = aws_cloudwatch_event_rule.pictures_sweep[0].name
  arn      = aws_ecs_cluster.service.arn
  role_arn = aws_iam_role.pictures_schedule[0].arn

  # It stops by itself where more are left over than crashes leave.
  input = jsonencode({
    containerOverrides = [{ name = "pictures-sweep", command = concat(local.commands["pictures-sweep"], ["--yes"]) }]
  })

  ecs_target {
    task_definition_arn = aws_ecs_task_definition.pictures_sweep[0].arn
    launch_type         = "FARGATE"
    task_count          = 1

    network_configuration {
      subnets          = local.task_subnet_ids
      security_groups  = [aws_security_group.tasks.id]
      assign_public_ip = local.assign_public_ip
    }
  }
}

# Nobody watches a schedule: a sweep that fails, or leaves what it found, is told to the alarms' topic.
# One by hand is watched, and a count ends with 3 as a rule: EventBridge marks what it starts.
resource "aws_cloudwatch_event_rule" "pictures_sweep_failed" {
  count       = local.pictures_sweep_count
  name        = "${local.pictures_sweep_name}-failed"
  description = "A scheduled sweep of pictures did not start, failed, or found too many to remove: the event and its log say which"

  event_pattern = jsonencode({
    source      = ["aws.ecs"]
    detail-type = ["ECS Task State Change"]
    detail = {
      group      = ["family:${local.pictures_sweep_name}"]
      lastStatus = ["STOPPED"]
      startedBy  = [{ prefix = "events-rule/" }]
      # What never started has no exit code.
      "$or" = [
        { containers = { exitCode = [{ anything-but = [0] }] } },
        { stopCode = ["TaskFailedToStart"] },
      ]
    }
  })
}

resource "aws_cloudwatch_event_target" "pictures_sweep_failed" {
  count = local.pictures_sweep_count
  rule  = aws_cloudwatch_event_rule.pictures_sweep_failed[0].name
  arn   = aws_sns_topic.alarms.arn
}

# Of a task that ECS refused to make there is no event.
resource "aws_cloudwatch_metric_alarm" "pictures_sweep_refused" {
  count               = local.pictures_sweep_count
  alarm_name          = "${local.pictures_sweep_name}-refused"
  alarm_description   = "The scheduled sweep of pictures was not started: ECS refused the task, for a day of attempts or for good."
  namespace           = "AWS/Events"
  metric_name         = "FailedInvocations"
  dimensions          = { RuleName = aws_cloudwatch_event_rule.pictures_sweep[0].name }
  statistic           = "Sum"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  period              = 300
  evaluation_periods  = 1
  # It is sent only where something failed.
  treat_missing_data = "notBreaching"
  alarm_actions      = local.alarm_actions
}

resource "aws_iam_role" "pictures_sweep" {
  count              = local.pictures_count
  name               = "${local.global_prefix}-pictures-sweep"
  description        = "What the sweep of pictures may do"
  assume_role_policy = local.task_trust

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_iam_role_policy" "pictures_sweep" {
  count = local.pictures_count
  name  = "table-and-pictures"
  role  = aws_iam_role.pictures_sweep[0].id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid      = "Profiles"
        Effect   = "Allow"
        Action   = ["dynamodb:Scan"]
        Resource = local.table_arns
      },
      {
        Sid      = "Pictures"
        Effect   = "Allow"
        Action   = ["s3:DeleteObject"]
        Resource = [local.pictures_objects_arn]
      },
      {
        Sid       = "EverybodysPictures"
        Effect    = "Allow"
        Action    = ["s3:ListBucket"]
        Resource  = [local.pictures_bucket_arn]
        Condition = { StringLike = { "s3:prefix" = ["${local.pictures_prefix}*"] } }
      },
    ]
  })

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_iam_role" "pictures_schedule" {
  count = local.pictures_sweep_count
  # A role's name ends at 64 characters, also with the longest of names and Regions.
  name        = "${local.global_prefix}-sweep-schedule"
  description = "What the schedule of the sweep may do"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "events.amazonaws.com" }
      Condition = { StringEquals = { "aws:SourceAccount" = local.account_id } }
    }]
  })

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_iam_role_policy" "pictures_schedule" {
  count = local.pictures_sweep_count
  name  = "start"
  role  = aws_iam_role.pictures_schedule[0].id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "Sweep"
        Effect    = "Allow"
        Action    = ["ecs:RunTask"]
        Resource  = ["arn:${local.partition}:ecs:${var.region}:${local.account_id}:task-definition/${local.pictures_sweep_name}:*"]
        Condition = { ArnEquals = { "ecs:cluster" = aws_ecs_cluster.service.arn } }
      },
      {
        Sid       = "Roles"
        Effect    = "Allow"
        Action    = ["iam:PassRole"]
        Resource  = [aws_iam_role.pictures_sweep[0].arn, aws_iam_role.execution.arn]
        Condition = { StringEquals = { "iam:PassedToService" = "ecs-tasks.amazonaws.com" } }
      },
    ]
  })

  lifecycle {
    create_before_destroy = true
  }
}
