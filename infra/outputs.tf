output "url" {
  description = "Address of the service."
  value       = "https://${var.domain_name}"
}

output "load_balancer_dns_name" {
  description = "What domain_name must point to where hosted_zone_id is not given."
  value       = aws_lb.service.dns_name
}

output "repository_url" {
  description = "Registry to push the image to."
  value       = aws_ecr_repository.service.repository_url
}

output "image" {
  description = "Image that runs."
  value       = var.image
}

output "environment" {
  description = "Configuration the tasks run with, none of it secret."
  value       = local.environment
}

output "table_name" {
  description = "Name of the table."
  value       = local.table_name
}

output "table_arn" {
  description = "ARN of the table."
  value       = local.table_arn
}

output "user_pool_id" {
  description = "Id of the user pool."
  value       = local.user_pool_id
}

output "application_client_id" {
  description = "App client for the people's application. null where the pool existed."
  value       = one(aws_cognito_user_pool_client.application[*].id)
}

output "machine_clients" {
  description = "Client id and secret of each internal service."
  value = {
    for name, client in aws_cognito_user_pool_client.machine : name => { client_id = client.id, client_secret = client.client_secret }
  }
  sensitive = true
}

output "sign_in_url" {
  description = "Address of the pool's sign-in pages and token endpoint. null where the pool existed."
  value       = one([for domain in aws_cognito_user_pool_domain.people : "https://${domain.domain}.auth.${var.region}.amazoncognito.com"])
}

output "cluster_name" {
  description = "ECS cluster."
  value       = aws_ecs_cluster.service.name
}

output "service_name" {
  description = "ECS service."
  value       = aws_ecs_service.service.name
}

output "service_role_arn" {
  description = "Role of the serving tasks: what they may do."
  value       = aws_iam_role.service.arn
}

output "backfill_role_arn" {
  description = "Role of the backfill task."
  value       = aws_iam_role.backfill.arn
}

output "reconcile_role_arn" {
  description = "Role of the reconciliation task. null: there is none."
  value       = one(aws_iam_role.reconcile[*].arn)
}

output "dead_deletions_queue_url" {
  description = "Queue of the events of deleted users that could not be settled. null: nobody follows them."
  value       = one(aws_sqs_queue.dead_deletions[*].url)
}

output "backfill_command" {
  description = "Command that starts the backfill as a task that only counts; infra/README.md says how to have it write."
  value       = local.start_commands["backfill"]
}

output "reconcile_command" {
  description = "Command that starts the reconciliation as a task that only looks; infra/README.md says how to have it act. null: there is none."
  value       = lookup(local.start_commands, "reconcile", null)
}

output "pictures_base_url" {
  description = "What the address of every uploaded picture begins with. null without pictures."
  value       = local.pictures_base_url
}

output "pictures_bucket" {
  description = "Bucket of the uploaded pictures. null without pictures."
  value       = one(aws_s3_bucket.pictures[*].bucket)
}

output "pictures_distribution_domain_name" {
  description = "What pictures_domain_name must lead to where pictures_hosted_zone_id is not given. null without pictures."
  value       = one(aws_cloudfront_distribution.pictures[*].domain_name)
}

output "pictures_sweep_command" {
  description = "Command that counts the pictures no profile refers to, as a task; infra/README.md says how to have them removed. null without pictures."
  value       = lookup(local.start_commands, "pictures-sweep", null)
}

output "event_bus_arn" {
  description = "Bus that changes of profiles are put on. null without events."
  value       = one(aws_cloudwatch_event_bus.profiles[*].arn)
}

output "alarm_topic_arn" {
  description = "Topic that alarms are told to."
  value       = aws_sns_topic.alarms.arn
}

output "publisher_role_arn" {
  description = "Role for the build that pushes images. null without github_repository."
  value       = one(aws_iam_role.publisher[*].arn)
}

output "github_oidc_provider_arn" {
  description = "The account's identity provider for GitHub, for the other environments of the account. null without github_repository."
  value       = var.github_repository == null ? null : local.github_provider_arn
}

output "image_platform" {
  description = "Platform the image is built for."
  value       = { ARM64 = "linux/arm64", X86_64 = "linux/amd64" }[var.cpu_architecture]
  # Known as soon as the registry is: deploy.sh reads both before anything else is there.
  depends_on = [aws_ecr_repository.service]
}
