"""Addresses around signing in; those of the pages about people come from `people.pages`."""

from django.urls import path

from people.views import sign_in

urlpatterns = [
    path("sign-in/", sign_in.SignInView.as_view(), name="people.sign_in"),
    path("sign-out/", sign_in.sign_out, name="people.sign_out"),
    path("language/", sign_in.set_language, name="people.language"),
]
