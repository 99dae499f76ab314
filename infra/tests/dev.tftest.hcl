# With environments/dev.tfvars.

mock_provider "aws" {
  source          = "./tests/mocks"
  override_during = plan
}

variables {
  image          = "example.com/user-profile:test"
  hosted_zone_id = "Z0123456789ABCDEFGHIJ"
}

run "small" {
  command = plan

  assert {
    condition     = length(aws_nat_gateway.own) == 0 && length(aws_subnet.private) == 0 && length(aws_vpc_endpoint.interface) == 0
    error_message = "Nothing is paid for by the hour that development can do without."
  }
  assert {
    condition     = aws_ecs_service.service.network_configuration[0].assign_public_ip && length(aws_subnet.public) == 2
    error_message = "Without a NAT gateway, tasks need addresses of their own to reach Cognito."
  }
  assert {
    condition     = one(aws_ecs_service.service.capacity_provider_strategy).capacity_provider == "FARGATE_SPOT"
    error_message = "Development runs on Spot."
  }
  assert {
    condition     = !aws_dynamodb_table.profiles[0].deletion_protection_enabled && aws_ecr_repository.service.force_delete
    error_message = "A development environment can be destroyed."
  }
  assert {
    condition     = aws_vpc_endpoint.dynamodb[0].vpc_endpoint_type == "Gateway" && aws_vpc_endpoint.s3[0].vpc_endpoint_type == "Gateway"
    error_message = "Gateway endpoints cost nothing and are there."
  }
}
