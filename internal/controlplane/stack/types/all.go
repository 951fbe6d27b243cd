// Package types has the types of resources that stacks may have, one file a service
// (aws-controlplane §12.1).
package types

import "github.com/pasarela-ws/pasarela/internal/controlplane/stack/resource"

// All are all types.
func All() *resource.Registry {
	return resource.NewRegistry(apiTypes(), domainTypes(), keyTypes(), identityTypes(), functionTypes(), parameterTypes(), bucketTypes(), nameOnlyTypes())
}
