"""/learn/ and /certificates/"""

from django.urls import path

from lms.learning import views

app_name = "learning"

urlpatterns = [
    path("learn/courses/<uuid:public_id>/", views.course_enter, name="course-enter"),
    path("learn/courses/<uuid:public_id>/start/", views.start, name="start"),
    path("learn/<uuid:public_id>/", views.enrollment, name="enrollment"),
    path("learn/<uuid:public_id>/resume/", views.resume, name="resume"),
    path("learn/<uuid:public_id>/sign/", views.sign, name="sign"),
    path("learn/<uuid:public_id>/lessons/<slug:key>/", views.lesson, name="lesson"),
    path("learn/<uuid:public_id>/lessons/<slug:key>/done/", views.lesson_done, name="lesson-done"),
    path("learn/<uuid:public_id>/lessons/<slug:key>/attempts/", views.attempt_start, name="attempt-start"),
    path("learn/attempts/<uuid:public_id>/<int:place>/", views.question, name="question"),
    path("learn/attempts/<uuid:public_id>/review/", views.review, name="review"),
    path("learn/attempts/<uuid:public_id>/result/", views.result, name="result"),
    path("certificates/", views.certificate_list, name="certificate-list"),
    path("certificates/<uuid:public_id>/", views.certificate, name="certificate"),
]
