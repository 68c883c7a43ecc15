"""Geometry for the charts among the components, in the direction of the active language."""

from django import template
from django.utils.translation import get_language_bidi

from kit import charts

register = template.Library()


@register.simple_tag
def columns(points):
    return charts.columns(points or [], is_rtl=get_language_bidi())


@register.simple_tag
def stripes(points, top=None):
    return charts.stripes(points or [], is_rtl=get_language_bidi(), top=top)


@register.simple_tag
def radar(points):
    return charts.radar(points or [], is_rtl=get_language_bidi())


@register.simple_tag
def spark(points):
    return charts.spark(points, is_rtl=get_language_bidi())
