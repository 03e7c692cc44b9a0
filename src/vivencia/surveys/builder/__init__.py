"""Making surveys: choosing a template, editing with a live preview, publishing."""
