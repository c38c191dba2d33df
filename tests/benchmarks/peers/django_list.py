"""The list of needs and offers in Django: its ORM, its form with widgets, its templates."""

import datetime as dt
import uuid
from pathlib import Path

import django
import shared
from django.conf import settings

settings.configure(
    DEBUG=False,
    SECRET_KEY="x" * 50,
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF="django_list",
    USE_TZ=True,
    TIME_ZONE="UTC",
    INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "django.contrib.messages"],
    MIDDLEWARE=[
        "django.middleware.security.SecurityMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django_list.TenantAndPerson",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
    ],
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "CONN_MAX_AGE": None,
            **{name.upper(): value for name, value in shared.database().items()},
        }
    },
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "DIRS": [Path(__file__).parent / "templates"],
            "OPTIONS": {"context_processors": ["django.template.context_processors.request"]},
        }
    ],
    LOGGING_CONFIG=None,
)
django.setup()

from django import forms  # noqa: E402
from django.core.handlers.wsgi import WSGIHandler  # noqa: E402
from django.db import connection, models, transaction  # noqa: E402
from django.db.models import Q  # noqa: E402
from django.http import Http404, HttpResponse  # noqa: E402
from django.shortcuts import render  # noqa: E402
from django.urls import path  # noqa: E402


class Row(models.Model):
    """A table that exists; every one has an authority."""

    authority_id = models.IntegerField()

    class Meta:
        abstract = True
        app_label = "django_list"
        managed = False


class School(Row):
    urn = models.IntegerField(primary_key=True)
    name = models.TextField()
    easting = models.IntegerField(null=True)
    northing = models.IntegerField(null=True)
    status = models.TextField()

    class Meta(Row.Meta):
        db_table = "school"


class Person(Row):
    id = models.UUIDField(primary_key=True)
    name = models.TextField()
    email = models.TextField()
    left_on = models.DateField(null=True)

    class Meta(Row.Meta):
        db_table = "person"


class Consortium(Row):
    id = models.UUIDField(primary_key=True)
    name = models.TextField()
    phase = models.TextField()
    ended_on = models.DateField(null=True)

    class Meta(Row.Meta):
        db_table = "consortium"


class RoleAssignment(Row):
    id = models.UUIDField(primary_key=True)
    role = models.TextField()
    school = models.ForeignKey(School, models.DO_NOTHING, db_column="school_urn", null=True)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)

    class Meta(Row.Meta):
        db_table = "role_assignment"


class UserSession(Row):
    id = models.UUIDField(primary_key=True)
    token_hash = models.BinaryField()
    person = models.ForeignKey(Person, models.DO_NOTHING)
    role_assignment = models.ForeignKey(RoleAssignment, models.DO_NOTHING)
    seen_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta(Row.Meta):
        db_table = "user_session"


class Membership(Row):
    id = models.UUIDField(primary_key=True)
    school = models.ForeignKey(School, models.DO_NOTHING, db_column="school_urn")
    consortium = models.ForeignKey(Consortium, models.DO_NOTHING)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)

    class Meta(Row.Meta):
        db_table = "consortium_membership"


class Need(Row):
    id = models.UUIDField(primary_key=True)
    school = models.ForeignKey(School, models.DO_NOTHING, db_column="school_urn")
    state = models.TextField()
    title = models.TextField()
    theme = models.TextField()
    phase = models.TextField()
    urgency = models.TextField()
    days = models.DecimalField(max_digits=5, decimal_places=1, null=True)
    posted_at = models.DateTimeField(null=True)
    confirmed_on = models.DateField(null=True)
    visible_to_authority_from = models.DateField(null=True)

    class Meta(Row.Meta):
        db_table = "need"

    @property
    def theme_label(self):
        return shared.THEMES.get(self.theme, self.theme)

    @property
    def urgency_label(self):
        return shared.URGENCIES.get(self.urgency, "")

    @property
    def days_text(self):
        return shared.days(self.days)

    @property
    def posted(self):
        return shared.days_ago(self.posted_at, dt.date.today())  # noqa: DTZ011


def in_force(today, prefix=""):
    """The condition that a row with two dates is in force."""
    ends = Q(**{f"{prefix}ends_on": None}) | Q(**{f"{prefix}ends_on__gt": today})
    return ends & Q(**{f"{prefix}starts_on__lte": today})


_process = {}
"""The server process of the open connection, to which contexts are bound."""


class TenantAndPerson:
    """Middleware: the authority of the host, one transaction with its context, the person of the cookie."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        tenant = shared.HOSTS.get(request.get_host())
        if tenant is None:
            raise Http404
        request.authority_id, request.authority_name = tenant
        with transaction.atomic():
            with connection.cursor() as cursor:
                if _process.get("connection") is not connection.connection:
                    cursor.execute(shared.PROCESS)
                    _process.update(connection=connection.connection, process=cursor.fetchone()[0])
                context = shared.tenant_context(tenant[0], _process["process"])
                cursor.execute(f"SET LOCAL alongside.tenant_context = '{context}'")
            now, today = dt.datetime.now(dt.UTC), dt.date.today()  # noqa: DTZ011
            token = request.COOKIES.get(shared.COOKIE, "")
            session = (
                UserSession.objects.select_related("person", "role_assignment__school")
                .filter(authority_id=tenant[0], token_hash=shared.token_hash(token), ended_at=None)
                .filter(expires_at__gt=now, seen_at__gt=now - dt.timedelta(minutes=shared.IDLE_MINUTES))
                .filter(Q(person__left_on=None) | Q(person__left_on__gt=today))
                .filter(in_force(today, "role_assignment__"))
                .first()
            )
            if session is None:
                return HttpResponse("Sign in", status=401)
            request.person, request.role_assignment = session.person, session.role_assignment
            request.today, request.token = today, token
            response = self.get_response(request)
        for name, value in shared.HEADERS.items():
            response.headers.setdefault(name, value)
        return response


SELECT = forms.Select(attrs={"class": "govuk-select"})


class FilterForm(forms.Form):
    """The filters above the list."""

    q = forms.CharField(
        label="Search words",
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"class": "govuk-input"}),
    )
    kind = forms.ChoiceField(label="Show", choices=shared.KINDS, required=False, widget=SELECT)
    theme = forms.ChoiceField(
        label="Theme", choices=[shared.ALL, *shared.THEMES.items()], required=False, widget=SELECT
    )
    phase = forms.ChoiceField(
        label="Phase", choices=[shared.ALL, *shared.PHASES.items()], required=False, widget=SELECT
    )
    consortium = forms.ChoiceField(label="Consortium", required=False, widget=SELECT)
    within = forms.IntegerField(
        label="Within (miles)",
        min_value=1,
        max_value=200,
        required=False,
        widget=forms.TextInput(attrs={"class": "govuk-input govuk-input--width-4", "inputmode": "decimal"}),
    )
    sort = forms.ChoiceField(label="Order", choices=shared.SORTS, required=False, widget=SELECT)


def visible_posts(authority_id, own, today):
    """The open needs that a headteacher may see: of the own consortia, and those shown to all."""
    of_school = Membership.objects.filter(in_force(today), authority_id=authority_id, school_id=own.urn)
    mine = Membership.objects.filter(
        in_force(today), authority_id=authority_id, consortium__in=of_school.values("consortium")
    )
    urns = {*mine.values_list("school_id", flat=True), own.urn}
    return (
        Need.objects.select_related("school")
        .filter(authority_id=authority_id, state__in=["open", "proposed"])
        .filter(school__authority_id=authority_id, school__status__in=["open", "closing"])
        .filter(Q(school_id__in=urns) | Q(visible_to_authority_from__lte=today))
        .only(
            "id", "title", "theme", "phase", "urgency", "days", "posted_at", "confirmed_on", "state",
            "school__urn", "school__name", "school__easting", "school__northing",
        )
    )  # fmt: skip


def list_needs_and_offers(request):
    """The page, for needs only."""
    own = request.role_assignment.school
    consortia = Consortium.objects.filter(authority_id=request.authority_id, ended_on=None)
    form = FilterForm(request.GET)
    form.fields["consortium"].choices = [
        shared.ALL,
        *((str(one.id), one.name) for one in consortia.order_by("phase", "name")[:200]),
    ]
    chosen = form.cleaned_data if form.is_valid() else {}
    posts = visible_posts(request.authority_id, own, request.today)
    for name in ("theme", "phase"):
        if chosen.get(name):
            posts = posts.filter(**{name: chosen[name]})
    posts = list(posts.order_by("-posted_at", "-id")[: shared.PAGE_LENGTH + 1])
    for post in posts:
        there = (post.school.easting, post.school.northing)
        away = shared.miles((own.easting, own.northing), there)
        post.away = None if post.school.urn == own.urn else away
    context = {
        "form": form,
        "posts": posts[: shared.PAGE_LENGTH],
        "authority": request.authority_name,
        "person": request.person,
        "navigation": shared.NAVIGATION,
        "csrf_token": shared.csrf_token(request.token),
        "idempotency_key": uuid.uuid4().hex,
        "now": dt.datetime.now(dt.UTC).isoformat(),
    }
    return render(request, "django_list.html", context)


urlpatterns = [path("needs-and-offers", list_needs_and_offers)]
application = WSGIHandler()
