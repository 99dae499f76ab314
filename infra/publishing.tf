locals {
  own_github_provider = var.github_repository != null && var.github_oidc_provider_arn == null
  github_provider_arn = local.own_github_provider ? aws_iam_openid_connect_provider.github[0].arn : var.github_oidc_provider_arn
}

# Lets the repository's own workflow push images without a stored key. An account has one such
# provider for all its applications and environments.
resource "aws_iam_openid_connect_provider" "github" {
  count          = local.own_github_provider ? 1 : 0
  url            = "https://token.actions.githubusercontent.com"
  client_id_list = ["sts.amazonaws.com"]
}

resource "aws_iam_role" "publisher" {
  count       = var.github_repository == null ? 0 : 1
  name        = "${local.global_prefix}-publisher"
  description = "What the build of ${var.github_repository} may do: push images"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = { Federated = local.github_provider_arn }
      Condition = {
        StringEquals = { "token.actions.githubusercontent.com:aud" = "sts.amazonaws.com" }
        StringLike = {
          "token.actions.githubusercontent.com:sub" = [
            "repo:${var.github_repository}:ref:refs/heads/main",
            "repo:${var.github_repository}:ref:refs/tags/v*",
          ]
        }
      }
    }]
  })

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_iam_role_policy" "publisher" {
  count = var.github_repository == null ? 0 : 1
  name  = "push"
  role  = aws_iam_role.publisher[0].id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid    = "Push"
        Effect = "Allow"
        Action = [
          "ecr:BatchCheckLayerAvailability",
          "ecr:BatchGetImage",
          "ecr:CompleteLayerUpload",
          "ecr:GetDownloadUrlForLayer",
          "ecr:InitiateLayerUpload",
          "ecr:PutImage",
          "ecr:UploadLayerPart",
        ]
        Resource = [aws_ecr_repository.service.arn]
      },
      {
        # The one action that knows no resource.
        Sid      = "RegistryToken"
        Effect   = "Allow"
        Action   = ["ecr:GetAuthorizationToken"]
        Resource = ["*"]
      },
    ]
  })

  lifecycle {
    create_before_destroy = true
  }
}
