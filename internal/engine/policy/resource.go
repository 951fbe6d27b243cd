package policy

import (
	"slices"
	"strings"

	"github.com/pasarela-ws/pasarela"
)

// resourceFault is AWS's error for a resource that is not an ARN of a shape
// that it knows, or "" (recorded by moto's authors, aws-controlplane §6.5).
func resourceFault(resource string) string {
	if resource == "*" {
		return ""
	}
	_, rest, ok := strings.Cut(resource, ":")
	if !ok {
		return "Resource " + resource + ` must be in ARN format or "*".`
	}
	partition, rest, ok := strings.Cut(rest, ":")
	if partition != "*" && !pasarela.IsPartition(partition) {
		return partitionFault(partition, rest)
	}
	if !ok {
		return "Resource vendor must be fully qualified and cannot contain regexes."
	}
	service, rest, _ := strings.Cut(rest, ":")
	region := rest
	_, rest, _ = strings.Cut(rest, ":")
	_, id, _ := strings.Cut(rest, ":")
	regional := !strings.HasPrefix(region, ":")
	switch {
	case service == "iam" && regional:
		return "IAM resource " + resource + " cannot contain region information."
	case service == "s3" && regional && !strings.HasPrefix(id, "accesspoint/"):
		return "Resource " + resource + " can not contain region information."
	case service == "iam" && id != "*" && !hasIAMPath(id):
		return `IAM resource path must either be "*" or start with ` + strings.Join(iamPaths(), ", ") + "."
	}
	return ""
}

func partitionFault(partition, rest string) string {
	fields := strings.SplitN(rest, ":", 4)
	for len(fields) < 4 {
		fields = append(fields, "*")
	}
	if rest == "" {
		fields[0] = "*"
	}
	return `Partition "` + partition + `" is not valid for resource "arn:` + partition + ":" + strings.Join(fields, ":") + `".`
}

func iamPaths() []string {
	return []string{
		"user/", "federated-user/", "role/", "group/", "instance-profile/", "mfa/", "server-certificate/",
		"policy/", "sms-mfa/", "saml-provider/", "oidc-provider/", "report/", "access-report/",
	}
}

func hasIAMPath(id string) bool {
	return slices.ContainsFunc(iamPaths(), func(p string) bool { return strings.HasPrefix(id, p) })
}
