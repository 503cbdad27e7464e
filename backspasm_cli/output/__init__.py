"""Answer -> text: one module for each format, all in the order of content that `content` sets."""
