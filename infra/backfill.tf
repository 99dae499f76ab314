# The move of an existing pool into the table runs once, as a task with a role of its own:
# the serving tasks never hold the right to list a pool's people.
resource "aws_ecs_task_definition" "backfill" {
  family                   = "${local.prefix}-backfill"
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = 512
  memory                   = local.command_memory
  task_role_arn            = aws_iam_role.backfill.arn
  execution_role_arn       = aws_iam_role.execution.arn
  skip_destroy             = true

  runtime_platform {
    operating_system_family = "LINUX"
    cpu_architecture        = var.cpu_architecture
  }

  # Without --yes it only counts.
  container_definitions = local.command_containers["backfill"]

  lifecycle {
    create_before_destroy = true
  }
}
