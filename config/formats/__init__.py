"""How moments are written where Django's own formats mix "2 a.m." with "4:15 p.m."; everything else is Django's."""
