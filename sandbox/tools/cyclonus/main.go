// Prints cyclonus' own test cases with what its matcher answers to each, as one JSON document; it needs no cluster.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"github.com/mattfenwick/cyclonus/pkg/connectivity"
	"github.com/mattfenwick/cyclonus/pkg/connectivity/probe"
	"github.com/mattfenwick/cyclonus/pkg/generator"
	"github.com/mattfenwick/cyclonus/pkg/kube"
	"github.com/mattfenwick/cyclonus/pkg/matcher"
	v1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
)

// plan: addresses of the nine pods (x, y, z by a, b, c). Some share a /28 (a /124) with the last, which cyclonus makes
// the exception of its blocks, some only the /24 (the /120) of the block, and some neither.
var plans = map[string][]string{
	"IPv4": {
		"192.168.1.1", "192.168.1.20", "192.168.2.1", "192.168.1.2", "192.168.1.200", "10.0.0.1",
		"192.168.1.3", "192.168.1.17", "192.168.1.14",
	},
	"IPv6": {
		"fd00::1", "fd00::20", "fd00::1:1", "fd00::2", "fd00::f0", "fd01::1", "fd00::3", "fd00::11", "fd00::e",
	},
}

type port struct {
	Name     string      `json:"name"`
	Port     int         `json:"port"`
	Protocol v1.Protocol `json:"protocol"`
}

type pod struct {
	Namespace string            `json:"namespace"`
	Name      string            `json:"name"`
	Labels    map[string]string `json:"labels"`
	Address   string            `json:"address"`
	Ports     []port            `json:"ports"`
}

// answers: sender, receiver, "PROTOCOL/PORT" → what cyclonus found for ingress, for egress and for both together.
type answers map[string]map[string]map[string][3]probe.Connectivity

type step struct {
	Namespaces map[string]map[string]string  `json:"namespaces"`
	Pods       []pod                         `json:"pods"`
	Policies   []*networkingv1.NetworkPolicy `json:"policies"`
	Answers    answers                       `json:"answers"`
}

type testCase struct {
	Family      string   `json:"family"`
	Description string   `json:"description"`
	Tags        []string `json:"tags"`
	Steps       []step   `json:"steps"`
}

var (
	names     = []string{"a", "b", "c"}
	spaces    = []string{"x", "y", "z"}
	protocols = []v1.Protocol{v1.ProtocolTCP, v1.ProtocolUDP, v1.ProtocolSCTP}
	served    = []int{80, 81}
)

func main() {
	var cases []testCase
	for _, family := range []string{"IPv4", "IPv6"} {
		addresses := plans[family]
		last := addresses[len(addresses)-1]
		// No tags: every case that cyclonus has, those included that its command leaves out when nobody asks.
		for _, generated := range generator.NewTestCaseGenerator(true, last, spaces, nil, nil).GenerateTestCases() {
			if family == "IPv6" && !namesAddresses(generated) {
				continue
			}
			steps, err := run(generated, addresses)
			if err != nil {
				fmt.Fprintf(os.Stderr, "%s: %v\n", generated.Description, err)
				os.Exit(1)
			}
			cases = append(cases, testCase{family, generated.Description, generated.Tags.Keys(), steps})
		}
	}
	out := bufio.NewWriter(os.Stdout)
	if err := json.NewEncoder(out).Encode(cases); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	if err := out.Flush(); err != nil {
		os.Exit(1)
	}
}

// namesAddresses tells whether a case can depend on what addresses the pods have.
func namesAddresses(generated *generator.TestCase) bool {
	var policies []*networkingv1.NetworkPolicy
	for _, one := range generated.Steps {
		for _, action := range one.Actions {
			if action.CreatePolicy != nil {
				policies = append(policies, action.CreatePolicy.Policy)
			}
			if action.UpdatePolicy != nil {
				policies = append(policies, action.UpdatePolicy.Policy)
			}
		}
	}
	written, err := json.Marshal(policies)
	return err != nil || strings.Contains(string(written), "ipBlock")
}

// run applies a case's actions to a cluster that is only remembered, and asks the matcher after each step.
func run(generated *generator.TestCase, addresses []string) ([]step, error) {
	remembered := kube.NewMockKubernetes(1)
	resources, err := probe.NewDefaultResources(remembered, spaces, names, served, protocols, nil, 1, false, "")
	if err != nil {
		return nil, err
	}
	for index, pod := range resources.Pods {
		pod.IP = addresses[index]
	}
	state := &connectivity.TestCaseState{Kubernetes: remembered, Resources: resources}
	builder := &probe.JobBuilder{TimeoutSeconds: 1}
	var steps []step
	for _, wanted := range generated.Steps {
		for _, action := range wanted.Actions {
			if err := apply(state, action); err != nil {
				return nil, err
			}
		}
		// As the command does, with its simplification of the rules.
		policy := matcher.BuildNetworkPolicies(true, state.Policies)
		table := probe.NewSimulatedRunner(policy, builder).RunProbeForConfig(wanted.Probe, state.Resources)
		steps = append(steps, recorded(state, table))
	}
	return steps, nil
}

func apply(state *connectivity.TestCaseState, action *generator.Action) error {
	switch {
	case action.CreatePolicy != nil:
		return state.CreatePolicy(action.CreatePolicy.Policy)
	case action.UpdatePolicy != nil:
		return state.UpdatePolicy(action.UpdatePolicy.Policy)
	case action.DeletePolicy != nil:
		return state.DeletePolicy(action.DeletePolicy.Namespace, action.DeletePolicy.Name)
	case action.CreateNamespace != nil:
		return state.CreateNamespace(action.CreateNamespace.Namespace, action.CreateNamespace.Labels)
	case action.SetNamespaceLabels != nil:
		return state.SetNamespaceLabels(action.SetNamespaceLabels.Namespace, action.SetNamespaceLabels.Labels)
	case action.DeleteNamespace != nil:
		return state.DeleteNamespace(action.DeleteNamespace.Namespace)
	case action.ReadNetworkPolicies != nil:
		return state.ReadPolicies(action.ReadNetworkPolicies.Namespaces)
	case action.CreatePod != nil:
		return state.CreatePod(action.CreatePod.Namespace, action.CreatePod.Pod, action.CreatePod.Labels)
	case action.SetPodLabels != nil:
		return state.SetPodLabels(action.SetPodLabels.Namespace, action.SetPodLabels.Pod, action.SetPodLabels.Labels)
	case action.DeletePod != nil:
		return state.DeletePod(action.DeletePod.Namespace, action.DeletePod.Pod)
	}
	return fmt.Errorf("an action that this program does not know: %+v", action)
}

func recorded(state *connectivity.TestCaseState, table *probe.Table) step {
	found := step{
		Namespaces: map[string]map[string]string{},
		Policies:   append([]*networkingv1.NetworkPolicy{}, state.Policies...),
		Answers:    answers{},
	}
	for name, labels := range state.Resources.Namespaces {
		found.Namespaces[name] = labels
	}
	for _, one := range state.Resources.Pods {
		ports := make([]port, 0, len(one.Containers))
		for _, container := range one.Containers {
			ports = append(ports, port{container.PortName, container.Port, container.Protocol})
		}
		found.Pods = append(found.Pods, pod{one.Namespace, one.Name, one.Labels, one.IP, ports})
	}
	for _, key := range table.Wrapped.Keys() {
		if found.Answers[key.From] == nil {
			found.Answers[key.From] = map[string]map[string][3]probe.Connectivity{}
		}
		cell := map[string][3]probe.Connectivity{}
		for name, result := range table.Get(key.From, key.To).JobResults {
			cell[name] = [3]probe.Connectivity{*result.Ingress, *result.Egress, result.Combined}
		}
		found.Answers[key.From][key.To] = cell
	}
	return found
}
