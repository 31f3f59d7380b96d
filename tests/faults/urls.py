"""Workers answer no addresses."""

urlpatterns: list[object] = []
