"""A provider that is not written here (https://github.com/jazzband/django-oauth-toolkit), for tests.

It takes its settings as one argument of JSON, listens on a free loopback port, prints one line of JSON
when it is ready, and ends when its standard input does, so that it dies with its parent. Token and
revocation requests are JSON, as FNCY documents its own. People sign in at the login page of Django's
admin site with any name; what is known of them is in memory, and the number of their row is their id.
"""

import json
import os
import sys
import threading
from wsgiref.simple_server import make_server

import django
from django.conf import settings

given = json.loads(sys.argv[1])

settings.configure(
    ALLOWED_HOSTS=["127.0.0.1"],
    AUTHENTICATION_BACKENDS=["__main__.AnyName"],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    INSTALLED_APPS=[
        "django.contrib.admin",
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.messages",
        "django.contrib.sessions",
        "django.contrib.staticfiles",
        "oauth2_provider",
    ],
    LOGIN_URL="admin:login",
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
    ],
    OAUTH2_PROVIDER={
        "ACCESS_TOKEN_EXPIRE_SECONDS": given["accessTokenSeconds"],
        "OAUTH2_BACKEND_CLASS": "oauth2_provider.oauth2_backends.JSONOAuthLibCore",
        "PKCE_REQUIRED": True,
        "ROTATE_REFRESH_TOKEN": True,
        "SCOPES": {"profile": "Your name", "email": "Your email address"},
    },
    ROOT_URLCONF="__main__",
    SECRET_KEY="a key that signs nothing of value",
    STATIC_URL="/static/",
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "APP_DIRS": True,
            "OPTIONS": {
                "context_processors": [
                    "django.template.context_processors.request",
                    "django.contrib.auth.context_processors.auth",
                    "django.contrib.messages.context_processors.messages",
                ]
            },
        }
    ],
    USE_TZ=True,
)
django.setup()

from django.contrib import admin
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import User
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from django.http import JsonResponse
from django.urls import include, path
from oauth2_provider.models import Application
from oauth2_provider.views.generic import ProtectedResourceView


class AnyName(ModelBackend):
    def authenticate(self, request, username=None, **_):
        known = {"email": f"{username}@people.example", "is_staff": True}
        return User.objects.get_or_create(username=username, defaults=known)[0]


class UserData(ProtectedResourceView):
    def get(self, request):
        user = request.resource_owner
        return JsonResponse({"id": user.pk, "name": user.username, "email": user.email})


urlpatterns = [
    path("admin/", admin.site.urls),
    path("o/", include("oauth2_provider.urls", namespace="oauth2_provider")),
    path("user/", UserData.as_view()),
]

call_command("migrate", verbosity=0)
for client_id in (given["clientId"], given["basicClientId"]):
    Application.objects.create(
        name="FNCY Login",
        client_id=client_id,
        client_secret=given["clientSecret"],
        client_type=Application.CLIENT_CONFIDENTIAL,
        authorization_grant_type=Application.GRANT_AUTHORIZATION_CODE,
        redirect_uris=given["redirectUri"],
    )


def end_with_parent():
    sys.stdin.read()
    os._exit(0)


threading.Thread(target=end_with_parent, daemon=True).start()
# One request after the other: the database is this thread's.
server = make_server("127.0.0.1", 0, get_wsgi_application())
print(json.dumps({"baseUrl": f"http://127.0.0.1:{server.server_port}"}), flush=True)

# From here on nobody reads what it writes, and a full pipe would stop it.
sys.stdout = sys.stderr = open(os.devnull, "w")
server.serve_forever()
