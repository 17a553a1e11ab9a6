"""From a folder, a zip or a notebook to a clean folder of modules."""
