variable "name" {
  description = "What the functions' names begin with, such as user-profile-production: that of the environment."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,38}$", var.name))
    error_message = "Lower-case letters, digits and hyphens, at most 39."
  }
}

variable "user_pool_id" {
  description = "The pool that may call the functions, of the Region and account they are made in."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]+_[0-9A-Za-z]+$", var.user_pool_id))
    error_message = "A pool's id, such as eu-central-1_AbCdEfGhI."
  }
}

variable "service_url" {
  description = "Address of the profile service."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^https://[^/]+$", var.service_url))
    error_message = "https, a host, and no path."
  }
}

variable "token_endpoint" {
  description = "Where the pool gives out tokens: its domain and /oauth2/token."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^https://[^/]+/oauth2/token$", var.token_endpoint))
    error_message = "https://DOMAIN/oauth2/token."
  }
}

variable "machine_client" {
  description = "App client of the triggers, with the scopes profiles/read and profiles/write as far as they are used. Its secret ends up in the state and in the functions' configuration."
  type = object({
    client_id     = string
    client_secret = string
  })
  sensitive = true
  nullable  = false
}

variable "post_confirmation" {
  description = "Makes the function that creates a profile when a sign-up is confirmed."
  type        = bool
  default     = false
  nullable    = false
}

variable "pre_sign_up" {
  description = "Makes the function that refuses a second sign-up with a known address: proven, where an identity provider vouches for the address, or all, which tells anybody which addresses are known. null: no such function."
  type        = string
  default     = null

  validation {
    condition     = var.pre_sign_up == null || contains(["proven", "all"], coalesce(var.pre_sign_up, "none"))
    error_message = "proven, all or null."
  }
}

variable "pre_token_generation" {
  description = "Makes the function that puts these fields of the profile into access tokens, the most important first, within so many bytes. null: no such function."
  type = object({
    fields    = list(string)
    max_bytes = optional(number, 1000)
  })
  default = null

  validation {
    condition     = try(length(var.pre_token_generation.fields) > 0 && alltrue([for field in var.pre_token_generation.fields : can(regex("^[A-Za-z][A-Za-z0-9_]*$", field))]), var.pre_token_generation == null)
    error_message = "At least one field, by its name in profile.schema.json."
  }
  validation {
    condition     = try(var.pre_token_generation.max_bytes >= 20 && var.pre_token_generation.max_bytes <= 4000, var.pre_token_generation == null)
    error_message = "20 to 4000 bytes: every request carries the token in a header."
  }
}

variable "deadline_ms" {
  description = "Milliseconds after which a function goes on without the service. With a cold start it must stay below the 5 s that Cognito waits."
  type        = number
  default     = 1500
  nullable    = false

  validation {
    condition     = var.deadline_ms >= 100 && var.deadline_ms <= 3000
    error_message = "100 to 3000."
  }
}

variable "log_retention_days" {
  description = "Days the functions' logs are kept."
  type        = number
  default     = 30
  nullable    = false
}

variable "bundles" {
  description = "Folder of the archives that examples/triggers/build.ts makes. null: where it makes them."
  type        = string
  default     = null
}
