"""The sentences of the filter errors."""

from django.utils.translation import gettext_lazy as _

from records.messages import register

register(
    {
        "filter_too_long": _("The filter is too long: %(length)s characters, at most %(max)s are allowed."),
        "filter_too_many_terms": _("The filter has too many parts; at most %(max)s are allowed."),
        "filter_bad_character": _("The filter contains a character that cannot be used."),
        "filter_field_expected": _(
            "The filter needs a field name and an equal sign at position %(position)s (%(near)s). "
            "A value that contains a comma must stand in single quotes."
        ),
        "filter_value_expected": _("The filter needs a value at position %(position)s. Blank is written as ''."),
        "filter_second_range": _("A range has only one '..' (position %(position)s)."),
        "filter_operator_with_range": _("A range cannot be combined with a sign such as '>' (position %(position)s)."),
        "filter_quote_open": _("The quote that begins before position %(position)s is never closed."),
        "filter_text_after_quote": _("There is text behind the closing quote at position %(position)s."),
        "filter_quotes_needed": _(
            "'%(text)s' must stand in single quotes, because it begins with a sign of the filter."
        ),
        "filter_operator": _("There is no operator '%(operator)s'."),
        "filter_value_missing": _("The condition on the field '%(field)s' needs a value."),
        "filter_pattern_sign": _(
            "'%(value)s' contains a sign of the filter and cannot be part of a pattern for the field '%(field)s'."
        ),
        "filter_comma": _("A filter value that contains a comma must stand in single quotes."),
        "filter_unknown_field": _("'%(field)s' is not a field that can be filtered."),
        "filter_value": _("'%(value)s' is not a valid value for the field '%(field)s'."),
        "filter_not_ordered": _("The field '%(field)s' has no order, so a range is not possible ('%(value)s')."),
        "filter_plain_value_needed": _("A range needs a plain value for the field '%(field)s', not '%(value)s'."),
        "ordering_unknown_field": _("'%(field)s' is not a field that a list can be sorted by."),
        "filter_wildcard_in_value": _("The field '%(field)s' takes no wildcards ('%(value)s')."),
    }
)
