locals {
  prefix = "${var.name}-${var.environment}"

  user_pool_domain_prefix = coalesce(var.user_pool_domain_prefix, "${local.prefix}-${local.account_id}")
  # For what has one name in the whole account: IAM roles and dashboards.
  global_prefix = "${local.prefix}-${var.region}"
  partition     = data.aws_partition.current.partition
  account_id    = data.aws_caller_identity.current.account_id

  tags = merge(var.tags, {
    Application = var.name
    Environment = var.environment
    ManagedBy   = "terraform"
  })

  # The ports and the file that the image promises (Dockerfile).
  port         = 3000
  metrics_port = 9464

  # One chain of time, so the parts cannot disagree. On SIGTERM the service goes on serving for
  # drain_delay, then lets a running request end (its own limit is 15 s). The load balancer
  # stops sending within the same span, and only after both may the task be killed.
  request_timeout      = 15
  deregistration_delay = var.drain_delay + local.request_timeout
  stop_timeout         = local.deregistration_delay + 10

  # Seconds. The service keeps connections for 72 s: longer, so that it never hangs up first.
  idle_timeout = 60
}
