"""/reminders/"""

from django.urls import path

from compliance.reminders import views

app_name = "reminders"

urlpatterns = [path("", views.upcoming, name="upcoming")]
