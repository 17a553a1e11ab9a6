"""What each verb of the command line does: paths in, outputs out, an exit status back."""
