{{- /* Names. The Lease, the RBAC and the stories rely on them. */}}
{{- define "squall.fullname" -}}
{{- if .Values.fullnameOverride }}{{ .Values.fullnameOverride }}
{{- else if contains "squall" .Release.Name }}{{ .Release.Name | trunc 40 | trimSuffix "-" }}
{{- else }}{{ printf "%s-squall" (.Release.Name | trunc 33 | trimSuffix "-") }}
{{- end }}
{{- end }}

{{- /* Name of objects without a namespace: unique per release even when many namespaces have one each. */}}
{{- define "squall.clusterName" -}}
{{- if eq .Values.scope "cluster" }}{{ include "squall.fullname" . }}
{{- else }}{{ printf "%s-%s" (include "squall.fullname" .) .Release.Namespace }}
{{- end }}
{{- end }}

{{- define "squall.serviceAccountName" -}}
{{- .Values.serviceAccount.name | default (include "squall.fullname" .) }}
{{- end }}

{{- /* The operator, as the API server knows it. */}}
{{- define "squall.user" -}}
{{- printf "system:serviceaccount:%s:%s" .Release.Namespace (include "squall.serviceAccountName" .) }}
{{- end }}

{{- define "squall.claimName" -}}
{{- .Values.persistence.existingClaim | default (printf "%s-data" (include "squall.fullname" .)) }}
{{- end }}

{{- define "squall.selectorLabels" -}}
app.kubernetes.io/name: squall
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "squall.labels" -}}
{{ include "squall.selectorLabels" . }}
app.kubernetes.io/part-of: squall
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end }}

{{- /* An image's full name: list of root, image. */}}
{{- define "squall.image" -}}
{{- $root := index . 0 }}{{ $image := index . 1 }}
{{- $path := ternary $image.repository (printf "%s/%s" $image.registry $image.repository) (empty $image.registry) }}
{{- if $image.digest }}{{ printf "%s@%s" $path $image.digest }}
{{- else }}{{ printf "%s:%s" $path ($image.tag | default $root.Chart.AppVersion) }}
{{- end }}
{{- end }}

{{- define "squall.noProxy" -}}
{{- $own := "localhost,127.0.0.1,.svc,.cluster.local,kubernetes.default" }}
{{- if .Values.proxy.exceptions }}{{ printf "%s,%s" $own .Values.proxy.exceptions }}{{ else }}{{ $own }}{{ end }}
{{- end }}

{{- /* Proxy variables as a JSON object; both spellings, since programs differ in which they read. */}}
{{- define "squall.proxyEnvironment" -}}
{{- $out := dict }}
{{- if or .Values.proxy.http .Values.proxy.https }}
{{- range $name, $value := dict "http_proxy" .Values.proxy.http "https_proxy" .Values.proxy.https "no_proxy" (include "squall.noProxy" .) }}
{{- if $value }}{{ $_ := set $out $name $value }}{{ $_ := set $out (upper $name) $value }}{{ end }}
{{- end }}
{{- end }}
{{- toJson $out }}
{{- end }}
