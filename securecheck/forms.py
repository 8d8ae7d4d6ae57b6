from django.forms.renderers import TemplatesSetting


class FieldRenderer(TemplatesSetting):
    """Draws every field group by the project's own template: label, help, error, tied together."""

    field_template_name = "forms/field.html"
