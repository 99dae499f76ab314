# What an environment can't be planned without, and only its owner knows.
account_id   = "123456789012"
alarm_emails = ["operator@example.com"]
