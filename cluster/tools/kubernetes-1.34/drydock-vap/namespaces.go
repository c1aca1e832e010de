package main

import (
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apiserver/pkg/authentication/user"
)

var nobody = &user.DefaultInfo{}

// namespaceLister knows of a namespace its name, and its labels where it is one of the objects.
type namespaceLister struct {
	labels map[string]map[string]string
}

func namespacesOf(objects []unstructured.Unstructured) *namespaceLister {
	known := map[string]map[string]string{}
	for at := range objects {
		if objects[at].GetKind() == "Namespace" && objects[at].GetAPIVersion() == "v1" {
			known[objects[at].GetName()] = objects[at].GetLabels()
		}
	}
	return &namespaceLister{labels: known}
}

func (l *namespaceLister) of(name string) *corev1.Namespace {
	found := map[string]string{}
	for key, value := range l.labels[name] {
		found[key] = value
	}
	found[corev1.LabelMetadataName] = name
	return &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name, Labels: found}}
}

func (l *namespaceLister) Get(name string) (*corev1.Namespace, error) { return l.of(name), nil }

func (l *namespaceLister) List(labels.Selector) ([]*corev1.Namespace, error) { return nil, nil }
