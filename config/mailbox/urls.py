"""/mailbox/ on the public host"""

from django.urls import path

from config.mailbox import views

app_name = "mailbox"

urlpatterns = [
    path("", views.message_list, name="message-list"),
    path("<slug:name>/", views.message_detail, name="message-detail"),
    path("<slug:name>/page/", views.message_page, name="message-page"),
]
