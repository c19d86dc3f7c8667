"""Numbers about reading documents: a module a topic, each with `measure(data)`."""
