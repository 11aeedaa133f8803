"""An S3 service (moto) on a port of this machine, with a bucket. Prints its address; then answers each line of its
standard input: "keys" with the names of what is in the bucket as one line of JSON. It ends with its standard input.
"""

import json
import logging
import sys

import boto3
from moto.server import ThreadedMotoServer

logging.getLogger("werkzeug").setLevel(logging.ERROR)
server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
host, port = server.get_host_and_port()
address = f"http://{host}:{port}"
bucket = boto3.resource(
    "s3",
    endpoint_url=address,
    region_name="us-east-1",
    aws_access_key_id="key",
    aws_secret_access_key="secret",
).create_bucket(Bucket="guild")
print(address, flush=True)
for line in sys.stdin:
    if line.strip() == "keys":
        print(json.dumps([file.key for file in bucket.objects.all()]), flush=True)
server.stop()
