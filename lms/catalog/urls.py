"""/courses/"""

from django.urls import path

from lms.catalog import views

app_name = "catalog"

urlpatterns = [
    path("", views.course_list, name="course-list"),
    path("upload/", views.upload, name="course-upload"),
    path("uploads/<uuid:public_id>/", views.upload_check, name="upload-check"),
    path("starter/", views.starter, name="course-starter"),
    path("<uuid:public_id>/", views.course_detail, name="course-detail"),
    path("<uuid:public_id>/<int:number>/publish/", views.publish, name="version-publish"),
    path("<uuid:public_id>/<int:number>/retire/", views.retire, name="version-retire"),
    path("<uuid:public_id>/<int:number>/<slug:key>/", views.lesson_preview, name="lesson-preview"),
]
