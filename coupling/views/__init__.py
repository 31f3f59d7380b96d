"""Views of pages that are neither list, card nor dialog."""
