// Users, access keys, roles, policies and sessions through the SDK for JavaScript.
const sdk = require("@aws-sdk/client-iam");
const stssdk = require("@aws-sdk/client-sts");
const { assert, speak, refused, pages, live } = require("./life.js");

const iam = speak(sdk, "IAMClient");
const sts = speak(stssdk, "STSClient");
const { DeleteConflictException, EntityAlreadyExistsException, LimitExceededException, MalformedPolicyDocumentException, NoSuchEntityException } = sdk;
const allow = (Action, Resource = "*") => JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action, Resource }] });
const trust = (Principal) => JSON.stringify({ Version: "2012-10-17", Statement: { Effect: "Allow", Principal, Action: "sts:AssumeRole" } });
const as = (keys) => ({ credentials: { accessKeyId: keys.AccessKeyId, secretAccessKey: keys.SecretAccessKey, sessionToken: keys.SessionToken } });

async function user() {
  const { User } = await iam("CreateUser", { UserName: "ana", Path: "/people/", Tags: [{ Key: "k", Value: "ñ" }] });
  assert.match(User.Arn, /:user\/people\/ana$/);
  assert.ok(User.CreateDate instanceof Date);
  await refused(EntityAlreadyExistsException, "User with name ana already exists.", iam("CreateUser", { UserName: "ana" }));
  await iam("UpdateUser", { UserName: "ana", NewUserName: "eva", NewPath: "/" });
  await refused(NoSuchEntityException, "The user with name ana cannot be found.", iam("GetUser", { UserName: "ana" }));
  assert.equal((await iam("GetUser", { UserName: "eva" })).User.UserId, User.UserId);
  await iam("TagUser", { UserName: "eva", Tags: [{ Key: "l", Value: "" }] });
  await iam("UntagUser", { UserName: "eva", TagKeys: ["k"] });
  assert.deepEqual((await iam("ListUserTags", { UserName: "eva" })).Tags, [{ Key: "l", Value: "" }]);
  await iam("PutUserPolicy", { UserName: "eva", PolicyName: "in", PolicyDocument: allow("iam:ListUsers") });
  assert.equal(decodeURIComponent((await iam("GetUserPolicy", { UserName: "eva", PolicyName: "in" })).PolicyDocument), allow("iam:ListUsers"));
  assert.deepEqual((await iam("ListUserPolicies", { UserName: "eva" })).PolicyNames, ["in"]);
  await iam("AttachUserPolicy", { UserName: "eva", PolicyArn: "arn:aws:iam::aws:policy/IAMFullAccess" });
  assert.equal((await iam("ListAttachedUserPolicies", { UserName: "eva" })).AttachedPolicies.length, 1);
  await iam("PutUserPermissionsBoundary", { UserName: "eva", PermissionsBoundary: "arn:aws:iam::aws:policy/IAMFullAccess" });
  await iam("DeleteUserPermissionsBoundary", { UserName: "eva" });

  const { AccessKey } = await iam("CreateAccessKey", { UserName: "eva" });
  const own = speak(sdk, "IAMClient", as(AccessKey));
  assert.equal((await own("GetUser")).User.UserName, "eva");
  await iam("CreateAccessKey", { UserName: "eva" });
  await refused(LimitExceededException, "Cannot exceed quota for AccessKeysPerUser: 2", iam("CreateAccessKey", { UserName: "eva" }));
  await iam("UpdateAccessKey", { UserName: "eva", AccessKeyId: AccessKey.AccessKeyId, Status: "Inactive" });
  const e = await refused(sdk.IAMServiceException, "The security token included in the request is invalid", own("GetUser"));
  assert.equal(e.name, "InvalidClientTokenId");
  assert.equal((await iam("GetAccessKeyLastUsed", { AccessKeyId: AccessKey.AccessKeyId })).UserName, "eva");
  await refused(DeleteConflictException, "Cannot delete entity, must", iam("DeleteUser", { UserName: "eva" }));
  for (const { AccessKeyId } of (await pages(sdk.paginateListAccessKeys, iam, "AccessKeyMetadata", { UserName: "eva" }, 1)).items) await iam("DeleteAccessKey", { UserName: "eva", AccessKeyId });
  await iam("DeleteUserPolicy", { UserName: "eva", PolicyName: "in" });
  await iam("DetachUserPolicy", { UserName: "eva", PolicyArn: "arn:aws:iam::aws:policy/IAMFullAccess" });
  for (const UserName of ["u1", "u2"]) await iam("CreateUser", { UserName });
  const found = await pages(sdk.paginateListUsers, iam, "Users", {}, 2);
  assert.deepEqual(found.sizes, [2, 1]);
  for (const { UserName } of found.items) await iam("DeleteUser", { UserName });
}

async function group() {
  await iam("CreateUser", { UserName: "ana" });
  const one = { GroupName: "ops" };
  const { Group } = await iam("CreateGroup", one);
  await refused(EntityAlreadyExistsException, "Group with name ops already exists.", iam("CreateGroup", one));
  await iam("AddUserToGroup", { ...one, UserName: "ana" });
  await iam("PutGroupPolicy", { ...one, PolicyName: "in", PolicyDocument: allow("iam:ListUsers") });
  assert.equal(decodeURIComponent((await iam("GetGroupPolicy", { ...one, PolicyName: "in" })).PolicyDocument), allow("iam:ListUsers"));
  const { AccessKey } = await iam("CreateAccessKey", { UserName: "ana" });
  assert.equal((await speak(sdk, "IAMClient", as(AccessKey))("ListUsers")).Users.length, 1);
  await iam("UpdateGroup", { ...one, NewPath: "/teams/" });
  assert.deepEqual((await pages(sdk.paginateGetGroup, iam, "Users", one, 1)).items.map((u) => u.UserName), ["ana"]);
  assert.equal((await iam("ListGroupsForUser", { UserName: "ana" })).Groups[0].GroupId, Group.GroupId);
  assert.equal((await pages(sdk.paginateListGroups, iam, "Groups", {}, 1)).items[0].Path, "/teams/");
  await refused(DeleteConflictException, "Cannot delete entity, must remove users from group first.", iam("DeleteGroup", one));
  await iam("RemoveUserFromGroup", { ...one, UserName: "ana" });
  await iam("DeleteGroupPolicy", { ...one, PolicyName: "in" });
  await iam("DeleteGroup", one);
  await refused(NoSuchEntityException, "The group with name ops cannot be found.", iam("GetGroup", one));
  await iam("DeleteAccessKey", { UserName: "ana", AccessKeyId: AccessKey.AccessKeyId });
  await iam("DeleteUser", { UserName: "ana" });
}

async function policy() {
  const { Policy } = await iam("CreatePolicy", { PolicyName: "p", PolicyDocument: allow("execute-api:Invoke"), Tags: [{ Key: "k", Value: "v" }] });
  const one = { PolicyArn: Policy.Arn };
  await refused(EntityAlreadyExistsException, "A policy called p already exists. Duplicate names are not allowed.", iam("CreatePolicy", { PolicyName: "p", PolicyDocument: allow("iam:*") }));
  await refused(MalformedPolicyDocumentException, "", iam("CreatePolicy", { PolicyName: "q", PolicyDocument: "{" }));
  assert.equal((await iam("GetPolicy", one)).Policy.AttachmentCount, 0);
  const second = (await iam("CreatePolicyVersion", { ...one, PolicyDocument: allow("iam:GetRole"), SetAsDefault: false })).PolicyVersion;
  await iam("SetDefaultPolicyVersion", { ...one, VersionId: second.VersionId });
  assert.equal(decodeURIComponent((await iam("GetPolicyVersion", { ...one, VersionId: "v2" })).PolicyVersion.Document), allow("iam:GetRole"));
  assert.deepEqual((await pages(sdk.paginateListPolicyVersions, iam, "Versions", one, 1)).items.map((v) => v.VersionId), ["v2", "v1"]);
  await refused(DeleteConflictException, "This policy has more than one version.", iam("DeletePolicy", one));
  await iam("DeletePolicyVersion", { ...one, VersionId: "v1" });
  await iam("TagPolicy", { ...one, Tags: [{ Key: "l", Value: "w" }] });
  await iam("UntagPolicy", { ...one, TagKeys: ["k"] });
  assert.deepEqual((await iam("ListPolicyTags", one)).Tags, [{ Key: "l", Value: "w" }]);
  assert.deepEqual((await pages(sdk.paginateListPolicies, iam, "Policies", { Scope: "Local" }, 1)).items.map((p) => p.PolicyName), ["p"]);
  await iam("DeletePolicy", one);
  await refused(NoSuchEntityException, `Policy ${Policy.Arn} was not found.`, iam("GetPolicy", one));
}

async function role() {
  const one = { RoleName: "r" };
  const { Role } = await iam("CreateRole", { ...one, AssumeRolePolicyDocument: trust({ Service: "apigateway.amazonaws.com" }) });
  await refused(EntityAlreadyExistsException, "Role with name r already exists.", iam("CreateRole", { ...one, AssumeRolePolicyDocument: trust("*") }));
  await iam("UpdateRole", { ...one, Description: "d", MaxSessionDuration: 7200 });
  assert.equal((await iam("UpdateRoleDescription", { ...one, Description: "e" })).Role.Description, "e");
  await iam("UpdateAssumeRolePolicy", { ...one, PolicyDocument: trust({ AWS: Role.Arn.split(":")[4] }) });
  await refused(MalformedPolicyDocumentException, "Invalid principal in policy", iam("UpdateAssumeRolePolicy", { ...one, PolicyDocument: trust({ AWS: Role.Arn + "gone" }) }));
  await iam("PutRolePolicy", { ...one, PolicyName: "in", PolicyDocument: allow("execute-api:Invoke") });
  assert.deepEqual((await iam("ListRolePolicies", one)).PolicyNames, ["in"]);
  assert.equal(decodeURIComponent((await iam("GetRolePolicy", { ...one, PolicyName: "in" })).PolicyDocument), allow("execute-api:Invoke"));
  const PolicyArn = "arn:aws:iam::aws:policy/AmazonAPIGatewayInvokeFullAccess";
  await iam("AttachRolePolicy", { ...one, PolicyArn });
  assert.equal((await iam("ListAttachedRolePolicies", one)).AttachedPolicies[0].PolicyArn, PolicyArn);
  assert.equal((await iam("ListEntitiesForPolicy", { PolicyArn })).PolicyRoles[0].RoleName, "r");
  await iam("PutRolePermissionsBoundary", { ...one, PermissionsBoundary: PolicyArn });
  await iam("DeleteRolePermissionsBoundary", one);
  await iam("TagRole", { ...one, Tags: [{ Key: "k", Value: "v" }, { Key: "l", Value: "w" }] });
  await iam("UntagRole", { ...one, TagKeys: ["k"] });
  assert.deepEqual((await iam("ListRoleTags", one)).Tags, [{ Key: "l", Value: "w" }]);
  const decisions = await iam("SimulatePrincipalPolicy", { PolicySourceArn: Role.Arn, ActionNames: ["execute-api:Invoke", "iam:ListUsers"] });
  assert.deepEqual(decisions.EvaluationResults.map((r) => r.EvalDecision), ["allowed", "implicitDeny"]);
  const custom = await iam("SimulateCustomPolicy", { PolicyInputList: [allow("iam:*")], ActionNames: ["iam:ListUsers"] });
  assert.equal(custom.EvaluationResults[0].EvalDecision, "allowed");

  const { Credentials, AssumedRoleUser } = await sts("AssumeRole", { RoleArn: Role.Arn, RoleSessionName: "work" }).catch((e) => assert.fail(e.message));
  const session = speak(stssdk, "STSClient", as(Credentials));
  assert.equal((await session("GetCallerIdentity")).Arn, AssumedRoleUser.Arn);
  const denied = await refused(sdk.IAMServiceException, "is not authorized to perform: iam:ListUsers", speak(sdk, "IAMClient", as(Credentials))("ListUsers"));
  assert.equal(denied.name, "AccessDenied");

  await iam("CreateInstanceProfile", { InstanceProfileName: "ip" });
  await iam("AddRoleToInstanceProfile", { InstanceProfileName: "ip", ...one });
  assert.equal((await iam("ListInstanceProfilesForRole", one)).InstanceProfiles[0].InstanceProfileName, "ip");
  await refused(DeleteConflictException, "", iam("DeleteRole", one));
  await iam("RemoveRoleFromInstanceProfile", { InstanceProfileName: "ip", ...one });
  await iam("DeleteInstanceProfile", { InstanceProfileName: "ip" });
  await refused(NoSuchEntityException, "", iam("GetInstanceProfile", { InstanceProfileName: "ip" }));
  await iam("DeleteRolePolicy", { ...one, PolicyName: "in" });
  await iam("DetachRolePolicy", { ...one, PolicyArn });
  await iam("DeleteRole", one);
  await refused(NoSuchEntityException, "The role with name r cannot be found.", iam("GetRole", one));
  assert.ok((await pages(sdk.paginateListRoles, iam, "Roles", { PathPrefix: "/aws-service-role/" }, 1)).items.length > 0);
}

async function account() {
  const { DeletionTaskId } = await iam("DeleteServiceLinkedRole", { RoleName: "AWSServiceRoleForAPIGateway" });
  assert.equal((await iam("GetServiceLinkedRoleDeletionStatus", { DeletionTaskId })).Status, "SUCCEEDED");
  await iam("CreateServiceLinkedRole", { AWSServiceName: "ops.apigateway.amazonaws.com" });
  assert.equal((await iam("GetAccountSummary")).SummaryMap.Users, 0);
  assert.equal((await iam("GetAccountAuthorizationDetails", { Filter: ["Role"] })).RoleDetailList.length, 1);
  const { Credentials } = await sts("GetSessionToken", { DurationSeconds: 900 });
  assert.match((await speak(stssdk, "STSClient", as(Credentials))("GetCallerIdentity")).Arn, /:root$/);
  assert.match((await sts("GetAccessKeyInfo", { AccessKeyId: process.env.AWS_ACCESS_KEY_ID })).Account, /^\d{12}$/);
}

live([user, group, policy, role, account]);
