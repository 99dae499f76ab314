locals {
  # Environments share an account, so a table made here carries the name of its own.
  own_table_name = coalesce(var.table_name, "${var.environment}-UserProfiles")
  table_name     = var.existing_table_name == null ? aws_dynamodb_table.profiles[0].name : var.existing_table_name
  # Written out rather than read from the resource, so that policies are known at plan.
  tables_arn = "arn:${local.partition}:dynamodb:${var.region}:${local.account_id}:table"
  table_arn  = "${local.tables_arn}/${coalesce(var.existing_table_name, local.own_table_name)}"
  # What the roles may use: for a move to another table, the one before too.
  table_arns = concat([local.table_arn], [for name in var.previous_table_name[*] : "${local.tables_arn}/${name}"])
  replicated = length(var.table_replica_regions) > 0

  # The very file that the image carries, so that what the service asks for is what is made here.
  profile_schema = jsondecode(file(coalesce(var.profile_schema_file, "${path.module}/../profile.schema.json")))
  # Index by field. E-mail addresses are every profile's, so no file defines that one.
  lookups = merge({ email = "EmailIndex" }, {
    for field, definition in local.profile_schema.properties : field => definition["x-lookup"] if can(definition["x-lookup"])
  })
  index_names = sort(values(local.lookups))
  index_arns  = [for pair in setproduct(local.table_arns, local.index_names) : "${pair[0]}/index/${pair[1]}"]
}

# The same table as src/dynamodb/table.ts; test/infra/table.test.ts holds the two equal. Tasks depend
# on it: an index that the schema gains answers before they ask for it.
resource "aws_dynamodb_table" "profiles" {
  count                       = var.existing_table_name == null ? 1 : 0
  name                        = local.own_table_name
  billing_mode                = "PAY_PER_REQUEST"
  hash_key                    = "userId"
  deletion_protection_enabled = var.deletion_protection

  # Replication needs both images. Events need the key alone, so nothing more enters the stream.
  stream_enabled   = local.replicated || var.events
  stream_view_type = local.replicated ? "NEW_AND_OLD_IMAGES" : var.events ? "KEYS_ONLY" : null

  # Only keys are declared, the table's and the indexes'.
  dynamic "attribute" {
    for_each = toset(concat(["userId"], keys(local.lookups)))
    content {
      name = attribute.value
      type = "S"
    }
  }

  dynamic "global_secondary_index" {
    for_each = local.lookups
    content {
      name            = global_secondary_index.value
      hash_key        = global_secondary_index.key
      projection_type = "KEYS_ONLY"

      dynamic "on_demand_throughput" {
        for_each = var.table_maximum_units[*]
        content {
          max_read_request_units  = on_demand_throughput.value.read
          max_write_request_units = on_demand_throughput.value.write
        }
      }
    }
  }

  dynamic "on_demand_throughput" {
    for_each = var.table_maximum_units[*]
    content {
      max_read_request_units  = on_demand_throughput.value.read
      max_write_request_units = on_demand_throughput.value.write
    }
  }

  ttl {
    attribute_name = "expiresAt"
    enabled        = true
  }

  point_in_time_recovery {
    enabled                 = true
    recovery_period_in_days = var.table_recovery_days
  }

  dynamic "replica" {
    for_each = var.table_replica_regions
    content {
      region_name            = replica.value
      point_in_time_recovery = true
      propagate_tags         = true
    }
  }

  # A change waits for the new indexes, and filling one takes hours where there are many people.
  timeouts {
    update = "12h"
  }

  # Another name, or a table that exists, would replace this one and everybody in it: a plan that
  # would do so fails. docs/operations.md has the way to move to another table.
  lifecycle {
    prevent_destroy = true
  }
}
