"""Page machinery: lists, cards, dialogs, registry."""
