"""What Earshot knows and does: model < ports < services < adapters. No chat platform and no database is imported here."""
