"""The whole of IAM and STS through boto3: create, read, list, change, delete.

ENDPOINT is the server; the keys in the environment are the root's.
"""
import json
import os
import urllib.parse

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

endpoint = os.environ["ENDPOINT"]
config = Config(retries={"max_attempts": 1})


def client(service, credentials=None):
    keys = {}
    if credentials:
        keys = {
            "aws_access_key_id": credentials["AccessKeyId"],
            "aws_secret_access_key": credentials["SecretAccessKey"],
            "aws_session_token": credentials.get("SessionToken"),
        }
    return boto3.client(service, endpoint_url=endpoint, config=config, **keys)


def fails(code, call, **arguments):
    try:
        call(**arguments)
    except ClientError as e:
        assert e.response["Error"]["Code"] == code, e
        return e.response["Error"]["Message"]
    raise AssertionError(f"{call} did not fail with {code}")


iam, sts = client("iam"), client("sts")
ACCOUNT = sts.get_caller_identity()["Account"]
assert sts.get_caller_identity()["Arn"] == f"arn:aws:iam::{ACCOUNT}:root"

# The guide, sections 2.2 to 2.5, with blanks and plus signs in the text.
document = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["execute-api:Invoke"], "Resource": ["arn:aws:execute-api:*:*:*"]}]}, indent=2)
trust = {"Version": "2012-10-17", "Statement": [{"Sid": "", "Effect": "Allow", "Principal": {"Service": "apigateway.amazonaws.com"}, "Action": "sts:AssumeRole"}]}
policy = iam.create_policy(PolicyName="APIGatewayInvokeHTTPPolicy", PolicyDocument=document, Description="a + b")["Policy"]
assert policy["DefaultVersionId"] == "v1" and policy["AttachmentCount"] == 0 and "Description" not in policy
role = iam.create_role(RoleName="APIGatewayInvokeHTTPRole", AssumeRolePolicyDocument=json.dumps(trust), Tags=[{"Key": "k", "Value": "v"}])["Role"]
assert role["AssumeRolePolicyDocument"] == trust and "MaxSessionDuration" not in role
assert role["RoleId"].startswith("AROA") and len(role["RoleId"]) == 21
iam.attach_role_policy(RoleName=role["RoleName"], PolicyArn=policy["Arn"])
iam.attach_role_policy(RoleName=role["RoleName"], PolicyArn=policy["Arn"])
got = iam.get_role(RoleName=role["RoleName"])["Role"]
assert got["MaxSessionDuration"] == 3600 and got["Tags"] == [{"Key": "k", "Value": "v"}] and got["RoleLastUsed"] == {}
got = iam.get_policy(PolicyArn=policy["Arn"])["Policy"]
assert got["AttachmentCount"] == 1 and got["Description"] == "a + b" and got["Tags"] == []
assert iam.get_policy_version(PolicyArn=policy["Arn"], VersionId="v1")["PolicyVersion"]["Document"] == json.loads(document)
assert [p["PolicyName"] for p in iam.list_attached_role_policies(RoleName=role["RoleName"])["AttachedPolicies"]] == ["APIGatewayInvokeHTTPPolicy"]
assert iam.list_entities_for_policy(PolicyArn=policy["Arn"])["PolicyRoles"][0]["RoleName"] == role["RoleName"]
fails("DeleteConflict", iam.delete_role, RoleName=role["RoleName"])
fails("DeleteConflict", iam.delete_policy, PolicyArn=policy["Arn"])

# Versions.
for n in range(2, 6):
    version = iam.create_policy_version(PolicyArn=policy["Arn"], PolicyDocument=document, SetAsDefault=n == 2)["PolicyVersion"]
    assert version["VersionId"] == f"v{n}"
fails("LimitExceeded", iam.create_policy_version, PolicyArn=policy["Arn"], PolicyDocument=document)
iam.set_default_policy_version(PolicyArn=policy["Arn"], VersionId="v5")
fails("DeleteConflict", iam.delete_policy_version, PolicyArn=policy["Arn"], VersionId="v5")
for n in range(1, 5):
    iam.delete_policy_version(PolicyArn=policy["Arn"], VersionId=f"v{n}")
assert [v["VersionId"] for v in iam.list_policy_versions(PolicyArn=policy["Arn"])["Versions"]] == ["v5"]
assert iam.create_policy_version(PolicyArn=policy["Arn"], PolicyDocument=document)["PolicyVersion"]["VersionId"] == "v6"
iam.delete_policy_version(PolicyArn=policy["Arn"], VersionId="v6")

# Roles: change everything.
iam.update_role(RoleName=role["RoleName"], Description="new", MaxSessionDuration=7200)
assert iam.update_role_description(RoleName=role["RoleName"], Description="newer")["Role"]["Description"] == "newer"
assert iam.get_role(RoleName=role["RoleName"])["Role"]["MaxSessionDuration"] == 7200
trust["Statement"].append({"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole", "Condition": {"StringEquals": {"sts:ExternalId": "x1"}}})
iam.update_assume_role_policy(RoleName=role["RoleName"], PolicyDocument=json.dumps(trust))
iam.put_role_policy(RoleName=role["RoleName"], PolicyName="inline", PolicyDocument=document)
assert iam.get_role_policy(RoleName=role["RoleName"], PolicyName="inline")["PolicyDocument"] == json.loads(document)
assert iam.list_role_policies(RoleName=role["RoleName"])["PolicyNames"] == ["inline"]
iam.put_role_permissions_boundary(RoleName=role["RoleName"], PermissionsBoundary="arn:aws:iam::aws:policy/AdministratorAccess")
assert iam.get_role(RoleName=role["RoleName"])["Role"]["PermissionsBoundary"]["PermissionsBoundaryArn"].endswith("AdministratorAccess")
iam.delete_role_permissions_boundary(RoleName=role["RoleName"])
iam.tag_role(RoleName=role["RoleName"], Tags=[{"Key": "b", "Value": ""}])
iam.untag_role(RoleName=role["RoleName"], TagKeys=["k"])
assert iam.list_role_tags(RoleName=role["RoleName"])["Tags"] == [{"Key": "b", "Value": ""}]
fails("MalformedPolicyDocument", iam.update_assume_role_policy, RoleName=role["RoleName"], PolicyDocument=json.dumps({"Statement": [{"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:user/gone"}, "Action": "sts:AssumeRole"}]}))

# A user with the least privilege takes the role and becomes somebody else.
user = iam.create_user(UserName="push", Path="/apps/", Tags=[{"Key": "app", "Value": "reports"}])["User"]
assert user["Arn"] == f"arn:aws:iam::{ACCOUNT}:user/apps/push"
iam.put_user_policy(UserName="push", PolicyName="assume", PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": role["Arn"]}}))
key = iam.create_access_key(UserName="push")["AccessKey"]
push = client("sts", key)
assert push.get_caller_identity()["UserId"] == user["UserId"]
assert client("iam", key).get_access_key_last_used is not None
fails("AccessDenied", push.assume_role, RoleArn=role["Arn"], RoleSessionName="work")
session = push.assume_role(RoleArn=role["Arn"], RoleSessionName="work", ExternalId="x1", DurationSeconds=900)
assert session["AssumedRoleUser"]["Arn"] == f"arn:aws:sts::{ACCOUNT}:assumed-role/{role['RoleName']}/work"
assert "PackedPolicySize" not in session
assumed = client("sts", session["Credentials"])
assert assumed.get_caller_identity()["Arn"] == session["AssumedRoleUser"]["Arn"]
assert fails("AccessDenied", client("iam", session["Credentials"]).list_users).startswith(f"User: {session['AssumedRoleUser']['Arn']} is not authorized to perform: iam:ListUsers")
fails("ValidationError", push.assume_role, RoleArn=role["Arn"], RoleSessionName="wo:rk", ExternalId="x1")
fails("ValidationError", push.assume_role, RoleArn=role["Arn"], RoleSessionName="work", ExternalId="x1", DurationSeconds=7201)
fails("ValidationError", push.assume_role, RoleArn="arn:aws:iam::role-without-account", RoleSessionName="work")
broken = dict(session["Credentials"], SessionToken=session["Credentials"]["SessionToken"][:-8] + "AAAAAAA=")
fails("InvalidClientTokenId", client("sts", broken).get_caller_identity)
own = push.get_session_token()["Credentials"]
assert client("sts", own).get_caller_identity()["Arn"] == user["Arn"]
assert sts.get_access_key_info(AccessKeyId=key["AccessKeyId"])["Account"] == ACCOUNT

# Keys: the second is the last, an inactive one does not sign.
iam.create_access_key(UserName="push")
fails("LimitExceeded", iam.create_access_key, UserName="push")
iam.update_access_key(UserName="push", AccessKeyId=key["AccessKeyId"], Status="Inactive")
fails("InvalidClientTokenId", push.get_caller_identity)
iam.update_access_key(UserName="push", AccessKeyId=key["AccessKeyId"], Status="Active")
assert push.get_caller_identity()
last = iam.get_access_key_last_used(AccessKeyId=key["AccessKeyId"])
assert last["UserName"] == "push" and "LastUsedDate" in last["AccessKeyLastUsed"]
fails("DeleteConflict", iam.delete_user, UserName="push")
iam.update_user(UserName="push", NewUserName="pusher", NewPath="/")
assert push.get_caller_identity()["Arn"] == f"arn:aws:iam::{ACCOUNT}:user/pusher"
assert len(iam.list_access_keys(UserName="pusher")["AccessKeyMetadata"]) == 2

# Pages.
for n in range(25):
    iam.create_user(UserName=f"user{n:02}")
names = [u["UserName"] for page in iam.get_paginator("list_users").paginate(PaginationConfig={"PageSize": 10}) for u in page["Users"]]
assert len(names) == 26 and names == sorted(names), names
for n in range(25):
    iam.delete_user(UserName=f"user{n:02}")

# Groups: what the group may, its members may.
iam.create_group(GroupName="ops", Path="/teams/")
fails("EntityAlreadyExists", iam.create_group, GroupName="ops")
fails("AccessDenied", client("iam", key).list_users)
iam.add_user_to_group(GroupName="ops", UserName="pusher")
iam.put_group_policy(GroupName="ops", PolicyName="look", PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "iam:ListUsers", "Resource": "*"}}))
assert client("iam", key).list_users()["Users"]
assert iam.get_group_policy(GroupName="ops", PolicyName="look")["PolicyDocument"]["Statement"]["Action"] == "iam:ListUsers"
iam.attach_group_policy(GroupName="ops", PolicyArn=policy["Arn"])
assert iam.list_entities_for_policy(PolicyArn=policy["Arn"], EntityFilter="Group")["PolicyGroups"][0]["GroupName"] == "ops"
assert [p["PolicyName"] for p in iam.list_attached_group_policies(GroupName="ops")["AttachedPolicies"]] == [policy["PolicyName"]]
iam.update_group(GroupName="ops", NewGroupName="crew", NewPath="/")
whole = iam.get_group(GroupName="crew")
assert whole["Group"]["Arn"] == f"arn:aws:iam::{ACCOUNT}:group/crew" and [u["UserName"] for u in whole["Users"]] == ["pusher"]
assert [g["GroupName"] for page in iam.get_paginator("list_groups_for_user").paginate(UserName="pusher") for g in page["Groups"]] == ["crew"]
assert [g["GroupName"] for page in iam.get_paginator("list_groups").paginate(PaginationConfig={"PageSize": 1}) for g in page["Groups"]] == ["crew"]
details = iam.get_account_authorization_details(Filter=["Group", "User"])
assert details["GroupDetailList"][0]["GroupPolicyList"][0]["PolicyName"] == "look" and details["UserDetailList"][0]["GroupList"] == ["crew"]
fails("DeleteConflict", iam.delete_group, GroupName="crew")
iam.remove_user_from_group(GroupName="crew", UserName="pusher")
fails("AccessDenied", client("iam", key).list_users)
fails("DeleteConflict", iam.delete_group, GroupName="crew")
iam.detach_group_policy(GroupName="crew", PolicyArn=policy["Arn"])
assert iam.list_group_policies(GroupName="crew")["PolicyNames"] == ["look"]
iam.delete_group_policy(GroupName="crew", PolicyName="look")
iam.delete_group(GroupName="crew")
fails("NoSuchEntity", iam.get_group, GroupName="crew")

# Which statement says so.
simulated = iam.simulate_principal_policy(PolicySourceArn=role["Arn"], ActionNames=["execute-api:Invoke", "execute-api:ManageConnections"], ResourceArns=[f"arn:aws:execute-api:eu-west-1:{ACCOUNT}:abc/prod/$connect"])["EvaluationResults"]
assert [r["EvalDecision"] for r in simulated] == ["allowed", "implicitDeny"]
assert simulated[0]["MatchedStatements"][0]["SourcePolicyId"] == "inline" and simulated[0]["MatchedStatements"][0]["StartPosition"]["Line"] == 4
custom = iam.simulate_custom_policy(PolicyInputList=['{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"dynamodb:*","Resource":"*","Condition":{"DateGreaterThan":{"aws:CurrentTime":"2015-08-16T12:00:00Z"}}}}'], ActionNames=["dynamodb:CreateBackup"], ContextEntries=[{"ContextKeyName": "aws:CurrentTime", "ContextKeyValues": ["2016-04-25T11:00:00Z"], "ContextKeyType": "date"}])["EvaluationResults"][0]
assert custom["EvalDecision"] == "allowed" and custom["MatchedStatements"][0]["EndPosition"] == {"Line": 1, "Column": 167}

# Instance profiles, the service-linked role, the account.
iam.create_instance_profile(InstanceProfileName="ip")
iam.tag_instance_profile(InstanceProfileName="ip", Tags=[{"Key": "a", "Value": "b"}, {"Key": "c", "Value": "d"}])
iam.untag_instance_profile(InstanceProfileName="ip", TagKeys=["a"])
assert iam.list_instance_profile_tags(InstanceProfileName="ip")["Tags"] == [{"Key": "c", "Value": "d"}]
assert [p["InstanceProfileName"] for p in iam.list_instance_profiles()["InstanceProfiles"]] == ["ip"]
iam.add_role_to_instance_profile(InstanceProfileName="ip", RoleName=role["RoleName"])
assert iam.list_instance_profiles_for_role(RoleName=role["RoleName"])["InstanceProfiles"][0]["Roles"][0]["RoleName"] == role["RoleName"]
iam.remove_role_from_instance_profile(InstanceProfileName="ip", RoleName=role["RoleName"])
iam.delete_instance_profile(InstanceProfileName="ip")
linked = iam.get_role(RoleName="AWSServiceRoleForAPIGateway")["Role"]
assert linked["Path"] == "/aws-service-role/ops.apigateway.amazonaws.com/"
fails("UnmodifiableEntity", iam.delete_role, RoleName="AWSServiceRoleForAPIGateway")
task = iam.delete_service_linked_role(RoleName="AWSServiceRoleForAPIGateway")["DeletionTaskId"]
assert iam.get_service_linked_role_deletion_status(DeletionTaskId=task)["Status"] == "SUCCEEDED"
assert "Custom suffix is not allowed" in fails("InvalidInput", iam.create_service_linked_role, AWSServiceName="ops.apigateway.amazonaws.com", CustomSuffix="x")
iam.create_service_linked_role(AWSServiceName="ops.apigateway.amazonaws.com")
assert iam.get_account_summary()["SummaryMap"]["Users"] == 1
details = iam.get_account_authorization_details(Filter=["User", "Role", "LocalManagedPolicy"])
assert len(details["UserDetailList"]) == 1 and len(details["RoleDetailList"]) == 2 and details["Policies"][0]["PolicyVersionList"]
iam.create_account_alias(AccountAlias="our-team")
assert iam.list_account_aliases()["AccountAliases"] == ["our-team"]
iam.delete_account_alias(AccountAlias="our-team")
assert "no passwords" in fails("InvalidAction", iam.get_account_password_policy)
managed = iam.get_policy(PolicyArn="arn:aws:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs")["Policy"]
assert iam.get_policy_version(PolicyArn=managed["Arn"], VersionId=managed["DefaultVersionId"])["PolicyVersion"]["Document"]["Statement"]
assert iam.list_policies(Scope="Local")["Policies"][0]["Arn"] == policy["Arn"] and len(iam.list_policies(Scope="AWS")["Policies"]) >= 10

# What force_destroy looks for, then everything goes.
for call, member in ((iam.list_groups_for_user, "Groups"), (iam.list_mfa_devices, "MFADevices"), (iam.list_signing_certificates, "Certificates"), (iam.list_ssh_public_keys, "SSHPublicKeys"), (iam.list_service_specific_credentials, "ServiceSpecificCredentials")):
    assert call(UserName="pusher")[member] == []
fails("NoSuchEntity", iam.get_login_profile, UserName="pusher")
fails("NoSuchEntity", iam.delete_login_profile, UserName="pusher")
for k in iam.list_access_keys(UserName="pusher")["AccessKeyMetadata"]:
    iam.delete_access_key(UserName="pusher", AccessKeyId=k["AccessKeyId"])
iam.delete_user_policy(UserName="pusher", PolicyName="assume")
iam.delete_user(UserName="pusher")
fails("InvalidClientTokenId", client("sts", own).get_caller_identity)
iam.delete_role_policy(RoleName=role["RoleName"], PolicyName="inline")
iam.detach_role_policy(RoleName=role["RoleName"], PolicyArn=policy["Arn"])
fails("NoSuchEntity", iam.detach_role_policy, RoleName=role["RoleName"], PolicyArn=policy["Arn"])
iam.delete_policy(PolicyArn=policy["Arn"])
iam.delete_role(RoleName=role["RoleName"])
fails("InvalidClientTokenId", assumed.get_caller_identity)
fails("NoSuchEntity", iam.get_role, RoleName=role["RoleName"])
