locals {
  route_table_ids = concat(aws_route_table.public[*].id, values(aws_route_table.private)[*].id)
}

# Gateway endpoints cost nothing and keep the table's traffic off the NAT gateway's meter.
# From this VPC they lead to the tables of the service alone, for this account alone.
resource "aws_vpc_endpoint" "dynamodb" {
  count             = local.own_vpc ? 1 : 0
  vpc_id            = local.vpc_id
  service_name      = "com.amazonaws.${var.region}.dynamodb"
  vpc_endpoint_type = "Gateway"
  route_table_ids   = local.route_table_ids

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "ThisTable"
      Effect    = "Allow"
      Principal = { AWS = "*" }
      Action    = distinct(concat(local.service_table_actions, local.service_index_actions, local.backfill_table_actions))
      Resource  = concat(local.table_arns, local.index_arns)
      Condition = { StringEquals = { "aws:PrincipalAccount" = local.account_id } }
    }]
  })

  tags = { Name = "${local.prefix}-dynamodb" }
}

# The registry hands out image layers from S3, and pictures are kept there.
resource "aws_vpc_endpoint" "s3" {
  count             = local.own_vpc ? 1 : 0
  vpc_id            = local.vpc_id
  service_name      = "com.amazonaws.${var.region}.s3"
  vpc_endpoint_type = "Gateway"
  route_table_ids   = local.route_table_ids

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat([{
      Sid       = "ImageLayers"
      Effect    = "Allow"
      Principal = { AWS = "*" }
      Action    = ["s3:GetObject"]
      Resource  = ["arn:${local.partition}:s3:::prod-${var.region}-starport-layer-bucket/*"]
      }], var.pictures_enabled ? [{
      Sid       = "Pictures"
      Effect    = "Allow"
      Principal = { AWS = "*" }
      Action    = concat(local.picture_object_actions, local.picture_bucket_actions)
      Resource  = [local.pictures_bucket_arn, local.pictures_objects_arn]
      Condition = { StringEquals = { "aws:PrincipalAccount" = local.account_id } }
    }] : [])
  })

  tags = { Name = "${local.prefix}-s3" }
}

resource "aws_vpc_endpoint" "interface" {
  for_each            = local.private_tasks && var.interface_endpoints ? toset(["ecr.api", "ecr.dkr", "logs"]) : toset([])
  vpc_id              = local.vpc_id
  service_name        = "com.amazonaws.${var.region}.${each.key}"
  vpc_endpoint_type   = "Interface"
  private_dns_enabled = true
  subnet_ids          = local.task_subnet_ids
  security_group_ids  = [aws_security_group.endpoints[0].id]

  tags = { Name = "${local.prefix}-${each.key}" }
}

resource "aws_security_group" "endpoints" {
  count       = local.private_tasks && var.interface_endpoints ? 1 : 0
  name        = "${local.prefix}-endpoints"
  description = "Interface endpoints of ${local.prefix}"
  vpc_id      = local.vpc_id
}

resource "aws_vpc_security_group_ingress_rule" "endpoints_from_tasks" {
  count                        = length(aws_security_group.endpoints)
  security_group_id            = aws_security_group.endpoints[0].id
  description                  = "Tasks"
  referenced_security_group_id = aws_security_group.tasks.id
  ip_protocol                  = "tcp"
  from_port                    = 443
  to_port                      = 443
}
