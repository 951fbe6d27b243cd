package sam

import (
	"crypto/sha1" // see hash
	"encoding/hex"
	"encoding/json"
	"maps"
	"slices"
	"strings"
)

// passed are the properties of a serverless function that are copied to
// AWS::Lambda::Function.
var passed = []string{
	"FunctionName", "Handler", "Runtime", "Description", "MemorySize", "Timeout", "Environment", "VpcConfig", "Architectures", "ReservedConcurrentExecutions",
	"PackageType", "EphemeralStorage", "SnapStart", "LoggingConfig", "FileSystemConfigs", "Layers", "KmsKeyArn", "RecursiveLoop", "RuntimeManagementConfig",
}

// read are the properties that are converted.
var read = []string{
	"CodeUri", "InlineCode", "Role", "Policies", "AssumeRolePolicyDocument", "PermissionsBoundary", "RolePath", "Tags", "Tracing", "Events", "AutoPublishAlias", "PropagateTags",
}

// function makes AWS::Lambda::Function, its role, and its version and alias when one is
// asked for.
func (s *source) function() {
	if !s.known(append(read, passed...)...) {
		return
	}
	if events, ok := s.object("Events"); !ok || len(events) > 0 {
		for _, name := range slices.Sorted(maps.Keys(events)) {
			event, _ := events[name].(map[string]any)
			s.fail("Event with id [%s] is invalid. Events of type %v are not expanded here: WebSocket APIs name their functions in their Routes.", name, event["Type"])
		}
		return
	}
	code, ok := s.code()
	if !ok {
		return
	}
	properties := pick(s.given, passed...)
	properties["Code"] = code
	properties["Tags"] = s.tagList("lambda:createdBy")
	if tracing, there := s.given["Tracing"]; there && tracing != "Disabled" {
		properties["TracingConfig"] = map[string]any{"Mode": tracing}
	}
	properties["Role"] = s.given["Role"]
	if s.given["Role"] == nil {
		if !s.role() {
			return
		}
		properties["Role"] = attribute(s.id+"Role", "Arn")
	}
	s.x.add(s.id, "AWS::Lambda::Function", properties, s.attributes)
	s.alias(code)
}

// code is Code of the function: text of the template, or an object of S3.
func (s *source) code() (map[string]any, bool) {
	if inline, there := s.given["InlineCode"]; there {
		return map[string]any{"ZipFile": inline}, true
	}
	switch uri := s.given["CodeUri"].(type) {
	case map[string]any:
		bucket, key := uri["Bucket"], uri["Key"]
		if bucket == nil || key == nil {
			s.fail("'CodeUri' requires Bucket and Key properties to be specified.")
			return nil, false
		}
		code := map[string]any{"S3Bucket": bucket, "S3Key": key}
		if version := uri["Version"]; version != nil {
			code["S3ObjectVersion"] = version
		}
		return code, true
	case string:
		bucket, key, ok := strings.Cut(strings.TrimPrefix(uri, "s3://"), "/")
		if ok && strings.HasPrefix(uri, "s3://") && bucket != "" && key != "" {
			return map[string]any{"S3Bucket": bucket, "S3Key": key}, true
		}
		s.fail("'CodeUri' is not a valid S3 Uri of the form 's3://bucket/key' with optional versionId query parameter. A folder is uploaded by `sam deploy` or run by `pasarela dev`.")
		return nil, false
	}
	s.fail("'CodeUri' or 'InlineCode' must be specified.")
	return nil, false
}

// tagList is Tags as CloudFormation's list, with the tag that says who made the resource.
func (s *source) tagList(createdBy string) []any {
	tags, ok := s.object("Tags")
	if !ok {
		return nil
	}
	list := []any{map[string]any{"Key": createdBy, "Value": "SAM"}}
	for _, key := range slices.Sorted(maps.Keys(tags)) {
		list = append(list, map[string]any{"Key": key, "Value": tags[key]})
	}
	return list
}

// serviceRoles are AWS's managed policies that lie below service-role/.
var serviceRoles = []string{
	"AWSLambdaBasicExecutionRole", "AWSLambdaDynamoDBExecutionRole", "AWSLambdaENIManagementAccess", "AWSLambdaKinesisExecutionRole",
	"AWSLambdaRole", "AWSLambdaSQSQueueExecutionRole", "AWSLambdaVPCAccessExecutionRole",
}

func managed(name string) string {
	if slices.Contains(serviceRoles, name) {
		name = "service-role/" + name
	}
	return "arn:aws:iam::aws:policy/" + name
}

// role makes the function's role; false when a fault was noted.
func (s *source) role() bool {
	// AWS adds policies for X-Ray and networks; this server has neither, nor these policies.
	arns := []any{managed("AWSLambdaBasicExecutionRole")}
	given, ok := s.given["Policies"].([]any)
	if !ok && s.given["Policies"] != nil {
		given = []any{s.given["Policies"]}
	}
	var inline []any
	for i, each := range given {
		arn, document, ok := s.policy(each)
		if !ok {
			return false
		}
		if document != nil {
			inline = append(inline, map[string]any{"PolicyName": s.id + "RolePolicy" + itoa(i), "PolicyDocument": document})
		} else if !slices.ContainsFunc(arns, func(other any) bool { return other == arn }) || isFunction(arn) {
			arns = append(arns, arn)
		}
	}
	trust := s.given["AssumeRolePolicyDocument"]
	if trust == nil {
		trust = map[string]any{"Version": "2012-10-17", "Statement": []any{map[string]any{
			"Action": []any{"sts:AssumeRole"}, "Effect": "Allow", "Principal": map[string]any{"Service": []any{"lambda.amazonaws.com"}},
		}}}
	}
	properties := map[string]any{
		"AssumeRolePolicyDocument": trust, "ManagedPolicyArns": arns, "Tags": s.tagList("lambda:createdBy"),
		"PermissionsBoundary": s.given["PermissionsBoundary"], "Path": s.given["RolePath"],
	}
	if inline != nil {
		properties["Policies"] = inline
	}
	s.x.add(s.id+"Role", "AWS::IAM::Role", properties, s.derived())
	return true
}

// policy reads one of Policies: a managed policy's ARN, or an inline document.
func (s *source) policy(value any) (arn, document any, ok bool) {
	switch p := value.(type) {
	case string:
		if strings.HasPrefix(p, "arn:") {
			return p, nil, true
		}
		return managed(p), nil, true
	case map[string]any:
		switch {
		case isFunction(p):
			return p, nil, true
		case p["Statement"] != nil:
			return nil, p, true
		case len(p) == 1:
			for name, parameters := range p {
				document, why := policyTemplate(name, parameters)
				if why != "" {
					s.fail("%s", why)
				}
				return nil, document, why == ""
			}
		}
	}
	s.fail("'Policies' must be names or ARNs of managed policies, policy documents, or policy templates.")
	return nil, nil, false
}

// alias publishes a version for each state of the code, and an alias that leads to it.
func (s *source) alias(code map[string]any) {
	name := s.text("AutoPublishAlias")
	if name == "" {
		return
	}
	text, _ := json.Marshal(code) // values of templates always encode
	version := s.id + "Version" + hash(string(text))
	keep := s.derived()
	keep["DeletionPolicy"] = "Retain"
	s.x.add(version, "AWS::Lambda::Version", map[string]any{"FunctionName": ref(s.id)}, keep)
	s.x.add(s.id+"Alias"+name, "AWS::Lambda::Alias", map[string]any{
		"FunctionName": ref(s.id), "FunctionVersion": attribute(version, "Version"), "Name": name,
	}, s.derived())
}

// hash is the suffix of the names of resources that SAM replaces when their
// text changes: the first ten hexadecimal digits of its SHA-1.
func hash(text string) string {
	sum := sha1.Sum([]byte(text)) // SAM's names are SHA-1 hashes; no security depends on it
	return hex.EncodeToString(sum[:])[:10]
}
