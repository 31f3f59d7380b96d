"""Addresses of the pages about people."""

from django.urls import path

from people.views import my_settings, sign_in, users

urlpatterns = [
    path("sign-in/", sign_in.SignInView.as_view(), name="people.sign_in"),
    path("sign-out/", sign_in.sign_out, name="people.sign_out"),
    path("language/", sign_in.set_language, name="people.language"),
    path("my-settings/", my_settings.MySettingsView.as_view(), name="people.settings"),
    path("my-settings/password/", my_settings.PasswordView.as_view(), name="people.password"),
    path("users/", users.UserListView.as_view(), name="people.user.list"),
    path("users/new/", users.UserCreateView.as_view(), name="people.user.new"),
    path("users/<int:pk>/", users.UserEditView.as_view(), name="people.user.card"),
]
