locals {
  events_count = var.events ? 1 : 0
}

resource "aws_cloudwatch_event_bus" "profiles" {
  count = local.events_count
  name  = local.prefix
}

# Changes the pipe could not hand on, as positions in the stream: no data of anybody.
resource "aws_sqs_queue" "undelivered_events" {
  count                     = local.events_count
  name                      = "${local.prefix}-undelivered-events"
  message_retention_seconds = 1209600
  sqs_managed_sse_enabled   = true
}

# Under this path AWS's own policy lets its services write.
resource "aws_cloudwatch_log_group" "events" {
  count             = var.events && var.events_log_level != "OFF" ? 1 : 0
  name              = "/aws/vendedlogs/pipes/${local.prefix}"
  retention_in_days = var.log_retention_days
}

resource "aws_pipes_pipe" "profiles" {
  count         = local.events_count
  name          = local.prefix
  description   = "Changes of profiles, as events that carry the id alone"
  role_arn      = aws_iam_role.events[0].arn
  source        = aws_dynamodb_table.profiles[0].stream_arn
  target        = aws_cloudwatch_event_bus.profiles[0].arn
  desired_state = "RUNNING"

  # Why a change could not be handed on, without the change itself.
  dynamic "log_configuration" {
    for_each = aws_cloudwatch_log_group.events
    content {
      level = var.events_log_level

      cloudwatch_logs_log_destination {
        log_group_arn = log_configuration.value.arn
      }
    }
  }

  source_parameters {
    dynamodb_stream_parameters {
      starting_position = "LATEST"
      # No more than the target takes in one call: an event bus takes 10.
      batch_size                         = 10
      maximum_batching_window_in_seconds = 1
      maximum_retry_attempts             = 10
      maximum_record_age_in_seconds      = 3600
      on_partial_batch_item_failure      = "AUTOMATIC_BISECT"

      dead_letter_config {
        arn = aws_sqs_queue.undelivered_events[0].arn
      }
    }
  }

  target_parameters {
    eventbridge_event_bus_parameters {
      source      = var.name
      detail_type = "Profile Changed"
    }

    # The whole event. A listener that needs more reads the profile, with its own permission;
    # 410 then tells of an erasure. change is INSERT, MODIFY or REMOVE; sequence orders one person's.
    input_template = <<-EOT
      {
        "version": 1,
        "userId": <$.dynamodb.Keys.userId.S>,
        "change": <$.eventName>,
        "sequence": <$.dynamodb.SequenceNumber>
      }
    EOT
  }

  depends_on = [aws_iam_role_policy.events]
}

resource "aws_iam_role" "events" {
  count       = local.events_count
  name        = "${local.global_prefix}-events"
  description = "What the pipe from the table's stream to the event bus may do"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "pipes.amazonaws.com" }
      Condition = { StringEquals = { "aws:SourceAccount" = local.account_id } }
    }]
  })

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_iam_role_policy" "events" {
  count = local.events_count
  name  = "stream-to-bus"
  role  = aws_iam_role.events[0].id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid      = "Stream"
        Effect   = "Allow"
        Action   = ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:ListStreams"]
        Resource = [aws_dynamodb_table.profiles[0].stream_arn]
      },
      {
        Sid      = "Bus"
        Effect   = "Allow"
        Action   = ["events:PutEvents"]
        Resource = [aws_cloudwatch_event_bus.profiles[0].arn]
      },
      {
        Sid      = "Undelivered"
        Effect   = "Allow"
        Action   = ["sqs:SendMessage"]
        Resource = [aws_sqs_queue.undelivered_events[0].arn]
      },
    ]
  })

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_cloudwatch_metric_alarm" "undelivered_events" {
  count               = local.events_count
  alarm_name          = "${local.prefix}-undelivered-events"
  alarm_description   = "Changes of profiles were not handed on as events."
  namespace           = "AWS/SQS"
  metric_name         = "ApproximateNumberOfMessagesVisible"
  dimensions          = { QueueName = aws_sqs_queue.undelivered_events[0].name }
  statistic           = "Maximum"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  period              = 60
  evaluation_periods  = 1
  treat_missing_data  = "notBreaching"
  alarm_actions       = local.alarm_actions
  ok_actions          = local.alarm_actions
}
