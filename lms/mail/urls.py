"""/messages/"""

from django.urls import path

from lms.mail import views

app_name = "mail"

urlpatterns = [
    path("", views.message_list, name="message-list"),
    path("mine/", views.own_messages, name="own-messages"),
    path("<uuid:public_id>/", views.message_detail, name="message-detail"),
    path("<uuid:public_id>/page/", views.message_page, name="message-page"),
    path("<uuid:public_id>/resend/", views.message_resend, name="message-resend"),
]
