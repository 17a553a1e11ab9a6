"""The language that rubrics are written in: `words` says what is asked, `inputs` what is tried."""
