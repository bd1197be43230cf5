import KubeCore
import KubeSchema
import KubeYAML
import Testing

@Suite struct AuditPolicySchemaTests {
    private func defaulted(_ yaml: String) throws -> JSONValue {
        var policy = try json(yaml)
        let schema = try DefinitionFile.auditPolicies.schema
        #expect(schema.prune(&policy) == [])
        schema.applyDefaults(to: &policy)
        return policy
    }

    private func refusal(ofSpec spec: String, name: String = "p") throws -> String {
        try refusal(DefinitionFile.auditPolicies.schema, "{metadata: {name: \(name)}, spec: \(spec)}")
    }

    private func refusal(_ schema: StructuralSchema, _ yaml: String) throws -> String {
        var policy = try json(yaml)
        let unknown = schema.prune(&policy)
        if !unknown.isEmpty { return "unknown: " + unknown.map(\.description).joined(separator: ", ") }
        schema.applyDefaults(to: &policy)
        let problems = schema.validate(policy)
        return problems.map(\.description).filter { !$0.hasPrefix("<nil>: Invalid value: null: some") }.joined(separator: "; ")
    }

    static let defaults = """
        state: Enabled
        mode: Enforce
        nodeSelector: {matchLabels: {cloud.google.com/gke-os-distribution: cos}}
        audit: {backend: CloudAuditSetup, recheckSeconds: 86400}
        filters: []
        outputs:
        - {name: cloud-logging, type: CloudLogging, retryLimit: 14, cloudLogging: {logName: linux-auditd, labels: [], compress: false}}
        collector:
          logLevel: Info
          flushSeconds: 5
          port: 2024
          buffer: {type: Filesystem, maxSize: 512Mi}
          resources: {requests: {cpu: 100m, memory: 200Mi}, limits: {cpu: "1", memory: 500Mi}}
        agent:
          identity: Node
          tolerations: [{operator: Exists, effect: NoExecute}, {operator: Exists, effect: NoSchedule}]
          priorityClassName: ""
          serviceAccountAnnotations: {}
        rollout: {maxUnavailable: 10%, minReadySeconds: 0, progressDeadlineSeconds: 600}
        recreation:
          onDisable: Auto
          onDeselect: Report
          onRuleChange: Recreate
          provider: Auto
          maxUnavailable: 1
          pauseBetweenNodesSeconds: 0
          nodeReadyTimeoutSeconds: 1200
          maxFailures: 3
          drain: {timeoutSeconds: 3600, deleteEmptyDirData: true, deleteLocalVolumes: false, evictUnmanagedPods: false, onTimeout: Skip}
        """

    @Test(arguments: ["{metadata: {name: p}}", "{metadata: {name: p}, spec: {}}", "{metadata: {name: p}, spec: null}"])
    func `an empty policy becomes the documented one`(policy: String) throws {
        #expect(try defaulted(policy)["spec"] == json(Self.defaults))
        #expect(try DefinitionFile.auditPolicies.schema.validate(defaulted(policy)) == [])
    }

    @Test func `blocks that are given are completed, not replaced`() throws {
        let policy = try defaulted(
            """
            metadata: {name: p}
            spec:
              collector: {buffer: {maxSize: 1Gi}, resources: {limits: {memory: 1Gi}}}
              rollout: {maxUnavailable: 3}
              outputs:
              - {name: a, type: Forward, forward: {host: h, tls: {}}}
              - {name: b, type: HTTP, http: {host: h}}
              - {name: c, type: Stdout, stdout: {}}
              filters:
              - {name: d, type: DropMatching, dropMatching: {field: _EXE, values: [/bin/true]}}
            """)
        let spec = try #require(policy["spec"])
        #expect(spec["collector"]?["buffer"] == ["type": "Filesystem", "maxSize": "1Gi"])
        #expect(spec["collector"]?["resources"]?["limits"] == ["cpu": "1", "memory": "1Gi"])
        #expect(spec["rollout"]?["maxUnavailable"] == 3)
        let tls: JSONValue = ["mode": "Enabled", "insecureSkipVerify": false, "minimumVersion": "TLSv1.2"]
        #expect(
            spec["outputs"] == [
                [
                    "name": "a", "type": "Forward", "retryLimit": 14,
                    "forward": ["host": "h", "port": 24224, "requireAcknowledgement": true, "tls": tls],
                ],
                [
                    "name": "b", "type": "HTTP", "retryLimit": 14,
                    "http": ["host": "h", "port": 443, "uri": "/", "format": "JSONLines", "compress": true, "headers": [], "tls": tls],
                ],
                ["name": "c", "type": "Stdout", "retryLimit": 14, "stdout": ["format": "JSONLines"]],
            ])
        #expect(spec["filters"]?.array?.first?["dropMatching"]?["operator"] == "In")
        #expect(try DefinitionFile.auditPolicies.schema.validate(policy) == [])
    }

    @Test(arguments: [
        // Values that are not built yet cannot be written.
        ("{windows: []}", "unknown: spec.windows"),
        ("{mode: Preview}", "spec.mode: Unsupported value: \"Preview\": supported values: \"Enforce\", \"Paused\""),
        (
            "{audit: {backend: Auditd}}",
            "spec.audit.backend: Unsupported value: \"Auditd\": supported values: \"CloudAuditSetup\", \"AuditRules\""
        ),
        (
            "{audit: {backend: AuditRules}}",
            "spec.audit: Invalid value: the block auditRules goes with the backend AuditRules, and only with it"
        ),
        (
            "{audit: {auditRules: {presets: [CIS]}}}",
            "spec.audit: Invalid value: the block auditRules goes with the backend AuditRules, and only with it"
        ),
        (
            "{audit: {backend: AuditRules, auditRules: {presets: [CIS, STIG, CIS]}}}",
            "spec.audit.auditRules.presets[2]: Duplicate value: \"CIS\""
        ),
        (
            "{audit: {backend: AuditRules, auditRules: {kernel: {failureMode: Panic}}}}",
            "spec.audit.auditRules.kernel.failureMode: Unsupported value: \"Panic\": supported values: \"Silent\", \"Log\""
        ),
        (
            "{audit: {backend: AuditRules, auditRules: {rules: [{name: a, key: k, watch: {path: /etc/x}}, {name: a, key: l}]}}}",
            "spec.audit.auditRules.rules[1]: Duplicate value: {\"name\":\"a\"}"
        ),
        (
            "{audit: {backend: AuditRules, auditRules: {rules: [{name: a, syscalls: [open], watch: {path: /etc/x}}]}}}",
            "spec.audit.auditRules.rules[0]: Invalid value: a watch stands alone, without syscalls, architectures, fields, list or action"
        ),
        (
            "{audit: {backend: AuditRules, auditRules: {rules: [{name: a, key: -D}]}}}",
            "spec.audit.auditRules.rules[0].key: Invalid value: \"-D\": spec.audit.auditRules.rules[0].key in body should match '^[A-Za-z0-9._:/@+][-A-Za-z0-9._:/@+]*$'"
        ),
        // Bounds.
        ("{outputs: []}", "spec.outputs: Invalid value: 0: spec.outputs in body should have at least 1 items"),
        (
            "{collector: {port: 80}}",
            "spec.collector.port: Invalid value: 80: spec.collector.port in body should be greater than or equal to 1024"
        ),
        (
            "{rollout: {maxUnavailable: 0%}}",
            "spec.rollout.maxUnavailable: Invalid value: \"0%\": spec.rollout.maxUnavailable in body should match '^(100|[1-9][0-9]?)%$'"
        ),
        (
            "{rollout: {maxUnavailable: 0}}",
            "spec.rollout.maxUnavailable: Invalid value: 0: spec.rollout.maxUnavailable in body should be greater than or equal to 1"
        ),
        (
            "{collector: {resources: {limits: {cpu: 1}}}}",
            "spec.collector.resources.limits.cpu: Invalid value: \"integer\": spec.collector.resources.limits.cpu in body must be of type string: \"integer\""
        ),
        // Lists by name.
        (
            "{filters: [{name: a, type: DropRecordTypes, dropRecordTypes: {recordTypes: [CWD]}}, {name: a, type: DropRecordTypes, dropRecordTypes: {recordTypes: [PATH]}}]}",
            "spec.filters[1]: Duplicate value: {\"name\":\"a\"}"
        ),
        (
            "{filters: [{name: a, type: DropRecordTypes, dropRecordTypes: {recordTypes: [CWD, CWD]}}]}",
            "spec.filters[0].dropRecordTypes.recordTypes[1]: Duplicate value: \"CWD\""
        ),
        // A type and its block.
        (
            "{outputs: [{name: a, type: Stdout}]}",
            "spec.outputs[0]: Invalid value: the block stdout goes with the type Stdout, and only with it; it may be empty: stdout: {}"
        ),
        (
            "{outputs: [{name: a, type: Stdout, stdout: {}, forward: {host: h}}]}",
            "spec.outputs[0]: Invalid value: the block forward goes with the type Forward, and only with it"
        ),
        (
            "{filters: [{name: a, type: DropMatching}]}",
            "spec.filters[0]: Invalid value: the block dropMatching goes with the type DropMatching, and only with it"
        ),
        (
            "{outputs: [{name: a, type: Loki, splunk: {host: h, token: {secretRef: {name: s, key: k}}}}]}",
            "spec.outputs[0]: Invalid value: the block splunk goes with the type Splunk, and only with it; spec.outputs[0]: Invalid value: the block loki goes with the type Loki, and only with it"
        ),
        (
            "{filters: [{name: a, type: KeepMatching, rateLimit: {recordsPerSecond: 5}}]}",
            "spec.filters[0]: Invalid value: the block keepMatching goes with the type KeepMatching, and only with it; spec.filters[0]: Invalid value: the block rateLimit goes with the type RateLimit, and only with it"
        ),
        // Relations.
        (
            "{filters: [{name: a, type: PruneFields, pruneFields: {fields: [_EXE, _AUDIT_ID]}}]}",
            "spec.filters[0].pruneFields: Invalid value: MESSAGE, _AUDIT_ID, _AUDIT_TYPE_NAME, _BOOT_ID, _HOSTNAME and _SOURCE_REALTIME_TIMESTAMP tell records apart and are never removed"
        ),
        (
            "{outputs: [{name: a, type: Loki, loki: {host: h, labels: [{name: node, value: x}]}}]}",
            "spec.outputs[0].loki: Invalid value: the label node is there by itself"
        ),
        (
            "{outputs: [{name: a, type: Elasticsearch, elasticsearch: {host: h, username: u, password: {secretRef: {name: s, key: k}}, apiKey: {secretRef: {name: s, key: k}}}}]}",
            "spec.outputs[0].elasticsearch: Invalid value: apiKey and password exclude each other"
        ),
        (
            "{outputs: [{name: a, type: OpenSearch, openSearch: {host: h, aws: {region: r, externalID: x1}}}]}",
            "spec.outputs[0].openSearch.aws: Invalid value: externalID goes with roleARN"
        ),
        (
            "{outputs: [{name: a, type: Kafka, kafka: {brokers: [{host: h}], topic: t, tls: {mode: Disabled, certificateAuthority: {secretRef: {name: s, key: k}}}}}]}",
            "spec.outputs[0].kafka.tls: Invalid value: with mode Disabled there is no certificate to use"
        ),
        (
            "{outputs: [{name: a, type: S3, s3: {bucket: abc, region: r, externalID: x1}}]}",
            "spec.outputs[0].s3: Invalid value: externalID goes with roleARN"
        ),
        (
            "{outputs: [{name: a, type: HTTP, http: {host: h, username: u}}]}",
            "spec.outputs[0].http: Invalid value: username and password go together"
        ),
        (
            "{outputs: [{name: a, type: HTTP, http: {host: h, headers: [{name: AUTHORIZATION, value: x}]}}]}",
            "spec.outputs[0].http: Invalid value: the header Authorization would put a secret in plain sight; use bearerToken, or username and password"
        ),
        (
            "{outputs: [{name: a, type: Forward, forward: {host: h, tls: {clientKey: {secretRef: {name: s, key: k}}}}}]}",
            "spec.outputs[0].forward.tls: Invalid value: clientCertificate and clientKey go together"
        ),
        (
            "{outputs: [{name: a, type: Forward, forward: {host: h, tls: {mode: Disabled, serverName: x}}}]}",
            "spec.outputs[0].forward.tls: Invalid value: with mode Disabled there is no certificate and no server name to use"
        ),
        (
            "{collector: {resources: {requests: {memory: 1Gi}}}}",
            "spec.collector.resources: Invalid value: the requested memory must not exceed its limit"
        ),
        (
            "{collector: {resources: {requests: {cpu: \"1.001\"}}}}",
            "spec.collector.resources: Invalid value: the requested cpu must not exceed its limit"
        ),
        (
            "{agent: {serviceAccountAnnotations: {iam.gke.io/gcp-service-account: a@b.iam}}}",
            "spec.agent: Invalid value: serviceAccountAnnotations have a meaning only with the identity WorkloadIdentity"
        ),
        (
            "{agent: {identity: WorkloadIdentity, serviceAccountAnnotations: {example.com/x: z}}}",
            "spec.agent.serviceAccountAnnotations: Invalid value: the keys may be iam.gke.io/gcp-service-account, eks.amazonaws.com/role-arn, azure.workload.identity/client-id and azure.workload.identity/tenant-id"
        ),
        (
            "{agent: {tolerations: [{effect: NoSchedule}]}}",
            "spec.agent.tolerations[0]: Invalid value: without a key the operator must be Exists"
        ),
        (
            "{nodeSelector: {matchExpressions: [{key: a, operator: In}]}}",
            "spec.nodeSelector.matchExpressions[0]: Invalid value: the operators In and NotIn need values, Exists and DoesNotExist take none"
        ),
        ("{rollout: {minReadySeconds: 600}}", "spec.rollout: Invalid value: progressDeadlineSeconds must be greater than minReadySeconds"),
    ])
    func `what cannot be meant is refused in words`(spec: String, expected: String) throws {
        #expect(try refusal(ofSpec: spec) == expected)
    }

    @Test(arguments: [
        "{nodeSelector: {}}", "{mode: Paused}", "{rollout: {maxUnavailable: 100%}}", "{rollout: {maxUnavailable: 15000}}",
        "{nodeSelector: {matchExpressions: [{key: a/b, operator: In, values: [x, \"\"]}, {key: c, operator: Exists}]}}",
        "{outputs: [{name: a, type: Forward, forward: {host: \"fd00::1\", sharedKey: {secretRef: {name: s, key: .k}}}}]}",
        "{outputs: [{name: a, type: HTTP, http: {host: h.example.com, uri: \"/a?b=c&d=$e\", username: u, password: {secretRef: {name: s, key: k}}}}]}",
        "{filters: [{name: a, type: DropMatching, dropMatching: {field: MESSAGE, operator: Regex, values: ['^a$', 'x\\d+', 'é', '$']}}]}",
        "{agent: {identity: WorkloadIdentity, serviceAccountAnnotations: {iam.gke.io/gcp-service-account: a@b.iam.gserviceaccount.com}}}",
        "{collector: {resources: {requests: {cpu: \"1\", memory: 500Mi}}}}",
        "{audit: {backend: AuditRules, auditRules: {}}}",
        "{audit: {backend: AuditRules, auditRules: {lock: Unlocked, presets: [GKEDefault, ContainerNoise], kernel: {rateLimit: 1000}}}}",
        "{audit: {backend: AuditRules, auditRules: {rules: [{name: a, key: k, watch: {path: /etc/x, permissions: rwxa}}]}}}",
        "{audit: {backend: AuditRules, auditRules: {rules: [{name: a, list: task, action: never, fields: [{field: uid, operator: '>=', value: \"0\"}]}]}}}",
        "{audit: {backend: AuditRules, auditRules: {rules: [{name: a, key: k, syscalls: [_llseek], architectures: [b32, b64]}]}}}",
        "{filters: [{name: a, type: PruneFields, pruneFields: {mode: Keep, fields: [_EXE, _AUDIT_ID]}}, {name: b, type: RateLimit, rateLimit: {recordsPerSecond: 5}}]}",
        "{outputs: [{name: a, type: S3, s3: {bucket: audit-logs, region: eu-central-1, endpoint: \"https://minio:9000\", fileSize: 512Mi}}]}",
        "{outputs: [{name: a, type: Kafka, kafka: {brokers: [{host: h}], topic: node.audit, authentication: {mechanism: SCRAM-SHA-512, username: u, password: {secretRef: {name: s, key: k}}}}}]}",
        "{outputs: [{name: a, type: Syslog, syslog: {host: h, facility: Local7, appName: kube/audit}}, {name: b, type: OpenTelemetry, openTelemetry: {host: h, transport: GRPC}}]}",
    ])
    func `what can be meant is accepted`(spec: String) throws {
        let expected = spec.contains("key: .k") ? "should match" : ""
        let answer = try refusal(ofSpec: spec)
        #expect(expected.isEmpty ? answer.isEmpty : answer.contains(expected), "\(answer)")
    }

    @Test func `audit rules get the documented defaults`() throws {
        let yaml =
            "{metadata: {name: p}, spec: {audit: {backend: AuditRules, auditRules: {rules: [{name: a}, {name: b, watch: {path: /x}}]}}}}"
        let common = "list: exit, action: always, syscalls: [], architectures: [], fields: []"
        let expected = """
            backend: AuditRules
            recheckSeconds: 86400
            auditRules:
              lock: Locked
              presets: []
              rules: [{name: a, \(common)}, {name: b, \(common), watch: {path: /x, permissions: wa}}]
              kernel: {backlogLimit: 8192, backlogWaitTime: 0, rateLimit: 0, failureMode: Log}
            """
        #expect(try defaulted(yaml)["spec"]?["audit"] == json(expected))
    }

    @Test func `a name longer than fifty characters is refused`() throws {
        #expect(try refusal(ofSpec: "{}", name: String(repeating: "a", count: 50)) == "")
        #expect(
            try refusal(ofSpec: "{}", name: String(repeating: "a", count: 51))
                == "<nil>: Invalid value: the name must have at most 50 characters, because objects are named after it")
    }

    @Test func `a full status and a full record of a node are accepted`() throws {
        let status = """
            observedGeneration: 4
            revision: 1-7c9f
            auditRevision: 1-03ab
            conditions: [{type: Ready, status: "True", reason: AllApplied, message: "", observedGeneration: 4, lastTransitionTime: "2026-11-23T10:00:00Z"}]
            nodes: {owned: 3, pending: 0, applied: 1, outdated: 0, failed: 1, unsupported: 1, unreachable: 0, awaitingRecreation: 0, recreating: 0, clean: 0, locked: 1, delivering: 1, deselected: 2}
            failedNodes: [{name: n1, reason: SetupFailed, message: the unit failed}]
            """
        var policy = try defaulted("{metadata: {name: p}}")
        policy["status"] = try json(status)
        let schema = try DefinitionFile.auditPolicies.schema
        #expect(schema.prune(&policy) == [])
        #expect(schema.validate(policy, old: policy, statusOnly: true) == [])
        policy["status"]?["nodes"]?["owned"] = -1
        #expect(
            schema.validate(policy, old: try defaulted("{metadata: {name: p}}"), statusOnly: true).map(\.field) == ["status.nodes.owned"])

        let record = """
            metadata: {name: gke-node.example}
            report:
              policyName: cos-default
              state: Applied
              reason: Active
              message: ""
              revision: 1-7c9f
              auditRevision: 1-03ab
              nodeUID: 5d58bfe7-6aee-4651-857b-5b413ec41536
              bootID: 5d58bfe7-6aee-4651-857b-5b413ec41536
              providerID: gce://p/z/i
              kernel: {enabled: Locked, ruleCount: 14, rulesHash: ab12, baselineHash: cd34, lost: 0, backlogLimit: 8192, failureMode: Silent, observedTime: "2026-11-23T10:00:00Z"}
              recreation:
                phase: Verifying
                method: Recreate
                reason: Deleted
                startTime: "2026-11-23T10:00:00Z"
                phaseTime: "2026-11-23T10:05:00Z"
                originalNodeUID: 5d58bfe7-6aee-4651-857b-5b413ec41536
                originalBootID: 5d58bfe7-6aee-4651-857b-5b413ec41536
                actor: GCEManagedInstanceGroup
                target: {machine: projects/p/zones/z/instances/i, group: projects/p/zones/z/instanceGroupManagers/g, machineID: "1", startedAt: "2026-11-23T10:00:00Z"}
                requestID: 5d58bfe7-6aee-4651-857b-5b413ec41536
                operation: operation-1
                attempts: 1
                blockedBy: ["default/web: a budget"]
                message: under way
                failure: {reason: DidNotComeBack, message: "no", time: "2026-11-23T10:05:00Z", retry: once}
              transitionTime: "2026-11-23T10:00:00Z"
            """
        #expect(try refusal(DefinitionFile.nodeAudits.schema, record) == "")
        #expect(
            try refusal(DefinitionFile.nodeAudits.schema, "{report: {policyName: p, state: Unknown}}").hasPrefix(
                "report.state: Unsupported value: \"Unknown\""))
    }
}
