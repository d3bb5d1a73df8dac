"""Short words for what a browser does in tests of pages."""

from django.urls import reverse


def url(name, *args, **kwargs):
    return reverse(f"learning:{name}", args=args, kwargs=kwargs)


def lesson_url(enrollment, key):
    return url("lesson", enrollment.public_id, key)


def page(response, status=200):
    assert response.status_code == status, (response.status_code, getattr(response, "url", ""))
    return response.content.decode()


def go(response):
    assert response.status_code == 303
    return response.url
