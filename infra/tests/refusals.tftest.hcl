# Mistakes are named before anything is made.

mock_provider "aws" {
  source          = "./tests/mocks"
  override_during = plan
}

variables {
  image          = "example.com/user-profile:test"
  hosted_zone_id = "Z0123456789ABCDEFGHIJ"
}

run "no_certificate" {
  command = plan

  variables {
    hosted_zone_id = null
  }

  expect_failures = [var.certificate_arn]
}

run "old_tls" {
  command = plan

  variables {
    tls_policy = "ELBSecurityPolicy-2016-08"
  }

  expect_failures = [var.tls_policy]
}

run "wrong_memory" {
  command = plan

  variables {
    memory = 8192
  }

  expect_failures = [var.memory]
}

run "more_than_one_process_can_use" {
  command = plan

  variables {
    cpu = 2048
  }

  expect_failures = [var.cpu]
}

run "bounds_crossed" {
  command = plan

  variables {
    maximum_tasks = 1
  }

  expect_failures = [var.maximum_tasks]
}

run "drain_beyond_the_services_bound" {
  command = plan

  variables {
    drain_delay = 26
  }

  expect_failures = [var.drain_delay]
}

run "unknown_scope" {
  command = plan

  variables {
    machine_clients = { mailer = ["delete"] }
  }

  expect_failures = [var.machine_clients]
}

run "own_region_as_replica" {
  command = plan

  variables {
    table_replica_regions = ["eu-central-1"]
  }

  expect_failures = [var.table_replica_regions]
}

run "tombstone_outlived" {
  command = plan

  variables {
    refresh_token_days = 3650
  }

  expect_failures = [var.tombstone_retention_days]
}

run "load_balancer_in_one_zone" {
  command = plan

  variables {
    existing_vpc = { vpc_id = "vpc-1", load_balancer_subnet_ids = ["subnet-1"], task_subnet_ids = ["subnet-2"] }
  }

  expect_failures = [var.existing_vpc]
}

run "pool_without_clients" {
  command = plan

  variables {
    existing_user_pool = { id = "eu-central-1_Existing1", client_ids = [] }
    machine_clients    = {}
  }

  expect_failures = [var.existing_user_pool]
}

run "endpoints_for_public_tasks" {
  command = plan

  variables {
    interface_endpoints = true
  }

  expect_failures = [var.interface_endpoints]
}

run "previous_table_by_arn" {
  command = plan

  variables {
    previous_table_name = "arn:aws:dynamodb:eu-central-1:123456789012:table/Other"
  }

  expect_failures = [var.previous_table_name]
}

run "previous_table_that_is_in_use" {
  command = plan

  variables {
    previous_table_name = "dev-UserProfiles"
  }

  expect_failures = [var.previous_table_name]
}

run "events_of_a_foreign_table" {
  command = plan

  variables {
    existing_table_name = "Other"
    events              = true
    table_maximum_units = null
  }

  expect_failures = [var.events]
}

run "plain_callback" {
  command = plan

  variables {
    callback_urls = ["http://app.example.com/callback"]
  }

  expect_failures = [var.callback_urls]
}

run "no_image" {
  command = plan

  variables {
    image = null
  }

  expect_failures = [aws_ecs_task_definition.service]
}

run "protected_without_an_account" {
  command = plan

  variables {
    deletion_protection = true
    alarm_emails        = ["operator@example.com"]
  }

  expect_failures = [var.account_id]
}

run "protected_without_anybody_to_tell" {
  command = plan

  variables {
    deletion_protection = true
    account_id          = "123456789012"
  }

  expect_failures = [var.alarm_emails]
}

run "zones_of_another_region" {
  command = plan

  variables {
    zones = ["us-east-1a", "us-east-1b"]
  }

  expect_failures = [var.zones]
}

run "one_zone" {
  command = plan

  variables {
    zones = ["eu-central-1a", "eu-central-1a"]
  }

  expect_failures = [var.zones]
}

run "egress_to_everywhere" {
  command = plan

  variables {
    additional_egress = { world = { cidr = "0.0.0.0/0", port = 80 } }
  }

  expect_failures = [var.additional_egress]
}

run "credentials_among_variables" {
  command = plan

  variables {
    opentelemetry = { OTEL_EXPORTER_OTLP_HEADERS = "api-key=secret" }
  }

  expect_failures = [var.opentelemetry]
}

run "tombstones_shorter_than_a_restore" {
  command = plan

  variables {
    table_recovery_days      = 35
    tombstone_retention_days = 32
  }

  expect_failures = [var.tombstone_retention_days]
}

run "pool_that_cannot_be" {
  command = plan

  variables {
    additional_user_pools = { LocalPool = ["one"] }
  }

  expect_failures = [var.additional_user_pools]
}

run "schema_that_is_not_there" {
  command = plan
  variables {
    profile_schema_file = "nowhere.json"
  }
  expect_failures = [var.profile_schema_file]
}

run "schema_that_is_none" {
  command = plan
  variables {
    profile_schema_file = "tests/owner.tfvars"
  }
  expect_failures = [var.profile_schema_file]
}

run "closing_scope_without_the_right" {
  command = plan

  variables {
    machine_clients = { closer = ["close"] }
  }

  expect_failures = [var.machine_clients]
}

run "parts_of_a_pool_that_is_not_made" {
  command = plan

  variables {
    existing_user_pool      = { id = "eu-central-1_Existing1", client_ids = ["one"] }
    machine_clients         = { billing = ["read"] }
    user_pool_domain_prefix = "people"
    google                  = { client_id = "google-id", client_secret = "google-secret" }
    apple                   = { client_id = "apple-id", team_id = "TEAM", key_id = "KEY", private_key = "PEM" }
    email_sender            = { ses_identity_arn = "arn:aws:ses:eu-central-1:123456789012:identity/example.com", from = "people@example.com" }
  }

  expect_failures = [var.machine_clients, var.user_pool_domain_prefix, var.google, var.apple, var.email_sender]
}

run "trigger_of_another_region" {
  command = plan

  variables {
    user_pool_triggers = { pre_sign_up = "arn:aws:lambda:us-east-1:123456789012:function:pre-sign-up" }
  }

  expect_failures = [var.user_pool_triggers]
}

run "access_tokens_of_a_lite_pool" {
  command = plan

  variables {
    user_pool_tier     = "LITE"
    user_pool_triggers = { pre_token_generation = "arn:aws:lambda:eu-central-1:123456789012:function:pre-token-generation" }
  }

  expect_failures = [var.user_pool_triggers]
}

run "any_port_of_a_machine" {
  command = plan

  variables {
    cors_origins = ["http://localhost:*"]
  }

  expect_failures = [var.cors_origins]
}

run "origin_in_capitals" {
  command = plan

  variables {
    cors_origins = ["https://App.example.com"]
  }

  expect_failures = [var.cors_origins]
}

run "origin_with_its_default_port" {
  command = plan

  variables {
    cors_origins = ["https://app.example.com:443"]
  }

  expect_failures = [var.cors_origins]
}

run "origin_with_a_port_that_cannot_be" {
  command = plan

  variables {
    cors_origins = ["https://app.example.com:70000"]
  }

  expect_failures = [var.cors_origins]
}

run "origin_by_half_an_address" {
  command = plan

  variables {
    cors_origins = ["http://127.1"]
  }

  expect_failures = [var.cors_origins]
}

run "half_a_request" {
  command = plan

  variables {
    rate_limit_per_minute = 0.5
  }

  expect_failures = [var.rate_limit_per_minute]
}

run "half_an_id" {
  command = plan

  variables {
    people_limit_per_minute = 100.5
  }

  expect_failures = [var.people_limit_per_minute]
}

run "half_a_day" {
  command = plan

  variables {
    tombstone_retention_days = 400.5
  }

  expect_failures = [var.tombstone_retention_days]
}

run "tombstones_of_a_century" {
  command = plan

  variables {
    tombstone_retention_days = 40000
  }

  expect_failures = [var.tombstone_retention_days]
}

run "group_with_a_comma" {
  command = plan

  variables {
    admin_groups = ["a,"]
  }

  expect_failures = [var.admin_groups]
}

run "group_without_a_name" {
  command = plan

  variables {
    admin_groups = [""]
  }

  expect_failures = [var.admin_groups]
}

run "existing_table_without_a_name" {
  command = plan

  variables {
    existing_table_name = ""
    table_maximum_units = null
  }

  expect_failures = [var.existing_table_name]
}

run "existing_table_by_arn" {
  command = plan

  variables {
    existing_table_name = "arn:aws:dynamodb:eu-central-1:123456789012:table/Other"
    table_maximum_units = null
  }

  expect_failures = [var.existing_table_name]
}

run "pool_without_a_region" {
  command = plan

  variables {
    existing_user_pool = { id = "local_Existing1", client_ids = ["one"] }
    machine_clients    = {}
  }

  expect_failures = [var.existing_user_pool]
}

run "client_without_an_id" {
  command = plan

  variables {
    existing_user_pool = { id = "eu-central-1_Existing1", client_ids = ["one", ""] }
    machine_clients    = {}
  }

  expect_failures = [var.existing_user_pool]
}

run "client_by_its_name" {
  command = plan

  variables {
    existing_user_pool = { id = "eu-central-1_Existing1", client_ids = ["web-app"] }
    machine_clients    = {}
  }

  expect_failures = [var.existing_user_pool]
}

run "additional_client_without_an_id" {
  command = plan

  variables {
    additional_user_pools = { "eu-central-1_Old000001" = ["one", ""] }
  }

  expect_failures = [var.additional_user_pools]
}

run "additional_client_by_its_name" {
  command = plan

  variables {
    additional_user_pools = { "eu-central-1_Old000001" = ["a b"] }
  }

  expect_failures = [var.additional_user_pools]
}

run "range_named_twice" {
  command = plan

  variables {
    allowed_cidrs = ["10.0.0.0/8", "10.0.0.0/8"]
  }

  expect_failures = [var.allowed_cidrs]
}

run "endpoint_without_a_scheme" {
  command = plan

  variables {
    opentelemetry = { OTEL_EXPORTER_OTLP_ENDPOINT = "collector.example.com:4318" }
  }

  expect_failures = [var.opentelemetry]
}

run "pool_named_twice" {
  command = plan

  variables {
    existing_user_pool    = { id = "eu-central-1_Existing1", client_ids = ["one"] }
    machine_clients       = {}
    additional_user_pools = { "eu-central-1_Existing1" = ["two"] }
  }

  expect_failures = [var.additional_user_pools]
}

run "own_pool_named_again" {
  command = plan

  variables {
    additional_user_pools = { "eu-central-1_Mock00000" = ["one"] }
  }

  expect_failures = [aws_ecs_task_definition.service]
}

run "deletions_of_another_region" {
  command = plan

  variables {
    existing_user_pool = { id = "us-east-1_Existing1", client_ids = ["one"] }
    machine_clients    = {}
    reconcile_follow   = true
  }

  expect_failures = [var.reconcile_follow]
}

run "replicas_of_a_foreign_table" {
  command = plan

  variables {
    existing_table_name   = "Other"
    table_maximum_units   = null
    table_replica_regions = ["us-east-1"]
  }

  expect_failures = [var.table_replica_regions]
}

run "name_of_no_registry" {
  command = plan

  variables {
    name = "my--app"
  }

  expect_failures = [var.name]
}

run "name_of_no_load_balancer" {
  command = plan

  variables {
    name = "internal-app"
  }

  expect_failures = [var.name]
}

run "half_a_task" {
  command = plan

  variables {
    maximum_tasks = 3.5
  }

  expect_failures = [var.maximum_tasks]
}

run "half_a_second_of_grace" {
  command = plan

  variables {
    health_check_grace_seconds = 60.5
  }

  expect_failures = [var.health_check_grace_seconds]
}

run "half_a_day_to_restore" {
  command = plan

  variables {
    table_recovery_days = 7.5
  }

  expect_failures = [var.table_recovery_days]
}

run "half_a_unit" {
  command = plan

  variables {
    table_maximum_units = { read = 100, write = 0.5 }
  }

  expect_failures = [var.table_maximum_units]
}

run "half_a_day_to_refresh" {
  command = plan

  variables {
    refresh_token_days = 30.5
  }

  expect_failures = [var.refresh_token_days]
}

run "address_that_is_no_label" {
  command = plan

  variables {
    user_pool_domain_prefix = "My Cognito"
  }

  expect_failures = [var.user_pool_domain_prefix]
}

run "address_that_cognito_keeps" {
  command = plan

  variables {
    user_pool_domain_prefix = "my-cognito"
  }

  expect_failures = [aws_cognito_user_pool_domain.people]
}

run "address_that_cognito_keeps_by_the_name" {
  command = plan

  variables {
    name = "aws-profiles"
  }

  expect_failures = [aws_cognito_user_pool_domain.people]
}

run "parts_of_a_vpc_that_is_not_made" {
  command = plan

  variables {
    existing_vpc = { vpc_id = "vpc-1", load_balancer_subnet_ids = ["subnet-1", "subnet-2"], task_subnet_ids = ["subnet-3"] }
    zones        = ["eu-central-1a", "eu-central-1b"]
    nat_gateways = "one"
  }

  expect_failures = [var.zones, var.nat_gateways]
}

run "parts_of_a_table_that_is_not_made" {
  command = plan

  variables {
    existing_table_name = "Other"
    table_name          = "Mine"
    table_maximum_units = { read = 100, write = 50 }
  }

  expect_failures = [var.table_name, var.table_maximum_units]
}

run "alarms_told_in_another_region" {
  command = plan

  variables {
    alarm_topic_arns = ["arn:aws:sns:us-east-1:123456789012:pager"]
  }

  expect_failures = [var.alarm_topic_arns]
}

run "certificate_of_another_region" {
  command = plan

  variables {
    certificate_arn = "arn:aws:acm:us-east-1:123456789012:certificate/11111111-1111-1111-1111-111111111111"
  }

  expect_failures = [var.certificate_arn]
}
