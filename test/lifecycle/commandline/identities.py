"""Users, access keys, roles, policies and sessions through the command line."""
from life import aws, pages, refused


def allow(action):
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, "Resource": "*"}]}


def trust(principal):
    return {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}}


def user():
    made = aws("iam create-user", user_name="ana", path="/people/", tags="Key=k,Value=ñ")["User"]
    refused("EntityAlreadyExists", "User with name ana already exists.", "iam create-user", user_name="ana")
    aws("iam update-user", user_name="ana", new_user_name="eva")
    refused("NoSuchEntity", "The user with name ana cannot be found.", "iam get-user", user_name="ana")
    one = dict(user_name="eva")
    assert aws("iam get-user", **one)["User"]["UserId"] == made["UserId"]
    aws("iam tag-user", **one, tags="Key=l,Value=w")
    aws("iam untag-user", **one, tag_keys=["k"])
    assert aws("iam list-user-tags", **one)["Tags"] == [{"Key": "l", "Value": "w"}]
    aws("iam put-user-policy", **one, policy_name="in", policy_document=allow("iam:ListUsers"))
    assert aws("iam get-user-policy", **one, policy_name="in")["PolicyDocument"] == allow("iam:ListUsers")
    assert aws("iam list-user-policies", **one)["PolicyNames"] == ["in"]
    arn = "arn:aws:iam::aws:policy/IAMFullAccess"
    aws("iam attach-user-policy", **one, policy_arn=arn)
    assert aws("iam list-attached-user-policies", **one)["AttachedPolicies"] == [{"PolicyName": "IAMFullAccess", "PolicyArn": arn}]
    key = aws("iam create-access-key", **one)["AccessKey"]["AccessKeyId"]
    aws("iam update-access-key", **one, access_key_id=key, status="Inactive")
    assert pages("iam list-access-keys", "AccessKeyMetadata", 1, **one)[0]["Status"] == "Inactive"
    assert aws("iam get-access-key-last-used", access_key_id=key)["UserName"] == "eva"
    refused("DeleteConflict", "Cannot delete entity, must", "iam delete-user", **one)
    aws("iam delete-access-key", **one, access_key_id=key)
    aws("iam detach-user-policy", **one, policy_arn=arn)
    aws("iam delete-user-policy", **one, policy_name="in")
    aws("iam create-user", user_name="other")
    assert [u["UserName"] for u in pages("iam list-users", "Users", 1)] == ["eva", "other"]
    for name in ("eva", "other"):
        aws("iam delete-user", user_name=name)


def group():
    one = dict(group_name="ops")
    aws("iam create-user", user_name="ana")
    aws("iam create-group", **one)
    refused("EntityAlreadyExists", "Group with name ops already exists.", "iam create-group", **one)
    aws("iam add-user-to-group", **one, user_name="ana")
    aws("iam put-group-policy", **one, policy_name="in", policy_document=allow("iam:ListUsers"))
    assert aws("iam get-group-policy", **one, policy_name="in")["PolicyDocument"] == allow("iam:ListUsers")
    aws("iam update-group", **one, new_path="/teams/")
    assert [u["UserName"] for u in aws("iam get-group", **one)["Users"]] == ["ana"]
    assert len(pages("iam list-groups", "Groups", 1)) == len(pages("iam list-groups-for-user", "Groups", 1, user_name="ana")) == 1
    refused("DeleteConflict", "must remove users from group first", "iam delete-group", **one)
    aws("iam remove-user-from-group", **one, user_name="ana")
    aws("iam delete-group-policy", **one, policy_name="in")
    aws("iam delete-group", **one)
    refused("NoSuchEntity", "The group with name ops cannot be found.", "iam get-group", **one)
    aws("iam delete-user", user_name="ana")


def policy():
    made = aws("iam create-policy", policy_name="p", policy_document=allow("execute-api:Invoke"))["Policy"]
    one = dict(policy_arn=made["Arn"])
    refused("EntityAlreadyExists", "A policy called p already exists.", "iam create-policy", policy_name="p", policy_document=allow("iam:*"))
    refused("MalformedPolicyDocument", "", "iam create-policy", policy_name="q", policy_document="{")
    aws("iam create-policy-version", **one, policy_document=allow("iam:GetRole"), set_as_default=True)
    assert aws("iam get-policy-version", **one, version_id="v2")["PolicyVersion"]["Document"] == allow("iam:GetRole")
    assert len(pages("iam list-policy-versions", "Versions", 1, **one)) == 2
    refused("DeleteConflict", "This policy has more than one version.", "iam delete-policy", **one)
    aws("iam set-default-policy-version", **one, version_id="v1")
    aws("iam delete-policy-version", **one, version_id="v2")
    aws("iam tag-policy", **one, tags="Key=k,Value=v")
    aws("iam untag-policy", **one, tag_keys=["k"])
    assert aws("iam list-policy-tags", **one)["Tags"] == []
    assert [p["PolicyName"] for p in pages("iam list-policies", "Policies", 1, scope="Local")] == ["p"]
    aws("iam delete-policy", **one)
    refused("NoSuchEntity", "was not found.", "iam get-policy", **one)


def role():
    account = aws("sts get-caller-identity")["Account"]
    made = aws("iam create-role", role_name="r", assume_role_policy_document=trust({"AWS": account}))["Role"]
    one = dict(role_name="r")
    refused("EntityAlreadyExists", "Role with name r already exists.", "iam create-role", **one, assume_role_policy_document=trust("*"))
    aws("iam update-role", **one, description="d", max_session_duration=7200)
    aws("iam update-assume-role-policy", **one, policy_document=trust({"AWS": account, "Service": "apigateway.amazonaws.com"}))
    assert aws("iam get-role", **one)["Role"]["Description"] == "d"
    aws("iam put-role-policy", **one, policy_name="in", policy_document=allow("execute-api:Invoke"))
    assert aws("iam get-role-policy", **one, policy_name="in")["PolicyDocument"] == allow("execute-api:Invoke")
    assert aws("iam list-role-policies", **one)["PolicyNames"] == ["in"]
    arn = "arn:aws:iam::aws:policy/AmazonAPIGatewayInvokeFullAccess"
    aws("iam attach-role-policy", **one, policy_arn=arn)
    assert len(aws("iam list-attached-role-policies", **one)["AttachedPolicies"]) == 1
    assert aws("iam list-entities-for-policy", policy_arn=arn)["PolicyRoles"][0]["RoleName"] == "r"
    aws("iam tag-role", **one, tags="Key=k,Value=v")
    aws("iam untag-role", **one, tag_keys=["k"])
    decisions = aws("iam simulate-principal-policy", policy_source_arn=made["Arn"], action_names=["execute-api:Invoke"])["EvaluationResults"]
    assert decisions[0]["EvalDecision"] == "allowed"
    session = aws("sts assume-role", role_arn=made["Arn"], role_session_name="work")
    assert session["AssumedRoleUser"]["Arn"] == f"arn:aws:sts::{account}:assumed-role/r/work"
    refused("AccessDenied", "is not authorized to perform: sts:AssumeRole on resource", "sts assume-role", role_arn=made["Arn"] + "x", role_session_name="work")
    aws("iam create-instance-profile", instance_profile_name="ip")
    aws("iam add-role-to-instance-profile", instance_profile_name="ip", **one)
    assert len(pages("iam list-instance-profiles-for-role", "InstanceProfiles", 1, **one)) == 1
    aws("iam remove-role-from-instance-profile", instance_profile_name="ip", **one)
    aws("iam delete-instance-profile", instance_profile_name="ip")
    refused("DeleteConflict", "Cannot delete entity, must", "iam delete-role", **one)
    aws("iam detach-role-policy", **one, policy_arn=arn)
    aws("iam delete-role-policy", **one, policy_name="in")
    aws("iam delete-role", **one)
    refused("NoSuchEntity", "The role with name r cannot be found.", "iam get-role", **one)


def account():
    task = aws("iam delete-service-linked-role", role_name="AWSServiceRoleForAPIGateway")["DeletionTaskId"]
    assert aws("iam get-service-linked-role-deletion-status", deletion_task_id=task)["Status"] == "SUCCEEDED"
    aws("iam create-service-linked-role", aws_service_name="ops.apigateway.amazonaws.com")
    assert aws("iam get-account-summary")["SummaryMap"]["Users"] == 0
    assert aws("sts get-session-token")["Credentials"]["SessionToken"]


for part in (user, group, policy, role, account):
    part()
