// Command argo-sync does with a file of objects what one sync of Argo CD does, by its own engine
// (github.com/argoproj/argo-cd/gitops-engine): phases, hooks and pruning are decided there.
// The engine looks at what is live once a sync, so it does not see a wave become healthy: objects of several waves would
// need the loop of Argo CD's controller around it.
//
//	argo-sync NAMESPACE MANIFESTS SECONDS
//
// The kubeconfig is the one that KUBECONFIG names. A line for each object says in which phase it was applied, whether as
// a hook, and what became of it.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"time"

	"github.com/argoproj/argo-cd/gitops-engine/pkg/cache"
	"github.com/argoproj/argo-cd/gitops-engine/pkg/engine"
	"github.com/argoproj/argo-cd/gitops-engine/pkg/health"
	"github.com/argoproj/argo-cd/gitops-engine/pkg/sync"
	"github.com/argoproj/argo-cd/gitops-engine/pkg/utils/kube"
	"github.com/go-logr/logr"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/tools/clientcmd"
)

// By this annotation the engine knows again what it applied, as Argo CD does by its tracking annotation.
const tracking = "argocd.argoproj.io/tracking-id"

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) != 3 {
		return errors.New("usage: argo-sync NAMESPACE MANIFESTS SECONDS")
	}
	namespace, manifests := args[0], args[1]
	seconds, err := strconv.Atoi(args[2])
	if err != nil {
		return err
	}
	objects, err := read(manifests, namespace)
	if err != nil {
		return err
	}
	rules := clientcmd.NewDefaultClientConfigLoadingRules()
	config, err := clientcmd.NewNonInteractiveDeferredLoadingClientConfig(rules, nil).ClientConfig()
	if err != nil {
		return err
	}
	isOurs := func(un *unstructured.Unstructured, _ bool) (any, bool) {
		is := un.GetAnnotations()[tracking] != ""
		return is, is
	}
	live := cache.NewClusterCache(config,
		cache.SetNamespaces([]string{namespace}),
		cache.SetPopulateResourceInfoHandler(isOurs),
		cache.SetLogr(logr.Discard()),
	)
	argo := engine.NewEngine(config, live, engine.WithLogr(logr.Discard()))
	stop, err := argo.Run()
	if err != nil {
		return err
	}
	defer stop()
	ctx, cancel := context.WithTimeout(context.Background(), time.Duration(seconds)*time.Second)
	defer cancel()
	managed := func(r *cache.Resource) bool {
		is, ok := r.Info.(bool)
		return ok && is
	}
	results, err := argo.Sync(ctx, objects, managed, "revision", namespace, sync.WithPrune(true), sync.WithLogr(logr.Discard()))
	for _, one := range results {
		hook := "no hook"
		if one.HookType != "" {
			hook = "hook " + string(one.HookType)
		}
		fmt.Printf("%s %s/%s: %s, %s: %s %s\n", one.SyncPhase, one.ResourceKey.Kind, one.ResourceKey.Name, hook, one.Status, one.HookPhase, one.Message)
	}
	if err != nil {
		return err
	}
	return sayHealth(live, objects, namespace)
}

// What `argocd app get` shows of an application's Jobs.
func sayHealth(live cache.ClusterCache, objects []*unstructured.Unstructured, namespace string) error {
	found := live.FindResources(namespace)
	for _, one := range objects {
		if one.GetKind() != "Job" {
			continue
		}
		resource, ok := found[kube.NewResourceKey("batch", "Job", namespace, one.GetName())]
		if !ok || resource.Resource == nil {
			continue
		}
		status, err := health.GetResourceHealth(resource.Resource, nil)
		if err != nil {
			return err
		}
		fmt.Printf("health Job/%s: %s\n", one.GetName(), status.Status)
	}
	return nil
}

func read(file, namespace string) ([]*unstructured.Unstructured, error) {
	bytes, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	objects, err := kube.SplitYAML(bytes)
	for _, one := range objects {
		annotations := one.GetAnnotations()
		if annotations == nil {
			annotations = map[string]string{}
		}
		annotations[tracking] = "shop:" + one.GetKind() + "/" + one.GetName()
		one.SetAnnotations(annotations)
		// As Argo CD does with the namespace of an application.
		one.SetNamespace(namespace)
	}
	return objects, err
}
