"""Users."""

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models


class User(AbstractBaseUser):
    """A person or service that signs in."""

    username = models.CharField(max_length=80, unique=True)
    USERNAME_FIELD = "username"
    objects: BaseUserManager["User"] = BaseUserManager()
