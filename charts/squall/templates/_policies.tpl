{{- /* Binding of a policy: list of root, name. */}}
{{- define "squall.binding" }}
{{- $root := index . 0 }}
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata:
  name: {{ index . 1 }}
  labels: {{- include "squall.labels" $root | nindent 4 }}
spec:
  policyName: {{ index . 1 }}
  validationActions: [Deny]
  {{- if eq $root.Values.scope "namespace" }}
  matchResources:
    namespaceSelector:
      matchLabels: { kubernetes.io/metadata.name: {{ $root.Release.Namespace }} }
  {{- end }}
{{- end }}

{{- /* Variable secrets = names of the Secrets that the values of a map of parameters refer to: the map. */}}
{{- define "squall.secretVariables" -}}
- name: parameters
  expression: {{ . | quote }}
{{ include "squall.secretListVariables" (list "variables.parameters.map(p, variables.parameters[p])" "[]") }}
{{- end }}

{{- /* The same for a list of values, and more names: list of both. */}}
{{- define "squall.secretListVariables" -}}
- name: secrets
  expression: >-
    {{ index . 0 }}.filter(v,
    type(v) == map && 'valueFrom' in v && type(v.valueFrom) == map && 'secretKeyRef' in v.valueFrom &&
    type(v.valueFrom.secretKeyRef) == map && 'name' in v.valueFrom.secretKeyRef && type(v.valueFrom.secretKeyRef.name) == string)
    .map(v, v.valueFrom.secretKeyRef.name) + {{ index . 1 }}
{{- end }}

{{- /* One validation per reference, since one expression may ask the authorizer twice at most: list of field, largest number. */}}
{{- define "squall.secretValidations" -}}
{{- $field := index . 0 }}{{ $max := index . 1 -}}
- expression: variables.secrets.size() <= {{ $max }}
  message: "{{ $field }}: it refers to Secrets more than {{ $max }} times; put what belongs together into one parameter"
{{- range $i := until $max }}
- expression: >-
    variables.secrets.size() <= {{ $i }} || variables.secrets.indexOf(variables.secrets[{{ $i }}]) < {{ $i }} ||
    authorizer.group('').resource('secrets').namespace(request.namespace).name(variables.secrets[{{ $i }}]).check('get').allowed()
  {{- /* The order of a map differs from one evaluation to the next, so the index that failed names nothing here. */}}
  messageExpression: >-
    '{{ $field }}: you may not read ' +
    (variables.secrets.size() == 1 ? 'the Secret "' + variables.secrets[0] + '"' : 'every one of the Secrets ' + variables.secrets.join(', ')) +
    ' in namespace "' + request.namespace + '"; ask for the verb "get" on what you refer to, or leave it out'
  message: '{{ $field }}: you need the verb "get" on the Secrets that it refers to'
{{- end }}
{{- end }}
