# Profiles whose user is gone, and accounts that are still being closed: a task that is run weekly,
# by hand or by a schedule of yours, with a role of its own that may list and delete people.
resource "aws_ecs_task_definition" "reconcile" {
  count                    = var.reconcile ? 1 : 0
  family                   = "${local.prefix}-reconcile"
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = 512
  memory                   = local.command_memory
  task_role_arn            = aws_iam_role.reconcile[0].arn
  execution_role_arn       = aws_iam_role.execution.arn
  skip_destroy             = true

  runtime_platform {
    operating_system_family = "LINUX"
    cpu_architecture        = var.cpu_architecture
  }

  # Without --yes it only looks.
  container_definitions = local.command_containers["reconcile"]

  lifecycle {
    create_before_destroy = true
  }
}
