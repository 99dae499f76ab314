output "user_pool_triggers" {
  description = "The functions' ARNs, as infra/ takes them: the variable of the same name. Name them there once they are made, and take them out before they are destroyed."
  value = { for name in ["post_confirmation", "pre_sign_up", "pre_token_generation"] :
    name => try(aws_lambda_function.trigger[replace(name, "_", "-")].arn, null)
  }

  # Called before that is allowed, a function fails the sign-in.
  depends_on = [aws_lambda_permission.pool]
}
