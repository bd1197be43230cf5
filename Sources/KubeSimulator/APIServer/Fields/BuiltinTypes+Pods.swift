extension BuiltinTypes {
    static let metaTypes = """
        ObjectMeta: name string, generateName string, namespace string, selfLink string, uid string, resourceVersion string,
            generation int, creationTimestamp time, deletionTimestamp time?, deletionGracePeriodSeconds int?, labels map:string,
            annotations map:string, ownerReferences []OwnerReference!(uid), finalizers []string*, managedFields []any
        OwnerReference: apiVersion string="", kind string="", name string="", uid string="", controller bool?, blockOwnerDeletion bool?
        LabelSelector: matchLabels map:string, matchExpressions []LabelSelectorRequirement
        LabelSelectorRequirement: key string="", operator string="", values []string
        Condition: type string="", status string="", observedGeneration int, lastTransitionTime time=null, reason string="",
            message string=""
        ObjectReference: kind string, namespace string, name string, uid string, apiVersion string, resourceVersion string, fieldPath string
        LocalObjectReference: name string
        TypedLocalObjectReference: apiGroup string?, kind string="", name string=""
        """

    static let podTypes = """
        Pod: apiVersion string, kind string, metadata ObjectMeta, spec PodSpec, status PodStatus
        PodTemplateSpec: metadata ObjectMeta, spec PodSpec
        PodSpec: volumes []Volume(name), initContainers []Container(name), containers []Container(name)=null,
            ephemeralContainers []Container(name), restartPolicy string, terminationGracePeriodSeconds int?, activeDeadlineSeconds int?,
            dnsPolicy string, nodeSelector map:string!, serviceAccountName string, serviceAccount string,
            automountServiceAccountToken bool?, nodeName string, hostNetwork bool, hostPID bool, hostIPC bool,
            shareProcessNamespace bool?, securityContext PodSecurityContext?, imagePullSecrets []LocalObjectReference(name),
            hostname string, subdomain string, affinity Affinity?, schedulerName string, tolerations []Toleration,
            hostAliases []HostAlias(ip), priorityClassName string, priority int?, dnsConfig PodDNSConfig?,
            readinessGates []PodReadinessGate, runtimeClassName string?, enableServiceLinks bool?, preemptionPolicy string?,
            overhead map:quantity, topologySpreadConstraints []TopologySpreadConstraint(topologyKey|whenUnsatisfiable),
            setHostnameAsFQDN bool?, os PodOS?, hostUsers bool?, schedulingGates []PodSchedulingGate(name),
            resourceClaims []PodResourceClaim(name), resources ResourceRequirements?, hostnameOverride string?
        PodOS: name string=""
        PodReadinessGate: conditionType string=""
        PodSchedulingGate: name string=""
        PodResourceClaim: name string="", resourceClaimName string?, resourceClaimTemplateName string?
        HostAlias: ip string="", hostnames []string
        PodDNSConfig: nameservers []string, searches []string, options []PodDNSConfigOption
        PodDNSConfigOption: name string, value string?
        Toleration: key string, operator string, value string, effect string, tolerationSeconds int?
        TopologySpreadConstraint: maxSkew int=0, topologyKey string="", whenUnsatisfiable string="", labelSelector LabelSelector!?,
            minDomains int?, nodeAffinityPolicy string?, nodeTaintsPolicy string?, matchLabelKeys []string
        PodSecurityContext: seLinuxOptions SELinuxOptions?, windowsOptions any?, runAsUser int?, runAsGroup int?, runAsNonRoot bool?,
            supplementalGroups []int, supplementalGroupsPolicy string?, fsGroup int?, sysctls []Sysctl, fsGroupChangePolicy string?,
            seccompProfile SeccompProfile?, appArmorProfile AppArmorProfile?, seLinuxChangePolicy string?
        SELinuxOptions: user string, role string, type string, level string
        SeccompProfile: type string="", localhostProfile string?
        AppArmorProfile: type string="", localhostProfile string?
        Sysctl: name string="", value string=""
        Affinity: nodeAffinity NodeAffinity?, podAffinity PodAffinity?, podAntiAffinity PodAffinity?
        NodeAffinity: requiredDuringSchedulingIgnoredDuringExecution NodeSelector!?,
            preferredDuringSchedulingIgnoredDuringExecution []PreferredSchedulingTerm
        NodeSelector: nodeSelectorTerms []NodeSelectorTerm=null
        NodeSelectorTerm: matchExpressions []NodeSelectorRequirement, matchFields []NodeSelectorRequirement
        NodeSelectorRequirement: key string="", operator string="", values []string
        PreferredSchedulingTerm: weight int=0, preference NodeSelectorTerm!
        PodAffinity: requiredDuringSchedulingIgnoredDuringExecution []PodAffinityTerm,
            preferredDuringSchedulingIgnoredDuringExecution []WeightedPodAffinityTerm
        PodAffinityTerm: labelSelector LabelSelector!?, namespaces []string, topologyKey string="", namespaceSelector LabelSelector!?,
            matchLabelKeys []string, mismatchLabelKeys []string
        WeightedPodAffinityTerm: weight int=0, podAffinityTerm PodAffinityTerm
        PodStatus: observedGeneration int, phase string, conditions []PodCondition(type), message string, reason string,
            nominatedNodeName string, hostIP string, hostIPs []HostIP, podIP string, podIPs []PodIP(ip), startTime time?,
            initContainerStatuses []ContainerStatus, containerStatuses []ContainerStatus, qosClass string,
            ephemeralContainerStatuses []ContainerStatus, resize string, resourceClaimStatuses []any, extendedResourceClaimStatus any?,
            allocatedResources map:quantity, resources ResourceRequirements?
        PodCondition: type string="", observedGeneration int, status string="", lastProbeTime time=null, lastTransitionTime time=null,
            reason string, message string
        HostIP: ip string=""
        PodIP: ip string=""
        ContainerStatus: name string="", state ContainerState, lastState ContainerState, ready bool=false, restartCount int=0,
            image string="", imageID string="", containerID string, started bool?, allocatedResources map:quantity,
            resources ResourceRequirements?, volumeMounts []any, user any?, allocatedResourcesStatus []any, stopSignal string?
        ContainerState: waiting ContainerStateWaiting?, running ContainerStateRunning?, terminated ContainerStateTerminated?
        ContainerStateWaiting: reason string, message string
        ContainerStateRunning: startedAt time=null
        ContainerStateTerminated: exitCode int=0, signal int, reason string, message string, startedAt time=null, finishedAt time=null,
            containerID string
        """

    static let containerTypes = """
        Container: name string="", image string, command []string, args []string, workingDir string,
            ports []ContainerPort(containerPort|protocol~TCP), envFrom []EnvFromSource, env []EnvVar(name),
            resources ResourceRequirements, resizePolicy []ContainerResizePolicy, restartPolicy string?, restartPolicyRules []any,
            volumeMounts []VolumeMount(mountPath), volumeDevices []VolumeDevice(devicePath), livenessProbe Probe?, readinessProbe Probe?,
            startupProbe Probe?, lifecycle Lifecycle?, terminationMessagePath string, terminationMessagePolicy string,
            imagePullPolicy string, securityContext SecurityContext?, stdin bool, stdinOnce bool, tty bool, targetContainerName string
        ContainerPort: name string, hostPort int, containerPort int=0, protocol string, hostIP string
        EnvFromSource: prefix string, configMapRef OptionalReference?, secretRef OptionalReference?
        OptionalReference: name string, optional bool?
        EnvVar: name string="", value string, valueFrom EnvVarSource?
        EnvVarSource: fieldRef ObjectFieldSelector!?, resourceFieldRef ResourceFieldSelector!?, configMapKeyRef KeySelector!?,
            secretKeyRef KeySelector!?, fileKeyRef any?
        ObjectFieldSelector: apiVersion string, fieldPath string=""
        ResourceFieldSelector: containerName string, resource string="", divisor quantity="0"
        KeySelector: name string, key string="", optional bool?
        ResourceRequirements: limits map:quantity, requests map:quantity, claims []ResourceClaim(name)
        ResourceClaim: name string="", request string
        ContainerResizePolicy: resourceName string="", restartPolicy string=""
        VolumeMount: name string="", readOnly bool, recursiveReadOnly string?, mountPath string="", subPath string,
            mountPropagation string?, subPathExpr string
        VolumeDevice: name string="", devicePath string=""
        Probe: exec ExecAction?, httpGet HTTPGetAction?, tcpSocket TCPSocketAction?, grpc GRPCAction?, initialDelaySeconds int,
            timeoutSeconds int, periodSeconds int, successThreshold int, failureThreshold int, terminationGracePeriodSeconds int?
        ExecAction: command []string
        HTTPGetAction: path string, port intstr=0, host string, scheme string, httpHeaders []HTTPHeader
        HTTPHeader: name string="", value string=""
        TCPSocketAction: port intstr=0, host string
        GRPCAction: port int=0, service string?
        Lifecycle: postStart LifecycleHandler?, preStop LifecycleHandler?, stopSignal string?
        LifecycleHandler: exec ExecAction?, httpGet HTTPGetAction?, tcpSocket TCPSocketAction?, sleep SleepAction?
        SleepAction: seconds int=0
        SecurityContext: capabilities Capabilities?, privileged bool?, seLinuxOptions SELinuxOptions?, windowsOptions any?,
            runAsUser int?, runAsGroup int?, runAsNonRoot bool?, readOnlyRootFilesystem bool?, allowPrivilegeEscalation bool?,
            procMount string?, seccompProfile SeccompProfile?, appArmorProfile AppArmorProfile?
        Capabilities: add []string, drop []string
        """

    static let volumeTypes = """
        Volume: name string="", hostPath HostPathVolumeSource?, emptyDir EmptyDirVolumeSource?, secret SecretVolumeSource?,
            configMap ConfigMapVolumeSource?, projected ProjectedVolumeSource?, downwardAPI DownwardAPIVolumeSource?,
            persistentVolumeClaim PersistentVolumeClaimVolumeSource?, nfs NFSVolumeSource?, csi CSIVolumeSource?, ephemeral any?,
            image any?, gcePersistentDisk any?, awsElasticBlockStore any?, gitRepo any?, iscsi any?, glusterfs any?, rbd any?,
            flexVolume any?, cinder any?, cephfs any?, flocker any?, fc any?, azureFile any?, vsphereVolume any?, quobyte any?,
            azureDisk any?, photonPersistentDisk any?, portworxVolume any?, scaleIO any?, storageos any?
        HostPathVolumeSource: path string="", type string?
        EmptyDirVolumeSource: medium string, sizeLimit quantity?
        SecretVolumeSource: secretName string, items []KeyToPath, defaultMode int?, optional bool?
        ConfigMapVolumeSource: name string, items []KeyToPath, defaultMode int?, optional bool?
        KeyToPath: key string="", path string="", mode int?
        ProjectedVolumeSource: sources []VolumeProjection=null, defaultMode int?
        VolumeProjection: secret SecretProjection?, downwardAPI DownwardAPIProjection?, configMap SecretProjection?,
            serviceAccountToken ServiceAccountTokenProjection?, clusterTrustBundle any?, podCertificate any?
        SecretProjection: name string, items []KeyToPath, optional bool?
        DownwardAPIProjection: items []DownwardAPIVolumeFile
        ServiceAccountTokenProjection: audience string, expirationSeconds int?, path string=""
        DownwardAPIVolumeSource: items []DownwardAPIVolumeFile, defaultMode int?
        DownwardAPIVolumeFile: path string="", fieldRef ObjectFieldSelector!?, resourceFieldRef ResourceFieldSelector!?, mode int?
        PersistentVolumeClaimVolumeSource: claimName string="", readOnly bool
        NFSVolumeSource: server string="", path string="", readOnly bool
        CSIVolumeSource: driver string="", readOnly bool?, fsType string?, volumeAttributes map:string,
            nodePublishSecretRef LocalObjectReference!?
        """
}
