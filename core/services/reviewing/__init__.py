"""Reviewing: people decide what waits for them (deciding), in linked places too (partnering); what they did is on record
(auditing), and what they decided is counted (agreeing) and learnt from (learning)."""
