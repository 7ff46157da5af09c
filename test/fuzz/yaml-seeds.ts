/** Manifests to mutate: the ways in which people write Kubernetes YAML. */

export const manifests: readonly string[] = [
  `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web # the shop's front
  namespace: shop
  labels: {app: web, "tier": 'front', version: "1.20"}
  annotations:
    sidecar.istio.io/inject: "true"
    proxy.istio.io/config: |
      concurrency: 2
      # comment inside
        indented: yes

    note: >-
      folded over
      two lines

      and a paragraph
spec:
  replicas: 3
  selector:
    matchLabels:
      app: web
  template:
    metadata:
      labels:
        app: web
    spec:
      containers:
      - name: web
        image: registry.example/web:1.20
        args: ["--port", "8080", --verbose]
        ports:
        - containerPort: 8080
          name: http
        resources:
          limits: {cpu: 500m, memory: 1Gi}
          requests:
            cpu: 0.1
            memory: 134217728
      -   name: helper
          image: 'busybox'
          command:
            - sh
            - -c
            - |
              echo "hello"
              sleep 3600
`,
  `# leading comment
---
apiVersion: v1
kind: ConfigMap
metadata: &meta
  name: config
  labels: &labels
    a: b
data:
  "key one": 'it''s quoted'
  key.two: "tab\\there \\u00e9 \\x41 \\
    joined"
  three: |+2
      two more

  four: >
    text

      more indented
    text
  empty:
  tilde: ~
  on: off
  012: octal
  <<: *labels
---
kind: Secret
`,
  `apiVersion: v1
kind: List
items:
- kind: Service
  metadata: {name: a}
  spec: {ports: [{port: 80, targetPort: 8080}, {port: 443}], selector: {app: a}}
- <<: {kind: Pod, x: 1}
  kind: Namespace
  metadata:
    name: b
    labels:
      istio-injection: enabled
- ? complex
  : value
- - nested
  - - deeper
    - [a, b: c, {d: e, "f":g}]
`,
  `{
  "apiVersion": "v1",
  "kind": "Pod",
  "metadata": {"name": "json", "annotations": {"a": "x\\ny", "b": "\\"q\\""}},
  "spec": {"hostNetwork": false, "containers": [{"name": "c", "ports": [{"containerPort": 80}]}]}
}
`,
  "a: plain over\n  two lines\nb: 'single\n\n  over lines'\nc: \"double\n  over\\\n  lines\"\nd: [1,\n 2, three four\n five]\n",
  "base: &base\n  a: 1\n  b: [x, y]\nother: &other {b: 2, c: 3}\nuse:\n  <<: [*base, *other]\n  d: *base\nagain:\n  b: 0\n  <<: *base\n",
  '%YAML 1.1\n%TAG !e! tag:yaml.org,2002:\n---\na: !e!str 1\nb: !!int "0x10"\nc: !<tag:yaml.org,2002:float> 1\n...\n',
  "apiVersion: v1\r\nkind: Pod\r\nmetadata:\r\n  name: crlf\r\n  annotations:\r\n    a: |\r\n      text\r\n      more\r\n",
  '- a\n-\n  b: 1\n  c:\n  - 1\n  -\n  - x: y\n-  - z\n- ! x\n- &anchor\n- *anchor\n-\t tab\n- "a"\t# c\n',
];
