# With environments/production.tfvars.

mock_provider "aws" {
  source          = "./tests/mocks"
  override_during = plan
}

variables {
  image          = "example.com/user-profile:test"
  hosted_zone_id = "Z0123456789ABCDEFGHIJ"
}

run "protected_and_spread" {
  command = plan

  assert {
    condition     = aws_dynamodb_table.profiles[0].deletion_protection_enabled && aws_lb.service.enable_deletion_protection && aws_cognito_user_pool.people[0].deletion_protection == "ACTIVE" && !aws_ecr_repository.service.force_delete
    error_message = "Nothing that holds data or the name can be deleted by mistake."
  }
  assert {
    condition     = aws_dynamodb_table.profiles[0].point_in_time_recovery[0].recovery_period_in_days == 35
    error_message = "The table can be restored to any second of 35 days."
  }
  assert {
    condition     = length(aws_subnet.public) == 3 && length(aws_subnet.private) == 3 && length(aws_nat_gateway.own) == 3 && length(aws_route.private) == 3
    error_message = "Three zones, each with its own way out."
  }
  assert {
    condition     = !aws_ecs_service.service.network_configuration[0].assign_public_ip
    error_message = "Tasks have no public address."
  }
  assert {
    condition     = toset(keys(aws_vpc_endpoint.interface)) == toset(["ecr.api", "ecr.dkr", "logs"])
    error_message = "Images and logs stay off the NAT gateways."
  }
  assert {
    condition     = one(aws_ecs_service.service.capacity_provider_strategy).capacity_provider == "FARGATE"
    error_message = "Production tasks are not taken away."
  }
  assert {
    condition     = aws_appautoscaling_target.service.min_capacity == 3 && aws_appautoscaling_target.service.max_capacity == 60
    error_message = "A task in each zone, up to 60."
  }
  assert {
    condition     = length(distinct(concat([for subnet in aws_subnet.public : subnet.cidr_block], [for subnet in aws_subnet.private : subnet.cidr_block]))) == 6
    error_message = "No two subnets share addresses."
  }
}
