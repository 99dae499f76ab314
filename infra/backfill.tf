locals {
  backfill_memory = 1024
}

# The move of an existing pool into the table runs once, as a task with a role of its own:
# the serving tasks never hold the right to list a pool's people.
resource "aws_ecs_task_definition" "backfill" {
  family                   = "${local.prefix}-backfill"
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = 512
  memory                   = local.backfill_memory
  task_role_arn            = aws_iam_role.backfill.arn
  execution_role_arn       = aws_iam_role.execution.arn
  skip_destroy             = true

  runtime_platform {
    operating_system_family = "LINUX"
    cpu_architecture        = var.cpu_architecture
  }

  container_definitions = jsonencode([merge(local.container, {
    name    = "backfill"
    command = ["node", "dist/cli/backfill.js"]
    environment = [for name, value in merge(local.environment, {
      NODE_OPTIONS = "--max-old-space-size=${floor(local.backfill_memory * local.heap_share)}"
    }) : { name = name, value = value }]
    logConfiguration = merge(local.container.logConfiguration, {
      options = merge(local.container.logConfiguration.options, { awslogs-stream-prefix = "backfill" })
    })
  })])

  lifecycle {
    create_before_destroy = true
  }
}
