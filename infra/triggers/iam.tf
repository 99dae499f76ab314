locals {
  # IAM is one for all Regions, and takes 64 characters.
  role_names = { "post-confirmation" = "confirm", "pre-sign-up" = "sign-up", "pre-token-generation" = "token" }
}

# A function writes its own log, and nothing else: to the service it comes with a machine's token.
resource "aws_cloudwatch_log_group" "trigger" {
  for_each          = local.functions
  name              = "/aws/lambda/${var.name}-${each.key}"
  retention_in_days = var.log_retention_days
}

resource "aws_iam_role" "trigger" {
  for_each    = local.functions
  name        = "${var.name}-${local.region}-${local.role_names[each.key]}"
  description = "What the trigger ${each.key} may do"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "lambda.amazonaws.com" }
    }]
  })
}

resource "aws_iam_role_policy" "trigger" {
  for_each = local.functions
  name     = "log"
  role     = aws_iam_role.trigger[each.key].id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
      Resource = ["${aws_cloudwatch_log_group.trigger[each.key].arn}:*"]
    }]
  })
}
