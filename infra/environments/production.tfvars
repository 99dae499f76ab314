# Three zones, private tasks, a way out in each zone, everything protected from deletion.
# account_id and alarm_emails (or alarm_topic_arns) have to be given too: only you know them.
# Put your own domain here, or beside it in a file of your own (-var-file, later ones win).
environment = "production"
region      = "eu-central-1"
domain_name = "profiles.example.com"

deletion_protection = true
zone_count          = 3
nat_gateways        = "per_zone"
interface_endpoints = true
cpu                 = 512
memory              = 1024
minimum_tasks       = 3
maximum_tasks       = 60
log_retention_days  = 90
table_recovery_days = 35
# A bound on the bill, twice the peak of 100 million people (docs/cost.md): raise it in time.
table_maximum_units = { read = 12000, write = 4000 }

target_requests_per_minute = 4980

cors_origins    = ["https://app.example.com"]
callback_urls   = ["https://app.example.com/"]
logout_urls     = ["https://app.example.com/"]
machine_clients = { billing = ["read", "write"], support = ["read", "write", "erase"] }
