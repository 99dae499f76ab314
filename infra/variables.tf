# ---- What and where ----

variable "name" {
  description = "Name of the application; the first part of every resource's name."
  type        = string
  default     = "user-profile"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,18}[a-z0-9]$", var.name))
    error_message = "3 to 20 lower-case letters, digits and hyphens, starting with a letter (a load balancer's name ends at 32)."
  }

  validation {
    condition     = !can(regex("--|^internal-", var.name))
    error_message = "One hyphen at a time, for a registry has no two; and no internal- at the start, for load balancers have none."
  }
}

variable "environment" {
  description = "Name of the environment; the second part of every resource's name."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9]{1,10}$", var.environment))
    error_message = "2 to 11 lower-case letters and digits, starting with a letter."
  }
}

variable "region" {
  description = "AWS Region of everything except the table's replicas."
  type        = string

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "A Region's name, such as eu-central-1."
  }
}

variable "account_id" {
  description = "The only AWS account this may be applied to. null: whichever the credentials belong to; not for an environment with deletion_protection."
  type        = string
  default     = null

  validation {
    condition     = var.account_id != null || !var.deletion_protection
    error_message = "An environment with deletion_protection names the account it belongs to, so that no other credentials are taken."
  }

  validation {
    condition     = var.account_id == null || can(regex("^[0-9]{12}$", var.account_id))
    error_message = "Twelve digits."
  }
}

variable "tags" {
  description = "Tags for every resource, beside Application, Environment and ManagedBy."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "deletion_protection" {
  description = "Protects the table, the user pool, the load balancer, and the registry while it holds images, from deletion."
  type        = bool
  default     = true
  nullable    = false
}

# ---- Address ----

variable "domain_name" {
  description = "Name the service is reached at, such as profiles.example.com."
  type        = string

  validation {
    condition     = can(regex("^([a-z0-9]([a-z0-9-]*[a-z0-9])?\\.)+[a-z]{2,}$", var.domain_name))
    error_message = "A lower-case host name with at least one dot."
  }
}

variable "hosted_zone_id" {
  description = "Route 53 public zone for the name's address record and, without certificate_arn, for the certificate's proof. null: both are kept elsewhere."
  type        = string
  default     = null

  validation {
    condition     = var.hosted_zone_id == null || can(regex("^[A-Z0-9]+$", var.hosted_zone_id))
    error_message = "A zone's id, such as Z0123456789ABCDEFGHIJ."
  }
}

variable "certificate_arn" {
  description = "Issued ACM certificate for domain_name. null: one is made and proved in hosted_zone_id."
  type        = string
  default     = null

  validation {
    condition     = var.certificate_arn != null || var.hosted_zone_id != null
    error_message = "Give certificate_arn, or hosted_zone_id to make a certificate in."
  }
  validation {
    condition     = var.certificate_arn == null || can(regex("^arn:[a-z-]+:acm:${var.region}:[0-9]{12}:certificate/", var.certificate_arn))
    error_message = "The ARN of an ACM certificate of the same Region."
  }
}

variable "tls_policy" {
  description = "Security policy of the HTTPS listener."
  type        = string
  default     = "ELBSecurityPolicy-TLS13-1-2-Res-2021-06"
  nullable    = false

  validation {
    condition     = can(regex("^ELBSecurityPolicy-TLS13-1-[23]-", var.tls_policy))
    error_message = "A TLS13 policy whose lowest version is 1.2 or 1.3."
  }
}

variable "internal_load_balancer" {
  description = "Gives the load balancer private addresses only."
  type        = bool
  default     = false
  nullable    = false
}

variable "allowed_cidrs" {
  description = "IPv4 ranges that may reach the load balancer."
  type        = list(string)
  default     = ["0.0.0.0/0"]
  nullable    = false

  validation {
    condition     = length(var.allowed_cidrs) > 0 && alltrue([for cidr in var.allowed_cidrs : can(cidrnetmask(cidr))])
    error_message = "At least one IPv4 CIDR."
  }
  validation {
    condition     = length(distinct(var.allowed_cidrs)) == length(var.allowed_cidrs)
    error_message = "Each range once."
  }
}

variable "access_logs_bucket" {
  description = "Existing S3 bucket for the load balancer's access logs. null: none are kept."
  type        = string
  default     = null
}

# ---- Network ----

variable "existing_vpc" {
  description = <<-EOT
    A VPC to run in instead of making one. The task subnets need a way out to Cognito (NAT, or
    assign_public_ip) and should route to gateway endpoints for DynamoDB and S3.
  EOT
  type = object({
    vpc_id                   = string
    load_balancer_subnet_ids = list(string)
    task_subnet_ids          = list(string)
    assign_public_ip         = optional(bool, false)
  })
  default = null

  validation {
    condition     = try(length(toset(var.existing_vpc.load_balancer_subnet_ids)) >= 2, var.existing_vpc == null)
    error_message = "A load balancer needs subnets in at least two zones."
  }
  validation {
    condition     = try(length(var.existing_vpc.task_subnet_ids) >= 1, var.existing_vpc == null)
    error_message = "Give at least one subnet for the tasks."
  }
}

variable "vpc_cidr" {
  description = "IPv4 range of the VPC that is made, /16 to /22."
  type        = string
  default     = "10.20.0.0/16"
  nullable    = false

  validation {
    condition     = can(cidrnetmask(var.vpc_cidr)) && try(tonumber(split("/", var.vpc_cidr)[1]) >= 16 && tonumber(split("/", var.vpc_cidr)[1]) <= 22, false)
    error_message = "An IPv4 CIDR between /16 and /22."
  }
}

variable "zones" {
  description = "Names of the availability zones the VPC that is made spans. null: the first zone_count of the Region."
  type        = list(string)
  default     = null

  validation {
    condition     = var.zones == null ? true : contains([2, 3], length(distinct(var.zones))) && length(distinct(var.zones)) == length(var.zones)
    error_message = "2 or 3 different zones."
  }
  validation {
    condition     = var.zones == null ? true : alltrue([for zone in var.zones : startswith(zone, var.region)])
    error_message = "Zones of the Region, such as eu-central-1a."
  }
  validation {
    condition     = var.zones == null || var.existing_vpc == null
    error_message = "A VPC that existed spans the zones of its subnets: leave zones out."
  }
}

variable "zone_count" {
  description = "Availability zones the VPC that is made spans, where zones doesn't name them."
  type        = number
  default     = 2
  nullable    = false

  validation {
    condition     = contains([2, 3], var.zone_count)
    error_message = "2 or 3."
  }
}

variable "nat_gateways" {
  description = "none: tasks have public addresses, closed from outside. one: private tasks, one way out. per_zone: private tasks, a way out in each zone."
  type        = string
  default     = "none"
  nullable    = false

  validation {
    condition     = contains(["none", "one", "per_zone"], var.nat_gateways)
    error_message = "none, one or per_zone."
  }
  validation {
    condition     = var.nat_gateways == "none" || var.existing_vpc == null
    error_message = "The way out of a VPC that existed is made where that VPC is: leave nat_gateways and interface_endpoints out."
  }
}

variable "interface_endpoints" {
  description = "Private endpoints for the registry and the logs in the VPC that is made; they need private tasks (nat_gateways other than none)."
  type        = bool
  default     = false
  nullable    = false

  validation {
    condition     = !var.interface_endpoints || var.nat_gateways != "none"
    error_message = "Tasks with public addresses have no use for interface endpoints: set nat_gateways to one or per_zone."
  }
}

variable "metrics_scraper_security_group_id" {
  description = "Security group that may read the metrics port of the tasks. null: nobody may."
  type        = string
  default     = null
}

# ---- Service ----

variable "image" {
  description = "Image to run, best by digest. null only while the registry itself is made."
  type        = string
  default     = null
}

variable "cpu_architecture" {
  description = "Processor of the tasks."
  type        = string
  default     = "ARM64"
  nullable    = false

  validation {
    condition     = contains(["ARM64", "X86_64"], var.cpu_architecture)
    error_message = "ARM64 or X86_64."
  }
}

variable "cpu" {
  description = "CPU units of a task; 1024 are one vCPU. One Node process fills one vCPU at most."
  type        = number
  default     = 256
  nullable    = false

  validation {
    condition     = contains([256, 512, 1024], var.cpu)
    error_message = "256, 512 or 1024: a single process has no use for more."
  }
}

variable "memory" {
  description = "Memory of a task in MiB."
  type        = number
  default     = 512
  nullable    = false

  validation {
    condition = contains({
      256  = [512, 1024, 2048]
      512  = [1024, 2048, 3072, 4096]
      1024 = [2048, 3072, 4096, 5120, 6144, 7168, 8192]
    }[var.cpu], var.memory)
    error_message = "A size that Fargate pairs with cpu: 512 to 2048 for 256, 1024 to 4096 for 512, 2048 to 8192 for 1024."
  }
}

variable "spot" {
  description = "Runs the tasks on Fargate Spot: cheaper, and taken away at two minutes' notice."
  type        = bool
  default     = false
  nullable    = false
}

variable "minimum_tasks" {
  description = "Tasks that always run."
  type        = number
  default     = 2
  nullable    = false

  validation {
    condition     = var.minimum_tasks >= 1 && floor(var.minimum_tasks) == var.minimum_tasks
    error_message = "A whole number, at least 1."
  }
}

variable "maximum_tasks" {
  description = "Tasks that run at most."
  type        = number
  default     = 10
  nullable    = false

  validation {
    condition     = var.maximum_tasks >= var.minimum_tasks && var.maximum_tasks <= 5000 && floor(var.maximum_tasks) == var.maximum_tasks
    error_message = "A whole number from minimum_tasks to 5000, the quota of one service."
  }
}

variable "target_cpu_percent" {
  description = "Average CPU the number of tasks follows."
  type        = number
  default     = 50
  nullable    = false

  validation {
    condition     = var.target_cpu_percent >= 20 && var.target_cpu_percent <= 80
    error_message = "20 to 80."
  }
}

variable "target_requests_per_minute" {
  description = "Requests a minute for each task that the number of tasks follows. The default is for 0.25 vCPU; docs/scaling.md has the figures of larger tasks."
  type        = number
  default     = 2520
  nullable    = false

  validation {
    condition     = var.target_requests_per_minute > 0
    error_message = "More than 0."
  }
}

variable "drain_delay" {
  description = "Seconds a stopping task goes on taking new requests, while the load balancer learns of it."
  type        = number
  default     = 5
  nullable    = false

  validation {
    condition     = var.drain_delay >= 0 && var.drain_delay <= 25
    error_message = "0 to 25, the service's own bounds."
  }
}

variable "health_check_grace_seconds" {
  description = "Seconds a task that never was ready is left to become so: through an outage of Cognito it waits for its signing keys, without traffic, instead of being replaced over and over. A bad release is rolled back sooner, by the alarm on unhealthy tasks."
  type        = number
  default     = 900
  nullable    = false

  validation {
    condition     = var.health_check_grace_seconds >= 30 && var.health_check_grace_seconds <= 7200 && floor(var.health_check_grace_seconds) == var.health_check_grace_seconds
    error_message = "A whole number from 30 to 7200."
  }
}

variable "wait_for_steady_state" {
  description = "Makes apply wait until the new tasks serve, and fail when they were rolled back."
  type        = bool
  default     = true
  nullable    = false
}

variable "log_level" {
  description = "Lowest level that is logged."
  type        = string
  default     = "info"
  nullable    = false

  validation {
    condition     = contains(["fatal", "error", "warn", "info", "debug", "trace", "silent"], var.log_level)
    error_message = "A pino level: fatal, error, warn, info, debug, trace or silent."
  }
}

variable "log_retention_days" {
  description = "Days the logs are kept."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731], var.log_retention_days)
    error_message = "A number of days CloudWatch Logs offers, such as 14, 30, 90 or 365."
  }
}

variable "container_insights" {
  description = "Container Insights of the cluster: disabled, enabled or enhanced. Charged by metric."
  type        = string
  default     = "disabled"
  nullable    = false

  validation {
    condition     = contains(["disabled", "enabled", "enhanced"], var.container_insights)
    error_message = "disabled, enabled or enhanced."
  }
}

variable "cors_origins" {
  description = "Browser origins that may call the service."
  type        = list(string)
  default     = []
  nullable    = false

  # As the service: what a browser would send, and in production no port *.
  validation {
    condition = alltrue([for origin in var.cors_origins : can(regex(
      "^https?://(([a-z0-9_-]+\\.)*[a-z0-9_-]*[a-z_-][a-z0-9_-]*|[0-9]{1,3}(\\.[0-9]{1,3}){3}|\\[[0-9a-f:]+\\])(:[1-9][0-9]{0,4})?$", origin
    ))])
    error_message = "Origins as a browser sends them, such as https://app.example.com: lower case, without a path, and with a port's number rather than *."
  }
  validation {
    condition     = alltrue([for origin in var.cors_origins : try(tonumber(regex(":([0-9]+)$", origin)[0]) <= 65535, true)])
    error_message = "A port is 65535 at most."
  }
  validation {
    condition     = !anytrue([for origin in var.cors_origins : can(regex("^(http://.*:80|https://.*:443)$", origin))])
    error_message = "A browser leaves the default port out: https://app.example.com, not https://app.example.com:443."
  }
}

variable "admin_groups" {
  description = "Cognito groups whose members are administrators of the service."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for group in var.admin_groups : can(regex("^[^,[:space:]]{1,128}$", group))])
    error_message = "Names of groups: not empty, without spaces and commas."
  }
}

variable "token_use" {
  description = "User tokens the service takes: access, or access,id."
  type        = string
  default     = "access"
  nullable    = false

  validation {
    condition     = contains(["access", "access,id"], var.token_use)
    error_message = "access or access,id."
  }
}

variable "rate_limit_per_minute" {
  description = "Requests a minute for each caller, counted by each task on its own."
  type        = number
  default     = 600
  nullable    = false

  validation {
    condition     = var.rate_limit_per_minute >= 1 && floor(var.rate_limit_per_minute) == var.rate_limit_per_minute
    error_message = "A whole number, at least 1."
  }
}

variable "people_limit_per_minute" {
  description = "Ids of people whose public profile a caller may ask for in a minute, counted by each task on its own. A batch counts each of its ids."
  type        = number
  default     = 3000
  nullable    = false

  validation {
    condition     = var.people_limit_per_minute >= 100 && floor(var.people_limit_per_minute) == var.people_limit_per_minute
    error_message = "A whole number, at least 100, as many as a batch may have."
  }
}

variable "tombstone_retention_days" {
  description = "Days an erased profile's tombstone is kept. Longer than a refresh token lives, so that no old sign-in outlives it."
  type        = number
  default     = 400
  nullable    = false

  validation {
    condition     = var.tombstone_retention_days <= 36500 && floor(var.tombstone_retention_days) == var.tombstone_retention_days
    error_message = "Whole days, at most 36500."
  }
  validation {
    condition     = var.tombstone_retention_days > var.refresh_token_days
    error_message = "More than refresh_token_days."
  }
  validation {
    condition     = var.tombstone_retention_days > var.table_recovery_days
    error_message = "More than table_recovery_days: a restore brings back people who were erased since, and only their tombstones tell who they are."
  }
}

variable "account_closure" {
  description = "Whether people can close their account (profile and login): off; own-token, by their own token alone; admin, also by a right of the service's to delete users of the pools."
  type        = string
  default     = "off"
  nullable    = false

  validation {
    condition     = contains(["off", "own-token", "admin"], var.account_closure)
    error_message = "off, own-token or admin."
  }
}

variable "account_closure_max_age" {
  description = "Seconds ago that a person may have signed in who closes their account."
  type        = number
  default     = 600
  nullable    = false

  validation {
    condition     = var.account_closure_max_age >= 60 && var.account_closure_max_age <= 86400 && floor(var.account_closure_max_age) == var.account_closure_max_age
    error_message = "Whole seconds, from a minute to a day."
  }
}

variable "reconcile" {
  description = "Makes a task, with a role of its own, that finishes accounts being closed and erases profiles whose user is gone from every pool. It runs when it is started."
  type        = bool
  default     = false
  nullable    = false
}

variable "reconcile_follow" {
  description = "Makes a task that goes on running, and erases the profile of a user deleted elsewhere as CloudTrail tells of it. The account needs a trail that logs management events in this Region."
  type        = bool
  default     = false
  nullable    = false

  validation {
    condition     = !var.reconcile_follow || try(startswith(var.existing_user_pool.id, "${var.region}_"), var.existing_user_pool == null)
    error_message = "CloudTrail tells of a pool's users in the pool's own Region alone: follow them there."
  }
}

# ---- Table ----

variable "table_name" {
  description = "Name of the table that is made. null: the environment's name and -UserProfiles."
  type        = string
  default     = null

  validation {
    condition     = var.table_name == null || can(regex("^[A-Za-z0-9_.-]{3,255}$", var.table_name))
    error_message = "3 to 255 letters, digits, dots, hyphens and underscores."
  }
  validation {
    condition     = var.table_name == null || var.existing_table_name == null
    error_message = "No table is made where existing_table_name names one: leave table_name out."
  }
}

variable "existing_table_name" {
  description = "A table of the same Region to use instead of making one; docs/table-by-hand.md says what it must look like."
  type        = string
  default     = null

  validation {
    condition     = var.existing_table_name == null || can(regex("^[A-Za-z0-9_.-]{3,255}$", var.existing_table_name))
    error_message = "A table's name, not its ARN: 3 to 255 letters, digits, dots, hyphens and underscores."
  }
}

variable "previous_table_name" {
  description = "Table that the service is being moved away from: its tasks may go on using it beside the new one, until the last of them is gone. Set it with the new table's name, and remove it once the deployment is through. null: they may use one table."
  type        = string
  default     = null

  validation {
    condition     = var.previous_table_name == null || can(regex("^[A-Za-z0-9_.-]{3,255}$", var.previous_table_name))
    error_message = "A table's name, not its ARN: 3 to 255 letters, digits, dots, hyphens and underscores."
  }
  validation {
    condition     = var.previous_table_name == null ? true : var.previous_table_name != coalesce(var.existing_table_name, var.table_name, "${var.environment}-UserProfiles")
    error_message = "The table that is in use is not the one before: leave it out."
  }
}

variable "table_replica_regions" {
  description = "Regions that hold a replica of the table that is made."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = !contains(var.table_replica_regions, var.region)
    error_message = "The table's own Region is not a replica."
  }
  validation {
    condition     = length(var.table_replica_regions) == 0 || var.existing_table_name == null
    error_message = "Replicas of a table that existed are made where that table is."
  }
}

variable "table_recovery_days" {
  description = "Days back that the table that is made can be restored to, to the second."
  type        = number
  default     = 35
  nullable    = false

  validation {
    condition     = var.table_recovery_days >= 1 && var.table_recovery_days <= 35 && floor(var.table_recovery_days) == var.table_recovery_days
    error_message = "A whole number from 1 to 35."
  }
}

variable "profile_schema_file" {
  description = "The file that defines a profile's fields, absolute or relative to infra/: the very one that the image carries. null: profile.schema.json beside infra/, which deploy.sh builds the image with."
  type        = string
  default     = null

  validation {
    condition     = can(jsondecode(file(coalesce(var.profile_schema_file, "${path.module}/../profile.schema.json"))).properties)
    error_message = "The file is not there, or is no profile schema: npm run schema -- check says what is wrong with it."
  }
}

variable "table_maximum_units" {
  description = "Ceilings of read and write units a second, for the table that is made and for each of its indexes: a bound on the bill. null: the account's quota."
  type = object({
    read  = number
    write = number
  })
  default = null

  validation {
    condition     = try(alltrue([for units in [var.table_maximum_units.read, var.table_maximum_units.write] : units >= 1 && floor(units) == units]), var.table_maximum_units == null)
    error_message = "Whole numbers, at least 1 each."
  }
  validation {
    condition     = var.table_maximum_units == null || var.existing_table_name == null
    error_message = "Ceilings of a table that existed are set where that table is: leave table_maximum_units out."
  }
}

# ---- Identity ----

variable "existing_user_pool" {
  description = "A user pool of the same account to use instead of making one, and the app clients whose tokens are taken."
  type = object({
    id         = string
    client_ids = list(string)
  })
  default = null

  validation {
    condition     = try(can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]+_[0-9A-Za-z]+$", var.existing_user_pool.id)) && length(var.existing_user_pool.client_ids) > 0, var.existing_user_pool == null)
    error_message = "A pool's id, such as eu-central-1_AbCdEfGhI, and at least one client."
  }
  validation {
    condition     = try(alltrue([for client in var.existing_user_pool.client_ids : can(regex("^[A-Za-z0-9_+]{1,128}$", client))]), var.existing_user_pool == null)
    error_message = "Ids of app clients, not their names: letters, digits, underscores and plus signs."
  }
}

variable "additional_user_pools" {
  description = "Further pools whose tokens the service takes, while people move: a pool's id and its app clients."
  type        = map(list(string))
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for id, clients in var.additional_user_pools : can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]+_[0-9A-Za-z]+$", id)) && length(clients) > 0])
    error_message = "Ids such as eu-central-1_AbCdEfGhI, each with at least one app client."
  }
  validation {
    condition     = alltrue([for client in flatten(values(var.additional_user_pools)) : can(regex("^[A-Za-z0-9_+]{1,128}$", client))])
    error_message = "Ids of app clients, not their names: letters, digits, underscores and plus signs."
  }
  validation {
    condition     = try(!contains(keys(var.additional_user_pools), var.existing_user_pool.id), var.existing_user_pool == null)
    error_message = "A pool is named once: existing_user_pool has this one, so add the clients there."
  }
}

variable "user_pool_tier" {
  description = "Feature plan of the pool that is made: LITE, ESSENTIALS or PLUS."
  type        = string
  default     = "ESSENTIALS"
  nullable    = false

  validation {
    condition     = contains(["LITE", "ESSENTIALS", "PLUS"], var.user_pool_tier)
    error_message = "LITE, ESSENTIALS or PLUS."
  }
}

variable "user_pool_triggers" {
  description = "ARNs of Lambda functions that the pool made here calls, such as those of infra/triggers: the output of the same name. Name none before it is there and allows the pool to call it, or nobody can sign in."
  type = object({
    post_confirmation    = optional(string)
    pre_sign_up          = optional(string)
    pre_token_generation = optional(string)
  })
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for arn in values(var.user_pool_triggers) : arn == null || can(regex("^arn:[a-z-]+:lambda:${var.region}:[0-9]{12}:function:", arn))])
    error_message = "ARNs of Lambda functions of the same Region."
  }
  validation {
    condition     = var.user_pool_triggers.pre_token_generation == null || var.user_pool_tier != "LITE"
    error_message = "Access tokens are changed in the plans ESSENTIALS and PLUS alone."
  }
  validation {
    condition     = var.existing_user_pool == null || alltrue([for arn in values(var.user_pool_triggers) : arn == null])
    error_message = "The triggers of a pool that existed are set where that pool is configured."
  }
}

variable "user_pool_domain_prefix" {
  description = "First label of the sign-in pages' address, unique in the Region. null: from name, environment and account."
  type        = string
  default     = null

  validation {
    condition     = var.user_pool_domain_prefix == null || can(regex("^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$", var.user_pool_domain_prefix))
    error_message = "1 to 63 lower-case letters, digits and hyphens, the first and the last of them no hyphen."
  }
  validation {
    condition     = var.user_pool_domain_prefix == null || var.existing_user_pool == null
    error_message = "The domain of a pool that existed is set where that pool is configured."
  }
}

variable "callback_urls" {
  description = "Addresses the application's sign-in returns to."
  type        = list(string)
  default     = ["http://localhost:5173/"]
  nullable    = false

  validation {
    condition     = length(var.callback_urls) > 0 && alltrue([for url in var.callback_urls : can(regex("^(https://|http://localhost[:/])", url))])
    error_message = "At least one https address; http is for localhost alone."
  }
}

variable "logout_urls" {
  description = "Addresses the application's sign-out returns to."
  type        = list(string)
  default     = []
  nullable    = false
}

variable "refresh_token_days" {
  description = "Days a sign-in can be refreshed."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = var.refresh_token_days >= 1 && var.refresh_token_days <= 3650 && floor(var.refresh_token_days) == var.refresh_token_days
    error_message = "A whole number from 1 to 3650."
  }
}

variable "machine_clients" {
  description = "Internal services that call with a token of their own: a name for each, and its scopes."
  type        = map(set(string))
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for scopes in values(var.machine_clients) : length(scopes) > 0 && length(setsubtract(scopes, ["read", "write", "erase", "close"])) == 0])
    error_message = "Scopes are read, write, erase and close."
  }
  validation {
    condition     = var.account_closure == "admin" || alltrue([for scopes in values(var.machine_clients) : !contains(scopes, "close")])
    error_message = "The scope close is for account_closure = \"admin\"."
  }
  validation {
    condition     = var.existing_user_pool == null || length(var.machine_clients) == 0
    error_message = "App clients of a pool that existed are made where that pool is configured: leave machine_clients out, and name their ids in existing_user_pool."
  }
}

variable "google" {
  description = "Google sign-in: the OAuth client's id and secret. null: not offered."
  type = object({
    client_id     = string
    client_secret = string
  })
  default   = null
  sensitive = true

  validation {
    condition     = var.existing_user_pool == null || nonsensitive(var.google == null)
    error_message = "Identity providers of a pool that existed are set where that pool is configured."
  }
}

variable "apple" {
  description = "Sign in with Apple: services id, team, key id and the key's PEM text. null: not offered."
  type = object({
    client_id   = string
    team_id     = string
    key_id      = string
    private_key = string
  })
  default   = null
  sensitive = true

  validation {
    condition     = var.existing_user_pool == null || nonsensitive(var.apple == null)
    error_message = "Identity providers of a pool that existed are set where that pool is configured."
  }
}

variable "email_sender" {
  description = "SES identity that Cognito writes from. null: Cognito's own address, 50 messages a day."
  type = object({
    ses_identity_arn = string
    from             = string
  })
  default = null

  validation {
    condition     = var.existing_user_pool == null || var.email_sender == null
    error_message = "How a pool that existed sends mail is set where that pool is configured."
  }
}

# ---- Pictures ----

variable "pictures_enabled" {
  description = "Lets people upload the picture of the field that the schema marks with x-picture: a private bucket, and CloudFront before it. Not to be turned off while the bucket holds pictures: an erasure would leave them."
  type        = bool
  default     = false
  nullable    = false

  validation {
    condition = !var.pictures_enabled || anytrue([
      for definition in values(local.profile_schema.properties) : try(definition["x-picture"], false) && !try(definition["x-retired"], false)
    ])
    error_message = "The profile schema marks no field in use with x-picture, so the service has nowhere to keep addresses and wouldn't start."
  }
  validation {
    condition     = !var.pictures_enabled || !can(regex("^(cn|us-gov|us-iso[a-z]*)-", var.region))
    error_message = "CloudFront, as it is used here, serves the buckets of AWS's commercial Regions."
  }
}

variable "pictures_domain_name" {
  description = "Name pictures are served at, a host of their own such as pictures.example.com. null: CloudFront's name. Profiles hold full addresses, so a later change leaves the old ones as they are."
  type        = string
  default     = null

  validation {
    condition     = var.pictures_domain_name == null || can(regex("^([a-z0-9]([a-z0-9-]*[a-z0-9])?\\.)+[a-z]{2,}$", var.pictures_domain_name))
    error_message = "A lower-case host name with at least one dot."
  }
  validation {
    condition     = var.pictures_domain_name == null || (var.pictures_domain_name != var.domain_name && var.pictures_enabled)
    error_message = "With pictures_enabled, a host of its own: what strangers upload is never served from the service's name."
  }
}

variable "pictures_certificate_arn" {
  description = "Issued ACM certificate for pictures_domain_name. CloudFront takes it from us-east-1 alone."
  type        = string
  default     = null

  validation {
    condition     = (var.pictures_certificate_arn == null) == (var.pictures_domain_name == null)
    error_message = "pictures_domain_name and pictures_certificate_arn go together."
  }
  validation {
    condition     = var.pictures_certificate_arn == null || can(regex("^arn:[a-z-]+:acm:us-east-1:[0-9]{12}:certificate/", var.pictures_certificate_arn))
    error_message = "The ARN of an ACM certificate in us-east-1."
  }
}

variable "pictures_hosted_zone_id" {
  description = "Route 53 public zone for the address records of pictures_domain_name. null: they are kept elsewhere, and lead to the output pictures_distribution_domain_name."
  type        = string
  default     = null

  validation {
    condition     = var.pictures_hosted_zone_id == null || can(regex("^[A-Z0-9]+$", var.pictures_hosted_zone_id))
    error_message = "A zone's id, such as Z0123456789ABCDEFGHIJ."
  }
  validation {
    condition     = var.pictures_hosted_zone_id == null || var.pictures_domain_name != null
    error_message = "Records are made for pictures_domain_name: give it too."
  }
}

variable "pictures_sweep_schedule" {
  description = "When pictures that no profile refers to are removed, such as rate(7 days) or cron(0 3 ? * SUN *). null: never by itself; the output pictures_sweep_command counts them."
  type        = string
  default     = null

  validation {
    condition = var.pictures_sweep_schedule == null || can(regex(
      "^(rate\\((1 (minute|hour|day)|([2-9]|[1-9][0-9]+) (minutes|hours|days))\\)|cron\\([0-9A-Za-z,*/?#-]+( [0-9A-Za-z,*/?#-]+){5}\\))$", var.pictures_sweep_schedule
    ))
    error_message = "A schedule of EventBridge's: rate(1 day), rate(7 days), or cron(…) with its six fields."
  }
  validation {
    condition     = var.pictures_sweep_schedule == null || var.pictures_enabled
    error_message = "Without pictures_enabled there is nothing to sweep."
  }
}

# ---- Watching, events, publishing ----

variable "alarm_emails" {
  description = "Addresses told of alarms; each must confirm the first message. An environment with deletion_protection needs one, or alarm_topic_arns."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = length(var.alarm_emails) + length(var.alarm_topic_arns) > 0 || !var.deletion_protection
    error_message = "An environment with deletion_protection tells somebody of its alarms: give alarm_emails, or alarm_topic_arns."
  }
  validation {
    condition     = alltrue([for address in var.alarm_emails : can(regex("^[^@[:space:]]+@[^@[:space:]]+$", address))])
    error_message = "E-mail addresses."
  }
}

variable "alarm_topic_arns" {
  description = "SNS topics of the same Region that are told of alarms too, such as the one a pager listens to."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for arn in var.alarm_topic_arns : can(regex("^arn:[a-z-]+:sns:${var.region}:[0-9]{12}:", arn))])
    error_message = "ARNs of SNS topics of the same Region: an alarm tells no other."
  }
}

variable "error_rate_alarm" {
  description = "Share of 5xx answers that raises an alarm and rolls a deployment back, in minutes with at least so many requests."
  type = object({
    percent                   = optional(number, 5)
    least_requests_per_minute = optional(number, 100)
  })
  default  = {}
  nullable = false

  validation {
    condition     = var.error_rate_alarm.percent > 0 && var.error_rate_alarm.percent < 100 && var.error_rate_alarm.least_requests_per_minute >= 1
    error_message = "A percentage between 0 and 100, and at least one request."
  }
}

variable "latency_alarm_seconds" {
  description = "99th percentile of the answer time that raises an alarm."
  type        = number
  default     = 1
  nullable    = false

  validation {
    condition     = var.latency_alarm_seconds > 0
    error_message = "More than 0."
  }
}

variable "events" {
  description = "Puts an event on an event bus for every change of a profile. It carries the id and nothing else about the person."
  type        = bool
  default     = false
  nullable    = false

  validation {
    condition     = !var.events || var.existing_table_name == null
    error_message = "Events are read from the stream of the table that is made here."
  }
}

variable "events_log_level" {
  description = "What the pipe of the events logs: OFF, ERROR, INFO or TRACE. It never logs an event's content."
  type        = string
  default     = "ERROR"
  nullable    = false

  validation {
    condition     = contains(["OFF", "ERROR", "INFO", "TRACE"], var.events_log_level)
    error_message = "OFF, ERROR, INFO or TRACE."
  }
}

variable "opentelemetry" {
  description = "OTEL_… variables of the service, such as OTEL_EXPORTER_OTLP_ENDPOINT. A collector on another port than 443 needs additional_egress."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for name in keys(var.opentelemetry) : can(regex("^OTEL_[A-Z_]+$", name))])
    error_message = "Variables whose names begin with OTEL_."
  }
  validation {
    condition     = alltrue([for name, value in var.opentelemetry : !endswith(name, "_ENDPOINT") || value == "" || can(regex("^https?://[^/[:space:]]+(/[^[:space:]]*)?$", value))])
    error_message = "An endpoint is an address such as https://collector.example.com:4318."
  }
  validation {
    condition     = alltrue([for name in keys(var.opentelemetry) : !strcontains(name, "HEADERS")])
    error_message = "Headers carry credentials, and these variables are readable by all who may describe a task: let a collector of yours add them."
  }
}

variable "additional_egress" {
  description = "What the tasks reach besides AWS on port 443: a name for each, its IPv4 range and its TCP port."
  type = map(object({
    cidr = string
    port = number
  }))
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for rule in values(var.additional_egress) : can(cidrnetmask(rule.cidr)) && rule.cidr != "0.0.0.0/0" && rule.port >= 1 && rule.port <= 65535])
    error_message = "An IPv4 CIDR other than the whole internet, and a port."
  }
}

variable "github_repository" {
  description = "owner/name of the GitHub repository whose main branch and version tags may push images. null: none may."
  type        = string
  default     = null

  validation {
    condition     = var.github_repository == null || can(regex("^[A-Za-z0-9-]+/[A-Za-z0-9._-]+$", var.github_repository))
    error_message = "owner/name."
  }
}

variable "github_oidc_provider_arn" {
  description = "The account's identity provider for GitHub, where it has one. null: it is made here, once for an account."
  type        = string
  default     = null

  validation {
    condition     = var.github_oidc_provider_arn == null || can(regex(":oidc-provider/token\\.actions\\.githubusercontent\\.com$", var.github_oidc_provider_arn))
    error_message = "The ARN of an identity provider for token.actions.githubusercontent.com."
  }
}
