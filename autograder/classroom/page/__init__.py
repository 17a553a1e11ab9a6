"""The pages by which staff understand a class: overview, clusters, similarity, students."""
