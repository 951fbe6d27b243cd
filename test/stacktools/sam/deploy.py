"""The calls that `sam deploy` and `sam delete` of SAM 1.164 make, by boto3, for machines without SAM's CLI:
those of its lib/deploy/deployer.py, lib/utils/managed_cloudformation_stack.py, lib/package/s3_uploader.py and
lib/delete/cfn_utils.py, with their waiters' delays cut to a second.

Its argument is a folder with template.yaml and functions. It deploys, deploys the same again,
changes a parameter, deletes, and prints a line after each step.
"""

import hashlib
import io
import os
import sys
import time
import zipfile

import boto3
from botocore.exceptions import ClientError, WaiterError

MANAGED = """
AWSTemplateFormatVersion: '2010-09-09'
Transform: AWS::Serverless-2016-10-31
Resources:
  SamCliSourceBucket:
    Type: AWS::S3::Bucket
    Properties:
      VersioningConfiguration: {Status: Enabled}
      BucketEncryption: {ServerSideEncryptionConfiguration: [{ServerSideEncryptionByDefault: {SSEAlgorithm: 'aws:kms'}}]}
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
WAIT = {"Delay": 1, "MaxAttempts": 60}


def exists(stack):
    """Says whether a stack is there, by the sentence that SAM looks for."""
    try:
        return cloudformation.describe_stacks(StackName=stack)["Stacks"][0]["StackStatus"] != "REVIEW_IN_PROGRESS"
    except ClientError as error:
        if f"Stack with id {stack} does not exist" in str(error):
            return False
        raise


def manage(stack):
    """Makes the stack with SAM's own bucket, as its managed stack is made."""
    if exists(stack):
        raise SystemExit(f"{stack} is there")
    made = cloudformation.create_change_set(
        StackName=stack, TemplateBody=MANAGED, Tags=[{"Key": "ManagedStackSource", "Value": "AwsSamCli"}], ChangeSetType="CREATE", ChangeSetName="InitialCreation",
        Capabilities=["CAPABILITY_IAM"])
    cloudformation.get_waiter("change_set_create_complete").wait(ChangeSetName="InitialCreation", StackName=stack, WaiterConfig=WAIT)
    cloudformation.execute_change_set(ChangeSetName="InitialCreation", StackName=stack)
    cloudformation.get_waiter("stack_create_complete").wait(StackName=made["StackId"], WaiterConfig=WAIT)
    described = cloudformation.describe_stacks(StackName=stack)["Stacks"][0]
    if {"Key": "ManagedStackSource", "Value": "AwsSamCli"} not in described["Tags"]:
        raise SystemExit(f"{stack} has the tags {described['Tags']}")
    return described["Outputs"][0]["OutputValue"]


def deploy(stack, parameters, url):
    """Makes a change set, waits for it, looks at it and does it, as SAM's deployer does."""
    kind = "UPDATE" if exists(stack) else "CREATE"
    if kind == "CREATE":
        parameters = [p for p in parameters if not p.get("UsePreviousValue")]
    else:
        known = [p["ParameterKey"] for p in cloudformation.get_template_summary(StackName=stack)["Parameters"]]
        parameters = [p for p in parameters if not p.get("UsePreviousValue") or p["ParameterKey"] in known]
    name = f"samcli-deploy{time.time_ns()}"
    made = cloudformation.create_change_set(
        ChangeSetName=name, StackName=stack, ChangeSetType=kind, Parameters=parameters, Description="Created by SAM CLI", Tags=[{"Key": "tool", "Value": "sam"}],
        TemplateURL=url, Capabilities=["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"])
    try:
        cloudformation.get_waiter("change_set_create_complete").wait(ChangeSetName=made["Id"], StackName=stack, WaiterConfig=WAIT)
    except WaiterError as error:
        response = error.last_response
        if response["Status"] == "FAILED" and "The submitted information didn't contain changes." in response["StatusReason"]:
            return None
        raise SystemExit(f"{stack}: {response['StatusReason']}") from error
    changes = [c["ResourceChange"] for page in cloudformation.get_paginator("describe_change_set").paginate(ChangeSetName=made["Id"], StackName=stack) for c in page["Changes"]]
    cloudformation.execute_change_set(ChangeSetName=made["Id"], StackName=stack, DisableRollback=False)
    events = [e["ResourceStatus"] for page in cloudformation.get_paginator("describe_stack_events").paginate(StackName=stack) for e in page["StackEvents"]]
    cloudformation.get_waiter("stack_create_complete" if kind == "CREATE" else "stack_update_complete").wait(StackName=stack, WaiterConfig=WAIT)
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
    if not exists(stack):
        raise SystemExit(f"{stack} is not there")
    original = cloudformation.get_template(StackName=stack, TemplateStage="Original")["TemplateBody"]
    cloudformation.delete_stack(StackName=stack, RetainResources=[])
    cloudformation.get_waiter("stack_delete_complete").wait(StackName=stack, WaiterConfig=WAIT)
    return original


folder = sys.argv[1]
bucket = manage("aws-sam-cli-managed-default")
with open(os.path.join(folder, "template.yaml"), encoding="utf-8") as file:
    text = file.read()
code = upload(bucket, zipped(os.path.join(folder, "functions")), "")
packaged = upload(bucket, text.replace("CodeUri: functions/", f"CodeUri: s3://{bucket}/{code}").encode(), ".template")
url = f"{s3.meta.endpoint_url}/{bucket}/{packaged}"  # SAM's path-style address
previous = [{"ParameterKey": "Greeting", "UsePreviousValue": True}, {"ParameterKey": "Unknown", "UsePreviousValue": True}]
outputs, changes, events = deploy("chat", previous, url)
print("deployed", outputs["Url"], changes > 0 and events > 0, flush=True)
sys.stdin.readline()
print("again", deploy("chat", previous, url), flush=True)
outputs, changes, _ = deploy("chat", [{"ParameterKey": "Greeting", "ParameterValue": "moin"}], url)
print("changed", outputs["Url"], changes, flush=True)
sys.stdin.readline()
print("template", "CodeUri: s3://" in delete("chat"))
for each in s3.list_objects_v2(Bucket=bucket, Prefix="chat/")["Contents"]:
    s3.delete_object(Bucket=bucket, Key=each["Key"])
delete("aws-sam-cli-managed-default")
print("deleted", len(cloudformation.describe_stacks()["Stacks"]), len(s3.list_buckets()["Buckets"]), flush=True)
