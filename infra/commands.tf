locals {
  # Commands hold pages of users, profiles or objects: more than a request does.
  command_memory = 1024

  commands = {
    backfill         = ["node", "dist/cli/backfill.js"]
    reconcile        = ["node", "dist/cli/reconcile.js"]
    "pictures-sweep" = ["node", "dist/cli/pictures.js", "sweep"]
    # No task that is started by hand: a service that goes on (reconcile-follow.tf).
    "reconcile-follow" = ["node", "dist/cli/reconcile.js", "--follow"]
  }

  # What starts those of them that end, each as a task with the service's way out.
  start_commands = { for name, task in merge(
    { backfill = aws_ecs_task_definition.backfill },
    { for task in aws_ecs_task_definition.reconcile : "reconcile" => task },
    { for task in aws_ecs_task_definition.pictures_sweep : "pictures-sweep" => task },
    ) : name => join(" ", [
      "aws ecs run-task --region ${var.region} --cluster ${aws_ecs_cluster.service.name} --launch-type FARGATE",
      "--task-definition ${task.family} --network-configuration",
      "'awsvpcConfiguration={subnets=[${join(",", local.task_subnet_ids)}],securityGroups=[${aws_security_group.tasks.id}],assignPublicIp=${local.assign_public_ip ? "ENABLED" : "DISABLED"}}'",
  ]) }

  # What a command needs besides.
  command_environment = {
    "reconcile-follow" = {
      NODE_OPTIONS        = "--max-old-space-size=${floor(local.follow_memory * local.heap_share)}"
      RECONCILE_QUEUE_URL = one(aws_sqs_queue.deletions[*].url)
    }
  }

  # The operator's commands that run as tasks, each with the service's environment and a log stream of
  # its own. Options, such as --yes, go in with --overrides.
  command_containers = { for name, command in local.commands : name => jsonencode([merge(local.container, {
    name    = name
    command = command
    environment = [for variable, value in merge(local.environment, {
      NODE_OPTIONS = "--max-old-space-size=${floor(local.command_memory * local.heap_share)}"
    }, lookup(local.command_environment, name, {})) : { name = variable, value = value }]
    logConfiguration = merge(local.container.logConfiguration, {
      options = merge(local.container.logConfiguration.options, { awslogs-stream-prefix = name })
    })
  })]) }
}
