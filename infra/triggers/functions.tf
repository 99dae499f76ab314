# Lambda functions that a pool calls when somebody signs up or in (examples/triggers). Each is made
# where it is asked for; the pool calls none before it is told to.
data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}
data "aws_region" "current" {}

locals {
  partition  = data.aws_partition.current.partition
  account_id = data.aws_caller_identity.current.account_id
  region     = split("_", var.user_pool_id)[0]
  pool_arn   = "arn:${local.partition}:cognito-idp:${local.region}:${local.account_id}:userpool/${var.user_pool_id}"
  bundles    = coalesce(var.bundles, "${path.module}/../../examples/triggers/dist")

  # What each is told beside the address and the credentials.
  settings = {
    "post-confirmation" = {}
    "pre-sign-up"       = { REFUSE_KNOWN_ADDRESSES = var.pre_sign_up }
    "pre-token-generation" = {
      CLAIMS           = join(",", try(var.pre_token_generation.fields, []))
      CLAIMS_MAX_BYTES = tostring(try(var.pre_token_generation.max_bytes, 0))
    }
  }
  asked_for = {
    "post-confirmation"    = var.post_confirmation
    "pre-sign-up"          = var.pre_sign_up != null
    "pre-token-generation" = var.pre_token_generation != null
  }
  functions = toset([for name, wanted in local.asked_for : name if wanted])
}

resource "aws_lambda_function" "trigger" {
  for_each         = local.functions
  function_name    = "${var.name}-${each.key}"
  description      = "Called by the user pool ${var.user_pool_id}"
  role             = aws_iam_role.trigger[each.key].arn
  filename         = "${local.bundles}/${each.key}.zip"
  source_code_hash = filebase64sha256("${local.bundles}/${each.key}.zip")
  handler          = "${each.key}.handler"
  runtime          = "nodejs22.x"
  architectures    = ["arm64"]
  # A share of CPU comes with the memory, and a cold start is made of that.
  memory_size = 512
  # Cognito waits no longer.
  timeout = 5

  environment {
    variables = merge(local.settings[each.key], {
      PROFILES_URL   = var.service_url
      TOKEN_ENDPOINT = var.token_endpoint
      CLIENT_ID      = var.machine_client.client_id
      CLIENT_SECRET  = var.machine_client.client_secret
      DEADLINE_MS    = tostring(var.deadline_ms)
    })
  }

  lifecycle {
    precondition {
      condition     = data.aws_region.current.name == local.region
      error_message = "A pool calls functions of its own Region alone: ${local.region}."
    }
  }

  depends_on = [aws_cloudwatch_log_group.trigger, aws_iam_role_policy.trigger]
}

resource "aws_lambda_permission" "pool" {
  for_each       = local.functions
  statement_id   = "UserPool"
  action         = "lambda:InvokeFunction"
  function_name  = aws_lambda_function.trigger[each.key].function_name
  principal      = "cognito-idp.amazonaws.com"
  source_arn     = local.pool_arn
  source_account = local.account_id
}
