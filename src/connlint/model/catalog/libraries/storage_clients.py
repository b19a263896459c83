"""Object storage and cloud services: boto3, Google Cloud Storage, Azure Blob, MinIO."""

from __future__ import annotations

from connlint.model.catalog.notation import NOTHING, each, gives, same
from connlint.model.catalog.types import Function, Library, Registrar, Type

# boto3 makes the classes of its clients at run time; none has a name to import.
_CLIENT = "boto3.client()"
_RESOURCE = "boto3.resource()"
_S3_OBJECT = f"{_RESOURCE}.Object()"
_S3_BUCKET = f"{_RESOURCE}.Bucket()"
_AWS_CALLS = (
    "upload_file upload_fileobj download_file download_fileobj put_object get_object head_object "
    "delete_object delete_objects copy copy_object list_objects list_objects_v2 list_buckets "
    "create_multipart_upload upload_part complete_multipart_upload abort_multipart_upload "
    "send_message send_message_batch receive_message delete_message publish invoke invoke_model "
    "send_email send_raw_email start_execution get_secret_value get_item put_item update_item query"
)
_TRANSFERS = "upload_file upload_fileobj download_file download_fileobj"
_OBJECT_CALLS = f"{_TRANSFERS} get put delete load copy_from"

_BLOB = "google.cloud.storage.Blob"
_BUCKET = "google.cloud.storage.Bucket"
_BLOB_CALLS = (
    "upload_from_file upload_from_filename upload_from_string download_to_file "
    "download_to_filename download_as_bytes download_as_text download_as_string delete exists "
    "reload"
)
_BUCKET_CALLS = "get_blob list_blobs delete_blob delete_blobs copy_blob exists reload"
_STORAGE_CALLS = "get_bucket list_blobs list_buckets create_bucket"

_AZURE_BLOB = "azure.storage.blob.BlobClient"
_AZURE_SERVICE = "azure.storage.blob.BlobServiceClient"
_AZURE_CONTAINER = "azure.storage.blob.ContainerClient"
_AZURE_CALLS = "upload_blob download_blob delete_blob exists"
_MINIO = "minio.Minio"
_MINIO_CALLS = (
    "put_object fput_object get_object fget_object remove_object stat_object list_objects "
    "bucket_exists make_bucket copy_object"
)

LIBRARY = Library(
    name="Storage clients",
    packages=("boto3", "google", "azure", "minio"),
    aliases={
        "boto3.Session": "boto3.session.Session",
        "google.cloud.storage.client.Client": "google.cloud.storage.Client",
        "google.cloud.storage.bucket.Bucket": _BUCKET,
        "google.cloud.storage.blob.Blob": _BLOB,
        "minio.api.Minio": _MINIO,
    },
    types=(
        Type(
            "boto3.session.Session",
            methods={"client": gives(_CLIENT), "resource": gives(_RESOURCE)},
        ),
        Type(_CLIENT, methods=same(f"{_AWS_CALLS} generate_presigned_url get_paginator", NOTHING)),
        Type(_RESOURCE, methods={"Object": gives(_S3_OBJECT), "Bucket": gives(_S3_BUCKET)}),
        Type(_S3_OBJECT, methods=same(_OBJECT_CALLS, NOTHING)),
        Type(
            _S3_BUCKET,
            methods={"Object": gives(_S3_OBJECT), **same(f"{_TRANSFERS} put_object", NOTHING)},
        ),
        Type(
            "google.cloud.storage.Client",
            methods={
                **same("bucket get_bucket create_bucket", gives(_BUCKET)),
                **same("list_blobs list_buckets", NOTHING),
            },
        ),
        Type(
            _BUCKET,
            methods={
                **same("blob get_blob", gives(_BLOB)),
                **same("list_blobs delete_blob delete_blobs copy_blob exists reload", NOTHING),
            },
        ),
        Type(_BLOB, methods=same(f"{_BLOB_CALLS} generate_signed_url", NOTHING)),
        Type(
            _AZURE_SERVICE,
            methods={
                "get_blob_client": gives(_AZURE_BLOB),
                "get_container_client": gives(_AZURE_CONTAINER),
            },
        ),
        Type(
            _AZURE_CONTAINER,
            methods={
                "get_blob_client": gives(_AZURE_BLOB),
                **same("upload_blob download_blob delete_blob list_blobs exists", NOTHING),
            },
        ),
        Type(_AZURE_BLOB, methods=same(_AZURE_CALLS, NOTHING)),
        Type(_MINIO, methods=same(_MINIO_CALLS, NOTHING)),
    ),
    functions=(Function("boto3.client", _CLIENT), Function("boto3.resource", _RESOURCE)),
    # Called once for each chunk that was transferred.
    registrars=tuple(
        Registrar(target, "progress-callback", "Callback", label=None, decorates=False)
        for owner in (_CLIENT, _S3_OBJECT, _S3_BUCKET)
        for target in each(owner, _TRANSFERS)
    ),
    slow=(
        *each(_CLIENT, _AWS_CALLS),
        *each(_S3_OBJECT, _OBJECT_CALLS),
        *each(_S3_BUCKET, f"{_TRANSFERS} put_object"),
        *each("google.cloud.storage.Client", _STORAGE_CALLS),
        *each(_BUCKET, _BUCKET_CALLS),
        *each(_BLOB, _BLOB_CALLS),
        *each(_AZURE_CONTAINER, "upload_blob download_blob delete_blob list_blobs"),
        *each(_AZURE_BLOB, _AZURE_CALLS),
        *each(_MINIO, _MINIO_CALLS),
    ),
)
