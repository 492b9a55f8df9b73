{{- /*
Objects that outlive a release meet the next one under another release's name. Helm alone refuses that with an error;
here the next release uses what is there, or says the one command. Without a cluster (helm template) lookup finds nothing
and all is rendered.
*/}}

{{- define "squall.ownedHere" -}}
{{- $root := index . 0 }}{{ $annotations := (index . 1).metadata.annotations | default dict }}
{{- if and (eq (get $annotations "meta.helm.sh/release-name") $root.Release.Name) (eq (get $annotations "meta.helm.sh/release-namespace") $root.Release.Namespace) }}true{{ end }}
{{- end }}

{{- /* "true" when this release brings the definition: list of root, name, hash of its spec. */}}
{{- define "squall.ownsCrd" -}}
{{- $root := index . 0 }}{{ $name := index . 1 }}{{ $hash := index . 2 }}
{{- $there := lookup "apiextensions.k8s.io/v1" "CustomResourceDefinition" "" $name }}
{{- if or (not $there) $root.Values.crds.adopt }}true
{{- else if include "squall.ownedHere" (list $root $there) }}true
{{- else if ne (get ($there.metadata.annotations | default dict) "squall.dev/schema") $hash }}
{{- $owner := printf "%s/%s" (get ($there.metadata.annotations | default dict) "meta.helm.sh/release-namespace") (get ($there.metadata.annotations | default dict) "meta.helm.sh/release-name") }}
{{- fail (printf "\n\nThe CustomResourceDefinition %s is of another version and belongs to %s. If that is yours to replace, take it over:\n\n  helm upgrade --install %s <chart> -n %s --set crds.adopt=true --take-ownership\n\nElse install with --set crds.install=false the chart version that the definitions came with.\n" $name (ternary "nobody that Helm knows" (printf "the release %s" $owner) (eq $owner "/")) $root.Release.Name $root.Release.Namespace) }}
{{- end }}
{{- end }}

{{- /* "true" when this release brings the volume claim; one that an earlier release left is used as it is. */}}
{{- define "squall.ownsClaim" -}}
{{- $there := lookup "v1" "PersistentVolumeClaim" .Release.Namespace (include "squall.claimName" .) }}
{{- if not $there }}true
{{- else if include "squall.ownedHere" (list . $there) }}true
{{- end }}
{{- end }}

{{- /* Refuses a release beside one for the whole cluster: two operators would work on the same objects. */}}
{{- define "squall.refuseSecond" -}}
{{- range (lookup "rbac.authorization.k8s.io/v1" "ClusterRole" "" "").items }}
{{- $labels := .metadata.labels | default dict }}{{ $annotations := .metadata.annotations | default dict }}
{{- if and (eq (get $labels "squall.dev/scope") "cluster") (not (include "squall.ownedHere" (list $ .))) }}
{{- $name := get $annotations "meta.helm.sh/release-name" }}{{ $namespace := get $annotations "meta.helm.sh/release-namespace" }}
{{- fail (printf "\n\nThe release %s in namespace %s works for the whole cluster already. Use it, or remove it first (all objects stay):\n\n  helm uninstall %s -n %s\n" $name $namespace $name $namespace) }}
{{- end }}
{{- end }}
{{- end }}
