locals {
  own_pool      = var.existing_user_pool == null
  user_pool_id  = local.own_pool ? aws_cognito_user_pool.people[0].id : var.existing_user_pool.id
  user_pool_arn = local.own_pool ? aws_cognito_user_pool.people[0].arn : "arn:${local.partition}:cognito-idp:${split("_", var.existing_user_pool.id)[0]}:${local.account_id}:userpool/${var.existing_user_pool.id}"

  client_ids = local.own_pool ? concat(
    [aws_cognito_user_pool_client.application[0].id],
    [for name in keys(aws_cognito_user_pool_client.machine) : aws_cognito_user_pool_client.machine[name].id],
  ) : var.existing_user_pool.client_ids

  pool_triggers = [for arn in values(var.user_pool_triggers) : arn if arn != null]

  # That a provider is offered is no secret; its values stay marked.
  google_offered = nonsensitive(var.google != null)
  apple_offered  = nonsensitive(var.apple != null)
}

# What is set here for usernames and attributes can never be changed on a living pool.
resource "aws_cognito_user_pool" "people" {
  count                    = local.own_pool ? 1 : 0
  name                     = local.prefix
  user_pool_tier           = var.user_pool_tier
  deletion_protection      = var.deletion_protection ? "ACTIVE" : "INACTIVE"
  username_attributes      = ["email"]
  auto_verified_attributes = ["email"]
  mfa_configuration        = "OPTIONAL"

  username_configuration {
    case_sensitive = false
  }

  software_token_mfa_configuration {
    enabled = true
  }

  password_policy {
    minimum_length                   = 12
    require_lowercase                = false
    require_uppercase                = false
    require_numbers                  = false
    require_symbols                  = false
    temporary_password_validity_days = 7
  }

  account_recovery_setting {
    recovery_mechanism {
      name     = "verified_email"
      priority = 1
    }
  }

  # The old address stays until the new one is proved.
  user_attribute_update_settings {
    attributes_require_verification_before_update = ["email"]
  }

  dynamic "email_configuration" {
    for_each = var.email_sender[*]
    content {
      email_sending_account = "DEVELOPER"
      source_arn            = email_configuration.value.ses_identity_arn
      from_email_address    = email_configuration.value.from
    }
  }

  dynamic "lambda_config" {
    for_each = length(local.pool_triggers) == 0 ? [] : [var.user_pool_triggers]
    content {
      post_confirmation = lambda_config.value.post_confirmation
      pre_sign_up       = lambda_config.value.pre_sign_up

      # Version 2 for access tokens. Version 3 would ask the trigger about the trigger's own token.
      dynamic "pre_token_generation_config" {
        for_each = lambda_config.value.pre_token_generation[*]
        content {
          lambda_arn     = pre_token_generation_config.value
          lambda_version = "V2_0"
        }
      }
    }
  }

  # existing_user_pool would delete this pool and everybody's login: a plan that would do so fails.
  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_cognito_user_pool_domain" "people" {
  count        = local.own_pool ? 1 : 0
  user_pool_id = aws_cognito_user_pool.people[0].id
  domain       = local.user_pool_domain_prefix

  lifecycle {
    precondition {
      condition     = !can(regex("aws|amazon|cognito", local.user_pool_domain_prefix))
      error_message = "Cognito takes no address with aws, amazon or cognito in it: set user_pool_domain_prefix."
    }
  }
}

# Scopes read profiles/read, profiles/write and profiles/erase in a token.
resource "aws_cognito_resource_server" "profiles" {
  count        = local.own_pool ? 1 : 0
  user_pool_id = aws_cognito_user_pool.people[0].id
  identifier   = "profiles"
  name         = "Profiles"

  scope {
    scope_name        = "read"
    scope_description = "Read, look up and list any profile"
  }

  scope {
    scope_name        = "write"
    scope_description = "Create and change any profile"
  }

  scope {
    scope_name        = "erase"
    scope_description = "Erase any profile"
  }

  dynamic "scope" {
    for_each = var.account_closure == "admin" ? ["close"] : []
    content {
      scope_name        = scope.value
      scope_description = "Close any account: the profile and the login"
    }
  }
}

# The people's application: authorization code with PKCE, so it holds no secret.
resource "aws_cognito_user_pool_client" "application" {
  count                                = local.own_pool ? 1 : 0
  name                                 = "application"
  user_pool_id                         = aws_cognito_user_pool.people[0].id
  generate_secret                      = false
  prevent_user_existence_errors        = "ENABLED"
  enable_token_revocation              = true
  explicit_auth_flows                  = ["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]
  allowed_oauth_flows_user_pool_client = true
  allowed_oauth_flows                  = ["code"]
  # The last one lets a token read its own attributes, for the first profile.
  allowed_oauth_scopes         = ["openid", "email", "profile", "aws.cognito.signin.user.admin"]
  supported_identity_providers = concat(["COGNITO"], aws_cognito_identity_provider.google[*].provider_name, aws_cognito_identity_provider.apple[*].provider_name)
  callback_urls                = var.callback_urls
  logout_urls                  = var.logout_urls
  access_token_validity        = 60
  id_token_validity            = 60
  refresh_token_validity       = var.refresh_token_days

  token_validity_units {
    access_token  = "minutes"
    id_token      = "minutes"
    refresh_token = "days"
  }
}

resource "aws_cognito_user_pool_client" "machine" {
  for_each                             = local.own_pool ? var.machine_clients : {}
  name                                 = each.key
  user_pool_id                         = aws_cognito_user_pool.people[0].id
  generate_secret                      = true
  enable_token_revocation              = true
  allowed_oauth_flows_user_pool_client = true
  allowed_oauth_flows                  = ["client_credentials"]
  allowed_oauth_scopes                 = [for scope in sort(each.value) : "${aws_cognito_resource_server.profiles[0].identifier}/${scope}"]
  access_token_validity                = 60

  token_validity_units {
    access_token = "minutes"
  }
}

# email_verified is mapped, or every federated sign-in would make the address unproved again.
resource "aws_cognito_identity_provider" "google" {
  count         = local.own_pool && local.google_offered ? 1 : 0
  user_pool_id  = aws_cognito_user_pool.people[0].id
  provider_name = "Google"
  provider_type = "Google"

  provider_details = {
    client_id        = var.google.client_id
    client_secret    = var.google.client_secret
    authorize_scopes = "openid email profile"
  }

  attribute_mapping = {
    username       = "sub"
    email          = "email"
    email_verified = "email_verified"
    given_name     = "given_name"
    family_name    = "family_name"
    name           = "name"
    picture        = "picture"
  }

  lifecycle {
    # Cognito adds the provider's endpoints by itself, and no plan would ever be clean.
    ignore_changes = [
      provider_details["attributes_url"],
      provider_details["attributes_url_add_attributes"],
      provider_details["authorize_url"],
      provider_details["oidc_issuer"],
      provider_details["token_request_method"],
      provider_details["token_url"],
    ]
  }
}

# Apple tells the name at the very first consent only.
resource "aws_cognito_identity_provider" "apple" {
  count         = local.own_pool && local.apple_offered ? 1 : 0
  user_pool_id  = aws_cognito_user_pool.people[0].id
  provider_name = "SignInWithApple"
  provider_type = "SignInWithApple"

  provider_details = {
    client_id        = var.apple.client_id
    team_id          = var.apple.team_id
    key_id           = var.apple.key_id
    private_key      = var.apple.private_key
    authorize_scopes = "email name"
  }

  attribute_mapping = {
    username       = "sub"
    email          = "email"
    email_verified = "email_verified"
    given_name     = "firstName"
    family_name    = "lastName"
  }

  lifecycle {
    # As for Google.
    ignore_changes = [
      provider_details["attributes_url_add_attributes"],
      provider_details["authorize_url"],
      provider_details["oidc_issuer"],
      provider_details["token_request_method"],
      provider_details["token_url"],
    ]
  }
}
