locals {
  # What the code sends, and no more; test/infra/permissions.test.ts holds the two equal.
  service_table_actions = ["dynamodb:BatchGetItem", "dynamodb:PutItem", "dynamodb:Scan", "dynamodb:UpdateItem"]
  service_index_actions = ["dynamodb:Query"]

  backfill_table_actions = ["dynamodb:BatchGetItem", "dynamodb:PutItem", "dynamodb:Scan", "dynamodb:UpdateItem"]
  backfill_pool_actions  = ["cognito-idp:DescribeUserPool", "cognito-idp:ListUsers"]

  reconcile_table_actions = ["dynamodb:BatchGetItem", "dynamodb:PutItem", "dynamodb:Scan", "dynamodb:UpdateItem"]
  reconcile_pool_actions  = ["cognito-idp:AdminDeleteUser", "cognito-idp:AdminGetUser", "cognito-idp:DescribeUserPool", "cognito-idp:ListUsers"]

  # Only where accounts are closed by the deployment's own right.
  account_pool_actions = ["cognito-idp:AdminDeleteUser", "cognito-idp:AdminGetUser", "cognito-idp:ListUsers"]
  # Every pool whose tokens are taken; an id begins with its Region.
  account_pool_arns = concat([local.user_pool_arn], [
    for id in keys(var.additional_user_pools) :
    "arn:${local.partition}:cognito-idp:${split("_", id)[0]}:${local.account_id}:userpool/${id}"
  ])

  # Only where pictures are uploaded. The service never reads one: CloudFront does.
  picture_object_actions = ["s3:DeleteObject", "s3:PutObject"]
  picture_bucket_actions = ["s3:ListBucket"]

  # ECS alone, and for this account alone, may put the roles on a task.
  task_trust = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "ecs-tasks.amazonaws.com" }
      Condition = {
        StringEquals = { "aws:SourceAccount" = local.account_id }
        ArnLike      = { "aws:SourceArn" = "arn:${local.partition}:ecs:${var.region}:${local.account_id}:*" }
      }
    }]
  })
}

resource "aws_iam_role" "service" {
  name               = "${local.global_prefix}-service"
  description        = "What the serving tasks may do"
  assume_role_policy = local.task_trust

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_iam_role_policy" "service" {
  name = "table"
  role = aws_iam_role.service.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid      = "Profiles"
        Effect   = "Allow"
        Action   = local.service_table_actions
        Resource = local.table_arns
      },
      {
        Sid      = "Lookups"
        Effect   = "Allow"
        Action   = local.service_index_actions
        Resource = local.index_arns
      },
    ]
  })

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_iam_role_policy" "accounts" {
  count = var.account_closure == "admin" ? 1 : 0
  name  = "accounts"
  role  = aws_iam_role.service.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid      = "Logins"
        Effect   = "Allow"
        Action   = local.account_pool_actions
        Resource = local.account_pool_arns
      },
    ]
  })

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_iam_role_policy" "pictures" {
  count = local.pictures_count
  name  = "pictures"
  role  = aws_iam_role.service.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid      = "Pictures"
        Effect   = "Allow"
        Action   = local.picture_object_actions
        Resource = [local.pictures_objects_arn]
      },
      {
        # An erasure looks for all that one person uploaded.
        Sid       = "PersonsPictures"
        Effect    = "Allow"
        Action    = local.picture_bucket_actions
        Resource  = [local.pictures_bucket_arn]
        Condition = { StringLike = { "s3:prefix" = ["${local.pictures_prefix}*"] } }
      },
    ]
  })

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_iam_role" "backfill" {
  name               = "${local.global_prefix}-backfill"
  description        = "What the backfill task may do"
  assume_role_policy = local.task_trust

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_iam_role_policy" "backfill" {
  name = "pool-to-table"
  role = aws_iam_role.backfill.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid      = "Profiles"
        Effect   = "Allow"
        Action   = local.backfill_table_actions
        Resource = local.table_arns
      },
      {
        Sid      = "People"
        Effect   = "Allow"
        Action   = local.backfill_pool_actions
        Resource = [local.user_pool_arn]
      },
    ]
  })

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_iam_role" "reconcile" {
  count              = var.reconcile ? 1 : 0
  name               = "${local.global_prefix}-reconcile"
  description        = "What the reconciliation task may do"
  assume_role_policy = local.task_trust

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_iam_role_policy" "reconcile" {
  count = var.reconcile ? 1 : 0
  name  = "pools-and-table"
  role  = aws_iam_role.reconcile[0].id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid      = "Profiles"
        Effect   = "Allow"
        Action   = local.reconcile_table_actions
        Resource = local.table_arns
      },
      {
        Sid      = "People"
        Effect   = "Allow"
        Action   = local.reconcile_pool_actions
        Resource = local.account_pool_arns
      },
    ]
  })

  lifecycle {
    create_before_destroy = true
  }
}

# Erased with the profile; it stores none.
resource "aws_iam_role_policy" "reconcile_pictures" {
  count = var.reconcile ? local.pictures_count : 0
  name  = "pictures"
  role  = aws_iam_role.reconcile[0].id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid      = "Pictures"
        Effect   = "Allow"
        Action   = ["s3:DeleteObject"]
        Resource = [local.pictures_objects_arn]
      },
      {
        Sid       = "PersonsPictures"
        Effect    = "Allow"
        Action    = local.picture_bucket_actions
        Resource  = [local.pictures_bucket_arn]
        Condition = { StringLike = { "s3:prefix" = ["${local.pictures_prefix}*"] } }
      },
    ]
  })

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_iam_role" "execution" {
  name               = "${local.global_prefix}-execution"
  description        = "What ECS may do to start a task: fetch the image and write the log"
  assume_role_policy = local.task_trust

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_iam_role_policy" "execution" {
  name = "start"
  role = aws_iam_role.execution.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid      = "Image"
        Effect   = "Allow"
        Action   = ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
        Resource = [aws_ecr_repository.service.arn]
      },
      {
        # The one action that knows no resource.
        Sid      = "RegistryToken"
        Effect   = "Allow"
        Action   = ["ecr:GetAuthorizationToken"]
        Resource = ["*"]
      },
      {
        Sid      = "Log"
        Effect   = "Allow"
        Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
        Resource = ["${aws_cloudwatch_log_group.service.arn}:log-stream:*"]
      },
    ]
  })

  lifecycle {
    create_before_destroy = true
  }
}
