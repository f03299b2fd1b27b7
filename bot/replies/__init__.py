"""What commands answer: meaning, never text. One file per subject, named as in commands/ and cards/."""
