mock_provider "aws" {
  override_during = plan

  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }
  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }
  mock_data "aws_region" {
    defaults = { name = "eu-central-1" }
  }
  mock_resource "aws_iam_role" {
    defaults = { id = "trigger", arn = "arn:aws:iam::123456789012:role/trigger" }
  }
  mock_resource "aws_cloudwatch_log_group" {
    defaults = { arn = "arn:aws:logs:eu-central-1:123456789012:log-group:/aws/lambda/trigger" }
  }
  mock_resource "aws_lambda_function" {
    defaults = { arn = "arn:aws:lambda:eu-central-1:123456789012:function:trigger" }
  }
}

variables {
  name           = "user-profile-dev"
  user_pool_id   = "eu-central-1_AbCdEfGhI"
  service_url    = "https://profiles.example.com"
  token_endpoint = "https://user-profile-dev.auth.eu-central-1.amazoncognito.com/oauth2/token"
  machine_client = { client_id = "triggers", client_secret = "a secret" }
  bundles        = "./tests/bundles"
}

run "nothing_unless_asked_for" {
  command = plan

  assert {
    condition     = length(aws_lambda_function.trigger) + length(aws_lambda_permission.pool) + length(aws_iam_role.trigger) + length(aws_cloudwatch_log_group.trigger) == 0
    error_message = "Without a choice nothing is made."
  }
  assert {
    condition     = alltrue([for arn in values(output.user_pool_triggers) : arn == null])
    error_message = "And the pool is given nothing to call."
  }
}

run "all_three" {
  command = plan

  variables {
    post_confirmation    = true
    pre_sign_up          = "proven"
    pre_token_generation = { fields = ["crmId", "jobTitle"] }
  }

  assert {
    condition     = toset(keys(aws_lambda_function.trigger)) == toset(["post-confirmation", "pre-sign-up", "pre-token-generation"])
    error_message = "Each is a function."
  }
  assert {
    condition     = alltrue([for name, function in aws_lambda_function.trigger : function.runtime == "nodejs22.x" && function.architectures == tolist(["arm64"]) && function.timeout == 5 && function.handler == "${name}.handler" && endswith(function.filename, "/${name}.zip") && function.source_code_hash == filebase64sha256("tests/bundles/${name}.zip")])
    error_message = "Each runs its own archive, on arm64, for the 5 s that Cognito waits."
  }
  assert {
    condition     = alltrue([for function in aws_lambda_function.trigger : function.environment[0].variables.PROFILES_URL == var.service_url && function.environment[0].variables.TOKEN_ENDPOINT == var.token_endpoint && function.environment[0].variables.DEADLINE_MS == "1500"])
    error_message = "Each knows the service, and when to go on without it."
  }
  assert {
    condition     = aws_lambda_function.trigger["pre-sign-up"].environment[0].variables.REFUSE_KNOWN_ADDRESSES == "proven" && aws_lambda_function.trigger["pre-token-generation"].environment[0].variables.CLAIMS == "crmId,jobTitle" && aws_lambda_function.trigger["pre-token-generation"].environment[0].variables.CLAIMS_MAX_BYTES == "1000"
    error_message = "What was chosen reaches the functions."
  }
  assert {
    condition     = alltrue([for policy in aws_iam_role_policy.trigger : jsondecode(policy.policy).Statement == [{ Effect = "Allow", Action = ["logs:CreateLogStream", "logs:PutLogEvents"], Resource = ["arn:aws:logs:eu-central-1:123456789012:log-group:/aws/lambda/trigger:*"] }]])
    error_message = "They may write their logs and do nothing else."
  }
  assert {
    condition     = alltrue([for permission in aws_lambda_permission.pool : permission.action == "lambda:InvokeFunction" && permission.principal == "cognito-idp.amazonaws.com" && permission.source_arn == "arn:aws:cognito-idp:eu-central-1:123456789012:userpool/eu-central-1_AbCdEfGhI" && permission.source_account == "123456789012"])
    error_message = "This pool may call them, and nobody else."
  }
  assert {
    condition     = alltrue([for name, group in aws_cloudwatch_log_group.trigger : group.name == "/aws/lambda/${aws_lambda_function.trigger[name].function_name}" && group.retention_in_days == 30])
    error_message = "Their logs are kept for a time."
  }
  assert {
    condition     = toset(keys(output.user_pool_triggers)) == toset(["post_confirmation", "pre_sign_up", "pre_token_generation"]) && alltrue([for arn in values(output.user_pool_triggers) : arn != null])
    error_message = "The ARNs come as infra/ takes them."
  }
  assert {
    condition     = alltrue([for role in aws_iam_role.trigger : length(role.name) <= 64])
    error_message = "IAM takes names of up to 64 characters."
  }
}

run "longest_name" {
  command = plan

  variables {
    name                 = "a23456789012345678901234567890123456789"
    user_pool_id         = "ap-southeast-1_AbCdEfGhI"
    post_confirmation    = true
    pre_sign_up          = "all"
    pre_token_generation = { fields = ["jobTitle"] }
  }

  override_data {
    target = data.aws_region.current
    values = { name = "ap-southeast-1" }
  }

  assert {
    condition     = alltrue([for role in aws_iam_role.trigger : length(role.name) <= 64]) && alltrue([for function in aws_lambda_function.trigger : length(function.function_name) <= 64])
    error_message = "Names of 64 characters are the limit."
  }
}

run "another_region" {
  command = plan

  variables {
    user_pool_id      = "us-east-1_AbCdEfGhI"
    post_confirmation = true
  }

  expect_failures = [aws_lambda_function.trigger]
}

run "mistakes" {
  command = plan

  variables {
    name                 = "User Profile"
    service_url          = "http://profiles.example.com"
    token_endpoint       = "https://example.com/token"
    pre_sign_up          = "everybody"
    pre_token_generation = { fields = [], max_bytes = 100000 }
    deadline_ms          = 5000
  }

  expect_failures = [var.name, var.service_url, var.token_endpoint, var.pre_sign_up, var.pre_token_generation, var.deadline_ms]
}
