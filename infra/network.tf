locals {
  own_vpc       = var.existing_vpc == null
  private_tasks = local.own_vpc && var.nat_gateways != "none"
  zones         = local.own_vpc ? coalesce(var.zones, slice(data.aws_availability_zones.available[0].names, 0, var.zone_count)) : []
  nat_zones     = { none = [], one = slice(local.zones, 0, min(1, length(local.zones))), per_zone = local.zones }[var.nat_gateways]

  # Four address bits for at most eight subnets: public in the lower half, private in the upper.
  public_cidrs  = { for index, zone in local.zones : zone => cidrsubnet(var.vpc_cidr, 4, index) }
  private_cidrs = { for index, zone in local.zones : zone => cidrsubnet(var.vpc_cidr, 4, 8 + index) if local.private_tasks }

  vpc_id                   = local.own_vpc ? aws_vpc.own[0].id : var.existing_vpc.vpc_id
  load_balancer_subnet_ids = local.own_vpc ? [for zone in local.zones : aws_subnet.public[zone].id] : var.existing_vpc.load_balancer_subnet_ids
  task_subnet_ids = (
    !local.own_vpc ? var.existing_vpc.task_subnet_ids :
    local.private_tasks ? [for zone in local.zones : aws_subnet.private[zone].id] :
    [for zone in local.zones : aws_subnet.public[zone].id]
  )
  assign_public_ip = local.own_vpc ? !local.private_tasks : var.existing_vpc.assign_public_ip

  # The only addresses whose X-Forwarded-For is believed.
  load_balancer_cidrs = local.own_vpc ? values(local.public_cidrs) : values(data.aws_subnet.load_balancer)[*].cidr_block
}

data "aws_availability_zones" "available" {
  count = local.own_vpc ? 1 : 0
  state = "available"

  filter {
    name   = "opt-in-status"
    values = ["opt-in-not-required"]
  }
}

data "aws_subnet" "load_balancer" {
  for_each = local.own_vpc ? toset([]) : toset(var.existing_vpc.load_balancer_subnet_ids)
  id       = each.value
}

resource "aws_vpc" "own" {
  count                = local.own_vpc ? 1 : 0
  cidr_block           = var.vpc_cidr
  enable_dns_support   = true
  enable_dns_hostnames = true

  tags = { Name = local.prefix }
}

# The group that everything without one of its own falls into: it lets nothing in or out.
resource "aws_default_security_group" "own" {
  count  = local.own_vpc ? 1 : 0
  vpc_id = aws_vpc.own[0].id
}

resource "aws_internet_gateway" "own" {
  count  = local.own_vpc ? 1 : 0
  vpc_id = aws_vpc.own[0].id

  tags = { Name = local.prefix }
}

resource "aws_subnet" "public" {
  for_each          = local.public_cidrs
  vpc_id            = aws_vpc.own[0].id
  availability_zone = each.key
  cidr_block        = each.value

  tags = { Name = "${local.prefix}-public-${each.key}" }
}

resource "aws_route_table" "public" {
  count  = local.own_vpc ? 1 : 0
  vpc_id = aws_vpc.own[0].id

  tags = { Name = "${local.prefix}-public" }
}

resource "aws_route" "public" {
  count                  = local.own_vpc ? 1 : 0
  route_table_id         = aws_route_table.public[0].id
  destination_cidr_block = "0.0.0.0/0"
  gateway_id             = aws_internet_gateway.own[0].id
}

resource "aws_route_table_association" "public" {
  for_each       = aws_subnet.public
  subnet_id      = each.value.id
  route_table_id = aws_route_table.public[0].id
}

resource "aws_eip" "nat" {
  for_each = toset(local.nat_zones)
  domain   = "vpc"

  tags = { Name = "${local.prefix}-nat-${each.key}" }
}

resource "aws_nat_gateway" "own" {
  for_each      = toset(local.nat_zones)
  subnet_id     = aws_subnet.public[each.key].id
  allocation_id = aws_eip.nat[each.key].id

  tags       = { Name = "${local.prefix}-${each.key}" }
  depends_on = [aws_route.public]
}

resource "aws_subnet" "private" {
  for_each          = local.private_cidrs
  vpc_id            = aws_vpc.own[0].id
  availability_zone = each.key
  cidr_block        = each.value

  tags = { Name = "${local.prefix}-private-${each.key}" }
}

resource "aws_route_table" "private" {
  for_each = local.private_cidrs
  vpc_id   = aws_vpc.own[0].id

  tags = { Name = "${local.prefix}-private-${each.key}" }
}

# The way out to Cognito: a pool with a domain cannot be reached through PrivateLink.
resource "aws_route" "private" {
  for_each               = local.private_cidrs
  route_table_id         = aws_route_table.private[each.key].id
  destination_cidr_block = "0.0.0.0/0"
  nat_gateway_id         = aws_nat_gateway.own[var.nat_gateways == "one" ? local.zones[0] : each.key].id
}

resource "aws_route_table_association" "private" {
  for_each       = aws_subnet.private
  subnet_id      = each.value.id
  route_table_id = aws_route_table.private[each.key].id
}
