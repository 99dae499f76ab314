# Small: two Spot tasks with public addresses, closed from outside, and no NAT gateway.
# Put your own domain here, or beside it in a file of your own (-var-file, later ones win).
environment = "dev"
region      = "eu-central-1"
domain_name = "profiles.dev.example.com"

deletion_protection = false
nat_gateways        = "none"
spot                = true
minimum_tasks       = 2
maximum_tasks       = 4
log_retention_days  = 7
table_recovery_days = 1
table_maximum_units = { read = 1000, write = 500 }

cors_origins    = ["http://localhost:5173"]
callback_urls   = ["http://localhost:5173/"] # where user-profile-react returns to
logout_urls     = ["http://localhost:5173/"]
machine_clients = { example = ["read", "write", "erase"] }
