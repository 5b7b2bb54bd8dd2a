"""Tables before they are terminal, Markdown, LaTeX or HTML."""
