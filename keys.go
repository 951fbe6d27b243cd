package pasarela

import "strings"

// Prefixes of the [Bucket] keys that the control plane writes and the data plane
// reads. Identity keeps its own keys under "iam/", which no other package names.
const (
	PrefixAPI               = "api/"
	PrefixDeployment        = "deployment/"
	PrefixDomainName        = "domainname/"
	PrefixVPCLink           = "vpclink/"
	PrefixAPIKey            = "apikey/"
	PrefixUsagePlan         = "usageplan/"
	PrefixKeyUsage          = "keyusage/"
	PrefixClientCertificate = "clientcertificate/"
	PrefixFunction          = "function/"
	PrefixFunctionCode      = "functioncode/"
	AccountKey              = "account"
)

// PrefixOf is the prefix of a key: up to its first slash.
func PrefixOf(key string) string { return key[:strings.IndexByte(key, '/')+1] }

// APIDocumentKey is the key of an [APIDocument].
func APIDocumentKey(apiID string) string { return PrefixAPI + apiID }

// DeploymentKey is the key of the frozen [Definition] of a deployment.
func DeploymentKey(apiID, deploymentID string) string {
	return PrefixDeployment + apiID + "/" + deploymentID
}

// DomainNameKey is the key of a [DomainName].
func DomainNameKey(domainName string) string { return PrefixDomainName + EscapeKey(domainName) }

// KeyUsageKey is the key of the [KeyUsage] of an API key under a usage plan.
func KeyUsageKey(planID, keyID string) string { return PrefixKeyUsage + planID + "/" + keyID }

// FunctionKey is the key of a [Function].
func FunctionKey(name string) string { return PrefixFunction + EscapeKey(name) }

// FunctionCodeKey is the key of a zip file by its CodeSHA256.
func FunctionCodeKey(sha256 string) string { return PrefixFunctionCode + EscapeKey(sha256) }
