"""The calls that `sam deploy` and `sam delete` make, by boto3, for machines without SAM's CLI.

Its argument is a folder with template.yaml and functions. It deploys, deploys the same again,
changes a parameter, deletes, and prints a line after each step.
"""

import hashlib
import io
import os
import sys
import zipfile

import boto3
from botocore.exceptions import WaiterError

MANAGED = """
AWSTemplateFormatVersion: '2010-09-09'
Transform: AWS::Serverless-2016-10-31
Resources:
  SamCliSourceBucket:
    Type: AWS::S3::Bucket
    Properties:
      VersioningConfiguration: {Status: Enabled}
      PublicAccessBlockConfiguration: {BlockPublicAcls: true, BlockPublicPolicy: true, IgnorePublicAcls: true, RestrictPublicBuckets: true}
      Tags: [{Key: ManagedStackSource, Value: AwsSamCli}]
  SamCliSourceBucketBucketPolicy:
    Type: AWS::S3::BucketPolicy
    Properties:
      Bucket: !Ref SamCliSourceBucket
      PolicyDocument:
        Statement:
          - Action: [s3:GetObject]
            Effect: Allow
            Resource: !Sub arn:${AWS::Partition}:s3:::${SamCliSourceBucket}/*
            Principal: {Service: serverlessrepo.amazonaws.com}
Outputs:
  SourceBucket: {Value: !Ref SamCliSourceBucket}
"""

endpoint = os.environ["AWS_ENDPOINT_URL"]
cloudformation, s3 = boto3.client("cloudformation", endpoint_url=endpoint), boto3.client("s3", endpoint_url=endpoint)


def deploy(stack, kind, **template):
    """Makes a change set, waits for it, looks at it and does it, as SAM's deployer does."""
    made = cloudformation.create_change_set(
        StackName=stack, ChangeSetName=f"samcli-deploy-{os.urandom(4).hex()}", ChangeSetType=kind, Capabilities=["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
        Description="Created by SAM CLI", Tags=[{"Key": "tool", "Value": "sam"}], **template)
    wait = {"Delay": 1, "MaxAttempts": 60}
    try:
        cloudformation.get_waiter("change_set_create_complete").wait(ChangeSetName=made["Id"], StackName=stack, WaiterConfig=wait)
    except WaiterError as error:
        response = error.last_response
        if "The submitted information didn't contain changes." in response["StatusReason"]:
            cloudformation.delete_change_set(ChangeSetName=made["Id"], StackName=stack)
            return None
        raise SystemExit(f"{stack}: {response['StatusReason']}") from error
    changes = [c["ResourceChange"] for page in cloudformation.get_paginator("describe_change_set").paginate(ChangeSetName=made["Id"], StackName=stack) for c in page["Changes"]]
    cloudformation.execute_change_set(ChangeSetName=made["Id"], StackName=stack, DisableRollback=False)
    cloudformation.get_waiter("stack_create_complete" if kind == "CREATE" else "stack_update_complete").wait(StackName=stack, WaiterConfig=wait)
    events = [e["ResourceStatus"] for page in cloudformation.get_paginator("describe_stack_events").paginate(StackName=stack) for e in page["StackEvents"]]
    described = cloudformation.describe_stacks(StackName=stack)["Stacks"][0]
    return {o["OutputKey"]: o["OutputValue"] for o in described["Outputs"]}, len(changes), len(events)


def upload(bucket, data, suffix):
    """Puts an artifact under its hash, unless it is there."""
    key = "chat/" + hashlib.md5(data).hexdigest() + suffix
    try:
        s3.head_object(Bucket=bucket, Key=key)
    except s3.exceptions.ClientError:
        s3.upload_fileobj(io.BytesIO(data), bucket, key, ExtraArgs={"ServerSideEncryption": "AES256"})
    return key


def zipped(folder):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in sorted(os.listdir(folder)):
            archive.write(os.path.join(folder, name), name)
    return out.getvalue()


def delete(stack):
    original = cloudformation.get_template(StackName=stack, TemplateStage="Original")["TemplateBody"]
    cloudformation.delete_stack(StackName=stack)
    cloudformation.get_waiter("stack_delete_complete").wait(StackName=stack, WaiterConfig={"Delay": 1, "MaxAttempts": 60})
    return original


folder = sys.argv[1]
outputs, _, _ = deploy("aws-sam-cli-managed-default", "CREATE", TemplateBody=MANAGED)
bucket = outputs["SourceBucket"]
with open(os.path.join(folder, "template.yaml"), encoding="utf-8") as file:
    text = file.read()
code = upload(bucket, zipped(os.path.join(folder, "functions")), "")
packaged = upload(bucket, text.replace("CodeUri: functions/", f"CodeUri: s3://{bucket}/{code}").encode(), ".template")
url = f"https://s3.{cloudformation.meta.region_name}.amazonaws.com/{bucket}/{packaged}"
outputs, changes, events = deploy("chat", "CREATE", TemplateURL=url)
print("deployed", outputs["Url"], changes > 0 and events > 0, flush=True)
sys.stdin.readline()
print("again", deploy("chat", "UPDATE", TemplateURL=url), flush=True)
outputs, changes, _ = deploy("chat", "UPDATE", TemplateURL=url, Parameters=[{"ParameterKey": "Greeting", "ParameterValue": "moin"}])
print("changed", outputs["Url"], changes, flush=True)
sys.stdin.readline()
print("template", "CodeUri: s3://" in delete("chat"))
for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix="chat/"):
    for each in page["Contents"]:
        s3.delete_object(Bucket=bucket, Key=each["Key"])
delete("aws-sam-cli-managed-default")
print("deleted", len(cloudformation.describe_stacks()["Stacks"]), len(s3.list_buckets()["Buckets"]), flush=True)
