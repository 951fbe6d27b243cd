package cloudformation

import (
	"context"
	"maps"
	"slices"

	"github.com/pasarela-ws/pasarela/internal/awsapi/wire"
	"github.com/pasarela-ws/pasarela/internal/controlplane/stack"
)

type drift struct {
	Status string `aws:"StackDriftStatus"`
	At     string `aws:"LastCheckTimestamp"`
}

type resourceDrift struct {
	Status string `aws:"StackResourceDriftStatus"`
	At     string `aws:"LastCheckTimestamp"`
}

func driftOf(s *stack.Stack) drift {
	if s.Drift == nil {
		return drift{Status: stack.DriftNotChecked}
	}
	return drift{s.Drift.Status, stamp(s.Drift.At)}
}

func resourceDriftOf(s *stack.Stack, logicalID string) resourceDrift {
	if s.Drift == nil || s.Drift.Resources[logicalID].Status == "" {
		return resourceDrift{Status: stack.DriftNotChecked}
	}
	return resourceDrift{s.Drift.Resources[logicalID].Status, stamp(s.Drift.At)}
}

type detectInput struct {
	StackName  string   `aws:"StackName"`
	LogicalIDs []string `aws:"LogicalResourceIds"`
}

type detectOutput struct {
	ID string `aws:"StackDriftDetectionId"`
}

type detectionInput struct {
	ID string `aws:"StackDriftDetectionId"`
}

type detectionOutput struct {
	StackID string `aws:"StackId"`
	ID      string `aws:"StackDriftDetectionId"`
	Status  string `aws:"StackDriftStatus"`
	State   string `aws:"DetectionStatus"`
	Reason  string `aws:"DetectionStatusReason"`
	Drifted int    `aws:"DriftedStackResourceCount"`
	At      string `aws:"Timestamp"`
}

type driftsInput struct {
	StackName  string   `aws:"StackName"`
	Statuses   []string `aws:"StackResourceDriftStatusFilters"`
	MaxResults *int     `aws:"MaxResults"`
}

type driftsOutput struct {
	Drifts []driftShape `aws:"StackResourceDrifts,keep"`
}

type oneDriftOutput struct {
	Drift driftShape `aws:"StackResourceDrift"`
}

type driftShape struct {
	StackID     string            `aws:"StackId"`
	LogicalID   string            `aws:"LogicalResourceId"`
	PhysicalID  string            `aws:"PhysicalResourceId"`
	Type        string            `aws:"ResourceType"`
	Expected    string            `aws:"ExpectedProperties"`
	Actual      string            `aws:"ActualProperties"`
	Differences []differenceShape `aws:"PropertyDifferences,keep"`
	Status      string            `aws:"StackResourceDriftStatus"`
	Reason      string            `aws:"DriftStatusReason"`
	At          string            `aws:"Timestamp"`
}

type differenceShape struct {
	Path     string `aws:"PropertyPath"`
	Expected string `aws:"ExpectedValue"`
	Actual   string `aws:"ActualValue,keep"`
	Type     string `aws:"DifferenceType"`
}

// drifts are the operations on resources that were edited outside of their stack.
func (o *operations) drifts() []wire.QueryOperation {
	return []wire.QueryOperation{
		wire.QueryReply("DetectStackDrift", func(ctx context.Context, in detectInput) wire.Target { return o.on(ctx, in.StackName) }, o.detect),
		wire.QueryReply("DetectStackResourceDrift", func(ctx context.Context, in oneResourceInput) wire.Target { return o.on(ctx, in.StackName) }, o.detectOne),
		wire.QueryReply("DescribeStackDriftDetectionStatus", onAll[detectionInput], o.detection),
		wire.QueryReply("DescribeStackResourceDrifts", func(ctx context.Context, in driftsInput) wire.Target { return o.on(ctx, in.StackName) }, o.describeDrifts),
	}
}

func (o *operations) detect(ctx context.Context, in detectInput) (detectOutput, error) {
	who, err := caller(ctx)
	if err != nil {
		return detectOutput{}, err
	}
	s, err := o.DetectDrift(ctx, who, in.StackName, in.LogicalIDs)
	if err != nil {
		return detectOutput{}, err
	}
	return detectOutput{s.Drift.ID}, nil
}

func (o *operations) detectOne(ctx context.Context, in oneResourceInput) (oneDriftOutput, error) {
	who, err := caller(ctx)
	if err != nil {
		return oneDriftOutput{}, err
	}
	s, err := o.DetectDrift(ctx, who, in.StackName, []string{in.LogicalID})
	if err != nil {
		return oneDriftOutput{}, err
	}
	return oneDriftOutput{driftShapeOf(s, in.LogicalID)}, nil
}

func (o *operations) detection(ctx context.Context, in detectionInput) (detectionOutput, error) {
	s, err := o.DriftDetection(ctx, in.ID)
	if err != nil {
		return detectionOutput{}, err
	}
	out := detectionOutput{StackID: s.ID, ID: in.ID, Status: s.Drift.Status, State: "DETECTION_COMPLETE", Drifted: s.Drift.Drifted(), At: stamp(s.Drift.At)}
	if s.Drift.Failure != "" {
		out.State, out.Reason = "DETECTION_FAILED", s.Drift.Failure
	}
	return out, nil
}

// describeDrifts lists the resources that were compared; those that could not be compared
// are left out, as on AWS.
func (o *operations) describeDrifts(ctx context.Context, in driftsInput) (driftsOutput, error) {
	s, err := o.Stack(ctx, in.StackName)
	out := driftsOutput{Drifts: []driftShape{}}
	if err != nil || s.Drift == nil {
		return out, err
	}
	for _, id := range slices.Sorted(maps.Keys(s.Drift.Resources)) {
		status := s.Drift.Resources[id].Status
		if status == stack.DriftNotChecked || len(in.Statuses) > 0 && !slices.Contains(in.Statuses, status) {
			continue
		}
		out.Drifts = append(out.Drifts, driftShapeOf(s, id))
	}
	return out, nil
}

func driftShapeOf(s *stack.Stack, id string) driftShape {
	found, res := s.Drift.Resources[id], s.Resources[id]
	shape := driftShape{
		StackID: s.ID, LogicalID: id, Expected: found.Expected, Actual: found.Actual, Status: found.Status, Reason: found.Reason, At: stamp(s.Drift.At),
	}
	if res != nil {
		shape.PhysicalID, shape.Type = res.ID, res.Type
	}
	for _, d := range found.Differences {
		shape.Differences = append(shape.Differences, differenceShape(d))
	}
	return shape
}
