locals {
  own_certificate = var.certificate_arn == null
  certificate_arn = local.own_certificate ? aws_acm_certificate_validation.own[0].certificate_arn : var.certificate_arn
}

resource "aws_acm_certificate" "own" {
  count             = local.own_certificate ? 1 : 0
  domain_name       = var.domain_name
  validation_method = "DNS"

  lifecycle {
    create_before_destroy = true
  }
}

# One name has one proof, so no for_each over a set that is known only after apply.
resource "aws_route53_record" "certificate_proof" {
  count           = local.own_certificate ? 1 : 0
  zone_id         = var.hosted_zone_id
  name            = one(aws_acm_certificate.own[0].domain_validation_options).resource_record_name
  type            = one(aws_acm_certificate.own[0].domain_validation_options).resource_record_type
  records         = [one(aws_acm_certificate.own[0].domain_validation_options).resource_record_value]
  ttl             = 300
  allow_overwrite = true
}

resource "aws_acm_certificate_validation" "own" {
  count                   = local.own_certificate ? 1 : 0
  certificate_arn         = aws_acm_certificate.own[0].arn
  validation_record_fqdns = [aws_route53_record.certificate_proof[0].fqdn]
}

resource "aws_route53_record" "service" {
  count   = var.hosted_zone_id == null ? 0 : 1
  zone_id = var.hosted_zone_id
  name    = var.domain_name
  type    = "A"

  alias {
    name                   = aws_lb.service.dns_name
    zone_id                = aws_lb.service.zone_id
    evaluate_target_health = true
  }
}

resource "aws_lb" "service" {
  name                       = local.prefix
  load_balancer_type         = "application"
  internal                   = var.internal_load_balancer
  subnets                    = local.load_balancer_subnet_ids
  security_groups            = [aws_security_group.load_balancer.id]
  idle_timeout               = local.idle_timeout
  drop_invalid_header_fields = true
  enable_deletion_protection = var.deletion_protection

  dynamic "access_logs" {
    for_each = var.access_logs_bucket == null ? [] : [var.access_logs_bucket]
    content {
      enabled = true
      bucket  = access_logs.value
      prefix  = local.prefix
    }
  }
}

resource "aws_lb_target_group" "service" {
  name                 = local.prefix
  vpc_id               = local.vpc_id
  target_type          = "ip"
  protocol             = "HTTP"
  port                 = local.port
  deregistration_delay = local.deregistration_delay
  # Tasks of one service differ in what else their host runs: give the next request to the idlest.
  load_balancing_algorithm_type = "least_outstanding_requests"

  # Reads no table: when DynamoDB is ill, the targets stay and answer 503 themselves.
  health_check {
    path                = "/readyz"
    matcher             = "200"
    interval            = 10
    timeout             = 5
    healthy_threshold   = 2
    unhealthy_threshold = 3
  }
}

resource "aws_lb_listener" "https" {
  load_balancer_arn = aws_lb.service.arn
  protocol          = "HTTPS"
  port              = 443
  ssl_policy        = var.tls_policy
  certificate_arn   = local.certificate_arn

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.service.arn
  }
}

resource "aws_lb_listener" "http" {
  load_balancer_arn = aws_lb.service.arn
  protocol          = "HTTP"
  port              = 80

  default_action {
    type = "redirect"

    redirect {
      protocol    = "HTTPS"
      port        = "443"
      status_code = "HTTP_301"
    }
  }
}

resource "aws_security_group" "load_balancer" {
  name        = "${local.prefix}-load-balancer"
  description = "Load balancer of ${local.prefix}"
  vpc_id      = local.vpc_id
}

resource "aws_vpc_security_group_ingress_rule" "load_balancer" {
  for_each = {
    for pair in setproduct(var.allowed_cidrs, [80, 443]) : "${pair[0]} ${pair[1]}" => { cidr = pair[0], port = pair[1] }
  }
  security_group_id = aws_security_group.load_balancer.id
  description       = "Callers"
  cidr_ipv4         = each.value.cidr
  ip_protocol       = "tcp"
  from_port         = each.value.port
  to_port           = each.value.port
}

resource "aws_vpc_security_group_egress_rule" "load_balancer" {
  security_group_id            = aws_security_group.load_balancer.id
  description                  = "Tasks"
  referenced_security_group_id = aws_security_group.tasks.id
  ip_protocol                  = "tcp"
  from_port                    = local.port
  to_port                      = local.port
}
