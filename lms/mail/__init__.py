"""The only way a message leaves: kinds, words, outbox, delivery, and the record of what was sent to whom."""
