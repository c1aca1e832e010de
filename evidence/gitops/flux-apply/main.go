// Command flux-apply does with a file of objects what Flux's kustomize-controller does with a Kustomization, by the
// same library (github.com/fluxcd/pkg/ssa): apply on the server, delete what was in the inventory and is not any more,
// wait until all of it is as it should be.
//
//	flux-apply NAME NAMESPACE MANIFESTS INVENTORY SECONDS
//
// The kubeconfig is the one that KUBECONFIG names. The inventory is written before anything is waited for, as the
// controller does: a failed wait must not forget what was applied. With 0 SECONDS nothing is waited for.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"time"

	"github.com/fluxcd/cli-utils/pkg/kstatus/polling"
	"github.com/fluxcd/cli-utils/pkg/object"
	"github.com/fluxcd/pkg/ssa"
	"github.com/fluxcd/pkg/ssa/utils"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/tools/clientcmd"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// What kustomize-controller has for --concurrent-ssa when nothing is said.
const concurrency = 4

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) != 5 {
		return errors.New("usage: flux-apply NAME NAMESPACE MANIFESTS INVENTORY SECONDS")
	}
	name, namespace, manifests, inventory := args[0], args[1], args[2], args[3]
	seconds, err := strconv.Atoi(args[4])
	if err != nil {
		return err
	}
	objects, err := read(manifests, namespace)
	if err != nil {
		return err
	}
	before, err := readInventory(inventory)
	if err != nil {
		return err
	}
	manager, err := newManager()
	if err != nil {
		return err
	}
	ctx := context.Background()
	manager.SetOwnerLabels(objects, name, namespace)
	applied, err := manager.ApplyAllStaged(ctx, objects, ssa.DefaultApplyOptions())
	if err != nil {
		return fmt.Errorf("apply: %w", err)
	}
	fmt.Println(applied)
	now := applied.ToObjMetadataSet()
	if err := writeInventory(inventory, now); err != nil {
		return err
	}
	stale := before.Diff(now)
	deleted, err := manager.DeleteAll(ctx, references(stale), ssa.DeleteOptions{
		PropagationPolicy: "Background",
		Inclusions:        manager.GetOwnerLabels(name, namespace),
	})
	if err != nil {
		return fmt.Errorf("prune: %w", err)
	}
	fmt.Println(deleted)
	if seconds == 0 {
		return nil
	}
	wait := ssa.WaitOptions{Interval: time.Second, Timeout: time.Duration(seconds) * time.Second, FailFast: true}
	if err := manager.WaitForSetWithContext(ctx, now, wait); err != nil {
		return fmt.Errorf("wait: %w", err)
	}
	fmt.Println("all is as it should be")
	return nil
}

func newManager() (*ssa.ResourceManager, error) {
	rules := clientcmd.NewDefaultClientConfigLoadingRules()
	config, err := clientcmd.NewNonInteractiveDeferredLoadingClientConfig(rules, nil).ClientConfig()
	if err != nil {
		return nil, err
	}
	// No limit of its own: the API server has one.
	config.QPS = -1
	api, err := client.New(config, client.Options{})
	if err != nil {
		return nil, err
	}
	poller := polling.NewStatusPoller(api, api.RESTMapper(), polling.Options{})
	owner := ssa.Owner{Field: "kustomize-controller", Group: "kustomize.toolkit.fluxcd.io"}
	manager := ssa.NewResourceManager(api, poller, owner)
	manager.SetConcurrency(concurrency)
	return manager, nil
}

func read(file, namespace string) ([]*unstructured.Unstructured, error) {
	reader, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer reader.Close()
	objects, err := utils.ReadObjects(reader)
	// As targetNamespace of a Kustomization does.
	for _, one := range objects {
		one.SetNamespace(namespace)
	}
	return objects, err
}

// An inventory that is not there is an empty one: nothing was applied before.
func readInventory(file string) (object.ObjMetadataSet, error) {
	bytes, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	names := map[string]string{}
	if err := json.Unmarshal(bytes, &names); err != nil {
		return nil, err
	}
	return object.FromStringMap(names)
}

func writeInventory(file string, set object.ObjMetadataSet) error {
	bytes, err := json.Marshal(set.ToStringMap())
	if err != nil {
		return err
	}
	return os.WriteFile(file, bytes, 0o600)
}

func references(set object.ObjMetadataSet) []*unstructured.Unstructured {
	objects := []*unstructured.Unstructured{}
	for _, one := range set {
		reference := &unstructured.Unstructured{}
		// Every kind of the chart is of v1 of its group.
		reference.SetGroupVersionKind(one.GroupKind.WithVersion("v1"))
		reference.SetName(one.Name)
		reference.SetNamespace(one.Namespace)
		objects = append(objects, reference)
	}
	return objects
}
