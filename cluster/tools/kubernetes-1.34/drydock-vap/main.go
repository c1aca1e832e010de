// drydock-vap asks ValidatingAdmissionPolicies about objects, without an API server, by the code of the API server:
// the same CEL, the same limits of cost, the same rules of what a policy is for.
//
//	drydock-vap FILE
//
// FILE is {"policies": [...], "bindings": [...], "objects": [...]}. It prints {"findings": [{"policy", "at", "index",
// "message", "warns"}]}, where "at" is the number of the object, or {"error": {"policy", "words"}}.
package main

import (
	"context"
	"encoding/json"
	"os"

	v1 "k8s.io/api/admissionregistration/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apiserver/pkg/admission"
	"k8s.io/apiserver/pkg/admission/plugin/policy/generic"
	"k8s.io/apiserver/pkg/admission/plugin/policy/matching"
	"k8s.io/apiserver/pkg/admission/plugin/policy/validating"
	celconfig "k8s.io/apiserver/pkg/apis/cel"
)

type given struct {
	Policies []v1.ValidatingAdmissionPolicy        `json:"policies"`
	Bindings []v1.ValidatingAdmissionPolicyBinding `json:"bindings"`
	Objects  []unstructured.Unstructured           `json:"objects"`
}

type finding struct {
	Policy  string `json:"policy"`
	At      int    `json:"at"`
	Message string `json:"message"`
	Warns   bool   `json:"warns"`
}

type trouble struct {
	Policy string `json:"policy"`
	Words  string `json:"words"`
}

type answer struct {
	Findings []finding `json:"findings"`
	Error    *trouble  `json:"error,omitempty"`
}

func main() {
	out := answered(os.Args[len(os.Args)-1])
	if err := json.NewEncoder(os.Stdout).Encode(out); err != nil {
		os.Exit(1)
	}
}

func answered(file string) answer {
	text, err := os.ReadFile(file)
	if err != nil {
		return answer{Error: &trouble{Words: err.Error()}}
	}
	var set given
	if err := json.Unmarshal(text, &set); err != nil {
		return answer{Error: &trouble{Words: err.Error()}}
	}
	namespaces := namespacesOf(set.Objects)
	matcher := generic.NewPolicyMatcher(matching.NewMatcher(namespaces, nil))
	all := []finding{}
	for at := range set.Bindings {
		withDefaults(set.Bindings[at].Spec.MatchResources)
	}
	for at := range set.Policies {
		policy := &set.Policies[at]
		withDefaults(policy.Spec.MatchConstraints)
		found, words := asked(policy, bindingsOf(policy, set.Bindings), set.Objects, matcher, namespaces)
		if words != "" {
			return answer{Error: &trouble{Policy: policy.Name, Words: words}}
		}
		all = append(all, found...)
	}
	return answer{Findings: all}
}

// withDefaults is what the API server writes into a policy before it is stored: a selector that is not there selects all.
func withDefaults(resources *v1.MatchResources) {
	if resources == nil {
		return
	}
	if resources.NamespaceSelector == nil {
		resources.NamespaceSelector = &metav1.LabelSelector{}
	}
	if resources.ObjectSelector == nil {
		resources.ObjectSelector = &metav1.LabelSelector{}
	}
}

func bindingsOf(policy *v1.ValidatingAdmissionPolicy, all []v1.ValidatingAdmissionPolicyBinding) []*v1.ValidatingAdmissionPolicyBinding {
	var own []*v1.ValidatingAdmissionPolicyBinding
	for at := range all {
		if all[at].Spec.PolicyName == policy.Name {
			own = append(own, &all[at])
		}
	}
	return own
}

func asked(policy *v1.ValidatingAdmissionPolicy, bindings []*v1.ValidatingAdmissionPolicyBinding, objects []unstructured.Unstructured, matcher generic.PolicyMatcher, namespaces *namespaceLister) ([]finding, string) {
	validator, words := compiled(policy)
	if words != "" {
		return nil, words
	}
	var found []finding
	interfaces := admission.NewObjectInterfacesFromScheme(runtime.NewScheme())
	for at := range objects {
		attributes := attributesOf(&objects[at])
		isMeant, resource, kind, err := matcher.DefinitionMatches(attributes, interfaces, validating.NewValidatingAdmissionPolicyAccessor(policy))
		if err != nil {
			return nil, err.Error()
		}
		if !isMeant {
			continue
		}
		isBound, warns, err := boundTo(bindings, attributes, interfaces, matcher)
		if err != nil {
			return nil, err.Error()
		}
		if !isBound {
			continue
		}
		versioned := &admission.VersionedAttributes{Attributes: attributes, VersionedObject: &objects[at], VersionedKind: kind}
		var namespace *corev1.Namespace
		if attributes.GetNamespace() != "" {
			namespace = namespaces.of(attributes.GetNamespace())
		}
		result := validator.Validate(context.Background(), resource, versioned, nil, namespace, celconfig.RuntimeCELCostBudget, nil)
		for _, decision := range result.Decisions {
			if decision.Action == validating.ActionDeny {
				found = append(found, finding{Policy: policy.Name, At: at, Message: decision.Message, Warns: warns})
			}
		}
	}
	return found, ""
}

// boundTo says whether a binding is for this object, and whether those that are only warn. A policy without any is for all.
func boundTo(bindings []*v1.ValidatingAdmissionPolicyBinding, attributes admission.Attributes, interfaces admission.ObjectInterfaces, matcher generic.PolicyMatcher) (bool, bool, error) {
	if len(bindings) == 0 {
		return true, false, nil
	}
	isBound, warns := false, true
	for _, binding := range bindings {
		isMeant, err := matcher.BindingMatches(attributes, interfaces, validating.NewValidatingAdmissionPolicyBindingAccessor(binding))
		if err != nil {
			return false, false, err
		}
		if !isMeant {
			continue
		}
		isBound = true
		for _, action := range binding.Spec.ValidationActions {
			if action == v1.Deny {
				warns = false
			}
		}
	}
	return isBound, warns, nil
}

func attributesOf(object *unstructured.Unstructured) admission.Attributes {
	kind := object.GroupVersionKind()
	resource, _ := meta.UnsafeGuessKindToResource(kind)
	return admission.NewAttributesRecord(object, nil, kind, object.GetNamespace(), object.GetName(), resource, "", admission.Create, &metav1.CreateOptions{}, false, nobody)
}
