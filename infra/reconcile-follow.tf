locals {
  follow_name  = "${local.prefix}-deletions"
  follow_count = var.reconcile_follow ? 1 : 0
  # Small: it holds one message at a time.
  follow_memory = 512
  # One of another Region is there for the command: its events don't come here.
  follow_pool_ids = concat([local.user_pool_id], keys(var.additional_user_pools))
}

# Users deleted elsewhere, as CloudTrail tells of them. That a person's own call names no pool is as
# Cognito records it; the command asks for the user in every pool before it erases anything.
resource "aws_cloudwatch_event_rule" "deletions" {
  count       = local.follow_count
  name        = local.follow_name
  description = "Users deleted from the pools of ${local.prefix}"

  event_pattern = jsonencode({
    source      = ["aws.cognito-idp"]
    detail-type = ["AWS API Call via CloudTrail"]
    detail = {
      eventSource = ["cognito-idp.amazonaws.com"]
      eventName   = ["AdminDeleteUser", "DeleteUser"]
      "$or" = [
        { requestParameters = { userPoolId = local.follow_pool_ids } },
        { requestParameters = { userPoolId = [{ exists = false }] } },
      ]
    }
  })
}

resource "aws_cloudwatch_event_target" "deletions" {
  count = local.follow_count
  rule  = aws_cloudwatch_event_rule.deletions[0].name
  arn   = aws_sqs_queue.deletions[0].arn

  dead_letter_config {
    arn = aws_sqs_queue.dead_deletions[0].arn
  }

  depends_on = [aws_sqs_queue_policy.deletions]
}

resource "aws_sqs_queue" "deletions" {
  count                      = local.follow_count
  name                       = local.follow_name
  message_retention_seconds  = 345600
  receive_wait_time_seconds  = 20
  visibility_timeout_seconds = 600
  sqs_managed_sse_enabled    = true

  # An hour for what can't be settled: a fault of the table or of Cognito should be over by then.
  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.dead_deletions[0].arn
    maxReceiveCount     = 6
  })
}

resource "aws_sqs_queue" "dead_deletions" {
  count                     = local.follow_count
  name                      = "${local.follow_name}-dead"
  message_retention_seconds = 1209600
  sqs_managed_sse_enabled   = true
}

# A message in the queue can end a profile: the rule alone may write there.
resource "aws_sqs_queue_policy" "deletions" {
  for_each  = var.reconcile_follow ? { waiting = aws_sqs_queue.deletions[0], dead = aws_sqs_queue.dead_deletions[0] } : {}
  queue_url = each.value.url

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "DeletedUsers"
      Effect    = "Allow"
      Action    = ["sqs:SendMessage"]
      Resource  = [each.value.arn]
      Principal = { Service = "events.amazonaws.com" }
      Condition = {
        ArnEquals    = { "aws:SourceArn" = aws_cloudwatch_event_rule.deletions[0].arn }
        StringEquals = { "aws:SourceAccount" = local.account_id }
      }
    }]
  })
}

resource "aws_cloudwatch_metric_alarm" "dead_deletions" {
  count               = local.follow_count
  alarm_name          = "${local.follow_name}-dead"
  alarm_description   = "Events of deleted users could not be read, or not be settled for an hour."
  namespace           = "AWS/SQS"
  metric_name         = "ApproximateNumberOfMessagesVisible"
  dimensions          = { QueueName = aws_sqs_queue.dead_deletions[0].name }
  statistic           = "Maximum"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  period              = 60
  evaluation_periods  = 1
  treat_missing_data  = "notBreaching"
  alarm_actions       = local.alarm_actions
  ok_actions          = local.alarm_actions
}

# What nobody reads never becomes a dead letter.
resource "aws_cloudwatch_metric_alarm" "waiting_deletions" {
  count               = local.follow_count
  alarm_name          = "${local.follow_name}-waiting"
  alarm_description   = "Events of deleted users have been waiting for two hours: the task that follows them does not run."
  namespace           = "AWS/SQS"
  metric_name         = "ApproximateAgeOfOldestMessage"
  dimensions          = { QueueName = aws_sqs_queue.deletions[0].name }
  statistic           = "Maximum"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 7200
  period              = 300
  evaluation_periods  = 1
  treat_missing_data  = "notBreaching"
  alarm_actions       = local.alarm_actions
  ok_actions          = local.alarm_actions
}

resource "aws_ecs_task_definition" "follow" {
  count                    = local.follow_count
  family                   = local.follow_name
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = 256
  memory                   = local.follow_memory
  task_role_arn            = aws_iam_role.follow[0].arn
  execution_role_arn       = aws_iam_role.execution.arn
  skip_destroy             = true

  runtime_platform {
    operating_system_family = "LINUX"
    cpu_architecture        = var.cpu_architecture
  }

  container_definitions = local.command_containers["reconcile-follow"]

  lifecycle {
    create_before_destroy = true
  }
}

# One task: another beside it during a deployment is harmless.
resource "aws_ecs_service" "follow" {
  count                   = local.follow_count
  name                    = local.follow_name
  cluster                 = aws_ecs_cluster.service.id
  task_definition         = aws_ecs_task_definition.follow[0].arn
  desired_count           = 1
  launch_type             = "FARGATE"
  propagate_tags          = "SERVICE"
  enable_ecs_managed_tags = true

  deployment_circuit_breaker {
    enable   = true
    rollback = true
  }

  network_configuration {
    subnets          = local.task_subnet_ids
    security_groups  = [aws_security_group.tasks.id]
    assign_public_ip = local.assign_public_ip
  }

  # A task must find its permissions and its way out in place.
  depends_on = [
    aws_iam_role_policy.follow,
    aws_iam_role_policy.follow_pictures,
    aws_iam_role_policy.execution,
    aws_route.public,
    aws_route.private,
    aws_vpc_endpoint.dynamodb,
    aws_vpc_endpoint.s3,
    aws_vpc_endpoint.interface,
  ]
}

resource "aws_iam_role" "follow" {
  count              = local.follow_count
  name               = "${local.global_prefix}-deletions"
  description        = "What the task that follows deletions of users may do"
  assume_role_policy = local.task_trust

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_iam_role_policy" "follow" {
  count = local.follow_count
  name  = "queue-pools-and-table"
  role  = aws_iam_role.follow[0].id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid      = "Deletions"
        Effect   = "Allow"
        Action   = ["sqs:DeleteMessage", "sqs:ReceiveMessage"]
        Resource = [aws_sqs_queue.deletions[0].arn]
      },
      {
        Sid      = "Profiles"
        Effect   = "Allow"
        Action   = ["dynamodb:BatchGetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"]
        Resource = local.table_arns
      },
      {
        Sid      = "People"
        Effect   = "Allow"
        Action   = ["cognito-idp:AdminGetUser", "cognito-idp:ListUsers"]
        Resource = local.account_pool_arns
      },
    ]
  })

  lifecycle {
    create_before_destroy = true
  }
}

# Erased with the profile; it stores none.
resource "aws_iam_role_policy" "follow_pictures" {
  count = var.reconcile_follow ? local.pictures_count : 0
  name  = "pictures"
  role  = aws_iam_role.follow[0].id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid      = "Pictures"
        Effect   = "Allow"
        Action   = ["s3:DeleteObject"]
        Resource = [local.pictures_objects_arn]
      },
      {
        Sid       = "PersonsPictures"
        Effect    = "Allow"
        Action    = local.picture_bucket_actions
        Resource  = [local.pictures_bucket_arn]
        Condition = { StringLike = { "s3:prefix" = ["${local.pictures_prefix}*"] } }
      },
    ]
  })

  lifecycle {
    create_before_destroy = true
  }
}
