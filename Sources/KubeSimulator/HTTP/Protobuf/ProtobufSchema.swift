/// The protobuf form of the kinds that kubectl creates by name (`kubectl create …`, `kubectl auth can-i`), since it sends those so, and
/// of nodes and pods, which controllers watch in it.
///
/// A line a message: number, name, type. `[]` repeated, `{}` a map from strings, `?` a pointer, whose zero is meant, `=` a message
/// whose members stand in its parent's JSON. Fields that are not here are refused in what is sent unless they are zero, so nothing is
/// lost in silence; they are missing in what is watched. Numbers: the `generated.proto` files of k8s.io/api and k8s.io/apimachinery.
struct ProtobufSchema: Sendable {
    indirect enum FieldType: Sendable, Equatable {
        case string, int, bool, bytes, time, quantity, intOrString, json
        case inline(String)
        case message(String)
        case list(FieldType)
        case map(FieldType)
    }

    struct Field: Sendable {
        var name: String
        var type: FieldType
        var isPointer: Bool
    }

    static let shared = ProtobufSchema(parsing: text)

    private let messages: [String: [Int: Field]]

    func fields(of message: String) -> [Int: Field]? { messages[message] }

    /// The message of a kind; nil for kinds that are not served in this form.
    func message(apiVersion: String, kind: String) -> String? {
        let name = Self.kinds.contains("\(apiVersion) \(kind)") ? kind : nil
        return name.flatMap { messages[$0] == nil ? nil : $0 }
    }

    /// The message of a kind that is read in this form; nil for others.
    func readableMessage(apiVersion: String, kind: String) -> String? {
        Self.readableKinds.contains("\(apiVersion) \(kind)") ? kind : nil
    }

    private static let readableKinds: Set = ["v1 Node", "v1 Pod", "v1 Status"]

    private static let kinds: Set = [
        "v1 Namespace", "v1 ConfigMap", "v1 Secret", "v1 ServiceAccount", "v1 Service", "v1 Pod", "apps/v1 Deployment", "batch/v1 Job",
        "policy/v1 PodDisruptionBudget", "policy/v1 Eviction", "rbac.authorization.k8s.io/v1 Role",
        "rbac.authorization.k8s.io/v1 ClusterRole", "rbac.authorization.k8s.io/v1 RoleBinding",
        "rbac.authorization.k8s.io/v1 ClusterRoleBinding", "scheduling.k8s.io/v1 PriorityClass",
        "authorization.k8s.io/v1 SelfSubjectAccessReview", "authorization.k8s.io/v1 SelfSubjectRulesReview",
    ]

    private init(parsing text: String) {
        var messages: [String: [Int: Field]] = [:]
        for line in text.split(separator: "\n") {
            let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2 else { continue }
            var fields: [Int: Field] = [:]
            for item in parts[1].split(separator: ",") {
                let words = item.split(separator: " ")
                guard words.count == 3, let number = Int(words[0]) else { continue }
                let isPointer = words[2].hasSuffix("?")
                fields[number] = Field(name: String(words[1]), type: Self.type(words[2].prefix { $0 != "?" }), isPointer: isPointer)
            }
            messages[String(parts[0])] = fields
        }
        self.messages = messages
    }

    private static func type(_ text: Substring) -> FieldType {
        if text.hasPrefix("[]") { return .list(type(text.dropFirst(2))) }
        if text.hasPrefix("=") { return .inline(String(text.dropFirst())) }
        if text.hasPrefix("{}") { return .map(type(text.dropFirst(2))) }
        switch text {
        case "string": return .string
        case "int": return .int
        case "bool": return .bool
        case "bytes": return .bytes
        case "time": return .time
        case "quantity": return .quantity
        case "intOrString": return .intOrString
        case "json": return .json
        default: return .message(String(text))
        }
    }

    private static let text = """
        ObjectMeta:1 name string,2 generateName string,3 namespace string,5 uid string,6 resourceVersion string,7 generation int,8 creationTimestamp time,9 deletionTimestamp time?,10 deletionGracePeriodSeconds int?,11 labels {}string,12 annotations {}string,13 ownerReferences []OwnerReference,14 finalizers []string,17 managedFields []ManagedFieldsEntry
        ManagedFieldsEntry:1 manager string,2 operation string,3 apiVersion string,4 time time?,6 fieldsType string,7 fieldsV1 json?,8 subresource string
        OwnerReference:1 kind string,3 name string,4 uid string,5 apiVersion string,6 controller bool?,7 blockOwnerDeletion bool?
        LabelSelector:1 matchLabels {}string,2 matchExpressions []LabelSelectorRequirement
        LabelSelectorRequirement:1 key string,2 operator string,3 values []string
        Namespace:1 metadata ObjectMeta,2 spec NamespaceSpec
        NamespaceSpec:1 finalizers []string
        ConfigMap:1 metadata ObjectMeta,2 data {}string,3 binaryData {}bytes,4 immutable bool?
        Secret:1 metadata ObjectMeta,2 data {}bytes,3 type string,4 stringData {}string,5 immutable bool?
        ServiceAccount:1 metadata ObjectMeta,3 imagePullSecrets []LocalObjectReference,4 automountServiceAccountToken bool?
        LocalObjectReference:1 name string
        Service:1 metadata ObjectMeta,2 spec ServiceSpec
        ServiceSpec:1 ports []ServicePort,2 selector {}string,3 clusterIP string,4 type string,10 externalName string
        ServicePort:1 name string,2 protocol string,3 port int,4 targetPort intOrString,5 nodePort int
        Node:1 metadata ObjectMeta,2 spec NodeSpec,3 status NodeStatus
        NodeSpec:1 podCIDR string,2 externalID string,3 providerID string,4 unschedulable bool,5 taints []Taint,7 podCIDRs []string
        Taint:1 key string,2 value string,3 effect string,4 timeAdded time?
        NodeStatus:1 capacity {}quantity,2 allocatable {}quantity,3 phase string,4 conditions []NodeCondition,5 addresses []NodeAddress,6 daemonEndpoints NodeDaemonEndpoints,7 nodeInfo NodeSystemInfo,8 images []ContainerImage,9 volumesInUse []string,10 volumesAttached []AttachedVolume
        NodeCondition:1 type string,2 status string,3 lastHeartbeatTime time,4 lastTransitionTime time,5 reason string,6 message string
        NodeAddress:1 type string,2 address string
        NodeDaemonEndpoints:1 kubeletEndpoint DaemonEndpoint
        DaemonEndpoint:1 Port int
        NodeSystemInfo:1 machineID string,2 systemUUID string,3 bootID string,4 kernelVersion string,5 osImage string,6 containerRuntimeVersion string,7 kubeletVersion string,8 kubeProxyVersion string,9 operatingSystem string,10 architecture string
        ContainerImage:1 names []string,2 sizeBytes int
        AttachedVolume:1 name string,2 devicePath string
        Pod:1 metadata ObjectMeta,2 spec PodSpec,3 status PodStatus
        PodStatus:1 phase string,2 conditions []PodCondition,3 message string,4 reason string,5 hostIP string,6 podIP string,7 startTime time?,8 containerStatuses []ContainerStatus,9 qosClass string,10 initContainerStatuses []ContainerStatus,11 nominatedNodeName string
        PodCondition:1 type string,2 status string,3 lastProbeTime time,4 lastTransitionTime time,5 reason string,6 message string
        ContainerStatus:1 name string,2 state ContainerState,3 lastState ContainerState,4 ready bool,5 restartCount int,6 image string,7 imageID string,8 containerID string,9 started bool?
        ContainerState:1 waiting ContainerStateWaiting?,2 running ContainerStateRunning?,3 terminated ContainerStateTerminated?
        ContainerStateWaiting:1 reason string,2 message string
        ContainerStateRunning:1 startedAt time
        ContainerStateTerminated:1 exitCode int,2 signal int,3 reason string,4 message string,5 startedAt time,6 finishedAt time,7 containerID string
        Volume:1 name string,2 volumeSource =VolumeSource
        VolumeSource:1 hostPath HostPathVolumeSource?,2 emptyDir EmptyDirVolumeSource?,6 secret SecretVolumeSource?,10 persistentVolumeClaim PersistentVolumeClaimVolumeSource?,19 configMap ConfigMapVolumeSource?
        HostPathVolumeSource:1 path string,2 type string?
        EmptyDirVolumeSource:1 medium string,2 sizeLimit quantity?
        SecretVolumeSource:1 secretName string,2 items []KeyToPath,3 defaultMode int?,4 optional bool?
        PersistentVolumeClaimVolumeSource:1 claimName string,2 readOnly bool
        ConfigMapVolumeSource:1 localObjectReference =LocalObjectReference,2 items []KeyToPath,3 defaultMode int?,4 optional bool?
        KeyToPath:1 key string,2 path string,3 mode int?
        Affinity:1 nodeAffinity NodeAffinity?
        NodeAffinity:1 requiredDuringSchedulingIgnoredDuringExecution NodeSelector?
        NodeSelector:1 nodeSelectorTerms []NodeSelectorTerm
        NodeSelectorTerm:1 matchExpressions []NodeSelectorRequirement,2 matchFields []NodeSelectorRequirement
        NodeSelectorRequirement:1 key string,2 operator string,3 values []string
        Toleration:1 key string,2 operator string,3 value string,4 effect string,5 tolerationSeconds int?
        Status:2 status string,3 message string,4 reason string,5 details StatusDetails?,6 code int
        StatusDetails:1 name string,2 group string,3 kind string,4 causes []StatusCause,5 retryAfterSeconds int,6 uid string
        StatusCause:1 reason string,2 message string,3 field string
        PodTemplateSpec:1 metadata ObjectMeta,2 spec PodSpec
        PodSpec:1 volumes []Volume,2 containers []Container,3 restartPolicy string,4 terminationGracePeriodSeconds int?,6 dnsPolicy string,7 nodeSelector {}string,8 serviceAccountName string,10 nodeName string,11 hostNetwork bool,12 hostPID bool,14 securityContext Empty?,18 affinity Affinity?,19 schedulerName string,20 initContainers []Container,21 automountServiceAccountToken bool?,22 tolerations []Toleration,24 priorityClassName string,25 priority int?
        Empty:
        Container:1 name string,2 image string,3 command []string,4 args []string,5 workingDir string,6 ports []ContainerPort,7 env []EnvVar,8 resources ResourceRequirements,9 volumeMounts []VolumeMount,14 imagePullPolicy string,16 stdin bool,17 stdinOnce bool,18 tty bool
        ContainerPort:1 name string,2 hostPort int,3 containerPort int,4 protocol string,5 hostIP string
        VolumeMount:1 name string,2 readOnly bool,3 mountPath string,4 subPath string
        EnvVar:1 name string,2 value string
        ResourceRequirements:1 limits {}quantity,2 requests {}quantity
        Deployment:1 metadata ObjectMeta,2 spec DeploymentSpec
        DeploymentSpec:1 replicas int?,2 selector LabelSelector?,3 template PodTemplateSpec,4 strategy Empty,5 minReadySeconds int,6 revisionHistoryLimit int?,7 paused bool,9 progressDeadlineSeconds int?
        Job:1 metadata ObjectMeta,2 spec JobSpec
        JobSpec:1 parallelism int?,2 completions int?,3 activeDeadlineSeconds int?,4 selector LabelSelector?,6 template PodTemplateSpec,7 backoffLimit int?,8 ttlSecondsAfterFinished int?,10 suspend bool?
        PodDisruptionBudget:1 metadata ObjectMeta,2 spec PodDisruptionBudgetSpec
        PodDisruptionBudgetSpec:1 minAvailable intOrString?,2 selector LabelSelector?,3 maxUnavailable intOrString?,4 unhealthyPodEvictionPolicy string?
        Eviction:1 metadata ObjectMeta,2 deleteOptions DeleteOptions?
        DeleteOptions:1 gracePeriodSeconds int?,2 preconditions Preconditions?,4 propagationPolicy string?,5 dryRun []string
        Preconditions:1 uid string?,2 resourceVersion string?
        Role:1 metadata ObjectMeta,2 rules []PolicyRule
        ClusterRole:1 metadata ObjectMeta,2 rules []PolicyRule,3 aggregationRule AggregationRule?
        AggregationRule:1 clusterRoleSelectors []LabelSelector
        PolicyRule:1 verbs []string,2 apiGroups []string,3 resources []string,4 resourceNames []string,5 nonResourceURLs []string
        RoleBinding:1 metadata ObjectMeta,2 subjects []Subject,3 roleRef RoleRef
        ClusterRoleBinding:1 metadata ObjectMeta,2 subjects []Subject,3 roleRef RoleRef
        Subject:1 kind string,2 apiGroup string,3 name string,4 namespace string
        RoleRef:1 apiGroup string,2 kind string,3 name string
        PriorityClass:1 metadata ObjectMeta,2 value int?,3 globalDefault bool,4 description string,5 preemptionPolicy string?
        SelfSubjectAccessReview:1 metadata ObjectMeta,2 spec SelfSubjectAccessReviewSpec
        SelfSubjectAccessReviewSpec:1 resourceAttributes ResourceAttributes?,2 nonResourceAttributes NonResourceAttributes?
        ResourceAttributes:1 namespace string,2 verb string,3 group string,4 version string,5 resource string,6 subresource string,7 name string
        NonResourceAttributes:1 path string,2 verb string
        SelfSubjectRulesReview:1 metadata ObjectMeta,2 spec SelfSubjectRulesReviewSpec
        SelfSubjectRulesReviewSpec:1 namespace string
        """
}
