package iam

import "github.com/pasarela-ws/pasarela/internal/awsapi/wire"

// Declined are the operations of IAM that are not served: what they are about does
// not exist here.
func Declined() []wire.DeclinedOperation {
	return []wire.DeclinedOperation{
		{
			Names:  []string{"ChangePassword", "CreateLoginProfile", "UpdateLoginProfile", "DeleteAccountPasswordPolicy", "GetAccountPasswordPolicy", "UpdateAccountPasswordPolicy"},
			Reason: "Users have no passwords; they sign with access keys, in the console too.",
		},
		{
			Names:  []string{"CreateVirtualMFADevice", "DeleteVirtualMFADevice", "EnableMFADevice", "GetMFADevice", "ListMFADeviceTags", "ResyncMFADevice", "TagMFADevice", "UntagMFADevice"},
			Reason: "There are no MFA devices.",
		},
		{
			Names: []string{
				"AddClientIDToOpenIDConnectProvider", "CreateOpenIDConnectProvider", "DeleteOpenIDConnectProvider", "GetOpenIDConnectProvider", "ListOpenIDConnectProviderTags",
				"ListOpenIDConnectProviders", "RemoveClientIDFromOpenIDConnectProvider", "TagOpenIDConnectProvider", "UntagOpenIDConnectProvider", "UpdateOpenIDConnectProviderThumbprint",
				"CreateSAMLProvider", "DeleteSAMLProvider", "GetSAMLProvider", "ListSAMLProviderTags", "ListSAMLProviders", "TagSAMLProvider", "UntagSAMLProvider", "UpdateSAMLProvider",
				"DisableOutboundWebIdentityFederation", "EnableOutboundWebIdentityFederation", "GetOutboundWebIdentityFederationInfo",
			},
			Reason: "There is no sign-in by another identity provider; roles are assumed with access keys.",
		},
		{
			Names:  []string{"DeleteSSHPublicKey", "GetSSHPublicKey", "UpdateSSHPublicKey", "UploadSSHPublicKey"},
			Reason: "SSH keys are for CodeCommit.",
		},
		{
			Names:  []string{"CreateServiceSpecificCredential", "DeleteServiceSpecificCredential", "ResetServiceSpecificCredential", "UpdateServiceSpecificCredential"},
			Reason: "Service-specific credentials are for services that are not here.",
		},
		{
			Names:  []string{"DeleteSigningCertificate", "UpdateSigningCertificate", "UploadSigningCertificate"},
			Reason: "Signing certificates are for EC2's SOAP API.",
		},
		{
			Names:  []string{"DeleteServerCertificate", "GetServerCertificate", "ListServerCertificateTags", "ListServerCertificates", "TagServerCertificate", "UntagServerCertificate", "UpdateServerCertificate", "UploadServerCertificate"},
			Reason: "The server's certificate is given with --tls-cert and --tls-key.",
		},
		{
			Names:  []string{"GenerateCredentialReport", "GetCredentialReport"},
			Reason: "The report is mostly of passwords and MFA devices; ListAccessKeys and GetAccessKeyLastUsed say the rest.",
		},
		{
			Names:  []string{"GenerateServiceLastAccessedDetails", "GetServiceLastAccessedDetails", "GetServiceLastAccessedDetailsWithEntities", "ListPoliciesGrantingServiceAccess"},
			Reason: "Uses are not counted by service; SimulatePrincipalPolicy says what a principal may do.",
		},
		{
			Names:  []string{"GetContextKeysForCustomPolicy", "GetContextKeysForPrincipalPolicy"},
			Reason: "A simulation names the missing keys itself, in MissingContextValues.",
		},
		{
			Names: []string{
				"DisableOrganizationsRootCredentialsManagement", "DisableOrganizationsRootSessions", "EnableOrganizationsRootCredentialsManagement", "EnableOrganizationsRootSessions",
				"GenerateOrganizationsAccessReport", "GetOrganizationsAccessReport", "ListOrganizationsFeatures",
			},
			Reason: "There is one account and no organization.",
		},
		{
			Names: []string{
				"AcceptDelegationRequest", "AssociateDelegationRequest", "CreateDelegationRequest", "GetDelegationRequest", "GetHumanReadableSummary", "ListDelegationRequests",
				"RejectDelegationRequest", "SendDelegationToken", "UpdateDelegationRequest",
			},
			Reason: "There are no partners who would ask for delegated access.",
		},
		{Names: []string{"SetSecurityTokenServicePreferences"}, Reason: "Session tokens have one form here, for all regions."},
	}
}
